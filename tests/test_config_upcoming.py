"""P-11, P-19: what is announced in a configuration, what is wrong with it, and how it is said."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from consent.banner.changes import told
from consent.banner.words import words
from consent.cli import main
from consent.config import ConsentConfig
from consent.config.upcoming import Upcoming, warnings
from tests.sites import purpose
from tests.written import config, found, own

DAY = date(2027, 1, 15)
ONE = own(id="one", name="One", purpose="analytics", hosts=["one.example.net"], company="One Ltd")
TWO = own(id="two", name="Two", purpose="marketing", hosts=["two.example.net"], company="Two Ltd")
SITE = {"services": [ONE], "controller": {"country": "FR"}}


def announced(**change: Any) -> Upcoming:
    upcoming = config(**SITE, upcoming={"effective_from": DAY, **change}).upcoming
    assert upcoming is not None
    return upcoming


def said(lang: str = "en", **change: Any) -> list[str]:
    made = config(**SITE, upcoming={"effective_from": DAY, **change})
    return [each.text for each in told(made, words(lang))]


def problems(**change: Any) -> set[tuple[str, str]]:
    return found(**SITE, upcoming={"effective_from": DAY, **change})


def test_what_is_not_named_stays_as_it_is() -> None:
    """P-11: sections key by key, lists as a whole."""
    then = announced(controller={"email": "new@b.fr"}, services=[ONE, TWO]).config
    assert (then.controller.name, then.controller.email) == ("Exemple SAS", "new@b.fr")
    assert [each.id for each in then.services] == ["one", "two", "consent-choice"]
    assert then.cookie.secrets == config().cookie.secrets
    assert (then.effective_from, then.upcoming) == (DAY, None)


def test_put_in_its_place_it_is_the_same_notice() -> None:
    """EU-10: whoever chose after the day was shown the same, however the file is kept."""
    then = announced(services=[ONE, TWO]).config
    moved = config(**{**SITE, "services": [ONE, TWO]}, effective_from=DAY)
    assert moved.notice == then.notice


def test_it_begins_at_midnight_in_utc() -> None:
    made = config(**SITE, upcoming={"effective_from": DAY, "services": [ONE, TWO]})
    begins = datetime(2027, 1, 15, tzinfo=UTC)
    assert made.at(begins - timedelta(microseconds=1)) is made
    assert made.upcoming
    assert made.at(begins) is made.upcoming.config
    assert config().at(begins).upcoming is None


def test_the_notice_has_what_is_announced_and_since_when_it_holds() -> None:
    """EU-10; a site that announces nothing says nothing of it."""
    made = config(**SITE, effective_from=date(2026, 1, 1), upcoming={
        "effective_from": DAY, "services": [ONE, TWO]
    })  # fmt: skip
    content = json.loads(made.notice.content)
    assert content["effective_from"] == "2026-01-01"
    assert content["upcoming"]["effective_from"] == "2027-01-15"
    assert [each["what"] for each in content["upcoming"]["changes"]] == [
        "purpose_new",
        "service_new",
    ]
    assert made.facts == config(**SITE).facts
    assert not {"effective_from", "upcoming"} & json.loads(config().notice.content).keys()


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"services": [TWO]}, [
            "New purpose: Personalised advertising.",
            "No more trackers for: Audience measurement.",
            "New service: Two (Two Ltd), for “Personalised advertising”.",
            "No longer used: One (One Ltd).",
        ]),
        ({"services": [{**ONE, "company": "Uno Ltd", "hosts": ["x.example.net"]}]}, [
            "One (Uno Ltd), what changes: "
            "who receives the data and the servers that it is reached by.",
        ]),
        ({"services": [{**ONE, "paths": ["/a"], "name": "Uno"}]}, [
            "Uno (One Ltd), what changes: the pages where it acts and how it is described.",
        ]),
        ({"services": [{**ONE, "items": [{"name": "_a"}]}]}, [
            "One (One Ltd), what changes: the trackers and how long they are kept.",
        ]),
        ({"purposes": [{"id": "analytics", "title": {"en": "Counting", "fr": "Compter"}}]}, [
            "Another description of “Counting”.",
        ]),
        ({"controller": {"name": "New SAS"}}, [
            "Who is responsible, or how to reach them: New SAS, 1 rue de la Paix, a@b.fr.",
        ]),
        ({"site": {"name": "Shop 2", "policy_url": "/privacy", "languages": ["en"]}}, [
            "The site is called Shop 2.", "The site has another privacy policy.",
            "The languages of the site: en.",
        ]),
        ({"cookie": {"lifetime_months": 1}, "log": {"retention_years": 1}}, [
            "Your choice is kept for 1 month instead of 6 months.",
            "After the end of your choice, its proof is kept for 1 year more instead of 5 years.",
        ]),
    ],
)  # fmt: skip
def test_every_change_is_said_in_words(change: dict[str, Any], expected: list[str]) -> None:
    """P-11."""
    if "site" not in change:
        assert said(**change)[: len(expected)] == expected
        assert len(said("fr", **change)) == len(said(**change))
    else:
        assert said(**change) == expected


def test_a_service_that_serves_another_purpose_says_so() -> None:
    moved = {**ONE, "purpose": "marketing"}
    assert "One (One Ltd), what changes: the purpose." in said(services=[moved])


def test_a_purpose_of_the_sites_own_is_described_as_it_will_be() -> None:
    mine = {**purpose("loyalty"), "title": {"en": "Loyalty", "fr": "Fidélité"}}
    mine["description"] = {"en": "Points.", "fr": "Points !"}
    change = {"purposes": [mine], "services": [ONE, {**TWO, "purpose": "loyalty"}]}
    made = config(**SITE, upcoming={"effective_from": DAY, **change})
    assert [(each.text, each.more) for each in told(made, words("fr"))][0] == (
        "Nouvelle finalité\u00a0: Fidélité.",
        "Points !",
    )


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({}, ("E081", "upcoming")),
        ({"services": [{"use": "nobody"}]}, ("E060", "upcoming.services[0].use")),
        ({"services": 3}, ("E003", "upcoming.services")),
        ({"services": {"use": "x"}}, ("E003", "upcoming.services")),
        ({"cookie": 3}, ("E003", "upcoming.cookie")),
        ({"log": 3}, ("E003", "upcoming.log")),
        ({"controller": 3}, ("E003", "upcoming.controller")),
        ({"log": {"url": "sqlite:///other.db"}}, ("E080", "upcoming.log.url")),
        ({"cookie": {"secrets": []}}, ("E080", "upcoming.cookie.secrets")),
        ({"site": {"url": "https://b.fr"}}, ("E080", "upcoming.site.url")),
        ({"log": {"retention_years": 99}}, ("E031", "upcoming.log.retention_years")),
        ({"cookie": {"lifetime_months": 99}}, ("E023", "upcoming.cookie.lifetime_months")),
        ({"blocking": {}}, ("E002", "upcoming.blocking")),
        ({"upcoming": {}}, ("E002", "upcoming.upcoming")),
        ({"effective_from": "soon"}, ("E003", "upcoming.effective_from")),
        ({"summary": {"fr": "Bientôt."}}, ("E012", "upcoming.summary.en")),
        ({"cookie": {"lifetime_months": 7}}, ("W003", "upcoming.cookie.lifetime_months")),
    ],
)
def test_what_is_wrong_is_named_with_its_place(
    change: dict[str, Any], expected: tuple[str, str]
) -> None:
    assert expected in problems(**change)


def test_what_is_wrong_already_is_not_said_twice() -> None:
    both = config(**SITE, upcoming={"effective_from": DAY, "services": [ONE, TWO]})
    assert [str(each.code) for each in both.warnings] == ["W001"]


def test_words_of_the_sites_own_are_enough_to_announce() -> None:
    """P-11: the site's own policy changes, and nothing of what is asked."""
    upcoming = announced(summary={"fr": "Bientôt.", "en": "Soon."})
    assert (dict(upcoming.summary), upcoming.changes) == ({"fr": "Bientôt.", "en": "Soon."}, ())


def test_it_needs_its_day_and_one_that_is_after_the_beginning() -> None:
    assert ("E001", "upcoming.effective_from") in found(**SITE, upcoming={"services": [TWO]})
    assert ("E003", "upcoming") in found(**SITE, upcoming="2027-01-15")
    late = found(**SITE, effective_from=DAY, upcoming={"effective_from": DAY, "services": [TWO]})
    assert ("E082", "upcoming.effective_from") in late


@pytest.mark.parametrize(
    ("days", "codes"),
    [(-16, []), (-15, []), (-14, ["W011"]), (-1, ["W011"]), (0, []), (30, []), (31, ["W012"])],
)
def test_the_calendar_tells_of_a_short_notice_and_of_a_day_long_past(
    days: int, codes: list[str]
) -> None:
    """P-11: 15 days before."""
    made = config(**SITE, upcoming={"effective_from": DAY, "services": [ONE, TWO]})
    assert [str(each.code) for each in warnings(made, DAY + timedelta(days=days))] == codes


def test_a_version_that_is_not_in_force_yet_is_not_served_as_if_it_were() -> None:
    """P-19."""
    made = config(**SITE, effective_from=DAY)
    assert [str(each.code) for each in warnings(made, DAY - timedelta(days=1))] == ["W013"]
    assert not list(warnings(made, DAY))


def test_check_says_what_changes_and_when(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """P-11: before it is published."""
    day = datetime.now(UTC).date() + timedelta(days=3)
    file = tmp_path / "consent.toml"
    text = CliRunner().invoke(main, ["init"]).stdout
    change = f"[upcoming]\neffective_from = {day}\nlog = {{ retention_years = 6 }}\n"
    services = '[[upcoming.services]]\nuse = "google-analytics"\ncompany = "Other"\n'
    file.write_text(text + change + services, "utf-8")
    monkeypatch.setenv("CONSENT_SECRET", "x" * 40)
    result = CliRunner().invoke(main, ["check", str(file)])
    assert f"from    {day} (in 3 days)\n        retention\n" in result.stdout
    assert "        service_changed google-analytics (provider)\n" in result.stdout
    assert "W011 upcoming.effective_from" in result.stderr
    assert ConsentConfig.from_toml(file).upcoming
