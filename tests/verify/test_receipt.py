"""A visitor's receipt, as it was downloaded."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from consent.cli import main
from consent.errors import LogUnreadable
from consent.verify.receipt import read_receipts
from consent.verify.report import Code
from tests.verify.test_proof_file import INDEX, LOG, OWN, proof

Receipt = dict[str, Any]


def a_receipt() -> Receipt:
    return {
        "@type": "dpv:ConsentReceipt",
        "consent:record": {"@type": "@json", "@value": json.loads(LOG.body(INDEX))},
        "consent:notice": {"@type": "@json", "@value": json.loads(LOG.notice)},
        "consent:proof": proof(),
    }


def run(content: object, place: Path, *options: str) -> Result:
    file = place / "consent.jsonld"
    file.write_text(content if isinstance(content, str) else json.dumps(content, indent=2))
    return CliRunner().invoke(main, ["verify", str(file), *options])


def report(content: object, place: Path) -> Any:
    return json.loads(run(content, place, "--key", OWN.vkey, "--json").stdout)


def test_it_holds_and_says_what_was_recorded(tmp_path: Path) -> None:
    result = run(a_receipt(), tmp_path, "--key", OWN.vkey)
    assert (result.exit_code, result.stdout.splitlines()[-1]) == (0, "The receipt holds.")
    assert report(a_receipt(), tmp_path)["record"] == json.loads(LOG.body(INDEX))


def test_all_that_a_visitor_downloaded_are_verified(tmp_path: Path) -> None:
    said = report({"subject": "…", "receipts": [a_receipt(), a_receipt()]}, tmp_path)
    assert (said["holds"], said["counts"]["receipts"], len(said["record"])) == (True, 2, 2)


def without_proof(receipt: Receipt) -> object:
    return receipt.pop("consent:proof")


CHANGES: dict[str, tuple[Code, Callable[[Receipt], object]]] = {
    "another answer": (
        Code.BODY,
        lambda receipt: receipt["consent:record"]["@value"].update(action="accept_all"),
    ),
    "other words": (
        Code.NOTICE,
        lambda receipt: receipt["consent:notice"]["@value"]["texts"].update(fr="Bonsoir"),
    ),
    "a notice of floats": (
        Code.PROOF,
        lambda receipt: receipt.update({"consent:notice": [0.5]}),
    ),
    "another proof": (Code.LEAF, lambda receipt: receipt.update({"consent:proof": proof(index=4)})),
    "no proof yet": (Code.PROOF, without_proof),
}


@pytest.mark.parametrize("how", CHANGES)
def test_what_is_not_the_log_s_is_found(how: str, tmp_path: Path) -> None:
    code, change = CHANGES[how]
    change(receipt := a_receipt())
    said = report(receipt, tmp_path)
    assert (said["holds"], code in said["found"]) == (False, True)


def test_it_needs_a_key(tmp_path: Path) -> None:
    result = run(a_receipt(), tmp_path)
    assert (result.exit_code, "--key" in result.stderr) == (2, True)


@pytest.mark.parametrize(
    "content", ["{", '{"receipts": [7]}', '{"receipts": 7}', '{"a": 1}', "{" + '"a":[' * 99999]
)
def test_another_file_is_none(content: str, tmp_path: Path) -> None:
    result = run(content, tmp_path, "--key", OWN.vkey)
    assert (result.exit_code, "no receipt" in result.stderr) == (1, True)


def test_a_directory_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(LogUnreadable):
        read_receipts(tmp_path)
