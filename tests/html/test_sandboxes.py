"""Sandboxes under the strict seal: browsers do not hold the calls (WebRTC) of what is in one."""

from __future__ import annotations

import pytest

from consent.html.stream import LONGEST
from tests.headers.rulings import blocking, ruling
from tests.html.rewriting import UNREAD, held, rewritten

STRICT = blocking(seal="strict")
CALLING = "srcdoc='<script>call()</script>'"


def strictly(markup: str) -> str:
    return rewritten(markup.encode(), by=ruling(STRICT)).decode()


@pytest.mark.parametrize(
    "words", ["allow-scripts", "allow-forms\tALLOW-SCRIPTS", "&#97;llow-scripts"]
)
def test_a_document_in_a_sandbox_of_its_own_origin_is_held(words: str) -> None:
    left = strictly(f"<iframe sandbox='{words}' {CALLING}></iframe>")
    assert left == f"<iframe{UNREAD} sandbox='{words}' data-consent-{CALLING}></iframe>"


@pytest.mark.parametrize(
    "sandbox", ["", "sandbox", "sandbox=allow-forms", "sandbox='allow-scripts allow-same-origin'"]
)
def test_one_that_runs_no_scripts_or_is_of_the_page_stays(sandbox: str) -> None:
    page = f"<iframe {sandbox} {CALLING}></iframe>"
    assert strictly(page) == page


def test_without_the_strict_seal_a_sandbox_is_as_any_frame() -> None:
    page = f"<iframe sandbox=allow-scripts {CALLING}></iframe>"
    assert held(page) == page


def test_in_a_tag_too_long_to_be_seen_whole_each_is_held_in_doubt() -> None:
    page = f"<iframe title='{'x' * 2 * LONGEST}' {CALLING}></iframe>"
    assert f"data-consent-{CALLING}" in strictly(page)
    assert f"data-consent-{CALLING}" not in held(page)
