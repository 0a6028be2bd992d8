"""Inclusion and consistency proofs (RFC 6962 2.1.1 and 2.1.2), from stored leaves and tiles.

A proof is planned first, so that whoever keeps the hashes reads all of them at once. At a million
leaves it takes at most 40 spans and some 2,000 hashes; from leaves alone, without tiles, a million.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import NamedTuple

from consent.tree.merkle import TILE_HEIGHT, node_hash, root_over


class Span(NamedTuple):
    """Hashes side by side: of leaves (level 0) or of tiles (level 1 and up)."""

    level: int
    start: int
    stop: int


class Subtree(NamedTuple):
    """The leaves from ``start`` to before ``stop``, one node of the tree above them."""

    start: int
    stop: int


Read = Callable[[Span], Sequence[bytes]]


def inclusion(index: int, size: int) -> list[Subtree]:
    """The nodes that prove leaf ``index`` to be in a tree of ``size``, from the leaf upwards.

    Raises:
        ValueError: there is no such leaf.
    """
    if not 0 <= index < size:
        raise ValueError(f"there is no leaf {index} in a tree of size {size}")
    nodes = []
    start, stop = 0, size
    while stop - start > 1:
        middle = start + _left(stop - start)
        if index < middle:
            nodes.append(Subtree(middle, stop))
            stop = middle
        else:
            nodes.append(Subtree(start, middle))
            start = middle
    return nodes[::-1]


def consistency(old: int, size: int) -> list[Subtree]:
    """The nodes that prove a tree of ``size`` to begin with the whole tree of ``old`` leaves.

    None where there is nothing to prove: an empty tree, or the same one.

    Raises:
        ValueError: the old tree is larger.
    """
    if not 0 <= old <= size:
        raise ValueError(f"a tree of size {size} cannot begin with {old} leaves")
    if old in (0, size):
        return []
    nodes = []
    start, stop = 0, size
    while stop != old:
        middle = start + _left(stop - start)
        if old <= middle:
            nodes.append(Subtree(middle, stop))
            stop = middle
        else:
            nodes.append(Subtree(start, middle))
            start = middle
    # A node that begins at 0 is the old tree itself, whose root the verifier has.
    return [*([Subtree(start, stop)] if start else []), *reversed(nodes)]


def spans(subtree: Subtree) -> Iterator[Span]:
    """What has to be read for the root of a subtree: its perfect parts, the largest first."""
    start, stop = subtree
    while start < stop:
        height = (stop - start).bit_length() - 1
        level = height // TILE_HEIGHT
        unit = level * TILE_HEIGHT
        yield Span(level, start >> unit, (start + (1 << height)) >> unit)
        start += 1 << height


def hashes(proof: Iterable[Subtree], read: Read) -> list[bytes]:
    """The roots of the subtrees, 32 bytes each: the proof as it is written and sent."""
    return [root_over(_perfect_root(read(span)) for span in spans(subtree)) for subtree in proof]


def root_by_inclusion(leaf: bytes, index: int, size: int, proof: Sequence[bytes]) -> bytes | None:
    """The root that a proof leads to from a leaf's hash, or ``None`` if it is not of that shape.

    After RFC 9162 2.1.3.2.
    """
    if not 0 <= index < size:
        return None
    node, last, root = index, size - 1, leaf
    for sibling in proof:
        if last == 0:
            return None
        if node & 1 or node == last:
            root = node_hash(sibling, root)
            while not node & 1 and node:
                node, last = node >> 1, last >> 1
        else:
            root = node_hash(root, sibling)
        node, last = node >> 1, last >> 1
    return root if last == 0 else None


def is_consistent(
    old: int, old_root: bytes, size: int, root: bytes, proof: Sequence[bytes]
) -> bool:
    """Whether a proof shows that the tree of ``size`` begins with that of ``old``.

    After RFC 9162 2.1.4.2; that everything begins with the empty tree needs no proof.
    """
    if old == size:
        return not proof and old_root == root
    if not 0 < old < size:
        return old == 0 and not proof and old_root == root_over(())
    rest = [*([old_root] if old & (old - 1) == 0 else []), *proof]
    if not rest:
        return False
    node, last = old - 1, size - 1
    while node & 1:
        node, last = node >> 1, last >> 1
    before = after = rest[0]
    for each in rest[1:]:
        if last == 0:
            return False
        if node & 1 or node == last:
            before, after = node_hash(each, before), node_hash(each, after)
            while not node & 1 and node:
                node, last = node >> 1, last >> 1
        else:
            after = node_hash(after, each)
        node, last = node >> 1, last >> 1
    return last == 0 and before == old_root and after == root


def _left(size: int) -> int:
    """The leaves left of the root: the largest power of two below the size."""
    return 1 << ((size - 1).bit_length() - 1)


def _perfect_root(row: Sequence[bytes]) -> bytes:
    while len(row) > 1:
        row = [node_hash(*pair) for pair in zip(row[::2], row[1::2], strict=True)]
    return row[0]
