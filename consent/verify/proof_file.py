"""A ``.tlog-proof`` file: that one record is in a log, shown without the log (c2sp.org/tlog-proof).

Its extra data are the record and, where the visitor has them, what ties it to its subject.
"""

from __future__ import annotations

import json
from base64 import b64decode
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from consent.errors import LogUnreadable, said
from consent.verify.bodies import fields_of, is_committed
from consent.verify.canonical import read, write
from consent.verify.checkpoints import Copy, read_copy
from consent.verify.hashes import HASH_BYTES, is_included, leaf_hash
from consent.verify.notes import Key
from consent.verify.report import Code, Report
from consent.verify.trust import identity

FIRST = "c2sp.org/tlog-proof@v1\n"
LARGEST = 1 << 20
"""Bytes; one of a log of a billion records has some five thousand."""


def read_proof(path: Path) -> str | None:
    """The text of such a file; none if it is another kind of file.

    Raises:
        LogUnreadable: it cannot be read.
    """
    try:
        with path.open("rb") as file:
            if file.read(len(FIRST)) != FIRST.encode():
                return None
            return FIRST + file.read(LARGEST).decode()
    except (OSError, ValueError) as error:
        raise LogUnreadable(f"{path}: {said(error)}") from error


def verify_proof(text: str, *, keys: Sequence[Key], copies: Sequence[Copy] = ()) -> Report:
    """What such a file shows.

    Args:
        keys: those that the reader trusts; without one, nothing is shown.
        copies: checkpoints kept elsewhere; those of the same size have to be the same.
    """
    report = Report()
    try:
        Proof(text, report).check(keys, copies)
    except ValueError as error:
        report.add(Code.PROOF, "the file", str(error))
    return report


class Proof:
    """The lines of the file.

    Raises:
        ValueError: they are not those of a proof.
    """

    body: bytes = b""
    """Of the record, once it has been checked."""

    def __init__(self, text: str, report: Report) -> None:
        above, _, note = text.removeprefix(FIRST).partition("\n\n")
        lines = above.split("\n")
        extra = lines.pop(0).removeprefix("extra ") if above.startswith("extra ") else ""
        name, _, index = (lines.pop(0) if lines else "").partition(" ")
        if not text.startswith(FIRST) or name != "index" or index != str(_number(index)):
            raise ValueError("not a tlog-proof of version 1")
        self._report = report
        self.index = int(index)
        self._path = [b64decode(line, validate=True) for line in lines]
        if any(len(each) != HASH_BYTES for each in self._path):
            raise ValueError("a hash has not its length")
        self._extra = read(b64decode(extra, validate=True)) if extra else None
        self.copy = read_copy("the checkpoint", note)

    def check(self, keys: Sequence[Key], copies: Sequence[Copy]) -> None:
        """Signature, place in the tree, and the record itself."""
        checkpoint, report = self.copy.checkpoint, self._report
        report.origin, report.size = checkpoint.origin, checkpoint.size
        report.root = checkpoint.root
        self._check_signed(keys)
        for copy in copies:
            self._compare(copy)
        if not isinstance(self._extra, dict) or not isinstance(self._extra.get("record"), dict):
            raise ValueError("there is no record in it")
        self.body = body = write(self._extra["record"])
        if not is_included(
            leaf_hash(body),
            index=self.index,
            size=checkpoint.size,
            path=self._path,
            root=checkpoint.root,
        ):
            report.add(Code.LEAF, f"leaf {self.index}", "the tree does not have this record there")
        fields = fields_of(body)
        report.counts["records"], report.record = 1, json.dumps(self._extra["record"], indent=2)
        self._check_subject(fields["id"], fields["commitment"], self._extra)

    def _check_signed(self, keys: Sequence[Key]) -> None:
        origin = self.copy.checkpoint.origin
        own = {identity(key): key for key in keys if key.name == origin}
        try:
            if self.copy.note.signers(own):
                return
        except ValueError as error:
            self._report.add(Code.SIGNATURE, self.copy.where, str(error))
            return
        self._report.add(Code.SIGNATURE, self.copy.where, "signed by none of the keys of --key")

    def _compare(self, copy: Copy) -> None:
        mine, other = self.copy.checkpoint, copy.checkpoint
        if (mine.origin, mine.size) == (other.origin, other.size):
            self._report.counts["copies"] += 1
            if mine.root != other.root:
                what = f"for {mine.size} leaves another root was signed: there are two histories"
                self._report.add(Code.OUTSIDE, copy.where, what)

    def _check_subject(self, record: str, commitment: str, extra: Mapping[str, Any]) -> None:
        match extra:
            case {"subject": str(subject), "seq": int(seq), "salt": str(salt)}:
                known = bytes.fromhex(salt)
                if not is_committed(commitment, subject=subject, seq=seq, salt=known):
                    what = "committed to another subject, number or salt"
                    self._report.add(Code.COMMITMENT, f"record {record}", what)
            case _:
                self._report.counts["erased"] = 1


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() else -1
