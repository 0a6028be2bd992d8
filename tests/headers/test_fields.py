"""A list of header fields that can be edited."""

from __future__ import annotations

from consent.headers.fields import Fields

PAIRS = [(b"A", b"1"), (b"b", b"2"), (b"a", b"3")]


def test_names_are_compared_in_lower_case_and_order_is_kept() -> None:
    fields = Fields(PAIRS)
    assert (fields.all(b"a"), fields.first(b"a"), fields.first(b"c")) == ([b"1", b"3"], b"1", None)


def test_what_is_put_stands_where_the_first_one_stood() -> None:
    fields = Fields(PAIRS)
    fields.put(b"a", b"x", b"y")
    assert fields.pairs == [(b"a", b"x"), (b"a", b"y"), (b"b", b"2")]


def test_what_is_new_is_put_last_and_nothing_takes_a_field_out() -> None:
    fields = Fields(PAIRS)
    fields.put(b"c", b"z")
    fields.put(b"b")
    assert fields.pairs == [(b"a", b"1"), (b"a", b"3"), (b"c", b"z")]


def test_the_list_of_the_site_is_not_changed() -> None:
    pairs = list(PAIRS)
    Fields(pairs).drop({b"a", b"b"})
    assert pairs == PAIRS
