"""The entry of the consent log in a controller's record of processing (GDPR 30(1), law.md EU-32).

A draft from what the log holds: who is responsible reads it and completes it.
"""

from __future__ import annotations

import json
import tomllib
from collections.abc import AsyncGenerator, Mapping
from functools import cache
from importlib.resources import files
from typing import Any

from consent.banner.words import FALLBACK, spoken, words
from consent.errors import LogUnavailable
from consent.log.snapshot import Part, Snapshot

LANGUAGES = ("fr", "en")
Entry = dict[str, str | list[str]]


async def register(
    snapshot: Snapshot, _: Part, *, lang: str | None = None
) -> AsyncGenerator[str, None]:
    """The entry as a table in Markdown.

    Args:
        snapshot: what the log holds.
        lang: one of ``LANGUAGES``; without it, the site's first, or English.
    """
    entry, texts = await _entry(snapshot, lang)
    yield f"| {texts['article']} | |\n|---|---|\n"
    for name, value in entry.items():
        text = " ".join(value) if isinstance(value, list) else value
        yield f"| {texts['rows'][name]} | {_cell(text)} |\n"


async def register_json(
    snapshot: Snapshot, _: Part, *, lang: str | None = None
) -> AsyncGenerator[str, None]:
    """The same for programs."""
    entry, _texts = await _entry(snapshot, lang)
    yield json.dumps(entry, indent=2, ensure_ascii=False) + "\n"


async def _entry(snapshot: Snapshot, wanted: str | None) -> tuple[Entry, Mapping[str, Any]]:
    notice = await _newest(snapshot)
    lang = wanted or spoken(notice["languages"][0], LANGUAGES) or FALLBACK
    texts, count = _texts(lang), words(lang).count
    said = notice["controller"]
    erasure = texts["erasure"]["choices"].format(
        held=count("month", notice["lifetime_months"]),
        kept=count("year", notice["retention_years"]),
    )
    site = notice["site"]["url"]
    filled = {
        "controller": f"{said['name']}, {said['address']}, {said['email']}",
        "data_protection_officer": said.get("dpo_email") or texts["unnamed"],
        **{name: text.format(site=site) for name, text in texts["said"].items()},
        "erasure": [erasure, texts["erasure"]["forms"]],
        "security": await _security(snapshot, texts),
    }
    return filled, texts


async def _newest(snapshot: Snapshot) -> Mapping[str, Any]:
    """What visitors were shown last: a form's notice does not say how long a choice holds."""
    async for content in snapshot.notices():
        notice = json.loads(content)
        if isinstance(notice, dict) and "lifetime_months" in notice:
            return notice
    raise LogUnavailable("no choice is in the log, so no controller is known from it")


async def _security(snapshot: Snapshot, texts: Mapping[str, Any]) -> list[str]:
    """Pseudonyms, what proves that nothing was changed, and what only the controller knows."""
    said = texts["security"]

    def counted(number: int, what: str) -> str:
        return str(texts[f"{what}_{'one' if number == 1 else 'many'}"].format(count=number))

    keys = [row["vkey"] async for row in snapshot.table("key")]
    found = {(row["kind"], row["name"]) async for row in snapshot.table("witness")}
    proof = [said["signed"].format(keys=counted(len(keys), "keys")) if keys else said["unsigned"]]
    if found:
        kinds = ", ".join(sorted({kind for kind, _ in found}))
        proof.append(said["copies"].format(witnesses=counted(len(found), "witnesses"), kinds=kinds))
    return [said["pseudonyms"], *proof, said["access"]]


@cache
def _texts(lang: str) -> Mapping[str, Any]:
    source = files("consent.export").joinpath("texts", f"{lang}.toml")
    return tomllib.loads(source.read_text("utf-8"))


def _cell(text: str) -> str:
    return text.replace("\\", "\\\\").replace("|", "\\|").replace("\n", " ")
