"""The documentation names what there is, and nothing else."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PAGE = (ROOT / "docs" / "javascript.md").read_text()
SOURCE = (ROOT / "static" / "src" / "consent.js").read_text()
MEMBERS = ("state", "allows", "open", "save", "on")


@pytest.mark.parametrize("member", MEMBERS)
def test_every_member_of_the_global_is_documented(member: str) -> None:
    assert f"## {member}\n" in PAGE


def test_no_member_is_forgotten_here() -> None:
    frozen = SOURCE[SOURCE.index("Object.freeze({") :]
    found = re.findall(r"^      (?:get |async )?(\w+)(?:\(.*\) \{|,)$", frozen, re.MULTILINE)
    assert sorted(found) == sorted(MEMBERS)


@pytest.mark.parametrize("event", ["consent:ready", "consent:change", "consent:release"])
def test_every_event_is_documented(event: str) -> None:
    assert f"`{event}`" in PAGE
