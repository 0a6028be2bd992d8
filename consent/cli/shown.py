"""What a terminal is shown."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from tabulate import tabulate


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Aligned columns; what a database holds must not be able to steer a terminal."""
    harmless = [[cell if cell.isprintable() else ascii(cell) for cell in row] for row in rows]
    numbers = (all(map(str.isdigit, column)) for column in zip(*harmless, strict=True))
    sides = ["right" if are else "left" for are in numbers]
    return tabulate(
        harmless, headers=head, tablefmt="plain", disable_numparse=True, colalign=sides or None
    )
