"""Which nonces our tags carry, so that every policy of the site accepts them (edges.md S1)."""

from __future__ import annotations

import pytest

from consent.headers.nonces import Nonces, has_nonce, nonces


@pytest.mark.parametrize(
    ("policies", "script", "style"),
    [
        ([b"script-src 'nonce-a' 'strict-dynamic'"], "a", ""),
        ([b"default-src 'self' 'nonce-a'"], "a", "a"),
        ([b"default-src 'nonce-a'; script-src 'nonce-b'"], "b", "a"),
        ([b"script-src 'nonce-a'; script-src-elem 'nonce-b'"], "b", ""),
        ([b"script-src 'nonce-a'; script-src 'nonce-b'"], "a", ""),
        ([b"style-src 'nonce-a'"], "", "a"),
        ([b"style-src-elem 'nonce-a'; style-src 'nonce-b'"], "", "a"),
        ([b"SCRIPT-SRC 'NONCE-a+/='"], "a+/=", ""),
        ([b"script-src 'nonce-a' 'nonce-b'", b"script-src 'nonce-b'"], "b", ""),
        ([b"script-src 'nonce-a', script-src 'nonce-a' 'nonce-b'"], "a", ""),
        ([b"script-src 'nonce-a'", b"img-src 'self'", b"script-src 'self'"], "a", ""),
        ([b"script-src 'nonce-a'", b"script-src 'nonce-b'"], "", ""),
        ([b"img-src 'nonce-a'"], "", ""),
        ([b"script-src 'self' 'sha256-x='"], "", ""),
        ([b"\xff;;script-src"], "", ""),
        ([], "", ""),
    ],
)
def test_a_nonce_is_one_that_all_policies_accept(
    policies: list[bytes], script: str, style: str
) -> None:
    assert nonces(policies) == Nonces(script, style)


def test_a_nonce_anywhere_makes_a_page_new_each_time() -> None:
    """K4"""
    assert has_nonce([b"img-src 'self'", b"img-src 'nonce-a'"])
    assert not has_nonce([b"script-src 'self' nonce-a"])
