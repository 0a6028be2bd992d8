"""ZIP files by somebody who does not mean well are refused before anything in them is read."""

from __future__ import annotations

import struct
import warnings
import zipfile
from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import pytest

from consent.errors import LogUnreadable
from consent.verify import archive
from consent.verify.dossier import is_dossier, verify_dossier
from consent.verify.report import Code
from tests.dossier.tampered import report_on, unpacked


def rewritten(content: bytes, change: Callable[[zipfile.ZipFile], object]) -> bytes:
    """With something added to it."""
    out = BytesIO(content)
    with warnings.catch_warnings(), zipfile.ZipFile(out, "a", zipfile.ZIP_DEFLATED) as file:
        warnings.simplefilter("ignore")
        change(file)
    return out.getvalue()


def link() -> zipfile.ZipInfo:
    info = zipfile.ZipInfo("link")
    info.create_system, info.external_attr = 3, 0o120777 << 16
    return info


def encrypted(content: bytes) -> bytes:
    """By its flags, in the list of files."""
    at = content.index(b"PK\x01\x02")
    return content[: at + 8] + b"\x01" + content[at + 9 :]


def between(content: bytes) -> bytes:
    """Something that is in no list: the list of files begins later."""
    start = struct.unpack("<I", content[-6:-2])[0]
    hidden = b"hidden"
    return (
        content[:start]
        + hidden
        + content[start:-6]
        + struct.pack("<I", start + len(hidden))
        + b"\0\0"
    )


def flipped(content: bytes) -> bytes:
    """A byte in the middle of the first file."""
    return content[:200] + bytes([content[200] ^ 1]) + content[201:]


ATTACKS: dict[str, Callable[[bytes], bytes]] = {
    "a name is there twice": lambda file: rewritten(
        file, lambda zip: zip.writestr("report.html", "another")
    ),
    "a list of files that is none": lambda file: file.replace(b"PK\x01\x02", b"PK\x01\x03", 1),
    "a way up": lambda file: rewritten(file, lambda zip: zip.writestr("../escaped", "")),
    "a way from the root": lambda file: rewritten(file, lambda zip: zip.writestr("/escaped", "")),
    "a drive": lambda file: rewritten(file, lambda zip: zip.writestr("C:/escaped", "")),
    "a hidden file": lambda file: rewritten(file, lambda zip: zip.writestr(".hidden", "")),
    "a folder": lambda file: rewritten(file, lambda zip: zip.writestr("folder/", "")),
    "a folder in a folder": lambda file: rewritten(file, lambda zip: zip.writestr("a/b/c", "")),
    "a name that ends twice": lambda file: file.replace(b"SHA256SUMS.note", b"SHA256SUMS\0note"),
    "a link": lambda file: rewritten(file, lambda zip: zip.writestr(link(), "/etc/passwd")),
    "another packing": lambda file: rewritten(
        file, lambda zip: zip.writestr("more", "more", zipfile.ZIP_BZIP2)
    ),
    "a comment": lambda file: rewritten(file, lambda zip: setattr(zip, "comment", b"more")),
    "encrypted": encrypted,
    "something before it": lambda file: b"PK\x03\x04" + file,
    "something between its files": between,
    "a byte flipped": flipped,
    "the end cut off": lambda file: file[:-1],
    "half of it": lambda file: file[: len(file) // 2],
    "only its beginning": lambda file: file[:4],
}


@pytest.mark.parametrize("how", ATTACKS)
def test_what_is_not_plainly_packed_does_not_hold(
    how: str, untouched: bytes, tmp_path: Path
) -> None:
    report = report_on(ATTACKS[how](untouched), tmp_path)
    assert Code.ARCHIVE in report.found, how


@pytest.mark.parametrize("limit", ["MOST", "LARGEST", "LARGEST_TOTAL"])
def test_what_would_fill_the_disk_is_not_unpacked(
    limit: str, untouched: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(archive, limit, 10)
    assert report_on(untouched, tmp_path).found == {Code.ARCHIVE: 1}


def test_without_its_index_it_is_no_dossier(untouched: bytes, tmp_path: Path) -> None:
    out = BytesIO()
    with zipfile.ZipFile(out, "w") as file:
        for name, content in unpacked(untouched).items():
            if name != "dossier.json":
                file.writestr(name, content)
    assert report_on(out.getvalue(), tmp_path).found == {Code.ARCHIVE: 1}


def test_a_name_that_stands_twice_in_the_index_is_refused(tmp_path: Path) -> None:
    out = BytesIO()
    with zipfile.ZipFile(out, "w") as file:
        file.writestr("dossier.json", '{"form":1,"form":1,"origin":"www.example.fr/consent"}')
    assert report_on(out.getvalue(), tmp_path).found == {Code.ARCHIVE: 1}


def test_what_is_not_there_cannot_be_read(tmp_path: Path) -> None:
    assert not is_dossier(tmp_path / "none.zip")
    with pytest.raises(LogUnreadable):
        verify_dossier(tmp_path / "none.zip")
