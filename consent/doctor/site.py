"""Requests to a site as a visitor's browser sends them, each on a connection of its own."""

from __future__ import annotations

import gzip
import http.client
import json
import urllib.request
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from email.message import Message
from time import monotonic
from typing import Any
from urllib.error import HTTPError

from ada_url import URL

from consent.errors import SiteUnreachable, said

TIMEOUT = 30.0
"""Seconds without a byte."""
LONGEST = 20_000_000
"""Bytes of an answer that are looked at."""
NAVIGATION = {
    "Accept": "text/html",
    "Sec-Fetch-Dest": "document",
    "Sec-Fetch-Mode": "navigate",
    "Sec-Fetch-Site": "none",
}


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back, whatever its status."""

    status: int
    headers: Message
    body: bytes
    took: timedelta
    """From the request to its last byte."""

    def first(self, name: str) -> str:
        """The first value of a header, "" without one."""
        return str(self.headers.get(name, ""))

    def all(self, name: str) -> list[str]:
        """Every value of a header."""
        return list(map(str, self.headers.get_all(name, [])))

    def tokens(self, name: str) -> set[str]:
        """The members of a list, in lower case."""
        return {each.strip().lower() for each in ",".join(self.all(name)).split(",")} - {""}

    def plain(self) -> bytes | None:
        """The body without compression; ``None`` if it is not what the header says."""
        coding = self.first("content-encoding").strip().lower()
        if coding in ("", "identity"):
            return self.body
        try:
            return gzip.decompress(self.body) if coding == "gzip" else None
        except (OSError, EOFError, zlib.error):
            return None

    def document(self) -> Mapping[str, Any]:
        """The JSON object in the body; empty if there is none."""
        try:
            found = json.loads(self.body)
        except ValueError:
            return {}
        return found if isinstance(found, dict) else {}


class Site:
    """One that runs."""

    def __init__(self, url: str) -> None:
        """``url``: a page of it.

        Raises:
            SiteUnreachable: no address of the web.
        """
        try:
            parsed = URL(url)
        except ValueError as error:
            raise SiteUnreachable(f"{url!r} is not an address") from error
        if parsed.protocol not in ("http:", "https:"):
            raise SiteUnreachable(
                f"{url!r} is not an address of the web: begin with http:// or https://"
            )
        self.page = f"{parsed.origin}{parsed.pathname}{parsed.search}"
        self.origin = str(parsed.origin)
        self.host = str(parsed.hostname)
        self.secure = parsed.protocol == "https:"
        # Made here, so that SSL_CERT_FILE is looked at now. No redirect: what is inspected is what
        # stands at this address.
        self._opener = urllib.request.build_opener(_NoRedirect)

    def get(self, target: str, headers: Mapping[str, str] = {}, *, cookie: str = "") -> Answer:
        """Look at an address: absolute, or a path of this site.

        Raises:
            SiteUnreachable: there was no whole answer.
        """
        carried = {"Cookie": cookie} if cookie else {}
        return self._ask("GET", target, {**headers, **carried}, None)

    def post(self, path: str, body: bytes, headers: Mapping[str, str]) -> Answer:
        """Send JSON.

        Raises:
            SiteUnreachable: there was no whole answer.
        """
        return self._ask("POST", path, {"Content-Type": "application/json", **headers}, body)

    def _ask(
        self, method: str, target: str, headers: Mapping[str, str], body: bytes | None
    ) -> Answer:
        url = str(URL(target, self.origin + "/"))
        given = {"User-Agent": "asgi-consent doctor", **headers}
        request = urllib.request.Request(url, body, given, method=method)  # noqa: S310 - of the web
        asked = monotonic()
        try:
            try:
                response = self._opener.open(request, timeout=TIMEOUT)
            except HTTPError as error:
                response = error
            with response:
                body = response.read(LONGEST)
                took = timedelta(seconds=monotonic() - asked)
                answer = Answer(response.status, response.headers, body, took)
        except (OSError, http.client.HTTPException) as error:
            raise SiteUnreachable(f"{url}: {said(error)}") from error
        length = answer.first("content-length")
        if length.isdecimal() and len(answer.body) < min(int(length), LONGEST):
            raise SiteUnreachable(f"{url}: the answer breaks off")
        return answer


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_: Any, **__: Any) -> None:
        return None
