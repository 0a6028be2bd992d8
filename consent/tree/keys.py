"""The keys of a log: Ed25519, named as C2SP signed notes name them (c2sp.org/signed-note)."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from functools import cached_property

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from consent.errors import NoteRefused
from consent.tree.base64 import decoded, encoded

SEED_BYTES = KEY_BYTES = 32
ID_BYTES = 4
ED25519 = 0x01
"""Signs the text of a note."""
COSIGNATURE = 0x04
"""Of a witness: signs the time, then the text (c2sp.org/tlog-cosignature)."""
_TIME_BYTES = 8
_DERIVED = b"asgi-consent/log-key/v1"
_NAME = re.compile(r"[^\s+\x00-\x1f]+")


def is_name(name: str) -> bool:
    """Whether a key may be called so: not empty, without spaces and ``+``."""
    return _NAME.fullmatch(name) is not None


def derived_seed(secret: str) -> bytes:
    """The 32-byte seed that stands in for a key where none is configured.

    By HKDF-SHA256 (RFC 5869) without salt, so that all processes with the secret get the same.
    """
    hkdf = HKDF(algorithm=SHA256(), length=SEED_BYTES, salt=None, info=_DERIVED)
    return hkdf.derive(secret.encode())


@dataclass(frozen=True)
class VerifierKey:
    """A public key and whose it is; its text form is what one gives to those who verify."""

    name: str
    public: bytes
    """32 bytes."""
    kind: int = ED25519

    def __post_init__(self) -> None:
        if not is_name(self.name) or len(self.public) != KEY_BYTES:
            raise NoteRefused("not the name or not the length of a key")

    @cached_property
    def id(self) -> bytes:
        """Four bytes that tell it from other keys of the name; no protection against forgery."""
        return hashlib.sha256(b"%b\n%c%b" % (self.name.encode(), self.kind, self.public)).digest()[
            :ID_BYTES
        ]

    @property
    def short(self) -> str:
        """Name and id, as the vkey begins; the rest is for those who verify."""
        return f"{self.name}+{self.id.hex()}"

    @classmethod
    def parse(cls, text: str) -> VerifierKey:
        """Read a vkey: ``name+hex(id)+base64(kind ‖ public key)``.

        Raises:
            NoteRefused: it is none, its id is not its own, or its kind is unknown.
        """
        name, _, rest = text.partition("+")
        written_id, _, content = rest.partition("+")
        raw = decoded(content)
        if raw is None or raw[:1] not in (bytes([ED25519]), bytes([COSIGNATURE])):
            raise NoteRefused("not a key of a known kind")
        key = cls(name, raw[1:], raw[0])
        if key.id.hex() != written_id:
            raise NoteRefused("the id of a key is not its own")
        return key

    def __str__(self) -> str:
        return f"{self.short}+{encoded(bytes([self.kind]) + self.public)}"

    def verifies(self, message: bytes, signature: bytes) -> bool:
        """Whether this key signed a message; for a witness, at the time within the signature."""
        if self.kind == COSIGNATURE:
            time, signature = signature[:_TIME_BYTES], signature[_TIME_BYTES:]
            message = b"cosignature/v1\ntime %d\n%b" % (int.from_bytes(time, "big"), message)
        try:
            Ed25519PublicKey.from_public_bytes(self.public).verify(signature, message)
        except InvalidSignature:
            return False
        return True


class Signer:
    """A key that signs, and the name it signs under."""

    __slots__ = ("_private", "key")

    def __init__(self, name: str, seed: bytes) -> None:
        """Make it of the 32 bytes that are kept secret.

        Raises:
            NoteRefused: the name cannot be one.
            ValueError: the seed has another length.
        """
        self._private = Ed25519PrivateKey.from_private_bytes(seed)
        self.key = VerifierKey(name, self._private.public_key().public_bytes_raw())

    def under(self, name: str) -> Signer:
        """The same key, signing under another name."""
        same = name == self.key.name
        return self if same else Signer(name, self._private.private_bytes_raw())

    def sign(self, message: bytes) -> bytes:
        """The 64-byte signature, the same each time (RFC 8032)."""
        return self._private.sign(message)
