"""The start of one response: what kind it is, and what becomes of its headers."""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum, auto

from ada_url import join_url
from starlette.types import Message

from consent.asgi.coding import Stack, stack_of
from consent.asgi.cookies import keep_rules
from consent.asgi.request import PageRequest
from consent.asgi.rules import Rules
from consent.banner import Release
from consent.errors import ContentUnreadable
from consent.headers.content_type import Kind, is_attachment, kind, with_charset
from consent.headers.fields import Fields
from consent.headers.freshness import (
    OURS,
    OUTDATED,
    encode_etag,
    end_by,
    forbid_storing,
    make_private,
    vary_by,
)
from consent.headers.handed_over import is_handed_over, is_named_as_page
from consent.headers.link import LINKS, LinkFilter, may_contact
from consent.headers.nonces import Nonces, has_nonce, nonces
from consent.headers.seal import (
    WORKERS,
    connections,
    endpoints,
    is_sealed,
    is_two_faced,
)
from consent.headers.site_policy import is_strict, is_typed, opens_own, policies

POLICIES = (b"content-security-policy", b"content-security-policy-report-only")
REDIRECTS = frozenset({301, 302, 303, 307, 308})


class Treatment(Enum):
    """What is done with the body."""

    PASS = auto()
    PAGE = auto()
    SNIFF = auto()
    """To be told by its first bytes, as a browser would (H10)."""


class ResponseHead:
    """One ``http.response.start`` while its headers are edited."""

    def __init__(
        self,
        message: Message,
        known: dict[bytes, bytes],
        request: PageRequest,
        rules: Rules,
    ) -> None:
        self._message = message
        self._known = known
        """The headers as a look-up; of those that come twice, the last."""
        self._request = request
        self._rules = rules
        self.status: int = message["status"]
        self.fields = Fields(message.get("headers", ()))
        self.content_type = known.get(b"content-type")
        if len(known) < len(self.fields.pairs) and self.content_type is not None:
            self.content_type = b", ".join(self.fields.all(b"content-type"))
        self.kind = kind(self.content_type)
        self._settled = False

    @property
    def has_body(self) -> bool:
        """By its status: 1xx, 204 and 304 have none (H3)."""
        return self.status >= 200 and self.status not in (204, 304)

    @property
    def treatment(self) -> Treatment:
        """What is done with the body."""
        if not self.has_body or self._is_saved:
            return Treatment.PASS
        if self.kind is Kind.HTML or self._is_kept_worker:
            return Treatment.PAGE
        if self.kind is Kind.UNKNOWN and is_named_as_page(self._known):
            return Treatment.PAGE
        unknown = self.kind is Kind.UNKNOWN and not (self._settled or self._is_nosniff)
        if unknown and self.fields.first(b"content-length") != b"0":
            return Treatment.SNIFF
        return Treatment.PASS

    @property
    def _is_kept_worker(self) -> bool:
        is_script = self.kind is Kind.SCRIPT and self.status == 200
        return is_script and self._rules.marks(self._request)

    @property
    def leads_astray(self) -> bool:
        """Is it a redirect to where this request may not be led (``PageRequest.led_by``)?"""
        may = self._request.led_by
        where = self.fields.first(b"location") if may else None
        if may is None or where is None or self.status not in REDIRECTS:
            return False
        try:
            href = join_url(self._request.url, where.decode("latin-1"))
        except ValueError:
            return False
        return not may(href).allowed

    @property
    def _is_saved(self) -> bool:
        given = b"content-disposition" in self._known
        return given and is_attachment(self.fields.all(b"content-disposition"))

    @property
    def _is_nosniff(self) -> bool:
        told = self.fields.first(b"x-content-type-options") or b""
        return told.partition(b",")[0].strip().lower() == b"nosniff"

    def settle(self, *, html: bool) -> None:
        """The first bytes have told what the header did not."""
        self._settled = True
        self.kind = Kind.HTML if html else self.kind

    def codings(self) -> Stack:
        """What the body is coded in.

        Raises:
            ContentUnreadable: something that cannot be undone here.
        """
        return stack_of(self.fields.all(b"content-encoding"))

    def passed(self, *, consulted: bool) -> Message:
        """The message of a response whose body stays as it is.

        Args:
            consulted: the site's code has asked for the choice.
        """
        before = self.fields.pairs.copy()
        self._filter(dependent=consulted)
        if self.status == 304:
            self._revalidate()
        return self._message if self.fields.pairs == before else self.message()

    def page(self, *, consulted: bool) -> Stack:
        """Edit the headers of a page that is rewritten; gives the codings of its body.

        Raises:
            ContentUnreadable: it comes in a form that cannot be read.
        """
        if self.status == 206:
            raise ContentUnreadable("a part of a page (206), which cannot be read without the rest")
        if is_handed_over(self._known):
            raise ContentUnreadable("a page that a server in front is to send, past what reads it")
        stack = self.codings()
        self._filter(dependent=consulted or self._rules.asks)
        vary_by(self.fields, *self._request.insert_depends_on())
        self._mark_variant()
        self.fields.drop(OUTDATED)
        self.fields.put(b"accept-ranges", b"none")
        return stack

    def released(self, *, charset: str | None, length: int | None) -> Message:
        """The message of a page, once its first bytes are ready.

        Args:
            charset: the one the text was brought to, if it had to be.
            length: of the whole body, if that is known.
        """
        if charset is not None:
            content_type = with_charset(self.content_type or b"text/html", charset)
            self.fields.put(b"content-type", content_type)
        if length is not None:
            self.fields.put(b"content-length", b"%d" % length)
        return self.message()

    def message(self) -> Message:
        """The message with the headers as they are now."""
        return {**self._message, "headers": self.fields.pairs}

    @property
    def nonces(self) -> Nonces:
        """What the site's own policies accept our tags by."""
        return nonces(self.fields.all(b"content-security-policy"))

    @property
    def language(self) -> str | None:
        """The first language that the response says it is in."""
        told = (self.fields.first(b"content-language") or b"").partition(b",")[0].strip()
        return told.decode("latin-1") or None

    @property
    def opens(self) -> bool:
        """May a frame of the page show a page of ours (docs/embeds.md)?"""
        return opens_own(policies(self.fields.all(POLICIES[0])), self._request.origin)

    @property
    def release(self) -> Release:
        """What the page's script may release in place: the site's own policies are obeyed.

        One that only reports is obeyed as well, so that nothing of ours is reported.
        """
        if self._rules.seals or not self._rules.asks:
            return Release.NEVER
        found = policies(value for name in POLICIES for value in self.fields.all(name))
        if is_typed(found):
            return Release.NEVER
        return Release.NONCED if is_strict(found) else Release.ALL

    def _filter(self, *, dependent: bool) -> None:
        """Take out what is held, seal, and tell caches what it depends on."""
        if b"set-cookie" in self._known or self._request.held:
            dependent |= keep_rules(self.fields, self._request, self._rules.clock())
        if not LINKS.isdisjoint(self._known):
            dependent |= self._filter_links()
        sealed = self._seal()
        if dependent or (sealed and self._rules.asks):
            vary_by(self.fields, *self._request.policy.choice_headers)
            make_private(self.fields)
        if sealed and self._request.dest in WORKERS:
            forbid_storing(self.fields)
        self._end_in_time()

    def _end_in_time(self) -> None:
        """What is announced begins in caches, too."""
        if self._rules.ends:
            end_by(self.fields, self._rules.ends, now=self._rules.clock())

    def _filter_links(self) -> bool:
        if not any(map(may_contact, self.fields.pairs)):
            return False
        request = self._request
        found = self._rules.found_on(request)
        links = LinkFilter(request.ruling, request.url, found, framed=request.insert == "head")
        for name, edit in links.edits.items():
            if name in self._known:
                self._edit(name, edit)
        return links.depends

    def _edit(self, name: bytes, edit: Callable[[bytes], bytes]) -> None:
        values = self.fields.all(name)
        kept = [value for value in map(edit, values) if value]
        if kept != values:
            self.fields.put(name, *kept)

    def _seal(self) -> bool:
        """Add the seal where the response can become a document or a worker: was it added?"""
        # Browsers show the body of a redirect that leads nowhere.
        redirects = self.status in REDIRECTS and bool(self._known.get(b"location", b"").strip())
        rules = self._rules
        if not (rules.seals or rules.warns) or not self.has_body or redirects:
            return False
        request = self._request
        if is_two_faced(self.kind, request.dest):
            vary_by(self.fields, b"Sec-Fetch-Dest")
        if not is_sealed(self.kind, request.dest):
            return False
        value, report = rules.seal(request, request.ruling), rules.report(request)
        name = b"content-security-policy" + (b"" if rules.seals else b"-report-only")
        self.fields.pairs += [(name, value), (b"reporting-endpoints", endpoints(report))]
        if rules.strict or (rules.seals and request.dest in WORKERS):
            self._allow_connections()
        return True

    def _allow_connections(self) -> None:
        """Beside the seal, unless the site has such a list itself: browsers use the first alone."""
        if b"connection-allowlist" not in self._known:
            value = connections(self._request.ruling, secure=self._request.secure)
            self.fields.pairs.append((b"connection-allowlist", value))

    def _mark_variant(self) -> None:
        """A tag of its own for what is sent, and none beside a nonce (K3, K4)."""
        tag = self.fields.first(b"etag")
        if tag is None:
            return
        fresh = has_nonce(self.fields.all(b"content-security-policy"))
        ours = None if fresh else encode_etag(tag, self._rules.variant(self._request))
        self.fields.put(b"etag", *([ours] if ours else []))

    def _revalidate(self) -> None:
        """A 304 to a question with our tag in it gets our tag, and nothing else (H3)."""
        asked = self._request.fields.get(b"if-none-match", b"")
        if not OURS.search(asked):
            return
        variant = self._rules.variant(self._request)
        tag = encode_etag(self.fields.first(b"etag") or b"", variant)
        if tag is not None and tag in asked:
            self.fields.put(b"etag", tag)
            depends = self._request.policy.choice_headers
            vary_by(self.fields, *depends, *self._request.insert_depends_on())
            make_private(self.fields)
            self._end_in_time()
