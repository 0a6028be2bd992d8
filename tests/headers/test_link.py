"""Headers that make a browser contact others (edges.md H12; RFC 8288)."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from consent.headers.link import LINKS, LinkFilter, may_contact
from tests.headers.rulings import ORIGIN, blocking, ruling

HELD = "https://counter.example.net/t.js"
RELATIONS = [
    "preload",
    "preconnect",
    "dns-prefetch",
    "prefetch",
    "modulepreload",
    "stylesheet",
    "prerender",
    "compression-dictionary",
]


def filtered(value: str, **purposes: bool) -> str:
    links = LinkFilter(ruling(**purposes), f"{ORIGIN}/shop/")
    return links.link(value.encode("latin-1")).decode("latin-1")


@pytest.mark.parametrize("relation", RELATIONS)
def test_every_relation_that_fetches_is_dropped_h12(relation: str) -> None:
    assert filtered(f"<{HELD}>; rel={relation}") == ""
    assert filtered(f'<{HELD}>;x="y" ; REL="nofollow {relation.upper()}"') == ""
    assert filtered(f"<{HELD}>; rel={relation}", analytics=True) != ""


def test_an_escape_within_quotes_hides_nothing_h12() -> None:
    value = f'<{HELD}>; rel="pre\\load"'
    assert filtered(value) == ""
    assert may_contact((b"link", value.encode()))


def test_what_only_says_what_belongs_together_is_not_looked_into_h12() -> None:
    assert not may_contact((b"link", f"<{HELD}>; rel=next".encode()))
    assert not may_contact((b"server", b"preload"))
    assert may_contact((b"link", b"</a>; rel=PreConnect"))
    assert may_contact((b"refresh", b"5"))


@pytest.mark.parametrize(
    "target",
    [
        "//counter.example.net/x",
        "https://COUNTER.example.net./x",
        "https:\\\\counter.example.net",
        "https://user@counter.example.net:443",
        "https://undeclared.example/a,b;c",
        " https://counter.example.net ",
        "https://[",
    ],
)
def test_the_target_is_read_as_a_browser_does_h12(target: str) -> None:
    assert filtered(f"<{target}>; rel=preload; as=script") == ""


@pytest.mark.parametrize(
    "value",
    [
        "</a.css>; rel=preload; as=style",
        '<a,b.css>; rel=preload; title="x, <https://counter.example.net>; rel=preload"',
        f"<{HELD}>; rel=canonical, <{HELD}>; rel=license",
        f"<{HELD}>",
        "<https://till.example.net>;rel=preconnect",
        f"{ORIGIN}/x; rel=preload",
        "<data:text/css,>; rel=stylesheet",
        '</a.png>; rel=preload; as=image; imagesrcset="a.png 1x, /b.png 2x"',
        "",
        " , ,",
    ],
)
def test_what_stays_stays_byte_for_byte_h12(value: str) -> None:
    assert filtered(value) == value


def test_of_several_links_only_the_held_go_h12() -> None:
    value = f'</a>; rel=preload; t="\\","  ,  <{HELD}>; rel=preload,<{HELD}>; rel=author,</b>;rel=x'
    assert filtered(value) == f'</a>; rel=preload; t="\\","  ,<{HELD}>; rel=author,</b>;rel=x'


@pytest.mark.parametrize("value", [f"<{HELD}", f'</a>; t="open, <{HELD}>; rel=preload', "<<a>>"])
def test_what_can_be_read_in_two_ways_goes_h12(value: str) -> None:
    assert HELD not in filtered(value)


def test_the_candidates_of_an_image_count_as_well_h12() -> None:
    assert filtered(f'</a>; rel=preload; as=image; imagesrcset="/a 1x, {HELD} 2x"') == ""


@pytest.mark.parametrize(
    "value",
    [
        f"0;url={HELD}",
        f"5 ; URL = '{HELD}'",
        f'1.5, "{HELD}"',
        f"0; {HELD}",
        f'0;url="{HELD}',
        "0;url=//counter.example.net",
    ],
)
def test_a_refresh_to_a_held_service_is_dropped_h12(value: str) -> None:
    links = LinkFilter(ruling(), ORIGIN)
    assert links.refresh(value.encode()) == b""
    assert links.depends
    assert LinkFilter(ruling(analytics=True), ORIGIN).refresh(value.encode()) == value.encode()


@pytest.mark.parametrize(
    "value", ["5", "0;url=/next", "0;url=https://bank.example/pay", "0;url=", "x", ""]
)
def test_a_refresh_elsewhere_is_the_visitors_own_way_h12(value: str) -> None:
    assert LinkFilter(ruling(), ORIGIN).refresh(value.encode()) == value.encode()


def test_in_a_frame_a_refresh_to_an_undeclared_host_goes_and_the_sites_own_stays() -> None:
    links = LinkFilter(ruling(), ORIGIN, framed=True)
    assert links.refresh(b"0;url=https://bank.example/pay") == b""
    for own in (b"5", b"0;url=/next"):
        assert links.refresh(own) == own


@pytest.mark.parametrize("value", [b'"/a.json"', b'"https://counter.example.net/r"'])
def test_rules_in_files_are_not_read_and_so_not_named_h12(value: bytes) -> None:
    assert LinkFilter(ruling(analytics=True), ORIGIN).rule_sets(value) == b""


def test_where_undeclared_hosts_pass_only_rule_sets_of_held_services_are_dropped_h12() -> None:
    links = LinkFilter(ruling(blocking(undeclared_hosts="report")), ORIGIN)
    value = b'"/a.json", "https://undeclared.example/r"'
    assert links.rule_sets(value) == value
    assert links.rule_sets(b'"/a.json", "https://counter.example.net/r"') == b'"/a.json"'
    assert links.rule_sets(b'"/a.json", "https://counter.example.net/r') == b'"/a.json"'


@pytest.mark.parametrize(
    ("value", "kept"),
    [
        (b'h3=":443"; ma=86400, h3-29=":443"', b'h3=":443"; ma=86400, h3-29=":443"'),
        (b'h3="counter.example.net:443", h3=":443"', b'h3=":443"'),
        (b'h2="undeclared.example:8443"; ma=1', b""),
        (b'h2="www.example.fr:8443"', b'h2="www.example.fr:8443"'),
        (b'h2="counter.example.net:443', b"h2="),
        (b"clear", b"clear"),
    ],
)
def test_no_held_host_stands_in_for_the_site_h12(value: bytes, kept: bytes) -> None:
    assert LinkFilter(ruling(), ORIGIN).alternatives(value) == kept


def test_reports_to_held_hosts_are_dropped_h12() -> None:
    links = LinkFilter(ruling(), ORIGIN)
    value = f'main="/reports", default="{HELD}";x=1'.encode()
    assert links.addresses(value) == b'main="/reports"'
    assert links.depends
    assert LinkFilter(ruling(analytics=True), ORIGIN).addresses(value) == value


@pytest.mark.parametrize(
    ("value", "kept"),
    [
        (f"object-src 'none'; report-uri {HELD}", "object-src 'none'; "),
        (f"report-uri {HELD}; object-src 'none'", "; object-src 'none'"),
        (f"a b;\tREPORT-URI\t/r  {HELD} ; c d", "a b;\tREPORT-URI /r ; c d"),
        (f"default-src *, report-uri {HELD},x", "default-src *, ,x"),
        (f"report-uri {HELD}; report-uri /r", "; report-uri /r"),
        ("report-uri //undeclared.example/r", ""),
        ("img-src *;  report-uri /r   /s ;x", "img-src *;  report-uri /r   /s ;x"),
        (f"img-src {HELD}; not-report-uri {HELD}", f"img-src {HELD}; not-report-uri {HELD}"),
    ],
)
def test_a_policy_reports_to_nobody_who_is_held_and_else_stays_h12(value: str, kept: str) -> None:
    """CSP 3 §6.5.1: such reports are sent whatever the page's policies say."""
    assert LinkFilter(ruling(), ORIGIN).policy(value.encode()) == kept.encode()


def test_a_policy_is_only_looked_into_if_it_reports_h12() -> None:
    assert not may_contact((b"content-security-policy", b"default-src 'self'; report-to x"))
    assert may_contact((b"content-security-policy-report-only", b"Report-URI /x"))


@pytest.mark.parametrize(("value", "kept"), [(HELD, b""), (" /app.js.map", b" /app.js.map")])
def test_a_source_map_on_a_held_host_is_not_named_h12(value: str, kept: bytes) -> None:
    assert LinkFilter(ruling(), ORIGIN).address(value.encode()) == kept


def test_own_links_do_not_depend_on_the_choice_k1() -> None:
    links = LinkFilter(ruling(), ORIGIN)
    links.link(b"</a>; rel=preload, <https://undeclared.example>; rel=preload")
    assert not links.depends
    links.link(f"<{HELD}>; rel=preload".encode())
    assert links.depends


@given(st.binary(max_size=120))
def test_no_header_is_an_error(value: bytes) -> None:
    links = LinkFilter(ruling(), ORIGIN)
    for edit in links.edits.values():
        edit(value)


def test_every_header_that_may_contact_somebody_is_edited_h12() -> None:
    assert LinkFilter(ruling(), ORIGIN).edits.keys() == LINKS
