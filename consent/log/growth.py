"""What a batch of records adds to the tree."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from consent.tree.checkpoint import Checkpoint
from consent.tree.merkle import Frontier


class Growth:
    """Leaves and tiles, as rows, and how far the tree has come with them."""

    def __init__(self, frontier: Frontier, origin: str) -> None:
        """``frontier``: of the tree as it is; it grows, too."""
        self.before = Checkpoint(origin, frontier.size, frontier.root)
        """What the log has signed already, if it is not empty."""
        self.frontier = frontier
        self.leaves: list[dict[str, Any]] = []
        self.tiles: list[dict[str, Any]] = []

    def add(self, record_id: str, hash: bytes) -> None:
        """One leaf, and the tiles that it completes."""
        self.leaves.append({"idx": self.frontier.size, "record_id": record_id, "hash": hash})
        for full in self.frontier.append(hash):
            row = asdict(full)
            self.tiles.append({"idx": row.pop("index"), **row})
