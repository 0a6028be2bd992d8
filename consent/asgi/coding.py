"""Content codings as streams: bytes decoded in bounded slices, and encoded again (edges.md H5)."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache
from typing import NamedTuple, Protocol

from consent.asgi import optional_codings
from consent.errors import ContentUnreadable

SLICE = 64 * 1024
"""Bytes decoded at most at a time: a gigabyte of zeros never exists at once."""
BITE = 16 * 1024
"""Coded bytes read at a time."""
GZIP_MAGIC = b"\x1f\x8b"
LEVEL = 5
"""Of zlib: half the time of 9 for one part in a hundred of the size."""
MOST_STACKED = 3
"""Codings on top of each other that are undone; nobody sends more in good faith."""


class Decoder(Protocol):
    """Coded bytes, cut anywhere, to plain ones in slices; both raise ContentUnreadable."""

    def feed(self, chunk: bytes) -> Iterator[bytes]: ...

    def close(self) -> None:
        """The coded body ends here: an error if that is in the middle."""
        ...


class Encoder(Protocol):
    """Plain bytes to coded ones."""

    def feed(self, chunk: bytes) -> bytes: ...

    def flush(self) -> bytes:
        """After this, whoever gets the bytes can read all that was fed so far."""
        ...

    def close(self) -> bytes: ...


class Coding(NamedTuple):
    """How one content coding is read and written."""

    decoder: Callable[[], Decoder]
    encoder: Callable[[], Encoder]


class ZlibDecoder:
    """gzip, of any number of members, and deflate, with or without the zlib wrapper."""

    def __init__(self, wbits: int | None) -> None:
        self._wbits = wbits
        self._start = b""
        self._stream = None if wbits is None else zlib.decompressobj(wbits)

    def feed(self, chunk: bytes) -> Iterator[bytes]:
        try:
            # In bites, because what does not fit into a slice is copied each time.
            for start in range(0, len(chunk), BITE):
                yield from self._slices(self._start + chunk[start : start + BITE])
        except zlib.error as error:
            raise ContentUnreadable(str(error)) from error

    def _slices(self, data: bytes) -> Iterator[bytes]:
        self._start = b""
        full = False
        while data or full:
            if self._stream is None or self._stream.eof:
                data = self._opened(data)
            if self._stream is None or self._stream.eof:
                return
            piece = self._stream.decompress(data, SLICE)
            # A full slice may hide more, even with all the input taken.
            full = len(piece) == SLICE
            data = self._stream.unused_data or self._stream.unconsumed_tail
            yield piece

    def _opened(self, data: bytes) -> bytes:
        """Start a stream where one starts; gives back what of ``data`` is still to be read."""
        if len(data) < 2:
            self._start = data
            return b""
        if self._stream is None:
            # Browsers take both; RFC 9110 §8.4.1.2 means the wrapped form.
            self._stream = zlib.decompressobj(15 if _is_wrapped(data) else -15)
        elif self._wbits == 31 and data.startswith(GZIP_MAGIC):
            self._stream = zlib.decompressobj(31)
        else:
            # What follows the end is padding: never shown, and so never passed on.
            return b""
        return data

    def close(self) -> None:
        if self._stream is None or not self._stream.eof:
            raise ContentUnreadable("the body ends before its coding does")


def _is_wrapped(data: bytes) -> bool:
    return data[0] & 0x0F == 8 and (data[0] << 8 | data[1]) % 31 == 0


class ZlibEncoder:
    """gzip and wrapped deflate."""

    def __init__(self, wbits: int) -> None:
        self._stream = zlib.compressobj(LEVEL, zlib.DEFLATED, wbits)

    def feed(self, chunk: bytes) -> bytes:
        return self._stream.compress(chunk)

    def flush(self) -> bytes:
        return self._stream.flush(zlib.Z_SYNC_FLUSH)

    def close(self) -> bytes:
        return self._stream.flush()


class Stack:
    """Several codings on one body; none is the identity."""

    def __init__(self, codings: Iterable[Coding]) -> None:
        self._codings = tuple(codings)

    def decoder(self) -> Decoder:
        """What was put on last is taken off first."""
        return _Decoders([coding.decoder() for coding in reversed(self._codings)])

    def encoder(self) -> Encoder:
        return _Encoders([coding.encoder() for coding in self._codings])


class _Decoders:
    def __init__(self, decoders: list[Decoder]) -> None:
        self._decoders = decoders

    def feed(self, chunk: bytes) -> Iterator[bytes]:
        slices: Iterator[bytes] = iter((chunk,))
        for decoder in self._decoders:
            slices = _through(decoder, slices)
        return slices

    def close(self) -> None:
        for decoder in self._decoders:
            decoder.close()


def _through(decoder: Decoder, slices: Iterator[bytes]) -> Iterator[bytes]:
    for piece in slices:
        yield from decoder.feed(piece)


class _Encoders:
    def __init__(self, encoders: list[Encoder]) -> None:
        self._encoders = encoders

    def feed(self, chunk: bytes) -> bytes:
        for encoder in self._encoders:
            chunk = encoder.feed(chunk)
        return chunk

    def flush(self) -> bytes:
        return self._pushed(lambda encoder: encoder.flush())

    def close(self) -> bytes:
        return self._pushed(lambda encoder: encoder.close())

    def _pushed(self, end: Callable[[Encoder], bytes]) -> bytes:
        pushed = b""
        for encoder in self._encoders:
            pushed = encoder.feed(pushed) + end(encoder)
        return pushed


CODINGS: dict[bytes, Coding] = {
    b"gzip": Coding(lambda: ZlibDecoder(31), lambda: ZlibEncoder(31)),
    b"deflate": Coding(lambda: ZlibDecoder(None), lambda: ZlibEncoder(15)),
}
if optional_codings.HAS_BROTLI:
    CODINGS[b"br"] = Coding(optional_codings.BrotliDecoder, optional_codings.BrotliEncoder)
if optional_codings.HAS_ZSTD:
    CODINGS[b"zstd"] = Coding(optional_codings.ZstdDecoder, optional_codings.ZstdEncoder)
SAME = {b"x-gzip": b"gzip"}
"""RFC 9110 §8.4.1.3."""


def stack_of(values: Iterable[bytes]) -> Stack:
    """The codings that Content-Encoding headers name, in the order they were applied.

    Raises:
        ContentUnreadable: one of them is not known here, or there are too many.
    """
    names = [name.strip().lower() for value in values for name in value.split(b",")]
    names = [SAME.get(name, name) for name in names if name not in (b"", b"identity")]
    unknown = [name.decode("latin-1") for name in names if name not in CODINGS]
    if unknown or len(names) > MOST_STACKED:
        raise ContentUnreadable(", ".join(unknown) or "too many codings")
    return Stack(CODINGS[name] for name in names)


@lru_cache(maxsize=256)
def narrowed(accept: bytes) -> bytes:
    """An Accept-Encoding value without what cannot be decoded here; the rest as it was."""
    items = accept.split(b",")
    kept = [item for item in items if _name(item) in CODINGS or _name(item) in SAME.keys() | PLAIN]
    if len(kept) == len(items):
        return accept
    # An empty value would mean the same; some servers read it as "anything".
    return b",".join(kept).strip() or b"identity"


PLAIN = frozenset({b"identity"})


def _name(item: bytes) -> bytes:
    return item.partition(b";")[0].strip().lower()
