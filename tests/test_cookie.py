"""The choice cookie of a site that does nothing wrong (design.md §5)."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from consent.config import ConsentConfig
from consent.cookie import HOST_NAME, ChoiceCookie
from consent.errors import ChoiceNotEncodable
from consent.model import Choice
from consent.months import SKEW, add_months
from tests.sites import SERVICES, large_site, purpose, service, site
from tests.test_months import every_day

NOW = datetime(2026, 1, 31, 12, tzinfo=UTC)
SECOND = timedelta(seconds=1)
SUBJECT = UUID("00112233-4455-4677-8899-aabbccddeeff")
GRANTED = Choice(SUBJECT, 1, NOW, {"analytics": True, "marketing": False}, {"heatmap": False})


def carried(choice: Choice, before: ConsentConfig, after: ConsentConfig) -> Choice | None:
    """What ``choice`` is after the site went from one configuration to another."""
    value = ChoiceCookie(before).encode(choice, now=NOW)
    return ChoiceCookie(after).decode(value.encode(), now=NOW)


def attributes(header: bytes) -> dict[str, str]:
    parts = (part.partition("=") for part in header.decode().split("; ")[1:])
    return {name: value for name, _, value in parts}


@pytest.mark.parametrize(
    "after, over",
    [(-2 * SKEW, False), (timedelta(0), False), (timedelta(days=400), True)],
    ids=["from the future", "in force", "over"],
)
def test_only_a_choice_whose_time_is_over_has_expired(after: timedelta, over: bool) -> None:
    cookie = ChoiceCookie(site())
    header = f"{HOST_NAME}={cookie.encode(GRANTED, now=NOW)}".encode()
    found = cookie.expired([header], secure=True, now=NOW + after)
    assert found == (GRANTED if over else None)


def test_a_choice_comes_back_as_it_was() -> None:
    assert carried(GRANTED, site(), site()) == GRANTED


@given(
    answers=st.dictionaries(st.sampled_from([f"purpose-{n}" for n in range(4)]), st.booleans()),
    overrides=st.dictionaries(st.sampled_from([f"service-{n}" for n in range(40)]), st.booleans()),
    seq=st.integers(1, 2**40),
)
def test_every_combination_of_answers_comes_back(
    answers: dict[str, bool], overrides: dict[str, bool], seq: int
) -> None:
    """EU-04: purposes are independent; only overrides that say something are kept."""
    choice = Choice(SUBJECT, seq, NOW, answers, overrides)
    telling = {
        name: answer
        for name, answer in overrides.items()
        if answers.get(f"purpose-{int(name[8:]) % 4}", answer) is not answer
    }
    assert carried(choice, LARGE, LARGE) == Choice(SUBJECT, seq, NOW, answers, telling)


LARGE = large_site(4, 40)


def test_each_purpose_has_its_own_answer() -> None:
    """FR-27: one boolean per purpose, and all of them."""
    read = carried(GRANTED, site(), site())
    assert read is not None
    assert read.purposes == {"analytics": True, "marketing": False}


def test_what_was_not_offered_is_not_in_the_cookie() -> None:
    """C14."""
    odd = Choice(SUBJECT, 1, NOW, {"analytics": True, "fingerprints": True}, {"spy": True})
    assert carried(odd, site(), site()) == Choice(SUBJECT, 1, NOW, {"analytics": True})


def test_a_new_purpose_makes_only_itself_undecided() -> None:
    """C14, EU-12."""
    more = site(services=(*SERVICES, service("share", "social")))
    assert carried(GRANTED, site(), more) == GRANTED


def test_a_new_recipient_makes_only_its_purpose_undecided() -> None:
    more = site(services=(*SERVICES, service("spy", "analytics")))
    read = carried(GRANTED, site(), more)
    assert read is not None
    assert (read.purposes, read.services) == ({"marketing": False}, {})


def test_another_controller_makes_all_purposes_undecided() -> None:
    """C4: the subject stays, since the cookie is this site's."""
    value = ChoiceCookie(site()).encode(GRANTED, now=NOW)
    changed = site()
    object.__setattr__(changed, "facts", dict.fromkeys(changed.facts, "0" * 64))
    assert ChoiceCookie(changed).decode(value.encode(), now=NOW) == Choice(SUBJECT, 1, NOW, {})


def test_a_corrected_spelling_asks_nobody_again() -> None:
    before = site(purposes=(purpose("analytics"),))
    after = site(purposes=({**purpose("analytics"), "title": {"en": "Statistics"}},))
    assert before.notice.hash != after.notice.hash
    assert carried(GRANTED, before, after) == GRANTED


@pytest.mark.parametrize("granted", [True, False], ids=["granted", "refused"])
@pytest.mark.parametrize(
    "purposes, services, limit", [(12, 50, 400), (32, 300, 1024)], ids=["usual", "C15 huge"]
)
def test_the_cookie_stays_short_with_every_service_overridden(
    granted: bool, purposes: int, services: int, limit: int
) -> None:
    config = large_site(purposes, services)
    answers = {f"purpose-{n}": granted for n in range(purposes)}
    overrides = {f"service-{n}": not granted for n in range(services)}
    choice = Choice(SUBJECT, 2**31, NOW, answers, overrides)
    cookie = ChoiceCookie(config)
    assert len(HOST_NAME) + len("=") + len(cookie.encode(choice, now=NOW)) < limit


def test_a_cookie_that_browsers_would_drop_is_not_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    """TECH-02."""
    monkeypatch.setattr("consent.cookie.LONGEST_PAIR", 100)
    with pytest.raises(ChoiceNotEncodable):
        ChoiceCookie(site()).encode(GRANTED, now=NOW)


class TestAttributes:
    """What the browser is told."""

    def test_over_https_the_name_has_the_host_prefix_and_what_it_needs(self) -> None:
        """C7, TECH-04, TECH-06, TECH-07."""
        header = ChoiceCookie(site()).set_cookie(GRANTED, secure=True, now=NOW)
        assert header.startswith(b"__Host-eu-consent=")
        told = attributes(header)
        assert told.keys() >= {"Secure", "HttpOnly"}
        assert (told["SameSite"], told["Path"], "Domain" in told) == ("Lax", "/", False)

    def test_over_plain_http_the_name_is_that_of_the_cnil(self) -> None:
        """FR-27, TECH-04."""
        header = ChoiceCookie(site()).set_cookie(GRANTED, secure=False, now=NOW)
        assert header.startswith(b"eu-consent=")
        assert attributes(header).keys() == {"Path", "Max-Age", "Expires", "HttpOnly", "SameSite"}

    def test_shared_over_subdomains_it_has_a_domain_and_no_prefix(self) -> None:
        """C7."""
        header = ChoiceCookie(site(cookie={"domain": "example.fr"})).set_cookie(
            GRANTED, secure=True, now=NOW
        )
        assert header.startswith(b"eu-consent=")
        assert attributes(header).items() >= {("Domain", "example.fr"), ("Secure", "")}

    @pytest.mark.parametrize("months", [1, 6, 12])
    def test_max_age_and_expires_name_the_end_by_the_calendar(self, months: int) -> None:
        """C6, FR-16, TECH-03."""
        cookie = ChoiceCookie(site(cookie={"lifetime_months": months}))
        told = attributes(cookie.set_cookie(GRANTED, secure=True, now=NOW))
        assert parsedate_to_datetime(told["Expires"]) == add_months(NOW, months)
        assert NOW + timedelta(seconds=int(told["Max-Age"])) == add_months(NOW, months)

    def test_a_refusal_lasts_as_long_as_a_grant(self) -> None:
        """FR-16."""
        cookie = ChoiceCookie(site())
        refused = Choice(SUBJECT, 1, NOW, {"analytics": False, "marketing": False})
        told = [
            attributes(cookie.set_cookie(choice, secure=True, now=NOW))
            for choice in (GRANTED, refused)
        ]
        assert told[0] == told[1]

    def test_sent_again_later_it_still_ends_when_it_did(self) -> None:
        """C6: the lifetime runs from the moment of choice and never slides."""
        cookie = ChoiceCookie(site())
        sent = [
            attributes(cookie.set_cookie(GRANTED, secure=True, now=NOW + timedelta(days=days)))
            for days in (0, 100)
        ]
        assert sent[0]["Expires"] == sent[1]["Expires"]
        assert int(sent[0]["Max-Age"]) - int(sent[1]["Max-Age"]) == 100 * 86_400

    @given(st.datetimes(datetime(2024, 1, 1), datetime(2040, 12, 31)), st.integers(-300, 10**7))
    def test_no_cookie_is_kept_longer_than_13_months_or_400_days(
        self, made_at: datetime, later: int
    ) -> None:
        """C6, TECH-01, TECH-10; also when the clock that dated the choice was ahead."""
        made_at = made_at.replace(tzinfo=UTC)
        now = made_at + timedelta(seconds=later)
        choice = Choice(SUBJECT, 1, made_at, {})
        told = attributes(LONGEST.set_cookie(choice, secure=True, now=now))
        assert now + timedelta(seconds=int(told["Max-Age"])) <= add_months(min(now, made_at), 13)
        assert int(told["Max-Age"]) < 400 * 86_400

    def test_a_choice_that_is_over_is_deleted(self) -> None:
        cookie = ChoiceCookie(site())
        header = cookie.set_cookie(GRANTED, secure=True, now=add_months(NOW, 6))
        assert header == cookie.delete_cookie(secure=True)
        assert attributes(header).items() >= {("Max-Age", "0"), ("Path", "/"), ("Secure", "")}

    @pytest.mark.parametrize("secure", [True, False])
    @pytest.mark.parametrize("domain", [None, "example.fr"])
    def test_nothing_can_end_the_header_or_add_to_it(self, secure: bool, domain: str) -> None:
        """C16: the value is of the base64 alphabet, the rest is ours or a checked host name."""
        config = site(cookie={"domain": domain}, name="Shop; Domain=evil.example")
        header = ChoiceCookie(config).set_cookie(GRANTED, secure=secure, now=NOW)
        assert re.fullmatch(rb"[A-Za-z_-]+=[\w.-]+(; [A-Za-z-]+(=[\w ,:./-]+)?)+", header)


LONGEST = ChoiceCookie(site(cookie={"lifetime_months": 13}))


class TestAge:
    """The signed time counts, whatever the browser keeps (edges.md C6, TECH-11)."""

    @pytest.mark.parametrize("months", [1, 6, 12])
    def test_a_choice_holds_until_its_last_second(self, months: int) -> None:
        cookie = ChoiceCookie(site(cookie={"lifetime_months": months}))
        value = cookie.encode(GRANTED, now=NOW).encode()
        assert cookie.decode(value, now=add_months(NOW, months) - SECOND) == GRANTED
        assert cookie.decode(value, now=add_months(NOW, months)) is None

    @pytest.mark.parametrize("months", [6, 13])
    def test_a_choice_made_on_any_day_of_2024_to_2040_ends_on_time(self, months: int) -> None:
        """C6, TECH-10: alive in its last second, dead in the next, whatever day it began."""
        cookie = ChoiceCookie(site(cookie={"lifetime_months": months}))
        for day in every_day():
            end = cookie.expires_at(Choice(SUBJECT, 1, day, {}))
            value = cookie.encode(Choice(SUBJECT, 1, day, {}), now=day).encode()
            alive = [cookie.decode(value, now=now) for now in (end - SECOND, end)]
            assert [choice is not None for choice in alive] == [True, False]

    def test_no_configuration_lets_a_choice_pass_13_months(self) -> None:
        """Not even one that never went through the checks."""
        config = site()
        object.__setattr__(config, "cookie", config.cookie.model_copy(update=UNCHECKED))
        cookie = ChoiceCookie(config)
        value = cookie.encode(GRANTED, now=NOW).encode()
        assert cookie.decode(value, now=add_months(NOW - SKEW, 13) - SECOND) == GRANTED
        assert cookie.decode(value, now=add_months(NOW - SKEW, 13)) is None

    def test_a_cached_choice_ages_too(self) -> None:
        cookie = ChoiceCookie(site())
        value = cookie.encode(GRANTED, now=NOW).encode()
        read = [cookie.decode(value, now=now) for now in (NOW, add_months(NOW, 6), NOW)]
        assert read == [GRANTED, None, GRANTED]

    def test_a_clock_300_seconds_ahead_is_believed_and_no_further(self) -> None:
        """C5."""
        cookie = ChoiceCookie(site())
        value = cookie.encode(GRANTED, now=NOW).encode()
        assert cookie.decode(value, now=NOW - SKEW) == GRANTED
        assert cookie.decode(value, now=NOW - SKEW - SECOND) is None

    @pytest.mark.parametrize("now", [add_months(NOW, 6), NOW - SKEW - SECOND])
    def test_what_does_not_hold_is_not_signed(self, now: datetime) -> None:
        with pytest.raises(ChoiceNotEncodable):
            ChoiceCookie(site()).encode(GRANTED, now=now)

    def test_signing_again_does_not_make_it_younger(self) -> None:
        """C6: rotation and re-signing keep the time of choice."""
        old, new = site(), site(secrets=(site().cookie.secrets[0], "b" * 40))
        later = NOW + timedelta(days=100)
        again = ChoiceCookie(new).encode(carried(GRANTED, old, new) or GRANTED, now=later)
        assert ChoiceCookie(new).decode(again.encode(), now=add_months(NOW, 6)) is None

    def test_the_end_can_be_told(self) -> None:
        assert ChoiceCookie(site()).expires_at(GRANTED) == add_months(NOW, 6)


UNCHECKED = {"lifetime_months": 120}
