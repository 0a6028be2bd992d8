"""What the catalogue does not take in."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from consent.catalog import catalogue
from consent.catalog.schema import Entry
from consent.model import Embed

FRAMES = "https://js.stripe.com/v3/{id}"


def entry(**changed: Any) -> Entry:
    facts = catalogue()["stripe"].model_dump(mode="json")
    return Entry.model_validate({**facts, **changed})


def item(**changed: Any) -> list[dict[str, Any]]:
    return [{"name": "a", "description": {"fr": "Un.", "en": "One."}, **changed}]


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"sources": ["https://a.example"]}, "too_short"),
        ({"sources": ["https://a.example", "Somebody told me"]}, "E013"),
        ({"sources": ["https://a.example", "https://a.example/"]}, "E051"),
        ({"checked": None}, "date_type"),
        ({"company": None}, "E005"),
        ({"company": None, "country": None, "privacy_url": None}, "E005"),
        ({"hosts": [], "snippets": [], "items": []}, "E061"),
        ({"description": {"fr": "Un."}}, "E012"),
        ({"items": item(description={"en": "One."})}, "E012"),
        ({"exempt_reason": None}, "E070"),
        ({"purpose": "analytics"}, "E070"),
        ({"embeds": [{"url": "https://other.example/{id}"}]}, "E063"),
        ({"embeds": [{"url": "http://js.stripe.com/{id}"}]}, "E013"),
        ({"embeds": [{"url": "https://js.stripe.com/{id}?a=1"}]}, "E013"),
        ({"embeds": [{"url": "https://js.stripe.com/a{id}"}]}, "E013"),
        ({"embeds": [{"url": FRAMES, "query": ["a&b"]}]}, "E013"),
    ],
)
def test_an_entry_without_what_it_must_have_is_refused(changed: dict[str, Any], code: str) -> None:
    with pytest.raises(ValidationError) as raised:
        entry(**changed)
    assert code in [error["type"] for error in raised.value.errors()]


def test_software_on_the_sites_own_servers_names_no_company() -> None:
    service = catalogue()["django"].service()
    assert (service.company, service.country, service.privacy_url, service.hosts) == (
        "",
        "",
        "",
        (),
    )


def test_embeds_go_with_the_service() -> None:
    made = entry(embeds=[{"url": FRAMES, "query": ["start"]}])
    assert made.service().embeds == (Embed(FRAMES, ("start",)),)


def test_the_host_of_an_embed_may_have_one_label_that_varies() -> None:
    url = "https://{account}.js.stripe.com/{id}"
    assert entry(embeds=[{"url": url}]).embeds[0].url == url
