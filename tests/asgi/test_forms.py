"""Other consents: the site's own forms, in the same log and never in one record with cookies."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Coroutine
from typing import Any, TypeVar
from uuid import UUID, uuid4

import pytest

from consent import form_record, record_form, withdraw_form
from consent.asgi.middleware import ConsentMiddleware
from consent.errors import (
    IdempotencyConflict,
    LogUnavailable,
    MiddlewareMissing,
    PretickedBox,
    SequenceTaken,
)
from consent.log.memory import MemoryLog
from consent.model import Notice
from consent.record import Action, Interface, Kind, Record, encode
from tests.asgi.exchange import CONFIG, NOW, YES, call, scope_for

T = TypeVar("T")
ANNA = "7f3a-4711"
BOX: dict[str, Any] = {
    "form": "newsletter",
    "text": "Oui, je veux recevoir la lettre d’information.",
    "language": "fr",
    "subject": ANNA,
}
KEY = "11112222-3333-4444-8555-666677778888"


class Shop:
    """The scope of a request to a site, and the log behind it."""

    def __init__(self, log: MemoryLog | None = None, cookie: str = "") -> None:
        self.log = log or MemoryLog()
        self.scope: Any = {}

        async def site(scope: Any, receive: Any, send: Any) -> None:
            self.scope = scope

        app = ConsentMiddleware(site, config=CONFIG, log=self.log, clock=lambda: NOW)
        call(app, scope_for("/", {"cookie": cookie} if cookie else {}))

    def record(self, *, checked: bool = True, **changes: Any) -> Record:
        return run(record_form(self.scope, checked=checked, **{**BOX, **changes}))

    def withdraw(self, subject: str = ANNA, form: str = "newsletter") -> Record | None:
        return run(withdraw_form(self.scope, form=form, subject=subject))

    def last(self, subject: str = ANNA, form: str = "newsletter") -> Record | None:
        return run(form_record(self.scope, form=form, subject=subject))


def run(work: Coroutine[Any, Any, T]) -> T:
    return asyncio.run(work)


class TestRecord:
    def test_it_says_what_was_ticked_where_and_when(self) -> None:
        """P-22, EU-08."""
        shop = Shop()
        record = shop.record()
        assert shop.log.records == [record]
        assert (record.kind, record.action, record.interface) == (
            Kind.FORM,
            Action.SUBMIT,
            Interface.FORM,
        )
        assert (record.purposes, record.services) == ({"newsletter": True}, {})
        assert (record.language, record.made_at, record.site) == ("fr", NOW, "www.example.fr")

    def test_a_box_left_empty_is_recorded_as_such(self) -> None:
        assert Shop().record(checked=False).purposes == {"newsletter": False}

    def test_the_text_shown_is_kept_with_its_controller(self) -> None:
        """EU-10, EU-24."""
        shop = Shop()
        record = shop.record(version="2026-03")
        kept = json.loads(shop.log.notices[record.notice].content)
        assert (kept["kind"], kept["controller"]["name"]) == ("form", "Shop Ltd")
        assert kept["box"] == {
            "id": "newsletter",
            "text": BOX["text"],
            "language": "fr",
            "version": "2026-03",
            "preticked": False,
        }

    def test_another_text_is_another_notice(self) -> None:
        shop = Shop()
        notices = {shop.record().notice, shop.record(text="Oui.").notice, shop.record().notice}
        assert len(notices) == 2

    def test_nothing_of_the_connection_and_no_name_is_in_it(self) -> None:
        """EU-30."""
        record = Shop().record()
        assert ANNA.encode() not in encode(record)
        assert str(record.subject).encode() not in encode(record)

    def test_it_has_nothing_to_do_with_the_visitors_cookie(self) -> None:
        """EU-07: never bundled, and one does not lead to the other."""
        shop = Shop(cookie=YES)
        record = shop.record()
        assert record.subject != UUID(int=7)
        assert not record.purposes.keys() & {"analytics", "marketing"}

    def test_a_subject_of_a_choice_is_another_one_here(self) -> None:
        """Else a form would count as a newer choice, and the cookie as replaced."""
        assert Shop().record(subject=UUID(int=7)).subject != UUID(int=7)

    def test_a_record_names_its_subject_as_well_as_the_site_does(self) -> None:
        shop = Shop()
        record = shop.record()
        assert shop.last(str(record.subject)) == record

    def test_one_persons_records_are_one_subjects_and_numbered(self) -> None:
        shop = Shop()
        mine = [shop.record(), shop.record(form="terms", text="I have read them.")]
        other = shop.record(subject="somebody-else")
        assert [one.seq for one in mine] == [1, 2]
        assert len({one.subject for one in mine}) == 1
        assert other.subject != mine[0].subject
        assert (mine[0].subject.version, mine[0].subject.variant) == (8, uuid4().variant)


class TestRefused:
    def test_a_box_that_is_ticked_beforehand(self) -> None:
        """EU-01: CJEU C-673/17."""
        shop = Shop()
        with pytest.raises(PretickedBox, match="Planet49"):
            shop.record(preticked=True)
        assert shop.log.records == []

    @pytest.mark.parametrize(
        "wrong",
        [
            {"subject": "anna@example.fr"},
            {"subject": "Anna Example"},
            {"subject": ""},
            {"form": "Newsletter"},
            {"form": "news" * 11},
            {"text": " "},
            {"language": ""},
            {"key": "1"},
        ],
        ids=lambda wrong: "".join(f"{name} {value!r}" for name, value in wrong.items()),
    )
    def test_what_is_not_what_it_should_be(self, wrong: dict[str, Any]) -> None:
        with pytest.raises(ValueError, match=r"subject|form|text"):
            Shop().record(**wrong)

    @pytest.mark.parametrize("request_", [{}, {"state": {}}, {"state": {"consent": 1}}, None])
    def test_code_that_no_middleware_is_around(self, request_: Any) -> None:
        with pytest.raises(MiddlewareMissing):
            run(record_form(request_, checked=True, **BOX))

    def test_a_consent_that_the_log_did_not_confirm(self) -> None:
        """E10."""
        with pytest.raises(LogUnavailable):
            Shop(MemoryLog(fail_before=True)).record()


class TestSentAgain:
    def test_it_is_one_record(self) -> None:
        """E9."""
        shop = Shop()
        assert shop.record(key=KEY) == shop.record(key=KEY)
        assert len(shop.log.records) == 1

    @pytest.mark.parametrize(
        "other", [{"checked": False}, {"text": "Oui."}, {"subject": "somebody-else"}]
    )
    def test_with_something_else_in_it_it_is_refused(self, other: dict[str, Any]) -> None:
        shop = Shop()
        shop.record(key=KEY)
        with pytest.raises(IdempotencyConflict):
            shop.record(key=KEY, **other)
        assert len(shop.log.records) == 1

    def test_what_it_is_known_by_does_not_name_anybody(self) -> None:
        """EU-27: it is in the bytes that stay when the subject is erased."""
        hashes = {Shop().record(subject=who, key=KEY).body_hash for who in (ANNA, "another")}
        assert len(hashes) == 1


class TestWithdrawal:
    def test_it_is_a_new_record_under_the_same_text(self) -> None:
        """EU-09, P-22."""
        shop = Shop()
        given = shop.record()
        withdrawn = shop.withdraw()
        assert withdrawn is not None
        assert shop.log.records == [given, withdrawn]
        assert (withdrawn.action, withdrawn.purposes) == (Action.WITHDRAW, {"newsletter": False})
        assert (withdrawn.notice, withdrawn.language) == (given.notice, "fr")

    def test_twice_is_as_once(self) -> None:
        shop = Shop()
        shop.record()
        assert shop.withdraw() == shop.withdraw()
        assert len(shop.log.records) == 2

    def test_where_nothing_was_given_there_is_nothing_to_withdraw(self) -> None:
        shop = Shop()
        shop.record(form="terms")
        assert shop.withdraw() is None
        assert shop.last() is None

    def test_the_other_forms_are_left_as_they_are(self) -> None:
        """EU-04."""
        shop = Shop()
        shop.record()
        shop.record(form="terms")
        shop.withdraw()
        news, terms = shop.last(), shop.last(form="terms")
        assert news is not None and terms is not None
        assert (news.purposes, terms.purposes) == ({"newsletter": False}, {"terms": True})

    def test_it_may_be_given_again(self) -> None:
        shop = Shop()
        shop.record()
        shop.withdraw()
        again = shop.record()
        assert (shop.last(), again.seq) == (again, 3)

    def test_a_log_without_the_text_is_no_proof(self) -> None:
        shop = Shop()
        shop.record()
        shop.log.notices.clear()
        with pytest.raises(LogUnavailable):
            shop.withdraw()


class TestRaces:
    @pytest.mark.parametrize("lost", [1, 5])
    def test_another_record_of_the_same_subject_may_be_faster(self, lost: int) -> None:
        class Racing(MemoryLog):
            left = lost

            async def append(self, record: Record, notice: Notice) -> Record:
                self.left -= 1
                if self.left >= 0:
                    raise SequenceTaken("another was faster")
                return await super().append(record, notice)

        shop = Shop(Racing())
        if lost < 3:
            assert shop.record().seq == 1
        else:
            with pytest.raises(LogUnavailable):
                shop.record()
