"""A page's own view of the ruling: resolves what is written in it, as a browser does, then asks."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable
from urllib.parse import quote, unquote_to_bytes

from ada_url import URL

from consent.html import css, speculation
from consent.html.charset import Charset
from consent.html.possessive import compiled
from consent.model import Reason, Verdict
from consent.policy import NOT_ENFORCED, UNREADABLE, Ruling

# Cannot leave the host of its base, whatever the base: no scheme, no authority, nothing that a URL
# parser strips, folds or decodes.
_PLAIN = re.compile(r"(?!//)[A-Za-z0-9_./?#%=&,+~;@()-]*+\Z")
_ABSOLUTE = re.compile(
    r"(https?:)//((?!xn--)(?:[a-z0-9][a-z0-9_-]{0,62}\.)(?:(?!xn--)[a-z0-9][a-z0-9_-]{0,62}\.)*[a-z]{2,63})"
    r"(?=[/?#]|\Z)"
)
_REFRESH = re.compile(
    r"[\t\n\f\r ]*[\d.]*[\t\n\f\r ]*[;,]?[\t\n\f\r ]*(?:url[\t\n\f\r ]*=[\t\n\f\r ]*)?"
    r"(?:\"([^\"]*)|'([^']*)|([\s\S]*))",
    re.I,
)
# An address ends at a space; commas at its end belong to the list, those behind to descriptors.
_CANDIDATE = compiled(
    r"([^\t\n\f\r ,][^\t\n\f\r ]*(?<!,))(?:,++|(?![^\t\n\f\r ])[^,(]*+(?:\([^)]*+\)?[^,(]*+)*+,?)"
)
_JSON_STRING = compiled(r'"((?:[^"\\]|\\.)*+)"', re.S)
_CHARSET = re.compile(r";\s*charset\s*=[\s\"']*([^;\s\"',]+)", re.I)
_DATA = re.compile(r"[\t\n\f\r ]*+d[\t\n\r]*+a[\t\n\r]*+t[\t\n\r]*+a[\t\n\r]*+:", re.I)
_SCHEME_OR_HOST = re.compile(r"//|\\|:")


class Judge:
    """Resolves against every base the page may have; held under one of them is held."""

    def __init__(
        self,
        ruling: Ruling,
        url: str,
        found: Callable[[str, Verdict, str], None] | None = None,
        *,
        framed: bool = False,
    ) -> None:
        self.ruling = ruling
        self._framed = framed
        """Is it the document of a frame? Nobody is led elsewhere there: it loads something."""
        self._found = found
        """Told of each host that is held, or that would be, and what follows it in the address."""
        self.bases = [url]
        self.at_home = self._is_home(url)
        """Is everything relative the site's own?"""

    def copy(self) -> Judge:
        """The same view for a document inside this one, whose bases stay its own."""
        inner = Judge(self.ruling, self.bases[0], self._found, framed=True)
        inner.bases = list(self.bases)
        inner.at_home = self.at_home
        return inner

    def rebase(self, href: str) -> None:
        """Note a ``<base href>``. A browser honours only the first that it can read; we, all."""
        try:
            base = URL(href, self.bases[0])
        except (ValueError, UnicodeEncodeError):
            return
        if base.href not in self.bases and base.protocol not in ("data:", "javascript:"):
            self.bases.append(base.href)
            self.at_home = self.at_home and self._is_home(base.href)

    def _is_home(self, base: str) -> bool:
        absolute = _ABSOLUTE.match(base)
        if absolute is None:
            return self.ruling.is_home(base)
        verdict = self.ruling.host(absolute[1], absolute[2])
        return verdict is not None and verdict.reason is Reason.OWN

    def url(self, value: str) -> Verdict | None:
        """The verdict that holds this URL, or None where nothing does."""
        absolute = _ABSOLUTE.match(value)
        if absolute:
            # A host written as browsers would write it: nothing to normalise, nothing to resolve.
            verdict = self.ruling.host(absolute[1], absolute[2])
            if verdict:
                if self._found and _is_told(verdict):
                    self._found(absolute[2], verdict, value[absolute.end() :])
                return None if verdict.allowed else verdict
        value = value.strip("\t\n\f\r ")
        if self.at_home and _PLAIN.match(value):
            return None
        for base in self.bases:
            verdict = self._resolved(value, base)
            if not verdict.allowed:
                return verdict
        return None

    def _resolved(self, value: str, base: str) -> Verdict:
        try:
            url = URL(value, base)
        except (ValueError, UnicodeEncodeError):
            return UNREADABLE
        verdict = self.ruling.normal(url.href)
        if self._found and _is_told(verdict):
            self._found(url.host, verdict, url.pathname)
        return verdict

    def resolved(self, value: str) -> str:
        """The absolute address, as of the page itself; "" if it cannot be read."""
        try:
            return str(URL(value.strip("\t\n\f\r "), self.bases[0]).href)
        except (ValueError, UnicodeEncodeError):
            return ""

    def urls(self, value: str) -> Verdict | None:
        """The verdict that holds one of these URLs (with spaces or semicolons between)."""
        return joint(map(self.url, re.split(r"[\t\n\f\r ;]+", value)))

    def srcset(self, value: str) -> Verdict | None:
        """The verdict that holds a candidate of this image list (WHATWG HTML §4.8.4.2.2)."""
        return joint(self.url(each[1]) for each in _CANDIDATE.finditer(value))

    def refresh(self, content: str) -> Verdict | None:
        """The verdict that holds this ``<meta http-equiv=refresh>``: in a window, rarely one."""
        asked = self.ruling.url if self._framed else self.ruling.navigation
        found = _REFRESH.match(content)
        address = (found[1] or found[2] or found[3] or "") if found else ""
        for base in self.bases:
            try:
                verdict = asked(URL(address.strip(), base).href)
            except ValueError:
                return None
            if not verdict.allowed:
                return verdict
        return None

    def css(self, text: str, charset: Charset | None = None) -> str:
        """A style sheet with its held URLs parked; with a charset, its bytes as Latin-1."""
        if charset is None:
            return css.park(text, self._parked)
        return css.park(text, self._parked, shape=charset.shape(text), read=charset.read)

    def json(self, text: str, charset: Charset) -> str:
        """An import map or speculation rules, as bytes in Latin-1, with their held URLs parked.

        Rules that go by the links of the page fetch whatever these lead to. Where undeclared hosts
        are held, only rules that are for the site's own addresses stay.
        """
        read = charset.read(text)
        if self.ruling.policy.enforced and speculation.leads_astray(read, home=self._at_home()):
            text = _strings(text, charset, speculation.parked)
        return _strings(text, charset, self._json_string) if _SCHEME_OR_HOST.search(read) else text

    def _at_home(self) -> bool:
        """Is an address without a host the site's own, whichever base holds?"""
        return all(self.ruling.url(base).reason is Reason.OWN for base in self.bases)

    def _json_string(self, string: str) -> str:
        if not _SCHEME_OR_HOST.search(string):
            return string
        try:
            address = json.loads(string, strict=False)
        except ValueError:
            return string
        parked = self._parked(address)
        return string if parked is None else f'"{parked}"'

    def _parked(self, address: str) -> str | None:
        """What stands in the place of this address in a style sheet or JSON, if it is held."""
        verdict = self.url(address)
        if verdict is None:
            return None
        whose = f"{verdict.purpose}/{verdict.service}/" if is_releasable(verdict) else ""
        return f"{css.PARKED}{whose}{quote(address, safe='', errors='replace')}"

    def inline(self, text: str) -> Verdict | None:
        """The verdict that holds this script text, or None."""
        verdict = self.ruling.inline(text)
        return None if verdict.allowed else verdict


def _strings(text: str, charset: Charset, edited: Callable[[str], str]) -> str:
    """Each string of JSON as ``edited`` gives it; what stays is written as it was."""
    pieces: list[str] = []
    done = 0
    for found in _JSON_STRING.finditer(charset.shape(text)):
        string = charset.read(text[found.start() : found.end()])
        new = edited(string)
        if new != string:
            pieces += text[done : found.start()], new
            done = found.end()
    return "".join(pieces) + text[done:]


def _is_told(verdict: Verdict) -> bool:
    return not verdict.allowed or verdict is NOT_ENFORCED


def is_releasable(verdict: Verdict) -> bool:
    """Would a grant to its service let it act on this very page?"""
    return verdict.reason in (Reason.UNDECIDED, Reason.REFUSED) and verdict.service != ""


def joint(verdicts: Iterable[Verdict | None]) -> Verdict | None:
    """One verdict for what is held as a whole: of nobody, where it is of more than one service.

    Else a grant to the first would release the second.
    """
    held = [verdict for verdict in verdicts if verdict]
    if not held:
        return None
    same = held.count(held[0]) == len(held)
    return held[0] if same else Verdict(False, held[0].reason)


def data_url(value: str) -> tuple[str, str] | None:
    """Media type (lower case) and content of a ``data:`` URL; None for other URLs."""
    if not _DATA.match(value):
        return None
    plain = re.sub(r"[\t\n\r]", "", value).lstrip("\x0c ")
    head, _, body = plain[5:].partition(",")
    content = unquote_to_bytes(body.partition("#")[0])
    if re.search(r";[ ]*base64[ ]*\Z", head, re.I):
        content = _base64(content)
    label = _CHARSET.search(head)
    charset = Charset(label[1] if label else None)
    return head.partition(";")[0].strip().lower(), charset.text(charset.decode(content, final=True))


def _base64(content: bytes) -> bytes:
    from base64 import b64decode

    kept = re.sub(rb"[^A-Za-z0-9+/]", b"", content)
    return b64decode(kept + b"=" * (-len(kept) % 4)) if len(kept) % 4 != 1 else b""
