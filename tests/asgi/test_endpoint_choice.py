"""``POST /consent/choice`` for those who mean well."""

from __future__ import annotations

import asyncio
import json
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from consent.asgi.submission import Offered
from consent.log.memory import MemoryLog
from consent.months import add_months
from consent.record import Interface
from tests.asgi import records
from tests.asgi.visits import NOW, SAME_ORIGIN, Visit
from tests.sites import site

KEY = {**SAME_ORIGIN, "idempotency-key": "11112222-3333-4444-8555-666677778888"}
ALL = {"analytics": True, "marketing": True}
NONE = {"analytics": False, "marketing": False}


class TestActions:
    @pytest.mark.parametrize(
        "action, answers", [("accept_all", ALL), ("refuse_all", NONE)], ids=["accept", "refuse"]
    )
    def test_a_button_for_everything_answers_everything(
        self, action: str, answers: dict[str, bool]
    ) -> None:
        visit = Visit()
        assert visit.send({"action": action}).status_code == 200
        assert visit.wrote == [(action, answers)]
        held = visit.holds()
        assert held is not None
        assert held.purposes == answers

    def test_what_is_missing_is_refused(self) -> None:
        """E5."""
        visit = Visit()
        visit.send({"action": "save", "purposes": {"analytics": True}})
        assert visit.wrote == [("save", {"analytics": True, "marketing": False})]

    def test_a_service_may_differ_from_its_purpose(self) -> None:
        visit = Visit()
        services = {"counter": True, "heatmap": False, "pixel": True}
        visit.send({"action": "save", "purposes": {"analytics": True}, "services": services})
        assert visit.log.records[0].services == services

    def test_every_service_that_was_offered_is_answered_in_the_record(self) -> None:
        """REC, FR-27: and in the cookie only what differs, so that it stays small (C15)."""
        visit = Visit()
        visit.send({"action": "save", "purposes": {"analytics": True}})
        answers = {"counter": True, "heatmap": True, "pixel": False}
        assert visit.log.records[0].services == answers
        held = visit.holds()
        assert held is not None
        assert held.services == {}

    def test_a_cookie_carries_nothing_of_services_that_are_gone(self) -> None:
        """A replayed record may name some (C14)."""
        record = replace(records.record(UUID(int=1), 1), services={"gone": True, "pixel": True})
        assert Offered(site(), ["en"]).differing(record) == {"pixel": True}

    def test_the_buttons_for_everything_ignore_the_boxes_beside_them(self) -> None:
        visit = Visit()
        boxes = {"purposes": {"analytics": True}, "services": {"pixel": True}}
        visit.send({"action": "refuse_all", **boxes})
        assert visit.wrote == [("refuse_all", NONE)]
        assert not any(visit.log.records[0].services.values())

    @pytest.mark.parametrize("word", ["refuse_all", "withdraw"])
    def test_refusing_all_after_a_grant_is_a_withdrawal(self, word: str) -> None:
        """EU-09: it is a new record, the earlier one stays."""
        visit = Visit()
        visit.send({"action": "accept_all"})
        visit.send({"action": word})
        assert visit.wrote == [("accept_all", ALL), ("withdraw", NONE)]

    @pytest.mark.parametrize("word", ["refuse_all", "withdraw"])
    def test_without_a_grant_there_is_nothing_to_withdraw(self, word: str) -> None:
        visit = Visit()
        visit.send({"action": word})
        visit.send({"action": word})
        assert [action for action, _ in visit.wrote] == ["refuse_all", "refuse_all"]

    def test_a_grant_of_one_service_can_be_withdrawn(self) -> None:
        visit = Visit()
        visit.send({"action": "save", "services": {"pixel": True}})
        visit.send({"action": "refuse_all"})
        assert [action for action, _ in visit.wrote] == ["save", "withdraw"]

    def test_exempt_purposes_and_services_may_be_named_as_granted(self) -> None:
        """A script that sends every box sends these too."""
        visit = Visit()
        named = {"purposes": {"necessary": True}, "services": {"till": True}}
        assert visit.send({"action": "save", **named}).status_code == 200
        assert visit.wrote == [("save", NONE)]


class TestKeptAnswers:
    """A click on one thing leaves the others as they were, and as old."""

    def test_answers_that_are_not_sent_stay(self) -> None:
        visit = Visit()
        first = {"purposes": {"analytics": True}, "services": {"heatmap": False}}
        visit.send({"action": "save", **first})
        visit.send({"action": "save", "services": {"pixel": True}, "keep": True})
        held = visit.holds()
        assert held is not None
        assert held.purposes == {"analytics": True, "marketing": False}
        assert held.services == {"heatmap": False, "pixel": True}

    def test_without_earlier_answers_the_others_are_refused(self) -> None:
        """E5."""
        visit = Visit()
        visit.send({"action": "save", "services": {"pixel": True}, "keep": True})
        assert visit.wrote == [("save", NONE)]

    @pytest.mark.parametrize("keep, age", [(True, 30), (False, 0)])
    def test_nothing_is_renewed_by_keeping_it(self, keep: bool, age: int) -> None:
        """C6."""
        moments = [NOW]
        visit = Visit(clock=lambda: moments[-1])
        visit.send({"action": "accept_all"})
        moments.append(NOW + timedelta(days=30))
        answer = visit.send({"action": "save", "purposes": ALL, "keep": keep})
        made_at = datetime.fromisoformat(answer.json()["made_at"])
        assert (moments[-1] - made_at).days == age
        assert visit.log.records[-1].made_at.date() == moments[-1].date()

    @pytest.mark.parametrize("lost, status", [(False, 200), (True, 422)])
    def test_a_key_does_not_bring_kept_answers_back_without_their_cookie(
        self, lost: bool, status: int
    ) -> None:
        """C6: their age stands in the cookie alone, so they would begin anew."""
        visit = Visit()
        visit.send({"action": "accept_all"})
        keyed = {**SAME_ORIGIN, "Idempotency-Key": "a-key-of-one-click"}
        kept = {"action": "save", "services": {"pixel": True}, "keep": True}
        visit.send(kept, headers=keyed)
        if lost:
            visit.client.cookies.clear()
        again = visit.send(kept, headers=keyed)
        assert (again.status_code, "set-cookie" in again.headers) == (status, not lost)
        assert len(visit.wrote) == 2

    def test_a_form_can_ask_for_it(self) -> None:
        visit = Visit()
        visit.send({"action": "save", "purposes": {"analytics": True}})
        visit.submit({"action": "save", "service": "pixel", "keep": "1"})
        assert visit.wrote[-1] == ("save", {"analytics": True, "marketing": False})


class TestAnswer:
    def test_json_is_answered_with_the_state(self) -> None:
        visit = Visit()
        answer = visit.send({"action": "accept_all"}).json()
        assert answer == {
            "decided": True,
            "purposes": ALL,
            "services": {},
            "signals": [],
            "notice": visit.config.notice.hash,
            "subject": str(visit.log.records[0].subject),
            "seq": 1,
            "made_at": "2026-01-31T12:00:00Z",
            "expires_at": "2026-07-31T12:00:00Z",
            "recorded": True,
        }

    def test_the_cookie_is_not_kept_by_any_cache(self) -> None:
        """C17."""
        answer = Visit().send({"action": "accept_all"})
        assert answer.headers["cache-control"] == "no-store"
        assert "Cookie" in answer.headers["vary"]

    def test_the_cookie_runs_from_the_moment_of_choice(self) -> None:
        answer = Visit().send({"action": "refuse_all"})
        lifetime = add_months(NOW.replace(microsecond=0), 6) - NOW
        assert f"Max-Age={int(lifetime.total_seconds())};" in answer.headers["set-cookie"]

    def test_over_plain_http_the_cookie_has_its_plain_name(self) -> None:
        answer = Visit(site(url="http://localhost"), url="http://localhost").send(
            {"action": "refuse_all"}
        )
        assert answer.headers["set-cookie"].startswith("eu-consent=")
        assert "Secure" not in answer.headers["set-cookie"]


class TestRecord:
    def test_it_says_what_was_clicked_where_when_and_under_which_notice(self) -> None:
        """EU-08, EU-10."""
        visit = Visit(site(languages=["en", "fr"]))
        visit.send({"action": "save", "lang": "fr", "interface": "preferences"})
        (record,) = visit.log.records
        assert (record.language, record.interface) == ("fr", Interface.PREFERENCES)
        assert (record.site, record.notice) == ("www.example.fr", visit.config.notice.hash)
        assert record.made_at == NOW.replace(microsecond=123_000)
        assert visit.log.notices == {visit.config.notice.hash: visit.config.notice}

    def test_nothing_of_the_connection_is_in_it(self) -> None:
        """E7, E8, EU-30: no address, no browser, no page, whatever headers claim."""
        visit = Visit()
        told = {
            "x-forwarded-for": "203.0.113.7",
            "x-client-ip": "203.0.113.7",
            "user-agent": "Spy/1.0",
            "referer": "https://www.example.fr/secret-page",
        }
        visit.send({"action": "accept_all"}, headers={**SAME_ORIGIN, **told})
        text = repr(visit.log.records[0])
        assert not any(word in text for word in ("203.0.113", "Spy", "secret-page", "testclient"))

    def test_the_time_is_the_servers(self) -> None:
        """E6: no field for another one exists."""
        visit = Visit()
        answer = visit.send({"action": "accept_all", "made_at": "2020-01-01T00:00:00Z"})
        assert (answer.json()["code"], visit.wrote) == ("unknown_field", [])

    def test_a_visitor_keeps_their_id_and_counts_on(self) -> None:
        visit = Visit()
        for action in ("accept_all", "refuse_all", "accept_all"):
            visit.send({"action": action})
        subjects = {record.subject for record in visit.log.records}
        assert (len(subjects), [r.seq for r in visit.log.records]) == (1, [1, 2, 3])

    def test_ids_are_random_and_made_here(self) -> None:
        """E14."""
        ids = []
        for _ in range(2):
            visit = Visit()
            visit.send({"action": "refuse_all"})
            ids.append(visit.log.records[0].subject)
        assert ids[0] != ids[1]
        assert {one.version for one in ids} == {4}

    def test_an_id_that_is_not_in_a_valid_cookie_is_ignored(self) -> None:
        """E14."""
        visit = Visit()
        wanted = UUID("00112233-4455-4677-8899-aabbccddeeff")
        visit.client.cookies.set("__Host-eu-consent", f"{wanted}.forged")
        assert visit.send({"action": "refuse_all", "subject": str(wanted)}).status_code == 400
        visit.send({"action": "refuse_all"})
        assert visit.log.records[0].subject != wanted

    def test_a_replaced_cookie_starts_a_new_visitor(self) -> None:
        """C12: what was replaced gives no say over what replaced it."""
        visit = Visit()
        visit.send({"action": "accept_all"})
        old = visit.client.cookies["__Host-eu-consent"]
        visit.send({"action": "refuse_all"})
        visit.client.cookies.clear()
        visit.client.cookies.set("__Host-eu-consent", old)
        assert visit.client.get("/consent/state").json()["decided"] is False
        visit.send({"action": "accept_all"})
        assert visit.log.records[2].subject != visit.log.records[0].subject


class TestLogDown:
    """A grant that cannot be recorded is not acted on; a refusal always is (edges.md E10)."""

    @pytest.mark.parametrize("failing", ["fail_before", "fail_after"])
    @pytest.mark.parametrize(
        "grant",
        [{"action": "accept_all"}, {"action": "save", "services": {"pixel": True}}],
        ids=["purposes", "a service"],
    )
    def test_a_grant_is_sent_back_to_try_again(self, failing: str, grant: dict[str, Any]) -> None:
        answer = Visit(log=MemoryLog(**{failing: True})).send(grant)
        assert (answer.status_code, answer.json()["code"]) == (503, "not_recorded")
        assert int(answer.headers["retry-after"]) > 0
        assert "set-cookie" not in answer.headers

    @pytest.mark.parametrize("failing", ["fail_before", "fail_after"])
    def test_a_refusal_is_honoured_and_said_to_be_unproven(self, failing: str) -> None:
        visit = Visit(log=MemoryLog(**{failing: True}))
        answer = visit.send({"action": "refuse_all"})
        assert (answer.status_code, answer.json()["recorded"]) == (202, False)
        held = visit.holds()
        assert held is not None
        assert held.purposes == NONE

    def test_a_withdrawal_is_honoured(self) -> None:
        visit = Visit()
        visit.send({"action": "accept_all"})
        visit.log.fail_before = True
        visit.submit({"action": "refuse_all", "next": "/basket"})
        held = visit.holds()
        assert held is not None
        assert (held.purposes, held.seq) == (NONE, 2)

    @pytest.mark.parametrize("failing", ["fail_before", "fail_after"])
    def test_trying_again_with_the_same_key_settles_it(self, failing: str) -> None:
        visit = Visit(log=MemoryLog(**{failing: True}))
        visit.send({"action": "accept_all"}, headers=KEY)
        setattr(visit.log, failing, False)
        assert visit.send({"action": "accept_all"}, headers=KEY).status_code == 200
        assert visit.wrote == [("accept_all", ALL)]


class TestKeys:
    """``Idempotency-Key`` (edges.md E9)."""

    def test_the_same_request_twice_is_one_record_and_one_choice(self) -> None:
        visit = Visit()
        first = visit.send({"action": "accept_all"}, headers=KEY)
        visit.client.cookies.clear()
        second = visit.send({"action": "accept_all"}, headers=KEY)
        assert first.json() == second.json()
        assert len(visit.wrote) == 1

    def test_another_request_under_the_same_key_is_refused(self) -> None:
        visit = Visit()
        visit.send({"action": "accept_all"}, headers=KEY)
        answer = visit.send({"action": "refuse_all"}, headers=KEY)
        assert (answer.status_code, answer.json()["code"]) == (422, "key_reused")
        assert len(visit.wrote) == 1

    def test_a_replay_does_not_bring_back_what_was_replaced(self) -> None:
        """C12."""
        visit = Visit()
        visit.send({"action": "accept_all"}, headers=KEY)
        visit.send({"action": "refuse_all"})
        answer = visit.send({"action": "accept_all"}, headers=KEY)
        assert (answer.status_code, "set-cookie" in answer.headers) == (422, False)

    def test_a_key_does_not_hand_over_another_visitors_choice(self) -> None:
        """E14."""
        visit = Visit()
        visit.send({"action": "accept_all"}, headers=KEY)
        visit.client.cookies.clear()
        visit.send({"action": "refuse_all"})
        answer = visit.send({"action": "accept_all"}, headers=KEY)
        assert (answer.status_code, "set-cookie" in answer.headers) == (422, False)

    @pytest.mark.parametrize("key", ["1", "x" * 15, "x" * 65, "a key with spaces in it"])
    def test_a_key_that_others_might_use_too_is_refused(self, key: str) -> None:
        answer = Visit().send(
            {"action": "accept_all"}, headers={**SAME_ORIGIN, "idempotency-key": key}
        )
        assert (answer.status_code, answer.json()["code"]) == (400, "bad_key")


class TestNotice:
    """What was on screen is what is recorded (EU-10)."""

    OLD = "0" * 64

    def test_a_grant_to_another_notice_is_not_taken(self) -> None:
        visit = Visit()
        answer = visit.send({"action": "accept_all", "notice": self.OLD})
        assert (answer.status_code, answer.json()["code"]) == (409, "notice_changed")
        assert visit.wrote == []

    def test_a_refusal_is(self) -> None:
        visit = Visit()
        assert visit.send({"action": "refuse_all", "notice": self.OLD}).status_code == 200

    def test_a_grant_to_the_one_in_force_is(self) -> None:
        visit = Visit()
        said = {"action": "accept_all", "notice": visit.config.notice.hash}
        assert visit.send(said).status_code == 200


class TestForms:
    """Without JavaScript."""

    def test_a_form_leads_on_to_its_page(self) -> None:
        visit = Visit()
        fields = {"action": "save", "purpose": ["analytics"], "next": "/articles?page=2#end"}
        answer = visit.submit(fields)
        assert (answer.status_code, answer.headers["location"]) == (303, "/articles?page=2#end")
        assert visit.wrote == [("save", {"analytics": True, "marketing": False})]
        assert answer.headers["cache-control"] == "no-store"

    def test_services_are_granted_refused_or_left_to_their_purpose(self) -> None:
        visit = Visit()
        services = ["", "-heatmap", "pixel", ""]
        visit.submit({"action": "save", "purpose": "analytics", "service": services})
        answers = {"counter": True, "heatmap": False, "pixel": True}
        assert visit.log.records[0].services == answers

    def test_it_is_recorded_as_done_without_javascript(self) -> None:
        visit = Visit()
        visit.submit({"action": "refuse_all"})
        assert visit.log.records[0].interface is Interface.NO_JS

    @pytest.mark.parametrize(
        ("more", "found"),
        [({}, Interface.PREFERENCES), ({"scripting": "off"}, Interface.NO_JS)],
    )
    def test_the_preferences_say_where_it_was_and_whether_scripts_ran(
        self, more: dict[str, str], found: Interface
    ) -> None:
        visit = Visit()
        fields = {"action": "save", "purpose": ["analytics"], "interface": "preferences", **more}
        visit.submit(fields)
        record = visit.log.records[0]
        screen = json.loads(
            (asyncio.run(visit.log.screen(record.screen or "")) or pytest.fail()).content
        )
        assert (record.interface, screen["interface"]) == (found, "preferences")

    def test_after_a_page_that_answered_a_post_a_confirmation_is_shown(self) -> None:
        visit = Visit()
        answer = visit.submit({"action": "refuse_all", "next": "/order", "result": "page"})
        assert (answer.status_code, visit.wrote[0][0]) == (200, "refuse_all")
        assert 'href="/order"' in answer.text
        assert "set-cookie" in answer.headers

    def test_a_failure_is_told_on_a_page(self) -> None:
        answer = Visit(log=MemoryLog(fail_before=True)).submit({"action": "accept_all"})
        assert (answer.status_code, answer.headers["content-type"][:9]) == (503, "text/html")
        assert "set-cookie" not in answer.headers

    def test_a_refusal_while_the_log_is_down_leads_on_all_the_same(self) -> None:
        answer = Visit(log=MemoryLog(fail_before=True)).submit({"action": "refuse_all"})
        assert (answer.status_code, "set-cookie" in answer.headers) == (303, True)

    def test_fields_of_others_are_ignored(self) -> None:
        answer = Visit().submit({"action": "refuse_all", "_charset_": "utf-8", "csrf": "x"})
        assert answer.status_code == 303


class Long(MemoryLog):
    """A log so long that a process that starts does not read of this visitor."""

    async def newer(self, cursor: str) -> tuple[str, dict[UUID, int]]:
        """See ``ProofLog.newer``."""
        return "0", {}


def test_the_state_knows_from_the_log_that_a_cookie_from_long_ago_was_replaced() -> None:
    """C12"""
    log = Long()
    before = Visit(log=log)
    before.send({"action": "accept_all"})
    old = before.client.cookies["__Host-eu-consent"]
    before.send({"action": "refuse_all"})
    restarted = Visit(log=log)
    restarted.client.cookies.set("__Host-eu-consent", old, domain="www.example.fr")
    assert restarted.holds() is not None
    assert restarted.client.get("/consent/state").json()["decided"] is False
    assert restarted.sequence.newest(log.records[0].subject) == 2
