"""A visitor sees what is kept of their choice, and has it erased (EU-25, EU-27, EU-28)."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from consent.verify.notes import read_key
from consent.verify.proof_file import verify_proof
from tests.browser.conftest import Serve
from tests.browser.shop import site
from tests.browser.test_banner import ACCEPT, REFUSE, banner, click
from tests.log.checked import KEY, keys, report_on
from tests.log.examples import patient

ERASE = "Effacer mes données et mon choix"
ANSWERED = "Mesure d’audience\u00a0: autorisé"


@pytest.fixture(params=[True, False], ids=["with a script", "without"])
def visitor(
    request: pytest.FixtureRequest, browser: Browser, serve: Serve, path: Path
) -> Iterator[Page]:
    """Has accepted all on a site whose log is ``path``, and is on the page that they came from."""
    log = patient(f"sqlite:///{path}", keys=keys)
    with browser.new_context(
        base_url=serve(site(log=log)), java_script_enabled=request.param, locale="fr-FR"
    ) as context:
        context.set_default_timeout(10_000)
        page = context.new_page()
        page.goto("/form?from=here")
        with page.expect_navigation():
            click(page, ACCEPT)
        yield page


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "consent.db"


def cookies(page: Page) -> set[str]:
    return {cookie.get("name", "") for cookie in page.context.cookies()}


def subjects(path: Path) -> set[str]:
    with closing(sqlite3.connect(path)) as log:
        return {row[0] for row in log.execute("SELECT subject FROM subject")}


def proof(page: Page) -> str:
    """As soon as the record is in the tree."""
    while not (answer := page.context.request.get("/consent/receipt?as=proof")).ok:
        assert answer.json()["code"] == "no_proof"
        page.wait_for_timeout(50)
    return answer.text()


def test_what_is_kept_can_be_seen_and_erased(visitor: Page, path: Path) -> None:
    page, kept = visitor, proof(visitor)
    [me] = subjects(path)
    page.goto("/consent/mine?lang=fr&next=/form?from=here")
    expect(page.get_by_text(me)).to_be_visible()
    expect(page.get_by_role("listitem").filter(has_text=ANSWERED).last).to_be_visible()
    page.get_by_role("button", name=ERASE).click()
    # The first that is read out of a page that is new: its title, then its heading.
    expect(page).to_have_title("Vos choix sont effacés – Club des Étoiles")
    expect(page.get_by_role("heading", level=1)).to_have_text("Vos choix sont effacés")
    assert (cookies(page), subjects(path)) == (set(), set())
    report = report_on(f"sqlite:///{path}", KEY)
    assert (report.holds, report.size, report.counts["erased"]) == (True, 1, 1)
    # What the visitor has taken along goes on showing that the choice was theirs.
    assert verify_proof(kept, keys=[read_key(str(KEY.key))]).holds
    page.get_by_role("link", name="Revenir au site").click()
    assert page.url.endswith("/form?from=here")
    assert banner(page)
    page.goto("/consent/mine?lang=fr&next=/")
    expect(page.get_by_text("Rien n’est enregistré")).to_be_visible()
    assert page.get_by_role("button").count() == 0
    page.goto("/")
    click(page, REFUSE)
    expect(page.locator(".cc-banner")).to_be_hidden()
    [new] = subjects(path)
    assert new != me
    assert report_on(f"sqlite:///{path}", KEY).holds
