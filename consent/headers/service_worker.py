"""A service worker keeps the policy it came with: another choice must be another script.

Browsers ask again for a service worker and compare bytes; the same bytes are the same worker, whose
policy then stays, whatever header comes with them.
"""

from __future__ import annotations

import json

DEST = b"serviceworker"
"""Sec-Fetch-Dest of its script."""
PATIENCE = 1000
"""Milliseconds that the worker before has for its answer; one without our line has none."""

# A new worker asks the one before whether it came with the same choice. If so, they wait for each
# other as the site wants it; if not, or if it says nothing, its policy must end now: whoever made
# the choice may have had no script of ours, or closed the tab.
TAKE_OVER = """\
addEventListener("install",(e)=>{\
const old=self.registration.waiting??self.registration.active,{port1,port2}=new MessageChannel();\
old&&e.waitUntil(new Promise((told)=>{\
port1.onmessage=told;setTimeout(told,PATIENCE,{});old.postMessage(own,[port2])\
}).then(({data})=>{data===true||self.skipWaiting()}))});\
addEventListener("message",({data,ports})=>{\
/^consent:\\w+$/.test(data)&&ports[0]?.postMessage(data===own)});"""


class ServiceWorkerScript:
    """The script as the site sends it, and behind it a line of ours. Implements ``Rewriter``."""

    def __init__(self, variant: str) -> None:
        """Mark the script.

        Args:
            variant: differs where the policy does; hexadecimal.
        """
        own = json.dumps(f"consent:{variant}")
        code = TAKE_OVER.replace("PATIENCE", str(PATIENCE))
        self._end = f"\n;{{const own={own};{code}}}\n".encode("ascii")

    def feed(self, chunk: bytes) -> bytes:
        """Byte for byte."""
        return chunk

    def close(self) -> bytes:
        """Behind the last byte: a comment that is open there ends with its line."""
        return self._end
