"""A site whose pages go every way; with and without the middleware."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from urllib.parse import parse_qs

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp

from consent import ConsentMiddleware
from consent.config import ConsentConfig
from consent.log.memory import MemoryLog
from tests import sites
from tests.browser.gauntlet.way import WAYS, ZONES, Target, Way

TOGETHER = 32
"""Ways on one page, unless one needs it for itself."""
SERVICES = (
    "google-analytics",
    "google-fonts",
    "google-maps",
    "google-tag-manager",
    "hotjar",
    "linkedin-insight",
    "matomo",
    "meta-pixel",
    "microsoft-ads",
    "microsoft-clarity",
    "pinterest-tag",
    "tiktok-pixel",
    "youtube",
)
GRANTED = ("accepted", "withdrawn")
"""How states begin in which hosts with a port of their own belong to the service: a policy names
each."""
PRELUDE = """<script>
  const quiet = { mode: "no-cors" };
  var gone = [];
  const add = (name, space, also) => document.body.appendChild(Object.assign(
    document.createElementNS(space ?? "http://www.w3.org/1999/xhtml", name), also));
  const blob = (text, type = "text/javascript") => URL.createObjectURL(new Blob([text], { type }));
  const called = async (iceServers) => {
    const call = new RTCPeerConnection({ iceServers });
    call.createDataChannel("x");
    await call.setLocalDescription(await call.createOffer());
  };
  const described = async (host, port) => {
    const call = new RTCPeerConnection(), other = new RTCPeerConnection();
    call.createDataChannel("x");
    await call.setLocalDescription(await call.createOffer());
    await other.setRemoteDescription(call.localDescription);
    const { sdp } = await other.createAnswer();
    const candidate = `a=candidate:1 1 udp 2113937151 ${host} ${port} typ host\\r\\n`;
    const told = sdp.replace(/c=IN.*\\r\\n/, (line) => line + candidate);
    await call.setRemoteDescription({ type: "answer", sdp: told });
  };
  const go = (way, run, ...targets) => {
    gone.push(way);
    for (const target of targets) run(...target).catch(() => {});
  };
</script>"""
SCRIPTS = {
    "worker": "fetch(there, {mode: 'no-cors'}).catch(() => {})",
    "importing": "importScripts(there)",
    "module": "import(there).catch(() => {}); fetch(there, {mode: 'no-cors'}).catch(() => {})",
    "asking": "const x = new XMLHttpRequest(); x.open('GET', there); x.send()",
    "socket": "new WebSocket(there.replace('https', 'wss'))",
    "events": "new EventSource(there)",
    "font": "new FontFace('x', `url(${there})`).load().catch(() => {})",
    "nesting": "new Worker('/worker.js' + location.search)",
    "told": "onmessage = (event) => fetch(event.data, {mode: 'no-cors'})",
    "fetching": "onfetch = ({request}) => { const [, to] = request.url.split('?');"
    " if (to) fetch(decodeURIComponent(to), {mode: 'no-cors'}).catch(() => {}) }",
}


def _pages() -> Iterator[tuple[Way, ...]]:
    together: dict[str, list[Way]] = {}
    for way in WAYS:
        if way.is_alone:
            yield (way,)
        else:
            together.setdefault(way.family, []).append(way)
    for ways in together.values():
        for start in range(0, len(ways), TOGETHER):
            yield tuple(ways[start : start + TOGETHER])


PAGES = tuple(_pages())
"""The ways of each page, by its number."""

Ports = dict[str, int]
"""Of hosts that are told one."""
Arrived = dict[tuple[str, int], int]
"""How many ways were gone by scripts, for pages that arrived whole."""


class Pages:
    """The pages, for those who know which port belongs to which host."""

    def __init__(self, ports: Ports, arrived: Arrived) -> None:
        self._ports = ports
        self._arrived = arrived

    async def whole(self, request: Request) -> Response:
        """``/whole/STATE/NUMBER?COUNT``: asked for by the end of a page."""
        count = int(request.url.query or 0)
        self._arrived[request.path_params["state"], request.path_params["number"]] = count
        return Response(b"", media_type="image/gif")

    async def page(self, request: Request) -> Response:
        """``/STATE/NUMBER``: all that this page goes."""
        state, ways = request.path_params["state"], PAGES[request.path_params["number"]]
        head: list[str] = [PRELUDE]
        body: list[str] = []
        for way in ways:
            (head if "head" in way.marks else body).extend(self._laid(way, state))
        body.append(_last(request.url.path))
        is_whole = "document" in ways[0].marks
        text = "".join(body[:-1]) if is_whole else _document("".join(head), "".join(body))
        answer = HTMLResponse(text)
        for name, value in self._headers(ways, state):
            answer.headers.append(name, value)
        return answer

    def _laid(self, way: Way, state: str) -> Iterable[str]:
        targets = [self._target(way, state, zone) for zone in way.zones]
        if way.kind == ".js":
            told = ", ".join(
                f"['{each.url}', '{each.host}', '{each.way}', {each.port}]" for each in targets
            )
            text = way.text.replace("</script", "<\\/script")
            run = f"async (url, host, way, port) => {{\n{text}\n}}"
            return [f"<script>go('{way.id}', {run}, {told})</script>\n"]
        if way.kind == ".html":
            return [each.put_into(way.text) + "\n" for each in targets]
        return [each.put_into(line[6:]) for each in targets for line in _lines(way, "Body: ")]

    def _headers(self, ways: Iterable[Way], state: str) -> Iterator[tuple[str, str]]:
        for way in ways:
            if way.kind != ".txt":
                continue
            for zone in way.zones:
                target = self._target(way, state, zone)
                for line in way.text.splitlines():
                    name, _, value = target.put_into(line).partition(": ")
                    if name != "Body":
                        yield name, value

    def _target(self, way: Way, state: str, zone: str) -> Target:
        return way.target(state, zone, self._ports.get(f"{way.id}.{state}.{zone}", 0))


def _last(path: str) -> str:
    """What tells the site that the page has arrived whole, and how many ways its scripts went."""
    script = f"<script>new Image().src = '/whole{path}?' + gone.length</script>"
    return f"{script}<noscript><img src='/whole{path}?'></noscript>"


def _lines(way: Way, start: str) -> list[str]:
    return [line for line in way.text.splitlines() if line.startswith(start)]


def _document(head: str, body: str) -> str:
    start = f"<!doctype html><html lang=en><head><title>…</title>{head}</head>"
    return f"{start}<body><h1>Shop</h1>{body}</body></html>"


async def _plain(request: Request) -> Response:
    return HTMLResponse(_document("", "<p>Nothing of others.</p>"))


async def _go(request: Request) -> Response:
    return RedirectResponse(request.query_params["to"], 302)


async def _file(request: Request) -> Response:
    asked = parse_qs(request.url.query)
    return Response(asked["body"][0], media_type=asked["type"][0])


async def _fragment(request: Request) -> Response:
    return HTMLResponse(f"<iframe src='{request.query_params['url']}'></iframe>")


async def _script(request: Request) -> Response:
    there = "const there = decodeURIComponent(location.search.slice(1));"
    headers = {"service-worker-allowed": "/"}
    text = there + SCRIPTS[request.path_params["name"]]
    return Response(text, media_type="text/javascript", headers=headers)


async def _film(request: Request) -> Response:
    return Response(b"", media_type="video/mp4")


def site(ports: Ports, arrived: Arrived) -> Starlette:
    """The site as its makers wrote it."""
    pages = Pages(ports, arrived)
    return Starlette(
        routes=[
            Route("/", _plain),
            Route("/empty", _plain),
            Route("/go", _go, methods=["GET", "POST"]),
            Route("/file", _file),
            Route("/fragment", _fragment),
            Route("/film", _film),
            Route("/scope/{rest:path}", _plain),
            Route("/{name}.js", _script),
            Route("/whole/{state}/{number:int}", pages.whole),
            Route("/{state}/{number:int}", pages.page),
        ]
    )


def config(ports: Ports, seal: bool | str) -> ConsentConfig:
    """One service has all hosts that the ways lead to, but for those of snippets."""
    told = sorted(port for name, port in ports.items() if _is_granted(*name.split(".")))
    hosts = ["*.tracker.test", *(f"*.tracker.test:{port}" for port in told)]
    tracker = sites.service("tracker", "marketing", hosts=hosts)
    return ConsentConfig(
        site={"name": "Shop", "url": "https://site.test", "languages": ["en"]},
        controller={"name": "Shop Ltd", "address": "1 Main St", "email": "shop@example.fr"},
        cookie={"secrets": [sites.SECRET]},
        services=[tracker, *({"use": name} for name in SERVICES)],
        blocking={"seal": seal},
    )


def _is_granted(_way: str, state: str, zone: str) -> bool:
    return state.startswith(GRANTED) and zone == ZONES[0]


def kept(ports: Ports, arrived: Arrived, seal: bool | str) -> ASGIApp:
    """The same site behind the middleware."""
    return ConsentMiddleware(site(ports, arrived), config=config(ports, seal), log=MemoryLog())
