"""One shop on five frameworks: the same promises behind each of them."""

from __future__ import annotations

import logging
from pathlib import Path

import pytest
from starlette.testclient import TestClient
from starlette.types import ASGIApp

from consent import ConsentMiddleware
from consent.log.memory import MemoryLog
from tests.asgi.exchange import BANNER, HELD, NAVIGATION, NOW, PLAIN, visitor_cookie
from tests.asgi.frameworks import (
    CONFIG,
    OWN,
    TRACKING,
    files,
    on_django,
    on_fastapi,
    on_litestar,
    on_quart,
    on_starlette,
)

URL = "https://www.example.fr"
YES = visitor_cookie(CONFIG, {"analytics": True})
SAME_ORIGIN = {"sec-fetch-site": "same-origin"}


class FrameworkContract:
    """To be inherited by a class whose ``shop`` makes the application."""

    @staticmethod
    def shop(folder: str) -> ASGIApp:
        raise NotImplementedError

    @pytest.fixture
    def log(self) -> MemoryLog:
        return MemoryLog()

    @pytest.fixture
    def visitor(self, tmp_path: Path, log: MemoryLog) -> TestClient:
        app = ConsentMiddleware(
            self.shop(files(tmp_path)), config=CONFIG, log=log, clock=lambda: NOW
        )
        return TestClient(
            app,
            base_url=URL,
            headers=NAVIGATION,
            follow_redirects=False,
            raise_server_exceptions=False,
        )

    @pytest.mark.parametrize("path", ["/", "/stream", "/static/page.html"])
    def test_a_page_has_the_banner_and_its_tracker_held(
        self, visitor: TestClient, path: str
    ) -> None:
        page = visitor.get(path).content
        assert (BANNER in page, HELD in page, PLAIN in page) == (True, True, False)
        page = visitor.get(path, headers={"cookie": YES}).content
        assert (BANNER in page, HELD in page, PLAIN in page) == (False, False, True)

    def test_a_choice_by_script_holds_for_the_next_page(self, visitor: TestClient) -> None:
        answer = visitor.post("/consent/choice", json={"action": "accept_all"}, headers=SAME_ORIGIN)
        assert answer.json()["recorded"] is True
        assert PLAIN in visitor.get("/").content

    def test_a_choice_by_form_leads_back_and_holds(self, visitor: TestClient) -> None:
        fields = {"action": "save", "purpose": "analytics", "next": "/stream"}
        answer = visitor.post("/consent/choice", data=fields, headers=SAME_ORIGIN)
        assert (answer.status_code, answer.headers["location"]) == (303, "/stream")
        assert PLAIN in visitor.get("/stream").content

    def test_cookies_of_held_services_go_neither_way(self, visitor: TestClient) -> None:
        both = f"{TRACKING}=1; {OWN}=1"
        answer = visitor.get("/cookies", headers={"cookie": both})
        names = [one.partition("=")[0] for one in answer.headers.get_list("set-cookie")]
        assert (answer.json(), OWN in names) == ([OWN], True)
        assert not [
            one for one in answer.headers.get_list("set-cookie") if one.startswith(f"{TRACKING}=1")
        ]

    def test_once_consented_to_they_go_both_ways(self, visitor: TestClient) -> None:
        answer = visitor.get("/cookies", headers={"cookie": f"{YES}; {TRACKING}=1"})
        assert TRACKING in answer.json()
        assert f"{TRACKING}=1" in answer.headers["set-cookie"]

    def test_the_sites_code_is_told_and_the_answer_is_private(self, visitor: TestClient) -> None:
        assert visitor.get("/asked").json() is False
        answer = visitor.get("/asked", headers={"cookie": YES})
        assert (answer.json(), answer.headers["cache-control"]) == (True, "private")

    def test_a_form_of_the_site_is_recorded_by_one_call(
        self, visitor: TestClient, log: MemoryLog
    ) -> None:
        """P-18"""
        assert log.records == []
        assert visitor.post("/form").status_code < 300
        assert [(one.kind, dict(one.purposes)) for one in log.records] == [
            ("form", {"newsletter": True})
        ]

    def test_an_error_and_a_missing_page_are_the_frameworks(self, visitor: TestClient) -> None:
        logging.disable()
        try:
            answers = [visitor.get(path).status_code for path in ("/failing", "/nowhere")]
        finally:
            logging.disable(logging.NOTSET)
        assert answers == [500, 404]


class Websockets:
    """Where the framework has them."""

    @pytest.mark.parametrize(("cookie", "allowed"), [("", False), (YES, True)])
    def test_a_websocket_is_told_as_well(
        self, visitor: TestClient, cookie: str, allowed: bool
    ) -> None:
        headers = {"cookie": cookie} if cookie else {}
        with visitor.websocket_connect("wss://www.example.fr/echo", headers=headers) as socket:
            socket.send_text("hello")
            assert socket.receive_text() == f"hello {allowed}"


class TestStarlette(FrameworkContract, Websockets):
    shop = staticmethod(on_starlette.app)


class TestFastapi(FrameworkContract, Websockets):
    shop = staticmethod(on_fastapi.app)


class TestLitestar(FrameworkContract, Websockets):
    shop = staticmethod(on_litestar.app)


class TestQuart(FrameworkContract, Websockets):
    shop = staticmethod(on_quart.app)


# Django's own view of static files warns of itself under ASGI.
@pytest.mark.filterwarnings("ignore:StreamingHttpResponse must consume synchronous:Warning")
class TestDjango(FrameworkContract):
    shop = staticmethod(on_django.app)
