"""What holds for every response of one site: how pages are rewritten, sealed and told apart."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import datetime
from functools import lru_cache, partial
from importlib.metadata import PackageNotFoundError, version

from consent.asgi.findings import Findings
from consent.asgi.request import MARKED, PageRequest, local_path
from consent.asgi.unread import Unread
from consent.banner import PageInsertions, Pages, Release
from consent.config import ConsentConfig
from consent.headers import service_worker, shared_worker
from consent.headers.content_type import Kind
from consent.headers.cookie import HeldCookies
from consent.headers.nonces import Nonces
from consent.headers.seal import DEFAULT, connections, endpoints, seal
from consent.html import Rewriter
from consent.html.rewriter import HtmlRewriter
from consent.model import Verdict
from consent.policy import Policy, Ruling

VARIANTS_KEPT = 4096


class Rules:
    """Made once per middleware; everything here is shared by all requests."""

    def __init__(
        self,
        config: ConsentConfig,
        *,
        policy: Policy,
        pages: Pages,
        clock: Callable[[], datetime],
        findings: Findings,
        ends: datetime | None = None,
    ) -> None:
        self.policy = policy
        self.clock = clock
        self.ends = ends
        """When other rules will hold; none where nothing is announced."""
        self.findings = findings
        self.asks = bool(policy.asked)
        """Whether visitors differ at all: without anything to ask, they all get the same."""
        blocking = config.blocking
        self.seals = bool(blocking.seal) and blocking.undeclared_hosts == "block"
        self.warns = bool(blocking.seal) and blocking.undeclared_hosts == "report"
        """Whether the browser is told to report what the seal would refuse, and refuse nothing."""
        self.strict = policy.strict
        self.inert = (Kind.PASSIVE, Kind.SCRIPT, Kind.ACTIVE) if not self.seals else (Kind.PASSIVE,)
        """Kinds of bodies that need neither reading nor a seal."""
        self.cookies = HeldCookies(config.services)
        self.unread = Unread()
        self._path = config.path
        self._pages = pages
        self._salt = f"{_version()} {_digest(config)}"
        self._variant = lru_cache(VARIANTS_KEPT)(self._variant_of)

    def rewriter(
        self,
        request: PageRequest,
        *,
        charset: str | None,
        nonces: Nonces,
        lang: str | None,
        release: Release,
        opens: bool,
    ) -> Rewriter:
        """The rewriter of one response."""
        insertions = PageInsertions(
            self._pages,
            request.ruling,
            prefix=self._prefix(request),
            url=request.target,
            lang=lang,
            method=request.scope["method"],
            nonce=nonces.script,
            style_nonce=nonces.style,
            release=release,
            opens=opens,
            unframed=request.unframed,
            objection=request.objection,
        )
        return HtmlRewriter(
            request.ruling,
            url=request.url,
            charset=charset,
            insertions=insertions,
            insert=request.insert,
            found=self.found_on(request),
        )

    def marks(self, request: PageRequest) -> bool:
        """Will this script run, with a policy of ours, for longer than the page that started it?"""
        if not self.seals or request.dest not in MARKED:
            return False
        # Where nothing is granted, nothing can be withdrawn.
        return request.dest == service_worker.DEST or shared_worker.is_granted(request.ruling)

    def seal(self, request: PageRequest, ruling: Ruling) -> bytes:
        """The policy beside the site's own.

        WebKit 2.50 gives it neither to a worker of data:, nor to a frame that was empty before it
        was led to such a document. What a site that asks sends so is in no shared cache.
        """
        return seal(
            ruling,
            secure=request.secure,
            report=self.report(request),
            strict=self.strict,
            forgetful=self.seals and self.asks and request.is_webkit,
        )

    def marked(self, request: PageRequest) -> Rewriter:
        """What puts our code behind such a script."""
        if request.dest == service_worker.DEST:
            return self._service_worker(request)
        code = self._pages.assets.body(shared_worker.NAME)
        state = f"{self._prefix(request)}/state"
        return shared_worker.marked(code, request.ruling, state=state)

    def _service_worker(self, request: PageRequest) -> Rewriter:
        """What puts our code behind the script of a service worker.

        A page that a worker makes has no path that anybody declared a service for.
        """
        policy, report = self.policy, self.report(request)
        narrow, wide = policy.bounds(request.choice, origin=request.origin)

        def sealed(ruling: Ruling) -> list[str]:
            values = self.seal(request, ruling), connections(ruling, secure=request.secure)
            return [value.decode("ascii") for value in values]

        made = PageInsertions(self._pages, narrow, prefix=self._prefix(request), url="")
        facts = {
            "variant": self.variant(request),
            "known": DEFAULT,
            "bare": sealed(narrow),
            "sealed": sealed(wide),
            "endpoints": endpoints(report).decode("ascii"),
            "strict": self.strict,
            "head": made.head(),
        }
        return service_worker.marked(self._pages.assets.body(service_worker.NAME), facts)

    def found_on(self, request: PageRequest) -> Callable[[str, Verdict, str], None]:
        """Takes each host of this page that is held, or would be."""
        return partial(self.findings.found, page=local_path(request.scope))

    def report(self, request: PageRequest) -> str:
        """The path that browsers report to."""
        return f"{self._prefix(request)}/report"

    def _prefix(self, request: PageRequest) -> str:
        """Of all that is ours."""
        root: str = request.scope.get("root_path", "").rstrip("/")
        return root + self._path

    def variant(self, request: PageRequest) -> str:
        """Twelve hexadecimal digits for everything but the site's page that the bytes depend on."""
        return self._variant(
            request.ruling, request.insert, request.unframed, request.objection.holds
        )

    def _variant_of(self, ruling: Ruling, insert: str, unframed: bool, objects: bool) -> str:
        elsewhere, answers = ruling.answers
        # Sorted, and no hash() anywhere: every worker must come to the same digits.
        place = (ruling.origin, sorted(elsewhere), insert, unframed)
        facts = repr((self._salt, place, answers, objects))
        return hashlib.sha256(facts.encode()).hexdigest()[:12]


def _version() -> str:
    try:
        return version("asgi-consent")
    except PackageNotFoundError:
        return "a checkout that was never installed"


def _digest(config: ConsentConfig) -> str:
    """Of everything in the configuration that a page can show, or that decides what it shows."""
    parts = (config.site, config.controller, config.blocking, config.signals, config.path)
    text = repr(
        (
            *parts,
            config.notice.hash,
            config.cookie.lifetime_months,
            config.purposes,
            config.services,
        )
    )
    return hashlib.sha256(text.encode()).hexdigest()
