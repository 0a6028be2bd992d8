"""Every third party in one server, told apart by host name; it counts what reaches it.

It behaves as the real ones do: scripts run and report, frames ask for more, cookies are set.
"""

from __future__ import annotations

from base64 import b64decode
from urllib.parse import urlsplit

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from demo import bank
from demo.addresses import Addresses
from demo.content import HERE
from demo.counter import Counts, Side, Traffic
from demo.pages import TEMPLATES
from demo.played import BANK, PAYERS, host_of, who_is
from demo.settings import FILES

# Which template answers; the first row that fits. Anything else gets a pixel.
ANSWERS = (
    ("www.googletagmanager.com", "/gtag/js", "gtag.js"),
    ("www.googletagmanager.com", "/gtm.js", "gtm.js"),
    ("www.googletagmanager.com", "/ns.html", "ns.html"),
    ("connect.facebook.net", "/en_US/fbevents.js", "fbevents.js"),
    ("static.hotjar.com", "/c/", "hotjar.js"),
    ("script.hotjar.com", "/modules.js", "hotjar-modules.js"),
    ("cdn.matomo.cloud", "/", "matomo.js"),
    ("www.youtube.com", "/embed/", "film.html"),
    ("www.youtube.com", "/s/player/", "player.js"),
    ("i.ytimg.com", "/vi/", "still.svg"),
    ("www.google.com", "/maps/embed", "map.html"),
    ("maps.gstatic.com", "/tiles/", "tiles.svg"),
    ("maps.googleapis.com", "/maps/api/js", "map.js"),
    ("fonts.googleapis.com", "/css2", "fonts.css"),
    ("platform.twitter.com", "/widgets.js", "widgets.js"),
    ("platform.twitter.com", "/widgets/", "tweet.html"),
    ("snap.licdn.com", "/", "insight.js"),
)
TYPES = {
    "js": "text/javascript",
    "html": "text/html",
    "css": "text/css",
    "svg": "image/svg+xml",
}
PIXEL = b64decode("R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7")
STAR = (HERE / "templates/tracker/star.woff").read_bytes()
THIRD_PARTY_COOKIES = {
    "www.youtube.com": "VISITOR_INFO1_LIVE=dEm0; Max-Age=15552000",
    "www.google.com": "NID=511=dEm0; Max-Age=15552000",
    "www.facebook.com": "fr=0dEm0; Max-Age=7776000",
    "px.ads.linkedin.com": "bcookie=v2-dEm0; Max-Age=31536000",
    "syndication.twitter.com": "guest_id=v1-dEm0; Max-Age=34214400",
}


class Trackers:
    """Counts a request, then answers it as its third party would."""

    def __init__(self, addresses: Addresses, counts: Counts, front: str) -> None:
        self._addresses = addresses
        self._counts = counts
        self._front = front

    async def answer(self, request: Request) -> Response:
        host, path = host_of(request.headers.get("host", "")), request.url.path
        traffic = self.traffic(request)
        if path != "/favicon.ico" and host not in PAYERS:
            self._counts.request(traffic, who_is(host, path).service)
        template = next(
            (name for own, prefix, name in ANSWERS if host == own and path.startswith(prefix)), None
        )
        if template:
            answer = self._play(template, traffic, request)
        else:
            answer = Response(STAR, media_type="font/woff") if path.endswith(".woff") else _pixel()
        # Every request must arrive to be counted; fonts and beacons need CORS.
        answer.headers["Cache-Control"] = "no-store"
        answer.headers["Access-Control-Allow-Origin"] = "*"
        if host in THIRD_PARTY_COOKIES:
            cookie = f"{THIRD_PARTY_COOKIES[host]}; Path=/; Secure; SameSite=None"
            answer.headers["Set-Cookie"] = cookie
        return answer

    def traffic(self, request: Request) -> Traffic:
        """Whose page asked: its origin says so, or the mark that our own answers hand down."""
        side, _, site = request.query_params.get("demo", "").partition(".")
        if side in (Side.WITH, Side.WITHOUT) and site in FILES:
            return Traffic(site, Side(side))
        page = request.headers.get("referer") or request.headers.get("origin", "")
        return traffic_of(page, self._addresses, self._front)

    def _play(self, template: str, traffic: Traffic, request: Request) -> Response:
        mark = f"{traffic.side}.{traffic.site}"
        text = TEMPLATES.get_template(f"tracker/{template}").render(
            tracker=self._addresses.tracker, mark=mark, query=request.query_params
        )
        return Response(text, media_type=TYPES[template.rpartition(".")[2]])


def traffic_of(page: str, addresses: Addresses, front: str) -> Traffic:
    """The site and side that a URL belongs to."""
    url = urlsplit(page)
    sides = {addresses.port: Side.WITH, addresses.bare: Side.WITHOUT}
    side = sides.get(url.port or 80, Side.UNKNOWN) if url.scheme else Side.UNKNOWN
    return Traffic(site_of(url.hostname or "", front), side)


def site_of(hostname: str, front: str) -> str:
    """``customer-labs.localhost`` and ``sans.customer-labs.localhost`` → ``customer-labs``."""
    site = hostname.removesuffix(".localhost").removeprefix("sans.")
    return site if site in FILES else front


def _pixel() -> Response:
    return Response(PIXEL, media_type="image/gif")


def build(addresses: Addresses, counts: Counts, front: str) -> Starlette:
    """The third parties as one application."""
    trackers = Trackers(addresses, counts, front)
    methods = ["GET", "POST", "OPTIONS"]
    everything = Route("/{path:path}", trackers.answer, methods=methods)
    return Starlette(routes=[bank.host(BANK, addresses), everything])
