"""Pictures of screens, and the note that says when they were taken; at a release, in a directory.

The note is signed by the key of the log: what was photographed before anybody saw it cannot be made
up later without it.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from consent.dossier.pictures import VIEWPORTS
from consent.errors import NoteRefused
from consent.tree import note as notes
from consent.tree.keys import Signer, VerifierKey

SCREEN = "asgi-consent/screen/v1"
LINES = re.compile(
    rf"{SCREEN}\n(?P<origin>[^\n]+)\n(?P<taken_at>[^\n]+)\n(?P<browser>[^\n]+)\n(?P<hash>[^\n]+)\n"
    r"(?P<pictures>(?:[^\n]+\n)+)"
)


@dataclass(frozen=True, slots=True)
class Taken:
    """The pictures of one screen."""

    taken_at: str
    browser: str
    pictures: Mapping[str, bytes]
    """By viewport."""
    note: str

    def put(self, place: Path, digest: str) -> None:
        """As files of a directory; the note comes last, so that what it names is there."""
        for name, content in self.pictures.items():
            (place / picture(digest, name)).write_bytes(content)
        (place / f"{digest}.note").write_text(self.note, "utf-8")


def picture(digest: str, viewport: str) -> str:
    """The name of a file."""
    return f"{digest}-{viewport}.png"


def taken(
    digest: str, pictures: Mapping[str, bytes], *, taken_at: str, browser: str, signer: Signer
) -> Taken:
    """Pictures of the screen with this hash, signed."""
    lines = [SCREEN, signer.key.name, taken_at, browser, digest, *_named(pictures)]
    text = "".join(f"{line}\n" for line in lines)
    return Taken(taken_at, browser, pictures, str(notes.sign(text, signer)))


def kept(place: Path, digest: str, keys: Collection[VerifierKey]) -> Taken | None:
    """What a directory has of a screen; none where it is not whole, or not signed by the log.

    Raises:
        OSError: it cannot be read.
    """
    try:
        content = (place / f"{digest}.note").read_text("utf-8")
        pictures = {name: (place / picture(digest, name)).read_bytes() for name in VIEWPORTS}
        note = notes.parse(content)
        note.signers(keys)
    except (FileNotFoundError, ValueError, NoteRefused):
        return None
    found = LINES.fullmatch(note.text)
    if not found or found["hash"] != digest or found["pictures"].splitlines() != _named(pictures):
        return None
    return Taken(found["taken_at"], found["browser"], pictures, content)


def _named(pictures: Mapping[str, bytes]) -> list[str]:
    return [
        f"{sha256(content).hexdigest()}  {name} {VIEWPORTS[name].width}x{VIEWPORTS[name].height}"
        for name, content in pictures.items()
    ]
