"""What a terminal is shown."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from tabulate import tabulate


def harmless(text: str) -> str:
    """What a database or a file holds must not be able to steer a terminal: neither by control
    characters nor by those that turn the order of the others."""
    return text if text.isprintable() else ascii(text)


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Aligned columns, ``harmless``."""
    cells = [[harmless(cell) for cell in row] for row in rows]
    numbers = (all(map(str.isdigit, column)) for column in zip(*cells, strict=True))
    sides = ["right" if are else "left" for are in numbers]
    return tabulate(
        cells, headers=head, tablefmt="plain", disable_numparse=True, colalign=sides or None
    )
