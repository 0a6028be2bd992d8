"""A site with two languages, whose notice and whose key changed, and what its visitors chose."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from consent.banner import Pages
from consent.banner.screens import Screens
from consent.config import ConsentConfig
from consent.log.held import Held
from consent.log.sql import SqlLog
from consent.record import Action, Interface, Kind
from consent.tree.promise import endorsement
from consent.tree.signers import signers
from tests.log.examples import a_notice, a_record, patient
from tests.log.sequenced import sequence
from tests.written import SECRET, written

NEXT_SECRET = "another secret of more than thirty-two characters"
START = datetime(2026, 1, 1, 12, tzinfo=UTC)
DAY = timedelta(days=1)
BOX = (
    b'{"box":{"id":"newsletter","language":"fr","text":"Je souhaite la lettre."},"controller":'
    b'{"address":"1 rue de la Paix","dpo_email":null,"email":"a@b.fr","name":"Exemple SAS"},'
    b'"form":1,"kind":"form","retention_years":5,"site":{"name":"Shop","policy_url":"",'
    b'"url":"https://www.example.fr"}}'
)
FIRST_DAY, LAST_DAY = "2026-01-03", "2026-01-08"


def config(url: str, *, new: bool) -> ConsentConfig:
    """Before and after the change: another service, another key."""
    services = [{"use": "google-analytics"}, {"use": "youtube"}]
    secrets = [SECRET, NEXT_SECRET]
    then: dict[str, Any] = {"services": services, "effective_from": (START + 5 * DAY).date()}
    return ConsentConfig(
        **written(
            cookie={"secrets": secrets if new else secrets[:1]},
            log={"url": url},
            **(then if new else {"services": services[:1], "upcoming": then}),
        )
    )


def toml(url: str) -> str:
    """The configuration after the change, as a file."""
    return f"""
effective_from = {(START + 5 * DAY).date()}
[site]
name = "Shop"
url = "https://www.example.fr"
languages = ["fr", "en"]
[controller]
name = "Exemple SAS"
address = "1 rue de la Paix"
email = "a@b.fr"
[cookie]
secrets = ["{SECRET}", "{NEXT_SECRET}"]
[log]
url = "{url}"
[[services]]
use = "google-analytics"
[[services]]
use = "youtube"
"""


def world(url: str, *, days: int = 10, each_day: int = 4) -> None:
    """Records of ``days`` days, one checkpoint a day; in the middle notice and key change."""
    asyncio.run(_world(url, days, each_day))


async def _world(url: str, days: int, each_day: int) -> None:
    # Without keys: nothing comes into the tree but by the day.
    log = patient(url)
    before, after = signers(config(url, new=True))
    await log.proofs.add_key(str(before.key), None)
    for number in range(days):
        new = number >= days // 2
        if number == days // 2:
            await log.proofs.add_key(str(after.key), endorsement(after.key, before))
        await _a_day(log, config(url, new=new), START + number * DAY, each_day)
        signer = after if new else before
        await sequence(log, signer)
        await _shown_to_witnesses(log, number)
    await log.close()


async def _a_day(log: SqlLog, config: ConsentConfig, day: datetime, each_day: int) -> None:
    screens = Screens(Pages(config))
    scripts = screens.scripts()
    await log.keep_screen(scripts)
    for number in range(each_day):
        lang = ("fr", "en")[number % 2]
        shown = screens.banner(lang) if number % 3 else screens.preferences(lang)
        await log.keep_screen(shown)
        record = a_record(
            **_answers(config, grants=number % 4 == 0),
            interface=Interface.BANNER if number % 3 else Interface.PREFERENCES,
            language=lang,
            notice=config.notice.hash,
            screen=shown.hash,
            scripts=scripts.hash,
            made_at=day + timedelta(minutes=number),
        )
        await log.append(record, config.notice)
    box = a_notice(BOX)
    form: dict[str, Any] = {"purposes": {"newsletter": True}, "services": {}, "notice": box.hash}
    form |= {"kind": Kind.FORM, "action": Action.SUBMIT, "interface": Interface.FORM}
    await log.append(a_record(**form, made_at=day + timedelta(hours=1)), box)
    held = Held(day.date(), "www.example.fr", "cdn.example.net", "")
    await log.count_held({held: 3})


def _answers(config: ConsentConfig, *, grants: bool) -> dict[str, Any]:
    asked = [each.id for each in config.purposes if not each.exempt]
    return {
        "action": Action.ACCEPT_ALL if grants else Action.REFUSE_ALL,
        "purposes": dict.fromkeys(asked, grants),
        "services": {each.id: grants for each in config.services if each.purpose in asked},
    }


async def _shown_to_witnesses(log: SqlLog, number: int) -> None:
    """On every third day."""
    newest = await log.proofs.checkpoint()
    if newest and number % 3 == 0:
        await log.proofs.add_attestation(newest, "directory", "/mnt/kept", newest[1].encode())


def written_config(folder: Path, url: str) -> Path:
    """In a file."""
    path = folder / "consent.toml"
    path.write_text(toml(url), "utf-8")
    return path


Arguments = Sequence[object]
