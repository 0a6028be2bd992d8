"""A witness on the web that checks each checkpoint against the last and signs it too.

By c2sp.org/tlog-witness, so that public witnesses do, and those of other logs.
"""

from __future__ import annotations

from consent.errors import NoteRefused, WitnessConflict, WitnessUnavailable
from consent.tree import note as notes
from consent.tree.base64 import encoded
from consent.tree.checkpoint import number
from consent.tree.keys import VerifierKey
from consent.witness import COSIGNATURE, History, Signed
from consent.witness.web import Answer, post

_SIZE = "text/x.tlog.size"


class Cosigner:
    """See ``Witness``."""

    kind = COSIGNATURE

    def __init__(self, url: str, key: VerifierKey | None = None) -> None:
        """``key``: that it signs with; without it, its answer is kept and not verified."""
        self.name = url
        self._key = key

    async def attest(self, new: Signed, last: int, history: History) -> bytes:
        """The note with the witness's signature added."""
        answer = await self._asked(new, last, history)
        if answer.status == 409 and answer.kind == _SIZE:
            # Somebody else has shown it a checkpoint since, or it has lost the last.
            answer = await self._asked(new, self._size_in(answer, new), history)
        if answer.status in (409, 422):
            raise WitnessConflict("what it has seen of the log is not what the log has now")
        if answer.status != 200:
            raise WitnessUnavailable(f"it answers with status {answer.status}")
        return self._cosigned(new.note, answer.body).encode()

    async def _asked(self, new: Signed, old: int, history: History) -> Answer:
        proof = await history.consistency(old, new.checkpoint.size)
        lines = "".join(f"{encoded(each)}\n" for each in proof)
        body = f"old {old}\n{lines}\n{new.note}".encode()
        return await post(f"{self.name.rstrip('/')}/add-checkpoint", body, "text/plain")

    def _size_in(self, answer: Answer, new: Signed) -> int:
        size = number(answer.body.decode("latin-1").removesuffix("\n"))
        if size is None:
            raise WitnessUnavailable("it does not say which size it has seen")
        if size > new.checkpoint.size:
            raise WitnessConflict(f"it has seen {size} leaves, the log has {new.checkpoint.size}")
        return size

    def _cosigned(self, note: str, lines: bytes) -> str:
        try:
            added = notes.signature_lines(lines.decode())
            cosigned = notes.parse(note + "".join(map(str, added)))
            if self._key is not None:
                cosigned.signers([self._key])
        except (NoteRefused, UnicodeDecodeError) as error:
            raise WitnessUnavailable(f"it answers with no signature of its own: {error}") from error
        return str(cosigned)
