"""The visitor's own page: what is kept of them, to see, take along and erase (REC-10, EU-25)."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from datetime import date
from typing import Any
from uuid import UUID, uuid4

import pytest
from httpx2 import Response

from consent.asgi.hooks import kept_in, telling
from consent.banner.screens import stand_alone
from consent.errors import LogUnavailable, SubjectHeld
from consent.log.memory import MemoryLog
from consent.model import Notice
from consent.record import NOBODY, Action, Record
from tests.asgi.visits import SAME_ORIGIN, Visit
from tests.sites import site

MINE = "/consent/mine"


def visit(log: Any = None, **about: Any) -> Visit:
    """Somebody who allowed one purpose in the banner, then refused all."""
    made = Visit(site(**about), log=log)
    fields = {"action": "save", "purpose": "analytics", "interface": "banner"}
    made.submit({**fields, "notice": made.config.notice.hash})
    made.send({"action": "refuse_all"})
    return made


def erase(visit: Visit, **headers: str) -> Response:
    return visit.client.post(MINE, data={"lang": "en"}, headers={**SAME_ORIGIN, **headers})


class TestSeeing:
    def test_it_has_the_id_and_each_choice_the_newest_first(self) -> None:
        """EU-28"""
        made = visit()
        page = made.client.get(MINE).text
        assert str(made.log.records[0].subject) in page
        assert page.index("You withdrew your agreement.") < page.index("You chose one by one.")
        assert page.count("31 January 2026 at 12:00 (UTC)") == 2
        assert (page.count("Counter: allowed"), page.count("Counter: refused")) == (1, 1)
        assert page.count(made.config.notice.hash) == 2

    def test_the_words_are_those_of_the_notice_that_was_shown(self) -> None:
        """EU-10: what the site says today was not shown then."""
        made = visit()
        shown = json.loads(made.log.notices[made.config.notice.hash].content)
        for each in shown["purposes"]:
            each["description"]["en"] = "Shown <then>."
        content = json.dumps(shown).encode()
        made.log.notices[made.config.notice.hash] = Notice(made.config.notice.hash, content)
        assert "Shown &lt;then&gt;." in made.client.get(MINE).text

    def test_what_was_answered_is_named_in_the_language_of_the_page(self) -> None:
        """EU-25: in plain words for who reads them; the texts beneath are those of the click."""
        made = Visit(site(languages=["en", "fr"]))
        made.send({"action": "refuse_all", "lang": "fr"})
        page = made.client.get(f"{MINE}?lang=en").text
        asked = next(each for each in made.config.purposes if not each.exempt)
        title, shown = asked.title["en"], asked.title["fr"]
        assert f"{title}: refused" in page
        assert (f"<dt>{shown}</dt>" in page, title == shown) == (True, False)

    def test_what_the_notice_had_no_words_for_is_named_as_it_was(self) -> None:
        made = Visit(site(languages=["fr", "en"]))
        made.send({"action": "refuse_all", "lang": "fr"})
        shown = json.loads(made.log.notices[made.config.notice.hash].content)
        shown["purposes"] = [{**each, "title": {"fr": "Mesure"}} for each in shown["purposes"]]
        content = json.dumps(shown).encode()
        made.log.notices[made.config.notice.hash] = Notice(made.config.notice.hash, content)
        assert '<span lang="fr">Mesure</span>: refused' in made.client.get(f"{MINE}?lang=en").text

    def test_it_says_that_an_embed_shown_once_is_not_listed(self) -> None:
        """EU-25: such a record has a subject of its own."""
        assert "shown only once is not here" in visit().client.get(MINE).text

    def test_a_notice_that_is_lost_leaves_the_ids(self) -> None:
        made = visit()
        made.log.notices.clear()
        assert "analytics: allowed" in made.client.get(MINE).text

    def test_the_screen_is_the_very_one(self) -> None:
        """REC-10"""
        made = visit()
        record = made.log.records[0]
        address = f"{MINE}/screen?record={record.id}"
        assert f'href="{address}"' in made.client.get(MINE).text
        answer = made.client.get(address)
        assert answer.text == stand_alone(made.log.screens[str(record.screen)])
        assert "default-src 'none'" in answer.headers["content-security-policy"]
        assert made.client.get(f"{MINE}/screen?record={made.log.records[1].id}").status_code == 404

    def test_nobody_sees_the_screens_of_others(self) -> None:
        log = MemoryLog()
        other = visit(log).log.records[0].id
        assert visit(log).client.get(f"{MINE}/screen?record={other}").status_code == 404

    def test_without_a_cookie_there_is_nothing_to_see_nor_to_erase(self) -> None:
        """An id alone opens nothing: whoever reads it over a shoulder could erase."""
        log = visit().log
        stranger = Visit(log=log)
        page = stranger.client.get(MINE)
        assert (page.status_code, "<form" in page.text) == (200, False)
        assert "Nothing is recorded" in page.text
        assert stranger.client.get(f"{MINE}/download").status_code == 404
        assert erase(stranger).status_code == 404
        assert NOBODY not in {record.subject for record in log.records}

    def test_the_preferences_and_the_policy_lead_here(self) -> None:
        made = visit()
        for path in ("preferences", "policy"):
            assert f'href="{MINE}?' in made.client.get(f"/consent/{path}").text

    def test_while_the_log_is_down_it_says_so(self) -> None:
        made = visit()
        record = made.log.records[0].id
        made.log.fail_reading = True
        page = made.client.get(MINE)
        assert (page.status_code, "at the moment" in page.text) == (503, True)
        for path in ("download", f"screen?record={record}"):
            answer = made.client.get(f"{MINE}/{path}")
            assert (answer.status_code, answer.json()["code"]) == (503, "log_unavailable")

    @pytest.mark.parametrize("path", ["", "/download", "/screen"])
    def test_it_is_not_kept_and_not_shared(self, path: str) -> None:
        """C17"""
        headers = visit().client.get(f"{MINE}{path}").headers
        assert headers["cache-control"] == "no-store"
        assert headers["vary"].startswith("Cookie")

    def test_it_is_read_and_erased_and_nothing_else(self) -> None:
        client = visit().client
        found = {path: client.put(f"{MINE}{path}") for path in ("", "/download")}
        assert {answer.status_code for answer in found.values()} == {405}
        assert found[""].headers["allow"] == "GET, HEAD, POST"
        assert found["/download"].headers["allow"] == "GET, HEAD"

    def test_it_speaks_the_languages_of_the_site(self) -> None:
        page = visit(languages=["fr", "en"]).client.get(MINE)
        assert "Vous avez choisi un par un." in page.text


class TestTakingAlong:
    def test_everything_is_one_file(self) -> None:
        """EU-25, GDPR 20"""
        made = visit()
        answer = made.client.get(f"{MINE}/download")
        assert answer.headers["content-disposition"] == 'attachment; filename="consent.json"'
        found = answer.json()
        assert found["subject"] == str(made.log.records[0].subject)
        records = [each["consent:record"]["@value"]["id"] for each in found["receipts"]]
        assert records == [record.id for record in made.log.records]

    @pytest.mark.parametrize("failing", [False, True])
    def test_it_is_counted_and_given_whether_or_not_that_works(self, failing: bool) -> None:
        """EU-29"""
        counted: list[None] = []

        class Accounting(MemoryLog):
            async def given_access(self) -> None:
                counted.append(None)
                if failing:
                    raise LogUnavailable("down")

        made = visit(Accounting())
        assert made.client.get(f"{MINE}/download").status_code == 200
        assert Visit(log=made.log).client.get(f"{MINE}/download").status_code == 404
        assert len(counted) == 1


class TestErasing:
    def test_who_asks_is_nobody_and_asked_again(self) -> None:
        """EU-27"""
        made = visit()
        assert '<form method="post" action="/consent/mine?next=/"' in made.client.get(MINE).text
        answer = erase(made)
        assert (answer.status_code, "<h1>Your choices are erased</h1>" in answer.text) == (
            200,
            True,
        )
        assert answer.headers["cache-control"] == "no-store"
        assert answer.headers["clear-site-data"] == '"cache"'
        assert {record.subject for record in made.log.records} == {NOBODY}
        assert made.holds() is None
        assert made.client.get("/consent/state").json()["decided"] is False
        assert "Nothing is recorded" in made.client.get(MINE).text

    def test_an_old_cookie_is_not_taken_any_more(self) -> None:
        made = visit()
        old = made.client.cookies["__Host-eu-consent"]
        me = made.log.records[0].subject
        erase(made)
        made.client.cookies.set("__Host-eu-consent", old, domain="www.example.fr")
        assert made.client.get("/consent/state").json()["subject"] is None
        made.client.cookies.clear()
        made.client.cookies.set("__Host-eu-consent", old, domain="www.example.fr")
        made.send({"action": "accept_all"})
        assert made.log.records[-1].subject not in (me, NOBODY)

    def test_a_click_that_is_sent_again_brings_nobody_back(self) -> None:
        """E9"""
        made = Visit()
        again = {**SAME_ORIGIN, "idempotency-key": str(uuid4())}
        made.send({"action": "accept_all"}, headers=again)
        erase(made)
        answer = made.send({"action": "accept_all"}, headers=again)
        assert (answer.status_code, answer.json()["code"]) == (422, "key_reused")
        assert [record.subject for record in made.log.records] == [NOBODY]

    def test_the_cookies_of_what_was_granted_go_too(self) -> None:
        """FR-19"""
        counter = {
            "id": "counter",
            "name": "Counter",
            "purpose": "analytics",
            "hosts": ["counter.example.net"],
            "items": [{"name": "_c", "kind": "cookie", "lifetime": "P1Y", "description": {}}],
        }
        made = Visit(site(services=(counter,)))
        made.send({"action": "accept_all"})
        made.client.cookies.set("_c", "1", domain="www.example.fr")
        assert any("_c=" in value for value in erase(made).headers.get_list("set-cookie"))

    def test_a_refusal_that_is_still_owed_is_forgotten(self) -> None:
        made = visit()
        made.log.fail_before = True
        made.send({"action": "refuse_all"})
        made.log.fail_before = False
        erase(made)
        made.send({"action": "refuse_all"})
        assert sum(record.subject != NOBODY for record in made.log.records) == 1

    @pytest.mark.parametrize(
        "headers",
        [
            {"sec-fetch-site": "cross-site"},
            {"sec-fetch-site": "same-site"},
            {"content-type": "text/plain"},
        ],
    )
    def test_no_other_site_can_have_it_done(self, headers: dict[str, str]) -> None:
        """E1"""
        made = visit()
        answer = erase(made, **headers)
        assert (answer.status_code, answer.json()["code"]) == (403, "cross_site")
        assert made.holds() is not None

    def test_no_more_is_read_than_a_form_has(self) -> None:
        made = visit()
        answer = made.client.post(MINE, data={"lang": "x" * 20_000}, headers=SAME_ORIGIN)
        assert answer.status_code == 413
        assert made.holds() is not None

    def test_a_failure_changes_nothing(self) -> None:
        made = visit()
        made.log.fail_before = True
        answer = erase(made)
        assert (answer.status_code, "at the moment" in answer.text) == (503, True)
        assert made.holds() is not None

    def test_a_legal_hold_is_said_with_its_day(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """GDPR 17(3)"""
        made = visit()

        async def held(subject: UUID) -> int:
            raise SubjectHeld(date(2027, 6, 30))

        monkeypatch.setattr(made.log, "erase", held)
        answer = erase(made)
        assert (answer.status_code, "30 June 2027" in answer.text) == (409, True)
        assert made.holds() is not None

    def test_a_log_that_cannot_erase_offers_nothing(self) -> None:
        made = visit()
        plain = Visit(proof=Plain(made.log))
        plain.client.cookies = made.client.cookies
        assert "<form" not in plain.client.get(MINE).text
        assert erase(plain).status_code == 404
        assert plain.client.get(f"{MINE}/screen?record=1").status_code == 404
        record = made.log.records[0].id
        assert plain.client.get(f"{MINE}/screen?record={record}").status_code == 503

    def test_a_log_whose_records_are_told_of_can_erase(self) -> None:
        log = MemoryLog()
        told, _ = telling(log, {"crm": lambda event: None}, site())
        assert kept_in(told) is log


def erased_elsewhere(*sent: dict[str, str]) -> tuple[Visit, UUID, Response]:
    """By the site, for somebody who wrote to it; the browser has not heard of it."""
    made = Visit()
    for each in sent:
        made.send(each)
    me, state = made.log.records[0].subject, made.client.get(STATE)
    asyncio.run(made.log.erase(me))
    return made, me, state


ACCEPT, REFUSE = {"action": "accept_all"}, {"action": "refuse_all"}
STATE = "/consent/state"
ELSEWHERE = [MINE, "/consent/receipt", STATE]


class TestErasedElsewhere:
    """The number in the cookie is not used again, once the browser comes to the log (GDPR 17)."""

    @pytest.mark.parametrize("sent", [ACCEPT, REFUSE, {**ACCEPT, "action": "save"}])
    def test_a_new_choice_is_that_of_somebody_new(self, sent: dict[str, str]) -> None:
        made, me, _ = erased_elsewhere(ACCEPT)
        assert made.send(sent).status_code == 200
        new = made.log.records[-1]
        assert (new.subject in (me, NOBODY), new.seq) == (False, 1)
        assert new.action is Action(sent["action"])
        assert (made.holds() or pytest.fail()).subject == new.subject

    def test_answers_from_before_are_not_kept(self) -> None:
        """They could not be shown, and would be recorded as given now."""
        made, _, _ = erased_elsewhere(ACCEPT)
        made.send({"action": "save", "keep": True, "purposes": {"marketing": True}})
        granted = [name for name, is_so in made.log.records[-1].purposes.items() if is_so]
        assert granted == ["marketing"]

    @pytest.mark.parametrize("path", ELSEWHERE)
    def test_what_was_granted_ends_where_it_cannot_be_shown(self, path: str) -> None:
        """EU-08"""
        made, me, state = erased_elsewhere(ACCEPT)
        assert state.json()["subject"] == str(me)
        old = made.client.cookies["__Host-eu-consent"]
        assert made.client.get(path).headers["clear-site-data"] == '"cache"'
        assert made.holds() is None
        made.client.cookies.set("__Host-eu-consent", old, domain="www.example.fr")
        assert made.client.get("/consent/state").json()["decided"] is False

    @pytest.mark.parametrize("path", ELSEWHERE)
    def test_a_refusal_goes_on_as_somebody_new_and_no_longer(self, path: str) -> None:
        """FR-16: asking again would punish it."""
        made, me, state = erased_elsewhere(ACCEPT, REFUSE)
        made.client.get(path)
        after = made.client.get("/consent/state").json()
        assert after["subject"] not in (None, str(me))
        before = state.json()
        assert [after[name] for name in ("purposes", "made_at", "expires_at")] == [
            before[name] for name in ("purposes", "made_at", "expires_at")
        ]
        assert after["decided"] is True

    @pytest.mark.parametrize("sent", [ACCEPT, REFUSE])
    def test_the_state_is_the_one_that_the_cookie_beside_it_has(self, sent: dict[str, str]) -> None:
        made, me, before = erased_elsewhere(sent)
        said = made.client.get(STATE).json()
        held = made.holds()
        assert said["subject"] == (str(held.subject) if held else None) != str(me)
        assert said["decided"] is (sent is REFUSE)
        assert before.json()["decided"] is True

    def test_the_page_says_what_ended_and_offers_nothing_to_erase(self) -> None:
        pages = [erased_elsewhere(each)[0].client.get(MINE).text for each in (ACCEPT, REFUSE)]
        assert ["that is switched off" in page for page in pages] == [True, False]
        assert all("Nothing is recorded" in page for page in pages)
        assert not any("<form" in page for page in pages)

    @pytest.mark.parametrize("path", ELSEWHERE)
    def test_a_log_that_is_down_has_forgotten_nobody(self, path: str) -> None:
        made, me, _ = erased_elsewhere(ACCEPT)
        made.log.fail_reading = True
        made.client.get(path)
        assert (made.holds() or pytest.fail()).subject == me

    def test_a_refusal_that_is_not_recorded_yet_stays_as_it_is(self) -> None:
        made = Visit()
        made.log.fail_before = True
        made.send(REFUSE)
        me = (made.holds() or pytest.fail()).subject
        assert made.client.get(MINE).status_code == 200
        assert (made.holds() or pytest.fail()).subject == me


class Plain:
    """What ``ProofLog`` asks for and nothing else."""

    def __init__(self, log: MemoryLog) -> None:
        self.append, self.newer, self.notice = log.append, log.newer, log.notice
        self.close, self._log = log.close, log

    async def read(self, *, subject: UUID | None = None) -> AsyncIterator[Record]:
        async for record in self._log.read(subject=subject):
            yield record
