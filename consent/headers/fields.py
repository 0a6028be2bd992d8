"""The header fields of one message as a list that can be edited: order and repetition kept."""

from __future__ import annotations

from collections.abc import Collection, Iterable

Pair = tuple[bytes, bytes]


class Fields:
    """A copy: the list that the site sent may be shared between responses, so it never changes."""

    def __init__(self, pairs: Iterable[tuple[bytes, bytes]]) -> None:
        self.pairs: list[Pair] = [(name.lower(), value) for name, value in pairs]

    def all(self, name: bytes) -> list[bytes]:
        """Every value of the field, in order."""
        return [value for known, value in self.pairs if known == name]

    def first(self, name: bytes) -> bytes | None:
        """The field's first value."""
        return next(iter(self.all(name)), None)

    def drop(self, names: Collection[bytes]) -> None:
        """Take out every field of these names."""
        if names:
            self.pairs = [pair for pair in self.pairs if pair[0] not in names]

    def put(self, name: bytes, *values: bytes) -> None:
        """Replace every value of the field by these; none takes it out."""
        at = next((i for i, pair in enumerate(self.pairs) if pair[0] == name), len(self.pairs))
        kept = [pair for pair in self.pairs if pair[0] != name]
        kept[at:at] = [(name, value) for value in values]
        self.pairs = kept
