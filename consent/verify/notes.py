"""Signed notes, the keys that sign them, and the checkpoints that are notes (c2sp.org)."""

from __future__ import annotations

from base64 import b64decode, b64encode
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from consent.verify.hashes import HASH_BYTES

ED25519 = b"\x01"
ID_BYTES = 4
MOST_SIGNATURES = 100
DASH = "— "


@dataclass(frozen=True, slots=True)
class Key:
    """A public key with its name, as ``name+hex(id)+base64(type ‖ key)`` gives it."""

    name: str
    id: bytes
    public: Ed25519PublicKey

    def signed(self, message: bytes, signature: bytes) -> bool:
        """Did this key sign these bytes (RFC 8032)?"""
        try:
            self.public.verify(signature, message)
        except InvalidSignature:
            return False
        return True


def read_key(text: str) -> Key:
    """A key from its text form.

    Raises:
        ValueError: it is not that of an Ed25519 key, or its id is not that of name and key.
    """
    name, _, rest = text.partition("+")
    digits, _, encoded = rest.partition("+")
    material = _base64(encoded)
    if not name or any(map(str.isspace, name)) or material[:1] != ED25519 or len(material) != 33:
        raise ValueError("not an Ed25519 key in the form name+id+key")
    identity = sha256(name.encode() + b"\n" + material).digest()[:ID_BYTES]
    if digits != identity.hex():
        raise ValueError("the id is not that of this name and key")
    return Key(name, identity, Ed25519PublicKey.from_public_bytes(material[1:]))


@dataclass(frozen=True, slots=True)
class Signature:
    """One line below a note."""

    name: str
    id: bytes
    bytes: bytes


@dataclass(frozen=True, slots=True)
class Note:
    """A text, up to and with its last newline, and who signed it."""

    text: str
    signatures: Sequence[Signature]

    def signers(self, keys: Mapping[tuple[str, bytes], Key]) -> list[Key]:
        """Those of ``keys`` that signed it; lines of other keys say nothing.

        Raises:
            ValueError: a line names one of them, and is not its signature.
        """
        message = self.text.encode()
        found = []
        for line in self.signatures:
            key = keys.get((line.name, line.id))
            if key and not key.signed(message, line.bytes):
                raise ValueError(f"the signature of {key.name}+{key.id.hex()} does not fit")
            if key:
                found.append(key)
        return found


def read_note(content: str) -> Note:
    """A note from its text form.

    Raises:
        ValueError: it is not a signed note.
    """
    if any(character < " " and character != "\n" for character in content):
        raise ValueError("a note has no control characters")
    text, blank, below = content.rpartition("\n\n")
    lines = below.split("\n")
    if not blank or lines.pop() or not 0 < len(lines) <= MOST_SIGNATURES:
        raise ValueError("a note is a text, an empty line, and lines of signatures")
    return Note(text + "\n", tuple(map(_signature, lines)))


def split_notes(content: str) -> Iterator[str]:
    """The notes that stand in one file, one after the other."""
    lines: list[str] = []
    signed = False
    for line in content.removesuffix("\n").split("\n"):
        if signed and not line.startswith(DASH):
            yield "".join(lines)
            lines = []
        signed = line.startswith(DASH)
        # Between two notes there may be empty lines: a note does not begin with one.
        if lines or line.strip():
            lines.append(line + "\n")
    if lines:
        yield "".join(lines)


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """What a note says of a tree (c2sp.org/tlog-checkpoint)."""

    origin: str
    size: int
    root: bytes


def read_checkpoint(text: str) -> Checkpoint:
    """What the text of a note says; lines after the third mean nothing to us, and are refused.

    Raises:
        ValueError: it is not that of a checkpoint.
    """
    lines = text.split("\n")
    if len(lines) != 4 or lines[3] or not lines[0]:
        raise ValueError("a checkpoint has three lines: origin, size, root")
    origin, size, root = lines[:3]
    if not (size.isascii() and size.isdigit()) or size != str(int(size)):
        raise ValueError("the size of a checkpoint is a plain number")
    if len(hashed := _base64(root)) != HASH_BYTES:
        raise ValueError("the root of a checkpoint is 32 bytes")
    return Checkpoint(origin, int(size), hashed)


def _signature(line: str) -> Signature:
    name, _, encoded = line.removeprefix(DASH).partition(" ")
    content = _base64(encoded)
    if not line.startswith(DASH) or not name or len(content) <= ID_BYTES:
        raise ValueError("a signature is a dash, a name, and base64")
    return Signature(name, content[:ID_BYTES], content[ID_BYTES:])


def _base64(text: str) -> bytes:
    """Strictly: what stands for the same bytes otherwise written would be another text."""
    content = b64decode(text, validate=True)
    if b64encode(content).decode() != text:
        raise ValueError("not in the one form of base64")
    return content
