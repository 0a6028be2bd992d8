"""Which vendors are told about a choice, and what each signal depends on (law.md §5)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from consent.model import NECESSARY, Purpose, Service, Signal

Condition = tuple[str, str]
"""A service's id ("" for the purpose as such) and its purpose."""

GOOGLE = {
    Signal.GOOGLE_AD_STORAGE: "marketing",
    Signal.GOOGLE_AD_USER_DATA: "marketing",
    Signal.GOOGLE_AD_PERSONALIZATION: "marketing",
    Signal.GOOGLE_ANALYTICS_STORAGE: "analytics",
    Signal.GOOGLE_FUNCTIONALITY_STORAGE: "preferences",
    Signal.GOOGLE_PERSONALIZATION_STORAGE: "preferences",
}
"""Google's tags want to be told all of them (GCM-01); the purpose that decides where the site
declares no service for one, as where its tags are in a tag manager."""


def vendor_signals(
    services: Iterable[Service], purposes: Iterable[Purpose]
) -> Mapping[str, list[Condition]]:
    """Per signal, the services of which one must be allowed for the signal to say so.

    A service that is exempt on this site asks nobody, and its vendor is told nothing: Matomo that
    only counts would else wait for a consent that is never asked for.
    """
    found: dict[Signal, list[Condition]] = {}
    for service in services:
        if service.purpose != NECESSARY:
            for signal in service.signals:
                found.setdefault(signal, []).append((service.id, service.purpose))
    if any(signal.startswith("google") for signal in found):
        asked = {purpose.id for purpose in purposes}
        for signal, purpose in GOOGLE.items():
            found.setdefault(signal, [("", purpose)] if purpose in asked else [])
    found.pop(Signal.GOOGLE, None)
    return {signal.value: found[signal] for signal in sorted(found)}
