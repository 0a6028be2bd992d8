"""How a service claims a host, and what cannot be claimed."""

from __future__ import annotations

import pytest
from pydantic_core import PydanticCustomError

from consent.catalog.hosts import covers, host_pattern


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("a.example", "a.example"),
        ("*.a.example", "*.a.example"),
        ("A.Example", "a.example"),
        ("bücher.example", "xn--bcher-kva.example"),
        ("*.bücher.example", "*.xn--bcher-kva.example"),
        ("a.example:8443", "a.example:8443"),
        ("a.example:443", "a.example"),
        ("*.a.example:8443/b/", "*.a.example:8443/b/"),
        ("a.example/maps/", "a.example/maps/"),
        ("a.example/B/c.js", "a.example/B/c.js"),
        ("localhost:9000", "localhost:9000"),
        ("*.localhost", "*.localhost"),
        ("127.0.0.1:9000", "127.0.0.1:9000"),
    ],
)
def test_a_pattern_has_one_spelling(written: str, meant: str) -> None:
    assert host_pattern(written) == meant
    assert host_pattern(meant) == meant


@pytest.mark.parametrize(
    "text",
    ["", "*", "*.", "*.com", "*.127.0.0.1", ".a.example", "a..example", "a.example.", "a b",
     "a.example:0", "a.example:65536", "a.example:99999", "a.example:x", "a.example:",
     "https://a.example", "//a.example", "u@a.example", "a.example?b", "a.example/b?c",
     "a.example/b#c", "a.example/b;c", "a.example/b,c", "a.example/b c", "a.example/%zz",
     "a.example/*", "a.*.example", "a_b.example", "a.example;script-src", "a.example\r\nX: y",
     "'self'", "[::1]", "a%2eb", "a.example\\b"],
)  # fmt: skip
def test_what_a_policy_cannot_carry_is_refused(text: str) -> None:
    """C16."""
    with pytest.raises(PydanticCustomError) as raised:
        host_pattern(text)
    assert raised.value.type == "E063"


@pytest.mark.parametrize(
    ("pattern", "host", "answer"),
    [
        ("a.example", "a.example", True),
        ("a.example", "b.a.example", False),
        ("*.a.example", "b.a.example", True),
        ("*.a.example", "c.b.a.example", True),
        ("*.a.example", "a.example", False),
        ("*.a.example", "ba.example", False),
        ("*.a.example:8443/b/", "b.a.example", True),
    ],
)
def test_a_wildcard_covers_subdomains_but_not_the_apex(
    pattern: str, host: str, answer: bool
) -> None:
    assert covers(pattern, host) is answer
