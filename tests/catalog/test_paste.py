"""What is to be pasted can be pasted."""

from __future__ import annotations

import tomllib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from consent.catalog.paste import HOST, known_as, to_paste
from consent.policy import Policy
from tests.sites import site

ORIGIN = "https://www.example.fr"


def owner(host: str, *, own: bool = False) -> str:
    """Who owns the host once its TOML is in a configuration that has nothing else."""
    (service,) = tomllib.loads(to_paste(host, own=own))["services"]
    config = site(services=(service,))
    return Policy(config).ruling(None, origin=ORIGIN, path="/").url(f"https://{host}/x").service


def test_a_host_of_the_catalogue_is_declared_by_its_service() -> None:
    assert to_paste("www.googletagmanager.com").startswith('[[services]]\nuse = "google-')
    assert known_as("www.googletagmanager.com:8443") == []


@pytest.mark.parametrize("host", ["cdn.example.net", "1.example", "a-b.example:8443", "x" * 60])
def test_another_host_becomes_a_service_that_asks(host: str) -> None:
    assert owner(host) == next(iter(tomllib.loads(to_paste(host))["services"]))["id"]
    assert tomllib.loads(to_paste(host))["services"][0]["purpose"] == "marketing"


def test_a_host_of_the_sites_domain_becomes_a_service_that_does_not() -> None:
    assert owner("static.example.fr", own=True) == "static-example-fr"


@pytest.mark.parametrize(
    ("address", "first"),
    [
        ("www.facebook.com/tr?id=1&ev=PageView", "meta-pixel"),
        ("www.facebook.com/tr/", "meta-pixel"),
        ("www.facebook.com/plugins/like.php", "facebook-social"),
        ("connect.facebook.net/en_US/fbevents.js#x", "meta-pixel"),
        ("connect.facebook.net/fr_FR/sdk.js", "facebook-social"),
        ("www.googletagmanager.com/gtm.js?id=GTM-1", "google-tag-manager"),
    ],
)
def test_the_service_that_claims_the_path_comes_first(address: str, first: str) -> None:
    """Pasted, another of the same host would put what was held under the wrong purpose."""
    host, _, path = address.partition("/")
    assert known_as(host, f"/{path}")[0] == first
    (service,) = tomllib.loads(to_paste(host, f"/{path}"))["services"]
    config = site(services=(service,))
    verdict = Policy(config).ruling(None, origin=ORIGIN, path="/").url(f"https://{address}")
    assert verdict.service == first


def test_where_the_catalogue_knows_several_the_others_are_named() -> None:
    several = [h for h in ("www.google.com", "www.facebook.com") if len(known_as(h)) > 1]
    assert all("# or: " in to_paste(host) for host in several)


@pytest.mark.parametrize("text", ["", "a b", "[::1]", 'a"b', "a\nb", "a..b", "-" * 254, "\x1b[1m"])
def test_what_is_no_host_name_is_none_here(text: str) -> None:
    assert HOST.fullmatch(text) is None


# Without what looks ahead in HOST, which makes drawing from it take minutes.
NAMES = st.from_regex(r"[a-z0-9-]{1,70}(?:\.[a-z0-9-]{1,70}){0,3}(?::[0-9]{1,5})?", fullmatch=True)


@given(NAMES.filter(HOST.fullmatch))
def test_the_toml_of_any_host_can_be_read(host: str) -> None:
    (service,) = tomllib.loads(to_paste(host))["services"]
    assert service.get("hosts", [host]) == [host]
