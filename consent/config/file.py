"""A TOML file → settings, or the line that is not TOML and how to write it."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any

from consent.errors import Code, ConfigError, Problem, said

_PLACE = re.compile(r" \(at line ([0-9]+), column [0-9]+\)")
_BARE_TEXT = re.compile(r"[\w.\"-]+\s*=\s*[^\s\"'\[{0-9+-]")
_STARTER = "See 'consent init'."


def load(path: Path) -> dict[str, Any]:
    """Read a file; the mark that some editors put before the text is no part of it.

    Raises:
        ConfigError: E006, with what to write instead.
    """
    text = ""
    try:
        text = path.read_bytes().decode().removeprefix("\ufeff")
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        message, fix = _explained(str(error), text)
    except UnicodeDecodeError as error:
        message, fix = f"Byte {error.start} is not UTF-8.", "Save the file as UTF-8."
    except FileNotFoundError:
        message, fix = "There is no such file.", "'consent init' prints one to start from."
    except (OSError, ValueError, RecursionError) as error:
        message, fix = f"The file cannot be read: {said(error)}.", _STARTER
    raise ConfigError([Problem(Code.FILE, str(path), message, fix)])


def _explained(message: str, text: str) -> tuple[str, str]:
    """The parser's message with the line that it is about, but for values: one may be a secret."""
    found = _PLACE.search(message)
    reason = _PLACE.sub("", message)
    if found is None:
        return f"The file is not TOML: {reason}.", _STARTER
    number = int(found[1])
    line = text.split("\n")[number - 1].strip()
    key, sign, _ = line.partition("=")
    shown = f": {key}= …" if sign else f": {line}" * line.startswith("[")
    said = f"Line {number} is not TOML{shown} ({reason})."
    if reason.startswith("Cannot declare") and re.match(r"\[(?:services|purposes)\]", line):
        return said, f"Write [{line.partition(']')[0]}]] before each."
    if _BARE_TEXT.match(line):
        return said, 'Text stands in quotes, as name = "…"; yes and no are true and false.'
    return said, _STARTER
