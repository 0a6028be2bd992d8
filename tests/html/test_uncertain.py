"""Where parsers disagree, every reading is held; well-formed markup ends the caution."""

from __future__ import annotations

import pytest

from tests.html.rewriting import COUNTED, HELD, THEM, held

PROBE = f"<img src={THEM}>"
CAUGHT = f"<img{HELD} data-consent-src={THEM}>"
PARKED = "about:invalid#consent:https%3A%2F%2Ft.test%2Fx"
INNOCENT = f"<!-- {PROBE} --><title>{PROBE}</title>"
CERTAIN = [
    "<svg><path d='M0 0'/><g><circle r=1></g></svg>",
    "<svg viewBox='0 0 1 1'><title>a</title><desc>b</desc><use href='#a'></use></svg>",
    "<SVG><Title>a</Title></SVG>",
    "<svg/>",
    "<svg></svg a='>'<svg>",
    "<svg><g></svg>",
    "<svg><!-- <g> --><path/></svg>",
    "<svg><style>a{}</style></svg>",
    "<svg><foreignObject><p>a</p></foreignObject></svg>",
    "<svg><![CDATA[ x ]]></svg>",
    "<svg><title/><path/></svg>",
    "<svg><g><title/></g></svg>",
    "<select><g></g></select>",
    "<select><g/></select>",
    "<svg><image href='/a'/></svg>",
    "<math><mi>x</mi><mo>+</mo><mfrac><mn>1</mn></mfrac></math>",
    "<math><mtext><b>x</b></mtext></math>",
    "<select><option>a<option selected>b</select>",
    "<select><optgroup label=a><option value='/x'>b</option></optgroup></select>",
    "<select><div>x</select>",
    "<select><option>a</select \n>",
    "<svg><a href=/x><text>t</text></a></svg>",
]
# After each of these a browser may still, or again, read in another way than it seems.
ODD = [
    "<svg><p></svg>",
    "<svg><![CDATA[</svg>]]>",
    "<svg><!--!></svg>-->",
    "<svg><!x </svg>",
    "<svg><p><style/></p></svg>",
    "<svg><p><select/></p></svg>",
    "<svg><g title='</svg>'>",
    "<svg><g title='<svg>'></svg>",
    "<svg><g title='<!--'><svg>--></svg>",
    "<svg><foreignObject><p title='<svg>'><style/></svg></p></foreignObject></svg>",
    "<svg><!-- <!--> <g><svg> --></svg>",
    "<svg><!-- <!--!> <g><svg> --></svg>",
    "<svg><style><!--</style><svg>--></svg></style></svg>",
    "<select><title></select>",
    "<select><template></select></template>",
    "<select><svg></select>",
    "<select><select></select>",
    "<math><mi><svg></mi></math>",
    "<svg><title><b></title></svg>",
    "<frameset></frameset>",
    "<svg><desc></svg>",
    "<svg></math>",
    "<svg x=/>",
    "<svg><image href=//t.test/y title='</svg>'>",
    "<svg><desc><style><!--</style><p><svg><svg>--></style></desc></svg>",
]


@pytest.mark.parametrize("markup", CERTAIN)
def test_the_caution_ends_with_a_well_formed_element(markup: str) -> None:
    assert held(markup + INNOCENT + PROBE) == markup + INNOCENT + CAUGHT


@pytest.mark.parametrize("markup", ODD)
def test_the_caution_stays_after_anything_odd(markup: str) -> None:
    for text in (f"<style>{PROBE}</style>", f"<!-- {PROBE} -->", f"<p title='{PROBE}'>", PROBE):
        assert held(markup + text).count(CAUGHT) == 1


@pytest.mark.parametrize(
    "place",
    [
        "PROBE",
        "<!-- PROBE -->",
        "<![CDATA[PROBE]]>",
        "<style>PROBE</style>",
        "<title>PROBE</title>",
        "<p title='PROBE'>",
        "<textarea>PROBE</textarea>",
        "<script>'PROBE'</script>",
        "<!x PROBE",
        "</x a='PROBE'>",
        "<?x PROBE",
        "<noscript>PROBE</noscript>",
        "<",
        "<xmp>PROBE</xmp>",
        "<iframe>PROBE</iframe>",
    ],
)
@pytest.mark.parametrize("root", ["svg", "math", "select", "frameset", "svg><desc", "math><mi"])
def test_every_bracket_inside_is_taken_for_a_tag(root: str, place: str) -> None:
    left = held(f"<{root}>{place.replace('PROBE', PROBE)}{PROBE}")
    assert PROBE not in left
    assert left.count(CAUGHT) == 1 + place.count("PROBE")


@pytest.mark.parametrize("root", ["svg", "math", "select"])
def test_scripts_and_styles_inside_are_read_in_both_ways(root: str) -> None:
    kept = f"<script{COUNTED} type=text/plain>"
    for text in ("counter.start(1)", "counter&#46;start(1)", "counter&#x2e;start&lpar;1)"):
        assert kept in held(f"<{root}><script>{text}</script>")
    for text in (
        f"a{{b:url({THEM})}}",
        f"a{{b:url(&quot;{THEM}&quot;)}}",
        f"a{{b:&#117;rl({THEM})}}",
    ):
        assert THEM not in held(f"<{root}><style>{text}</style>")
        assert PARKED in held(f"<{root}><style>{text}</style>")


@pytest.mark.parametrize("text", ["a{b:url(/c)}", "a>b{c:'&amp;'}", "é"])
def test_a_style_that_fetches_nothing_stays_inside_too(text: str) -> None:
    assert held(f"<svg><style>{text}</style></svg>") == f"<svg><style>{text}</style></svg>"


def test_addresses_of_svg_are_held() -> None:
    assert held(f"<svg><image xlink:href={THEM} /></svg>") == (
        f"<svg><image{HELD} data-consent-xlink:href={THEM} /></svg>"
    )
    assert held(f"<svg><script href={THEM} /></svg>").startswith(
        f"<svg><script{HELD} type=text/plain data-consent-href="
    )
    assert held("<svg><script type=text/x>ok()</script></svg>").endswith("ok()</script></svg>")


def test_a_frame_held_inside_gets_no_placeholder() -> None:
    """Its quotes could end a value that all this stands in."""
    assert held(f"<svg><iframe src={THEM}></iframe>") == (
        f"<svg><iframe{HELD} data-consent-src={THEM}></iframe>"
    )


@pytest.mark.parametrize(
    "page", ["<svg", "<svg><p", "<svg></sv", "<svg><!-", "<svg><script>", "<select><", "<svg></"]
)
def test_what_breaks_off_inside_is_passed_on(page: str) -> None:
    assert held(page) == page
