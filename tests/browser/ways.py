"""Ways for a script of a page to contact a host: each is the body of a function of an address.

One of each kind, for tests of something else: all there are stand in ``gauntlet/ways/``.
"""

from __future__ import annotations

import json
from pathlib import Path

_FILE = Path(__file__).parents[1] / "corpus" / "known_limits.json"
NAVIGATION: dict[str, str] = json.loads(_FILE.read_text())["navigation"]["ways"]
"""Ways that are the visitor's own as long as nobody declared where they lead."""

WAYS = {
    "a picture": "new Image().src = url",
    "a script": "add('script').src = url",
    "a frame": "add('iframe').src = url",
    "a frame, by location": "add('iframe').contentWindow.location = url",
    "a frame, through a redirect": "add('iframe').src = '/go?to=' + encodeURIComponent(url)",
    "a fetch": "fetch(url, quiet).catch(() => {})",
    "a WebSocket": "new WebSocket(url.replace('https', 'wss'))",
    "a worker": "new Worker('/worker.js?' + encodeURIComponent(url))",
    "a service worker": "navigator.serviceWorker.register('/worker.js?' + encodeURIComponent(url))",
}
"""Stopped by the policy of the page, by that of a worker, by the guard; or by none but the strict
seal: a frame by location makes a connection, and no request."""
RELAY = (
    "const call = new RTCPeerConnection({iceServers: [{urls: `turns:${new URL(url).host}:443"
    "?transport=tcp`, username: 'a', credential: 'b'}]}); call.createDataChannel('x');"
    " call.createOffer().then((offer) => call.setLocalDescription(offer))"
)
RULES = (
    "Object.assign(add('script'), {type: 'speculationrules', textContent:"
    " JSON.stringify({prefetch: [{urls: [url], eagerness: 'immediate'}]})})"
)
"""Followed by a page that is in front, in a browser that has nothing else to do."""

PRELUDE = (
    "const quiet = {mode: 'no-cors'};"
    "const add = (name) => document.body.appendChild(document.createElement(name));"
)

WORKER = "fetch(decodeURIComponent(location.search.slice(1)), {mode: 'no-cors'}).catch(() => {})"


def script(way: str, *urls: str) -> str:
    """What a page has to say to go this way to all of these addresses."""
    calls = "".join(f"go('{url}');" for url in urls)
    return f"{{ {PRELUDE} const go = (url) => {{ {way} }}; {calls} }}"
