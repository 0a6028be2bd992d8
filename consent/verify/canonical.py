"""Is this the one form in which these values are written (RFC 8785)?

The bytes are read and written again; what differs was another text with the same meaning. Only what
the log writes is known: texts, truth values, whole numbers, lists and objects.
"""

from __future__ import annotations

import json
from typing import Any, NoReturn

LARGEST = (1 << 53) - 1
FIRST_ABOVE = "\U00010000"


def _refused(text: str) -> NoReturn:
    raise ValueError(f"{text} is not a whole number")


def _whole(text: str) -> int:
    number = int(text)
    if abs(number) > LARGEST:
        raise ValueError(f"{text} is not the same number everywhere")
    return number


_decode = json.JSONDecoder(parse_float=_refused, parse_int=_whole, parse_constant=_refused).decode
_encode = json.JSONEncoder(
    sort_keys=True, ensure_ascii=False, separators=(",", ":"), check_circular=False
).encode


def read(content: bytes) -> Any:
    """The values in these bytes.

    Raises:
        ValueError: they are not JSON, or not in its canonical form.
    """
    try:
        text = content.decode()
        value = _decode(text)
        # Keys stand in the order of UTF-16, where what is above U+FFFF comes before U+E000.
        usual = text.isascii() or max(text) < FIRST_ABOVE
        written = _encode(value) if usual else _in_order(value)
    except RecursionError as error:
        raise ValueError("nested too deeply") from error
    if written != text:
        raise ValueError("not in canonical form")
    return value


def write(value: Any) -> bytes:
    """A value that was read, in the one form.

    Raises:
        ValueError: it is nested deeper than it could be read.
    """
    try:
        return _in_order(value).encode()
    except RecursionError as error:
        raise ValueError("nested too deeply") from error


def _in_order(value: Any) -> str:
    if isinstance(value, dict):
        keys = sorted(value, key=lambda key: key.encode("utf-16-be"))
        return "{" + ",".join(f"{_encode(key)}:{_in_order(value[key])}" for key in keys) + "}"
    if isinstance(value, list):
        return "[" + ",".join(map(_in_order, value)) + "]"
    return _encode(value)
