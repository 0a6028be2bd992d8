"""Which pages bring the script that releases in place, and what it may release."""

from __future__ import annotations

import pytest

from tests.asgi.exchange import HTML, PAGE, call, responds, scope_for, wrap
from tests.headers.rulings import blocking

CSP = "content-security-policy"
REPORTING = "content-security-policy-report-only"


def head(seal: bool, *headers: tuple[str, str]) -> str:
    app = wrap(responds(PAGE, headers=[HTML, *headers]), config=blocking(seal=seal))
    return call(app, scope_for()).body.decode().partition("</head>")[0]


def test_only_a_page_without_the_seal_releases_in_place() -> None:
    assert "assets/release." not in head(True)
    assert "assets/release." in head(False)


@pytest.mark.parametrize("name", [CSP, REPORTING])
def test_where_text_is_refused_as_code_nothing_is_released_in_place_s3(name: str) -> None:
    """No violation of ours, nor a report of one."""
    assert "assets/release." not in head(False, (name, "require-trusted-types-for 'script'"))


def test_what_is_trusted_without_a_nonce_is_not_released_without_one() -> None:
    assert "data-consent-strict" not in head(False, (CSP, "script-src 'nonce-a'"))
    strict = head(False, (CSP, "script-src 'nonce-a' 'strict-dynamic'"))
    assert 'defer nonce="a" data-consent-strict></script>' in strict
