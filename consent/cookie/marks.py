"""Which answers still hold: those whose purpose is offered today with the facts of that day."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from hashlib import sha256

from consent.config import ConsentConfig
from consent.cookie.payload import MARK_SIZE, Answer
from consent.model import Choice, Purpose

TAG_SIZE = 3

DESPITE = sha256(b"made while the browser objected").digest()[:MARK_SIZE]
"""Stands beside the answers; to a reader that does not know it, a purpose that is not offered."""
SIGNALS = ("gpc", "dnt")
"""In the order of its bits, which never changes: what comes later is added."""


@dataclass(frozen=True, slots=True)
class Offer:
    """A purpose that can be answered, and its services in the order of the override bits."""

    purpose: str
    services: tuple[str, ...]


class Marks:
    """Between answers by name, as in a choice, and by mark, as in a cookie."""

    def __init__(self, config: ConsentConfig) -> None:
        asked = [purpose for purpose in config.purposes if not purpose.exempt]
        marked = [(_mark(config, purpose), _offer(config, purpose)) for purpose in asked]
        # Two purposes under one mark could lend each other their answers: then neither has one, so
        # that a refusal can never come back as a grant. With 64 bits nobody will see it happen.
        count = Counter(mark for mark, _ in marked)
        self._offers = {mark: offer for mark, offer in marked if count[mark] == 1}

    def answers(self, choice: Choice) -> tuple[Answer, ...]:
        """What the cookie carries of ``choice``: nothing that is not offered (edges.md C14)."""
        return tuple(
            Answer(mark, choice.purposes[offer.purpose], _overrides(offer, choice))
            for mark, offer in self._offers.items()
            if offer.purpose in choice.purposes
        )

    def purposes(self, answers: tuple[Answer, ...]) -> dict[str, bool]:
        """Answers by purpose; one whose facts have changed since is undecided, so it is missing."""
        return {offer.purpose: answer.granted for offer, answer in self._known(answers)}

    def services(self, answers: tuple[Answer, ...]) -> dict[str, bool]:
        """Answers of the services that differ from that of their purpose."""
        return {
            service: not answer.granted
            for offer, answer in self._known(answers)
            for bit, service in enumerate(offer.services)
            if _is_set(answer.overrides, bit)
        }

    def _known(self, answers: tuple[Answer, ...]) -> Iterator[tuple[Offer, Answer]]:
        for answer in answers:
            if offer := self._offers.get(answer.mark):
                yield offer, answer


def despite(signals: Collection[str]) -> tuple[Answer, ...]:
    """What says that a choice was made in spite of these signals: nothing for none."""
    bits = _bits(SIGNALS, dict.fromkeys(signals, True), True)
    return (Answer(DESPITE, granted=True, overrides=bits),) if bits else ()


def overridden(answers: Iterable[Answer]) -> frozenset[str]:
    """The signals that a choice was made in spite of."""
    for answer in answers:
        if answer.mark == DESPITE:
            # Cookies that name none are from before they did: what they meant was any.
            named = {name for bit, name in enumerate(SIGNALS) if _is_set(answer.overrides, bit)}
            return frozenset(named if answer.overrides else SIGNALS)
    return frozenset()


def _offer(config: ConsentConfig, purpose: Purpose) -> Offer:
    return Offer(purpose.id, tuple(_service_ids(config, purpose)))


def _service_ids(config: ConsentConfig, purpose: Purpose) -> list[str]:
    return sorted(service.id for service in config.services if service.purpose == purpose.id)


def _mark(config: ConsentConfig, purpose: Purpose) -> bytes:
    """A tag of the id, then a digest of the facts.

    The ids of the services are in the digest, so that an override bit can never come to mean
    another service.
    """
    tag = sha256(purpose.id.encode()).digest()[:TAG_SIZE]
    facts = "\0".join([purpose.id, config.facts[purpose.id], *_service_ids(config, purpose)])
    return tag + sha256(facts.encode()).digest()[: MARK_SIZE - TAG_SIZE]


def _overrides(offer: Offer, choice: Choice) -> bytes:
    return _bits(offer.services, choice.services, not choice.purposes[offer.purpose])


def _bits(services: tuple[str, ...], answers: Mapping[str, bool], opposite: bool) -> bytes:
    """A bit for each service that is answered with ``opposite``, cut after the last one."""
    bits = sum(1 << bit for bit, service in enumerate(services) if answers.get(service) is opposite)
    return bits.to_bytes((bits.bit_length() + 7) // 8, "little")


def _is_set(bits: bytes, bit: int) -> bool:
    byte, shift = divmod(bit, 8)
    return byte < len(bits) and bool(bits[byte] >> shift & 1)
