"""``python -m consent``, and a checkout that nobody installed."""

from __future__ import annotations

import runpy
import sys
from importlib.metadata import PackageNotFoundError

import pytest

from consent.asgi import rules


def test_the_module_is_the_command(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "argv", ["consent", "--help"])
    with pytest.raises(SystemExit) as ended:
        runpy.run_module("consent", run_name="__main__")
    assert ended.value.code == 0
    assert "check" in capsys.readouterr().out


def test_a_checkout_that_was_never_installed_has_a_version_too(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def unknown(name: str) -> str:
        raise PackageNotFoundError(name)

    monkeypatch.setattr(rules, "version", unknown)
    assert rules._version()
