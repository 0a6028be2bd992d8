"""Which records are shown with their proofs: drawn by a root that nobody can choose."""

from __future__ import annotations

from hashlib import sha256

from consent.tree.base64 import encoded


def drawn(root: bytes, first: int, stop: int, most: int) -> list[int]:
    """Different leaves from ``first`` to before ``stop``, ``most`` of them or all, in order.

    The root is known only once all records are in the tree; who would have it draw others has to
    add records, and see what comes out.
    """
    if stop - first <= most:
        return list(range(first, stop))
    found: set[int] = set()
    number = 0
    while len(found) < most:
        seed = f"asgi-consent/sample/v1\n{encoded(root)}\n{number}\n".encode()
        found.add(first + int.from_bytes(sha256(seed).digest()) % (stop - first))
        number += 1
    return sorted(found)
