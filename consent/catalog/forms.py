"""The forms that values take in the catalogue and in the configuration alike."""

from __future__ import annotations

import re
import warnings
from typing import Annotated

import ada_url
from pydantic import AfterValidator

from consent.catalog.countries import COUNTRIES
from consent.catalog.hosts import host_pattern
from consent.catalog.problems import wrong
from consent.errors import Code

_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")
_ID = re.compile(r"[a-z][a-z0-9]*(?:-[a-z0-9]+)*")
_DURATION = re.compile(
    r"P(?=[0-9T])(?:[0-9]+Y)?(?:[0-9]+M)?(?:[0-9]+W)?(?:[0-9]+D)?"
    r"(?:T(?=[0-9])(?:[0-9]+H)?(?:[0-9]+M)?(?:[0-9]+S)?)?"
)
_ITEM_NAME = re.compile(r"[^\x00-\x20\x7f-\x9f;,=\"\\]+")
_LANGUAGE = re.compile(r"[a-z]{2,3}(?:-[A-Z][a-z]{3})?(?:-[A-Z]{2})?")
_PAGE_PATH = re.compile(r"/[A-Za-z0-9._~!$&'()+=:@%/*-]*")
# A frame's address: `{name}` stands for one label of the host or one segment of the path.
# Without TLS only on the machine itself, where one who develops may play a third party.
_EMBED_URL = re.compile(
    r"(?:https://(?:\{[a-z]+\}\.)?[a-z0-9-]+(?:\.[a-z0-9-]+)+"
    r"|http://(?:127\.0\.0\.1|(?:(?:\{[a-z]+\}|[a-z0-9-]+)\.)*localhost))(?::[1-9][0-9]{0,4})?"
    r"(?:/(?:[A-Za-z0-9_.~-]*|\{[a-z]+\}))+"
)
_QUERY_KEY = re.compile(r"[A-Za-z0-9_.~-]+")
COLLECTIONS = frozenset(
    {"Open Cookie Database (Apache-2.0)", "tarteaucitron.js (MIT)", "third-party-web (MIT)"}
)
"""Collections of facts that may be named as a source: their licences allow what is done here."""
LANGUAGES = ("fr", "en")
"""The languages in which every built-in text exists."""
LONGEST_LINE = 200
LONGEST_TEXT = 4000
LONGEST_SNIPPET = 300


def _line(text: str) -> str:
    text = text.strip()
    if not text or len(text) > LONGEST_LINE or _CONTROL.search(text):
        raise wrong(
            Code.TEXT,
            "The text is empty, longer than a line, or has control characters.",
            f"Write one line of at most {LONGEST_LINE} characters.",
        )
    return text


def _text(text: str) -> str:
    text = text.strip()
    if not text or len(text) > LONGEST_TEXT or _CONTROL.search(text.replace("\n", " ")):
        raise wrong(
            Code.TEXT,
            "The text is empty, too long, or has control characters.",
            f"Write plain text of at most {LONGEST_TEXT} characters.",
        )
    return text


def _ident(text: str) -> str:
    if not _ID.fullmatch(text) or len(text) > 40:
        raise wrong(
            Code.ID,
            f"{text!r} is not an id.",
            "Use up to 40 lower-case letters, digits and hyphens, as 'image-host'.",
        )
    return text


def _language(tag: str) -> str:
    if not _LANGUAGE.fullmatch(tag):
        raise wrong(
            Code.LANGUAGE, f"{tag!r} is not a language tag.", "Write it as 'fr' or 'fr-CA'."
        )
    return tag


def _country(code: str) -> str:
    if code not in COUNTRIES:
        raise wrong(
            Code.TEXT,
            f"{code!r} is not a country.",
            "Use two letters, as 'FR' or 'GB' (ISO 3166-1).",
        )
    return code


def web_address(url: str) -> str:
    """An http or https address in the spelling of a browser.

    Raises:
        PydanticCustomError: it is not one.
    """
    parsed = ada_url.URL(url) if ada_url.URL.can_parse(url) else None
    if parsed is None or parsed.protocol not in ("https:", "http:") or parsed.username:
        raise wrong(Code.ADDRESS, f"{url!r} is not a web address.", "Write it with 'https://'.")
    return str(parsed.href)


def _path_pattern(path: str) -> str:
    if not _PAGE_PATH.fullmatch(path):
        raise wrong(
            Code.PATTERN,
            f"{path!r} is not a path pattern.",
            "Begin with '/'; '*' stands for any characters, as '/panier/*'; no '?' and no '#'.",
        )
    return path


def _lifetime(text: str) -> str:
    if text not in ("session", "persistent") and not _DURATION.fullmatch(text):
        raise wrong(
            Code.ITEM,
            f"{text!r} is not a lifetime.",
            "Use 'session', 'persistent' (until deleted) or a duration, as 'P13M' or 'PT30M'.",
        )
    return text


def _source(text: str) -> str:
    return text if text in COLLECTIONS else web_address(text)


def _embed_url(url: str) -> str:
    if not _EMBED_URL.fullmatch(url):
        raise wrong(
            Code.ADDRESS,
            f"{url!r} is not the pattern of a frame's address.",
            "Write it as 'https://www.example.com/embed/{id}', without a query.",
        )
    return url


def _query_key(key: str) -> str:
    if not _QUERY_KEY.fullmatch(key):
        raise wrong(Code.ADDRESS, f"{key!r} is not the key of a query.", "Write it as 'start'.")
    return key


def _item_name(name: str) -> str:
    if not _ITEM_NAME.fullmatch(name) or not name.strip("*"):
        raise wrong(
            Code.ITEM,
            f"{name!r} is not the name of a cookie or storage key.",
            "Write the name, with '*' for any run of characters, as '_ga_*'.",
        )
    return name


def _snippet(pattern: str) -> str:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")  # what Python will read otherwise one day
            compiled = re.compile(pattern)
    except (re.error, OverflowError, RecursionError, Warning) as error:
        raise wrong(Code.SNIPPET, f"Not a regular expression: {error}.", "Mend it.") from error
    # A nested or overlapping repetition can take exponential time on a page that no one controls.
    slow = len(pattern) > LONGEST_SNIPPET or re.search(r"[+*}]\)[+*{]|\.[*+]", pattern)
    if slow or compiled.search(""):
        raise wrong(
            Code.SNIPPET,
            "The pattern is too long, matches almost anything, or may be slow on some pages.",
            "Name the loader's own call; no '.*' and no nested repetition.",
        )
    return pattern


Line = Annotated[str, AfterValidator(_line)]
"""One line of text for people."""
Text = Annotated[str, AfterValidator(_text)]
Ident = Annotated[str, AfterValidator(_ident)]
Language = Annotated[str, AfterValidator(_language)]
LineTexts = dict[Language, Line]
"""A line per language."""
TextTexts = dict[Language, Text]
"""A text per language."""
Country = Annotated[str, AfterValidator(_country)]
WebAddress = Annotated[str, AfterValidator(web_address)]
PathPattern = Annotated[str, AfterValidator(_path_pattern)]
Lifetime = Annotated[str, AfterValidator(_lifetime)]
Source = Annotated[str, AfterValidator(_source)]
EmbedUrl = Annotated[str, AfterValidator(_embed_url)]
QueryKey = Annotated[str, AfterValidator(_query_key)]
ItemName = Annotated[str, AfterValidator(_item_name)]
Snippet = Annotated[str, AfterValidator(_snippet)]
Host = Annotated[str, AfterValidator(host_pattern)]
