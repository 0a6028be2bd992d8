"""A folder of checkpoints only ever grows, and notices a log that does not."""

from __future__ import annotations

from pathlib import Path

import pytest

from consent.errors import WitnessConflict, WitnessUnavailable
from consent.witness.directory import Directory
from tests.witness.history import FORKED, Grows

pytestmark = pytest.mark.anyio
LOG = Grows()


def files(folder: Path) -> dict[str, str]:
    return {file.name: file.read_text("utf-8") for file in folder.iterdir()}


def times(folder: Path) -> list[int]:
    return [file.stat().st_mtime_ns for file in sorted(folder.iterdir())]


async def test_each_checkpoint_is_a_file_that_is_never_written_again(tmp_path: Path) -> None:
    folder = Directory(str(tmp_path))
    for size in (1, 3, 3, 20):
        assert await folder.attest(LOG.at(size), 0, LOG) == LOG.at(size).note.encode()
    notes = {f"checkpoint-{size}.note": LOG.at(size).note for size in (1, 3, 20)}
    assert files(tmp_path) == notes
    before = times(tmp_path)
    await folder.attest(LOG.at(20), 20, LOG)
    assert times(tmp_path) == before


async def test_other_files_in_the_folder_are_left_alone(tmp_path: Path) -> None:
    (tmp_path / "README").write_text("of the repository")
    (tmp_path / "checkpoint-99.note.bak").write_text("somebody's")
    await Directory(str(tmp_path)).attest(LOG.at(5), 0, LOG)
    assert (tmp_path / "checkpoint-5.note").exists()


async def test_a_folder_that_is_not_there_is_told_in_words(tmp_path: Path) -> None:
    with pytest.raises(WitnessUnavailable, match="^No such file"):
        await Directory(str(tmp_path / "nowhere")).attest(LOG.at(1), 0, LOG)


async def test_a_log_that_lost_records_is_noticed(tmp_path: Path) -> None:
    folder = Directory(str(tmp_path))
    await folder.attest(LOG.at(10), 0, LOG)
    with pytest.raises(WitnessConflict, match="10 leaves, the log has 9"):
        await folder.attest(LOG.at(9), 0, LOG)
    assert [*files(tmp_path)] == ["checkpoint-10.note"]


@pytest.mark.parametrize("size", [10, 11])
async def test_a_log_whose_past_was_changed_is_noticed(tmp_path: Path, size: int) -> None:
    folder, other = Directory(str(tmp_path)), Grows(FORKED)
    await folder.attest(LOG.at(10), 0, LOG)
    with pytest.raises(WitnessConflict, match="were others"):
        await folder.attest(other.at(size), 0, other)
    assert files(tmp_path) == {"checkpoint-10.note": LOG.at(10).note}


async def test_a_log_that_goes_apart_after_what_was_seen_is_not(tmp_path: Path) -> None:
    """What nobody has seen can be changed: why checkpoints are copied often."""
    folder, other = Directory(str(tmp_path)), Grows(FORKED)
    await folder.attest(LOG.at(3), 0, LOG)
    assert await folder.attest(other.at(10), 0, other)


async def test_the_folder_of_another_log_is_not_written_to(tmp_path: Path) -> None:
    folder = Directory(str(tmp_path))
    await folder.attest(LOG.at(5, "shop.example.fr/consent"), 0, LOG)
    with pytest.raises(WitnessConflict, match="shop.example.fr"):
        await folder.attest(LOG.at(6), 0, LOG)


@pytest.mark.parametrize("content", [b"", b"nonsense", b"\xff", LOG.at(6).note.encode()])
async def test_a_newest_file_that_was_tampered_with_is_noticed(
    tmp_path: Path, content: bytes
) -> None:
    (tmp_path / "checkpoint-7.note").write_bytes(content)
    with pytest.raises(WitnessConflict, match="cannot be read"):
        await Directory(str(tmp_path)).attest(LOG.at(8), 0, LOG)


async def test_a_folder_that_is_not_there_is_not_made(tmp_path: Path) -> None:
    """It may be a disk that is not mounted."""
    with pytest.raises(WitnessUnavailable):
        await Directory(str(tmp_path / "disk")).attest(LOG.at(1), 0, LOG)
    assert not (tmp_path / "disk").exists()


async def test_what_cannot_be_written_whole_is_not_there_at_all(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(descriptor: int) -> None:
        raise OSError("No space left on device")

    monkeypatch.setattr("consent.witness.directory.os.fsync", full)
    with pytest.raises(WitnessUnavailable, match="No space"):
        await Directory(str(tmp_path)).attest(LOG.at(1), 0, LOG)
    assert files(tmp_path) == {}
