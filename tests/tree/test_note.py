"""Signed notes as C2SP describes them and as Go's ``sumdb/note`` writes them, and no others."""

from __future__ import annotations

import base64
import hashlib
import hmac

import pytest
from hypothesis import given
from hypothesis import strategies as st

from consent.errors import NoteRefused
from consent.tree import note as notes
from consent.tree.base64 import decoded, encoded
from consent.tree.keys import Signer, VerifierKey, derived_seed
from tests.tree.grown import one_bit_off

# The example of c2sp.org/signed-note.
TEXT = "This is an example message.\n"
VKEY = "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k"
NOTE = (
    f"{TEXT}\n— example.com/foo Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXs"
    "YjOBH3mFXmRKuwHjG1Yu72IneyaQM=\n"
)
# A key of the tests of golang.org/x/mod/sumdb/note.
GO_VKEY = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
GO_SEED = base64.b64decode("AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz")[1:]

ALICE = Signer("alice.example/log", bytes(32))
BOB = Signer("bob.example/log", bytes([1]) * 32)


def test_the_example_of_the_specification_verifies() -> None:
    key = VerifierKey.parse(VKEY)
    note = notes.parse(NOTE)
    assert note.text == TEXT
    assert note.signers([key]) == (key,)
    assert str(note) == NOTE
    assert str(key) == VKEY


def test_a_seed_makes_the_key_that_go_makes_of_it() -> None:
    assert str(Signer("PeterNeumann", GO_SEED).key) == GO_VKEY


def test_a_key_derived_from_a_secret_is_hkdf() -> None:
    """RFC 5869, computed here step by step."""
    extracted = hmac.digest(bytes(32), b"the secret", hashlib.sha256)
    expanded = hmac.digest(extracted, b"asgi-consent/log-key/v1\x01", hashlib.sha256)
    assert derived_seed("the secret") == expanded


def test_every_signer_signs() -> None:
    note = notes.parse(str(notes.sign(TEXT, ALICE, BOB)))
    assert note.signers([ALICE.key]) == (ALICE.key,)
    assert note.signers([BOB.key, ALICE.key]) == (ALICE.key, BOB.key)


@given(text=st.text(st.characters(exclude_categories=["Cs", "Cc"]) | st.just("\n")))
def test_any_text_of_whole_lines_comes_back(text: str) -> None:
    note = notes.parse(str(notes.sign(f"{text}\n", ALICE)))
    assert note.text == f"{text}\n"
    assert note.signers([ALICE.key]) == (ALICE.key,)


def test_no_bit_of_a_note_can_be_changed() -> None:
    for changed in one_bit_off(NOTE):
        with pytest.raises(NoteRefused):
            notes.parse(changed).signers([VerifierKey.parse(VKEY)])


def test_a_note_that_no_known_key_signed_is_refused() -> None:
    with pytest.raises(NoteRefused):
        notes.sign(TEXT, ALICE).signers([BOB.key])


def test_a_wrong_signature_of_a_known_key_spoils_the_note() -> None:
    forged = notes.Signature(ALICE.key.name, ALICE.key.id, bytes(64))
    note = notes.Note(TEXT, (forged, *notes.sign(TEXT, BOB).signatures))
    assert note.signers([BOB.key]) == (BOB.key,)
    with pytest.raises(NoteRefused):
        note.signers([ALICE.key, BOB.key])


def test_a_witness_signs_the_time_too() -> None:
    """c2sp.org/tlog-cosignature."""
    witness = VerifierKey("witness.example", BOB.key.public, kind=4)
    time = (1_679_315_147).to_bytes(8, "big")
    signed = BOB.sign(b"cosignature/v1\ntime 1679315147\n" + TEXT.encode())
    assert witness.verifies(TEXT.encode(), time + signed)
    assert not witness.verifies(TEXT.encode(), bytes(8) + signed)
    assert not BOB.key.verifies(TEXT.encode(), time + signed)
    assert witness.id != BOB.key.id
    assert VerifierKey.parse(str(witness)) == witness


SIGNATURE = NOTE.removeprefix(f"{TEXT}\n").removesuffix("\n")


@pytest.mark.parametrize(
    "note",
    [
        pytest.param("", id="nothing"),
        pytest.param(TEXT, id="no signature"),
        pytest.param(f"{TEXT}\n", id="no line after the empty one"),
        pytest.param(NOTE.removesuffix("\n"), id="the last line does not end"),
        pytest.param(f"{TEXT}{SIGNATURE}\n", id="no empty line"),
        pytest.param(f"{TEXT}\n{SIGNATURE.replace('—', '-')}\n", id="another dash"),
        pytest.param(f"{TEXT}\n— {SIGNATURE}\n", id="two dashes"),
        pytest.param(f"{TEXT}\n{SIGNATURE} \n", id="a space too many"),
        pytest.param(f"{TEXT}\n— example.com/foo\n", id="no content"),
        pytest.param(f"{TEXT}\n—  {SIGNATURE.split()[-1]}\n", id="no name"),
        pytest.param(f"{TEXT}\n— a+b {SIGNATURE.split()[-1]}\n", id="a name with a plus"),
        pytest.param(f"{TEXT}\n— a\u3000b {SIGNATURE.split()[-1]}\n", id="a name with a space"),
        pytest.param(f"{TEXT}\n— example.com/foo Uw2QOg==\n", id="an id and no signature"),
        pytest.param(f"{TEXT}\n— example.com/foo é\n", id="no base64"),
        pytest.param(NOTE.replace("aQM=", "aQN="), id="another base64 of the same bytes"),
        pytest.param(NOTE.replace("is", "i\x07s"), id="a control character"),
        pytest.param(NOTE.replace("\n", "\r\n"), id="other line ends"),
        pytest.param(f"{TEXT}\n" + f"{SIGNATURE}\n" * 101, id="too many signatures"),
        pytest.param("x" * 1_000_000 + NOTE, id="too long"),
        pytest.param(NOTE.replace("is", "\ud800"), id="half a character"),
    ],
)
def test_what_is_no_note_is_refused(note: str) -> None:
    with pytest.raises(NoteRefused):
        notes.parse(note)


@pytest.mark.parametrize("text", ["", "no line feed", "a tab\t\n", "\x00\n", "\ud800\n"])
def test_what_cannot_be_the_text_of_a_note_is_not_signed(text: str) -> None:
    with pytest.raises(NoteRefused):
        notes.sign(text, ALICE)


@pytest.mark.parametrize("lines", ["", "— example.com/foo", "\n"])
def test_what_is_no_line_of_a_signature_is_refused(lines: str) -> None:
    with pytest.raises(NoteRefused):
        notes.signature_lines(lines)


@pytest.mark.parametrize(
    "vkey",
    [
        "",
        "example.com/foo",
        "example.com/foo+530d903a",
        VKEY.replace("530d903a", "530d903b"),
        VKEY.replace("foo", "bar"),
        VKEY.replace("foo", "f o"),
        VKEY.replace("+AekyeRr", "+AukyeRr"),
        VKEY + "AAAA",
        VKEY[:-4],
        VKEY.replace("530d903a", "530D903A"),
        "+" + VKEY.partition("+")[2],
    ],
)
def test_what_is_no_verifier_key_is_refused(vkey: str) -> None:
    with pytest.raises(NoteRefused):
        VerifierKey.parse(vkey)


@pytest.mark.parametrize("seed", [b"", bytes(31), bytes(33)])
def test_a_seed_has_thirty_two_bytes(seed: bytes) -> None:
    with pytest.raises(ValueError, match="32"):
        Signer("example.com/foo", seed)


@given(st.binary())
def test_bytes_have_one_base64_only(content: bytes) -> None:
    assert decoded(encoded(content)) == content
    assert decoded(encoded(content) + "=") is None
    assert decoded(encoded(content) + "\n") is None
