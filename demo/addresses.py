"""Where each part of the demo is found: one number to choose, everything else follows.

Cookies ignore the port, so the two sides of the demo need two host names, or the visitor's choice
on one would reach the other. Names under ``.localhost`` are loopback in every browser (RFC 6761
§6.3), which lets each tracker keep its own host name without a hosts file and without internet.
"""

from __future__ import annotations

from dataclasses import dataclass

LOOPBACK = "127.0.0.1"


@dataclass(frozen=True, slots=True)
class Addresses:
    """The three ports of one running demo."""

    port: int = 8000
    """Of the protected side; the trackers have the next one, the bare side the one after."""

    @property
    def trackers(self) -> int:
        return self.port + 1

    @property
    def bare(self) -> int:
        return self.port + 2

    @property
    def ports(self) -> tuple[int, int, int]:
        return self.port, self.trackers, self.bare

    def shop(self, host: str = LOOPBACK) -> str:
        """Base URL of a site behind the middleware."""
        return f"http://{host}:{self.port}"

    def without(self, host: str = "localhost") -> str:
        """Base URL of the very same site without it."""
        return f"http://{host}:{self.bare}"

    def tracker_host(self, host: str) -> str:
        """What stands in for a third party's host, as written after ``//``."""
        return f"{host}.localhost:{self.trackers}"

    def tracker(self, host: str) -> str:
        """Base URL of the stand-in for a third party's host."""
        return f"http://{self.tracker_host(host)}"
