"""The ways of writing an address: all are read as a browser reads them (edges.md 2)."""

from __future__ import annotations

import pytest

from consent.html.judge import Judge
from tests.html.rewriting import COUNTED, COUNTER, HELD, ORIGIN, THEM, URL, held, rewritten, ruling

THEIRS = [
    "https://t.test",
    "//t.test",
    "HTTPS://T.TEST/",
    "https:\\\\t.test",
    "\\/t.test",
    "/\\t.test",
    "https:////t.test",
    "http:t.test",
    "http:/t.test",
    "https://user:pass@t.test/",
    "https://www.example.fr@t.test/",
    "https://www.example.fr:443@t.test",
    "https://www.example.fr%40t.test",
    "https://www.example.fr./",
    "https://t.test.",
    "https://t.test:443",
    "https://%74.test",
    "https://ｔ．test",
    "https://münchen.test",
    "https://xn--mnchen-3ya.test",
    "https://[::1]/",
    "https://0x7f.1/",
    "http://www.example.fr/",
    "wss://t.test",
    "ht\ttps://t.test",
    "/\n/t.test",
    "/\t/t.test",
    "\x0c https://t.test",
    "\x01https://t.test",
    " \r\n//t.test ",
    "h&#116;tps://t.test",
    "&#x68;ttps:&#47;/t.test",
    "https&colon;//t.test",
    "&sol;/t.test",
    "/&Tab;/t.test",
    "/&#9/t.test",
    "https:&bsol;&#x5ct.test",
    "&#00000000000000047;/t.test",
    "https://[",
    "https://a b.test",
    "https://t.test:99999",
    "https://\udcff.test",
]
OURS = [
    "",
    "a.png",
    "/a",
    "./a?b=https://t.test",
    "#https://t.test",
    "?//t.test",
    URL,
    "https://www.example.fr:8443/",
    "https://example.fr/",
    "https://sub.www.example.fr/",
    f"{ORIGIN}:443/a",
    "https://WWW.EXAMPLE.FR/a",
    "https:a",
    "https:/a",
    "//www.example.fr/a",
    "data:image/gif;base64,R0lGOD//t.test",
    "blob:https://www.example.fr/1",
    "about:blank",
    "javascript:void(0)",
    "mailto:x@t.test",
    "a&amp;b=&sol;&sol;",
    "a&notit;b",
    "a&copy=1",
    "a&copy",
    "&unheard;/a",
    "&unheard",
    "&#0;",
    "&#xd800;",
    "&#x110000;",
    "&#99999999999999999999;",
    "&#128;",
    "&",
]


@pytest.mark.parametrize("address", THEIRS)
@pytest.mark.parametrize("quote", ['"', "'"])
def test_every_way_to_another_host_is_held(address: str, quote: str) -> None:
    page = f"<img src={quote}{address}{quote}>".encode("utf-8", "surrogateescape")
    assert b" data-consent-src=" + quote.encode() in rewritten(page)


@pytest.mark.parametrize("address", THEIRS)
def test_in_a_list_of_images_too(address: str) -> None:
    spaced = set(address) & set("\t\n\x0c\r ") or "&Tab;" in address or "&#9/" in address
    if not spaced:
        page = f'<img srcset="/a 1x, {address} 2x">'.encode("utf-8", "surrogateescape")
        assert b' data-consent-srcset="' in rewritten(page)


@pytest.mark.parametrize("address", OURS)
def test_what_contacts_nobody_else_passes(address: str) -> None:
    markup = f'<img src="{address}"><video poster="{address}"></video>'
    assert held(markup) == markup


def test_a_page_without_tls_may_use_its_own_host_with_it() -> None:
    by = ruling().policy.ruling(None, origin="http://localhost:8000", path="/")
    page = b"<img src=https://localhost:8000/a><img src=wss://localhost:8000><img src=/a>"
    assert rewritten(page, by=by, url="http://localhost:8000/") == page


@pytest.mark.parametrize(
    "srcset",
    [
        "//t.test",
        "//t.test 2x",
        ",//t.test",
        "/a,//t.test",
        "/a 1x,//t.test 2x",
        "/a 100w , //t.test 200w",
        "/a (x,y) 1x, //t.test",
        "/a, , //t.test",
        "/a ( //b, //t.test",
        "data:,x 1x, //t.test 2x",
    ],
)
def test_a_candidate_anywhere_in_a_list_of_images_is_found(srcset: str) -> None:
    page = f'<img srcset="{srcset}">'
    # The second of the two is one address with a comma in it, a path of the site's own.
    unseparated = {"/a ( //b, //t.test", "/a,//t.test"}
    assert (HELD in held(page)) is (srcset not in unseparated)


@pytest.mark.parametrize(
    ("markup", "left"),
    [
        (f"<img src='{THEM}'>", f"<img{HELD} data-consent-src='{THEM}'>"),
        (f"<img src = {THEM}>", f"<img{HELD} data-consent-src = {THEM}>"),
        (f"<img\nsrc\n=\n'{THEM}'\n>", f"<img{HELD}\ndata-consent-src\n=\n'{THEM}'\n>"),
        (f"<img/src={THEM}/>", f"<img{HELD} /data-consent-src={THEM}/>"),
        (f"<img/ /src={THEM}>", f"<img{HELD} / /data-consent-src={THEM}>"),
        (f"<img alt=''src={THEM}>", f"<img{HELD} alt=''data-consent-src={THEM}>"),
        (f"<img a='\"'src={THEM}>", f"<img{HELD} a='\"'data-consent-src={THEM}>"),
        (f"<img =src={THEM}>", f"<img =src={THEM}>"),
        (f'<img " src={THEM}>', f'<img{HELD} " data-consent-src={THEM}>'),
        (f"<img a= src={THEM}>", f"<img a= src={THEM}>"),
        (f"<img a=\"src='{THEM}'\">", f"<img a=\"src='{THEM}'\">"),
        (f"<img data-src={THEM}>", f"<img data-src={THEM}>"),
        (f"<img src={THEM} src=/a>", f"<img{HELD} data-consent-src={THEM} src=/a>"),
        (f"<img src=/a src={THEM}>", f"<img{HELD} src=/a data-consent-src={THEM}>"),
        (f"<IMG SRC={THEM}>", f"<IMG{HELD} data-consent-SRC={THEM}>"),
        (f"<img src={THEM}", f"<img src={THEM}"),
        (f"<img src='{THEM}>", f"<img src='{THEM}>"),
        ("<img src=>", "<img src=>"),
        ("<img src>", "<img src>"),
        (f"<img><img src={THEM}>", f"<img><img{HELD} data-consent-src={THEM}>"),
        (f"<img title='a>b' src={THEM}>", f"<img{HELD} title='a>b' data-consent-src={THEM}>"),
        (f"<script/src={THEM}>", f"<script{HELD} type=text/plain /data-consent-src={THEM}>"),
    ],
)
def test_attributes_are_told_apart_as_browsers_do_2(markup: str, left: str) -> None:
    assert held(markup) == left


@pytest.mark.parametrize(
    "base", ["//t.test/", "https://t.test", "https:\\\\t.test/x/", "wss://t.test"]
)
def test_a_base_of_another_host_stays_and_what_loads_from_it_is_held(base: str) -> None:
    """P-02: links resolve against it too, and they are the visitor's own."""
    left = held(f"<base href='{base}'><a href=c>d</a><img src=b>")
    assert left.startswith(f"<base href='{base}'><a href=c>d</a><img data-consent-held=")


@pytest.mark.parametrize("base", ["//[", "https://", "https://a b/", "\udcff://\udcff"])
def test_a_base_that_no_browser_can_read_changes_nothing(base: str) -> None:
    page = f"<base href='{base}'><img src=b>".encode("utf-8", "surrogatepass")
    assert rewritten(page) == page


def test_a_base_in_a_document_of_its_own_may_be_any_text() -> None:
    page = "<iframe srcdoc='&lt;base href=&quot;https://&#xd800;&quot;>a'></iframe>"
    assert held(page) == page


def test_a_base_that_is_granted_is_one_of_those_that_count() -> None:
    shared = "<base name=a href=https://both.example/x/><img src=a><img src=/ads/b>"
    assert held(shared).endswith(
        "<img src=a>"
        + held("<img src=https://both.example/ads/>").replace("https://both.example/ads/", "/ads/b")
    )
    page = "<base href=//till.example.net/a/><img src=b><base href=data:,><base href=/x>"
    assert held(page) == page


def test_a_page_of_a_host_that_is_not_the_site_s_holds_what_is_relative() -> None:
    assert rewritten(b"<img src=a>", url="https://t.test/") == (
        f"<img{HELD} data-consent-src=a>".encode()
    )


@pytest.mark.parametrize("tag", ["<img srcset='{0} 1x, {1} 2x'>", "<video poster={0} src={1}>"])
def test_what_is_held_for_two_services_is_released_with_neither(tag: str) -> None:
    """Else a grant to the first would let the second act."""
    assert COUNTED in held(tag.format(COUNTER, COUNTER))
    left = held(tag.format(COUNTER, "https://www.youtube.com/x"))
    assert "data-consent-held=undecided data-consent" in left
    assert "data-consent-service" not in left


def test_an_address_is_resolved_as_the_page_would_and_an_unreadable_one_is_none() -> None:
    judge = Judge(ruling(), URL)
    assert judge.resolved(" //t.test/x ") == THEM
    assert judge.resolved("https://[") == ""
