"""Is a dossier whole, and who says so? Its keys, the hash of every file, and the signature."""

from __future__ import annotations

import re
from hashlib import sha256

from consent.verify.given import Given
from consent.verify.notes import read_note
from consent.verify.report import Code
from consent.verify.trust import identity

SUMS, NOTE = "SHA256SUMS", "SHA256SUMS.note"
SEALED = "asgi-consent/dossier/v1"
LINE = re.compile(r"([0-9a-f]{64})  ([^\n]+)\n")


def check_keys(given: Given) -> None:
    """Those of the log, each endorsed by the one before it."""
    with given.told(Code.KEY, "keys"):
        for each in given.said["keys"]:
            vkey = given.read(each["vkey"]).decode().removesuffix("\n")
            note = given.read(each["endorsement"]).decode() if "endorsement" in each else None
            given.trust.learn(vkey, note, given.report)
    given.trust.settle(given.report)


def check_sums(given: Given) -> None:
    """Every file but these two is named with its hash, and nothing else is."""
    with given.told(Code.ARCHIVE, SUMS):
        sums = given.read(SUMS)
        lines = LINE.findall(text := sums.decode())
        expected = {name: digest for digest, name in lines}
        if "".join(f"{digest}  {name}\n" for digest, name in lines) != text:
            raise ValueError("a line is not a hash and a name")
        if len(expected) < len(lines):
            raise ValueError("a name is there twice")
        for name in sorted(given.archive.names - expected.keys() - {SUMS, NOTE}):
            given.add(Code.ARCHIVE, name, f"{SUMS} does not name it")
        for name, digest in sorted(expected.items()):
            _check_file(given, name, digest)
    with given.told(Code.SIGNATURE, NOTE):
        _check_note(given, sha256(given.archive.read(SUMS)).hexdigest())


def _check_file(given: Given, name: str, digest: str) -> None:
    if name not in given.archive.names:
        given.add(Code.ARCHIVE, name, "is missing")
    elif given.archive.digest(name) != digest:
        given.add(Code.ARCHIVE, name, f"was changed: {SUMS} has another hash")


def _check_note(given: Given, digest: str) -> None:
    note = read_note(given.read(NOTE).decode())
    said = given.said
    if note.text != f"{SEALED}\n{said['origin']}\n{said['made_at']}\n{digest}\n":
        given.add(Code.SIGNATURE, NOTE, f"signed for another {SUMS}, log or time")
    signers = note.signers(given.trust.keys)
    if given.trust.vouched.isdisjoint(map(identity, signers)):
        given.add(Code.SIGNATURE, NOTE, "signed by no key that is vouched for")
