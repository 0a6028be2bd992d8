"""A dossier that was changed is found out, whoever did it (FR-23, FR-24, P-21)."""

from __future__ import annotations

from base64 import b64decode, b64encode
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from consent.verify.dossier import verify_dossier
from consent.verify.notes import read_key
from consent.verify.report import Code
from tests.dossier.tampered import (
    INDEX,
    NOTE,
    OWN,
    STRANGER,
    SUMS,
    Files,
    found_in,
    packed,
    report_on,
    saying,
    signed,
    unpacked,
)


def test_what_nobody_changed_holds(untouched: bytes, complete: bytes, tmp_path: Path) -> None:
    for content in (untouched, complete, packed(signed(unpacked(untouched)))):
        report = report_on(content, tmp_path)
        assert report.holds, report.examples
        assert report.found.keys() == {Code.UNPICTURED, Code.UNPINNED}


def named(files: Files, folder: str) -> str:
    return next(name for name in sorted(files) if name.startswith(folder))


def without(files: Files, name: str) -> Files:
    return {each: content for each, content in files.items() if each != name}


def changed(files: Files, name: str, old: bytes, new: bytes) -> Files:
    assert old in files[name]
    return {**files, name: files[name].replace(old, new, 1)}


FROM_OUTSIDE: dict[str, Callable[[Files], Files]] = {
    "a number": lambda files: changed(files, INDEX, b'"records": 30', b'"records": 31'),
    "the report": lambda files: changed(files, "report.html", b"Shop", b"Shot"),
    "a word of the report": lambda files: changed(files, "report.html", b"refus", b"accord"),
    "a sentence in the report": lambda files: changed(
        files, "report.html", b"</main>", b"<p>Personne ne s'est plaint.</p></main>"
    ),
    "a style that hides what the report says": lambda files: changed(
        files, "report.html", b"</style>", b"section { display: none }</style>"
    ),
    "a notice": lambda files: changed(files, named(files, "notices/"), b"Shop", b"Shot"),
    "a screen": lambda files: changed(files, named(files, "screens/"), b"cookies", b"biscuit"),
    "a checkpoint is dropped": lambda files: without(files, named(files, "checkpoints/")),
    "a proof is dropped": lambda files: without(files, named(files, "proofs/")),
    "a file is added": lambda files: {**files, "notices/more.json": b"{}"},
    "the sums are dropped": lambda files: without(files, SUMS),
    "the signature is dropped": lambda files: without(files, NOTE),
    "a file is renamed": lambda files: {
        name.replace("report", "rapport"): content for name, content in files.items()
    },
    "two files are swapped": lambda files: {
        **files,
        "proofs/10.tlog-proof": files["proofs/9.tlog-proof"],
    },
    "signed by another key": lambda files: signed(files, STRANGER),
}


@pytest.mark.parametrize("how", FROM_OUTSIDE)
def test_who_has_not_the_key_is_found_out(how: str, untouched: bytes, tmp_path: Path) -> None:
    files = FROM_OUTSIDE[how](unpacked(untouched))
    assert found_in(packed(files), tmp_path, pinned=False), how


def statistics(said: dict[str, Any]) -> Any:
    return said["statistics"]["records"][0]


def moved(files: Files, days: str, edge: str) -> Files:
    return saying(files, lambda said: said["period"].update({edge: f"{days}T00:00:00.000Z"}))


def reworded(old: bytes, new: bytes) -> Callable[[Files], Files]:
    """The report says something else, and the site itself signs that."""
    return lambda files: signed(changed(files, "report.html", old, new))


def forged(files: Files) -> bytes:
    """A grant made of a refusal, or the other way round."""
    first, extra, rest = files["proofs/10.tlog-proof"].split(b"\n", 2)
    record = b64decode(extra.removeprefix(b"extra "))
    other = record.replace(b":true", b":maybe").replace(b":false", b":true")
    changed = b64encode(other.replace(b":maybe", b":false"))
    return b"\n".join((first, b"extra " + changed, rest))


LATE, EARLY = "2026-01-08T23:00:00.000Z", "2026-01-03T00:00:00.000Z"
WITH_THE_KEY: dict[str, tuple[Code, Callable[[Files], Files]]] = {
    "more records of a group": (
        Code.STATISTICS,
        lambda files: saying(files, lambda said: statistics(said).update(records=99)),
    ),
    "more records in all": (
        Code.STATISTICS,
        lambda files: saying(files, lambda said: said.update(records=31)),
    ),
    "a number below zero": (
        Code.SAMPLE,
        lambda files: saying(files, lambda said: statistics(said).update(records=-1)),
    ),
    "a group that is there twice": (
        Code.SAMPLE,
        lambda files: saying(
            files, lambda said: said["statistics"]["records"].append(statistics(said))
        ),
    ),
    "another sample": (
        Code.SAMPLE,
        lambda files: saying(files, lambda said: said["sample"]["drawn"].pop()),
    ),
    "a sample of none": (
        Code.SAMPLE,
        lambda files: saying(files, lambda said: said["sample"].update(most=0, drawn=[])),
    ),
    "edges that are not shown": (
        Code.SAMPLE,
        lambda files: saying(files, lambda said: said["sample"].update(edges=[])),
    ),
    "a period that begins later": (Code.SAMPLE, lambda files: moved(files, "2026-01-04", "from")),
    "a period that begins earlier": (Code.SAMPLE, lambda files: moved(files, "2026-01-02", "from")),
    "a period that ends earlier": (Code.SAMPLE, lambda files: moved(files, "2026-01-08", "until")),
    "a period that ends later": (Code.SAMPLE, lambda files: moved(files, "2026-01-10", "until")),
    "a period that ends before it begins": (
        Code.SAMPLE,
        lambda files: moved(files, "2026-01-01", "until"),
    ),
    "fewer leaves": (
        Code.SAMPLE,
        lambda files: saying(files, lambda said: said["leaves"].update(last=38)),
    ),
    "leaves that are not there": (
        Code.SAMPLE,
        lambda files: saying(files, lambda said: said["leaves"].update(last=50)),
    ),
    "a notice that is left out": (
        Code.NOTICE,
        lambda files: saying(files, lambda said: said["notices"].pop()),
    ),
    "scripts that are left out": (
        Code.SCREEN,
        lambda files: saying(files, lambda said: said["scripts"].clear()),
    ),
    "a screen in another language": (
        Code.SCREEN,
        lambda files: saying(files, lambda said: said["screens"][0].update(language="de")),
    ),
    "other code": (
        Code.SCREEN,
        lambda files: saying(
            files, lambda said: said["scripts"][0]["files"].update({"guard.js": "0" * 64})
        ),
    ),
    "a notice under another hash": (
        Code.NOTICE,
        lambda files: saying(files, lambda said: said["notices"][0].update(hash="0" * 64)),
    ),
    "a checkpoint less": (
        Code.CONSISTENCY,
        lambda files: saying(files, lambda said: said["checkpoints"].pop(1)),
    ),
    "no checkpoint": (
        Code.CHECKPOINT,
        lambda files: saying(files, lambda said: said["checkpoints"].clear()),
    ),
    "a checkpoint of another size": (
        Code.CHECKPOINT,
        lambda files: saying(files, lambda said: said["checkpoints"][0].update(size=9)),
    ),
    "another tree": (
        Code.CHECKPOINT,
        lambda files: saying(files, lambda said: said["tree"].update(size=49)),
    ),
    "a witness of another checkpoint": (
        Code.OUTSIDE,
        lambda files: saying(files, lambda said: said["witnesses"][0].update(size=35)),
    ),
    "a time stamp of something else": (
        Code.OUTSIDE,
        lambda files: saying(files, lambda said: said["witnesses"][0].update(kind="timestamp")),
    ),
    "a witness's note of something else": (
        Code.OUTSIDE,
        lambda files: signed({**files, "witnesses/20-1.note": files["checkpoints/35.note"]}),
    ),
    "a checkpoint with a signature that does not fit": (
        Code.SIGNATURE,
        lambda files: signed(
            {
                **files,
                "checkpoints/20.note": OWN.note("x\n")
                .encode()
                .replace(b"x\n", files["checkpoints/20.note"].partition(b"\n\n")[0] + b"\n", 1),
            }
        ),
    ),
    "a checkpoint by a stranger": (
        Code.SIGNATURE,
        lambda files: signed(
            {
                **files,
                "checkpoints/20.note": STRANGER.note(
                    files["checkpoints/20.note"].decode().partition("\n\n")[0] + "\n"
                ).encode(),
            }
        ),
    ),
    "a line of the sums is none": (
        Code.ARCHIVE,
        lambda files: {**files, SUMS: files[SUMS] + b"more\n"},
    ),
    "a line of the sums is there twice": (
        Code.ARCHIVE,
        lambda files: {**files, SUMS: files[SUMS] + files[SUMS].splitlines(keepends=True)[-1]},
    ),
    "a notice that is no object": (
        Code.NOTICE,
        lambda files: saying(
            {**files, "notices/list.json": b"[]"},
            lambda said: said["notices"].append(
                {"hash": sha256(b"[]").hexdigest(), "file": "notices/list.json", "records": 0}
            ),
        ),
    ),
    "more records than leaves": (
        Code.STATISTICS,
        lambda files: saying(files, lambda said: statistics(said).update(records=1000)),
    ),
    "a screen that was shown later": (
        Code.STATISTICS,
        lambda files: saying(
            files, lambda said: [each.update(first=LATE) for each in said["notices"]]
        ),
    ),
    "a screen that was shown earlier": (
        Code.STATISTICS,
        lambda files: saying(
            files, lambda said: [each.update(last=EARLY) for each in said["notices"]]
        ),
    ),
    "a proof of another record": (
        Code.PROOF,
        lambda files: signed(
            {**files, "proofs/10.tlog-proof": files["proofs/9.tlog-proof"]},
        ),
    ),
    "a proof with another record in it": (
        Code.LEAF,
        lambda files: signed({**files, "proofs/10.tlog-proof": forged(files)}),
    ),
    "another time than was signed": (
        Code.SIGNATURE,
        lambda files: {
            **saying(files, lambda said: said.update(made_at="2020-01-01T00:00:00.000Z")),
            NOTE: files[NOTE],
        },
    ),
    "a page that shows something else": (
        Code.SCREEN,
        lambda files: signed(
            {
                name: content.replace(b"</html>", b"<p>Bonjour</p></html>")
                if name.startswith("screens/") and name.endswith(".html")
                else content
                for name, content in files.items()
            }
        ),
    ),
    "a report with another word": (
        Code.DOSSIER,
        reworded(b"refus", b"accord"),
    ),
    "a report with a sentence more": (
        Code.DOSSIER,
        reworded(b"</main>", b"<p>Personne ne s'est plaint.</p></main>"),
    ),
    "a report that hides what it says": (
        Code.DOSSIER,
        reworded(b"</style>", b"section { display: none }</style>"),
    ),
    "a report with a script": (
        Code.DOSSIER,
        reworded(b"</main>", b"<script></script>"),
    ),
    "a report with a handler": (
        Code.DOSSIER,
        reworded(b"<main>", b'<main onclick="">'),
    ),
    "a report that loads something": (
        Code.DOSSIER,
        reworded(b"</main>", b'<img src="https://www.example.com/">'),
    ),
    "a file that nothing names": (
        Code.ARCHIVE,
        lambda files: signed({**files, "more.txt": b"more"}),
    ),
    "a stranger's key": (
        Code.SIGNATURE,
        lambda files: signed(
            saying(
                {**files, "keys/0.vkey": STRANGER.vkey.encode()},
                lambda said: said["keys"].append({"id": "0", "vkey": "keys/0.vkey"}),
            ),
            STRANGER,
        ),
    ),
    "no key": (Code.KEY, lambda files: saying(files, lambda said: said.update(keys=[{}]))),
    "another form": (Code.ARCHIVE, lambda files: saying(files, lambda said: said.update(form=2))),
    "no origin": (Code.ARCHIVE, lambda files: saying(files, lambda said: said.update(origin=7))),
}


@pytest.mark.parametrize("how", WITH_THE_KEY)
def test_who_has_the_key_is_found_out_where_the_file_proves_it(
    how: str, untouched: bytes, tmp_path: Path
) -> None:
    code, tamper = WITH_THE_KEY[how]
    report = report_on(packed(tamper(unpacked(untouched))), tmp_path)
    assert not report.holds
    assert code in report.found, report.examples


def test_a_witness_of_a_kind_that_is_not_known_is_told(untouched: bytes, tmp_path: Path) -> None:
    files = saying(
        unpacked(untouched), lambda said: said["witnesses"][0].update(kind="carrier pigeon")
    )
    report = report_on(packed(files), tmp_path)
    assert report.holds and Code.UNREAD in report.found


def test_a_time_stamp_of_the_checkpoint_is_taken(untouched: bytes, tmp_path: Path) -> None:
    """Whose it is, openssl says."""
    files = unpacked(untouched)
    files["witnesses/20-1.note"] = b"\x04\x20" + sha256(files["checkpoints/20.note"]).digest()
    files = saying(files, lambda said: said["witnesses"][0].update(kind="timestamp"))
    assert not found_in(packed(files), tmp_path)


def test_who_knows_the_log_by_another_key_is_shown_nothing(
    untouched: bytes, tmp_path: Path
) -> None:
    (tmp_path / "dossier.zip").write_bytes(untouched)
    report = verify_dossier(tmp_path / "dossier.zip", keys=[read_key(STRANGER.vkey)])
    assert Code.SIGNATURE in report.found
