"""Files from somebody who means harm to whoever looks at them: refused, soon and in words."""

from __future__ import annotations

import json
import struct
import zipfile
from base64 import b64encode
from collections.abc import Callable, Iterator
from contextlib import closing
from io import BytesIO
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from consent.cli import main
from consent.errors import LogUnreadable
from consent.verify import archive, database
from consent.verify.database import SqliteDatabase
from tests.verify.built import Built, changing
from tests.verify.found import report_on

OWN = Built().signers[-1]
ORIGIN = OWN.name
ROOT = b64encode(bytes(32)).decode()
DEEP = "[" * 100_000
"""More than any reader goes down."""
STEER = "\x1b[2J", "\u009b2J", "\u202e", "\x7f"


def run(*arguments: object) -> Result:
    """As on a terminal: ``click`` takes escapes out of what goes elsewhere."""
    return CliRunner().invoke(main, ["verify", *map(str, arguments)], color=True)


def zipped(files: dict[str, str]) -> bytes:
    out = BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as file:
        for name, content in files.items():
            file.writestr(name, content)
    return out.getvalue()


def dossier(size: int, first: float = 0) -> bytes:
    """Of a log that is said to have this many leaves; somebody signed for it, with a key of his."""
    said = {
        "form": 1,
        "origin": ORIGIN,
        "keys": [{"vkey": "keys/a.vkey"}],
        "checkpoints": [{"size": size, "file": "checkpoints/a.note"}],
        "tree": {"size": size, "root": ROOT, "minimum": 0},
        "leaves": {"first": first, "last": size - 1},
        "period": {"from": "2026-01-01T00:00:00.000Z", "until": "2026-02-01T00:00:00.000Z"},
        "sample": {"drawn": [], "edges": [], "most": 10},
    }
    note = OWN.note(f"{ORIGIN}\n{size}\n{ROOT}\n")
    return zipped(
        {
            "dossier.json": json.dumps(said),
            "keys/a.vkey": OWN.vkey,
            "checkpoints/a.note": note,
        }
    )


def proof(depth: int, value: str) -> bytes:
    record = f'{{"record":{{"a":{"[" * depth}{value}{"]" * depth}}}}}'
    extra = b64encode(record.encode()).decode()
    note = OWN.checkpoint([bytes(32)])
    return f"c2sp.org/tlog-proof@v1\nextra {extra}\nindex 0\n\n{note}".encode()


HARMFUL: dict[str, bytes] = {
    "a dossier nested too deeply": zipped({"dossier.json": DEEP}),
    "an export nested too deeply": f'{{"type":"export","x":{DEEP}\n'.encode(),
    "a proof nested as deeply as can just be read": proof(900, "1"),
    "the same, of texts above U+FFFF": proof(300, '"\U0001f36a"'),
    "a dossier of more leaves than can be counted through": dossier(10**18),
    "a dossier of more leaves than can be counted": dossier(10**30),
    "a dossier whose first leaf is infinite": dossier(10, first=float("inf")),
}


@pytest.mark.parametrize("what", HARMFUL)
def test_it_is_refused_without_a_traceback_and_soon(what: str, tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(HARMFUL[what])
    result = run(path, "--key", OWN.vkey)
    assert (result.exit_code, type(result.exception)) == (1, SystemExit)


def test_a_pruning_of_more_years_than_there_are_is_found(path: Path) -> None:
    text = (
        f"asgi-consent/pruned/v1\n{ORIGIN}\nleaves 0 1\nbefore 2026-01-01T00:00:00Z\n"
        "at 2026-01-01T00:00:00Z\nkept 99999999999 0\nafter -\n"
    )
    with changing(path) as log:
        log.execute("INSERT INTO pruning VALUES (0, ?)", (OWN.note(text),))
    assert not report_on(path).holds


def test_what_a_column_computes_has_an_end(path: Path) -> None:
    with changing(path) as log:
        log.execute("CREATE TABLE other (hash TEXT, content AS (zeroblob(900000000)))")
        log.execute("INSERT INTO other (hash) VALUES ('0')")
        log.execute("DROP TABLE screen")
        log.execute("ALTER TABLE other RENAME TO screen")
    with pytest.raises(LogUnreadable, match="too big"):
        report_on(path)


@pytest.fixture
def counted(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Nothing is granted but what the size of the file does."""
    monkeypatch.setattr(database, "LEAST_STEPS", 0)
    monkeypatch.setattr(database, "PACE", 1000)
    yield


@pytest.mark.usefixtures("counted")
def test_a_log_takes_few_steps_for_its_size(path: Path) -> None:
    assert report_on(path).holds


@pytest.mark.usefixtures("counted")
def test_what_has_no_end_is_given_up(path: Path) -> None:
    endless = "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT i FROM n"
    with closing(SqliteDatabase(path)) as log, pytest.raises(LogUnreadable, match="to an end"):
        list(log.rows(f"{endless} WHERE i < 0"))


@pytest.mark.parametrize("text", STEER, ids=ascii)
@pytest.mark.parametrize(
    "change",
    [
        "UPDATE checkpoint SET note = replace(note, char(10, 10), char(10, 10) || '— ' || ?"
        " || ' AAAAAAAA' || char(10))",
        "UPDATE checkpoint SET note = CAST(CAST(? AS BLOB) || x'ff' AS TEXT)",
        "UPDATE head SET origin = ?",
        "UPDATE leaf SET record_id = ? WHERE idx = 1",
    ],
)
def test_nothing_that_is_printed_steers_a_terminal(path: Path, change: str, text: str) -> None:
    with changing(path) as log:
        log.execute(change, (text,))
    printed = run(path).output
    assert printed.replace("\n", "").isprintable()


def test_of_what_has_no_end_only_the_beginning_is_told(path: Path) -> None:
    with changing(path) as log:
        log.execute("UPDATE record SET id = id || hex(zeroblob(500000)) WHERE rowid = 3")
    assert len(run(path).output) < 10_000


def directory_of(size: int) -> Callable[[bytes], bytes]:
    return lambda content: content[:-10] + struct.pack("<I", size) + content[-6:]


def with_directory_64(content: bytes) -> bytes:
    record = archive.END_64.pack(b"PK\x06\x06", 44, 45, 45, 0, 0, 1, 1, 1 << 40, 0)
    where = b"PK\x06\x07" + struct.pack("<IQI", 0, len(content) - 22, 1)
    return content[:-22] + record + where + content[-22:]


def with_extra(content: bytes) -> bytes:
    """A second name for the same file, which some readers go by (APPNOTE 4.6.9)."""
    out = BytesIO()
    with zipfile.ZipFile(BytesIO(content)) as old, zipfile.ZipFile(out, "w") as new:
        for info in old.infolist():
            info.extra = b"\x75\x70\x05\x00\x01\x00\x00\x00\x00"
            new.writestr(info, old.read(info))
    return out.getvalue()


def with_extra_before_it(content: bytes) -> bytes:
    """The same, where the file stands, and not in the directory."""
    changed = bytearray(with_extra(content))
    at = changed.index(b"PK\x01\x02")
    changed[at + 30 : at + 32] = b"\0\0"
    name = at + 46 + len("dossier.json")
    del changed[name : name + 9]
    end = changed.index(b"PK\x05\x06")
    changed[end + 12 : end + 16] = struct.pack("<I", end - at)
    return bytes(changed)


@pytest.mark.parametrize(
    "change",
    [directory_of(1 << 31), with_directory_64, with_extra, with_extra_before_it],
    ids=["directory", "directory 64", "extra", "extra before it"],
)
def test_an_archive_that_readers_could_take_differently_is_refused(
    change: Callable[[bytes], bytes], tmp_path: Path
) -> None:
    path = tmp_path / "dossier.zip"
    path.write_bytes(change(zipped({"dossier.json": "{}"})))
    refused = "something stands beside|more than"
    with pytest.raises(ValueError, match=refused), archive.opened(path):
        pass
