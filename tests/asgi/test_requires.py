"""The choice in the site's own endpoints, dependencies and templates."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import pytest
from fastapi import Depends, FastAPI
from starlette.applications import Starlette
from starlette.endpoints import HTTPEndpoint, WebSocketEndpoint
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route, WebSocketRoute
from starlette.templating import Jinja2Templates
from starlette.testclient import TestClient
from starlette.websockets import WebSocket, WebSocketDisconnect

from consent import RequestConsent, consent_context, consent_of, granted, requires
from consent.errors import MiddlewareMissing
from tests.asgi.exchange import NO, YES, wrap
from tests.asgi.exchange import granted as visitor

URL = "https://www.example.fr"
SOME = visitor(analytics=True, marketing=False)


def plain(request: Request) -> Response:
    return PlainTextResponse("plain")


async def plain_too(request: Request) -> Response:
    return PlainTextResponse("plain")


@requires("analytics", otherwise=plain)
async def counted(request: Request) -> Response:
    return PlainTextResponse("counted")


@requires("analytics", otherwise=plain_too)
def counted_in_a_thread(request: Request) -> Response:
    return PlainTextResponse("counted")


@requires("analytics", otherwise=plain)
class Counted(HTTPEndpoint):
    """What is counted."""

    async def get(self, request: Request) -> Response:
        return PlainTextResponse("counted")


class CountedPost(HTTPEndpoint):
    async def get(self, request: Request) -> Response:
        return PlainTextResponse("open")

    @requires("analytics", otherwise=plain)
    def post(self, request: Request) -> Response:
        return PlainTextResponse("counted")


@requires("analytics", "marketing")
async def everything(request: Request) -> Response:
    return PlainTextResponse("everything")


@requires(service="heatmap")
async def heated(request: Request) -> Response:
    return PlainTextResponse("heated")


@requires("analytics")
class Feed(WebSocketEndpoint):
    async def on_connect(self, websocket: WebSocket) -> None:
        await websocket.accept()
        await websocket.send_text("counted")


async def turn_away(websocket: WebSocket) -> None:
    await websocket.close(4000)


@requires("analytics", otherwise=turn_away)
class PoliteFeed(Feed):
    pass


@requires("analytics")
async def feed(websocket: WebSocket) -> None:
    await websocket.accept()
    await websocket.send_text("counted")


SITE = wrap(
    Starlette(
        routes=[
            Route("/async", counted),
            Route("/sync", counted_in_a_thread),
            Route("/class", Counted),
            Route("/method", CountedPost),
            Route("/everything", everything),
            Route("/heated", heated),
            WebSocketRoute("/feed", feed),
            WebSocketRoute("/class-feed", Feed),
            WebSocketRoute("/polite-feed", PoliteFeed),
        ]
    )
)


def client(cookie: str = "", app: Any = SITE) -> TestClient:
    return TestClient(app, base_url=URL, headers={"cookie": cookie} if cookie else {})


@pytest.mark.parametrize("path", ["/async", "/sync", "/class"])
def test_an_endpoint_runs_where_it_is_granted_and_else_the_alternative(path: str) -> None:
    assert client(SOME).get(path).text == "counted"
    assert [client(cookie).get(path).text for cookie in ("", NO)] == ["plain", "plain"]


def test_a_method_of_an_endpoint_can_be_for_the_granted_alone() -> None:
    assert client().get("/method").text == "open"
    assert [client(cookie).post("/method").text for cookie in (SOME, NO)] == ["counted", "plain"]


def test_a_class_keeps_its_name_and_words() -> None:
    assert (Counted.__name__, Counted.__doc__) == ("Counted", "What is counted.")


def test_without_an_alternative_the_answer_is_403() -> None:
    answers = [client(cookie).get("/everything") for cookie in ("", SOME, YES)]
    assert [answer.status_code for answer in answers] == [403, 403, 200]


def test_a_service_can_be_required() -> None:
    assert [client(cookie).get("/heated").status_code for cookie in (NO, SOME)] == [403, 200]


def test_the_answer_and_the_alternative_depend_on_the_choice_k1() -> None:
    for cookie in ("", NO, YES):
        headers = client(cookie).get("/async").headers
        assert (headers["vary"], headers["cache-control"]) == ("Cookie, Sec-GPC, DNT", "private")


@pytest.mark.parametrize(
    ("path", "code"), [("/feed", 1008), ("/class-feed", 1008), ("/polite-feed", 4000)]
)
def test_a_websocket_opens_where_it_is_granted(path: str, code: int) -> None:
    with client(YES).websocket_connect(f"wss://www.example.fr{path}") as socket:
        assert socket.receive_text() == "counted"
    with (
        pytest.raises(WebSocketDisconnect) as closed,
        client(NO).websocket_connect(f"wss://www.example.fr{path}"),
    ):
        raise AssertionError
    assert closed.value.code == code


def test_what_takes_no_request_cannot_be_decorated() -> None:
    with pytest.raises(TypeError):
        requires("analytics")(lambda: None)
    with pytest.raises(TypeError):
        requires("analytics")(dict)


def test_without_the_middleware_the_mistake_is_named() -> None:
    app = Starlette(routes=[Route("/", counted)])
    with pytest.raises(MiddlewareMissing):
        client(app=app).get("/")


def fast() -> FastAPI:
    app = FastAPI()

    @app.get("/mine")
    def mine(consent: Annotated[RequestConsent, Depends(consent_of)]) -> bool:
        return consent.allows("analytics")

    @app.get("/counted", dependencies=[Depends(granted("analytics"))])
    def only() -> str:
        return "counted"

    @app.get("/item/{number}")
    @requires("analytics", otherwise=plain)
    def item(number: int, request: Request) -> int:
        return number

    return app


@pytest.mark.parametrize(("cookie", "mine", "status"), [(NO, False, 403), (YES, True, 200)])
def test_fastapi_takes_the_choice_as_a_dependency(cookie: str, mine: bool, status: int) -> None:
    visitor = client(cookie, wrap(fast()))
    assert (visitor.get("/mine").json(), visitor.get("/counted").status_code) == (mine, status)


def test_fastapi_still_reads_the_parameters_of_a_decorated_endpoint() -> None:
    app = wrap(fast())
    assert client(YES, app).get("/item/7").json() == 7
    assert client(NO, app).get("/item/7").text == "plain"
    assert client(YES, app).get("/item/x").status_code == 422


def test_templates_ask_for_the_choice(tmp_path: Path) -> None:
    (tmp_path / "a.html").write_text("{{ 'yes' if consent.allows('analytics') else 'no' }}")
    templates = Jinja2Templates(tmp_path, context_processors=[consent_context])

    def page(request: Request) -> Response:
        return templates.TemplateResponse(request, "a.html", media_type="text/plain")

    app = wrap(Starlette(routes=[Route("/", page)]))
    answers = [client(cookie, app).get("/") for cookie in (NO, YES)]
    assert [answer.text for answer in answers] == ["no", "yes"]
    assert answers[0].headers["vary"].startswith("Cookie")


class TestUnknownNames:
    """Doubt means no (design.md §2.3), and a typing mistake is said once."""

    @staticmethod
    def app(*asked: str) -> Any:
        async def page(request: Request) -> Response:
            for name in asked:
                assert not request.state.consent.allows(name)
                assert not request.state.consent.service(name).allowed
            return PlainTextResponse("")

        return wrap(Starlette(routes=[Route("/", page)]))

    def test_they_are_no_and_warned_of_once(self, caplog: pytest.LogCaptureFixture) -> None:
        visitor = client(YES, self.app("analitics", "heatmaps"))
        for _ in range(2):
            assert visitor.get("/").status_code == 200
        assert caplog.text.count("the purpose 'analitics'") == 1
        assert caplog.text.count("the service 'heatmaps'") == 1
        assert "Did you mean 'analytics'?" in caplog.text

    def test_known_ones_are_not_warned_of(self, caplog: pytest.LogCaptureFixture) -> None:
        assert client(YES).get("/everything").status_code == 200
        assert client(YES).get("/heated").status_code == 200
        assert "the site's code asks" not in caplog.text

    def test_names_that_come_from_requests_do_not_fill_the_log(
        self, caplog: pytest.LogCaptureFixture
    ) -> None:
        client(YES, self.app(*(f"x{n}" for n in range(200)), "\n" * 500)).get("/")
        told = [one for one in caplog.messages if "the site's code asks" in one]
        assert len(told) == 100
        assert all(len(message) < 400 for message in told)
