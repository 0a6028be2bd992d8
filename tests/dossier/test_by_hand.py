"""What docs/dossier.md tells a stranger to do is run, word for word."""

from __future__ import annotations

import re
import shutil
import subprocess
import zipfile
from io import BytesIO
from pathlib import Path

import pytest

from tests.dossier.tampered import OWN
from tests.verify.signing import leaf_of

PAGE = (Path(__file__).parents[2] / "docs" / "dossier.md").read_text("utf-8")
BLOCKS = re.findall(r"```sh\n(.*?)```", PAGE.partition("## By hand")[2], re.S)
NEEDED = ("bash", "jq", "openssl", "sha256sum")
LEAF = 12

pytestmark = pytest.mark.skipif(
    not all(map(shutil.which, NEEDED)), reason=f"needs {', '.join(NEEDED)}"
)


def run(folder: Path) -> subprocess.CompletedProcess[str]:
    script = "".join(BLOCKS).replace("proofs/4711", f"proofs/{LEAF}")
    script = re.sub(r'VKEY=".*?"', f'VKEY="{OWN.vkey}"', script)
    command = ["bash", "-euo", "pipefail", "-c", script]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True)


@pytest.fixture
def folder(complete: bytes, tmp_path: Path) -> Path:
    with zipfile.ZipFile(BytesIO(complete)) as archive:
        archive.extractall(tmp_path)
    return tmp_path


def test_a_dossier_can_be_checked_with_common_tools(folder: Path) -> None:
    done = run(folder)
    assert (done.returncode, done.stderr) == (0, "")
    verified, signed, sums, leaf = done.stdout.splitlines()
    assert verified == "Signature Verified Successfully"
    assert sums.split() == [signed, "SHA256SUMS"]
    assert leaf.split()[0] == leaf_of((folder / "record.json").read_bytes()).hex()


def test_what_was_changed_is_seen(folder: Path) -> None:
    (folder / "report.html").write_text("another")
    assert run(folder).returncode


def test_what_was_added_is_seen(folder: Path) -> None:
    (folder / "more.txt").write_text("more")
    assert run(folder).returncode
