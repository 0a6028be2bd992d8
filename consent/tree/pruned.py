"""What a log signs of each pruning, so that what is gone is told from what was taken away."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256

from consent.tree import note as notes
from consent.tree.keys import Signer

KIND = "asgi-consent/pruned/v1"


@dataclass(frozen=True, slots=True)
class Pruned:
    """One pruning: which leaves have lost their records, when, and what was to be kept."""

    origin: str
    """Which log."""
    first: int
    end: int
    """The first leaf that still has its record."""
    before: datetime
    """What went was made earlier."""
    at: datetime
    kept: tuple[int, int] | None
    """Years, and months of a choice before them; none where who pruned did not say."""
    after: str | None
    """The note of the pruning before this one, which is vouched for with it."""

    def __str__(self) -> str:
        years, months = self.kept or (0, 0)
        before = sha256(self.after.encode()).hexdigest() if self.after else "-"
        return (
            f"{KIND}\n{self.origin}\nleaves {self.first} {self.end}\n"
            f"before {_moment(self.before)}\nat {_moment(self.at)}\n"
            f"kept {years} {months}\nafter {before}\n"
        )


def signed(pruned: Pruned, signer: Signer) -> str:
    """The note that is kept.

    Raises:
        NoteRefused: the origin cannot stand in one.
    """
    return str(notes.sign(str(pruned), signer))


def _moment(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
