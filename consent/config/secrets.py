"""Secrets by ``env:NAME``, so that none of them stands in a file."""

from __future__ import annotations

import base64
import os
import re
import secrets
from collections.abc import Iterator
from dataclasses import replace

from consent.config.settings import Cookie, Log, is_database
from consent.errors import Code, Problem

SHORTEST_SECRET = 32
"""Characters; ``secrets.token_urlsafe(32)`` gives 43."""
_MAKE = "python -c 'import secrets; print(secrets.token_urlsafe(32))'"
_SEED = re.compile(r"[A-Za-z0-9_-]{43}")
_FIX = f"Put 'env:CONSENT_SECRET' here and set that variable to the output of: {_MAKE}"
_KEY_FIX = "Put 'env:CONSENT_LOG_KEY' here and set that variable to what 'consent keys new' prints."
_KEY_SET = "Set it to what 'consent keys new' prints."


def signing(cookie: Cookie, *, development: bool) -> tuple[Cookie, list[Problem]]:
    """The cookie section with its secrets looked up, and what is wrong with them."""
    problems: list[Problem] = []
    found = tuple(_resolved(cookie.secrets, problems, development=development))
    if not cookie.secrets:
        problems.append(_missing("cookie.secrets", development=development))
        found = (_made(),)
    return cookie.model_copy(update={"secrets": found}), problems


def storing(log: Log, *, development: bool) -> tuple[Log, list[Problem]]:
    """The log section with its URL and its keys looked up, and what is wrong with them."""
    log, problems = _placed(log)
    keys = tuple(_seeds(log.keys, problems, development=development))
    return log.model_copy(update={"keys": keys}), problems


def seed(text: str) -> bytes | None:
    """The 32 bytes of a key as ``secrets.token_urlsafe(32)`` writes them; ``None`` of others."""
    return base64.urlsafe_b64decode(f"{text}=") if _SEED.fullmatch(text) else None


def seed_text(seed: bytes) -> str:
    """The 32 bytes of a key as they are configured."""
    return base64.urlsafe_b64encode(seed).decode().removesuffix("=")


def _placed(log: Log) -> tuple[Log, list[Problem]]:
    if not log.url.startswith("env:"):
        return log, []
    name = log.url.removeprefix("env:")
    url = os.environ.get(name, "")
    if not is_database(url):
        message = f"The variable {name} is not set to the URL of a database."
        fix = "Set it, as 'sqlite:///consent.db', or write the URL here."
        return log, [Problem(Code.ENVIRONMENT, "log.url", message, fix)]
    return log.model_copy(update={"url": url}), []


def _seeds(
    written: tuple[str, ...], problems: list[Problem], *, development: bool
) -> Iterator[str]:
    """Those that can be used. Without any, keys are derived from the secrets of the cookie."""
    message = "A key of the log stands in the configuration."
    literal = Problem(Code.SECRET_LITERAL, "log.keys", message, _KEY_FIX)
    for path, name, found in _read(written, literal, problems):
        if not found and development:
            message = f"The variable {name} is not set: this run does without that key."
            problems.append(Problem(Code.SECRET_GENERATED, path, message, _KEY_SET))
        elif not found:
            message = f"The variable {name} is not set."
            problems.append(Problem(Code.ENVIRONMENT, path, message, _KEY_SET))
        elif seed(found) is None:  # which is secret even so, and not repeated
            message = "This is not the seed of a key: 43 letters, digits, - and _."
            problems.append(Problem(Code.LOG_KEY, path, message, _KEY_FIX))
        else:
            yield found


def _resolved(
    written: tuple[str, ...], problems: list[Problem], *, development: bool
) -> Iterator[str]:
    message = "A secret stands in the configuration."
    literal = Problem(Code.SECRET_LITERAL, "cookie.secrets", message, _FIX)
    for path, name, secret in _read(written, literal, problems):
        if name is not None and not secret:
            problems.append(_missing(path, name, development=development))
            yield _made()
        elif len(secret) < SHORTEST_SECRET:
            message = f"The secret is shorter than {SHORTEST_SECRET} characters."
            problems.append(Problem(Code.SECRET_SHORT, path, message, _FIX))
        else:
            yield secret


def _read(
    written: tuple[str, ...], literal: Problem, problems: list[Problem]
) -> Iterator[tuple[str, str | None, str]]:
    """Where each stands, the variable that it is in, and what it is; ``literal``: it is in none."""
    for index, text in enumerate(written):
        path = f"{literal.path}[{index}]"
        if text.startswith("env:"):
            name = text.removeprefix("env:")
            yield path, name, os.environ.get(name, "")
        else:
            problems.append(replace(literal, path=path))
            yield path, None, text


def _made() -> str:
    return secrets.token_urlsafe(SHORTEST_SECRET)


def _missing(path: str, name: str = "", *, development: bool) -> Problem:
    """In development one is made for the run; guessing one in production would forge consent."""
    what = f"The variable {name} is not set" if name else "No secret is configured"
    fix = f"Set {name} to the output of: {_MAKE}" if name else _FIX
    if development:
        made = "one was made for this process; choices end with it, and no other worker knows them"
        message = f"{what}: {made}."
        return Problem(Code.SECRET_GENERATED, path, message, fix)
    if name:
        return Problem(Code.ENVIRONMENT, path, f"{what}.", fix)
    return Problem(Code.SECRET_MISSING, path, f"{what}.", fix)
