"""A page that uses a held service in every way that a release in place must bring back."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping
from typing import Any

from playwright.sync_api import BrowserContext
from playwright.sync_api import Route as Asked
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from consent import ConsentConfig, ConsentMiddleware
from consent.log.memory import MemoryLog
from tests import sites
from tests.browser.sink import PIXEL as PICTURE

COUNTER = "https://counter.example.net"
PIXEL = "https://pixel.example.net"
NONCE = "r4nd0m"

SCRIPTS = {
    "writes": """
      document.write("<p id=written>wri");
      document.writeln("tten</p><img src=https://counter.example.net/written.gif>");
      log.push("finds " + document.getElementById("written").textContent);
      document.write("<script>log.push('written inline')<\\/script>");
      document.write("<script src=https://counter.example.net/written.js><\\/script>");
      document.close();
    """,
    "waits": """
      document.addEventListener("DOMContentLoaded", () => log.push("heard DOMContentLoaded"));
      addEventListener("load", {handleEvent: () => log.push("heard load")});
      window.onload = () => log.push("heard onload");
      document.onreadystatechange = () =>
        document.readyState === "complete" && log.push("heard onreadystatechange");
    """,
    "waits-too": """
      const before = window.onload;
      window.onload = (event) => { before(event); log.push("heard the second onload"); };
      const twice = (event) => log.push(["heard once", event.type, event.target.nodeName].join());
      addEventListener("load", twice, {once: true});
      addEventListener("load", twice);
      const never = () => log.push("heard what was taken back");
      addEventListener("load", never);
      removeEventListener("load", never);
      addEventListener("load", never, {signal: AbortSignal.abort()});
      addEventListener("DOMContentLoaded", () =>
        addEventListener("load", () => log.push("heard load, waiting since DOMContentLoaded")));
    """,
    "waiting": """
      log.push(`module ${document.currentScript}`);
      document.addEventListener("DOMContentLoaded", () => log.push("module heard"));
      addEventListener("load", () => log.push("module heard load"));
    """,
    "late": "addEventListener('load', () => log.push('async heard load'))",
    "ignored": "log.push('ignored'); document.write('<p>never</p>');",
}
"""What is special in a script; each also says its name."""
SAY = "(window.log || parent.log).push('{}')"
CHECKED = base64.b64encode(hashlib.sha256(SAY.format("checked").encode()).digest()).decode()

PARSED = f"""
<!doctype html><html lang=en><head><title>Bare</title>
<script>var log = []; window.counter = {{start() {{}}}};</script>
<script nonce={NONCE} src={COUNTER}/first.js onload="log.push('onload first')"></script>
<script>counter.start(); log.push(document.currentScript.nonce || 'inline after first')</script>
<script src={COUNTER}/deferred.js defer></script>
<script type=module src={COUNTER}/module.js></script>
<script type=module>counter.start(); log.push('inline module')</script>
<script type=module src={COUNTER}/waiting.js></script>
<script id=late type="text/javascript" async src={COUNTER}/late.js></script>
<script src={COUNTER}/deferred-too.js defer></script>
<script nomodule src={COUNTER}/old.js></script>
<script src={COUNTER}/checked.js integrity=sha256-{CHECKED} crossorigin></script>
<script src={COUNTER}/forged.js integrity=sha256-{CHECKED} crossorigin
  onerror="log.push('refused forged')"></script>
<script language=javascript src={COUNTER}/missing.js onerror="log.push('missed')"></script>
<link rel=stylesheet href={COUNTER}/sheet.css>
<style>@import url({COUNTER}/imported.css);
  #styled {{ background: url('{COUNTER}/css.gif') }}</style>
</head><body><h1>Released</h1>
<script src={COUNTER}/writes.js></script>
<script>counter.start(); log.push('inline after writes')</script>
<script src={COUNTER}/waits.js></script>
<script src={COUNTER}/waits-too.js></script>
<svg width=9 height=9><script href={COUNTER}/drawn.js></script></svg>
<script src={COUNTER}/ignored.js async></script>
<p id=styled>styled</p><p style="background: url({COUNTER}/style.gif)">by itself</p>
<img src={COUNTER}/src.gif srcset="{COUNTER}/srcset.gif 1x">
<picture><source srcset={COUNTER}/picture.gif><img></picture>
<video poster={COUNTER}/poster.gif></video>
<video><source src={COUNTER}/film.mp4></video>
<input type=image src={COUNTER}/button.gif alt=Go>
<svg width=9 height=9><image href={COUNTER}/svg.gif width=9 height=9 /></svg>
<svg width=9 height=9><image xlink:href={COUNTER}/xlink.gif width=9 height=9 /></svg>
<object data={COUNTER}/object.html type=text/html></object>
<embed src={COUNTER}/embed.html type=text/html>
<iframe src={COUNTER}/frame.html></iframe>
<iframe srcdoc="<script src={COUNTER}/nested.js></script><img src={COUNTER}/nested.gif>"></iframe>
<div><template shadowrootmode=open><img src={COUNTER}/shadow.gif></template></div>
<script src={PIXEL}/other.js></script>
</body></html>
""".strip()

KINDS = {"js": "text/javascript", "css": "text/css", "html": "text/html", "gif": "image/gif"}
UNORDERED = frozenset({"ignored", "nested", "async heard load"})
"""Names of scripts that wait for nobody and for whom nobody waits."""


def answers(context: BrowserContext, asked: list[str]) -> None:
    """Stand in for the services: each script says its name."""

    def answer(route: Asked) -> None:
        asked.append(route.request.url)
        name, _, kind = route.request.url.rpartition("/")[2].partition(".")
        status, body = 200, b""
        if kind == "js":
            status = 404 if name == "missing" else 200
            body = SCRIPTS.get(name, f"(window.log || parent.log).push('{name}')").encode()
        elif kind == "gif":
            body = PICTURE
        headers = {"content-type": KINDS.get(kind, "video/mp4"), "access-control-allow-origin": "*"}
        route.fulfill(status=status, headers=headers, body=body)

    for host in (COUNTER, PIXEL):
        context.route(f"{host}/**", answer)


def config(**blocking: Any) -> ConsentConfig:
    """Two services of two purposes, and nothing but the server and the script to hold them."""
    services = [
        sites.service("counter", "analytics", snippets=["counter\\.start\\("]),
        sites.service("pixel", "marketing"),
    ]
    return ConsentConfig(
        site={"name": "Shop", "url": "http://127.0.0.1:8000"},
        controller={"name": "Shop Ltd", "address": "1 Main St", "email": "shop@example.fr"},
        cookie={"secrets": [sites.SECRET]},
        services=services,
        blocking={"seal": False, **blocking},
    )


Pages = Mapping[str, tuple[str, str]]
"""Per path: the markup, and the site's own policy."""


def bare(pages: Pages) -> Starlette:
    """A site of these pages."""

    async def show(request: Request) -> Response:
        markup, policy = pages[request.url.path]
        kind = "text/javascript" if request.url.path.endswith(".js") else "text/html"
        headers = {"content-security-policy": policy} if policy else {}
        return Response(markup, headers=headers, media_type=kind)

    return Starlette(routes=[Route(path, show) for path in pages])


def held(pages: Pages, **blocking: Any) -> ConsentMiddleware:
    """The same behind the middleware, without the seal."""
    return ConsentMiddleware(bare(pages), config=config(**blocking), log=MemoryLog())
