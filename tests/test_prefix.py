"""Every line that we log begins with our name."""

from __future__ import annotations

import ast
import logging
from pathlib import Path

import pytest

import consent
from consent.prefix import PREFIX

SOURCE = Path(consent.__file__).parent


def test_a_line_says_who_speaks_once(caplog: pytest.LogCaptureFixture) -> None:
    logging.getLogger("consent").warning("%s is %d %%", "it", 5)
    logging.getLogger("consent").warning(PREFIX + "so")
    assert caplog.messages == [f"{PREFIX}it is 5 %", f"{PREFIX}so"]


def test_what_is_not_a_text_is_said_as_one(caplog: pytest.LogCaptureFixture) -> None:
    logging.getLogger("consent").warning(ValueError("no"))
    assert caplog.messages == [f"{PREFIX}no"]


def test_there_is_no_other_logger() -> None:
    """A filter holds for its own logger only, not for those below."""
    named = [
        ast.unparse(call.args[0])
        for file in SOURCE.rglob("*.py")
        for call in ast.walk(ast.parse(file.read_text("utf-8")))
        if isinstance(call, ast.Call) and ast.unparse(call.func).endswith("getLogger")
    ]
    assert set(named) == {"'consent'"}
