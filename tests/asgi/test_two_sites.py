"""Two sites in one process, told apart by host: nothing of one is known to the other."""

from __future__ import annotations

from typing import Any

from starlette.applications import Starlette
from starlette.responses import HTMLResponse
from starlette.routing import Host, Route
from starlette.testclient import TestClient

from consent import ConsentConfig, ConsentMiddleware
from consent.log.memory import MemoryLog
from tests.asgi.exchange import HELD, NAVIGATION, NOW, PAGE, PLAIN
from tests.sites import service, site

SHOP = site(services=(service("counter", "analytics"),))
BLOG = site(
    services=(service("pixel", "marketing"),), url="https://blog.example.org", name="The Blog"
)


class Process:
    """Both sites behind Starlette's routing by host."""

    def __init__(self) -> None:
        self.logs = {"shop": MemoryLog(), "blog": MemoryLog()}
        shop = Host("www.example.fr", self._site(SHOP, "shop"))
        self.app = Starlette(routes=[shop, Host("blog.example.org", self._site(BLOG, "blog"))])

    def _site(self, config: ConsentConfig, name: str) -> ConsentMiddleware:
        site = Starlette(routes=[Route("/", lambda request: HTMLResponse(PAGE))])
        options: Any = {"log": self.logs[name], "clock": lambda: NOW}
        return ConsentMiddleware(site, config=config, **options)

    def visitor(self, host: str) -> TestClient:
        headers = {**NAVIGATION, "sec-fetch-site": "same-origin"}
        return TestClient(self.app, base_url=f"https://{host}", headers=headers)

    def records(self) -> list[int]:
        return [len(log.records) for log in self.logs.values()]


def test_each_has_its_own_banner_and_seal() -> None:
    process = Process()
    pages = [process.visitor(host).get("/") for host in ("www.example.fr", "blog.example.org")]
    assert [b"marketing" in page.content.lower() for page in pages] == [False, True]
    assert HELD in pages[0].content


def test_each_has_its_own_choices_and_log() -> None:
    process = Process()
    shop, blog = process.visitor("www.example.fr"), process.visitor("blog.example.org")
    shop.post("/consent/choice", json={"action": "accept_all"})
    assert PLAIN in shop.get("/").content
    assert blog.get("/consent/state").json()["decided"] is False
    assert process.records() == [1, 0]
    blog.post("/consent/choice", json={"action": "refuse_all"})
    assert process.records() == [1, 1]
    assert shop.get("/consent/state").json()["purposes"] == {"analytics": True}


def test_a_cookie_of_one_is_nothing_to_the_other_fr_09() -> None:
    """Though both sign with the same secret."""
    process = Process()
    shop, blog = process.visitor("www.example.fr"), process.visitor("blog.example.org")
    shop.post("/consent/choice", json={"action": "accept_all"})
    (cookie,) = shop.cookies.items()
    blog.cookies.set(*cookie)
    assert blog.get("/consent/state").json()["decided"] is False
