"""Secrets come from the environment; what is missing is made in development and refused live."""

from __future__ import annotations

import secrets
from typing import Any

import pytest

from consent.config.secrets import seed
from consent.errors import ConfigError
from tests.written import SECRET, config

LOCAL = {"url": "http://localhost:8000"}
SEED = "AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE"
OTHER = "another secret of more than thirty-two characters"


def codes(**changes: Any) -> list[tuple[str, str]]:
    try:
        problems = config(**changes).warnings
    except ConfigError as error:
        problems = error.problems
    return [(str(problem.code), problem.path) for problem in problems]


def test_secrets_are_looked_up_in_the_order_written(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OLD", SECRET)
    monkeypatch.setenv("NEW", OTHER)
    made = config(cookie={"secrets": ["env:OLD", "env:NEW"]})
    assert made.cookie.secrets == (SECRET, OTHER)
    assert made.warnings == ()


def test_a_literal_secret_works_with_a_warning() -> None:
    assert config().cookie.secrets == (SECRET,)
    assert codes() == [("W001", "cookie.secrets[0]")]


def test_in_production_no_secret_is_an_error() -> None:
    assert codes(cookie={"secrets": []}) == [("E020", "cookie.secrets")]


@pytest.mark.parametrize("value", [None, ""])
def test_in_production_an_unset_variable_is_an_error(
    monkeypatch: pytest.MonkeyPatch, value: str | None
) -> None:
    monkeypatch.delenv("UNSET", raising=False)
    if value is not None:
        monkeypatch.setenv("UNSET", value)
    written = [SECRET, "env:UNSET"]
    assert ("E021", "cookie.secrets[1]") in codes(cookie={"secrets": written})


def test_in_development_a_secret_is_made_for_the_run() -> None:
    first, second = (config(site=LOCAL, cookie={"secrets": []}) for _ in range(2))
    assert len(first.cookie.secrets[0]) >= 32
    assert first.cookie.secrets != second.cookie.secrets
    assert [warning.code for warning in first.warnings] == ["W002"]


def test_in_development_an_unset_variable_is_replaced_in_its_place(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delenv("UNSET", raising=False)
    made = config(site=LOCAL, cookie={"secrets": [SECRET, "env:UNSET"]})
    assert made.cookie.secrets[0] == SECRET
    assert len(made.cookie.secrets[1]) >= 32
    assert [warning.code for warning in made.warnings] == ["W001", "W002"]
    # It is named already: what is missing is its value.
    assert made.warnings[1].fix.startswith("Set UNSET to the output of: ")


@pytest.mark.parametrize("site", [LOCAL, {}])
def test_a_short_secret_is_an_error_everywhere(
    monkeypatch: pytest.MonkeyPatch, site: dict[str, str]
) -> None:
    monkeypatch.setenv("SHORT", "x" * 31)
    assert codes(site=site, cookie={"secrets": ["env:SHORT"]}) == [("E022", "cookie.secrets[0]")]


def test_a_problem_never_repeats_a_secret() -> None:
    with pytest.raises(ConfigError) as raised:
        config(cookie={"secrets": ["hunter2"], "lifetime_months": 14})
    assert "hunter2" not in str(raised.value)


def test_a_secret_that_is_no_text_is_not_repeated_either() -> None:
    with pytest.raises(ConfigError) as raised:
        config(cookie={"secrets": [8675309]})
    assert "8675309" not in str(raised.value)


def test_the_address_of_the_log_may_come_from_the_environment(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://u@h/db")
    assert config(log={"url": "env:DATABASE_URL"}).log.url == "postgresql://u@h/db"


@pytest.mark.parametrize("value", ["mysql://u:hidden@h/db", "env:DATABASE_URL", ""])
def test_a_variable_that_is_no_database_is_an_error(
    monkeypatch: pytest.MonkeyPatch, value: str
) -> None:
    monkeypatch.setenv("DATABASE_URL", value)
    assert codes(log={"url": "env:DATABASE_URL"}) == [("E021", "log.url")]


def test_keys_of_the_log_are_looked_up_in_the_order_written(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    newer = secrets.token_urlsafe(32)
    monkeypatch.setenv("LOG_KEY_1", SEED)
    monkeypatch.setenv("LOG_KEY_2", newer)
    made = config(log={"keys": ["env:LOG_KEY_1", "env:LOG_KEY_2"]})
    assert made.log.keys == (SEED, newer)
    assert seed(SEED) == bytes([1]) * 32
    assert SEED not in repr(made.log)


def test_a_literal_key_works_with_a_warning() -> None:
    assert ("W001", "log.keys[0]") in codes(log={"keys": [SEED]})
    assert config(log={"keys": [SEED]}).log.keys == (SEED,)


def test_a_key_that_is_not_set_is_an_error_on_the_live_site(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delenv("UNSET", raising=False)
    assert codes(log={"keys": ["env:UNSET"]}) == [("E021", "log.keys[0]")]


def test_in_development_a_key_that_is_not_set_is_passed_over(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delenv("UNSET", raising=False)
    monkeypatch.setenv("LOG_KEY", SEED)
    keys = {"keys": ["env:UNSET", "env:LOG_KEY"]}
    assert config(site=LOCAL, log=keys).log.keys == (SEED,)
    assert ("W002", "log.keys[0]") in codes(site=LOCAL, log=keys)


@pytest.mark.parametrize("value", ["hunter2", SEED + "A", SEED[:-1] + "+", SEED + "="])
def test_what_is_no_seed_is_an_error_and_not_repeated(
    monkeypatch: pytest.MonkeyPatch, value: str
) -> None:
    monkeypatch.setenv("LOG_KEY", value)
    with pytest.raises(ConfigError) as raised:
        config(log={"keys": ["env:LOG_KEY"]})
    assert [problem.code for problem in raised.value.problems] == ["E032"]
    assert value not in str(raised.value)
