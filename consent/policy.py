"""The one place where it is decided whether something may act: purpose, choice, owner → verdict."""

from __future__ import annotations

import re
from collections.abc import Mapping, Set

from ada_url import URL

from consent.config import ConsentConfig
from consent.model import NECESSARY, Choice, ExemptReason, Reason, Service, Verdict
from consent.objections import Objections
from consent.owners import Owners, paths_of
from consent.registrable import registrable

OWN = Verdict(True, Reason.OWN)
UNREADABLE = Verdict(False, Reason.UNREADABLE)
UNDECLARED = Verdict(False, Reason.UNDECLARED)
NOT_ENFORCED = Verdict(True, Reason.NOT_ENFORCED)

SECURE_TWIN = {"http": "http", "ws": "http", "https": "https", "wss": "https"}
NETWORK_SCHEMES = tuple(f"{scheme}:" for scheme in SECURE_TWIN)
# One look at what the parser has written: asking it for each part takes four times as long.
_NETWORK = re.compile(
    r"(https?|wss?)://(?:[^/@]*+@)?(\[[^\]]*+\]|[^/:@]++)(?::([0-9]++))?(/[^?#]*+)"
)
RULINGS_KEPT = 4096
STRANGE_KEPT = 64
"""Rulings for origins that the configuration does not name: whoever asks chooses the Host."""
HOSTS_KEPT = 512

Frozen = tuple[tuple[str, bool], ...]
"""Answers that can be a key."""


class Policy:
    """What holds for every request; compiled once from the configuration."""

    def __init__(self, config: ConsentConfig) -> None:
        self.config = config
        self.enforced = config.blocking.undeclared_hosts == "block"
        self.strict = self.enforced and config.blocking.seal == "strict"
        self.asked = tuple(p.id for p in config.purposes if not p.exempt)
        self.objections = Objections(config)
        self.choice_headers = (b"Cookie", *self.objections.headers)
        """The request's headers that a choice is read from, as in ``Vary``."""
        self.own = frozenset({_origin_of(config.site.url)} - {""})
        self.named = self.own | frozenset(map(_origin_of, config.site.trusted_origins))
        """Origins of the site that the configuration names."""
        self.domains = domains_of(self.own)
        self.embeds = {service.id: service.embeds for service in config.services}
        self.owners = Owners(config.services)
        self._placed = tuple((s, paths_of(s.paths)) for s in config.services if s.paths)
        self.measuring = frozenset(
            s.id for s in config.services if s.exempt_reason is ExemptReason.AUDIENCE_MEASUREMENT
        )
        """Services that measure the audience without asking, within limits (law.md FR-26)."""
        self._rulings: dict[object, Ruling] = {}
        self._strange: dict[object, Ruling] = {}

    def decided(self, choice: Choice | None) -> bool:
        """Has this visitor answered for every purpose that needs consent?"""
        given = choice.purposes if choice else {}
        return all(purpose in given for purpose in self.asked)

    def takes_away(self, before: Choice | None, now: Choice) -> bool:
        """May anything act no longer that might by the choice before?"""
        ended = (before and before.purposes.get(p) and not now.purposes.get(p) for p in self.asked)
        lost = (_is_granted(s, before) and not _is_granted(s, now) for s in self.config.services)
        return any(ended) or any(lost)

    def ruling(self, choice: Choice | None, *, origin: str, path: str) -> Ruling:
        """What this choice means on the page ``path`` of ``origin`` (scheme, host, port)."""
        elsewhere = frozenset(
            service.id for service, paths in self._placed if not paths.match(path)
        )
        return self._ruling(choice, origin, elsewhere)

    def bounds(self, choice: Choice | None, *, origin: str) -> tuple[Ruling, Ruling]:
        """What this choice means where no service with ``paths`` may act, and where all may."""
        placed = frozenset(service.id for service, _ in self._placed)
        return self._ruling(choice, origin, placed), self._ruling(choice, origin, frozenset())

    def _ruling(self, choice: Choice | None, origin: str, elsewhere: frozenset[str]) -> Ruling:
        known = origin in self.named
        kept, most = (self._rulings, RULINGS_KEPT) if known else (self._strange, STRANGE_KEPT)
        key = (origin, elsewhere, _answers(choice))
        ruling = kept.get(key)
        if ruling is None:
            if len(kept) >= most:
                # The oldest alone: who asks under many names must not take away all at once.
                kept.pop(next(iter(kept)), None)
            ruling = kept[key] = Ruling(self, choice, origin, elsewhere)
        return ruling


class Ruling:
    """A policy applied to one choice on one page; shared by requests, so it never answers anew."""

    def __init__(
        self, policy: Policy, choice: Choice | None, origin: str, elsewhere: frozenset[str]
    ) -> None:
        self.policy = policy
        self.origin = origin
        self._purposes = dict(choice.purposes) if choice else {}
        # A request whose Host cannot be read has the origin "".
        self._own = (policy.own | {origin}) - {""}
        self._own_hosts = frozenset(map(hostname_of, self._own))
        self.domains = domains_of(self._own)
        """Registered names: they and their subdomains are the site's own, but for what services
        claim there; over TLS alone, unless the page itself came without."""
        self._plain = origin.startswith("http:")
        self._services = {
            service.id: _verdict(service, choice, elsewhere) for service in policy.config.services
        }
        self._hosts: dict[tuple[str, str], Verdict | None] = {}
        self._held = frozenset(s for s, verdict in self._services.items() if not verdict.allowed)
        self._waiting = frozenset(
            s.id for s in policy.config.services if not _is_granted(s, choice)
        )
        self.answers = (elsewhere, _answers(choice))
        """Equal for two rulings of one policy and origin only if every verdict is equal."""

    def allows(self, purpose: str) -> bool:
        """Silence, changed facts and a refusal all give the same answer: no."""
        if purpose == NECESSARY:
            return True
        return self._purposes.get(purpose) is True

    def service(self, service_id: str) -> Verdict:
        """May this service act? An unknown one may not."""
        return self._services.get(service_id, UNDECLARED)

    def url(self, href: str) -> Verdict:
        """May this absolute URL be contacted? One that no browser can parse may not."""
        try:
            normal = URL(href).href
        except ValueError:
            return UNREADABLE
        return self.normal(normal)

    def host(self, scheme: str, hostname: str) -> Verdict | None:
        """May this host, at its scheme's own port, be contacted? None where the path decides."""
        key = (scheme, hostname)
        try:
            return self._hosts[key]
        except KeyError:
            if len(self._hosts) >= HOSTS_KEPT:
                self._hosts.clear()
            divided = self.policy.owners.divided(hostname)
            self._hosts[key] = None if divided else self.url(f"{scheme}//{hostname}/")
            return self._hosts[key]

    def normal(self, href: str) -> Verdict:
        """May this URL be contacted? It comes as a parser writes it."""
        found = _NETWORK.match(href)
        if found is None:
            # data:, blob:, about: … travel inside the page: nobody is contacted.
            return UNREADABLE if href.startswith(NETWORK_SCHEMES) else OWN
        scheme, hostname, port, path = found.groups("")
        scheme = SECURE_TWIN[scheme]
        host = f"{hostname}:{port}" if port else hostname
        # What is the page's own without TLS is so with TLS.
        own = f"{scheme}://{host}" in self._own or f"http://{host}" in self._own
        owner = self.policy.owners.of_host
        named = owner(hostname, port, path)
        # A service's host is the same machine at every port, and with a dot behind its name: held
        # there with the service. Granted is what it names, alone: a seal can name no other.
        claim = named or owner(hostname.rstrip("."), "", path)
        # On the page's own origin only a path tells a service apart.
        if claim is not None and not (own and claim.path == "/"):
            verdict = self._services[claim.service.id]
            if named or not verdict.allowed:
                return verdict
        if own or self._is_near(scheme, hostname):
            return OWN
        return UNDECLARED if self.policy.enforced else NOT_ENFORCED

    def _is_near(self, scheme: str, hostname: str) -> bool:
        """Is it a host of the site's own domain?"""
        if scheme == "http" and not self._plain:
            return False
        return any(hostname == each or hostname.endswith(f".{each}") for each in self.domains)

    def is_home(self, href: str) -> bool:
        """Is everything beside this absolute URL, on its host, the site's own?"""
        own = self.url(href).reason is Reason.OWN
        return own and not self.policy.owners.divided(hostname_of(href))

    def navigation(self, href: str) -> Verdict:
        """May the page take the visitor there unasked? Only declared services are held."""
        verdict = self.url(href)
        return NOT_ENFORCED if verdict.reason is Reason.UNDECLARED else verdict

    def inline(self, text: str) -> Verdict:
        """May this inline script run? Held only if it is the loader of a held service."""
        owner = self.policy.owners.of_script(text, self._held) if self._held else None
        return OWN if owner is None else self._services[owner.id]

    def cookie(self, name: str) -> Verdict:
        """May a first-party cookie of this name exist? One allowed owner is enough."""
        owners = self.policy.owners.of_cookie(name)
        for owner in owners:
            if owner.id not in self._held:
                return self._services[owner.id]
        if owners:
            return self._services[owners[0].id]
        blocks = self.policy.config.blocking.undeclared_cookies == "block"
        return UNDECLARED if blocks else NOT_ENFORCED

    def forgets(self, name: str) -> bool:
        """Is a cookie of this name taken away where a browser has it (law.md FR-19)?

        It is if it is declared, and only by services that were not granted, wherever they may act.
        """
        owners = self.policy.owners.of_cookie(name)
        return bool(owners) and all(owner.id in self._waiting for owner in owners)

    def hosts(self) -> tuple[str, ...]:
        """Patterns of every host that may be contacted now, beside the page's own, sorted.

        Where undeclared hosts are only reported, every declared one: what is granted in the live
        page is released there, and its policy, which cannot change any more, would name it.
        """
        held = self._held if self.policy.enforced else frozenset()
        allowed = {
            pattern
            for service in self.policy.config.services
            if service.id not in held
            for pattern in service.hosts
        }
        own = {origin.partition("://")[2] for origin in self.policy.own - {self.origin}}
        return tuple(sorted(allowed | own | self._near(held)))

    def _near(self, held: Set[str]) -> set[str]:
        """Patterns of the site's own domains, but where something held is claimed in one.

        A CSP cannot name all subdomains but one. There it names none: those that are the site's own
        are declared one by one.
        """
        near: set[str] = set()
        for domain in self.domains:
            if held.isdisjoint(self.policy.owners.claimed_below(domain, but=self._own_hosts)):
                near |= {f"{domain}:*", f"*.{domain}:*"}
        return near


def _verdict(service: Service, choice: Choice | None, elsewhere: frozenset[str]) -> Verdict:
    def verdict(allowed: bool, reason: Reason) -> Verdict:
        return Verdict(allowed, reason, service.id, service.purpose)

    if service.id in elsewhere:
        return verdict(False, Reason.ELSEWHERE)
    if service.purpose == NECESSARY:
        return verdict(True, Reason.EXEMPT)
    if choice is None or service.purpose not in choice.purposes:
        return verdict(False, Reason.UNDECIDED)
    granted = _is_granted(service, choice)
    return verdict(granted, Reason.GRANTED if granted else Reason.REFUSED)


def _is_granted(service: Service, choice: Choice | None) -> bool:
    """Does the choice, or the law, let this service act, wherever it is declared for?"""
    if service.purpose == NECESSARY:
        return True
    answer = choice.purposes.get(service.purpose) if choice else None
    if choice is None or answer is None:
        return False
    return choice.services.get(service.id, answer)


def _answers(choice: Choice | None) -> tuple[Frozen, Frozen] | None:
    if choice is None:
        return None
    return (_frozen(choice.purposes), _frozen(choice.services))


def _frozen(answers: Mapping[str, bool]) -> Frozen:
    return tuple(sorted(answers.items()))


def hostname_of(href: str) -> str:
    """The host's name alone, of a URL that can be parsed."""
    return str(URL(href).hostname)


def domains_of(origins: frozenset[str]) -> frozenset[str]:
    """The registered names under which these origins are."""
    return frozenset(registrable(hostname_of(origin)) for origin in origins) - {""}


def _origin_of(url: str) -> str:
    try:
        return str(URL(url).origin)
    except ValueError:
        return ""
