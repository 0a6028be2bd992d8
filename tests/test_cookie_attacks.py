"""The choice cookie among forgeries, copies and garbage: doubt means no (TECH-12)."""

from __future__ import annotations

import hashlib
from base64 import urlsafe_b64encode
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from itsdangerous import Signer

from consent.cookie import CACHED, MOST_COPIES, ChoiceCookie
from consent.cookie.payload import MARK_SIZE
from consent.model import Choice
from tests.sites import SECRET, service, site

NOW = datetime(2026, 1, 31, 12, tzinfo=UTC)
SUBJECT = UUID("00112233-4455-4677-8899-aabbccddeeff")
ALL = Choice(SUBJECT, 1, NOW, {"analytics": True, "marketing": True})
NONE = Choice(SUBJECT, 1, NOW, {"analytics": False, "marketing": False})
COOKIE = ChoiceCookie(site())
VALUE = COOKIE.encode(ALL, now=NOW).encode()
ALPHABET = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"


def value_of(choice: Choice) -> bytes:
    return COOKIE.encode(choice, now=NOW).encode()


def numbered(choice: Choice, seq: int) -> Choice:
    return Choice(choice.subject, seq, choice.made_at, choice.purposes, choice.services)


def read(*values: bytes, name: bytes = b"__Host-eu-consent", newest: int = 0) -> Choice | None:
    """What a request over HTTPS with these cookies, in this order, says."""
    header = b"; ".join(name + b"=" + value for value in values)
    return COOKIE.read([b"a=b; " + header], secure=True, now=NOW, newest=lambda subject: newest)


def signed(text: bytes, salt: bytes = b"consent.cookie\0www.example.fr\0") -> bytes:
    """Any bytes, signed as we sign."""
    signer = Signer(SECRET, salt=salt, key_derivation="hmac", digest_method=hashlib.sha256)
    return signer.sign(text)


class TestForgeries:
    @pytest.mark.parametrize("bit", range(8))
    def test_a_flipped_bit_anywhere_is_no_consent(self, bit: int) -> None:
        """C1; but for those bits of the last character that base64 does not use (C2)."""
        flipped = [
            VALUE[:at] + bytes([VALUE[at] ^ 1 << bit]) + VALUE[at + 1 :]
            for at in range(len(VALUE) - 1)
        ]
        assert {COOKIE.decode(value, now=NOW) for value in flipped} == {None}

    def test_other_spellings_of_a_signature_are_the_same_cookie(self) -> None:
        """C2: the last character of 32 bytes in base64 has four spellings."""
        spelt = [VALUE[:-1] + bytes([last]) for last in ALPHABET]
        accepted = [choice for choice in map(read, spelt) if choice]
        assert accepted == [ALL] * 4
        assert read(*[value for value in spelt if read(value)]) == ALL

    @pytest.mark.parametrize(
        "value",
        [
            pytest.param(VALUE[:-1], id="truncated"),
            pytest.param(VALUE + b"=", id="padded"),
            pytest.param(VALUE[:-4] + b"!!" + VALUE[-4:], id="characters that base64 skips"),
            pytest.param(VALUE.replace(b".", b".."), id="an empty part"),
            pytest.param(b'"' + VALUE + b'"', id="quoted"),
            pytest.param(VALUE + b"\n", id="a line end"),
            pytest.param(VALUE * 100, id="oversized"),
            pytest.param(b"", id="empty"),
            pytest.param(b"deleted", id="a word"),
        ],
    )
    def test_what_is_not_exactly_a_signed_value_is_undecided(self, value: bytes) -> None:
        assert read(value) is None

    @pytest.mark.parametrize(
        "other",
        [
            pytest.param(site(url="https://shop.example.fr"), id="another host"),
            pytest.param(site(cookie={"domain": "example.fr"}), id="another domain"),
            pytest.param(site(secrets=("b" * 40,)), id="another secret"),
        ],
    )
    def test_a_cookie_of_another_site_is_refused(self, other: object) -> None:
        """C4, C7."""
        value = ChoiceCookie(other).encode(ALL, now=NOW)  # type: ignore[arg-type]
        assert COOKIE.decode(value.encode(), now=NOW) is None

    def test_another_use_of_the_same_secret_is_refused(self) -> None:
        """C4: the salt."""
        text = VALUE.rpartition(b".")[0]
        assert COOKIE.decode(signed(text), now=NOW) == ALL
        assert COOKIE.decode(signed(text, salt=b"session"), now=NOW) is None

    def test_the_signature_is_not_sha_1(self) -> None:
        text = VALUE.rpartition(b".")[0]
        weak = Signer(SECRET, salt=b"consent.cookie\0www.example.fr\0", key_derivation="hmac")
        assert COOKIE.decode(weak.sign(text), now=NOW) is None

    @given(st.binary())
    def test_no_bytes_raise(self, value: bytes) -> None:
        assert COOKIE.decode(value, now=NOW) is None

    @given(st.binary(min_size=18))
    @example(b"\x01" + bytes(16) + b"\xff" * 8 + b"\x7f" + b"\x01")
    def test_not_even_signed_bytes_raise(self, payload: bytes) -> None:
        """A secret that leaked, or a bug of another version, ends in a question, not in a 500."""
        text = urlsafe_b64encode(payload).rstrip(b"=")
        choice = COOKIE.decode(signed(text), now=NOW)
        assert choice is None or not any(choice.purposes.values())

    @given(st.lists(st.binary()))
    def test_no_header_raises(self, headers: list[bytes]) -> None:
        assert COOKIE.read(headers, secure=True, now=NOW) is None


class TestRotation:
    """Edges.md C3."""

    OLD, NEW = "o" * 40, "n" * 40

    def test_both_secrets_verify_and_the_last_one_signs(self) -> None:
        old, both, new = (
            ChoiceCookie(site(secrets=secrets))
            for secrets in ((self.OLD,), (self.OLD, self.NEW), (self.NEW,))
        )
        assert both.decode(old.encode(ALL, now=NOW).encode(), now=NOW) == ALL
        assert new.decode(both.encode(ALL, now=NOW).encode(), now=NOW) == ALL

    def test_a_cookie_of_a_dropped_secret_asks_again(self) -> None:
        old, new = (ChoiceCookie(site(secrets=(secret,))) for secret in (self.OLD, self.NEW))
        assert new.decode(old.encode(ALL, now=NOW).encode(), now=NOW) is None


class TestCopies:
    """Several cookies of our name (edges.md C8, C13)."""

    def test_the_newest_counts_wherever_it_stands(self) -> None:
        first, second = value_of(ALL), value_of(numbered(NONE, 2))
        assert read(first, second) == read(second, first) == numbered(NONE, 2)

    def test_two_that_contradict_each_other_are_no_consent(self) -> None:
        assert read(value_of(ALL), value_of(NONE)) is None

    def test_two_subjects_are_no_consent(self) -> None:
        stranger = Choice(UUID(int=7), 9, NOW, ALL.purposes)
        assert read(value_of(ALL), value_of(stranger)) is None

    @pytest.mark.parametrize("noise", [b"", b"x", VALUE[:-2], b"%00"])
    def test_invalid_ones_are_ignored(self, noise: bytes) -> None:
        assert read(noise, VALUE, noise + b"y") == ALL

    def test_only_invalid_ones_are_no_consent(self) -> None:
        assert read(b"x", b"y") is None

    def test_the_same_one_twice_is_one(self) -> None:
        assert read(VALUE, VALUE) == ALL

    def test_a_jar_filled_by_others_asks_again(self) -> None:
        """C13: a flood costs neither time nor consent."""
        flood = [b"x%d" % number for number in range(MOST_COPIES)]
        assert read(VALUE, *flood) is None

    def test_over_https_the_name_without_prefix_is_not_read(self) -> None:
        """C7: a subdomain may have planted it."""
        assert read(VALUE, name=b"eu-consent") is None

    def test_over_plain_http_the_name_with_prefix_is_not_read(self) -> None:
        header = [b"__Host-eu-consent=" + VALUE]
        assert COOKIE.read(header, secure=False, now=NOW) is None
        assert COOKIE.read([b"eu-consent=" + VALUE], secure=False, now=NOW) == ALL

    def test_shared_over_subdomains_the_plain_name_is_read(self) -> None:
        shared = ChoiceCookie(site(cookie={"domain": "example.fr"}))
        header = [b"eu-consent=" + shared.encode(ALL, now=NOW).encode()]
        assert shared.read(header, secure=True, now=NOW) == ALL


class TestReplay:
    """Edges.md C12: what was replaced does not come back."""

    def test_an_older_number_than_the_newest_known_is_refused(self) -> None:
        assert read(VALUE, newest=2) is None
        assert read(VALUE, newest=1) == ALL

    def test_so_is_every_copy_of_it(self) -> None:
        assert read(VALUE, value_of(numbered(NONE, 2)), newest=3) is None
        assert read(VALUE, value_of(numbered(NONE, 2)), newest=2) == numbered(NONE, 2)


class TestMarks:
    """How a cookie names purposes."""

    def test_purposes_that_share_a_mark_lend_each_other_nothing(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("consent.cookie.marks._mark", lambda *_: bytes(MARK_SIZE))
        cookie = ChoiceCookie(site())
        mixed = Choice(SUBJECT, 1, NOW, {"analytics": False, "marketing": True})
        read = cookie.decode(cookie.encode(mixed, now=NOW).encode(), now=NOW)
        assert read is not None
        assert read.purposes == {}

    def test_an_override_never_moves_to_another_service(self) -> None:
        """Not even where nothing but the services' ids has changed."""
        before = site(services=(service("a", "analytics"), service("b", "analytics")))
        after = site(services=(service("b", "analytics"), service("c", "analytics")))
        object.__setattr__(after, "facts", before.facts)
        choice = Choice(SUBJECT, 1, NOW, {"analytics": False}, {"a": True})
        value = ChoiceCookie(before).encode(choice, now=NOW)
        assert ChoiceCookie(after).decode(value.encode(), now=NOW) == Choice(SUBJECT, 1, NOW, {})


class TestCache:
    """Decoded cookies are kept, bounded, and never written to."""

    def test_a_cookie_is_verified_once(self) -> None:
        cookie = ChoiceCookie(site())
        first = cookie.decode(VALUE, now=NOW)
        assert cookie.decode(VALUE, now=NOW + timedelta(days=1)) is first

    def test_it_is_bounded_and_strangers_cannot_fill_it(self) -> None:
        cookie = ChoiceCookie(site())
        for number in range(10):
            cookie.decode(b"forged%d" % number, now=NOW)
        cookie.decode(VALUE, now=NOW)
        kept = cookie._open.cache_info()
        assert (kept.maxsize, kept.currsize) == (CACHED, 1)

    def test_a_request_cannot_change_what_others_read(self) -> None:
        choice = COOKIE.decode(VALUE, now=NOW)
        assert choice is not None
        with pytest.raises(TypeError):
            choice.purposes["analytics"] = False  # type: ignore[index]
