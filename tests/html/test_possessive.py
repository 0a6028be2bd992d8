"""Possessive groups say the same on every Python that we support."""

from __future__ import annotations

import re
import subprocess
import sys

import pytest

from consent.html.possessive import atomic, compiled

OLD = """
import sys
sys.version_info = (3, 11, 2, "final", 0)
import importlib, pkgutil, re
import consent.html
found = 0
for module in pkgutil.iter_modules(consent.html.__path__):
    for name, value in vars(importlib.import_module(f"consent.html.{module.name}")).items():
        if isinstance(value, re.Pattern):
            from consent.html.possessive import atomic
            found += 1
            assert atomic(value.pattern) == value.pattern, (module.name, name)
print(found)
"""


@pytest.mark.parametrize(
    ("possessive", "expected"),
    [
        (r"(?:a|b)*+c", r"(?>(?:a|b)*)c"),
        (r"(?:a(?:b)?+|c)++", r"(?>(?:a(?>(?:b)?)|c)+)"),
        (r"(a){1,2}+", r"(?>(a){1,2})"),
        (rb"x(?:\xff)?+", rb"x(?>(?:\xff)?)"),
        (r"[(]*+\)++(?:a)*", r"[(]*+\)++(?:a)*"),
        (r"[]()]*+[^]()*+]", r"[]()]*+[^]()*+]"),
    ],
)
def test_a_possessive_group_is_an_atomic_one(possessive: str, expected: str) -> None:
    assert atomic(possessive) == expected
    assert atomic(expected) == expected
    re.compile(expected)


def test_what_an_attempt_took_that_failed_is_given_back() -> None:
    """Python 3.11.2 says 2: the bracket of a tag that has to be looked at would be passed over."""
    assert (compiled("(?:a|<(?=/))*+").match("a<b") or pytest.fail()).end() == 1


def test_where_python_gets_them_wrong_none_is_left() -> None:
    """Each expression of the rewriter, as an old Python would compile it."""
    done = subprocess.run([sys.executable, "-c", OLD], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert int(done.stdout) > 40
