"""What the sites say: goods, articles and words, in TOML; each text in French and English."""

from __future__ import annotations

import tomllib
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
LANGUAGES = ("fr", "en")
MONTHS = {
    "fr": "janvier février mars avril mai juin juillet août septembre octobre novembre décembre",
    "en": "January February March April May June July August September October November December",
}

Texts = dict[str, str]
Table = dict[str, Any]


@cache
def load(name: str) -> Table:
    """One TOML file of ``content/``; read once, not to be changed."""
    return tomllib.loads((HERE / "content" / f"{name}.toml").read_text("utf-8"))


def by_slug(name: str) -> dict[str, Table]:
    """The entries of a content file in their order, by slug."""
    return {entry["slug"]: entry for entry in load(name)[name]}


def price(cents: int, lang: str) -> str:
    """Euros as each language writes them, with a space that does not break."""
    euros, rest = divmod(cents, 100)
    return f"€{euros:,}.{rest:02}" if lang == "en" else f"{euros},{rest:02}\N{NO-BREAK SPACE}€"


def day(when: date, lang: str) -> str:
    """A date in words: 12 septembre 2026."""
    return f"{when.day} {MONTHS[lang].split()[when.month - 1]} {when.year}"
