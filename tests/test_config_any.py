"""Whatever is written, the answer is a configuration or a ConfigError."""

from __future__ import annotations

from contextlib import suppress
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel

from consent import ConsentConfig
from consent.catalog import catalogue
from consent.config.reading import LISTS, SECTIONS
from consent.config.settings import CHANGEABLE, OwnService, PurposeSetting, UsedService
from consent.errors import Code, ConfigError
from tests.written import config, own, written

MODELS: list[type[BaseModel]] = [*SECTIONS.values(), OwnService, UsedService, PurposeSetting]
KEYS = sorted({"path", *SECTIONS, *LISTS}.union(*(model.model_fields for model in MODELS)))
PLACES = [*SECTIONS, *LISTS, "path", "effective_from", "upcoming"]
WORDS = ["necessary", "analytics", "fr", "https://a.fr", "/a/*", "env:HOME", "P6M", *catalogue()]
scalars = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text()
    | st.binary()
    | st.dates()
    | st.sampled_from(WORDS)
)
keys = st.sampled_from(KEYS) | st.text()
anything = st.recursive(
    scalars,
    lambda each: st.lists(each, max_size=4) | st.dictionaries(keys, each, max_size=6),
    max_leaves=25,
)


@given(st.dictionaries(keys, anything))
def test_anything_at_all_is_a_config_or_a_config_error(settings: dict[str, Any]) -> None:
    with suppress(ConfigError):
        ConsentConfig(**settings)


@given(section=st.sampled_from(PLACES), value=anything)
def test_anything_in_one_place_is_a_config_or_a_config_error(section: str, value: object) -> None:
    settings = written()
    settings[section] = value
    with suppress(ConfigError):
        ConsentConfig(**settings)


@given(change=st.dictionaries(st.sampled_from(sorted(CHANGEABLE)), anything, max_size=4))
def test_anything_announced_is_a_config_or_a_config_error(change: dict[str, Any]) -> None:
    with suppress(ConfigError):
        config(upcoming={**change, "effective_from": date(2027, 1, 15)})


@given(table=st.dictionaries(keys, anything, max_size=8))
def test_anything_in_a_service_is_a_config_or_a_config_error(table: dict[str, Any]) -> None:
    with suppress(ConfigError):
        config(services=[{**own(hosts=["a.fr"]), **table}])


@given(keys=st.dictionaries(scalars, anything, max_size=4))
def test_keys_need_not_even_be_text(keys: dict[Any, Any]) -> None:
    with suppress(ConfigError):
        config(site=keys)


@given(table=st.dictionaries(keys, anything, max_size=4))
def test_every_problem_has_a_code_a_place_and_a_fix(table: dict[str, Any]) -> None:
    try:
        problems = config(services=[table]).warnings
    except ConfigError as error:
        problems = error.problems
    for problem in problems:
        assert Code(problem.code)
        assert problem.path
        assert problem.message.endswith(".")
        assert problem.fix


@given(content=st.binary() | st.text().map(lambda text: text.encode("utf-8", "surrogatepass")))
def test_any_file_is_a_config_or_a_config_error(
    tmp_path_factory: pytest.TempPathFactory, content: bytes
) -> None:
    file: Path = tmp_path_factory.getbasetemp() / "any.toml"
    file.write_bytes(content)
    with suppress(ConfigError):
        ConsentConfig.from_toml(file)


def test_a_file_nested_too_deeply_is_a_config_error(tmp_path: Path) -> None:
    file = tmp_path / "deep.toml"
    file.write_text("a = " + "[" * 5000, "utf-8")
    with pytest.raises(ConfigError):
        ConsentConfig.from_toml(file)


HEADER_BREAKERS = "\r\n;, \x00'\"\\<>?#@"


@given(host=st.text(st.sampled_from(HEADER_BREAKERS + "a.-*:/é%"), min_size=1))
def test_no_host_can_break_out_of_a_header(host: str) -> None:
    """C16: nothing written in the configuration ends a directive or starts a header line."""
    try:
        made = config(services=[own(hosts=[host])])
    except ConfigError:
        return
    for pattern in made.services[0].hosts:
        assert pattern.isascii()
        assert not set(pattern) & set(HEADER_BREAKERS)


@given(text=st.text(st.sampled_from(HEADER_BREAKERS + "/a.")))
def test_no_path_or_domain_can_break_out_of_a_header(text: str) -> None:
    """C16."""
    values: dict[str, Any] = {"path": f"/a{text}", "cookie": {"domain": f"{text}example.fr"}}
    for key, value in values.items():
        with suppress(ConfigError):
            made = config(**{key: value})
            assert not set(made.path + (made.cookie.domain or "")) & set(HEADER_BREAKERS)
