"""What the site's own policies let us do, read as browsers read them."""

from __future__ import annotations

import pytest

from consent.headers.site_policy import is_strict, is_typed, opens_own, policies


@pytest.mark.parametrize(
    ("value", "strict", "typed"),
    [
        (b"script-src 'nonce-a' 'STRICT-dynamic'", True, False),
        (b"default-src 'self', script-src 'strict-dynamic'", True, False),
        (b"Require-Trusted-Types-For 'script'", False, True),
        (b"script-src 'self'; script-src 'strict-dynamic'", False, False),
        (b"script-src https://strict-dynamic.example;; img-src *", False, False),
        (b"", False, False),
    ],
)
def test_policies_are_read_as_browsers_do(value: bytes, strict: bool, typed: bool) -> None:
    """CSP 3 §2.2: a list by commas, the first directive of a name counts, in any case."""
    found = policies([value])
    assert (is_strict(found), is_typed(found)) == (strict, typed)


@pytest.mark.parametrize(
    ("value", "opens"),
    [
        (b"", True),
        (b"script-src 'none'", True),
        (b"frame-src 'self' https://a.example; form-action 'self'", True),
        (b"default-src 'none'; child-src https://WWW.example.fr", True),
        (b"frame-src https:", True),
        (b"frame-src https://a.example", False),
        (b"default-src 'self'; frame-src 'none'", False),
        (b"default-src 'none'", False),
        (b"form-action https://a.example", False),
        (b"frame-src 'self', frame-src 'none'", False),
    ],
)
def test_a_frame_shows_our_page_only_where_every_policy_lets_it(value: bytes, opens: bool) -> None:
    assert opens_own(policies([value]), "https://www.example.fr") is opens
