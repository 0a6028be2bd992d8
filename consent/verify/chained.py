"""The checkpoints of a dossier: signed, each continuing the one before, and seen by others."""

from __future__ import annotations

from base64 import b64decode, b64encode
from collections.abc import Sequence

from consent.verify.checkpoints import Copy, read_copy
from consent.verify.given import Given, Values
from consent.verify.hashes import is_consistent
from consent.verify.report import Code
from consent.verify.trust import identity
from consent.verify.witnessed import Answer, is_stamp_of

Chain = dict[int, tuple[Copy, str]]
"""By size: a checkpoint, and its text."""


def check_checkpoints(given: Given) -> Chain:
    """The newest is the tree that everything else is shown by."""
    chain: Chain = {}
    before: Copy | None = None
    for each in given.said["checkpoints"]:
        with given.told(Code.CHECKPOINT, f"checkpoint {each['size']!r:.20}"):
            text = given.read(each["file"]).decode()
            copy = read_copy(f"checkpoint {each['size']}", text)
            _check(given, each["size"], copy)
            if before is not None:
                _check_continues(given, each, before, copy)
            chain[copy.checkpoint.size] = copy, text
            before = copy
    if before is None:
        raise ValueError("there is none")
    _check_newest(given, before, chain[before.checkpoint.size][1])
    return chain


def check_copies(given: Given, chain: Chain, copies: Sequence[Copy]) -> None:
    """What was kept elsewhere: of the sizes that are in the dossier."""
    for copy in copies:
        own = chain.get(copy.checkpoint.size)
        if own is None or copy.checkpoint.origin != given.said["origin"]:
            continue
        given.report.counts["copies"] += 1
        if own[0].checkpoint.root != copy.checkpoint.root:
            what = f"for {copy.checkpoint.size} leaves another root was signed: two histories"
            given.add(Code.OUTSIDE, copy.where, what)
    if copies and not given.report.counts["copies"]:
        what = "nothing that was kept elsewhere is of a size that is in the dossier"
        given.add(Code.UNREAD, "the copies", what)


def check_witnesses(given: Given, chain: Chain) -> None:
    """What witnesses gave belongs to a checkpoint that is here."""
    for each in given.said["witnesses"]:
        where = f"witness {each['name']!r:.80} of {each['size']!r:.20}"
        with given.told(Code.OUTSIDE, where):
            own, text = chain[each["size"]]
            answer = Answer(where, each["kind"], given.read(each["file"]), text)
            given.report.counts["witnessed"] += 1
            if answer.is_note:
                copy = read_copy(where, answer.content.decode())
                if copy.checkpoint != own.checkpoint or not copy.note.signers(given.trust.keys):
                    given.add(Code.OUTSIDE, where, "of another log, another tree, or unsigned")
            elif not answer.is_stamp:
                given.add(Code.UNREAD, where, "of a kind that is not known")
            elif not is_stamp_of(answer.content, text.encode()):
                given.add(Code.OUTSIDE, where, "a time stamp of something else")


def _check(given: Given, size: int, copy: Copy) -> None:
    given.report.counts["checkpoints"] += 1
    if (copy.checkpoint.origin, copy.checkpoint.size) != (given.said["origin"], size):
        given.add(Code.CHECKPOINT, copy.where, "signed for another log, or another size")
    try:
        if not copy.note.signers(given.trust.keys):
            given.add(Code.SIGNATURE, copy.where, "signed by no key of this log")
    except ValueError as error:
        given.add(Code.SIGNATURE, copy.where, str(error))


def _check_continues(given: Given, each: Values, before: Copy, copy: Copy) -> None:
    lines = given.read(each["consistency"]).decode().splitlines()
    path = [b64decode(line, validate=True) for line in lines]
    old, new = before.checkpoint, copy.checkpoint
    if not is_consistent(old.size, old.root, new.size, new.root, path) or old.size == new.size:
        what = f"not shown to continue that of {old.size} leaves: history was changed"
        given.add(Code.CONSISTENCY, copy.where, what)


def _check_newest(given: Given, copy: Copy, text: str) -> None:
    tree, checkpoint = given.said["tree"], copy.checkpoint
    root = b64encode(checkpoint.root).decode()
    if (tree["size"], tree["root"]) != (checkpoint.size, root):
        given.add(Code.CHECKPOINT, copy.where, "the tree that is shown is another one")
    signers = copy.note.signers(given.trust.keys)
    if given.trust.vouched.isdisjoint(map(identity, signers)):
        given.add(Code.SIGNATURE, copy.where, "signed by no key that is vouched for")
    report = given.report
    report.size, report.root = checkpoint.size, checkpoint.root
    report.signed_size, report.checkpoint = checkpoint.size, text
