"""Which keys speak for the log: those that were named, and those that follow from them."""

from __future__ import annotations

from collections.abc import Sequence

from consent.verify.notes import Key, read_key, read_note
from consent.verify.report import Code, Report

ENDORSED = "asgi-consent/key/v1\n"
Identity = tuple[str, bytes]


class Trust:
    """The keys of a log.

    Without a key that the reader brings, the log's first one has to be taken at its word; then all
    others must follow from it, each endorsed by one that is vouched for.
    """

    def __init__(self, pinned: Sequence[Key], *, origin: str) -> None:
        """``origin``: of the log; keys of others say nothing of it. Empty where it has none yet."""
        self._origin = origin
        mine = [key for key in pinned if origin in ("", key.name)]
        self.keys: dict[Identity, Key] = {identity(key): key for key in mine}
        self.vouched: set[Identity] = set(self.keys)
        self._pinned = bool(pinned)
        self._endorsements: dict[Identity, tuple[str, str | None]] = {}

    def learn(self, vkey: str, endorsement: str | None, report: Report) -> None:
        """One key of the log's own list."""
        report.counts["keys"] += 1
        try:
            key = read_key(vkey)
        except ValueError as error:
            report.add(Code.KEY, f"key {vkey:.80}", str(error))
            return
        if self._origin not in ("", key.name):
            report.add(Code.KEY, f"key {key.name}", f"not of {self._origin!r}")
        self.keys[identity(key)] = key
        self._endorsements[identity(key)] = (vkey, endorsement)

    def settle(self, report: Report) -> None:
        """Once all are known: who is vouched for by whom."""
        if not self._pinned:
            self._begin(report)
        signers = {each: self._signers(each, report) for each in self._endorsements}
        grown = True
        while grown:
            grown = False
            for each, by in signers.items():
                if each not in self.vouched and not self.vouched.isdisjoint(by):
                    self.vouched.add(each)
                    grown = True
        code = Code.UNPINNED if self._pinned else Code.UNENDORSED
        for each in self._endorsements.keys() - self.vouched:
            report.add(code, f"key {_name(each)}", "no key that is vouched for endorsed it")

    def _begin(self, report: Report) -> None:
        first = [each for each, (_, note) in self._endorsements.items() if note is None]
        if len(first) > 1:
            what = "each says that it is the first: name the right one with --key"
            report.add(Code.UNENDORSED, f"keys {', '.join(map(_name, first))}", what)
        self.vouched.update(first)

    def _signers(self, each: Identity, report: Report) -> list[Identity]:
        """Who endorsed a key."""
        vkey, endorsement = self._endorsements[each]
        if endorsement is None:
            return []
        try:
            note = read_note(endorsement)
            if note.text != f"{ENDORSED}{vkey}\n":
                raise ValueError("it is about something else")
            return [identity(key) for key in note.signers(self.keys)]
        except ValueError as error:
            report.add(Code.KEY, f"key {_name(each)}", f"its endorsement: {error}")
            return []


def identity(key: Key) -> Identity:
    """Name and id together tell who is meant."""
    return key.name, key.id


def _name(each: Identity) -> str:
    return f"{each[0]}+{each[1].hex()}"
