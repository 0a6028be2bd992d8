"""brotli and zstd, where their libraries are installed."""

from __future__ import annotations

from collections.abc import Iterator

from consent.errors import ContentUnreadable

try:
    import brotli
except ImportError:
    brotli = None
try:
    import zstandard
except ImportError:
    zstandard = None  # type: ignore[assignment]

# Before 1.2 a few bytes could become a gigabyte in one call, so an older brotli is none.
HAS_BROTLI = hasattr(getattr(brotli, "Decompressor", None), "can_accept_more_data")
HAS_ZSTD = zstandard is not None

SLICE = 64 * 1024
QUALITY = 4
"""Of brotli: about the time of gzip, and smaller."""
BITE = 64
"""Bytes given to zstd at a time: at most 21 blocks of 128 KiB (RFC 8878 §3.1.1.2.4) come out."""
WINDOW = 8 * 1024 * 1024
"""The most memory a zstd content coding may ask for (RFC 9659)."""


class BrotliDecoder:
    """RFC 7932."""

    def __init__(self) -> None:
        self._stream = brotli.Decompressor()

    def feed(self, chunk: bytes) -> Iterator[bytes]:
        try:
            while not self._stream.is_finished():
                piece = self._stream.process(chunk, output_buffer_limit=SLICE)
                if not piece and self._stream.can_accept_more_data():
                    return
                # It takes more before it has given all: asked with nothing until nothing comes.
                chunk = b""
                yield piece
        except brotli.error as error:
            raise ContentUnreadable(str(error)) from error

    def close(self) -> None:
        if not self._stream.is_finished():
            raise ContentUnreadable("the body ends before its coding does")


class BrotliEncoder:
    """RFC 7932."""

    def __init__(self) -> None:
        self._stream = brotli.Compressor(quality=QUALITY)

    def feed(self, chunk: bytes) -> bytes:
        return bytes(self._stream.process(chunk))

    def flush(self) -> bytes:
        return bytes(self._stream.flush())

    def close(self) -> bytes:
        return bytes(self._stream.finish())


class ZstdDecoder:
    """RFC 8878, any number of frames."""

    def __init__(self) -> None:
        self._library = zstandard.ZstdDecompressor(max_window_size=WINDOW)
        self._stream = self._library.decompressobj()

    def feed(self, chunk: bytes) -> Iterator[bytes]:
        try:
            for start in range(0, len(chunk), BITE):
                yield from self._bite(chunk[start : start + BITE])
        except zstandard.ZstdError as error:
            raise ContentUnreadable(str(error)) from error

    def _bite(self, data: bytes) -> Iterator[bytes]:
        while data:
            if self._stream.eof:
                self._stream = self._library.decompressobj()
            yield self._stream.decompress(data)
            data = self._stream.unused_data if self._stream.eof else b""

    def close(self) -> None:
        if not self._stream.eof:
            raise ContentUnreadable("the body ends before its coding does")


class ZstdEncoder:
    """RFC 8878."""

    def __init__(self) -> None:
        self._stream = zstandard.ZstdCompressor().compressobj()

    def feed(self, chunk: bytes) -> bytes:
        return self._stream.compress(chunk)

    def flush(self) -> bytes:
        return self._stream.flush(zstandard.COMPRESSOBJ_FLUSH_BLOCK)

    def close(self) -> bytes:
        return self._stream.flush()
