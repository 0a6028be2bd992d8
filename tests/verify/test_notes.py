"""Notes, keys and checkpoints as the verifier reads them, by the published examples."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from consent.tree import note as written
from consent.tree.checkpoint import Checkpoint as Written
from consent.tree.checkpoint import signed
from consent.tree.keys import Signer as Writer
from consent.verify.notes import read_checkpoint, read_key, read_note, split_notes
from consent.verify.trust import identity
from tests.verify.signing import Signer, signer

NEUMANN = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
SAID = """\
If you think cryptography is the answer to your problem,
then you don't know what your problem is.

— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=
"""  # noqa: E501
"""The example of Go's package sumdb/note, which the format comes from."""
ROOT = "CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I="
OWN = signer()


def test_the_published_note_is_signed_by_the_published_key() -> None:
    key = read_key(NEUMANN)
    assert read_note(SAID).signers({identity(key): key}) == [key]


def test_a_note_that_was_changed_is_not() -> None:
    key = read_key(NEUMANN)
    with pytest.raises(ValueError, match="does not fit"):
        read_note(SAID.replace("answer", "source")).signers({identity(key): key})


def test_lines_of_keys_that_are_not_known_say_nothing() -> None:
    key, other = read_key(OWN.vkey), signer("www.example.org/consent")
    note = read_note(OWN.note("text\n") + other.line("something else"))
    assert note.signers({identity(key): key}) == [key]
    assert note.signers({}) == []


@given(
    seed=st.binary(min_size=32, max_size=32), text=st.from_regex(r"[^\W_]{1,20}", fullmatch=True)
)
def test_what_the_log_signs_is_read(seed: bytes, text: str) -> None:
    writer = Writer("www.example.fr/consent", seed)
    key = read_key(str(writer.key))
    note = read_note(str(written.sign(f"{text}\n", writer)))
    assert (note.text, note.signers({identity(key): key})) == (f"{text}\n", [key])


@given(size=st.integers(0, 1 << 62), root=st.binary(min_size=32, max_size=32))
def test_the_checkpoints_that_the_log_signs_are_read(size: int, root: bytes) -> None:
    note = signed(Written("www.example.fr/consent", size, root), Writer("name", bytes(32)))
    found = read_checkpoint(read_note(note).text)
    assert (found.origin, found.size, found.root) == ("www.example.fr/consent", size, root)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "name",
        "name+c74f20a3",
        NEUMANN.replace("c74f20a3", "c74f20a4"),
        NEUMANN.replace("c74f20a3", "C74F20A3"),
        NEUMANN.replace("+AR", "+BB"),
        NEUMANN[:-4],
        NEUMANN.replace("PeterNeumann", "Peter Neumann"),
        NEUMANN.removeprefix("PeterNeumann"),
        NEUMANN + "=",
    ],
)
def test_what_is_no_key_is_refused(text: str) -> None:
    with pytest.raises(ValueError):
        read_key(text)


@pytest.mark.parametrize(
    "content",
    [
        "",
        "text\n",
        "text\n\n",
        OWN.note("text\n").rstrip("\n"),
        OWN.note("text\n") + "\n",
        OWN.note("te\txt\n"),
        OWN.note("text\r\n"),
        OWN.note("text\n").replace("— ", "- "),
        "text\n\n— name AAAA\n",
        "text\n\n— name AAAAAA\n",
        "text\n\n—  AAAAAAAAAAAA\n",
        OWN.note("text\n") + OWN.line("text\n") * 100,
    ],
)
def test_what_is_no_note_is_refused(content: str) -> None:
    with pytest.raises(ValueError):
        read_note(content)


@pytest.mark.parametrize(
    "text",
    [
        "",
        f"origin\n1\n{ROOT}",
        f"\n1\n{ROOT}\n",
        f"origin\n01\n{ROOT}\n",
        f"origin\n-1\n{ROOT}\n",
        f"origin\n²\n{ROOT}\n",
        f"origin\n\n{ROOT}\n",
        "origin\n1\nAAAA\n",
        f"origin\n1\n{ROOT[:-2]}J=\n",
        f"origin\n1\n{ROOT}\nmore\n",
    ],
)
def test_what_is_no_checkpoint_is_refused(text: str) -> None:
    with pytest.raises(ValueError):
        read_checkpoint(text)


@given(st.lists(st.integers(1, 3), max_size=5), st.integers(0, 2))
def test_notes_in_one_file_come_apart(signatures: list[int], empty: int) -> None:
    signers: list[Signer] = [signer(seed=each) for each in range(1, 4)]
    notes = [
        f"text {at}\n\n" + "".join(each.line(f"text {at}\n") for each in signers[:number])
        for at, number in enumerate(signatures)
    ]
    assert list(split_notes(("\n" * empty).join(notes))) == notes
