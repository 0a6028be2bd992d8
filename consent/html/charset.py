"""The encoding of a page, as browsers find it out, and a way through those that are not ASCII."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator

import webencodings

from consent.html import iso2022jp
from consent.html.tokens import BOGUS, COMMENT, END_TAG, TAG, attributes

_BOMS = ((b"\xef\xbb\xbf", "utf-8"), (b"\xfe\xff", "utf-16-be"), (b"\xff\xfe", "utf-16-le"))
# What browsers step over while they look for the label (WHATWG HTML §13.2.3.2), and <meta> itself.
_TOKEN = re.compile(
    b"(?P<comment>"
    + COMMENT.pattern
    + rb"|<!--[\s\S]*+)|"
    + TAG.pattern
    + b"|"
    + END_TAG.pattern
    + b"|"
    + BOGUS.pattern
)
_CONTENT = re.compile(rb"charset[\t\n\f\r ]*=[\t\n\f\r ]*[\"']?([^\t\n\f\r \"';]+)", re.I)
_PRESCAN = 1024
# Bytes below 0x80 do not always mean ASCII in these, so markup cannot be found as they are.
_WIDE = frozenset({"utf-16-le", "utf-16-be"})
_SHIFTED = "iso2022_jp"
# A second byte may be a backslash here, which is none.
_TRAILS = {
    "cp932": re.compile(rb"[\x81-\x9f\xe0-\xfc][\x40-\x7e\x80-\xfc]"),
    "big5hkscs": re.compile(rb"[\x81-\xfe][\x40-\x7e\xa1-\xfe]"),
    "gb18030": re.compile(rb"[\x81-\xfe](?:[0-9][\x81-\xfe][0-9]|[\x40-\x7e\x80-\xfe])"),
}
_TRAILS["gbk"] = _TRAILS["gb18030"]
_CODECS = {
    "utf-16le": "utf-16-le",
    "utf-16be": "utf-16-be",
    "iso-2022-jp": "iso2022_jp",
    # Python has no codec for these; only their ASCII matters here.
    "replacement": "latin-1",
    "x-user-defined": "latin-1",
}


class Charset:
    """Turns chunks into bytes in which markup is ASCII, and back."""

    def __init__(self, label: str | None) -> None:
        self.codec = _codec(label)
        self.found: str | None = None
        """The label that a ``<meta>`` near the start gives, where nothing else tells."""
        self._start: bytes | None = b""
        self._decoder: codecs.IncrementalDecoder | iso2022jp.Decoder | None = None
        self._encoder: codecs.IncrementalEncoder | iso2022jp.Encoder | None = None
        self._utf8 = codecs.getincrementaldecoder("utf-8")("surrogatepass")

    def decode(self, chunk: bytes, *, final: bool = False) -> bytes:
        """What can be read so far: UTF-8 where the page's encoding is not like ASCII."""
        if self._start is not None:
            self._start += chunk
            wanted = 3 if self.codec else _PRESCAN
            if len(self._start) < wanted and not final:
                return b""
            chunk, self._start = self._start, None
            self._settle(chunk)
        if self._decoder is None:
            return chunk
        # Half a character of UTF-16 at the end is nothing that could be passed on.
        whole = final and self.codec == _SHIFTED
        return self._decoder.decode(chunk, whole).encode("utf-8", "surrogatepass")

    def encode(self, markup: bytes) -> bytes:
        """Back into the page's encoding."""
        if self._encoder is None:
            return markup
        return self._encoder.encode(self._utf8.decode(markup))

    def text(self, value: bytes) -> str:
        """An attribute's bytes as text."""
        text = value.decode("utf-8" if self._decoder else self.codec or "utf-8", "replace")
        return iso2022jp.as_read(text) if self.codec == _SHIFTED else text

    def shape(self, text: str) -> str:
        """A piece of the page, its bytes as Latin-1: what is a part of a character is no ASCII."""
        trails = _TRAILS.get(self.codec or "")
        if trails is None or "\\" not in text:
            return text
        return trails.sub(self._opaque, text.encode("latin-1")).decode("latin-1")

    def _opaque(self, found: re.Match[bytes]) -> bytes:
        # Where two bytes are no character, browsers take the second by itself.
        known = "\ufffd" not in self.text(found[0])
        return b"\xff" * len(found[0]) if known else found[0]

    def read(self, text: str) -> str:
        """A piece of the page, its bytes as Latin-1, as a browser reads it."""
        try:
            return text if text.isascii() else self.text(text.encode("latin-1"))
        except UnicodeEncodeError:
            # Character references have been decoded in it.
            return text

    def _settle(self, start: bytes) -> None:
        for mark, codec in _BOMS:
            if start.startswith(mark):
                self.codec = codec
                break
        if self.codec is None:
            self._from_meta(start)
        if self.codec == _SHIFTED:
            self._decoder, self._encoder = iso2022jp.Decoder(), iso2022jp.Encoder()
        elif self.codec in _WIDE:
            # Half a character is kept as it is.
            self._decoder = codecs.getincrementaldecoder(self.codec)("surrogatepass")
            self._encoder = codecs.getincrementalencoder(self.codec)("surrogatepass")

    def _from_meta(self, start: bytes) -> None:
        label = next(filter(_codec, _labels(start[:_PRESCAN])), None)
        if label:
            self.found = label
            codec = _codec(label) or "utf-8"
            # The bytes were read as ASCII to find this, so they cannot be UTF-16.
            self.codec = "utf-8" if codec.startswith("utf-16") else codec


def _labels(start: bytes) -> Iterator[str]:
    for token in _TOKEN.finditer(start):
        if token[0][:5].lower() != b"<meta" or len(token[2] or b"") != 4:
            continue
        values = {a.name: a.value for a in reversed(attributes(token[0], 5, len(token[0]) - 1))}
        content = _CONTENT.search(values.get("content", b""))
        if "charset" in values:
            yield values["charset"].decode("latin-1").strip()
        elif content and values.get("http-equiv", b"").lower() == b"content-type":
            yield content[1].decode("latin-1")


def _codec(label: str | None) -> str | None:
    encoding = webencodings.lookup(label) if label else None
    return _CODECS.get(encoding.name, encoding.codec_info.name) if encoding else None
