"""A page, streamed: tokens → block → insert, in linear time and constant memory."""

from __future__ import annotations

import re
from collections.abc import Callable

from consent.html import Insertions
from consent.html.asked import asked
from consent.html.block import TagBlocker, apply
from consent.html.charset import Charset
from consent.html.context import Context
from consent.html.insert import Inserter
from consent.html.judge import Judge
from consent.html.names import BY_TAG, RAW_TEXT, UNCERTAIN
from consent.html.quiet import QUIET, QUIET_AT_HOME
from consent.html.scripts import ScriptEnd
from consent.html.stream import LONGEST
from consent.html.text import END_OF
from consent.html.tokens import (
    BOGUS,
    BOGUS_END,
    COMMENT,
    COMMENT_END,
    END_NAME,
    END_TAG,
    NAME,
    REFRESH,
    SUSPICIOUS,
    TAG,
    TEXT,
    is_closed,
)
from consent.html.uncertain import GRACE, UncertainReader
from consent.model import Verdict
from consent.policy import Ruling

DEEPEST = 4
"""Documents within documents (``srcdoc``, ``data:``) that are looked into."""
_SWITCHING = UNCERTAIN | RAW_TEXT | {"script", "style", "noscript", "plaintext"}
_BLANK = re.compile(rb"(?:\xef\xbb\xbf)?[\t\n\f\r ]*+")


class HtmlRewriter(UncertainReader):
    """The :class:`~consent.html.Rewriter` of one page.

    Args:
        ruling: what may act on this page.
        url: the page's own absolute URL.
        charset: the label in its ``Content-Type``, if any.
        insertions: what to put in; None for nothing.
        insert: ``always``; ``if-document``, where a fetch may bring a fragment or a page;
            ``head``, for the page of a frame, which shows no banner; ``never``.
        found: told of each host that is held, or that would be (``Reason.NOT_ENFORCED``), and of
            what follows it in the address.
    """

    def __init__(
        self,
        ruling: Ruling,
        *,
        url: str,
        charset: str | None = None,
        insertions: Insertions | None = None,
        insert: str = "always",
        found: Callable[[str, Verdict, str], None] | None = None,
    ) -> None:
        super().__init__(Charset(charset))
        self._insertions = insertions
        self._inserter = Inserter(insertions, insert=insert)
        self._read_for(Judge(ruling, url, found, framed=insert == "head"))

    def _read_for(self, judge: Judge, *, depth: int = 0, scripting: bool = True) -> None:
        self._judge = judge
        self._depth = depth
        self._scripting = scripting
        self._context = Context()
        self._state = self._data
        self._blocker = TagBlocker(
            judge,
            decode=self._charset.text,
            document=self._document,
            placeholder=self._placeholder,
        )

    def _finish(self) -> None:
        # Behind a tag, a comment or a script that was cut short, it would be part of that.
        whole = self._state == self._data and self._at == len(self._buffer)
        super()._finish()
        if whole:
            self._out.append(self._inserter.over())

    # -- ordinary content ----------------------------------------------------------------------

    def _data(self) -> bool:
        if not self._inserter.done:
            return self._early()
        quiet = (QUIET_AT_HOME if self._judge.at_home else QUIET).match(self._buffer, self._at)
        self._emit(quiet.end() if quiet else self._at)
        return self._at < len(self._buffer) and self._markup()

    def _early(self) -> bool:
        """As long as there is something to insert, every token is looked at."""
        self._inserter.charset = self._charset.found
        text = TEXT.match(self._buffer, self._at)
        if text is None:
            return self._markup()
        blank = _BLANK.match(self._buffer, self._at, text.end())
        self._emit(blank.end() if blank else self._at)
        if self._at < text.end():
            self._out.append(self._inserter.text())
        self._emit(text.end())
        return True

    def _markup(self) -> bool:
        """A ``<`` that begins something."""
        tag = TAG.match(self._buffer, self._at, self._at + LONGEST)
        if tag:
            return self._tag(tag)
        opening = NAME.match(self._buffer, self._at)
        if opening:
            return not self._lacks(LONGEST) and self._unended(opening)
        end = END_TAG.match(self._buffer, self._at)
        if end:
            self._out.append(self._inserter.end(end[1].lower().decode("latin-1")))
            self._emit(end.end())
            return True
        return self._comment_or_less()

    def _unended(self, opening: re.Match[bytes]) -> bool:
        if len(self._buffer) - self._at < LONGEST:
            self._inserter.done = True
            self._emit(len(self._buffer))
            return True
        if not self._inserter.done:
            self._out.append(self._inserter.before(opening[1].lower().decode("latin-1"), b""))
        return self._oversized(opening)

    def _comment_or_less(self) -> bool:
        found = COMMENT.match(self._buffer, self._at) or BOGUS.match(self._buffer, self._at)
        if found:
            if found[0][:9].lower() == b"<!doctype":
                self._inserter.doctype()
            self._emit(found.end())
            return True
        if self._lacks(6):
            return False
        if self._buffer.startswith(b"<!--", self._at):
            self._emit(self._at + 4)
            return self._pass_until(COMMENT_END)
        # An end tag, or a bogus comment, that is not complete: nothing in it can load anything.
        if self._lacks(LONGEST):
            return False
        if len(self._buffer) - self._at < LONGEST:
            self._inserter.done = True
            self._emit(len(self._buffer))
            return True
        end = END_NAME.match(self._buffer, self._at)
        self._emit(end.end() if end else self._at + 2)
        if end is None:
            return self._pass_until(BOGUS_END)
        self._long_name = ""
        self._state = self._attributes
        return True

    def _tag(self, found: re.Match[bytes]) -> bool:
        name, tag = found[1].lower().decode("latin-1"), found[0]
        if not self._inserter.done:
            self._out.append(self._inserter.before(name, tag))
        self._at = found.end()
        if name in BY_TAG or name == "base" or self._is_suspicious(name, tag):
            name_end = 1 + len(found[1])
            listed = asked(tag, name_end)
            if name == "script" and self._is_inline(listed):
                return self._hold_back(tag, name_end, listed)
            edits = self._blocker.edits(name, listed, name_end=name_end)
            tag = apply(tag, edits) if edits else tag
        self._out.append(tag)
        if not self._inserter.done:
            self._out.append(self._inserter.after(name))
        if name in _SWITCHING:
            self._enter(name, is_closed(found[0]))
        return True

    def _is_suspicious(self, name: str, tag: bytes) -> bool:
        """Can anything in this tag, which is none that loads, be held? Most name no other host."""
        if name == "meta":
            return REFRESH.search(tag) is not None
        return not self._judge.at_home or SUSPICIOUS.search(tag) is not None

    def _enter(self, name: str, closed: bool) -> None:
        """Take on the way of reading that this start tag brings."""
        self._state = self._data
        if name in UNCERTAIN:
            self._context.start(name, closed=closed)
            self._state = self._uncertain if self._context else self._data
        elif name == "script":
            self._script_end = ScriptEnd()
            self._state = self._script_text
        elif name == "style":
            self._state = self._style
        elif name == "noscript" and self._scripting:
            self._state = self._noscript
        elif name in RAW_TEXT:
            self._pass_until(END_OF[name])
        elif name == "plaintext":
            self._state = self._plaintext

    # -- documents within the document ---------------------------------------------------------

    def _nested(self) -> HtmlRewriter:
        """A reader for a piece of this page, as it is where scripts are off."""
        return self._inner(self._judge, depth=self._depth, scripting=False)

    def _inner(self, judge: Judge, *, depth: int, scripting: bool) -> HtmlRewriter:
        inner = HtmlRewriter(judge.ruling, url=judge.bases[0], charset="utf-8")
        inner._insertions = self._insertions
        inner._inserter = Inserter(None, insert="never")
        inner._again = GRACE  # Many small documents have no grace of their own.
        inner._charset = self._charset if not scripting else inner._charset
        inner._read_for(judge, depth=depth, scripting=scripting)
        return inner

    def _document(self, text: str) -> str | None:
        """A ``srcdoc`` or ``data:`` document rewritten; None where nothing in it is held."""
        if self._depth >= DEEPEST:
            return "" if "<" in text else None
        inner = self._inner(self._judge.copy(), depth=self._depth + 1, scripting=True)
        markup = text.encode("utf-8", "surrogatepass")
        rewritten = inner._feed(markup)
        inner._final = True
        rewritten += inner._feed(b"")
        return rewritten.decode("utf-8", "surrogatepass") if rewritten != markup else None

    def _placeholder(self, service: str, url: str) -> str:
        if self._insertions is None:
            return ""
        return self._insertions.placeholder(service, url, self._inserter.lang)
