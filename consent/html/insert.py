"""Where our markup goes in a page: first into <head>, and first into <body>, written or implied."""

from __future__ import annotations

from enum import Enum, auto

from consent.html import Insertions
from consent.html.names import HEAD_CONTENT
from consent.html.tokens import NAME, attributes, unescape

OPEN, CLOSE = b"<!--consent-->", b"<!--/consent-->"


class Stage(Enum):
    """What is still to be inserted."""

    BEFORE = auto()
    """Nothing seen yet; a fetch gets insertions only if it turns out to bring a document."""
    HEAD = auto()
    BODY = auto()


class Inserter:
    """Told of each token of the page in turn until both places have been found."""

    def __init__(self, insertions: Insertions | None, *, insert: str) -> None:
        self._insertions = insertions
        self._insert = insert
        self.lang: str | None = None
        self.charset: str | None = None
        """What the page itself says, where no header and no byte order mark does."""
        self._stage = Stage.HEAD
        self._templates = 0
        """How many are open: nobody sees what is put into one."""
        self.done = insertions is None or insert == "never"
        """Is there nothing left to insert?"""
        if insert == "if-document":
            self._stage = Stage.BEFORE

    def text(self) -> bytes:
        """What goes before text that is not blank."""
        return b"" if self._templates else self._content()

    def doctype(self) -> None:
        """A document type has been seen: this is a whole document."""
        if self._stage is Stage.BEFORE:
            self._stage = Stage.HEAD

    def before(self, name: str, tag: bytes) -> bytes:
        """What goes before this start tag."""
        if self._templates:
            return b""
        if name in ("html", "head", "body"):
            self.doctype()
        if name == "html":
            self.lang = _lang(tag) or self.lang
            return b""
        if name == "head" and self._stage is Stage.HEAD:
            return b""
        if name == "frameset":
            head = self._head()
            self.done = True
            return head
        if name == "body" or (name in HEAD_CONTENT and self._stage is not Stage.BEFORE):
            return self._head()
        return self._content()

    def after(self, name: str) -> bytes:
        """What goes behind this start tag."""
        self._templates += name == "template"
        if self._templates:
            return b""
        return self._head() if name == "head" else self._body() if name == "body" else b""

    def end(self, name: str) -> bytes:
        """What goes before this end tag: some of them imply a body."""
        if self._templates:
            self._templates -= name == "template"
            return b""
        return self._content() if name in ("body", "html", "br", "p") else b""

    def over(self) -> bytes:
        """What goes behind a page that ends without a body of its own: a browser makes one."""
        return b"" if self._templates else self._body()

    def _content(self) -> bytes:
        if self._stage is Stage.BEFORE:
            # A fetch that begins with content brings a fragment.
            self.done = True
        return self._head() + self._body()

    def _head(self) -> bytes:
        if self.done or self._stage is not Stage.HEAD or self._insertions is None:
            return b""
        self._stage = Stage.BODY
        self.done = self._insert == "head"
        # Browsers look for the charset in the first 1024 bytes: ours must not push it out.
        charset = f'<meta charset="{self.charset}">' if self.charset else ""
        return _marked(_encoded(charset + self._insertions.head()))

    def _body(self) -> bytes:
        if self.done or self._stage is not Stage.BODY or self._insertions is None:
            return b""
        self.done = True
        return _marked(_encoded(self._insertions.body(self.lang)))


def _lang(tag: bytes) -> str | None:
    name = NAME.match(tag)
    for attribute in attributes(tag, name.end(), len(tag) - 1) if name else ():
        if attribute.name == "lang":
            return unescape(attribute.value.decode("latin-1")).strip() or None
    return None


def _encoded(text: str) -> bytes:
    # ASCII reads the same in every charset that a page may turn out to have.
    return text.encode("ascii", "xmlcharrefreplace")


def _marked(markup: bytes) -> bytes:
    return OPEN + markup + CLOSE if markup else b""
