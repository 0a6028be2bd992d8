"""JSON Lines: what was exported can be verified as the log itself."""

from __future__ import annotations

import asyncio
import json
import sqlite3
from collections.abc import Callable
from contextlib import aclosing, closing
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from consent.cli import main
from consent.errors import LogUnreadable
from consent.export.lines import lines
from consent.log import snapshot as snapshots
from consent.log.snapshot import Part
from consent.verify.opening import open_file
from consent.verify.report import Report
from consent.verify.whole import verify
from tests.export.conftest import Filled
from tests.export.full import SOMEBODY, fill
from tests.log.checked import KEY, report_on
from tests.log.examples import patient
from tests.verify.built import Built


def export(url: str, out: Path, *options: str) -> Result:
    arguments = ["export", "--log", url, "--format", "jsonl", "--out", str(out), *options]
    return CliRunner().invoke(main, arguments)


def exported(url: str, out: Path, *options: str) -> list[dict[str, Any]]:
    result = export(url, out, *options)
    assert (result.exit_code, result.output) == (0, "")
    return [json.loads(line) for line in out.read_bytes().splitlines()]


def verified(path: Path) -> Report:
    with closing(open_file(path)) as database:
        return verify(database)


@pytest.fixture
def out(tmp_path: Path) -> Path:
    return tmp_path / "export.jsonl"


def test_an_export_verifies_as_its_log_does(filled: Filled, out: Path) -> None:
    exported(filled.url, out)
    ours, theirs = verified(out), report_on(filled.url)
    assert ours.holds, ours.examples
    assert (ours.size, ours.root, ours.counts) == (theirs.size, theirs.root, theirs.counts)
    assert ours.counts["erased"] == 1


def test_a_period_that_ends_before_it_begins_is_refused(filled: Filled, out: Path) -> None:
    result = export(filled.url, out, "--from", "2026-02-01", "--to", "2026-01-31")
    assert (result.exit_code, out.exists()) == (2, False)
    assert "2026-01-31 is before 2026-02-01" in result.stderr


def test_the_command_takes_an_export_for_a_log(filled: Filled, out: Path) -> None:
    exported(filled.url, out)
    result = CliRunner().invoke(main, ["verify", str(out), "--key", str(KEY.key)])
    assert (result.exit_code, result.stdout.endswith("The log holds.\n")) == (0, True)


def test_a_log_that_somebody_else_wrote_comes_through_whole(tmp_path: Path, out: Path) -> None:
    path = Built(records=300, pruned=3).write(tmp_path / "built.db")
    with closing(sqlite3.connect(path)) as database, database:
        # As the writer's own tables are.
        database.execute("CREATE TABLE consent_schema (version_num TEXT)")
        newest = "SELECT version_num FROM consent_schema"
        mine = tmp_path / "mine.db"
        asyncio.run(fill(f"sqlite:///{mine}"))
        with closing(sqlite3.connect(mine)) as other:
            ((version,),) = other.execute(newest)
        database.execute("INSERT INTO consent_schema VALUES (?)", (version,))
    before = report_on(f"sqlite:///{path}")
    exported(f"sqlite:///{path}", out)
    after = verified(out)
    assert (after.found, after.counts, after.root) == (before.found, before.counts, before.root)
    assert after.counts["pruned"] == 3


def test_each_record_stands_with_its_bytes_and_its_place(filled: Filled, out: Path) -> None:
    values = exported(filled.url, out)
    records = [value for value in values if value["type"] == "record"]
    assert [json.loads(value["body"])["id"] for value in records] == [
        record.id for record in filled.records
    ]
    assert [value["leaf"]["idx"] for value in records] == [0, 1, 2]
    assert [bool(value["subject"]) for value in records] == [True, True, False]


def tampered(out: Path, change: Callable[[list[dict[str, Any]]], object]) -> None:
    values = [json.loads(line) for line in out.read_bytes().splitlines()]
    change(values)
    out.write_text("".join(f"{json.dumps(value, separators=(',', ':'))}\n" for value in values))


def of(values: list[dict[str, Any]], kind: str) -> dict[str, Any]:
    return next(value for value in values if value["type"] == kind)


def flip(values: list[dict[str, Any]]) -> None:
    record = of(values, "record")
    record["body"] = record["body"].replace('"marketing":false', '"marketing":true')


def change_bytes(values: list[dict[str, Any]]) -> None:
    of(values, "notice")["content"] += "\udcff"


def drop(values: list[dict[str, Any]]) -> None:
    record = of(values, "record")
    values[values.index(record)] = {"type": "leaf", "record_id": record["id"], **record["leaf"]}


@pytest.mark.parametrize(
    ("change", "found"), [(flip, "leaf"), (change_bytes, "notice"), (drop, "missing")]
)
def test_what_was_changed_in_an_export_is_found(
    filled: Filled, out: Path, change: Callable[[list[dict[str, Any]]], object], found: str
) -> None:
    exported(filled.url, out)
    tampered(out, change)
    report = verified(out)
    assert not report.holds
    assert found in report.found


@pytest.mark.parametrize(
    "change",
    [
        lambda values: values.pop(),
        lambda values: values.pop(3),
        lambda values: values.append(values[-1]),
        lambda values: of(values, "record").update(extra=1),
        lambda values: of(values, "record").update(id=1.5),
        lambda values: of(values, "record").update(id=[]),
        lambda values: of(values, "record").update(subject=[]),
        lambda values: of(values, "record").pop("leaf"),
        lambda values: of(values, "head").update(size=1 << 64),
        lambda values: of(values, "head").update(frontier="*"),
        lambda values: of(values, "head").update(type="sqlite_master"),
        lambda values: of(values, "head").pop("type"),
        lambda values: values.insert(1, []),
        lambda values: values[0].update(form=99),
    ],
)
def test_what_is_no_export_is_refused(
    filled: Filled, out: Path, change: Callable[[list[Any]], object]
) -> None:
    exported(filled.url, out)
    tampered(out, change)
    with pytest.raises(LogUnreadable):
        open_file(out)


@pytest.mark.parametrize("end", [b'{"type":"end","lines":1,"lines":%d}\n', b"{", b""])
def test_an_export_that_was_cut_off_is_refused(filled: Filled, out: Path, end: bytes) -> None:
    exported(filled.url, out)
    lines = out.read_bytes().splitlines(keepends=True)[:-1]
    out.write_bytes(b"".join(lines) + end.replace(b"%d", b"%d" % len(lines)))
    with pytest.raises(LogUnreadable):
        open_file(out)


@pytest.mark.parametrize(
    ("options", "number"),
    [
        (("--subject", str(SOMEBODY)), 2),
        (("--from", "2020-01-01"), 3),
        (("--to", "2020-01-01"), 0),
        (("--from", "2026-01-01", "--to", "2026-01-02"), 2),
        (("--from", "2026-01-02"), 2),
        (("--from", "2026-01-02", "--subject", str(SOMEBODY)), 1),
    ],
)
def test_a_part_can_be_exported_and_does_not_pass_for_the_whole(
    filled: Filled, out: Path, options: tuple[str, ...], number: int
) -> None:
    values = exported(filled.url, out, *options)
    assert sum(value["type"] == "record" for value in values) == number
    with pytest.raises(LogUnreadable, match="part"):
        open_file(out)


def test_a_part_has_what_its_records_show_and_nothing_else(filled: Filled, out: Path) -> None:
    first = exported(filled.url, out, "--to", "2026-01-01")
    assert [value["type"] for value in first] == ["export", "record", "notice", "screen", "end"]
    last = exported(filled.url, out, "--from", "2026-01-03")
    assert [value["type"] for value in last] == ["export", "record", "notice", "end"]


def test_an_export_is_for_nobody_elses_eyes_and_whole_or_not_there(
    filled: Filled, out: Path, tmp_path: Path
) -> None:
    exported(filled.url, out)
    assert out.stat().st_mode & 0o077 == 0
    (tmp_path / "broken.db").write_bytes(b"not a database" * 99)
    before = out.read_bytes()
    assert export(f"sqlite:///{tmp_path}/broken.db", out).exit_code == 1
    assert out.read_bytes() == before
    assert not Path(f"{out}.part").exists()


def test_where_nothing_can_be_written_it_says_so(filled: Filled, tmp_path: Path) -> None:
    assert export(filled.url, tmp_path / "none" / "out").exit_code == 1


def test_standard_output_can_be_piped(filled: Filled) -> None:
    result = export(filled.url, Path("-"))
    assert result.stdout.startswith('{"type":"export",')
    assert len(result.stdout.splitlines()) > 5


def test_who_stops_reading_leaves_nothing_open(filled: Filled) -> None:
    async def some() -> int:
        log = patient(filled.url)
        async with log.snapshot() as snapshot, aclosing(lines(snapshot, Part())) as pieces:
            async for _ in pieces:
                break
            number = await snapshot.count(Part())
        await log.close()
        return number

    assert asyncio.run(some()) == 3


def test_a_large_log_tells_how_far_it_has_come(
    filled: Filled, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(snapshots, "PIECE", 2)
    told: list[int] = []

    async def read() -> None:
        log = patient(filled.url)
        async with log.snapshot() as snapshot:
            snapshot.progress = told.append
            assert [record.id async for record in snapshot.records(Part())]
        await log.close()

    asyncio.run(read())
    assert told == [2, 1]
