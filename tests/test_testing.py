"""``consent.testing``, as the tests of a site use it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from starlette.applications import Starlette
from starlette.responses import JSONResponse
from starlette.routing import Route
from starlette.testclient import TestClient

from consent import ChoiceEvent, ConsentConfig, ConsentMiddleware
from consent.cookie import ChoiceCookie
from consent.testing import a_choice, in_memory, signed_cookie, visitor
from tests.sites import site

pytest_plugins = ["pytester"]
CONFIG = site()
POST: dict[str, Any] = {
    "json": {"action": "accept_all"},
    "headers": {"sec-fetch-site": "same-origin"},
}


def asked(request: Any) -> JSONResponse:
    consent = request.state.consent
    allowed = [name for name in ("analytics", "marketing") if consent.allows(name)]
    return JSONResponse({"decided": consent.decided, "allowed": allowed})


def app(config: ConsentConfig = CONFIG, **options: Any) -> ConsentMiddleware:
    return ConsentMiddleware(Starlette(routes=[Route("/", asked)]), config=config, **options)


def at(folder: Path) -> ConsentConfig:
    made = site()
    log = made.log.model_copy(update={"url": f"sqlite:///{folder}/consent.db"})
    object.__setattr__(made, "log", log)
    return made


@pytest.mark.parametrize(
    ("choice", "decided", "allowed"),
    [
        ({}, False, []),
        ({"purposes": False}, True, []),
        ({"purposes": True}, True, ["analytics", "marketing"]),
        ({"purposes": {"marketing": True}}, True, ["marketing"]),
    ],
)
def test_a_visitor_carries_any_choice(
    choice: dict[str, Any], decided: bool, allowed: list[str]
) -> None:
    with in_memory():
        answer = visitor(app(), CONFIG, **choice).get("/").json()
    assert answer == {"decided": decided, "allowed": allowed}


def test_a_cookie_is_what_the_site_would_have_signed() -> None:
    name, value = signed_cookie(
        CONFIG,
        purposes={"analytics": True},
        services={"heatmap": False},
        subject=UUID(int=7),
        seq=3,
    )
    choice = ChoiceCookie(CONFIG).decode(value.encode(), now=datetime.now(UTC))
    assert choice is not None
    assert (name, choice.subject, choice.seq) == ("__Host-eu-consent", UUID(int=7), 3)
    assert choice.purposes == {"analytics": True, "marketing": False}
    assert choice.services == {"heatmap": False}


def test_over_plain_http_it_has_its_plain_name() -> None:
    assert signed_cookie(site(url="http://localhost:8000"))[0] == "eu-consent"


def test_an_old_choice_can_be_made_and_is_over_c6() -> None:
    long_ago = datetime.now(UTC) - timedelta(days=400)
    with in_memory():
        page = visitor(app(), CONFIG, purposes=True, made_at=long_ago).get("/")
    assert page.json()["decided"] is False


@pytest.mark.parametrize(
    "misspelt",
    [{"purposes": {"analitics": True}}, {"services": {"x": True}}, {"despite": {"gcp"}}],
)
def test_a_misspelt_name_fails_the_test(misspelt: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="is asked about, only"):
        a_choice(CONFIG, **misspelt)


def test_another_client_can_carry_it() -> None:
    class Mine(TestClient):
        pass

    assert isinstance(visitor(app(), CONFIG, client=Mine, purposes=True), Mine)


@pytest.mark.parametrize("before", [True, False], ids=["made before", "made meanwhile"])
def test_no_database_is_touched(tmp_path: Path, before: bool) -> None:
    config = at(tmp_path)
    made = app(config) if before else None
    with in_memory() as log:
        client = visitor(made or app(config), config)
        assert client.post("/consent/choice", **POST).status_code == 200
        assert client.get("/").json()["decided"] is True
    assert [record.action for record in log.records] == ["accept_all"]
    assert list(tmp_path.iterdir()) == []


def test_hooks_are_told_without_a_database_as_well(tmp_path: Path) -> None:
    told: list[ChoiceEvent] = []

    async def crm(event: ChoiceEvent) -> None:
        told.append(event)

    config = at(tmp_path)
    made = app(config, on_choice={"crm": crm})
    with in_memory(), visitor(made, config) as client:
        client.post("/consent/choice", **POST)
        client.get("/")
    assert [event.withdrawn for event in told] == [frozenset()]
    assert list(tmp_path.iterdir()) == []


def test_afterwards_the_log_is_what_it_was(tmp_path: Path) -> None:
    with in_memory():
        pass
    config = at(tmp_path)
    visitor(app(config), config).post("/consent/choice", **POST)
    assert (tmp_path / "consent.db").exists()


def test_the_fixture_keeps_the_proofs_of_one_test(pytester: pytest.Pytester) -> None:
    pytester.makeconftest('pytest_plugins = ["consent.testing.plugin"]')
    pytester.makepyfile(
        """
        from consent.log.sql import SqlLog

        def test_one(consent_log):
            assert SqlLog("sqlite:///consent.db").outbox is consent_log.outbox
            assert consent_log.records == []
        """
    )
    pytester.runpytest_inprocess("-p", "no:randomly", "-p", "no:cov").assert_outcomes(passed=1)
