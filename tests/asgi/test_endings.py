"""The end of a choice is recorded once, whoever sees it, and only where there was one (EU-08)."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from consent.asgi import endings as module
from consent.asgi.endings import Endings
from consent.asgi.hooks import Courier
from consent.asgi.middleware import ConsentMiddleware
from consent.asgi.sequence import Sequence
from consent.cookie import ChoiceCookie
from consent.log.memory import MemoryLog
from consent.log.sql import SqlLog
from consent.model import Choice
from consent.months import add_months
from consent.objections import Objection
from consent.record import Action, Interface, Kind, Record, encode
from tests.asgi.exchange import CONFIG, NAVIGATION, responds, scope_for
from tests.asgi.records import NOTICE, NOW, record
from tests.log.examples import patient

SUBJECT = UUID(int=7)
GRANTED = Choice(SUBJECT, 1, NOW, {"analytics": True, "marketing": True})
HELD = replace(GRANTED, purposes={"analytics": True, "marketing": False})
GPC = Objection(("gpc",), holds=True)
LATER = add_months(NOW, 7)


class Site:
    """A middleware whose log knows one grant, and its visitors, in one event loop."""

    def __init__(self, *known: Record, log: MemoryLog | None = None, **more: Any) -> None:
        self.log = log or MemoryLog()
        self.log.records += known or (record(SUBJECT, 1, granted=True),)
        self.log.notices[NOTICE.hash] = NOTICE
        self.now = NOW
        app = responds(b"<p>Bread")
        options = {"log": self.log, "clock": lambda: self.now, **more}
        self.middleware = ConsentMiddleware(app, config=CONFIG, **options)

    def visit(self, *times: datetime, cookie: str | None = None, **headers: str) -> list[Record]:
        """Requests at these times with the cookie of the grant: what was recorded of them."""

        async def requests() -> None:
            for self.now in times:
                sent = {**NAVIGATION, "cookie": cookie_of(GRANTED) if cookie is None else cookie}
                more = {name.replace("_", "-"): value for name, value in headers.items()}
                await self.middleware(scope_for("/", {**sent, **more}), never, ignored)
                await settled(self.middleware._endings)
                await settled(self.middleware._courier)

        known = len(self.log.records)
        asyncio.run(requests())
        return self.log.records[known:]


async def settled(made: Endings | Courier | None) -> None:
    if made is not None and made._task is not None:
        await made._task


async def never() -> Any:
    raise AssertionError("no body is read")


async def ignored(message: Any) -> None:
    pass


def cookie_of(choice: Choice) -> str:
    cookies = ChoiceCookie(CONFIG)
    return f"{cookies.name(True)}={cookies.encode(choice, now=choice.made_at)}"


def recorded(log: MemoryLog, *endings: Coroutine[Any, Any, None]) -> None:
    async def all_of_them() -> None:
        await asyncio.gather(*endings)

    asyncio.run(all_of_them())


def endings(log: MemoryLog) -> Endings:
    return Endings(CONFIG, log, log, Sequence(log), lambda: NOW)


class TestExpiry:
    def test_the_visitor_who_comes_back_too_late_leaves_its_record_once(self) -> None:
        site = Site()
        (ended,) = site.visit(LATER, LATER, LATER)
        assert (ended.action, ended.subject, ended.seq) == (Action.EXPIRE, SUBJECT, 2)
        assert (ended.interface, ended.screen, ended.made_at) == (Interface.SERVER, None, LATER)
        assert ended.notice == CONFIG.notice.hash

    def test_nothing_is_granted_from_then_on_and_the_record_says_so(self) -> None:
        (ended,) = Site().visit(LATER)
        assert ended.purposes == {"analytics": False, "marketing": False}
        assert ended.services == {"counter": False, "heatmap": False, "pixel": False}

    def test_while_it_holds_there_is_nothing_to_record(self) -> None:
        assert Site().visit(NOW) == []

    @pytest.mark.parametrize(
        "cookie",
        ["", "theme=dark", "__Host-eu-consent=forged", "eu-consent=x; __Host-eu-consent="],
        ids=["none", "another", "forged", "under two names"],
    )
    def test_only_a_cookie_that_we_signed_counts(self, cookie: str) -> None:
        assert Site().visit(LATER, cookie=cookie) == []

    def test_two_cookies_that_contradict_each_other_count_as_none(self) -> None:
        other = replace(GRANTED, subject=UUID(int=8))
        assert Site().visit(LATER, cookie=f"{cookie_of(GRANTED)}; {cookie_of(other)}") == []

    def test_one_that_was_replaced_has_not_expired(self) -> None:
        site = Site(record(SUBJECT, 1, granted=True), record(SUBJECT, 2))
        assert site.visit(LATER) == []

    def test_of_a_subject_that_was_erased_nothing_new_is_written(self) -> None:
        """GDPR 17: else the visitor's old cookie would bring the subject back."""
        site = Site()
        site.log.records.clear()
        assert site.visit(LATER) == []

    def test_hooks_are_told(self) -> None:
        """EU-06: whoever was told of the grant is told of its end."""
        told: list[tuple[Action, frozenset[str]]] = []
        site = Site(on_choice={"crm": lambda event: told.append((event.action, event.withdrawn))})
        site.visit(LATER)
        assert told == [(Action.EXPIRE, frozenset({"counter", "heatmap", "pixel"}))]


class TestSignal:
    def test_the_first_request_that_takes_a_grant_away_leaves_a_record(self) -> None:
        """GPC-05: one per choice, not one per request."""
        site = Site()
        (signal,) = site.visit(NOW, NOW, NOW, sec_gpc="1")
        assert (signal.action, signal.signals) == (Action.SIGNAL, ("gpc",))
        assert signal.purposes == {"analytics": True, "marketing": False}
        assert signal.services == {"counter": True, "heatmap": True, "pixel": False}

    def test_the_choice_is_not_replaced_by_it(self) -> None:
        """When the signal has gone, the cookie is in force as before (docs/signals.md)."""
        site = Site()
        (signal,) = site.visit(NOW, sec_gpc="1")
        assert signal.seq == -1
        asyncio.run(site.middleware._sequence.refresh())
        assert site.middleware._sequence.newest(SUBJECT) <= 1

    @pytest.mark.parametrize("headers", [{}, {"sec_gpc": "0"}])
    def test_without_a_signal_there_is_none(self, headers: dict[str, str]) -> None:
        assert Site().visit(NOW, **headers) == []

    @pytest.mark.parametrize(
        "choice",
        [
            replace(GRANTED, purposes={"analytics": True, "marketing": False}),
            replace(GRANTED, despite=frozenset({"gpc"})),
        ],
        ids=["nothing of it was granted", "granted in spite of it"],
    )
    def test_one_that_takes_nothing_away_leaves_none(self, choice: Choice) -> None:
        assert Site().visit(NOW, cookie=cookie_of(choice), sec_gpc="1") == []

    def test_hooks_are_not_told(self) -> None:
        told: list[object] = []
        site = Site(on_choice={"crm": told.append})
        assert len(site.visit(NOW, sec_gpc="1")) == 1
        assert told == []

    def test_it_follows_its_choice_where_one_subject_is_read(self) -> None:
        site = Site(record(SUBJECT, 1, granted=True))
        site.visit(NOW, sec_gpc="1")
        site.log.records.append(record(SUBJECT, 2))

        async def read() -> list[int]:
            return [one.seq async for one in site.log.read(subject=SUBJECT)]

        assert asyncio.run(read()) == [1, -1, 2]


class TestOnce:
    @pytest.mark.parametrize("action", ["objected", "expired"])
    def test_by_several_processes_and_tabs(self, action: str) -> None:
        log = MemoryLog()
        log.records.append(record(SUBJECT, 1, granted=True))

        async def seen() -> None:
            made = endings(log)
            if action == "objected":
                made.objected(GRANTED, HELD, GPC)
            else:
                made.expired(GRANTED)
            await settled(made)

        recorded(log, *(seen() for _ in range(8)))
        assert len(log.records) == 2

    def test_at_once_by_two_that_have_both_found_nothing(self) -> None:
        """Their key is the same, so the log keeps one."""

        class Hesitating(MemoryLog):
            async def append(self, record: Record, notice: Any) -> Record:
                await asyncio.sleep(0)
                return await super().append(record, notice)

        log = Hesitating()
        log.records.append(record(SUBJECT, 1, granted=True))

        async def seen() -> None:
            made = endings(log)
            made.objected(GRANTED, HELD, GPC)
            made.expired(GRANTED)
            await settled(made)

        recorded(log, *(seen() for _ in range(2)))
        assert sorted(one.action for one in log.records[1:]) == ["expire", "signal"]

    def test_by_two_processes_that_share_a_file(self, tmp_path: Path) -> None:
        logs = [patient(f"sqlite:///{tmp_path}/consent.db") for _ in range(2)]

        async def seen(log: SqlLog) -> None:
            made = Endings(CONFIG, log, log, Sequence(log), lambda: NOW)
            made.objected(GRANTED, HELD, GPC)
            made.expired(GRANTED)
            await settled(made)

        async def race() -> list[Record]:
            await logs[0].append(record(SUBJECT, 1, granted=True), NOTICE)
            await asyncio.gather(*map(seen, logs))
            found = [one async for one in logs[0].read(subject=SUBJECT)]
            await asyncio.gather(*(log.close() for log in logs))
            return found

        assert [one.seq for one in asyncio.run(race())] == [1, -1, 2]

    def test_a_choice_made_meanwhile_wins(self) -> None:
        class Racing(MemoryLog):
            async def append(self, given: Record, notice: Any) -> Record:
                if given.action is Action.EXPIRE:
                    self.records.append(record(SUBJECT, 2))
                return await super().append(given, notice)

        site = Site(log=Racing())
        assert [one.action for one in site.visit(LATER)] == [Action.REFUSE_ALL]

    def test_a_process_that_finds_it_recorded_writes_nothing(self) -> None:
        class Counting(MemoryLog):
            sent = 0

            async def append(self, record: Record, notice: Any) -> Record:
                self.sent += 1
                return await super().append(record, notice)

        log = Counting()
        for _ in range(3):
            Site(record(SUBJECT, 1, granted=True), log=log).visit(NOW, sec_gpc="1")
            log.records = [one for one in log.records if one.seq < 0 or one is log.records[0]]
        assert log.sent == 1

    def test_its_key_can_be_found_again_only_while_the_salt_is_there(self) -> None:
        before = record(SUBJECT, 1, granted=True)
        ended = [
            Site(replace(before, salt=salt, commitment=before.commitment)).visit(LATER)[0]
            for salt in (b"1" * 32, b"1" * 32, b"2" * 32)
        ]
        first, again, other = [one.idempotency_key for one in ended]
        assert first == again != other

    def test_an_erased_record_does_not_tell_which_it_followed(self) -> None:
        """The key is made from the salt of the record before, which is erased with its subject."""
        site = Site()
        (before,) = site.log.records
        (ended,) = site.visit(LATER)
        facts = (before.id, before.commitment, str(before.idempotency_key), before.salt.hex())
        assert not any(fact.encode() in encode(ended) for fact in facts)

    def test_forms_are_no_choices(self) -> None:
        site = Site(replace(record(SUBJECT, 1, granted=True), kind=Kind.FORM))
        assert site.visit(LATER) == []


class TestFailure:
    def test_what_could_not_be_recorded_is_with_a_later_request(self) -> None:
        site = Site()
        site.log.fail_reading = True
        assert site.visit(LATER, LATER) == []
        site.log.fail_reading = False
        assert [one.action for one in site.visit(LATER)] == [Action.EXPIRE]

    def test_only_so_many_wait(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(module, "MOST_WAITING", 2)
        monkeypatch.setattr(module, "MOST_SEEN", 1)
        log = MemoryLog()
        log.records += [record(UUID(int=n), 1, granted=True) for n in range(5)]

        async def flood() -> None:
            made = endings(log)
            for number in range(5):
                made.expired(replace(GRANTED, subject=UUID(int=number)))
            await settled(made)

        recorded(log, flood())
        assert len(log.records) == 7

    def test_a_loop_that_was_closed_meanwhile_does_not_block_it(self) -> None:
        site = Site()

        async def request() -> None:
            site.now = LATER
            sent = {**NAVIGATION, "cookie": cookie_of(GRANTED)}
            await site.middleware(scope_for("/", sent), never, ignored)

        asyncio.run(request())
        assert [one.action for one in site.visit(LATER)] in ([Action.EXPIRE], [])
        assert [one.action for one in site.log.records].count(Action.EXPIRE) == 1
