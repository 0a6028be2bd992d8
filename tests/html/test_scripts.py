"""Scripts: by their address, by their text, by their type (edges.md 4 to 6)."""

from __future__ import annotations

from base64 import b64encode
from urllib.parse import quote

import pytest

from tests.catalog.snippets import INNOCENT
from tests.html.rewriting import COUNTED, COUNTER, HELD, THEM, held

LOADER = "counter.start(1)"
KEPT = f"<script{COUNTED} type=text/plain"


@pytest.mark.parametrize(
    "attributes",
    ["", " async", " type=module", ' type="text/javascript"', " type=''", " type", " nonce=n id=a"],
)
def test_the_inline_loader_of_a_held_service_is_held(attributes: str) -> None:
    kept = attributes.replace("type", "data-consent-type")
    expected = f"{KEPT}{kept}>{LOADER}</script>"
    assert held(f"<script{attributes}>{LOADER}</script>") == expected


def test_the_inline_loader_of_a_granted_service_passes() -> None:
    assert held(f"<script>{LOADER}</script>", granted=True) == f"<script>{LOADER}</script>"


@pytest.mark.parametrize("text", INNOCENT)
def test_a_script_that_only_mentions_a_service_passes_4(text: str) -> None:
    assert held(f"<script>{text}</script>") == f"<script>{text}</script>"


@pytest.mark.parametrize(
    "kind",
    [
        "application/ld+json",
        "application/json",
        "text/template",
        "text/x-handlebars",
        "text/plain",
        "x",
    ],
)
def test_scripts_that_are_data_are_not_touched_5(kind: str) -> None:
    for text in (LOADER, f'{{"@id": "{THEM}"}}', f"<img src={THEM}>"):
        markup = f'<script type="{kind}">{text}</script><script type={kind} src={THEM}></script>'
        assert held(markup) == markup


def test_all_that_belongs_to_a_script_survives_6() -> None:
    more = (
        'integrity="sha256-x" crossorigin=anonymous nonce=n async defer nomodule fetchpriority=low'
    )
    assert (
        held(f"<script type=module src={THEM} {more}></script>")
        == f"<script{HELD} type=text/plain data-consent-type=module"
        f" data-consent-src={THEM} {more}></script>"
    )


def test_a_repeated_attribute_cannot_start_a_script() -> None:
    page = f"<script src={THEM} src={COUNTER} type=text/javascript type=module></script>"
    left = held(page)
    assert " src=" not in left
    assert left.count(" type=") == 1


def test_a_script_with_an_empty_address_is_read_as_one_with_text() -> None:
    assert held(f"<script src>{LOADER}</script>").startswith(KEPT)
    assert held(f"<script src=''>{LOADER}</script>").startswith(KEPT)


@pytest.mark.parametrize(
    "url",
    [
        f"data:text/javascript,{quote(LOADER)}",
        f"data:,{LOADER}",
        f"DATA:text/javascript;base64,{b64encode(LOADER.encode()).decode()}",
        f"data:text/javascript;base64,{b64encode(LOADER.encode()).decode().rstrip('=')}",
        f"\n da\tta:text/javascript;charset=utf-16le,{quote(LOADER.encode('utf-16-le'))}",
    ],
)
def test_a_script_in_a_data_url_is_read_7(url: str) -> None:
    assert held(f'<script src="{url}"></script>').startswith(KEPT)
    assert held(f'<script src="{url}"></script>', granted=True).startswith("<script src=")


@pytest.mark.parametrize(
    "url", ["data:text/javascript,ok()", "data:;base64,A", "data:", "data:x;base64,%%%"]
)
def test_other_scripts_in_data_urls_pass(url: str) -> None:
    assert held(f'<script src="{url}"></script>') == f'<script src="{url}"></script>'


@pytest.mark.parametrize("kind", ["importmap", "speculationrules", "ImportMap"])
def test_addresses_in_import_maps_and_speculation_rules_are_parked(kind: str) -> None:
    text = f'{{"a": "/own.js", "b": "{THEM}", "c": ["\\u002f/t.test", "./x"], "d": "a:b"}}'
    parked = "about:invalid#consent:"
    left = held(f"<script type={kind}>{text}</script>")
    assert left == (
        f'<script type={kind}>{{"a": "/own.js", "b": "{parked}https%3A%2F%2Ft.test%2Fx", '
        f'"c": ["{parked}%2F%2Ft.test", "./x"], "d": "a:b"}}</script>'
    )


@pytest.mark.parametrize("text", ["{}", '{"a": "\\x//"}', '{"//t.test', '{"a": "/b"}', "not json"])
def test_rules_that_name_no_other_host_pass(text: str) -> None:
    markup = f"<script type=importmap>{text}</script>"
    assert held(markup) == markup


BY_LINKS = (
    '{"prefetch": [{"where": {"selector_matches": "a"}, "eagerness": "immediate"}]}',
    '{"prefetch": [{"source": "document"}]}',
    '{"prerender": [{"where": {"href_matches": "/a"}}, {"where": {"href_matches": "*"}}]}',
    '{"prefetch": [{"where": {"not": {"href_matches": "/a"}}}]}',
    '{"prefetch": [{"where": {"or": [{"href_matches": "/a"}, {"selector_matches": "b"}]}}]}',
    '{"prefetch": [{"wher\\u0065": {"href_matches": ["/a", "//b"]}}]}',
    '{"prefetch": [{"where": {"href_matches": []}}]}',
    '{"prefetch": [{"where": "/"}]}',
)


@pytest.mark.parametrize("rules", BY_LINKS)
def test_rules_that_go_by_the_links_of_the_page_are_parked(rules: str) -> None:
    """What these links lead to is nobody's business before a click."""
    left = held(f"<script type=speculationrules>{rules}</script>")
    assert '"data-consent-where"' in left or '"data-consent-document"' in left
    assert held(f"<script type=speculationrules>{rules}</script>", granted=True) == left


@pytest.mark.parametrize(
    "rules",
    [
        '{"prefetch": [{"where": {"href_matches": "/*"}}]}',
        '{"prefetch": [{"source": "document", "where": {"and": [{"href_matches": "/*"}, 1]}}]}',
        '{"prefetch": [{"where": {"or": [{"href_matches": ["/a", "/b"]}]}}]}',
        '{"prefetch": [{"urls": ["/where", "/document"]}], "tag": "where"}',
        '{"imports": {"where": "/where.js", "document": "/document.js"}}',
        '["where"]',
        '{"where": 1} and no JSON',
        '{"prefetch": "where"}',
        '{"prefetch": ["where"]}',
    ],
)
def test_rules_for_the_sites_own_links_pass(rules: str) -> None:
    markup = f"<script type=speculationrules>{rules}</script>"
    assert held(markup) == markup


def test_what_stands_in_no_json_is_left_alone() -> None:
    rules = '{"prefetch": [{"source": "document", "x": "\\u12", "y": 1}]}'
    markup = f"<script type=speculationrules>{rules}</script>"
    assert held(markup) == markup


def test_below_a_foreign_base_no_rule_is_for_the_sites_own_links() -> None:
    rules = '{"prefetch": [{"where": {"href_matches": "/*"}}]}'
    page = f"<base href={THEM}><script type=speculationrules>{rules}</script>"
    assert '"data-consent-where"' in held(page)


def test_a_script_ends_where_a_browser_ends_it() -> None:
    for text in (
        "<!-- <script> </script> -->",
        "'</scripty>'",
        "<!--><script>",
        "<!-- </scripts <script </script>-->",
        "'</body>'",
    ):
        page = f"<script>{text}</script><img src={THEM}>"
        assert held(page) == f"<script>{text}</script><img{HELD} data-consent-src={THEM}>"


def test_what_looks_like_markup_in_a_script_is_text() -> None:
    for text in (f"'<img src={THEM}>'", f"<!-- <script> </script><img src={THEM}>"):
        assert held(f"<script>{text}</script>") == f"<script>{text}</script>"


@pytest.mark.parametrize(
    "page", ["<p><script>", "<script src=/a>", "<script>ok(", "<script async>"]
)
def test_a_page_that_ends_in_a_script_loses_nothing(page: str) -> None:
    assert held(page) == page


def test_a_loader_that_a_page_ends_in_is_held() -> None:
    assert held(f"<script>{LOADER}") == f"{KEPT}>{LOADER}"


def test_an_attribute_that_loads_on_every_element_does_so_on_a_script() -> None:
    assert held(f"<script src={THEM} background={THEM}></script>") == (
        f"<script{HELD} type=text/plain data-consent-src={THEM} background={THEM}></script>"
    ) or "data-consent-background" in held(f"<script src={THEM} background={THEM}></script>")


@pytest.mark.parametrize("script", [f"src={THEM}></script>", ">counter.start(1)</script>"])
def test_what_a_held_script_looks_like_is_judged_too(script: str) -> None:
    assert "data-consent-held" in held(f"<script {script}")
    assert f"url({THEM})" not in held(
        f'<script style="display:block;background:url({THEM})" {script}'
    )
