"""What the documentation says of settings, codes, services and commands is complete and true."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click
import pytest
from pydantic import BaseModel

from consent.catalog import catalogue
from consent.catalog.schema import EmbedForm, Item
from consent.cli import main
from consent.config.reading import SECTIONS
from consent.config.settings import (
    CHANGEABLE,
    OwnService,
    PurposeSetting,
    Top,
    UpcomingSetting,
    UsedService,
)
from consent.errors import Code
from consent.model import ExemptReason
from tests.catalog.table import company
from tests.written import config, own

DOCS = Path(__file__).parent.parent / "docs"
CONFIGURATION = (DOCS / "configuration.md").read_text("utf-8")
CATALOGUE = (DOCS / "catalogue.md").read_text("utf-8")
CLI = (DOCS / "cli.md").read_text("utf-8")


def settings() -> Iterator[str]:
    tables: dict[str, type[BaseModel]] = {
        **SECTIONS,
        "purposes": PurposeSetting,
        "upcoming": UpcomingSetting,
    }
    for name, model in tables.items():
        yield from (f"{name}.{key}" for key in model.model_fields)
    for service in (UsedService, OwnService):
        yield from (f"services.{key}" for key in service.model_fields)
    yield from (f"services.items.{key}" for key in Item.model_fields)
    yield from (f"services.embeds.{key}" for key in EmbedForm.model_fields)


@pytest.mark.parametrize("name", sorted(set(settings())))
def test_every_setting_is_documented(name: str) -> None:
    assert f"`{name}`" in CONFIGURATION


@pytest.mark.parametrize("name", Top.model_fields)
def test_every_setting_outside_of_sections_is_documented(name: str) -> None:
    assert f"\n### {name}\n" in CONFIGURATION


@pytest.mark.parametrize("name", CHANGEABLE)
def test_everything_that_may_be_announced_is_documented(name: str) -> None:
    """P-11."""
    assert f"`upcoming.{name}`" in CONFIGURATION


def test_no_setting_is_documented_that_does_not_exist() -> None:
    sections = "|".join([*SECTIONS, "purposes", "services"])
    shown = set(re.findall(rf"^\| `((?:{sections})\.[a-z_.]+)`", CONFIGURATION, re.MULTILINE))
    assert shown <= set(settings())
    assert len(shown) > 30


def shown_default(name: str) -> Any:
    row = re.search(rf"^\| `{re.escape(name)}` \| `([^`]+)` \|", CONFIGURATION, re.MULTILINE)
    return tomllib.loads(f"x = {row.group(1)}")["x"] if row else None


@pytest.mark.parametrize("section", list(SECTIONS))
def test_the_defaults_shown_are_the_defaults(section: str) -> None:
    for key, field in SECTIONS[section].model_fields.items():
        shown = shown_default(f"{section}.{key}")
        if shown is not None:
            default = field.default
            assert shown == (list(default) if isinstance(default, tuple) else default)


def test_the_defaults_of_most_settings_are_shown() -> None:
    assert len([name for name in set(settings()) if shown_default(name) is not None]) > 10


@pytest.mark.parametrize("code", list(Code))
def test_every_code_is_documented_once(code: Code) -> None:
    assert CONFIGURATION.count(f"\n| {code.value} | ") == 1


def test_no_code_is_documented_that_does_not_exist() -> None:
    shown = set(re.findall(r"^\| ([EW]\d{3}) \|", CONFIGURATION, re.MULTILINE))
    assert shown == {code.value for code in Code}


@pytest.mark.parametrize("reason", list(ExemptReason))
def test_every_reason_is_documented(reason: ExemptReason) -> None:
    assert f"`{reason.value}`" in CONFIGURATION


def test_every_service_is_listed_with_its_facts() -> None:
    rows = {line.split("`")[1]: line for line in CATALOGUE.splitlines() if line.startswith("| `")}
    for name, entry in catalogue().items():
        cells = [cell.strip() for cell in rows[name].strip("|").split("|")]
        reasons = ", ".join(f"`{reason.value}`" for reason in sorted(entry.reasons)) or "—"
        assert cells[1:] == [entry.name, company(entry), entry.purpose, reasons]


def test_the_example_of_a_self_hosted_service_can_be_used() -> None:
    example = re.search(r"```toml\n(.*?)```", CATALOGUE, re.DOTALL)
    assert example is not None
    made = config(**tomllib.loads(example.group(1)))
    assert made.services[0].company == "Exemple SAS"


def test_the_ads_tag_can_be_declared_as_the_notes_say() -> None:
    tag = own(id="ads-tag", purpose="marketing", hosts=["www.googletagmanager.com/gtag/"])
    assert config(services=[{"use": "google-ads"}, tag]).asks


@pytest.mark.parametrize("command", list(main.commands.values()), ids=list(main.commands))
def test_every_command_and_option_is_documented(command: click.Command) -> None:
    assert f"\n## consent {command.name}" in CLI
    parts = list(command.commands.values()) if isinstance(command, click.Group) else []
    assert all(f"`consent {command.name} {part.name}`" in CLI for part in parts)
    params = [param for each in (command, *parts) for param in each.params]
    options = [param for param in params if isinstance(param, click.Option)]
    assert all(name in CLI for option in options for name in option.opts)
