"""The names above a host that are the site's own (RFC 6265 §5.3, step 5)."""

from __future__ import annotations

import pytest

from consent.registrable import domains, registrable


@pytest.mark.parametrize(
    ("host", "domain"),
    [
        ("www.example.fr", "example.fr"),
        ("example.fr", "example.fr"),
        ("a.b.shop.co.uk", "shop.co.uk"),
        ("me.github.io", "me.github.io"),
        ("www.site.test", "site.test"),
        ("www.xn--caf-dma.fr", "xn--caf-dma.fr"),
        ("co.uk", ""),
        ("github.io", ""),
        ("localhost", ""),
        ("127.0.0.1", ""),
        ("[::1]", ""),
        ("a;x=1.example.fr", ""),
        ("a" * 250 + ".b.fr", ""),
        ("example..fr", ""),
        ("www.example.fr.", ""),
        ("", ""),
    ],
)
def test_a_site_ends_where_the_public_suffix_begins(host: str, domain: str) -> None:
    assert registrable(host) == domain


@pytest.mark.parametrize(
    ("host", "above"),
    [
        ("example.fr", ("example.fr",)),
        ("www.example.fr", ("example.fr", "www.example.fr")),
        ("a.b.shop.co.uk", ("shop.co.uk", "b.shop.co.uk", "a.b.shop.co.uk")),
        ("co.uk", ()),
        ("127.0.0.1", ()),
    ],
)
def test_cookies_are_shared_over_every_name_from_there_down(
    host: str, above: tuple[str, ...]
) -> None:
    assert domains(host) == above
