"""Every mistake has its code and its place, and all of them are found at once."""

from __future__ import annotations

import re
from typing import Any

import pytest

from consent import ConsentConfig
from consent.errors import ConfigError
from consent.model import ExemptReason
from tests.written import config, fixes, found, own

TEXT = {"fr": "Un texte", "en": "A text"}
LOYALTY = {"id": "loyalty", "title": TEXT, "description": TEXT}


def many_purposes(count: int) -> dict[str, Any]:
    names = [f"purpose-{number}" for number in range(count)]
    return {
        "purposes": [{"id": n, "title": TEXT, "description": TEXT} for n in names],
        "services": [own(id=f"s-{n}", purpose=n, items=[{"name": n}]) for n in names],
    }


CASES: list[tuple[dict[str, Any], str, str]] = [
    ({"controller": {"email": "a b"}}, "E013", "controller.email"),
    ({"controller": {"nme": "x"}}, "E002", "controller.nme"),
    ({"controller": "x"}, "E003", "controller"),
    ({"controller": {"name": " "}}, "E005", "controller.name"),
    ({"controller": {"name": "a\r\nb"}}, "E005", "controller.name"),
    ({"controller": {"name": "a" * 201}}, "E005", "controller.name"),
    ({"site": {"url": "www.example.fr"}}, "E014", "site.url"),
    ({"site": {"url": "https://www.example.fr/shop"}}, "E014", "site.url"),
    ({"site": {"url": "https://u@www.example.fr"}}, "E014", "site.url"),
    ({"site": {"url": "https://www.example.fr?"}}, "E014", "site.url"),
    ({"site": {"url": "ftp://www.example.fr"}}, "E014", "site.url"),
    ({"site": {"url": 1}}, "E003", "site.url"),
    ({"site": {"url": "http://www.example.fr"}}, "W007", "site.url"),
    ({"site": {"trusted_origins": ["https://a.fr/b"]}}, "E014", "site.trusted_origins[0]"),
    ({"site": {"policy_url": "//evil.example"}}, "E013", "site.policy_url"),
    ({"site": {"policy_url": "javascript:alert(1)"}}, "E013", "site.policy_url"),
    ({"site": {"policy_url": "https://u:p@a.fr/"}}, "E013", "site.policy_url"),
    ({"site": {"policy_url": "/a\r\nSet-Cookie: b"}}, "E013", "site.policy_url"),
    ({"site": {"languages": []}}, "E011", "site.languages"),
    ({"site": {"languages": ["fr", "fr"]}}, "E011", "site.languages"),
    ({"site": {"languages": ["French"]}}, "E011", "site.languages[0]"),
    ({"site": {"languages": ["fr", "de"]}}, "E011", "site.languages[1]"),
    ({"site": {"development": "yes"}}, "E003", "site.development"),
    ({"cookie": {"lifetime_months": 14}}, "E023", "cookie.lifetime_months"),
    ({"cookie": {"lifetime_months": 0}}, "E023", "cookie.lifetime_months"),
    ({"cookie": {"lifetime_months": 6.0}}, "E003", "cookie.lifetime_months"),
    ({"cookie": {"lifetime_months": True}}, "E003", "cookie.lifetime_months"),
    ({"cookie": {"lifetime_months": 7}}, "W003", "cookie.lifetime_months"),
    ({"cookie": {"domain": "fr"}}, "E024", "cookie.domain"),
    ({"cookie": {"domain": "a b.fr"}}, "E024", "cookie.domain"),
    ({"cookie": {"domain": "127.0.0.1"}}, "E024", "cookie.domain"),
    ({"cookie": {"domain": "other.fr"}}, "E024", "cookie.domain"),
    ({"cookie": {"domain": "ample.fr"}}, "E024", "cookie.domain"),
    ({"cookie": {"domain": "a.www.example.fr"}}, "E024", "cookie.domain"),
    ({"log": {"url": "mysql://h/db"}}, "E030", "log.url"),
    ({"log": {"url": "sqlite://"}}, "E030", "log.url"),
    ({"log": {"url": "sqlite:///:memory:"}}, "E030", "log.url"),
    ({"log": {"retention_years": 0}}, "E031", "log.retention_years"),
    ({"log": {"retention_years": 31}}, "E031", "log.retention_years"),
    ({"blocking": {"undeclared_hosts": "blok"}}, "E004", "blocking.undeclared_hosts"),
    ({"blocking": {"undeclared_cookies": "allow"}}, "E004", "blocking.undeclared_cookies"),
    ({"blocking": {"seal": "true"}}, "E004", "blocking.seal"),
    ({"blocking": {"seal": 1}}, "E004", "blocking.seal"),
    ({"blocking": {"exclude_paths": ["webhooks/*"]}}, "E040", "blocking.exclude_paths[0]"),
    ({"blocking": {"exclude_paths": ["/a?b"]}}, "E040", "blocking.exclude_paths[0]"),
    ({"path": "consent"}, "E041", "path"),
    ({"path": "/"}, "E041", "path"),
    ({"path": "/consent/"}, "E041", "path"),
    ({"path": "/../consent"}, "E041", "path"),
    ({"path": 1}, "E003", "path"),
    ({"purposes": {}}, "E003", "purposes"),
    ({"purposes": [1]}, "E003", "purposes[0]"),
    ({"purposes": [{"id": "Loyal ty"}]}, "E050", "purposes[0].id"),
    ({"purposes": [{"id": "social", "title": TEXT}]}, "W006", "purposes[0]"),
    ({"purposes": [{"id": "social"}, {"id": "social"}]}, "E051", "purposes[1].id"),
    ({"purposes": [{"id": "analytics", "title": {"f": "x"}}]}, "E011", "purposes[0].title.f.[key]"),
    (many_purposes(33), "E052", "purposes"),
    ({"services": [{"use": "google-analytic"}]}, "E060", "services[0].use"),
    ({"services": [{"use": 1}]}, "E003", "services[0].use"),
    ({"services": [{"use": "youtube", "hosts": ["a.fr"]}]}, "E062", "services[0].hosts"),
    ({"services": [{"use": "youtube", "pahts": ["/"]}]}, "E002", "services[0].pahts"),
    ({"services": [{"use": "youtube"}] * 2}, "E051", "services[1]"),
    ({"services": [own(id="consent-choice", items=[{"name": "a"}])]}, "E051", "services[0]"),
    ({"services": [own()]}, "E061", "services[0]"),
    ({"services": [own(hosts=["a.fr"], purpose="analytic")]}, "E053", "services[0].purpose"),
    ({"services": [own(hosts=["https://a.fr"])]}, "E063", "services[0].hosts[0]"),
    ({"services": [own(hosts=["a.fr"], country="France")]}, "E005", "services[0].country"),
    ({"controller": {"country": "France"}}, "E005", "controller.country"),
    ({"controller": {"country": "UK"}}, "E005", "controller.country"),
    ({"services": [own(hosts=["a.fr"], country="XK")]}, "E005", "services[0].country"),
    ({"services": [own(hosts=["a.fr"], privacy_url="/p")]}, "E013", "services[0].privacy_url"),
    ({"services": [own(hosts=["a.fr"], snippets=["("])]}, "E065", "services[0].snippets[0]"),
    ({"services": [own(hosts=["a.fr"], snippets=["[[a]"])]}, "E065", "services[0].snippets[0]"),
    ({"services": [own(hosts=["a.fr"], snippets=["(a+)+b"])]}, "E065", "services[0].snippets[0]"),
    ({"services": [own(hosts=["a.fr"], snippets=["x.*y"])]}, "E065", "services[0].snippets[0]"),
    ({"services": [own(hosts=["a.fr"], snippets=["a|"])]}, "E065", "services[0].snippets[0]"),
    ({"services": [own(hosts=["a.fr"], snippets=["a" * 301])]}, "E065", "services[0].snippets[0]"),
    ({"services": [own(items=[{"name": "a;b"}])]}, "E066", "services[0].items[0].name"),
    ({"services": [own(items=[{"name": "*"}])]}, "E066", "services[0].items[0].name"),
    (
        {"services": [own(items=[{"name": "a", "lifetime": "6 months"}])]},
        "E066",
        "services[0].items[0].lifetime",
    ),
    (
        {"services": [own(items=[{"name": "a", "lifetime": "P"}])]},
        "E066",
        "services[0].items[0].lifetime",
    ),
    (
        {"services": [own(items=[{"name": "a", "kind": "locl"}])]},
        "E004",
        "services[0].items[0].kind",
    ),
    (
        {"services": [own(items=[{"name": "a", "lifetme": "P1D"}])]},
        "E002",
        "services[0].items[0].lifetme",
    ),
    (
        {"services": [own(items=[{"name": "a", "description": {"fr": "Un"}}])]},
        "E012",
        "services[0].items[0].description.en",
    ),
    (
        {"services": [own(hosts=["a.fr"], description={"fr": "Un\x00"})]},
        "E005",
        "services[0].description.fr",
    ),
    (
        {"services": [own(hosts=["a.fr"], description={"en": "One"})]},
        "E012",
        "services[0].description.fr",
    ),
    (
        {"services": [own(hosts=["a.fr"], exempt_reason="basket")]},
        "E071",
        "services[0].exempt_reason",
    ),
    (
        {"services": [own(hosts=["a.fr"], purpose="necessary")]},
        "E070",
        "services[0].exempt_reason",
    ),
    (
        {"services": [own(hosts=["a.fr"], purpose="necessary", exempt_reason="bascet")]},
        "E004",
        "services[0].exempt_reason",
    ),
]


@pytest.mark.parametrize(
    ("changes", "code", "path"), CASES, ids=[f"{c[1]} {c[2]} {i}" for i, c in enumerate(CASES)]
)
def test_a_mistake_has_one_code_and_one_place(
    changes: dict[str, Any], code: str, path: str
) -> None:
    assert found(**changes) == {(code, path)}


@pytest.mark.parametrize("stance", ["report", "allow"])
def test_a_stance_that_gives_up_the_seal_says_so(stance: str) -> None:
    assert found(blocking={"undeclared_hosts": stance}) == {("W008", "blocking.undeclared_hosts")}


@pytest.mark.parametrize(
    ("host", "codes"),
    [
        ("www.example.fr", {"W010"}),
        ("shop.example.org:8443", {"W010"}),
        ("shop.example.org", {"W010"}),
        ("www.example.fr/stats/", set()),
        ("www.example.fr:8443", set()),
        ("metrics.example.fr", set()),
        ("*.example.fr", set()),
    ],
)
def test_a_claim_on_the_site_s_own_origin_says_that_it_holds_nothing(
    host: str, codes: set[str]
) -> None:
    """docs/blocking.md: what is declared without a path never takes the own origin away."""
    site = {"url": "https://www.example.fr", "trusted_origins": ["https://shop.example.org:8443"]}
    problems = found(site=site, services=[own(id="stats", purpose="analytics", hosts=[host])])
    assert {code for code, _ in problems} == codes


def test_what_is_not_enforced_yet_is_not_promised() -> None:
    assert found(blocking={"seal": "strict"}) == set()


def test_a_variable_that_is_not_set_is_named_in_what_to_do() -> None:
    with pytest.raises(ConfigError) as caught:
        config(cookie={"secrets": ["env:NOPE"]})
    [problem] = caught.value.problems
    assert problem.fix.startswith("Set NOPE to")


def test_an_address_pasted_as_a_host_is_told_to_lose_its_scheme() -> None:
    claim = {"hosts": ["https://cdn.example.com/x.js"]}
    with pytest.raises(ConfigError) as caught:
        config(services=[{"id": "cdn", "name": "CDN", "purpose": "analytics", **claim}])
    assert [p.fix.startswith("Leave it out") for p in caught.value.problems] == [True]


def test_the_same_without_the_mistake_is_fine() -> None:
    assert found(**many_purposes(32)) == set()
    assert found(cookie={"domain": "example.fr"}) == set()
    assert found(cookie={"domain": ".www.example.fr"}) == set()
    assert found(blocking={"seal": False, "exclude_paths": ["/webhooks/*"]}) == set()
    assert found(log={"url": "postgresql+asyncpg://u@h/db"}) == set()


def test_a_value_of_the_wrong_type_hides_nothing_else_of_its_section() -> None:
    assert found(
        site={"url": "http://www.example.fr", "languages": 7},
        cookie={"lifetime_months": "6", "domain": "example.org"},
        blocking={"seal": 7, "undeclared_hosts": "report"},
    ) == {
        ("E003", "site.languages"),
        ("E003", "cookie.lifetime_months"),
        ("E024", "cookie.domain"),
        ("E004", "blocking.seal"),
    }


def test_what_could_not_be_read_is_not_said_to_be_missing() -> None:
    assert found(cookie={"secrets": 7}, purposes=[{**LOYALTY, "title": {"fr": "Fidélité"}}]) == {
        ("E003", "cookie.secrets"),
    }


def test_all_mistakes_are_found_at_once() -> None:
    assert found(
        site={"nme": "x", "url": "no"},
        cookie={"lifetime_months": 14},
        log={"retention_years": 0},
        blocking={"undeclared_hosts": "blok"},
        purposes=[LOYALTY, LOYALTY],
        services=[{"use": "gogle-analytics"}, own(hosts=["a;b"]), 5],
        banner={},
    ) == {
        ("E002", "banner"),
        ("E002", "site.nme"),
        ("E014", "site.url"),
        ("E023", "cookie.lifetime_months"),
        ("E031", "log.retention_years"),
        ("E004", "blocking.undeclared_hosts"),
        ("E051", "purposes[1].id"),
        ("E060", "services[0].use"),
        ("E063", "services[1].hosts[0]"),
        ("E003", "services[2]"),
    }


def test_an_unknown_key_does_not_hide_what_is_wrong_beside_it() -> None:
    assert found(site={"nme": "x", "languages": ["de"]}, cookie={"domain": "other.fr", "a": 1}) == {
        ("E002", "site.nme"),
        ("E011", "site.languages[0]"),
        ("E002", "cookie.a"),
        ("E024", "cookie.domain"),
    }


def test_nothing_at_all_names_what_is_missing() -> None:
    with pytest.raises(ConfigError) as raised:
        ConsentConfig()
    assert {(problem.code, problem.path) for problem in raised.value.problems} == {
        ("E001", "site.name"),
        ("E001", "site.url"),
        ("E001", "controller.name"),
        ("E001", "controller.address"),
        ("E001", "controller.email"),
    }


def test_errors_hide_no_warning_that_is_an_error() -> None:
    with pytest.raises(ConfigError) as raised:
        config(path="x", cookie={"lifetime_months": 7})
    assert [problem.code for problem in raised.value.problems] == ["E041"]


def test_a_purpose_of_ones_own_needs_its_texts_in_every_language() -> None:
    """FR-04: a title and a description, before any choice."""
    purpose = {"id": "loyalty", "title": {"fr": "Fidélité"}, "detail": {"en": "More."}}
    assert found(purposes=[purpose], services=[own(purpose="loyalty", hosts=["a.fr"])]) == {
        ("E012", "purposes[0].title.en"),
        ("E012", "purposes[0].description.fr"),
        ("E012", "purposes[0].description.en"),
        ("E012", "purposes[0].detail.fr"),
    }


def test_two_services_cannot_own_one_host() -> None:
    services = [own(hosts=["a.fr"]), own(id="other", hosts=["a.fr"])]
    assert found(services=services) == {("E064", "services[1]")}


def test_two_services_can_share_a_host_by_path() -> None:
    services = [own(hosts=["a.fr/one/"]), own(id="other", hosts=["a.fr/two/"])]
    assert found(services=services) == set()


@pytest.mark.parametrize("reason", list(ExemptReason))
@pytest.mark.parametrize(
    "name", ["google-tag-manager", "meta-pixel", "google-ads", "facebook-social", "hotjar"]
)
def test_what_always_asks_can_never_be_necessary(name: str, reason: ExemptReason) -> None:
    """FR-06 (advertising, social sharing), EU-23 (tag managers)."""
    setting = {"use": name, "purpose": "necessary", "exempt_reason": reason.value}
    assert found(services=[setting]) == {("E072", "services[0]")}


@pytest.mark.parametrize(
    "host",
    [
        "www.googletagmanager.com",
        "www.googletagmanager.com/gtm.js",
        "*.facebook.net",
        "x.criteo.com",
    ],
)
def test_naming_the_host_oneself_does_not_make_it_necessary(host: str) -> None:
    """EU-19."""
    setting = own(hosts=[host], purpose="necessary", exempt_reason="security")
    assert found(services=[setting]) == {("E072", "services[0]")}


def test_a_service_of_the_catalogue_cannot_take_a_tracker_along() -> None:
    setting = {"use": "stripe", "extra_hosts": ["www.facebook.com"]}
    assert found(services=[setting]) == {("E072", "services[0]")}


def test_a_frame_of_somebody_elses_host_cannot_be_opened_for_a_service() -> None:
    player = {"url": "https://www.youtube.com/embed/{id}"}
    setting = own(hosts=["video.example.fr"], embeds=[player])
    assert found(services=[setting]) == {("E063", "services[0].embeds")}


@pytest.mark.parametrize(
    ("url", "codes"),
    [
        ("http://video.localhost:8001/embed/{id}", set()),
        ("http://video.example.fr/embed/{id}", {("E013", "services[0].embeds[0].url")}),
        ("http://localhost.evil.example/{id}", {("E013", "services[0].embeds[0].url")}),
    ],
)
def test_a_frame_without_tls_is_opened_on_the_machine_itself_only(
    url: str, codes: set[tuple[str, str]]
) -> None:
    setting = own(hosts=["video.localhost:8001", "video.example.fr"], embeds=[{"url": url}])
    assert found(services=[setting]) == codes


def test_what_has_no_host_is_known_by_what_it_stores() -> None:
    setting = {"use": "snowplow", "purpose": "necessary", "exempt_reason": "payment"}
    assert found(services=[setting]) == {("E072", "services[0]")}
    assert found(services=[{"use": "django"}]) == set()


def test_a_reason_that_does_not_hold_for_the_service_is_an_error() -> None:
    setting = {"use": "google-fonts", "exempt_reason": "payment"}
    assert found(services=[setting]) == {("E072", "services[0].exempt_reason")}
    setting = {"use": "google-fonts", "exempt_reason": "no-tracker-resource"}
    assert found(services=[setting]) == set()


def test_a_service_of_the_catalogue_that_is_made_necessary_says_why() -> None:
    setting = {"use": "google-fonts", "purpose": "necessary"}
    assert found(services=[setting]) == {("E070", "services[0].exempt_reason")}
    assert "no-tracker-resource" in fixes(services=[setting])


@pytest.mark.parametrize(
    ("changes", "suggestion"),
    [
        ({"site": {"langages": ["fr"]}}, "'languages'"),
        ({"blocking": {"undeclared_hosts": "blok"}}, "'block'"),
        ({"services": [{"use": "google-analytic"}]}, "'google-analytics'"),
        ({"services": [own(hosts=["a.fr"], purpose="analytcs")]}, "'analytics'"),
        ({"services": [own(items=[{"nam": "a"}])]}, "'name'"),
        ({"services": [own(hosts=["a.fr"], cookies=["a"])]}, "'items'"),
        ({"services": [own(hosts=["a.fr"], exempt_reason="pament")]}, "'payment'"),
        ({"zzzzz": 1}, "blocking, controller, cookie"),
    ],
)
def test_the_fix_names_what_was_probably_meant(changes: dict[str, Any], suggestion: str) -> None:
    assert suggestion in fixes(**changes)


def test_the_message_of_the_error_has_every_problem() -> None:
    with pytest.raises(ConfigError, match=r"2 problems in") as raised:
        config(path="x", log={"retention_years": 0})
    assert all(code in str(raised.value) for code in ("E041 path:", "E031 log.retention_years:"))


def said(**settings: Any) -> str:
    with pytest.raises(ConfigError) as raised:
        config(**settings)
    return str(raised.value)


def test_what_a_value_should_be_is_said_as_toml_calls_it() -> None:
    text = said(
        site={"languages": "fr"},
        cookie={"lifetime_months": "6"},
        log=[1],
        services=[own(description="x"), own(name=3)],
        signals={"gpc": "yes", "gpc_last_update": "soon", "purposes": [1]},
    )
    assert "site.languages: This is not a list." in text
    assert "cookie.lifetime_months: This is not a whole number." in text
    assert "log: This is not a table." in text
    assert "description (images): This is not a table." in text
    assert "name (images): This is not a text." in text
    assert "signals.gpc: This is neither true nor false." in text
    assert "signals.gpc_last_update: This is not a date." in text
    assert not re.search("tuple|dict|instance|Input", text)


@pytest.mark.parametrize(
    ("service", "line"),
    [
        ({"use": "youtube", "paths": "/x"}, "E003 services[0].paths (youtube): "),
        ({**own(id="chat"), "hosts": "x"}, "E003 services[0].hosts (chat): "),
        ({**own(), "id": 5}, "E003 services[0].id: "),
        ("youtube", "E003 services[0]: "),
    ],
)
def test_a_problem_with_a_service_names_it(service: Any, line: str) -> None:
    """Where it is can be counted; who it is can be searched for."""
    assert line in said(services=[service])
