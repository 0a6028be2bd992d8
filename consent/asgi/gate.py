"""ResponseGate: the ``send`` of one response; whatever can hold a page is read before it passes."""

from __future__ import annotations

from enum import Enum, auto

from starlette.types import Message, Send

from consent.asgi.body import PageBody
from consent.asgi.coding import Stack
from consent.asgi.head import ResponseHead, Treatment
from consent.asgi.request import PageRequest, local_path
from consent.asgi.rules import Rules
from consent.asgi.state import RequestConsent
from consent.errors import ContentUnreadable
from consent.headers.content_type import SNIFFED, Kind, charset, kind, looks_like_html
from consent.headers.freshness import OUTDATED
from consent.headers.link import LINKS, LinkFilter
from consent.headers.seal import DOCUMENTS, WORKERS
from consent.headers.set_cookie import SetCookieFilter
from consent.html import Rewriter

ALWAYS_SEALED = DOCUMENTS | WORKERS
REFUSAL = b"502: this page came in a form that cannot be checked, so it is not shown.\n"
ASTRAY = b"403: this address leads to another host, where nothing may be sent without consent.\n"
REFUSAL_HEADERS = [
    (b"content-type", b"text/plain; charset=utf-8"),
    (b"cache-control", b"no-store"),
]
EVENTS = b"text/event-stream"
# The same address may be opened as a worker, and is sealed then (seal.is_two_faced).
TWO_FACED = (b"vary", b"Sec-Fetch-Dest")
HARMLESS = frozenset({"http.response.debug", "http.response.push"})


class Phase(Enum):
    """What is done with the next piece of the body."""

    PASSING = auto()
    SNIFFING = auto()
    REWRITING = auto()
    EMPTY = auto()
    """The page has been sent, or only its head was asked for: no byte may follow."""
    REFUSED = auto()
    """Another answer took the page's place."""
    BROKEN = auto()
    """A page that became unreadable in the middle; nothing can take its place any more."""


class ResponseGate:
    """Holds the state of one response, and nothing that outlives it."""

    _phase = Phase.PASSING
    _head: ResponseHead
    """Of a page; set before any phase that looks at the body."""
    _started = False
    """Whether the head of a page has been sent: not before its first bytes can be read."""
    _body: PageBody | None = None
    _sniffed = b""
    _pending: tuple[Message, list[tuple[bytes, bytes]], dict[bytes, bytes]] | None = None
    """The head, and its headers as a look-up: held until the site sends the first of its body."""
    failure: ContentUnreadable | None = None
    """Why the response ended in the middle; the server must not end it as if it were whole."""

    def __init__(
        self, send: Send, request: PageRequest, consent: RequestConsent, rules: Rules
    ) -> None:
        self._send = send
        self._request = request
        self._consent = consent
        self._rules = rules

    async def send(self, message: Message) -> None:
        """Take the site's message; send what may be sent of it."""
        message_type = message["type"]
        if message_type == "http.response.body":
            if self._pending is not None:
                await self._begin()
            if self._phase is Phase.PASSING:
                await self._send(message)
            else:
                await self._take(message)
        elif message_type == "http.response.start":
            await self._hold(message)
        else:
            await self._other(message)

    async def _hold(self, message: Message) -> None:
        """Wait with the head: the code of a stream may ask for the choice once it runs (K1)."""
        if self._phase is not Phase.PASSING or self._pending is not None:
            raise RuntimeError("http.response.start came twice")
        headers = message.get("headers", ())
        if not isinstance(headers, list):
            headers = list(headers)
            message = {**message, "headers": headers}
        fields = dict(headers)
        if not b"".join(fields).islower():
            # ASGI wants lower case; servers send what they are given.
            fields = {name.lower(): value for name, value in headers}
        self._pending = (message, headers, fields)
        if fields.get(b"content-type", b"").startswith(EVENTS):
            # A stream of events may be silent for long, and no cache keeps it.
            await self._begin()

    async def _begin(self) -> None:
        if self._pending is None:
            return
        (message, headers, fields), self._pending = self._pending, None
        plain = (
            LINKS.isdisjoint(fields)
            and not self._consent.consulted
            and not self._request.held
            and not (b"location" in fields and self._request.led_by)
            and len(fields) == len(headers)
            and (b"set-cookie" not in fields or self._keeps(fields[b"set-cookie"]))
        )
        found = kind(fields.get(b"content-type"))
        dest = self._request.dest
        if plain and found in self._rules.inert and dest not in ALWAYS_SEALED:
            # Nothing in it can act or depends on the choice: most responses end here.
            await self._send(message)
        elif plain and found is Kind.SCRIPT and dest == b"script" and b"vary" not in fields:
            await self._send({**message, "headers": [*headers, TWO_FACED]})
        else:
            await self._open(ResponseHead(message, fields, self._request, self._rules))

    def _keeps(self, cookie: bytes) -> bool:
        """Does this Set-Cookie stay as it is, whatever the choice?"""
        cookies = SetCookieFilter(self._request.ruling, self._rules.clock(), self._request.cookies)
        return cookies.kept([cookie]) == [cookie] and not cookies.depends

    async def _open(self, head: ResponseHead) -> None:
        treatment = head.treatment
        if head.leads_astray:
            await self._replace(403, ASTRAY)
        elif treatment is Treatment.PASS:
            self._phase = Phase.PASSING
            await self._send(head.passed(consulted=self._consent.consulted))
        elif treatment is Treatment.PAGE:
            await self._open_page(head)
        else:
            self._head = head
            self._phase = Phase.SNIFFING

    async def _open_page(self, head: ResponseHead) -> None:
        self._head = head
        try:
            stack = head.page(consulted=self._consent.consulted)
        except ContentUnreadable as error:
            await self._refuse(error)
            return
        if self._request.scope["method"] == "HEAD":
            self._phase = Phase.EMPTY
            await self._release(charset=None, length=None)
            return
        self._body = PageBody(self._rewriter(head), stack)
        self._phase = Phase.REWRITING

    def _rewriter(self, head: ResponseHead) -> Rewriter:
        if head.kind is Kind.SCRIPT:
            return self._rules.marked(self._request)
        return self._rules.rewriter(
            self._request,
            charset=charset(head.content_type or b""),
            nonces=head.nonces,
            lang=head.language,
            release=head.release,
            opens=head.opens,
        )

    async def _take(self, message: Message) -> None:
        chunk = bytes(message.get("body", b""))
        more = message.get("more_body", False)
        if self._phase is Phase.SNIFFING:
            await self._sniff(chunk, more=more)
        elif self._phase is Phase.REWRITING and self._body is not None:
            await self._rewrite(self._body, chunk, more=more)
        elif self._phase is Phase.EMPTY:
            await self._send({**message, "body": b""})
        elif self.failure is not None:
            raise self.failure

    async def _sniff(self, chunk: bytes, *, more: bool) -> None:
        self._sniffed += chunk
        try:
            found = looks_like_html(self._plain_start(self._head.codings()))
        except ContentUnreadable as error:
            await self._refuse(error)
            return
        if found is None and more:
            return
        self._head.settle(html=bool(found))
        # Told now, so this opens as a page or passes.
        await self._open(self._head)
        again = {"type": "http.response.body", "body": self._sniffed, "more_body": more}
        self._sniffed = b""
        await self.send(again)

    def _plain_start(self, stack: Stack) -> bytes:
        start = b""
        for piece in stack.decoder().feed(self._sniffed):
            start += piece
            if len(start) >= SNIFFED:
                break
        return start

    async def _rewrite(self, body: PageBody, chunk: bytes, *, more: bool) -> None:
        try:
            out = body.feed(chunk, last=not more)
        except ContentUnreadable as error:
            await self._refuse(error)
            return
        if not out and more:
            return
        if not more:
            self._phase = Phase.EMPTY
        if not self._started:
            await self._release(charset=body.charset, length=None if more else len(out))
        await self._send({"type": "http.response.body", "body": out, "more_body": more})

    async def _release(self, *, charset: str | None, length: int | None) -> None:
        self._started = True
        await self._send(self._head.released(charset=charset, length=length))

    async def _refuse(self, error: ContentUnreadable) -> None:
        """Never pass on what could not be read (H5): another answer, or a broken connection."""
        self._rules.unread.report(local_path(self._request.scope), error)
        if self._started:
            self._phase = Phase.BROKEN
            self.failure = error
            raise error
        await self._replace(502, REFUSAL)

    async def _replace(self, status: int, text: bytes) -> None:
        self._phase = Phase.REFUSED
        headers = [*REFUSAL_HEADERS, (b"content-length", b"%d" % len(text))]
        await self._send({"type": "http.response.start", "status": status, "headers": headers})
        asked = self._request.scope["method"] != "HEAD"
        await self._send({"type": "http.response.body", "body": text if asked else b""})

    async def _other(self, message: Message) -> None:
        message_type = message["type"]
        if message_type == "http.response.early_hint":
            await self._hint(message)
            return
        if message_type not in HARMLESS:
            await self._begin()
        if self._phase is Phase.PASSING or message_type in HARMLESS:
            await self._send(message)
        elif message_type == "http.response.trailers":
            await self._trail(message)
        elif self._phase in (Phase.SNIFFING, Phase.REWRITING):
            await self._refuse(ContentUnreadable(f"{message_type}, past what reads the page"))

    async def _hint(self, message: Message) -> None:
        request = self._request
        links = LinkFilter(request.ruling, request.url, self._rules.found_on(request))
        kept = [link for link in map(links.link, message["links"]) if link]
        if kept:
            await self._send({**message, "links": kept})

    async def _trail(self, message: Message) -> None:
        """Digests that came behind the body described the one that was rewritten (H6)."""
        if self._phase is Phase.EMPTY:
            kept = [pair for pair in message["headers"] if pair[0].lower() not in OUTDATED]
            await self._send({**message, "headers": kept})

    async def end(self) -> None:
        """The site has returned: a head without a body goes out as it came."""
        await self._begin()

    def close(self) -> None:
        """The site is done, or failed: let go of what is held."""
        if self._body is not None:
            self._body.abandon()
