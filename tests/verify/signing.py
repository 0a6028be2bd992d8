"""Keys, notes and trees for tests: written from the specifications alone, by nobody's code."""

from __future__ import annotations

from base64 import b64encode
from hashlib import sha256
from typing import NamedTuple

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey


class Signer(NamedTuple):
    """A private key with the name that it signs under."""

    name: str
    private: Ed25519PrivateKey

    @property
    def material(self) -> bytes:
        return b"\x01" + self.private.public_key().public_bytes_raw()

    @property
    def id(self) -> bytes:
        return sha256(self.name.encode() + b"\n" + self.material).digest()[:4]

    @property
    def vkey(self) -> str:
        return f"{self.name}+{self.id.hex()}+{b64encode(self.material).decode()}"

    def line(self, text: str) -> str:
        content = b64encode(self.id + self.private.sign(text.encode())).decode()
        return f"— {self.name} {content}\n"

    def note(self, text: str) -> str:
        return f"{text}\n{self.line(text)}"

    def checkpoint(self, leaves: list[bytes], *, origin: str | None = None) -> str:
        root = b64encode(tree_hash(leaves)).decode()
        return self.note(f"{origin or self.name}\n{len(leaves)}\n{root}\n")

    def endorse(self, other: Signer) -> str:
        return self.note(f"asgi-consent/key/v1\n{other.vkey}\n")

    def promise(self, leaf: bytes) -> bytes:
        message = b"asgi-consent/promise/v1\n" + self.name.encode() + b"\n" + leaf
        return self.id + self.private.sign(message)


def signer(name: str = "www.example.fr/consent", seed: int = 1) -> Signer:
    return Signer(name, Ed25519PrivateKey.from_private_bytes(bytes([seed]) * 32))


def leaf_of(data: bytes) -> bytes:
    return sha256(b"\x00" + data).digest()


def tree_hash(leaves: list[bytes]) -> bytes:
    """MTH of RFC 6962, section 2.1, word for word, over hashes of leaves."""
    if not leaves:
        return sha256().digest()
    if len(leaves) == 1:
        return leaves[0]
    half = 1 << (len(leaves) - 1).bit_length() - 1
    return sha256(b"\x01" + tree_hash(leaves[:half]) + tree_hash(leaves[half:])).digest()


def inclusion(index: int, leaves: list[bytes]) -> list[bytes]:
    """PATH of RFC 6962, section 2.1.1."""
    if len(leaves) == 1:
        return []
    half = 1 << (len(leaves) - 1).bit_length() - 1
    if index < half:
        return [*inclusion(index, leaves[:half]), tree_hash(leaves[half:])]
    return [*inclusion(index - half, leaves[half:]), tree_hash(leaves[:half])]


def consistency(first: int, leaves: list[bytes], whole: bool = True) -> list[bytes]:
    """SUBPROOF of RFC 6962, section 2.1.2."""
    if first == len(leaves):
        return [] if whole else [tree_hash(leaves)]
    half = 1 << (len(leaves) - 1).bit_length() - 1
    if first <= half:
        return [*consistency(first, leaves[:half], whole), tree_hash(leaves[half:])]
    return [*consistency(first - half, leaves[half:], False), tree_hash(leaves[:half])]


def frontier(leaves: list[bytes]) -> bytes:
    """The roots of the perfect subtrees, largest first."""
    if not leaves:
        return b""
    whole = 1 << len(leaves).bit_length() - 1
    return tree_hash(leaves[:whole]) + frontier(leaves[whole:])
