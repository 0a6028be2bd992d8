"""What one value means beside another: the checks across sections."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence

import ada_url

from consent.catalog import LANGUAGES, catalogue
from consent.catalog.embeds import host_of
from consent.catalog.hosts import covers
from consent.config.addresses import is_loopback
from consent.config.reading import Draft, did_you_mean
from consent.config.resolve import CHOICE_SERVICE, Placed, spoken
from consent.config.settings import Blocking, Cookie, PurposeSetting, Signals, Site
from consent.errors import Code, Problem
from consent.model import NECESSARY, ExemptReason, Purpose, Service, Texts

MOST_PURPOSES = 32
RECOMMENDED_LIFETIME = 6


def site(site: Site) -> Iterator[Problem]:
    """Languages that we speak, and a public site over HTTPS."""
    for index, tag in enumerate(site.languages):
        if tag.partition("-")[0] not in LANGUAGES:
            yield Problem(
                Code.LANGUAGE,
                f"site.languages[{index}]",
                f"The banner has no texts in {tag!r} yet.",
                f"Use some of: {', '.join(LANGUAGES)}; regional forms as 'fr-CA' work too.",
            )
    url = ada_url.URL(site.url)
    if url.protocol == "http:" and not is_loopback(url.hostname):
        yield Problem(
            Code.PLAIN_HTTP,
            "site.url",
            "Over plain HTTP anybody on the way can read and change a visitor's choice.",
            "Serve the site by HTTPS and write 'https://' here.",
        )


def blocking(blocking: Blocking) -> Iterator[Problem]:
    """What a weaker stance gives up, said where it is chosen (design: a CSP has no deny-list)."""
    if blocking.undeclared_hosts != "block":
        yield Problem(
            Code.NOT_HELD,
            "blocking.undeclared_hosts",
            "Hosts that no service claims are let through, so the browser is not told to refuse"
            " any: what a script loads is not stopped, not even from declared services.",
            "Write 'block' as soon as every host that your pages need has its service; until then"
            " 'report' names those that have none.",
        )


def signals(signals: Signals, known: Mapping[str, Purpose]) -> Iterator[Problem]:
    """What a browser can object to is asked for: it is one of the purposes, and not exempt."""
    askable = [name for name, purpose in known.items() if not purpose.exempt]
    for index, name in enumerate(signals.purposes):
        if name not in askable:
            message = f"No visitor is asked about {name!r}, so none can object to it."
            path = f"signals.purposes[{index}]"
            yield Problem(Code.UNKNOWN_PURPOSE, path, message, did_you_mean(name, askable))


def cookie(cookie: Cookie, site: Site | None) -> Iterator[Problem]:
    """A lifetime that is justified (law.md Z-02), a domain that the browser will accept."""
    if cookie.lifetime_months > RECOMMENDED_LIFETIME:
        yield Problem(
            Code.LONG_LIFETIME,
            "cookie.lifetime_months",
            f"The CNIL recommends {RECOMMENDED_LIFETIME} months for refusal and consent alike.",
            "Write 6, or keep a written justification for the longer time.",
        )
    host = ada_url.URL(site.url).hostname if site else None
    if cookie.domain and host and host != cookie.domain and not covers(f"*.{cookie.domain}", host):
        yield Problem(
            Code.COOKIE_DOMAIN,
            "cookie.domain",
            f"{cookie.domain!r} is not a parent of the site's host {host!r}.",
            "Write the part of the host that its subdomains share, or leave the key out.",
        )


def purposes(
    written: Sequence[tuple[str, PurposeSetting]],
    used: Iterable[Purpose],
    languages: tuple[str, ...],
) -> Iterator[Problem]:
    """No id twice, texts in every language, none without a service, not too many."""
    used = list(used)
    ids = [purpose.id for purpose in used]
    yield from _twice(((f"{path}.id", setting.id) for path, setting in written), "purpose")
    if len(used) > MOST_PURPOSES:
        yield Problem(
            Code.TOO_MANY_PURPOSES,
            "purposes",
            f"There are {len(used)} purposes; nobody can decide on more than {MOST_PURPOSES}.",
            "Join those that mean the same to a visitor.",
        )
    places = {setting.id: path for path, setting in written}
    for path, setting in written:
        if setting.id not in ids:
            message = f"No service has the purpose {setting.id!r}, so it is never shown."
            yield Problem(Code.UNUSED_PURPOSE, path, message, "Leave it out, or add its service.")
    for purpose in used:
        path = places.get(purpose.id, "purposes")
        yield from _texts(f"{path}.title", purpose.title, languages)
        yield from _texts(f"{path}.description", purpose.description, languages)
        if purpose.detail:
            yield from _texts(f"{path}.detail", purpose.detail, languages)


def services(
    placed: Sequence[Placed], known: Mapping[str, Purpose], languages: tuple[str, ...]
) -> Iterator[Problem]:
    """Each service claims something, for a purpose that exists, and asks unless it need not."""
    ids = [(each.path, each.service.id) for each in placed]
    yield from _twice([("services", CHOICE_SERVICE), *ids], "service")
    yield from _claimed_twice(placed)
    for each in placed:
        yield from _claims_something(each)
        yield from _embeds(each)
        yield from _purpose(each, known)
        yield from _exemption(each)
        yield from _service_texts(each, languages)


def own_hosts(placed: Sequence[Placed], site: Site) -> Iterator[Problem]:
    """Nobody else's is the site's own origin: only a path tells a service apart there."""
    own = {ada_url.URL(each).host for each in (site.url, *site.trusted_origins)}
    own |= {host.partition(":")[0] for host in own}
    for each in placed:
        for host in sorted(own.intersection(each.service.hosts)):
            yield Problem(
                Code.OWN_HOST,
                each.path,
                f"{host!r} is the site's own, so this claim holds nothing there.",
                f"Write the path that the service has on it, as '{host}/stats/'.",
            )


def _claims_something(placed: Placed) -> Iterator[Problem]:
    if not placed.service.hosts and not placed.service.items:
        yield Problem(
            Code.NOTHING_CLAIMED,
            placed.path,
            "Nothing tells this service apart: no hosts and no items.",
            "Name the hosts that it loads from, or the cookies and keys that it stores.",
        )


def _embeds(placed: Placed) -> Iterator[Problem]:
    """A frame that is opened for one service may not be another's."""
    service = placed.service
    for embed in service.embeds:
        if not any(covers(host, host_of(embed)) for host in service.hosts):
            message = f"{embed.url!r} is not on a host of {service.id!r}."
            fix = "Name the host among its hosts as well."
            yield Problem(Code.HOST, f"{placed.path}.embeds", message, fix)


def _purpose(placed: Placed, known: Mapping[str, Purpose]) -> Iterator[Problem]:
    if placed.service.purpose not in known:
        yield Problem(
            Code.UNKNOWN_PURPOSE,
            f"{placed.path}.purpose",
            f"There is no purpose {placed.service.purpose!r}.",
            f"{did_you_mean(placed.service.purpose, known)} One's own needs a [[purposes]] table.",
        )


def _exemption(placed: Placed) -> Iterator[Problem]:
    """The closed list of law.md FR-02, and what can never be on it: FR-06, EU-23."""
    service, path = placed.service, placed.path
    if service.purpose != NECESSARY:
        if service.exempt_reason:
            yield Problem(
                Code.REASON_WITHOUT_NECESSARY,
                f"{path}.exempt_reason",
                f"A service for {service.purpose!r} needs consent, so no reason exempts it.",
                'Leave the key out, or write purpose = "necessary".',
            )
        return
    reasons = _lawful(service)
    if reasons is not None and not reasons:
        names = f"{service.name} always needs consent."
        yield Problem(Code.NEVER_NECESSARY, path, names, "Leave it to the catalogue's purpose.")
    elif service.exempt_reason is None:
        words = sorted(reasons or ExemptReason)
        fix = f"Write exempt_reason = one of: {', '.join(words)}."
        message = "What is 'necessary' needs a reason that exempts it."
        yield Problem(Code.REASON_MISSING, f"{path}.exempt_reason", message, fix)
    elif reasons is not None and service.exempt_reason not in reasons:
        message = f"{service.name} cannot be exempt as {service.exempt_reason.value!r}."
        fix = f"Its reasons are: {', '.join(sorted(reasons))}; otherwise it needs consent."
        yield Problem(Code.NEVER_NECESSARY, f"{path}.exempt_reason", message, fix)


def _lawful(service: Service) -> frozenset[ExemptReason] | None:
    """Reasons that hold for every owner of its hosts; ``None`` where the catalogue knows none.

    By hosts, not by id: naming a tracker's host oneself does not make it less of a tracker.
    What has no host is known by what it stores.
    """
    near = {entry.id: entry for host in service.hosts for entry in catalogue().near(host)}
    same = catalogue().get(service.id)
    if same is not None and same.service().items == service.items:
        near[same.id] = same
    owners = [
        entry.reasons
        for entry in near.values()
        if entry is same
        or any(_overlap(host, theirs) for host in service.hosts for theirs in entry.hosts)
    ]
    return frozenset.intersection(*owners) if owners else None


def _overlap(ours: str, theirs: str) -> bool:
    name, _, path = ours.partition("/")
    other, _, their_path = theirs.partition("/")
    if not (path.startswith(their_path) or their_path.startswith(path)):
        return False
    bare, their_bare = name.partition(":")[0], other.partition(":")[0]
    return bare == their_bare or covers(theirs, bare) or covers(ours, their_bare)


def _claimed_twice(placed: Sequence[Placed]) -> Iterator[Problem]:
    owners: dict[str, Service] = {}
    for each in placed:
        for host in each.service.hosts:
            first = owners.setdefault(host, each.service)
            if first is not each.service and first.id != each.service.id:
                yield Problem(
                    Code.HOST_CLAIMED_TWICE,
                    each.path,
                    f"{first.id!r} claims {host!r} already, so nobody could say whose it is.",
                    "Give each its own path, as 'host/maps/', or declare one service.",
                )


def _service_texts(placed: Placed, languages: tuple[str, ...]) -> Iterator[Problem]:
    texts = [(f"{placed.path}.description", placed.service.description)]
    for index, item in enumerate(placed.service.items):
        texts.append((f"{placed.path}.items[{index}].description", item.description))
    for path, text in texts:
        if text:
            yield from _texts(path, text, languages)


def announced(draft: Draft, languages: tuple[str, ...]) -> Iterator[Problem]:
    """Told before it happens, in every language of the site (P-11)."""
    said = draft.announced
    if said is None:
        return
    if said.summary:
        yield from _texts("upcoming.summary", said.summary, languages)
    if draft.effective_from and said.effective_from <= draft.effective_from:
        yield Problem(
            Code.BEFORE_IT_BEGAN,
            "upcoming.effective_from",
            f"What it changes holds only since {draft.effective_from}.",
            "Choose a later day.",
        )


def _texts(path: str, texts: Texts, languages: tuple[str, ...]) -> Iterator[Problem]:
    for tag in languages:
        if tag not in spoken(texts, languages):
            message = f"The text is missing in {tag!r}, which the site speaks."
            yield Problem(Code.TEXTS_MISSING, f"{path}.{tag}", message, "Write it there.")


def _twice(ids: Iterable[tuple[str, str]], what: str) -> Iterator[Problem]:
    seen: Counter[str] = Counter()
    for path, name in ids:
        seen[name] += 1
        if seen[name] == 2:
            fix = "Join the two, or give one of them another id."
            yield Problem(Code.DUPLICATE, path, f"There are two {what}s {name!r}.", fix)


def languages_of(draft: Draft) -> tuple[str, ...]:
    """The languages whose texts are checked; none if they, or the site, cannot be read."""
    known = draft.site and "site.languages" not in draft.unread
    tags = draft.site.languages if draft.site and known else ()
    return tuple(tag for tag in tags if tag.partition("-")[0] in LANGUAGES)
