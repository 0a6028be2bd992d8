"""The signed bytes."""

from __future__ import annotations

from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from consent.cookie.payload import FORMATS, MARK_SIZE, Answer, Token, decode, encode

numbers = st.integers(0, 2**63 - 1)
marks = st.binary(min_size=MARK_SIZE, max_size=MARK_SIZE)
answers = st.builds(Answer, marks, st.booleans(), st.binary(max_size=60))
tokens = st.builds(Token, st.uuids(), numbers, numbers, st.lists(answers).map(tuple))

PINNED = Token(
    UUID("00112233-4455-4677-8899-aabbccddeeff"),
    300,
    1_800_000_000,
    (Answer(b"purpose1", True, b"\x05"), Answer(b"purpose2", False)),
)
PINNED_BYTES = bytes.fromhex(
    "01" "00112233445546778899aabbccddeeff" "80a4a7da06" "ac02"
    "707572706f736531" "03" "05" "707572706f736532" "00"
)  # fmt: skip


@given(tokens)
def test_what_is_encoded_is_decoded(token: Token) -> None:
    assert decode(encode(token)) == token


@given(st.binary())
def test_any_bytes_are_a_token_or_a_value_error(data: bytes) -> None:
    try:
        assert isinstance(decode(data), Token)
    except ValueError:
        return


@given(tokens, st.data())
def test_a_truncated_token_never_gains_answers(token: Token, data: st.DataObject) -> None:
    whole = encode(token)
    cut = whole[: data.draw(st.integers(0, len(whole) - 1))]
    try:
        assert len(decode(cut).answers) < len(token.answers)
    except ValueError:
        return


def test_format_1_reads_and_writes_the_bytes_it_always_did() -> None:
    """A format that changes without a new number would lose every visitor's choice."""
    assert encode(PINNED) == PINNED_BYTES
    assert decode(PINNED_BYTES) == PINNED


def test_an_unknown_format_is_refused() -> None:
    with pytest.raises(ValueError, match="format"):
        decode(bytes([max(FORMATS) + 1]) + PINNED_BYTES[1:])


def test_a_number_of_more_than_63_bits_is_refused() -> None:
    with pytest.raises(ValueError, match="number"):
        decode(PINNED_BYTES[:17] + b"\xff" * 9 + b"\x01")


@pytest.mark.parametrize("seq, made_at", [(-1, 0), (0, -1)])
def test_negative_numbers_are_not_encoded(seq: int, made_at: int) -> None:
    with pytest.raises(ValueError, match="negative"):
        encode(Token(PINNED.subject, seq, made_at, ()))
