"""What visitors are shown, in canonical form, and which of it is material."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from functools import cache
from hashlib import sha256
from importlib.resources import files
from typing import Any

import rfc8785

from consent.config.settings import Controller, Cookie, Log, Site
from consent.config.upcoming import Upcoming
from consent.model import Notice, Purpose, Service

FORM = 1
"""Of the notice's content; a reader of archived notices goes by it."""


def notice(
    *,
    site: Site,
    controller: Controller,
    cookie: Cookie,
    log: Log,
    purposes: Sequence[Purpose],
    services: Sequence[Service],
    since: date | None = None,
    upcoming: Upcoming | None = None,
) -> Notice:
    """Everything shown, identified by the SHA-256 of its canonical JSON (RFC 8785)."""
    content = rfc8785.dumps(
        {
            "form": FORM,
            **({"effective_from": str(since)} if since else {}),
            **({"upcoming": upcoming.said()} if upcoming else {}),
            "site": {"name": site.name, "url": site.url, "policy_url": site.policy_url},
            "controller": said_of(controller),
            "languages": list(site.languages),
            "lifetime_months": cookie.lifetime_months,
            "retention_years": log.retention_years,
            "purposes": [_purpose(purpose) for purpose in purposes],
            "services": [_service(service) for service in services],
            # Proof shows the words that were shown, not where they once stood (law.md EU-10).
            "interface": {tag: _interface(tag.partition("-")[0]) for tag in site.languages},
        }
    )
    return Notice(sha256(content).hexdigest(), content)


def said_of(controller: Controller) -> dict[str, Any]:
    """What a notice has of it; a country that is not given is not said."""
    said = controller.model_dump()
    return said if controller.country else {k: v for k, v in said.items() if k != "country"}


def facts(
    controller: Controller, purposes: Iterable[Purpose], services: Sequence[Service]
) -> dict[str, str]:
    """Per purpose, a SHA-256 of what consent was given to: who, to whom, what, how long.

    A change of any of these asks again for that purpose and for no other (law.md EU-12). How it
    is said is left out: a corrected spelling is a new notice, but nobody is asked again.
    """
    return {
        purpose.id: _digest(
            {
                "controller": controller.name,
                "services": sorted(
                    (_material(each) for each in services if each.purpose == purpose.id),
                    key=lambda fact: str(fact["id"]),
                ),
            }
        )
        for purpose in purposes
    }


@cache
def _interface(language: str) -> Mapping[str, Any]:
    """What banner and pages say of themselves in a language: data, read without the code."""
    source = files("consent").joinpath("banner", "texts", f"{language}.toml")
    return tomllib.loads(source.read_text("utf-8"))


def _digest(value: Mapping[str, Any]) -> str:
    return sha256(rfc8785.dumps(dict(value))).hexdigest()


def _material(service: Service) -> dict[str, Any]:
    return {
        "id": service.id,
        "company": service.company,
        "country": service.country,
        # Where no company is named, the hosts are all that tells who receives the data.
        "hosts": [] if service.company else sorted(service.hosts),
        "items": sorted([i.kind, i.name, i.lifetime, i.third_party] for i in service.items),
    }


def _purpose(purpose: Purpose) -> dict[str, Any]:
    return {
        "id": purpose.id,
        "title": dict(purpose.title),
        "description": dict(purpose.description),
        "detail": dict(purpose.detail),
    }


def _service(service: Service) -> dict[str, Any]:
    return {
        "id": service.id,
        "name": service.name,
        "purpose": service.purpose,
        "company": service.company,
        "country": service.country,
        "privacy_url": service.privacy_url,
        "hosts": list(service.hosts),
        "paths": list(service.paths),
        "exempt_reason": service.exempt_reason.value if service.exempt_reason else None,
        "description": dict(service.description),
        "items": [
            {
                "name": item.name,
                "kind": item.kind,
                "lifetime": item.lifetime,
                "third_party": item.third_party,
                "description": dict(item.description),
            }
            for item in service.items
        ],
    }
