"""``docs/http.md`` and ``docs/cookie.md`` say what the code does."""

from __future__ import annotations

import re
from dataclasses import fields
from pathlib import Path

import pytest

from consent import cookie
from consent.asgi.submission import JSON_KEYS, ONCE
from consent.cookie import ChoiceCookie
from consent.record import CLICKED, SHOWN_BY_US, Action, Interface, Kind, Record
from tests.asgi.visits import Visit

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "http.md").read_text()
PROOF = (ROOT / "docs" / "proof.md").read_text()
COOKIE = (ROOT / "docs" / "cookie.md").read_text()
SOURCE = "".join(path.read_text() for path in (ROOT / "consent" / "asgi").glob("*.py"))
RAISED = {
    *re.findall(r'RequestRefused\(\s*\d{3}, "(\w+)"', SOURCE),
    *re.findall(r'_refuse\("(\w+)"', SOURCE),
    *(f"unknown_{what}" for what in ("action", "purpose", "service", "interface")),
}
OF_OTHER_METHODS_AND_PATHS = {"wrong_method", "not_found"}


def test_every_code_is_documented_and_every_documented_code_exists() -> None:
    documented = set(re.findall(r"^\| \d{3} \| `(\w+)` \|", PAGE, re.MULTILINE))
    assert documented == RAISED - OF_OTHER_METHODS_AND_PATHS


@pytest.mark.parametrize("word", [*JSON_KEYS, *ONCE, *CLICKED, *SHOWN_BY_US])
def test_every_field_and_word_is_documented(word: str) -> None:
    assert re.search(rf"`{word}[`=]", PAGE)


@pytest.mark.parametrize(
    "name", [*(field.name for field in fields(Record)), *Action, *Interface, *Kind]
)
def test_every_field_and_word_of_a_record_is_documented(name: str) -> None:
    assert f"`{name}`" in PROOF


def test_every_member_of_the_state_is_documented() -> None:
    state = Visit().client.get("/consent/state").json()
    assert all(f'"{name}"' in PAGE for name in state)


@pytest.mark.parametrize("name", [cookie.NAME, cookie.HOST_NAME])
def test_both_names_of_the_cookie_are_documented(name: str) -> None:
    assert f"`{name}`" in COOKIE


@pytest.mark.parametrize("verb", ["read", "encode", "set_cookie"])
def test_what_the_documentation_calls_exists(verb: str) -> None:
    assert callable(getattr(ChoiceCookie, verb))
