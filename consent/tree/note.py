"""Signed notes: a text, and under it a line for each signature (c2sp.org/signed-note)."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from consent.errors import NoteRefused
from consent.tree.base64 import decoded, encoded
from consent.tree.keys import ID_BYTES, Signer, VerifierKey, is_name

LONGEST_NOTE = 1_000_000
"""Characters."""
MOST_SIGNATURES = 100
_CONTROL = re.compile(r"[\x00-\x09\x0b-\x1f]")


@dataclass(frozen=True, slots=True)
class Signature:
    """One line under a note; nothing is known of it before a key has verified it."""

    name: str
    id: bytes
    """Of the key, 4 bytes."""
    content: bytes

    def __str__(self) -> str:
        return f"— {self.name} {encoded(self.id + self.content)}\n"


@dataclass(frozen=True, slots=True)
class Note:
    """A text and its signatures, of which none has been verified."""

    text: str
    """With the line feed at its end."""
    signatures: tuple[Signature, ...]

    def __str__(self) -> str:
        return f"{self.text}\n{''.join(map(str, self.signatures))}"

    def signers(self, keys: Iterable[VerifierKey]) -> tuple[VerifierKey, ...]:
        """Those of the keys that signed the text; lines of other keys say nothing.

        Raises:
            NoteRefused: none of them did, or a signature in the name of one is wrong.
        """
        known = {(key.name, key.id): key for key in keys}
        found = []
        for signature in self.signatures:
            key = known.get((signature.name, signature.id))
            if key and not key.verifies(self.text.encode(), signature.content):
                raise NoteRefused(f"a signature of {key} is wrong")
            found += [key] if key else []
        if not found:
            raise NoteRefused("none of the known keys signed")
        return tuple(found)


def sign(text: str, *signers: Signer) -> Note:
    """Sign a text of whole lines, by each signer.

    Raises:
        NoteRefused: it cannot be the text of a note.
    """
    _check_text(text)
    lines = (Signature(s.key.name, s.key.id, s.sign(text.encode())) for s in signers)
    return Note(text, tuple(lines))


def parse(note: str) -> Note:
    """Read a note, trusting nothing in it.

    Raises:
        NoteRefused: it is none.
    """
    # The text may have empty lines of its own: the last one divides.
    text, divider, lines = note.rpartition("\n\n")
    if not divider or not lines.endswith("\n") or len(note) > LONGEST_NOTE:
        raise NoteRefused("not a text, an empty line and lines of signatures")
    _check_text(f"{text}\n")
    return Note(f"{text}\n", signature_lines(lines))


def signature_lines(lines: str) -> tuple[Signature, ...]:
    """Read lines of signatures, as they stand under a note and as a witness answers.

    Raises:
        NoteRefused: one is not of that form, or there are too many.
    """
    each = lines.removesuffix("\n").split("\n")
    if len(each) > MOST_SIGNATURES or not lines.endswith("\n"):
        raise NoteRefused("too many signatures, or the last line does not end")
    return tuple(map(_signature, each))


def _signature(line: str) -> Signature:
    dash, _, rest = line.partition(" ")
    name, _, content = rest.partition(" ")
    raw = decoded(content)
    if dash != "—" or not is_name(name) or raw is None or len(raw) <= ID_BYTES:
        raise NoteRefused("not the line of a signature")
    return Signature(name, raw[:ID_BYTES], raw[ID_BYTES:])


def _check_text(text: str) -> None:
    if not text.endswith("\n") or _CONTROL.search(text):
        raise NoteRefused("a text of whole lines without control characters is signed")
    try:
        text.encode()
    except UnicodeEncodeError as error:
        raise NoteRefused("what is not UTF-8 cannot be signed") from error
