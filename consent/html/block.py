"""A tag and what the ruling says of it → the tag as it leaves.

A held attribute keeps its value under a ``data-consent-`` name, so everything needed to release it
stays in its place, and taking our insertions away gives the original back.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from html import escape

from consent.html.judge import Judge, data_url, joint
from consent.html.names import (
    ANY_TAG,
    BY_TAG,
    JSON_TYPES,
    LOADING_RELS,
    SCRIPT_TYPES,
    Kind,
)
from consent.html.tokens import Attribute, unescape
from consent.model import Verdict
from consent.policy import UNREADABLE

PREFIX = b"data-consent-"
Edit = tuple[int, int, bytes]
"""Start and end of what is replaced, and by what."""

_KINDS = {name: {**ANY_TAG, **kinds} for name, kinds in BY_TAG.items()}
_URL = Kind.URL
_SOURCES = frozenset(BY_TAG["script"])
# What makes a script run, or run something else.
_RUNNING = _SOURCES | {"type", "language"}


class TagBlocker:
    """Edits the tags of one page."""

    def __init__(
        self,
        judge: Judge,
        *,
        decode: Callable[[bytes], str],
        document: Callable[[str], str | None],
        placeholder: Callable[[str, str], str],
    ) -> None:
        self.judge = judge
        self._decode = decode
        self._document = document
        """A nested document rewritten, or None where it holds nothing."""
        self._placeholder = placeholder

    def text(self, attribute: Attribute) -> str:
        """The attribute's value as the browser sees it."""
        text = self._decode(attribute.value)
        return unescape(text) if "&" in text else text

    def edits(
        self, name: str, found: list[Attribute], *, name_end: int, bare: bool = False
    ) -> list[Edit]:
        """What to change in a complete tag; nothing in nearly all of them.

        ``bare`` leaves out what has quotes of its own: the tag may stand inside a string.
        """
        if name == "base":
            self._rebase(found)
            return []
        if name == "meta":
            return self._meta(found, name_end)
        if name == "script":
            return self._script(found, name_end)
        edits: list[Edit] = []
        verdicts: list[Verdict] = []
        kinds = self._kinds(name, found)
        for attribute in found:
            kind = kinds.get(attribute.name)
            if kind and attribute.value:
                loose = kind is Kind.DOCUMENT and self._calls(found)
                held = UNREADABLE if loose else self._judge(kind, attribute, edits)
                if held:
                    edits.append((attribute.start, attribute.start, PREFIX))
                    verdicts.append(held)
        verdict = joint(verdicts)
        if verdict:
            edits.insert(0, (name_end, name_end, marks(verdict)))
            if name == "iframe" and not bare and not any(a.name == "srcdoc" for a in found):
                edits.insert(1, (name_end, name_end, self._filler(verdict, found)))
        return edits

    def attribute(self, name: str, attribute: Attribute) -> list[Edit]:
        """What to change in one attribute of a tag too long to be seen whole."""
        if name == "base":
            self._rebase([attribute])
        kind = BY_TAG.get(name, {}).get(attribute.name) or ANY_TAG.get(attribute.name)
        edits: list[Edit] = []
        doubtful = kind is Kind.DOCUMENT and self.judge.ruling.policy.strict
        if kind and attribute.value and (doubtful or self._judge(kind, attribute, edits)):
            edits.append((attribute.start, attribute.start, PREFIX))
        return edits

    def loads(self, name: str, attribute: str) -> bool:
        """Can this attribute of this element make a browser fetch?"""
        return attribute in BY_TAG.get(name, {}) or attribute in ANY_TAG

    def inline_script(self, found: list[Attribute], text: str, name_end: int) -> list[Edit]:
        """What to change in the tag of a script with this text."""
        verdict = None if self.script_is_json(found) else self.judge.inline(text)
        return self._script(found, name_end, verdict) if found or verdict else []

    def script_runs(self, found: list[Attribute]) -> bool:
        """Does a browser execute this, rather than keep it as data?"""
        return not found or self._script_type(found) in SCRIPT_TYPES

    def script_is_json(self, found: list[Attribute]) -> bool:
        """Is this an import map, or speculation rules?"""
        return bool(found) and self._script_type(found) in JSON_TYPES

    def _script(
        self, found: list[Attribute], name_end: int, verdict: Verdict | None = None
    ) -> list[Edit]:
        edits: list[Edit] = []
        sources = []
        for attribute in found:
            kind = ANY_TAG.get(attribute.name)
            if kind and self._judge(kind, attribute, edits):
                edits.append((attribute.start, attribute.start, PREFIX))
            elif attribute.value and attribute.name in _SOURCES:
                sources.append(attribute)
        if sources and not verdict and self.script_runs(found):
            each = (self._script_source(self.text(source)) for source in sources)
            verdict = next(filter(None, each), None)
        if verdict is None:
            return edits
        # A script without src would run its fallback text, so the type goes too; each repeated
        # attribute as well, since a browser would honour the next one.
        edits += [(a.start, a.start, PREFIX) for a in found if a.name in _RUNNING]
        edits.append((name_end, name_end, marks(verdict) + b" type=text/plain"))
        return sorted(edits)

    def _script_source(self, value: str) -> Verdict | None:
        data = data_url(value)
        return self.judge.inline(data[1]) if data else self.judge.url(value)

    def _script_type(self, found: list[Attribute]) -> str:
        kind = _first(found, "type")
        if kind is not None:
            return self.text(kind).strip("\t\n\f\r ").lower() or "text/javascript"
        return "text/javascript"

    def _kinds(self, name: str, found: list[Attribute]) -> dict[str, Kind]:
        """What the attributes are, beside which these others stand."""
        kinds = _KINDS.get(name, ANY_TAG)
        if name == "link":
            rel = _first(found, "rel")
            words = self.text(rel).lower().split() if rel else []
            return ANY_TAG if LOADING_RELS.isdisjoint(words) else kinds
        if name in ("set", "animate"):
            target = _first(found, "attributename")
            moves = target is not None and self.text(target).lower() in ("href", "xlink:href")
            return kinds if moves else {**ANY_TAG, **dict.fromkeys(BY_TAG[name], Kind.CSS)}
        if name == "param":
            key = _first(found, "name")
            names = ("src", "movie", "data", "url", "code", "filename")
            return kinds if key and self.text(key).lower() in names else ANY_TAG
        return kinds

    def _judge(self, kind: Kind, attribute: Attribute, edits: list[Edit]) -> Verdict | None:
        value = self.text(attribute)
        if kind is _URL:
            return self.judge.url(value) or (self._sheet(value) if ":" in value else None)
        if kind is Kind.FRAME:
            return self.judge.url(value) or self._framed(value)
        if kind is Kind.LIST:
            return self.judge.urls(value)
        if kind is Kind.SRCSET:
            return self.judge.srcset(value)
        changed = self.judge.css(value) if kind is Kind.CSS else self._document(value)
        if changed is not None and changed != value:
            edits.append(_replacement(attribute, changed))
        return None

    def _calls(self, found: list[Attribute]) -> bool:
        """May a document in this sandbox call whom it likes, whatever the strict seal says?

        It is of an origin of its own, where browsers do not stop WebRTC (docs/guard.md).
        """
        sandbox = _first(found, "sandbox") if self.judge.ruling.policy.strict else None
        words = self.text(sandbox).lower().split() if sandbox else []
        return "allow-scripts" in words and "allow-same-origin" not in words

    def _sheet(self, value: str) -> Verdict | None:
        data = data_url(value)
        if data and data[0] == "text/css":
            text = data[1]
            return UNREADABLE if self.judge.css(text) != text else None
        return None

    def _framed(self, value: str) -> Verdict | None:
        data = data_url(value)
        if data is None:
            return None
        return None if self._document(data[1]) is None else UNREADABLE

    def _rebase(self, found: list[Attribute]) -> None:
        for attribute in found:
            if attribute.name == "href":
                self.judge.rebase(self.text(attribute).strip("\t\n\f\r "))

    def _meta(self, found: list[Attribute], name_end: int) -> list[Edit]:
        kind, content = _first(found, "http-equiv"), _first(found, "content")
        if kind is None or content is None or self.text(kind).strip().lower() != "refresh":
            return []
        verdict = self.judge.refresh(self.text(content))
        if verdict is None:
            return []
        edits = [(a.start, a.start, PREFIX) for a in found if a.name == "http-equiv"]
        return [(name_end, name_end, marks(verdict)), *edits]

    def _filler(self, verdict: Verdict, found: list[Attribute]) -> bytes:
        source = _first(found, "src")
        url = self.judge.resolved(self.text(source)) if source else ""
        markup = self._placeholder(verdict.service, url)
        if not markup:
            return b""
        written = escape(markup).encode("ascii", "xmlcharrefreplace")
        return b' data-consent-placeholder srcdoc="' + written + b'"'


@lru_cache(maxsize=256)
def marks(verdict: Verdict) -> bytes:
    """The attributes that say why a tag is held. Unquoted: they may land inside a string."""
    text = f" data-consent-held={verdict.reason}"
    if verdict.service:
        text += f" data-consent-service={verdict.service} data-consent-purpose={verdict.purpose}"
    return text.encode("ascii")


def apply(tag: bytes, edits: list[Edit]) -> bytes:
    """``tag`` with its edits, which come in the order of their places."""
    pieces: list[bytes] = []
    at = 0
    for start, end, new in edits:
        # A slash may follow a tag's name at once: it would go on the unquoted value of a mark.
        apart = b" " if new and start == end and tag[end : end + 1] == b"/" else b""
        pieces += tag[at:start], new, apart
        at = end
    pieces.append(tag[at:])
    return b"".join(pieces)


def _first(found: list[Attribute], name: str) -> Attribute | None:
    for attribute in found:
        if attribute.name == name:
            return attribute
    return None


def _replacement(attribute: Attribute, value: str) -> Edit:
    new = escape(value).encode("ascii", "xmlcharrefreplace")
    if not attribute.quoted:
        new = b'"' + new + b'"'
    return (attribute.value_start, attribute.value_end, new)
