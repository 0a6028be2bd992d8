"""Configurations as somebody would write them, before anything has checked them."""

from __future__ import annotations

from typing import Any

import pytest

from consent.config import ConsentConfig
from consent.errors import ConfigError

SECRET = "a secret of more than thirty-two characters"


def written(**changes: Any) -> dict[str, Any]:
    """A complete configuration without warnings but one, W001; a dict is merged, else replaces."""
    base: dict[str, Any] = {
        "site": {"name": "Shop", "url": "https://www.example.fr", "languages": ["fr", "en"]},
        "controller": {"name": "Exemple SAS", "address": "1 rue de la Paix", "email": "a@b.fr"},
        "cookie": {"secrets": [SECRET]},
        "services": [{"use": "google-analytics"}],
    }
    for key, value in changes.items():
        merges = isinstance(value, dict) and isinstance(base.get(key), dict)
        base[key] = {**base[key], **value} if merges else value
    return base


def config(**changes: Any) -> ConsentConfig:
    """The configuration with these changes."""
    return ConsentConfig(**written(**changes))


def found(**changes: Any) -> set[tuple[str, str]]:
    """Code and place of every problem, error or warning, but the literal secret of these tests."""
    try:
        problems = config(**changes).warnings
    except ConfigError as error:
        problems = error.problems
    return {(str(p.code), p.path) for p in problems} - {("W001", "cookie.secrets[0]")}


def fixes(**changes: Any) -> str:
    """What the errors say to write instead."""
    with pytest.raises(ConfigError) as raised:
        config(**changes)
    return " ".join(problem.fix for problem in raised.value.problems)


def own(**changes: Any) -> dict[str, Any]:
    """A service of the site's own."""
    return {"id": "images", "name": "Images", "purpose": "preferences", **changes}
