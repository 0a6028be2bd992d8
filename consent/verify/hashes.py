"""The Merkle tree of RFC 6962 (section 2.1), as a verifier has to compute it."""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import sha256
from typing import NamedTuple

HASH_BYTES = 32


def leaf_hash(data: bytes) -> bytes:
    """SHA-256(0x00 ‖ data)."""
    return sha256(b"\x00" + data).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """SHA-256(0x01 ‖ left ‖ right)."""
    return sha256(b"\x01" + left + right).digest()


class Tile(NamedTuple):
    """The root of a perfect subtree of 256 leaves (level 1), 65,536 (level 2) and so on."""

    level: int
    number: int
    """From 0, on its level."""
    hash: bytes


class Edge:
    """The right edge of a growing tree: the roots of its perfect subtrees, largest first.

    One for every bit that is set in the size, so a billion leaves need thirty of them.
    """

    def __init__(self) -> None:
        self.size = 0
        self.tiles: list[Tile] = []
        """Those that the last leaves completed; to be taken away by whoever looks at them."""
        self._roots: list[bytes] = []

    def append(self, leaf: bytes) -> None:
        """One more leaf, by its hash: each trailing 1 of the size is a subtree that gets full."""
        index, height = self.size, 0
        while index & 1:
            leaf = sha256(b"\x01" + self._roots.pop() + leaf).digest()
            index >>= 1
            height += 1
            if not height & 7:
                self.tiles.append(Tile(height >> 3, index, leaf))
        self._roots.append(leaf)
        self.size += 1

    def root(self) -> bytes:
        """Of the whole tree; of none, the hash of nothing."""
        if not self._roots:
            return sha256().digest()
        *larger, root = self._roots
        for left in reversed(larger):
            root = node_hash(left, root)
        return root

    def packed(self) -> bytes:
        """As the log keeps it: the roots, one after the other."""
        return b"".join(self._roots)


def is_included(leaf: bytes, *, index: int, size: int, path: Sequence[bytes], root: bytes) -> bool:
    """Do leaf and path give this root (RFC 9162, section 2.1.3.2)?"""
    if not 0 <= index < size:
        return False
    at, last, found = index, size - 1, leaf
    for beside in path:
        if not last:
            return False
        if at & 1 or at == last:
            found = node_hash(beside, found)
            # A subtree without a right sibling rises until it has a left one.
            while not at & 1 and at:
                at, last = at >> 1, last >> 1
        else:
            found = node_hash(found, beside)
        at, last = at >> 1, last >> 1
    return not last and found == root


def is_consistent(
    first: int, first_root: bytes, second: int, second_root: bytes, path: Sequence[bytes]
) -> bool:
    """Is the smaller tree the beginning of the larger one (RFC 9162, section 2.1.4.2)?"""
    if first == second:
        return not path and first_root == second_root
    if not 0 < first < second or not path:
        return False
    # Where the smaller tree is one perfect subtree, its root is not sent along.
    start, *rest = path if first & (first - 1) else (first_root, *path)
    at, last = first - 1, second - 1
    while at & 1:
        at, last = at >> 1, last >> 1
    old = new = start
    for beside in rest:
        if not last:
            return False
        if at & 1 or at == last:
            old, new = node_hash(beside, old), node_hash(beside, new)
            while not at & 1 and at:
                at, last = at >> 1, last >> 1
        else:
            new = node_hash(new, beside)
        at, last = at >> 1, last >> 1
    return not last and old == first_root and new == second_root
