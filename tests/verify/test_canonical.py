"""The one form of JSON (RFC 8785), beside another implementation of it."""

from __future__ import annotations

import json
from typing import Any

import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from consent.verify.canonical import read

WHOLE = st.integers(-(1 << 53) + 1, (1 << 53) - 1)
TEXTS = st.text(st.characters(exclude_categories=["Cs"]))
VALUES: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | WHOLE | TEXTS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXTS, inner, max_size=4),
    max_leaves=12,
)


@given(VALUES)
def test_what_is_written_in_canonical_form_is_read(value: Any) -> None:
    assert read(rfc8785.dumps(value)) == value


@given(VALUES)
def test_what_is_written_otherwise_is_refused(value: Any) -> None:
    content = json.dumps(value).encode()
    if content != rfc8785.dumps(value):
        with pytest.raises(ValueError):
            read(content)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b'{"a":1,"a":1}',
        b'{"b":1,"a":1}',
        b'{"a":1.0}',
        b"1e2",
        b"-0",
        b"NaN",
        b"-Infinity",
        b"9007199254740993",
        b'"\\u0041"',
        b'"\\/"',
        b'"\\ud800"',
        b'"\xff"',
        b'\xef\xbb\xbf"text"',
        b" 1",
        b"[" * 100_000,
        '{"\U0001f36a":1,"\ue000":1}'.encode()[::-1],
        '{"\ue000":1,"\U0001f36a":1}'.encode(),
    ],
)
def test_what_has_another_form_is_refused(content: bytes) -> None:
    with pytest.raises(ValueError):
        read(content)
