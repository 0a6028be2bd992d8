"""``log.witnesses`` names places that can be asked, over connections that can be trusted."""

from __future__ import annotations

import pytest

from consent.errors import ConfigError
from consent.tree.keys import VerifierKey
from consent.witness.configured import witnesses
from tests.witness.history import LOG
from tests.written import config

KEY = VerifierKey("witness.example/w1", LOG.key.public, kind=4)


@pytest.mark.parametrize(
    ("text", "kind", "name"),
    [
        ("dir:/var/lib/checkpoints", "directory", "/var/lib/checkpoints"),
        ("dir:checkpoints", "directory", "checkpoints"),
        ("https://witness.example/w", "cosignature", "https://witness.example/w"),
        (f"https://witness.example/w#{KEY}", "cosignature", "https://witness.example/w"),
        ("http://localhost:8000", "cosignature", "http://localhost:8000"),
        ("tsa:https://time.example/tsr", "timestamp", "https://time.example/tsr"),
        ("tsa:http://127.0.0.1:8000", "timestamp", "http://127.0.0.1:8000"),
    ],
)
def test_each_kind_of_witness_is_written_its_way(text: str, kind: str, name: str) -> None:
    (found,) = witnesses(config(log={"witnesses": [text]}))
    assert (found.kind, found.name) == (kind, name)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "/var/lib/checkpoints",
        "dir:",
        "dir:a\nb",
        "dir:" + "x" * 191,
        "tsa:",
        "tsa:dir:/tmp",
        "tsa:https://time.example/tsr#key",
        "http://witness.example",
        "tsa:http://time.example",
        "https://user@witness.example",
        "https://user:hunter2@witness.example",
        "https://",
        "https://witness.example/#key",
        "ftp://witness.example",
        "file:///etc/passwd",
        "https://witness.example/" + "x" * 180,
    ],
)
def test_any_other_place_is_an_error_and_not_repeated(text: str) -> None:
    with pytest.raises(ConfigError) as raised:
        config(log={"witnesses": [text]})
    assert [(p.code, p.path) for p in raised.value.problems] == [("E033", "log.witnesses[0]")]
    assert "hunter2" not in str(raised.value)


def test_a_key_whose_id_is_not_its_own_is_an_error() -> None:
    text = f"https://witness.example/w#{KEY}".replace(KEY.id.hex(), "00000000")
    with pytest.raises(ConfigError) as raised:
        witnesses(config(log={"witnesses": [text]}))
    assert [(p.code, p.path) for p in raised.value.problems] == [("E033", "log.witnesses[0]")]
