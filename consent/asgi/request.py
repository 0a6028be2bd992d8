"""One request: whose choice it carries, what it asks for, and what of it the site is shown."""

from __future__ import annotations

from collections.abc import Callable, MutableMapping, Sequence
from functools import lru_cache
from typing import Any
from urllib.parse import quote

from ada_url import URL

from consent.asgi.coding import narrowed
from consent.headers import service_worker, shared_worker
from consent.headers.cookie import split
from consent.headers.freshness import OURS, if_none_match
from consent.headers.seal import DOCUMENTS, PASSIVE, WORKERS
from consent.model import Choice, Verdict
from consent.objections import NONE, Objection
from consent.policy import Policy, Ruling

# Sent by libraries that put a piece of HTML into a page: htmx, Turbo, Unpoly, and those before.
FRAGMENT = (b"hx-request", b"x-requested-with", b"turbo-frame", b"x-up-version")
CONDITIONS = frozenset({b"if-none-match", b"if-modified-since", b"range", b"if-range"})
SAME_SITE = frozenset({b"same-origin", b"same-site"})
LONGEST_HOST = 255
"""Octets (RFC 1035 §2.3.4): nothing longer is anybody's, and what is kept by host stays small."""
MARKED = frozenset({service_worker.DEST, shared_worker.DEST})
"""Of scripts behind which our code may go."""
NEVER_HTML = PASSIVE | {b"script", b"worker", b"sharedworker", b"serviceworker", b"manifest"}


class PageRequest:
    """A request as far as it matters here; what costs something is found out when asked."""

    __slots__ = (
        "_ruling",
        "choice",
        "cookies",
        "dest",
        "fields",
        "held",
        "objection",
        "policy",
        "scope",
    )

    def __init__(
        self,
        scope: MutableMapping[str, Any],
        fields: dict[bytes, bytes],
        cookies: Sequence[bytes],
        policy: Policy,
        choice: Choice | None,
        objection: Objection = NONE,
    ) -> None:
        self.scope = scope
        self.fields = fields
        """The request's headers; of those that come twice, the last."""
        self.cookies = cookies
        """The raw Cookie headers."""
        self.policy = policy
        self.choice = choice
        """What holds of it while the browser objects."""
        self.objection = objection
        self.dest = fields.get(b"sec-fetch-dest")
        self.held: list[bytes] = []
        """Names of cookies that the site is not shown (H16)."""
        self._ruling: Ruling | None = None

    @property
    def ruling(self) -> Ruling:
        """What the choice means on this page."""
        if self._ruling is None:
            self._ruling = self.policy.ruling(
                self.choice, origin=self.origin, path=local_path(self.scope)
            )
        return self._ruling

    @property
    def secure(self) -> bool:
        """Whether it came over TLS, as far as the server knows."""
        return is_secure(self.scope)

    @property
    def origin(self) -> str:
        """Scheme, host and port, from the request itself: never from a forwarded header (K6)."""
        host = self.fields.get(b"host", b"")
        known = _origin(self.secure, host) if len(host) <= LONGEST_HOST else ""
        return known or self.policy.config.site.url

    @property
    def target(self) -> str:
        """Path and query, as they were sent."""
        raw = self.scope.get("raw_path") or quote(self.scope["path"]).encode("ascii")
        query = self.scope.get("query_string", b"")
        return (raw + b"?" + query if query else raw).decode("latin-1")

    @property
    def host(self) -> str:
        """The host's name alone."""
        return URL(self.origin).hostname

    @property
    def url(self) -> str:
        """The page's address, to which its relative links refer."""
        return self.origin + self.target

    @property
    def is_page(self) -> bool:
        """Does it ask for a document? The answer's type is not known yet (H4)."""
        return self.dest in DOCUMENTS or b"text/html" in self.fields.get(b"accept", b"")

    @property
    def is_read(self) -> bool:
        """May the answer be read here, so that it must come in a coding that can be?"""
        return self.dest not in NEVER_HTML or self.dest in MARKED

    @property
    def is_edited(self) -> bool:
        """May the site have to be shown other headers?"""
        accept = self.fields.get(b"accept-encoding", b"")
        return not CONDITIONS.isdisjoint(self.fields) or narrowed(accept) != accept

    @property
    def insert(self) -> str:
        """Where our markup goes, as ``HtmlRewriter`` understands it (H13)."""
        if self.dest == b"document":
            return "always"
        if self.dest in DOCUMENTS:
            return "head"
        if self.dest is not None or not self.fields.keys().isdisjoint(FRAGMENT):
            return "if-document"
        return "always"

    @property
    def led_by(self) -> Callable[[str], Verdict] | None:
        """By what the address of a redirect is judged; ``None`` where it may lead anywhere.

        Under the strict seal: browsers let redirects through or stop all of them, and stopping all
        would take the site's own away. Of what is fetched ahead (speculation rules): that follows
        redirects past any policy, and no visitor has gone there yet. And, for held services, where
        a script has led its window here unasked: the guard saw an address of the site's own. So
        the site's server, where each of them begins, looks where they lead.
        """
        if self.policy.strict or self._is_ahead:
            return self.ruling.url
        return self.ruling.navigation if self._is_unasked else None

    @property
    def _is_ahead(self) -> bool:
        """Does a browser ask before the visitor goes there (Sec-Purpose, Fetch §3.1.1)?"""
        return b"prefetch" in self.fields.get(b"sec-purpose", b"")

    @property
    def _is_unasked(self) -> bool:
        """Did a page of the site lead a window here without a gesture of the visitor?

        Browsers tell of gestures by Sec-Fetch-User (Fetch Metadata §2.4). Not all do, so silence
        counts of those alone that have client hints (User-Agent Client Hints §3.1), which do; nor
        does a service worker that asks in a page's place: what it asks for is no ``document``.
        """
        fields = self.fields
        is_led = self.dest == b"document" and fields.get(b"sec-fetch-site") in SAME_SITE
        return is_led and b"sec-ch-ua" in fields and b"sec-fetch-user" not in fields

    @property
    def is_webkit(self) -> bool:
        """Does Safari ask, or any browser of iOS? Chromium alone takes that engine's name, too."""
        agent = self.fields.get(b"user-agent", b"")
        return b"AppleWebKit/" in agent and b"Chrome/" not in agent

    @property
    def unframed(self) -> bool:
        """Did the browser say that no frame holds the page? Silence is doubt."""
        return self.dest == b"document"

    def insert_depends_on(self) -> tuple[bytes, ...]:
        """The headers that ``insert`` and ``unframed`` were read from, for Vary."""
        return (b"Sec-Fetch-Dest",) if self.dest is not None else (b"Sec-Fetch-Dest", *FRAGMENT)


def shown_headers(
    request: PageRequest, variant: Callable[[PageRequest], str]
) -> list[tuple[bytes, bytes]]:
    """The headers that the site is shown instead of the request's.

    Args:
        request: the request as it came.
        variant: tells what a page of this visitor would be now, as in ``freshness.encode_etag``.
    """
    changed: dict[bytes, bytes] = {}
    if request.is_read and b"accept-encoding" in request.fields:
        changed[b"accept-encoding"] = narrowed(request.fields[b"accept-encoding"])
    if request.scope["method"] in ("GET", "HEAD"):
        changed.update(_conditions(request, variant))
    pairs = ((name, changed.get(name, value)) for name, value in request.scope["headers"])
    return [(name, value) for name, value in pairs if value or name not in changed]


def _conditions(request: PageRequest, variant: Callable[[PageRequest], str]) -> dict[bytes, bytes]:
    """New values of conditional headers, empty for those that must go."""
    # A worker obeys the policy that its script came with. A browser asks with the tag of the same
    # script from a page, which had none: a 304 would have that copy run unsealed.
    whole = request.is_page or request.dest in WORKERS
    changed = dict.fromkeys(CONDITIONS, b"") if whole else {}
    tags = request.fields.get(b"if-none-match", b"")
    if tags and (request.is_page or OURS.search(tags)):
        changed[b"if-none-match"] = if_none_match(tags, variant(request), page=request.is_page)
    return changed


def hide_cookies(request: PageRequest) -> None:
    """Take the cookies of held services out of what the site is shown (H16)."""
    shown = []
    for name, value in request.scope["headers"]:
        if name == b"cookie":
            value, held = split(value, request.ruling)
            request.held += held
        if value:
            shown.append((name, value))
    request.scope["headers"] = shown


def is_secure(scope: MutableMapping[str, Any]) -> bool:
    """Whether a request came over TLS, as far as the server knows."""
    return scope.get("scheme") in ("https", "wss")


def local_path(scope: MutableMapping[str, Any]) -> str:
    """The path below the place where the application is mounted.

    Servers disagree on whether ``path`` contains ``root_path``; where it does, it is taken off.
    """
    path: str = scope["path"]
    root: str = scope.get("root_path", "").rstrip("/")
    if root and path.startswith(root) and path[len(root) : len(root) + 1] in ("", "/"):
        return path[len(root) :] or "/"
    return path


@lru_cache(maxsize=1024)
def _origin(secure: bool, host: bytes) -> str:
    try:
        return str(URL(f"{'https' if secure else 'http'}://{host.decode('ascii')}").origin)
    except ValueError:
        return ""
