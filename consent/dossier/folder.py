"""Where the files of a dossier are put together, and how they become one file."""

from __future__ import annotations

import os
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import file_digest, sha256
from pathlib import Path
from shutil import copyfileobj
from tempfile import TemporaryDirectory

from consent.tree import note as notes
from consent.tree.keys import Signer

SUMS = "SHA256SUMS"
NOTE = "SHA256SUMS.note"
SEALED = "asgi-consent/dossier/v1"
EPOCH = (1980, 1, 1, 0, 0, 0)
"""The first time that a ZIP file knows: when its files were written is in them."""
UNIX = 3
PIECE = 1 << 20


class Folder:
    """On the disk and not in memory, for as long as it takes."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def put(self, name: str, content: bytes | str) -> str:
        """Give its name again."""
        place = self.path / name
        place.parent.mkdir(exist_ok=True)
        place.write_bytes(content.encode() if isinstance(content, str) else content)
        return name

    def read(self, name: str) -> bytes:
        """What was put there."""
        return (self.path / name).read_bytes()

    def names(self) -> list[str]:
        """In the order of their bytes."""
        found = (path for path in self.path.rglob("*") if path.is_file())
        return sorted(str(path.relative_to(self.path).as_posix()) for path in found)

    def seal(self, signer: Signer, made_at: str) -> None:
        """Name every file with its hash, and sign that: nothing can be added or changed."""
        sums = "".join(f"{self._digest(name)}  {name}\n" for name in self.names())
        digest = sha256(sums.encode()).hexdigest()
        self.put(SUMS, sums)
        text = f"{SEALED}\n{signer.key.name}\n{made_at}\n{digest}\n"
        self.put(NOTE, str(notes.sign(text, signer)))

    def pack(self, out: Path) -> None:
        """The same bytes for the same files."""
        with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
            for name in self.names():
                info = zipfile.ZipInfo(name, EPOCH)
                info.compress_type, info.create_system = zipfile.ZIP_DEFLATED, UNIX
                info.external_attr = 0o100644 << 16
                # Known before it is written, so that nothing has to be said after it.
                info.file_size = (self.path / name).stat().st_size
                with (self.path / name).open("rb") as file, archive.open(info, "w") as entry:
                    copyfileobj(file, entry, PIECE)

    def _digest(self, name: str) -> str:
        with (self.path / name).open("rb") as file:
            return file_digest(file, "sha256").hexdigest()


@contextmanager
def made(out: Path) -> Iterator[Folder]:
    """A folder that becomes the file ``out``, which is there whole or not at all.

    Raises:
        OSError: it cannot be written.
    """
    with TemporaryDirectory(prefix="consent-dossier-") as place:
        folder = Folder(Path(place))
        yield folder
        unfinished = out.with_name(f"{out.name}.part")
        unfinished.unlink(missing_ok=True)
        try:
            # For its owner to hand on.
            os.close(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
            folder.pack(unfinished)
            unfinished.replace(out)
        finally:
            unfinished.unlink(missing_ok=True)
