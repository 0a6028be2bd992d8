"""Ways for a script of a page to contact a host: each is the body of a function of an address."""

from __future__ import annotations

import json
from pathlib import Path

_FILE = Path(__file__).parents[1] / "corpus" / "known_limits.json"
LIMITS: dict[str, dict[str, str]] = {
    kind: listed["ways"] for kind, listed in json.loads(_FILE.read_text()).items()
}
"""Ways that neither seal nor guard closes, by what comes through."""

CLOSED = {
    "a picture": "new Image().src = url",
    "a picture, by markup": "document.body.insertAdjacentHTML('beforeend', `<img src=${url}>`)",
    "a picture, by srcset": "Object.assign(add('img'), {srcset: url + ' 1x'})",
    "a picture, in a vector graphic": "document.body.insertAdjacentHTML('beforeend',"
    " `<svg width=9 height=9><image href=${url} width=9 height=9 /></svg>`)",
    "a picture, through a redirect": "new Image().src = '/go?to=' + encodeURIComponent(url)",
    "a script": "add('script').src = url",
    "a script, written": "document.write(`<script src=${url}><\\/script>`)",
    "a script, imported": "import(url).catch(() => {})",
    "a frame, through a redirect": "add('iframe').src = '/go?to=' + encodeURIComponent(url)",
    "a frame with its own text": "add('iframe').srcdoc = `<img src=${url}>`",
    "a frame of data": "add('iframe').src = `data:text/html,<img src=${url}>`",
    "a frame of script": "add('iframe').src = `javascript:'<img src=${url}>'`",
    "an empty frame": "add('iframe').contentWindow.fetch(url, quiet).catch(() => {})",
    "an object": "Object.assign(add('object'), {data: url, type: 'text/html'})",
    "an embed": "Object.assign(add('embed'), {src: url, type: 'text/html'})",
    "a film": "Object.assign(add('video'), {src: url, preload: 'auto'})",
    "a poster": "add('video').poster = url",
    "a sound": "new Audio(url).load()",
    "a style sheet": "Object.assign(add('link'), {rel: 'stylesheet', href: url})",
    "a style sheet, imported": "add('style').textContent = `@import '${url}'`",
    "a background": "add('div').style.background = `url(${url})`",
    "a font": "new FontFace('there', `url(${url})`).load().catch(() => {})",
    "a preload": "Object.assign(add('link'), {rel: 'preload', as: 'image', href: url})",
    "a prefetch": "Object.assign(add('link'), {rel: 'prefetch', href: url})",
    "a fetch": "fetch(url, quiet).catch(() => {})",
    "a fetch that outlives the page": "fetch(url, {...quiet, keepalive: true}).catch(() => {})",
    "an XMLHttpRequest": "const x = new XMLHttpRequest(); x.open('GET', url); x.send()",
    "a beacon": "navigator.sendBeacon(url, 'x')",
    "an EventSource": "new EventSource(url)",
    "a WebSocket": "new WebSocket(url.replace('https', 'wss'))",
    "a ping": "Object.assign(add('a'), {ping: url, href: '#x'}).click()",
    "a worker": "new Worker('/worker.js?' + encodeURIComponent(url))",
    "a worker of a blob": "new Worker(URL.createObjectURL(new Blob(["
    "`fetch('${url}', {mode: 'no-cors'}).catch(() => {})`])))",
    "a worker that imports": "new Worker('/importing.js?' + encodeURIComponent(url))",
    "a shared worker": "new SharedWorker('/worker.js?' + encodeURIComponent(url))",
    "a service worker": "navigator.serviceWorker.register('/worker.js?' + encodeURIComponent(url))",
}
"""Ways that lead nowhere: no request, and no connection."""

GUARDED = {
    "a frame": ("add('iframe').src = url"),
    "a frame, by a form": (
        "const name = 'f' + Math.random(); document.body.insertAdjacentHTML('beforeend', "
        "`<iframe name=${name}></iframe>`); Object.assign(add('form'), {action: url, meth"
        "od: 'post', target: name}).submit()"
    ),
    "a relay of WebRTC": (
        "const call = new RTCPeerConnection({iceServers: [{urls: `turns:${new URL(url).ho"
        "st}:443?transport=tcp`, username: 'a', credential: 'b'}]}); call.createDataChann"
        "el('x'); call.createOffer().then((offer) => call.setLocalDescription(offer))"
    ),
    "a prefetch by speculation rules": (
        "Object.assign(add('script'), {type: 'speculationrules', textContent: JSON.string"
        "ify({prefetch: [{urls: [url], eagerness: 'immediate'}]})})"
    ),
}
"""The same, by the guard alone: the seal lets a connection through, or all of it."""

WAYS = CLOSED | GUARDED | LIMITS["connections"] | LIMITS["navigation"]

PRELUDE = (
    "const quiet = {mode: 'no-cors'};"
    "const add = (name) => document.body.appendChild(document.createElement(name));"
)

WORKER = "fetch(decodeURIComponent(location.search.slice(1)), {mode: 'no-cors'}).catch(() => {})"
IMPORTING = "importScripts(decodeURIComponent(location.search.slice(1)))"


def script(way: str, *urls: str) -> str:
    """What a page has to say to go this way to all of these addresses."""
    calls = "".join(f"go('{url}');" for url in urls)
    return f"{{ {PRELUDE} const go = (url) => {{ {WAYS[way]} }}; {calls} }}"
