"""What the site's own policies let us do, read as browsers read them."""

from __future__ import annotations

import pytest

from consent.headers.site_policy import is_strict, is_typed, policies


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
