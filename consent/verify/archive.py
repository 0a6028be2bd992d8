"""A ZIP file from somebody who may not mean well: what is in it, and nothing besides."""

from __future__ import annotations

import re
import struct
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from os import SEEK_END
from pathlib import Path
from typing import BinaryIO
from zlib import error as ZlibError

FIRST = b"PK\x03\x04"
MOST = 250_000
"""Files."""
LARGEST = 64 << 20
"""Bytes of one file; a screenshot has some hundred thousand."""
LARGEST_TOTAL = 8 << 30
"""Bytes of all files."""
PIECE = 1 << 20
NAME = re.compile(r"[A-Za-z0-9_-][A-Za-z0-9._-]*(?:/[A-Za-z0-9_-][A-Za-z0-9._-]*)?").fullmatch
"""A file, or one in a folder: no way up, no drive, no hidden file."""
LOCAL = struct.Struct("<4s5H3I2H")
"""What stands before each file (APPNOTE 4.3.7)."""
END = struct.Struct("<4s4H2IH")
"""What stands at the end of the file, where it has no comment (4.3.16)."""
END_64 = struct.Struct("<4sQ2H2I4Q")
"""The same, 20 bytes before that, where there are more files than 65,535 (4.3.14)."""
LARGEST_DIRECTORY = MOST << 7
"""Bytes."""
OFFSET_64 = b"\x01\x00"
"""Of what may stand beside a name, only where a file begins past 4 GiB (4.5.3)."""
REGULAR = 0o100000
METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)


class Archive:
    """Its files by name; refused whole where different readers could see different things.

    Every method raises ``ValueError`` where the file is not what it says.
    """

    def __init__(self, archive: zipfile.ZipFile, file: BinaryIO) -> None:
        self._archive = archive
        self._entries = {info.filename: info for info in archive.infolist()}
        if len(self._entries) < len(archive.infolist()):
            raise ValueError("a name is there twice")
        if len(self._entries) > MOST:
            raise ValueError(f"more than {MOST} files")
        for info in archive.infolist():
            _check(info)
        if sum(info.file_size for info in archive.infolist()) > LARGEST_TOTAL:
            raise ValueError(f"unpacks to more than {LARGEST_TOTAL} bytes")
        _check_gaps(archive, file)

    @property
    def names(self) -> frozenset[str]:
        """All of them."""
        return frozenset(self._entries)

    def digest(self, name: str) -> str:
        """SHA-256, in hexadecimal."""
        found = sha256()
        with _told(name), self._archive.open(name) as file:
            while piece := file.read(PIECE):
                found.update(piece)
        return found.hexdigest()

    def read(self, name: str) -> bytes:
        """The whole file."""
        with _told(name):
            return self._archive.read(name)


@contextmanager
def opened(path: Path) -> Iterator[Archive]:
    """The files in a ZIP file.

    Raises:
        OSError: it cannot be read.
        ValueError: it is none, or none that is safe to look into.
    """
    with path.open("rb") as file:
        _check_directory(file)
        try:
            archive = zipfile.ZipFile(file)
        except (zipfile.BadZipFile, NotImplementedError, struct.error) as error:
            raise ValueError(f"not whole: {error}") from error
        with archive:
            yield Archive(archive, file)


@contextmanager
def _told(name: str) -> Iterator[None]:
    try:
        yield
    except (zipfile.BadZipFile, KeyError, EOFError, ZlibError, NotImplementedError) as error:
        raise ValueError(f"{name}: {error}") from error


def _check_directory(file: BinaryIO) -> None:
    """The library reads all of it before anybody can ask how much it is."""
    end = file.seek(0, SEEK_END)
    file.seek(max(0, end - END.size - 20 - END_64.size))
    tail = file.read()
    if tail[-END.size :][:4] != b"PK\x05\x06":
        raise ValueError("not whole, or there is something after its files")
    sizes = [END.unpack(tail[-END.size :])[5]]
    if len(tail) == END.size + 20 + END_64.size and tail.startswith(b"PK\x06\x06"):
        sizes.append(END_64.unpack(tail[: END_64.size])[8])
    if max(sizes) > LARGEST_DIRECTORY:
        raise ValueError(f"more than {MOST} files")


def _check(info: zipfile.ZipInfo) -> None:
    # As it is written there: the library cuts names at a zero byte.
    if not NAME(info.orig_filename):
        raise ValueError(f"a name that is not allowed: {info.orig_filename!r:.80}")
    if info.flag_bits & ~0x800 or info.compress_type not in METHODS:
        raise ValueError(f"{info.filename}: packed in a way that is not allowed")
    if info.extra and not info.extra.startswith(OFFSET_64):
        # Another name, for readers that know how to find it there.
        raise ValueError(f"{info.filename}: something stands beside its name")
    if info.external_attr >> 16 & 0o170000 not in (0, REGULAR):
        raise ValueError(f"{info.filename}: not a regular file")
    if info.file_size > LARGEST:
        raise ValueError(f"{info.filename}: larger than {LARGEST} bytes")


def _check_gaps(archive: zipfile.ZipFile, file: BinaryIO) -> None:
    """Files follow each other from the first byte on: nothing is hidden between them."""
    position = 0
    for info in sorted(archive.infolist(), key=lambda info: info.header_offset):
        file.seek(info.header_offset)
        header = file.read(LOCAL.size)
        if info.header_offset != position or len(header) < LOCAL.size:
            raise ValueError("there is something between its files")
        *_, name, extra = LOCAL.unpack(header)
        if extra:
            raise ValueError("something stands beside the name of a file")
        position += LOCAL.size + name + extra + info.compress_size
    if position != archive.start_dir or archive.comment:
        raise ValueError("there is something after its files")
