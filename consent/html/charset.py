"""The encoding of a page, as browsers find it out, and a way through those that are not ASCII."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator

import webencodings

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
# Bytes below 0x80 do not always mean ASCII here, so markup cannot be found in them as they are.
_NOT_ASCII = frozenset({"utf-16-le", "utf-16-be", "iso2022_jp"})
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
        self._decoder: codecs.IncrementalDecoder | None = None
        self._encoder: codecs.IncrementalEncoder | None = None
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
        return self._decoder.decode(chunk).encode("utf-8", "surrogatepass")

    def encode(self, markup: bytes) -> bytes:
        """Back into the page's encoding."""
        if self._encoder is None:
            return markup
        return self._encoder.encode(self._utf8.decode(markup))

    def text(self, value: bytes) -> str:
        """An attribute's bytes as text."""
        return value.decode("utf-8" if self._decoder else self.codec or "utf-8", "replace")

    def _settle(self, start: bytes) -> None:
        for mark, codec in _BOMS:
            if start.startswith(mark):
                self.codec = codec
                break
        if self.codec is None:
            self._from_meta(start)
        if self.codec in _NOT_ASCII:
            # Half a UTF-16 character is kept as it is; a byte that is no ISO-2022-JP becomes U+FFFD
            # for us and, since we encode anew what we read, for the browser.
            wide = self.codec != "iso2022_jp"
            self._decoder = codecs.getincrementaldecoder(self.codec)(
                "surrogatepass" if wide else "replace"
            )
            self._encoder = codecs.getincrementalencoder(self.codec)(
                "surrogatepass" if wide else "xmlcharrefreplace"
            )

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
