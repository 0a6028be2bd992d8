"""The first layer, read from the markup alone: no script, no style."""

from __future__ import annotations

from typing import Any

import pytest

from consent.banner import Pages
from tests.markup import one, parsed, text, texts
from tests.sites import service, site

ROLES = ("controller", "purposes", "recipients", "consequences", "withdrawal", "actions")
ASKED = (
    service("counter", "analytics", company="Count Inc.", country="US"),
    service("heatmap", "analytics", company="Count Inc.", country="US"),
    service("pixel", "marketing", company="Ads Ltd", country="IE"),
    service("own", "analytics", company="Shop Ltd"),
    service("till", "necessary", exempt_reason="payment"),
)
PREFIX = "/consent"


def banner(lang: str = "en", *, decided: bool = False, **about: Any) -> str:
    about.setdefault("services", ASKED)
    pages = Pages(site(languages=["en", "fr"], **about))
    return pages.banner(lang=lang, decided=decided, prefix=PREFIX, next="/a?b=1&c=2")


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("lang", ["fr", "en"])
def test_the_first_layer_has_each_of_the_six_regions_of_fr_07(role: str, lang: str) -> None:
    assert text(one(parsed(banner(lang)), f".//*[@data-cc-role='{role}']"))


def test_it_is_a_named_region_in_its_own_language() -> None:
    root = parsed(banner("fr"))
    assert one(root, ".//div[@id='consent-ui']").get("lang") == "fr"
    named = one(root, ".//section").get("aria-labelledby")
    assert text(one(root, f".//*[@id='{named}']")) == "Cookies : à vous de choisir"


def test_every_purpose_that_needs_consent_has_title_description_and_details() -> None:
    """FR-04, and before any button."""
    root = parsed(banner())
    assert texts(root, ".//ul[@data-cc-role='purposes']/li/h3") == [
        "Audience measurement",
        "Personalised advertising",
    ]
    assert len(root.findall(".//ul[@data-cc-role='purposes']/li/p")) == 2
    assert len(root.findall(".//ul[@data-cc-role='purposes']/li/details")) == 2
    markup = banner()
    assert markup.rindex("</details>") < markup.index("<button")


def test_what_is_exempt_is_not_asked_for() -> None:
    assert "Till" not in banner()


def test_each_service_is_named_with_its_trackers_and_how_long_they_last() -> None:
    """EU-03."""
    counter = service(
        "counter",
        "analytics",
        company="Count Inc.",
        country="US",
        items=[
            {"name": "_c", "lifetime": "P13M"},
            {"name": "k", "kind": "local", "lifetime": "P1D"},
        ],
    )
    said = texts(parsed(banner(services=(counter,))), ".//details/ul/li")
    assert said == [
        "Counter, Count Inc. (United States). Trackers: _c (13 months), k (local storage, 1 day)."
    ]


@pytest.mark.parametrize(
    ("services", "said"),
    [
        (ASKED, "2 companies would use these trackers."),
        (ASKED[:2], "One company would use these trackers."),
        (ASKED[3:], "No other company would use these trackers."),
    ],
    ids=["two companies", "two services of one company", "only the site itself"],
)
def test_the_number_of_third_parties_counts_companies_other_than_the_site(
    services: tuple[dict[str, Any], ...], said: str
) -> None:
    """FR-08."""
    root = parsed(banner(services=services))
    assert text(one(root, ".//*[@data-cc-role='recipients']")) == said


def test_a_service_with_hosts_and_no_company_counts_by_its_own_name() -> None:
    root = parsed(banner(services=(service("counter", "analytics"),)))
    assert text(one(root, ".//*[@data-cc-role='recipients']")).startswith("One company")


def test_the_number_leads_to_a_list_of_that_length() -> None:
    """FR-08."""
    link = one(parsed(banner()), ".//*[@data-cc-role='recipients']/a").get("href")
    assert link == "/consent/policy?lang=en&next=/a%3Fb%3D1%26c%3D2#companies"
    pages = Pages(site(services=ASKED))
    policy = parsed(pages.policy(lang="en", prefix=PREFIX))
    assert len(policy.findall(".//table[@data-consent-companies]/tbody/tr")) == 2
    assert policy.findall(".//*[@id='companies']")


def test_the_three_controls_are_equal_siblings_in_the_order_of_cnils_model() -> None:
    """FR-10, FR-12 to FR-14, FR-17, EU-15, EU-17."""
    root = parsed(banner("fr"))
    buttons = list(one(root, ".//*[@data-cc-role='actions']"))
    assert [text(button) for button in buttons] == [
        "Personnaliser mes choix",
        "Tout refuser",
        "Tout accepter",
    ]
    assert {(button.tag, button.get("class")) for button in buttons} == {("button", "cc-button")}


def test_without_script_the_controls_are_a_form() -> None:
    """A-16."""
    form = one(parsed(banner()), ".//form")
    assert (form.get("method"), form.get("action")) == ("post", "/consent/choice")
    fields = {field.get("name"): field.get("value") for field in form.findall("input")}
    notice = site(languages=["en", "fr"], services=ASKED).notice.hash
    assert fields == {"next": "/a?b=1&c=2", "lang": "en", "notice": notice}
    customise, refuse, accept = form.findall(".//button")
    assert customise.get("formaction") == "/consent/preferences"
    assert customise.get("formmethod") == "get"
    assert (refuse.get("name"), refuse.get("value")) == ("action", "refuse_all")
    assert (accept.get("name"), accept.get("value")) == ("action", "accept_all")


def test_nothing_is_ticked_and_nothing_else_is_asked() -> None:
    """FR-11, EU-07: on the first layer there is nothing to fill in."""
    root = parsed(banner())
    assert {field.get("type") for field in root.findall(".//input")} == {"hidden"}
    assert not root.findall(".//select")


def test_it_says_how_long_the_choice_is_kept() -> None:
    """FR-17: from the configuration."""
    root = parsed(banner(cookie={"lifetime_months": 13}))
    assert "kept for 13 months" in text(one(root, ".//*[@data-cc-role='withdrawal']"))


def test_it_names_the_control_that_is_really_there() -> None:
    """FR-18: the name in the text is the name on the control."""
    root = parsed(banner("fr"))
    control = text(one(root, ".//a[@class='cc-reopen']"))
    assert control == "Gérer mes cookies"
    assert f"« {control} »" in text(one(root, ".//*[@data-cc-role='withdrawal']"))


def test_it_says_that_silence_is_a_refusal() -> None:
    """FR-03, FR-15."""
    root = parsed(banner())
    assert "Not answering counts as a refusal." in text(
        one(root, ".//*[@data-cc-role='consequences']")
    )


def test_once_decided_only_the_control_is_left() -> None:
    root = parsed(banner(decided=True))
    assert not root.findall(".//form")
    reopen = one(root, ".//a")
    assert reopen.get("href") == "/consent/preferences?lang=en&next=/a%3Fb%3D1%26c%3D2"


def test_a_site_that_asks_nothing_shows_a_link_and_no_banner() -> None:
    """P-17."""
    root = parsed(banner(services=(ASKED[-1],), decided=True))
    assert not root.findall(".//form")
    assert one(root, ".//a").get("href", "").startswith("/consent/policy?")


def test_a_page_that_answered_a_post_is_answered_with_a_page() -> None:
    pages = Pages(site())
    markup = pages.banner(lang="en", decided=False, prefix="", next="/", reloadable=False)
    assert one(parsed(markup), ".//input[@name='result']").get("value") == "page"


def test_a_configured_text_cannot_become_markup() -> None:
    evil = {**ASKED[0], "name": "<script>x</script>"}
    assert "<script" not in banner(services=(evil,))


def test_there_is_no_inline_code_or_style() -> None:
    """Any content security policy accepts us."""
    for element in parsed(banner()).iter():
        assert not [name for name in element.attrib if name == "style" or name.startswith("on")]
