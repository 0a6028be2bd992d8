"""A witness on the web is asked as c2sp.org/tlog-witness says, and believed no further."""

from __future__ import annotations

import base64
from collections.abc import Iterator

import pytest

from consent.errors import NoteRefused, WitnessConflict, WitnessUnavailable
from consent.tree import note as notes
from consent.tree.checkpoint import verified
from consent.tree.keys import Signer, VerifierKey
from consent.tree.paths import is_consistent
from consent.witness.cosigner import Cosigner
from tests.witness.conftest import serving
from tests.witness.history import FORKED, ORIGIN, Grows
from tests.witness.history import LOG as KEY

pytestmark = pytest.mark.anyio
LOG = Grows()
SIGNER = Signer("witness.example/w1", bytes([7]) * 32)
W1 = VerifierKey(SIGNER.key.name, SIGNER.key.public, kind=4)


class Cosigning:
    """A witness, after the text of the specification."""

    def __init__(self) -> None:
        self.seen: tuple[int, bytes] = (0, b"")
        self.asked: list[str] = []

    def __call__(self, path: str, kind: str, body: bytes) -> tuple[int, str, bytes]:
        assert path == "/w/add-checkpoint"
        first, _, note = body.decode().partition("\n\n")
        old_line, *lines = first.split("\n")
        self.asked.append(old_line)
        old = int(old_line.removeprefix("old "))
        try:
            checkpoint = verified(note, ORIGIN, [KEY.key])
        except NoteRefused:
            return 403, "text/plain", b""
        if old > checkpoint.size:
            return 400, "text/plain", b""
        if old != self.seen[0]:
            return 409, "text/x.tlog.size", b"%d\n" % self.seen[0]
        proof = [base64.b64decode(line) for line in lines]
        if old == checkpoint.size and self.seen[1] != checkpoint.root:
            return 409, "text/plain", b""
        if old and not is_consistent(*self.seen, checkpoint.size, checkpoint.root, proof):
            return 422, "text/plain", b""
        self.seen = checkpoint.size, checkpoint.root
        message = f"cosignature/v1\ntime 1767225600\n{checkpoint}".encode()
        content = (1_767_225_600).to_bytes(8, "big") + SIGNER.sign(message)
        return 200, "text/plain", str(notes.Signature(W1.name, W1.id, content)).encode()


@pytest.fixture
def cosigning() -> Cosigning:
    return Cosigning()


@pytest.fixture
def witness(cosigning: Cosigning) -> Iterator[Cosigner]:
    with serving(cosigning) as url:
        yield Cosigner(f"{url}/w", W1)


async def test_what_is_kept_is_the_note_with_both_signatures(witness: Cosigner) -> None:
    content = await witness.attest(LOG.at(5), 0, LOG)
    note = notes.parse(content.decode())
    assert note.signers([KEY.key, W1]) == (KEY.key, W1)
    assert content.decode().startswith(LOG.at(5).note)


async def test_it_is_shown_that_the_log_goes_on(witness: Cosigner, cosigning: Cosigning) -> None:
    for last, size in ((0, 3), (3, 8), (8, 8), (8, 20)):
        await witness.attest(LOG.at(size), last, LOG)
    assert cosigning.asked == ["old 0", "old 3", "old 8", "old 8"]


async def test_what_it_has_seen_it_says_itself(witness: Cosigner, cosigning: Cosigning) -> None:
    await witness.attest(LOG.at(8), 0, LOG)
    await witness.attest(LOG.at(20), 3, LOG)
    assert cosigning.asked == ["old 0", "old 3", "old 8"]


@pytest.mark.parametrize("size", [8, 20])
async def test_a_changed_past_is_a_conflict(witness: Cosigner, size: int) -> None:
    other = Grows(FORKED)
    await witness.attest(LOG.at(8), 0, LOG)
    with pytest.raises(WitnessConflict):
        await witness.attest(other.at(size), 8, other)


async def test_a_log_that_lost_records_is_a_conflict(witness: Cosigner) -> None:
    await witness.attest(LOG.at(8), 0, LOG)
    with pytest.raises(WitnessConflict, match="8 leaves, the log has 5"):
        await witness.attest(LOG.at(5), 0, LOG)


async def asked(status: int, kind: str, body: bytes, key: VerifierKey | None = None) -> bytes:
    with serving(lambda *_: (status, kind, body)) as url:
        return await Cosigner(url, key).attest(LOG.at(5), 0, LOG)


LINE = b"\xe2\x80\x94 witness.example/w1 " + base64.b64encode(W1.id + bytes(72)) + b"\n"


@pytest.mark.parametrize(
    ("status", "kind", "body"),
    [
        pytest.param(403, "text/plain", b"", id="it does not know the key"),
        pytest.param(404, "text/plain", b"", id="it does not know the log"),
        pytest.param(500, "text/plain", b"", id="it is broken"),
        pytest.param(302, "text/plain", b"", id="it sends elsewhere"),
        pytest.param(204, "text/plain", b"", id="it says nothing"),
        pytest.param(200, "text/plain", b"", id="it signs nothing"),
        pytest.param(200, "text/plain", b"<html>\n", id="it is a page"),
        pytest.param(200, "text/plain", b"\xff\n", id="it is no text"),
        pytest.param(200, "text/plain", b"x" * 100_001, id="it does not end"),
        pytest.param(200, "text/plain", LINE, id="its signature is wrong"),
        pytest.param(200, "text/plain", str(KEY.key).encode(), id="it sends a key"),
        pytest.param(409, "text/x.tlog.size", b"many\n", id="it cannot count"),
    ],
)
async def test_any_other_answer_counts_for_nothing(status: int, kind: str, body: bytes) -> None:
    with pytest.raises(WitnessUnavailable):
        await asked(status, kind, body, W1)


async def test_without_its_key_a_signature_is_kept_unverified() -> None:
    assert (await asked(200, "text/plain", LINE)).endswith(LINE)


async def test_who_answers_is_who_was_asked() -> None:
    """A redirect is not followed, whatever is there."""

    def moved(path: str, *_: object) -> tuple[int, str, bytes]:
        return (302, "text/plain", b"") if path == "/add-checkpoint" else (200, "", LINE)

    with serving(moved) as url, pytest.raises(WitnessUnavailable, match="status 302"):
        await Cosigner(url).attest(LOG.at(5), 0, LOG)


async def test_an_answer_is_read_no_further_than_it_can_be_long() -> None:
    with pytest.raises(WitnessUnavailable, match="more than 100000 bytes"):
        await asked(200, "text/plain", b"x" * 100_001)


async def test_one_that_is_not_there_is_unavailable() -> None:
    with serving(lambda *_: (200, "", b"")) as url:
        pass
    with pytest.raises(WitnessUnavailable):
        await Cosigner(url).attest(LOG.at(5), 0, LOG)
