"""What a configuration that can be used comes to."""

from __future__ import annotations

import logging
import tomllib
from dataclasses import FrozenInstanceError
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from consent import ConsentConfig
from consent.errors import ConfigError
from consent.model import Embed, ExemptReason, Service
from tests.written import SECRET, config, found, own, written


def service(config: ConsentConfig, name: str) -> Service:
    return next(each for each in config.services if each.id == name)


def purposes(config: ConsentConfig) -> list[str]:
    return [purpose.id for purpose in config.purposes]


TOML = """
path = "/choices"
[site]
name = "Shop"
url = "https://www.example.fr"
languages = ["fr", "en"]
[controller]
name = "Exemple SAS"
address = "1 rue de la Paix"
email = "a@b.fr"
[cookie]
secrets = ["env:CONSENT_SECRET"]
[[services]]
use = "google-analytics"
"""


def test_a_file_and_the_same_values_in_python_give_the_same_notice(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CONSENT_SECRET", SECRET)
    file = tmp_path / "consent.toml"
    file.write_text(TOML, "utf-8")
    in_python = ConsentConfig(**tomllib.loads(TOML))
    assert ConsentConfig.from_toml(file).notice == in_python.notice


@pytest.mark.parametrize("content", [b"[site", b"\xff\xfe", b"a = 1\na = 2"])
def test_a_file_that_is_not_toml_is_an_error(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "consent.toml"
    file.write_bytes(content)
    with pytest.raises(ConfigError) as raised:
        ConsentConfig.from_toml(file)
    assert [problem.code for problem in raised.value.problems] == ["E006"]


@pytest.mark.parametrize(
    ("content", "message", "fix"),
    [
        ("a = 1\nname = My site", "Line 2 is not TOML: name = …", "quotes"),
        ("seal = yes", "Line 1 is not TOML: seal = …", "true and false"),
        ("[services]\na = 1\n[services]", "Line 3 is not TOML: [services]", "[[services]]"),
        ("[[services]]\n[services]", "Line 2 is not TOML: [services]", "[[services]]"),
        ("a = 1\na = 2", "not TOML", "consent init"),
        ("secrets = [\n not-to-be-shown\n]", "Line 2 is not TOML (", "consent init"),
        ("a = [", "not TOML", "consent init"),
        ("a = " + "9" * 5000, "cannot be read", "consent init"),
    ],
)
def test_a_line_that_is_not_toml_is_named_with_what_to_write(
    tmp_path: Path, content: str, message: str, fix: str
) -> None:
    """Its value is not: it may be a secret."""
    file = tmp_path / "consent.toml"
    file.write_text(content, "utf-8")
    with pytest.raises(ConfigError) as raised:
        ConsentConfig.from_toml(file)
    (problem,) = raised.value.problems
    assert message in problem.message
    assert fix in problem.fix


def test_a_file_that_an_editor_has_marked_as_unicode_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CONSENT_SECRET", SECRET)
    file = tmp_path / "consent.toml"
    file.write_text(TOML, "utf-8-sig")
    assert ConsentConfig.from_toml(file).site.name


def test_a_file_that_does_not_exist_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="E006"):
        ConsentConfig.from_toml(tmp_path / "none.toml")


def test_nothing_in_it_can_be_changed() -> None:
    with pytest.raises(FrozenInstanceError):
        config().path = "/x"  # type: ignore[misc]
    with pytest.raises(ValidationError):
        config().site.name = "x"  # type: ignore[misc]
    with pytest.raises(TypeError):
        config().facts["analytics"] = "x"  # type: ignore[index]


def test_unset_values_are_those_that_the_cnil_recommends() -> None:
    made = config()
    assert made.cookie.lifetime_months == 6
    assert made.log.retention_years == 5
    assert made.blocking.undeclared_hosts == "block"
    assert made.blocking.seal is True
    assert made.path == "/consent"


def test_without_a_policy_of_its_own_the_site_has_the_generated_one() -> None:
    assert config(path="/choices").site.policy_url == "/choices/policy"
    assert config(site={"policy_url": "/privacy"}).site.policy_url == "/privacy"
    elsewhere = "https://legal.example.fr/privacy"
    assert config(site={"policy_url": elsewhere}).site.policy_url == elsewhere


def test_origins_are_spelt_as_browsers_send_them() -> None:
    site = {"url": "HTTPS://WWW.Exämple.fr:443/", "trusted_origins": ["https://shop.fr:8443"]}
    made = config(site=site).site
    assert made.url == "https://www.xn--exmple-cua.fr"
    assert made.trusted_origins == ("https://shop.fr:8443",)


@pytest.mark.parametrize(
    "url",
    ["http://localhost:8000", "https://localhost", "https://shop.localhost", "https://127.0.0.9",
     "https://[::1]:8443", "http://www.example.fr"],
)  # fmt: skip
def test_plain_http_and_loopback_are_development(url: str) -> None:
    assert config(site={"url": url}).site.development


def test_https_elsewhere_is_production_unless_said_otherwise() -> None:
    assert not config().site.development
    assert config(site={"development": True}).site.development


def test_purposes_are_those_that_have_a_service_necessary_first() -> None:
    services = [{"use": "meta-pixel"}, {"use": "google-analytics"}, {"use": "stripe"}]
    assert purposes(config(services=services)) == ["necessary", "analytics", "marketing"]


def test_a_purpose_of_ones_own_comes_last() -> None:
    text = {"fr": "Points", "en": "Points"}
    made = config(
        purposes=[{"id": "loyalty", "title": text, "description": text}],
        services=[own(purpose="loyalty", hosts=["a.example"]), {"use": "google-analytics"}],
    )
    assert purposes(made) == ["necessary", "analytics", "loyalty"]
    assert not made.purposes[2].exempt


def test_a_built_in_purpose_may_be_reworded_in_one_language() -> None:
    made = config(purposes=[{"id": "analytics", "title": {"en": "Counting visits"}}])
    assert made.purposes[1].title == {"fr": "Mesure d’audience", "en": "Counting visits"}


def test_a_regional_language_uses_the_texts_of_its_language() -> None:
    made = config(site={"languages": ["fr-CA"]})
    assert made.purposes[1].title == {"fr-CA": "Mesure d’audience"}


def test_texts_in_languages_that_the_site_does_not_speak_are_left_out() -> None:
    made = config(site={"languages": ["en"]})
    assert set(service(made, "google-analytics").items[0].description) == {"en"}


def test_the_cookie_of_the_choice_is_declared_where_something_is_asked() -> None:
    """FR-25: exempt trackers are told of too."""
    item = service(config(cookie={"lifetime_months": 3}), "consent-choice").items[0]
    assert (item.name, item.lifetime) == ("__Host-eu-consent", "P3M")


@pytest.mark.parametrize(
    "changes",
    [{"cookie": {"domain": "example.fr"}}, {"site": {"url": "http://localhost:8000"}}],
    ids=["it is shared over subdomains", "plain HTTP"],
)
def test_the_cookie_has_no_prefix_where_browsers_refuse_one(
    changes: dict[str, dict[str, str]],
) -> None:
    assert service(config(**changes), "consent-choice").items[0].name == "eu-consent"


def test_a_site_with_exempt_services_only_asks_nothing() -> None:
    """P-17."""
    basket = own(purpose="necessary", exempt_reason="basket", items=[{"name": "basket"}])
    made = config(services=[basket])
    assert not made.asks
    assert [each.id for each in made.services] == ["images"]
    assert config().asks


def test_a_service_of_the_catalogue_keeps_its_facts_where_nothing_else_is_said() -> None:
    made = service(config(services=[{"use": "stripe", "paths": ["/basket/*"]}]), "stripe")
    assert made.exempt_reason is ExemptReason.PAYMENT
    assert made.paths == ("/basket/*",)
    assert "js.stripe.com" in made.hosts


def test_a_service_of_the_catalogue_may_be_hosted_elsewhere_by_somebody_else() -> None:
    setting = {
        "use": "matomo",
        "name": "Our Matomo",
        "company": "Exemple SAS",
        "country": "FR",
        "privacy_url": "https://www.example.fr/privacy",
        "extra_hosts": ["stats.example.fr"],
        "description": {"en": "Counts visits."},
    }
    made = service(config(services=[setting]), "matomo")
    assert (made.name, made.company, made.country) == ("Our Matomo", "Exemple SAS", "FR")
    assert made.hosts == ("*.matomo.cloud", "*.innocraft.cloud", "stats.example.fr")
    assert made.description["en"] == "Counts visits."
    assert "visites" in made.description["fr"]


def test_a_site_may_have_players_of_its_own_opened_in_their_place() -> None:
    player: dict[str, Any] = {
        "url": "https://video.example.fr/embed/{id}",
        "query": ["start"],
    }
    used = {"use": "youtube", "extra_hosts": ["video.example.fr"], "embeds": [player]}
    theirs = service(config(services=[{"use": "youtube"}]), "youtube").embeds
    assert service(config(services=[used]), "youtube").embeds == (
        *theirs,
        Embed(player["url"], ("start",)),
    )
    ours = own(hosts=["video.example.fr"], embeds=[player])
    assert service(config(services=[ours]), "images").embeds == (Embed(player["url"], ("start",)),)


def test_an_exempt_reason_makes_a_service_necessary() -> None:
    setting = {"use": "matomo", "exempt_reason": "audience-measurement"}
    assert service(config(services=[setting]), "matomo").purpose == "necessary"


def test_a_necessary_service_that_is_given_a_purpose_asks() -> None:
    made = service(config(services=[{"use": "paypal", "purpose": "marketing"}]), "paypal")
    assert (made.purpose, made.exempt_reason) == ("marketing", None)


def test_hosts_of_ones_own_are_lower_case_ascii() -> None:
    made = service(config(services=[own(hosts=["IMG.Exämple.net", "img.exämple.net"])]), "images")
    assert made.hosts == ("img.xn--exmple-cua.net",)


def test_warnings_are_kept_and_logged_once(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING, "consent"):
        made = config(cookie={"lifetime_months": 13})
    assert [warning.code for warning in made.warnings] == ["W001", "W003"]
    assert [message.split()[1] for message in caplog.messages] == ["W001", "W003"]


def test_a_complete_configuration_has_no_problem() -> None:
    assert found() == set()


def test_secrets_and_the_address_of_the_log_are_not_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CONSENT_SECRET", SECRET)
    made = config(
        cookie={"secrets": ["env:CONSENT_SECRET"]}, log={"url": "postgresql://u:hidden@h/db"}
    )
    assert SECRET not in repr(made)
    assert "hidden" not in repr(made)


def test_a_mistake_in_the_log_does_not_show_its_password() -> None:
    with pytest.raises(ConfigError) as raised:
        config(log={"url": "mysql://u:hidden@h/db"})
    assert "hidden" not in str(raised.value)


def test_the_values_given_are_not_changed() -> None:
    given = written(purposes=[{"id": "analytics", "titel": {}}])
    before = repr(given)
    with pytest.raises(ConfigError):
        ConsentConfig(**given)
    assert repr(given) == before
