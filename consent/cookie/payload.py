"""What is signed: a choice as a few bytes, in numbered formats of which the last two are read."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from uuid import UUID

MARK_SIZE = 8
"""Bytes that stand for one purpose with its facts: a tag of its id, a digest of its facts."""

SUBJECT_SIZE = 16


@dataclass(frozen=True, slots=True)
class Answer:
    """One purpose's answer as it travels: readable without the configuration it was made under."""

    mark: bytes
    """Which purpose, with which material facts; ``MARK_SIZE`` bytes."""
    granted: bool
    overrides: bytes = b""
    """A bit per service of the purpose, lowest first: set where its answer is the opposite."""


@dataclass(frozen=True, slots=True)
class Token:
    """A choice as it travels."""

    subject: UUID
    seq: int
    made_at: int
    """Seconds since 1970."""
    answers: tuple[Answer, ...]


class Cursor:
    """Takes bytes from the front; a short input is a ``ValueError``, never a short answer."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._at = 0

    @property
    def exhausted(self) -> bool:
        return self._at == len(self._data)

    def take(self, size: int) -> bytes:
        end = self._at + size
        if end > len(self._data):
            raise ValueError("truncated")
        piece = self._data[self._at : end]
        self._at = end
        return piece

    def number(self) -> int:
        """A number in groups of seven bits, lowest first; at most 63 bits."""
        value = 0
        for shift in range(0, 63, 7):
            (byte,) = self.take(1)
            value |= (byte & 0x7F) << shift
            if byte < 0x80:
                return value
        raise ValueError("number too long")


def number(value: int) -> bytes:
    """The counterpart of ``Cursor.number``."""
    groups = bytearray()
    while value >= 0x80:
        groups.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes(groups) + bytes([value])


def encode(token: Token) -> bytes:
    """A token in the newest format.

    Raises:
        ValueError: a number is negative.
    """
    if token.seq < 0 or token.made_at < 0:
        raise ValueError("a token holds no negative number")
    parts = [bytes([NEWEST]), token.subject.bytes, number(token.made_at), number(token.seq)]
    for answer in token.answers:
        # One number says how many bytes of overrides follow, and in its lowest bit the answer.
        parts += [answer.mark, number(len(answer.overrides) << 1 | answer.granted)]
        parts.append(answer.overrides)
    return b"".join(parts)


def decode(data: bytes) -> Token:
    """A token in any format that is still read.

    Raises:
        ValueError: not a token, or one of a format that is not read (any more).
    """
    cursor = Cursor(data)
    (form,) = cursor.take(1)
    if form not in FORMATS:
        raise ValueError("unknown format")
    return FORMATS[form](cursor)


def _format_1(cursor: Cursor) -> Token:
    subject = UUID(bytes=cursor.take(SUBJECT_SIZE))
    made_at = cursor.number()
    seq = cursor.number()
    answers: list[Answer] = []
    while not cursor.exhausted:
        mark = cursor.take(MARK_SIZE)
        size, granted = divmod(cursor.number(), 2)
        answers.append(Answer(mark, bool(granted), cursor.take(size)))
    return Token(subject, seq, made_at, tuple(answers))


# A new format is a new line here, and the oldest of three leaves: while a deployment rolls out,
# workers of the version before and after it read each other's cookies.
FORMATS: Mapping[int, Callable[[Cursor], Token]] = {1: _format_1}
NEWEST = max(FORMATS)
