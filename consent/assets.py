"""Where static files and templates are, and addresses that change with a file's content."""

from __future__ import annotations

from copy import copy
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from pathlib import Path

HERE = Path(__file__).parent

FOLDERS = {
    "static": (HERE / "_static", HERE.parent / "static" / "dist"),
    "templates": (HERE / "_templates", HERE.parent / "templates"),
}
"""Per name: where the wheel has it, and where a checkout has it."""

TYPES = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".map": "application/json",
    ".png": "image/png",
    ".svg": "image/svg+xml",
    ".woff2": "font/woff2",
}
"""What is served; a file of another kind in the folder is not."""

HASH_LENGTH = 16
"""Hexadecimal characters of the content's SHA-256 in an address."""

ROUTE = "assets/"


@dataclass(frozen=True, slots=True)
class Asset:
    """One file, whole: there are few, and they are small."""

    address: str
    """Below the prefix of our paths: ``assets/consent.0123456789abcdef.js``."""
    body: bytes
    media_type: str


class Assets:
    """The static files of one folder, read once.

    A file is found in a table, never by its path, so no address leads out of the folder.
    """

    def __init__(self, folder: Path) -> None:
        files = [path for path in sorted(folder.iterdir()) if path.suffix in TYPES]
        self._index({path.name: _asset(path.name, path.read_bytes()) for path in files})

    def _index(self, by_name: dict[str, Asset]) -> None:
        self._by_name = by_name
        self._by_address = {asset.address: asset for asset in self._by_name.values()}

    def address(self, name: str) -> str:
        """The address of a file, below the prefix of our paths.

        Raises:
            KeyError: there is no such file: the package is broken, or the name misspelt.
        """
        return self._by_name[name].address

    def body(self, name: str) -> bytes:
        """The content of a file.

        Raises:
            KeyError: there is no such file.
        """
        return self._by_name[name].body

    def replacing(self, name: str, body: bytes) -> Assets:
        """The same files, but for one that is made for a site: its address tells it apart."""
        made = copy(self)
        made._index({**self._by_name, name: _asset(name, body)})
        return made

    def keep(self, others: Assets) -> None:
        """Find also the files of other assets."""
        self._by_address = {**others._by_address, **self._by_address}

    def find(self, address: str) -> Asset | None:
        """The file at an address, if its content is still the one that the address names."""
        return self._by_address.get(address)


def folder(name: str) -> Path:
    """Where ``static`` or ``templates`` are: inside the wheel, else in the checkout beside it.

    Raises:
        FileNotFoundError: in neither.
    """
    for place in FOLDERS[name]:
        if place.is_dir():
            return place
    raise FileNotFoundError(f"{name}: neither in the package nor beside it")


@cache
def shipped() -> Assets:
    """The static files that come with the package."""
    return Assets(folder("static"))


def url(prefix: str, name: str) -> str:
    """The address of a static file of the package, as a page names it.

    Raises:
        KeyError: there is no such file.
    """
    return f"{prefix}/{shipped().address(name)}"


def _asset(name: str, body: bytes) -> Asset:
    stem, _, suffix = name.rpartition(".")
    digest = sha256(body).hexdigest()[:HASH_LENGTH]
    return Asset(f"{ROUTE}{stem}.{digest}.{suffix}", body, TYPES[f".{suffix}"])
