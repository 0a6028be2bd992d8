"""Dossiers that somebody has changed: from outside, or with the log's own key."""

from __future__ import annotations

import json
import zipfile
from base64 import b64encode
from collections.abc import Callable
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from consent.tree.keys import derived_seed
from consent.verify.dossier import verify_dossier
from consent.verify.notes import read_key
from consent.verify.report import Code, Report
from tests.dossier.world import NEXT_SECRET
from tests.verify.signing import Signer, signer

Files = dict[str, bytes]
SUMS, NOTE, INDEX = "SHA256SUMS", "SHA256SUMS.note", "dossier.json"
ORIGIN = "www.example.fr/consent"
OWN = Signer(ORIGIN, Ed25519PrivateKey.from_private_bytes(derived_seed(NEXT_SECRET)))
STRANGER = signer(ORIGIN, seed=9)


def unpacked(content: bytes) -> Files:
    with zipfile.ZipFile(BytesIO(content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def packed(files: Files) -> bytes:
    out = BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return out.getvalue()


def signed(files: Files, by: Signer = OWN) -> Files:
    """As if it had been made so."""
    rest = {name: content for name, content in files.items() if name not in (SUMS, NOTE)}
    sums = "".join(f"{sha256(rest[name]).hexdigest()}  {name}\n" for name in sorted(rest))
    made_at = json.loads(rest[INDEX])["made_at"]
    digest = sha256(sums.encode()).hexdigest()
    note = by.note(f"asgi-consent/dossier/v1\n{ORIGIN}\n{made_at}\n{digest}\n")
    return {**rest, SUMS: sums.encode(), NOTE: note.encode()}


def saying(files: Files, change: Callable[[dict[str, Any]], object]) -> Files:
    """With another ``dossier.json``, signed by the log."""
    said = json.loads(files[INDEX])
    change(said)
    return signed({**files, INDEX: json.dumps(said).encode()})


def report_on(content: bytes, folder: Path, *, pinned: bool = True) -> Report:
    path = folder / "dossier.zip"
    path.write_bytes(content)
    return verify_dossier(path, keys=[read_key(OWN.vkey)] if pinned else [])


def found_in(content: bytes, folder: Path, *, pinned: bool = True) -> set[Code]:
    """The findings, without what is only noted."""
    found = report_on(content, folder, pinned=pinned).found
    return {code for code in found if not code.is_note}


def encoded(content: bytes) -> str:
    return b64encode(content).decode()
