"""The Merkle tree of RFC 6962 (section 2.1), grown leaf by leaf from its right edge."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass

HASH_BYTES = 32
TILE_HEIGHT = 8
"""A tile is a perfect subtree over 256 leaves, or over 256 tiles (c2sp.org/tlog-tiles)."""


@dataclass(frozen=True, slots=True)
class Tile:
    """The root of a tile: stored, it stands for the 256 hashes below it."""

    level: int
    """1 over 256 leaves, 2 over 65,536 and so on; 0 is a leaf."""
    index: int
    """The how-manieth of its level, from 0."""
    hash: bytes


def leaf_hash(data: bytes) -> bytes:
    """The hash of one leaf; the prefix keeps it from being taken for a node (RFC 6962 2.1)."""
    return hashlib.sha256(b"\x00" + data).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """The hash of the node above two hashes."""
    return hashlib.sha256(b"\x01" + left + right).digest()


def root_over(roots: Iterable[bytes]) -> bytes:
    """The root over perfect subtrees side by side, the largest first; over none, the empty tree's.

    Subtrees of one size may stand beside each other where they are the only ones.
    """
    *rest, root = (*roots,) or (hashlib.sha256(b"").digest(),)
    for left in reversed(rest):
        root = node_hash(left, root)
    return root


class Frontier:
    """What has to be known of a tree to append to it: one root for each bit set in its size."""

    __slots__ = ("_roots", "size")

    def __init__(self, size: int = 0, content: bytes = b"") -> None:
        """An empty tree, or the one that ``bytes(frontier)`` was taken from.

        Args:
            size: leaves in the tree.
            content: the roots of its perfect subtrees, 32 bytes each, the largest first.

        Raises:
            ValueError: these bytes are not of a tree of this size.
        """
        if size < 0 or len(content) != size.bit_count() * HASH_BYTES:
            raise ValueError(f"{len(content)} bytes are no frontier of a tree of size {size}")
        self.size = size
        self._roots = [content[at : at + HASH_BYTES] for at in range(0, len(content), HASH_BYTES)]

    def append(self, leaf: bytes) -> tuple[Tile, ...]:
        """Add the hash of a leaf.

        Returns:
            The tiles that it completed: none, or one of each level from 1 upwards.
        """
        tiles = []
        height, index = 0, self.size
        while index & 1:
            leaf = node_hash(self._roots.pop(), leaf)
            height, index = height + 1, index >> 1
            if height % TILE_HEIGHT == 0:
                tiles.append(Tile(height // TILE_HEIGHT, index, leaf))
        self._roots.append(leaf)
        self.size += 1
        return tuple(tiles)

    @property
    def root(self) -> bytes:
        """The Merkle tree hash, 32 bytes."""
        return root_over(self._roots)

    def __bytes__(self) -> bytes:
        return b"".join(self._roots)
