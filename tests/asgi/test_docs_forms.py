"""The example of ``docs/forms.md`` runs as it stands there."""

from __future__ import annotations

import inspect
import re
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest
from starlette.testclient import TestClient

from consent import ConsentConfig, form_record, record_form, withdraw_form
from consent.errors import LogUnavailable
from consent.log.memory import MemoryLog
from consent.log.sql import SqlLog
from tests.sites import site

PAGE = (Path(__file__).parents[2] / "docs" / "forms.md").read_text()


def test_the_example_subscribes_and_unsubscribes() -> None:
    (example,) = re.findall(r"```python\n(.*?)```", PAGE, re.S)
    log, names = MemoryLog(), dict[str, Any]()
    with (
        patch.object(ConsentConfig, "from_toml", return_value=site()),
        patch.object(SqlLog, "of", return_value=log),
    ):
        exec(example, names)
        visitor = TestClient(names["app"], base_url="https://www.example.fr")
        for fields in ({"email": "a@example.fr", "newsletter": "on"}, {"email": "b@example.fr"}):
            reader = visitor.post("/newsletter", data=fields).text
            assert (reader in names["readers"]) is ("newsletter" in fields)
        (reader,) = names["readers"]
        with patch.object(MemoryLog, "append", side_effect=LogUnavailable("down")):
            assert visitor.post("/newsletter", data={"newsletter": "on"}).status_code == 503
            visitor.post(f"/newsletter/{reader}")
        assert (names["readers"], names["unproven"]) == ({}, [reader])
        visitor.post(f"/newsletter/{reader}")
    # What the example keeps is what the command line asks for.
    assert str(log.records[0].subject) == reader
    assert [(str(one.action), one.purposes["newsletter"]) for one in log.records] == [
        ("submit", True),
        ("submit", False),
        ("withdraw", False),
    ]


@pytest.mark.parametrize(
    "name",
    sorted(
        {
            name
            for call in (record_form, withdraw_form, form_record)
            for name in (call.__name__, *inspect.signature(call).parameters)
        }
        - {"request"}
    ),
)
def test_every_name_is_documented(name: str) -> None:
    assert f"`{name}`" in PAGE
