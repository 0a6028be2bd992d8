"""``on_choice``: surely, at least once, never at the visitor's cost (law.md EU-06)."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Coroutine
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from consent import ChoiceEvent, ConsentMiddleware
from consent.asgi import hooks as module
from consent.asgi.event import event_of, event_of_erasure
from consent.asgi.hooks import Hook, _either, named, tell_of_erasure, telling
from consent.errors import LogUnavailable
from consent.log import Delivery, Farewell
from consent.log.memory import MemoryLog
from consent.log.memory_outbox import MemoryOutbox
from consent.record import Action
from tests.asgi.exchange import CONFIG
from tests.asgi.records import NOTICE, record

SUBJECT = UUID(int=7)
SAME_ORIGIN = {"sec-fetch-site": "same-origin"}


class Hooked:
    """Hooks that remember what they were told, around a log in memory."""

    def __init__(self, **hooks: Hook) -> None:
        self.told: list[ChoiceEvent] = []
        self.now = datetime(2026, 1, 31, 12, tzinfo=UTC)
        self.log = MemoryLog()
        self.log.outbox = MemoryOutbox(self.log, clock=lambda: self.now)
        self.outbox = self.log.outbox
        hooks = hooks or {"crm": self.take}
        self.telling, self.courier = telling(self.log, hooks, CONFIG, clock=self._seconds)

    def _seconds(self) -> float:
        return self.now.timestamp()

    async def take(self, event: ChoiceEvent) -> None:
        self.told.append(event)

    async def append(self, *, seq: int = 1, granted: bool = True) -> str:
        return (await self.telling.append(record(SUBJECT, seq, granted=granted), NOTICE)).id

    async def settled(self) -> None:
        """Until the task has nothing left to do for now."""
        for _ in range(50):
            await asyncio.sleep(0)

    async def ended(self, attempts: int = 1) -> None:
        """Until so many attempts have their outcome."""
        settle, done = self.outbox.settle, asyncio.Event()

        async def settled(delivery: Delivery | Farewell, **more: Any) -> None:
            nonlocal attempts
            await settle(delivery, **more)
            attempts -= 1
            if not attempts:
                done.set()

        self.outbox.settle = settled  # type: ignore[method-assign]
        await done.wait()

    async def later(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)
        self.courier.wake()
        await self.settled()

    async def errors(self, record_id: str) -> list[str | None]:
        return [one.error for one in await self.outbox.attempts(record_id)]


def run(scenario: Callable[[], Coroutine[Any, Any, None]]) -> None:
    asyncio.run(scenario())


def test_a_withdrawal_names_the_services_that_have_to_be_told() -> None:
    async def scenario() -> None:
        site = Hooked()
        await site.append()
        await site.append(seq=2, granted=False)
        await site.settled()
        first, second = site.told
        assert (first.before, first.withdrawn) == ({}, frozenset())
        assert first.granted == {"counter", "heatmap", "pixel"}
        assert (second.seq, second.action, second.subject) == (2, Action.REFUSE_ALL, SUBJECT)
        assert second.before == first.purposes == {"analytics": True, "marketing": True}
        assert second.withdrawn == {"counter", "heatmap", "pixel"}
        assert (second.granted, set(second.services.values())) == (frozenset(), {False})

    run(scenario)


def test_an_answer_for_one_service_counts_for_it_alone() -> None:
    before = record(SUBJECT, 1, granted=True)
    after = record(SUBJECT, 2, granted=True)
    object.__setattr__(after, "services", {"heatmap": False, "gone": True})
    event = event_of(after, before, CONFIG)
    assert (event.withdrawn, event.granted) == (frozenset({"heatmap"}), frozenset({"gone"}))
    assert event.services == {"counter": True, "heatmap": False, "pixel": True, "gone": True}


class TestFailures:
    def failing(self, times: int) -> tuple[Hooked, list[int]]:
        tried: list[int] = []

        def hook(event: ChoiceEvent) -> None:
            tried.append(event.seq)
            if len(tried) <= times:
                raise ConnectionError("the CRM at crm.example is down")

        async def taking(event: ChoiceEvent) -> None:
            hook(event)

        return Hooked(crm=taking), tried

    def test_it_is_tried_again_until_it_is_taken(self, caplog: pytest.LogCaptureFixture) -> None:
        async def scenario() -> None:
            site, tried = self.failing(2)
            told = await site.append()
            await site.settled()
            assert len(tried) == 1
            await site.later(module.PAUSES[0] - 1)
            assert len(tried) == 1
            await site.later(1)
            assert len(tried) == 2
            await site.later(module.PAUSES[1])
            await site.later(1e6)
            assert await site.errors(told) == ["ConnectionError", "ConnectionError", None]

        run(scenario)
        assert caplog.text.count("tried again") == 2
        assert str(SUBJECT) not in caplog.text

    def test_it_is_given_up_after_ten_attempts_and_said(
        self, caplog: pytest.LogCaptureFixture
    ) -> None:
        async def scenario() -> None:
            site, tried = self.failing(1000)
            await site.append()
            for _ in range(15):
                await site.later(1e6)
            assert len(tried) == 10

        run(scenario)
        (last,) = [one for one in caplog.records if one.levelname == "ERROR"]
        assert "given up" in last.getMessage()

    def test_one_that_hangs_is_not_waited_for(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(module, "PATIENCE", 0.001)

        async def hanging(event: ChoiceEvent) -> None:
            await asyncio.Event().wait()

        async def scenario() -> None:
            site = Hooked(crm=hanging)
            told = await site.append()
            await site.ended()
            assert await site.errors(told) == ["TimeoutError"]

        run(scenario)

    def test_one_hooks_failure_is_not_anothers(self) -> None:
        async def scenario() -> None:
            failing, tried = self.failing(1000)
            taking = Hooked()
            both = Hooked(ads=failing.courier._hooks["crm"], crm=taking.take)
            told = await both.append()
            await both.ended(2)
            assert (len(tried), len(taking.told)) == (1, 1)
            assert await both.errors(told) == ["ConnectionError", None]

        run(scenario)

    def test_a_log_that_fails_is_asked_again(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(module, "CHECK", 0.001)

        class Failing(MemoryOutbox):
            failures = 3

            async def claim(self, *args: Any, **more: Any) -> list[Delivery | Farewell]:
                self.failures -= 1
                if self.failures >= 0:
                    raise LogUnavailable("down")
                return await super().claim(*args, **more)

        async def scenario() -> None:
            site = Hooked()
            site.log.outbox = site.outbox = Failing(site.log)
            await site.outbox.append(record(SUBJECT, 1), NOTICE, ["crm"])
            site.courier.wake()
            await site.ended()
            assert len(site.told) == 1

        run(scenario)

    def test_what_the_servers_end_interrupts_is_begun_again_at_once(self) -> None:
        async def scenario() -> None:
            begun = asyncio.Event()

            async def slow(event: ChoiceEvent) -> None:
                begun.set()
                await asyncio.Event().wait()

            site = Hooked(crm=slow)
            told = await site.append()
            await begun.wait()
            assert site.courier._task is not None
            site.courier._task.cancel()
            await asyncio.wait([site.courier._task])
            assert await site.errors(told) == ["CancelledError"]
            assert await site.outbox.wait(["crm"]) == 0

        run(scenario)

    def test_a_hook_that_gives_up_by_itself_does_not_stop_the_others(self) -> None:
        """A library's cancelled future is no end of the server: it would be tried for ever."""

        async def scenario() -> None:
            told: list[int] = []

            async def first_ones_fail(event: ChoiceEvent) -> None:
                if event.seq <= module.AT_ONCE:
                    raise asyncio.CancelledError
                told.append(event.seq)

            site = Hooked(crm=first_ones_fail)
            records = [await site.append(seq=seq) for seq in range(1, module.AT_ONCE + 4)]
            await site.settled()
            await site.settled()
            assert sorted(told) == [9, 10, 11]
            assert await site.errors(records[0]) == ["CancelledError"]
            assert (await site.outbox.wait(["crm"]) or 0) > 0

        run(scenario)

    def test_nobody_is_told_of_a_subject_that_was_erased(self) -> None:
        """EU-27: the event would name nobody; it is not tried again either."""

        async def scenario() -> None:
            site = Hooked()
            erased = record(SUBJECT, 1)
            object.__setattr__(erased, "subject", UUID(int=0))
            await site.outbox.append(erased, NOTICE, ["crm"])
            await site.later(0)
            await site.later(1e6)
            assert (site.told, await site.errors(erased.id)) == ([], ["LookupError"])

        run(scenario)


class TestErasure:
    """GDPR 19, EU-33: whoever was told of somebody's choices is told to forget them."""

    def test_it_is_told_as_a_withdrawal_of_everything(self) -> None:
        """Also to a hook that knows no more than withdrawals."""

        async def scenario() -> None:
            site = Hooked()
            await site.append(seq=1)
            await site.settled()
            assert site.told[0].granted
            await site.log.erase(SUBJECT)
            tell_of_erasure(site.telling)
            await site.settled()
            [first, last] = site.told
            assert (first.erased, last.erased) == (False, True)
            assert (last.subject, last.seq, last.action) == (SUBJECT, 2, Action.WITHDRAW)
            assert (last.withdrawn, last.granted) == (first.granted, frozenset())
            assert (last.before, set(last.purposes.values())) == (first.purposes, {False})
            assert set(last.services.values()) == {False}
            assert (last.made_at, last.notice) == (site.now, NOTICE.hash)
            await site.later(1e6)
            assert len(site.told) == 2

        run(scenario)

    def test_it_is_tried_again_and_given_up_like_any_other(
        self, caplog: pytest.LogCaptureFixture
    ) -> None:
        """It names nobody, neither in the log of the site nor, afterwards, in the database."""
        failing: list[str] = []

        async def fail(event: ChoiceEvent) -> None:
            failing.append(event.id)
            if event.erased:
                raise OSError("down")

        async def scenario() -> None:
            site = Hooked(crm=fail)
            await site.append(seq=1)
            await site.settled()
            await site.log.erase(SUBJECT)
            for pause in (0, *module.PAUSES):
                await site.later(pause)
            assert await site.outbox.wait(["crm"]) is None

        run(scenario)
        assert len(failing) == 1 + 10
        assert len(set(failing)) == 2
        assert f"at erasure {failing[1]} failed, given up" in caplog.text
        assert str(SUBJECT) not in caplog.text

    def test_of_a_record_that_is_gone_only_the_erasure_is_told(self) -> None:
        gone = Farewell("crm", 1, record(SUBJECT, 1).id, SUBJECT, 2, None)
        event = event_of_erasure(gone, CONFIG)
        assert (event.erased, event.purposes, event.withdrawn) == (True, {}, frozenset())
        assert event.notice == ""


class TestWaking:
    def test_what_another_process_left_is_found_with_a_request(self) -> None:
        async def scenario() -> None:
            site = Hooked()
            await site.outbox.append(record(SUBJECT, 1), NOTICE, ["crm"])
            site.courier.look()
            await site.settled()
            assert len(site.told) == 1

        run(scenario)

    def test_it_is_looked_for_once_a_minute(self) -> None:
        async def scenario() -> None:
            site = Hooked()
            site.courier.look()
            await site.settled()
            await site.outbox.append(record(SUBJECT, 1), NOTICE, ["crm"])
            for seconds, told in ((0, 0), (module.CHECK, 1)):
                site.now += timedelta(seconds=seconds)
                site.courier.look()
                await site.settled()
                assert len(site.told) == told

        run(scenario)

    def test_news_that_come_while_it_looks_are_not_missed(self) -> None:
        async def scenario() -> None:
            site = Hooked()
            wait = site.outbox.wait

            async def slowly(hooks: Any) -> float | None:
                found = await wait(hooks)
                if not site.log.records:
                    await site.append()
                return found

            site.outbox.wait = slowly  # type: ignore[method-assign]
            site.courier.wake()
            await site.settled()
            assert len(site.told) == 1

        run(scenario)

    def test_a_loop_that_was_closed_meanwhile_does_not_stop_it(self) -> None:
        site = Hooked()
        loop = asyncio.new_event_loop()
        left_behind = loop.create_task(asyncio.sleep(60))
        loop.run_until_complete(asyncio.sleep(0))
        loop.close()
        site.courier._task = left_behind

        async def scenario() -> None:
            await site.append()
            await site.settled()

        run(scenario)
        assert len(site.told) == 1
        left_behind._log_destroy_pending = False  # type: ignore[attr-defined]
        left_behind.get_coro().close()

    def test_news_from_another_loop_reach_it(self) -> None:
        """A server may run more than one."""

        async def scenario() -> None:
            site = Hooked()
            ran = asyncio.create_task(_either(site.courier._news, 60))
            site.courier._task = ran
            await asyncio.to_thread(lambda: asyncio.run(site.append()))
            await ran

        run(scenario)


class Callable_:
    """A hook may be an object, too."""

    def __init__(self) -> None:
        self.told: list[int] = []

    async def __call__(self, event: ChoiceEvent) -> None:
        self.told.append(event.seq)


def test_hooks_that_are_not_async_run_in_a_thread() -> None:
    seen: list[bool] = []

    async def scenario() -> None:
        here = threading.get_ident()
        site = Hooked(crm=lambda event: seen.append(threading.get_ident() != here))
        await site.append()
        await site.ended()

    run(scenario)
    assert seen == [True]


def test_objects_and_functions_that_return_a_coroutine_are_awaited() -> None:
    one, other = Callable_(), Callable_()

    async def scenario() -> None:
        site = Hooked(one=one, other=lambda event: other(event))
        await site.append()
        await site.ended(2)

    run(scenario)
    assert (one.told, other.told) == ([1], [1])


async def tell_crm(event: ChoiceEvent) -> None:
    """A hook with a name."""


def tell_ads(event: ChoiceEvent) -> None:
    """Another."""


class TestNames:
    def test_a_function_is_known_by_where_it_stands(self) -> None:
        assert list(named(tell_crm)) == ["tests.asgi.test_hooks.tell_crm"]
        assert list(named([tell_crm, tell_ads])) == [
            f"tests.asgi.test_hooks.{name}" for name in ("tell_crm", "tell_ads")
        ]

    def test_a_mapping_names_them(self) -> None:
        assert named({"crm": tell_crm}) == {"crm": tell_crm}

    @pytest.mark.parametrize("name", ["", "x" * 101])
    def test_a_name_can_be_kept(self, name: str) -> None:
        with pytest.raises(ValueError, match="1 to 100"):
            named({name: tell_crm})

    @pytest.mark.parametrize(
        "hooks",
        [lambda event: None, partial(tell_crm), [tell_crm, tell_crm]],
        ids=["a lambda", "a partial", "the same twice"],
    )
    def test_one_without_a_name_of_its_own_is_refused(self, hooks: Any) -> None:
        """Under which name would it be remembered over a restart?"""
        with pytest.raises(ValueError, match="name"):
            named(hooks)

    def test_a_log_without_an_outbox_cannot_tell(self) -> None:
        log = MemoryLog()
        del log.outbox
        with pytest.raises(TypeError, match="outbox"):
            telling(log, tell_crm, CONFIG)


class TestWithTheMiddleware:
    def visit(self, hook: Hook, log: MemoryLog | None = None) -> TestClient:
        app = ConsentMiddleware(
            Starlette(), config=CONFIG, log=log or MemoryLog(), on_choice={"crm": hook}
        )
        return TestClient(app, base_url="https://www.example.fr", headers=SAME_ORIGIN)

    def test_the_answer_comes_before_the_hook_has_ended(self) -> None:
        """Nobody's page waits for a recipient."""
        order: list[str] = []
        answered, told = threading.Event(), threading.Event()

        def crm(event: ChoiceEvent) -> None:
            answered.wait(60)
            order.append("told")
            told.set()

        with self.visit(crm) as visitor:
            visitor.post("/consent/choice", json={"action": "accept_all"})
            order.append("answered")
            answered.set()
            told.wait(60)
        assert order == ["answered", "told"]

    def test_who_erases_on_the_page_has_it_told_at_once(self) -> None:
        chosen, erased = threading.Event(), threading.Event()

        def crm(event: ChoiceEvent) -> None:
            (erased if event.erased else chosen).set()

        with self.visit(crm) as visitor:
            visitor.post("/consent/choice", json={"action": "accept_all"})
            assert chosen.wait(60)
            visitor.post("/consent/mine", data={"lang": "en"})
            assert erased.wait(60)

    def test_a_hook_that_fails_costs_the_visitor_nothing(self) -> None:
        def crm(event: ChoiceEvent) -> None:
            raise ZeroDivisionError

        with self.visit(crm) as visitor:
            answer = visitor.post("/consent/choice", json={"action": "accept_all"})
            assert (answer.status_code, answer.json()["recorded"]) == (200, True)

    def test_a_restart_goes_on_where_the_process_before_it_ended(self, tmp_path: Path) -> None:
        """From the lifespan where the server sends one, else with the first request."""
        log = MemoryLog()
        told: list[int] = []

        async def crm(event: ChoiceEvent) -> None:
            told.append(event.seq)

        asyncio.run(log.outbox.append(record(SUBJECT, 1), NOTICE, ["crm"]))
        with self.visit(crm, log) as visitor:
            visitor.get("/consent/state")
            visitor.get("/consent/state")
        assert told == [1]

    def test_the_log_behind_it_stays_whole(self) -> None:
        async def scenario() -> None:
            site = Hooked()
            await site.append()
            assert [one.seq async for one in site.telling.read()] == [1]
            assert await site.telling.newer("") == ("1", {SUBJECT: 1})
            assert await site.telling.notice(NOTICE.hash) == NOTICE
            await site.telling.close()

        run(scenario)
