"""The tree as RFC 6962 (section 2.1) defines it: by recursion over all leaves, nothing kept.

Written from the definitions alone, so that a mistake in the one is not one in the other.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence


def split(size: int) -> int:
    """The largest power of two smaller than ``size``."""
    power = 1
    while power * 2 < size:
        power *= 2
    return power


def tree_hash(leaves: Sequence[bytes]) -> bytes:
    """``MTH(D[n])`` over the data of the leaves."""
    if not leaves:
        return hashlib.sha256().digest()
    if len(leaves) == 1:
        return hashlib.sha256(b"\x00" + leaves[0]).digest()
    at = split(len(leaves))
    return hashlib.sha256(b"\x01" + tree_hash(leaves[:at]) + tree_hash(leaves[at:])).digest()


def path(index: int, leaves: Sequence[bytes]) -> list[bytes]:
    """``PATH(m, D[n])``."""
    if len(leaves) == 1:
        return []
    at = split(len(leaves))
    if index < at:
        return [*path(index, leaves[:at]), tree_hash(leaves[at:])]
    return [*path(index - at, leaves[at:]), tree_hash(leaves[:at])]


def proof(old: int, leaves: Sequence[bytes]) -> list[bytes]:
    """``PROOF(m, D[n])``."""
    return subproof(old, leaves, known=True)


def subproof(old: int, leaves: Sequence[bytes], *, known: bool) -> list[bytes]:
    """``SUBPROOF(m, D[n], b)``."""
    if old == len(leaves):
        return [] if known else [tree_hash(leaves)]
    at = split(len(leaves))
    if old <= at:
        return [*subproof(old, leaves[:at], known=known), tree_hash(leaves[at:])]
    return [*subproof(old - at, leaves[at:], known=False), tree_hash(leaves[:at])]
