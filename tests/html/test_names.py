"""Every element and attribute that can load is held, whatever stands beside it (edges.md 7)."""

from __future__ import annotations

import pytest

from consent.html.names import ANY_TAG, BY_TAG, LOADING_RELS, SCRIPT_TYPES, Kind
from tests.html.rewriting import COUNTED, COUNTER, HELD, THEM, held

WRITTEN = {
    Kind.URL: THEM,
    Kind.FRAME: THEM,
    Kind.LIST: f"/a {THEM}",
    Kind.SRCSET: f"/a 1x, {THEM} 2x",
    Kind.CSS: f"url({THEM})",
}
BESIDE = {
    "link": ' rel="preload"',
    "param": ' name="movie"',
    "animate": ' attributeName="href"',
    "set": ' attributeName="xlink:href"',
}
LOADING = [(tag, name, kind) for tag, names in BY_TAG.items() for name, kind in names.items()]
PLAIN = [each for each in LOADING if each[2] is not Kind.DOCUMENT and each[0] != "script"]


@pytest.mark.parametrize(("tag", "name", "kind"), PLAIN)
def test_an_attribute_that_loads_is_held(tag: str, name: str, kind: Kind) -> None:
    beside, value = BESIDE.get(tag, ""), WRITTEN[kind]
    assert (
        held(f'<{tag}{beside} {name}="{value}">')
        == f'<{tag}{HELD}{beside} data-consent-{name}="{value}">'
    )


@pytest.mark.parametrize(("tag", "name", "kind"), PLAIN)
def test_the_site_s_own_addresses_pass(tag: str, name: str, kind: Kind) -> None:
    markup = f'<{tag}{BESIDE.get(tag, "")} {name}="{WRITTEN[kind].replace(THEM, "/own")}">'
    assert held(markup) == markup


@pytest.mark.parametrize("tag", sorted({tag for tag, _, _ in LOADING}))
def test_letters_in_upper_case_are_the_same_element(tag: str) -> None:
    beside = BESIDE.get(tag, "")
    markup = "".join(
        f' {name}="{WRITTEN[kind]}"'
        for name, kind in BY_TAG[tag].items()
        if kind is not Kind.DOCUMENT
    )
    assert f"<{tag.upper()} data-consent-held=" in held(f"<{tag.upper()}{beside}{markup}>")


@pytest.mark.parametrize("name", [name for name, kind in ANY_TAG.items() if kind is Kind.CSS])
def test_css_in_an_attribute_is_parked_on_every_element(name: str) -> None:
    parked = f'<p {name}="url(about:invalid#consent:https%3A%2F%2Ft.test%2Fx)">'
    assert held(f'<p {name}="url({THEM})">') == parked


@pytest.mark.parametrize("name", [name for name, kind in ANY_TAG.items() if kind is not Kind.CSS])
@pytest.mark.parametrize("tag", ["a", "td", "script", "x-own"])
def test_attributes_that_load_on_every_element_are_held(name: str, tag: str) -> None:
    assert f' data-consent-{name}="{THEM}"' in held(f'<{tag} {name}="{THEM}">')


@pytest.mark.parametrize("name", BY_TAG["script"])
@pytest.mark.parametrize("kind", ["", *sorted(SCRIPT_TYPES)])
def test_a_script_that_runs_is_held(name: str, kind: str) -> None:
    typed = f' type="{kind}"' if kind else ""
    kept = typed.replace("type", "data-consent-type")
    assert (
        held(f'<script{typed} {name}="{THEM}"></script>')
        == f'<script{HELD} type=text/plain{kept} data-consent-{name}="{THEM}"></script>'
    )


@pytest.mark.parametrize("word", sorted(LOADING_RELS))
def test_a_link_is_held_if_one_of_its_words_loads(word: str) -> None:
    for rel in (word, word.upper(), f"nofollow\t{word}", f"{word} x"):
        assert HELD in held(f'<link rel="{rel}" href="{THEM}">')


@pytest.mark.parametrize(
    "rel", ["", " rel", " rel=canonical", ' rel="alternate license"', " rel=x"]
)
def test_a_link_that_only_tells_passes(rel: str) -> None:
    assert held(f'<link{rel} href="{THEM}">') == f'<link{rel} href="{THEM}">'


def test_what_is_held_says_whose_it_is_and_for_what() -> None:
    assert held(f"<img src={COUNTER}>") == f"<img{COUNTED} data-consent-src={COUNTER}>"


@pytest.mark.parametrize("tag", ["img src", "script src", "iframe src", "link rel=icon href"])
def test_what_is_granted_or_exempt_passes(tag: str) -> None:
    assert held(f"<{tag}={COUNTER}>", granted=True) == f"<{tag}={COUNTER}>"
    assert held(f"<{tag}=//till.example.net>") == f"<{tag}=//till.example.net>"
    assert COUNTER in held(f"<{tag}={COUNTER}>", granted=False)
    assert "data-consent-held=refused" in held(f"<{tag}={COUNTER}>", granted=False)


@pytest.mark.parametrize("attribute", ["to", "from", "by", "values"])
def test_an_animation_towards_an_address_is_held(attribute: str) -> None:
    for target in ("mask", "filter", "fill"):
        markup = f'<set attributeName={target} {attribute}="url({THEM})">'
        assert THEM not in held(markup)
    assert held(f"<set attributeName=x {attribute}=1>") == f"<set attributeName=x {attribute}=1>"


def test_a_parameter_of_a_plugin_is_held_by_its_name() -> None:
    assert held(f"<param name=MOVIE value={THEM}>").startswith(f"<param{HELD}")
    assert held(f"<param name=x value={THEM}>") == f"<param name=x value={THEM}>"
    assert held(f"<param value={THEM}>") == f"<param value={THEM}>"
