"""The middleware around real applications: Starlette, FastAPI, their files, streams and tasks."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI, Request
from fastapi.responses import HTMLResponse as FastHTML
from starlette.applications import Starlette
from starlette.background import BackgroundTask
from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.middleware.sessions import SessionMiddleware
from starlette.requests import Request as StarletteRequest
from starlette.responses import (
    FileResponse,
    HTMLResponse,
    JSONResponse,
    RedirectResponse,
    Response,
    StreamingResponse,
)
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.testclient import TestClient

from consent import ConsentMiddleware
from consent.log.memory import MemoryLog
from tests.asgi.exchange import BANNER, CONFIG, HELD, NO, NOW, PAGE, PLAIN, YES, wrap

URL = "https://www.example.fr"
NAVIGATION = {"sec-fetch-dest": "document", "accept": "text/html"}
OPTIONS: dict[str, Any] = {"config": CONFIG, "clock": lambda: NOW}
done: list[str] = []


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "page.html").write_bytes(PAGE)
    (tmp_path / "film.mp4").write_bytes(bytes(1000))
    return tmp_path


async def stream(request: StarletteRequest) -> Response:
    async def chunks() -> AsyncIterator[bytes]:
        for at in range(0, len(PAGE), 7):
            yield PAGE[at : at + 7]

    return StreamingResponse(chunks(), media_type="text/html")


async def breaking(request: StarletteRequest) -> Response:
    async def chunks() -> AsyncIterator[bytes]:
        yield PAGE[:-20]
        raise ZeroDivisionError

    return StreamingResponse(chunks(), media_type="text/html")


async def asked(request: StarletteRequest) -> Response:
    consent = request.state.consent
    return JSONResponse({"analytics": consent.allows("analytics"), "decided": consent.decided})


async def failing(request: StarletteRequest) -> Response:
    raise ZeroDivisionError


async def later(request: StarletteRequest) -> Response:
    return HTMLResponse(PAGE, background=BackgroundTask(done.append, "later"))


async def hello(request: StarletteRequest) -> Response:
    request.session["seen"] = True
    return HTMLResponse(PAGE)


def routes(folder: Path) -> list[Any]:
    return [
        Route("/file", lambda request: FileResponse(folder / "page.html")),
        Route("/film", lambda request: FileResponse(folder / "film.mp4")),
        Route("/stream", stream),
        Route("/breaking", breaking),
        Route("/asked", asked),
        Route("/failing", failing),
        Route("/later", later),
        Route("/hello", hello),
        Route("/away", lambda request: RedirectResponse("/file")),
        Mount("/static", StaticFiles(directory=folder, html=True)),
    ]


def client(folder: Path, *, inside: tuple[Middleware, ...] = ()) -> TestClient:
    ours = Middleware(ConsentMiddleware, log=MemoryLog(), **OPTIONS)
    app = Starlette(routes=routes(folder), middleware=[ours, *inside])
    return TestClient(
        app, base_url=URL, headers=NAVIGATION, follow_redirects=False, raise_server_exceptions=False
    )


@pytest.mark.parametrize("path", ["/file", "/stream", "/static/page.html", "/later"])
def test_every_way_to_send_a_page_is_read(folder: Path, path: str) -> None:
    visitor = client(folder)
    body = visitor.get(path).content
    assert HELD in body
    assert BANNER in body
    assert PLAIN in visitor.get(path, headers={"cookie": YES}).content


def test_a_file_is_revalidated_only_by_the_same_visitor_k3(folder: Path) -> None:
    visitor = client(folder)
    tag = visitor.get("/static/page.html", headers={"cookie": YES}).headers["etag"]
    again = {"if-none-match": tag}
    same = visitor.get("/static/page.html", headers={"cookie": YES, **again})
    assert (same.status_code, same.headers["etag"]) == (304, tag)
    other = visitor.get("/static/page.html", headers={"cookie": NO, **again})
    assert (other.status_code, HELD in other.content) == (200, True)


def test_a_page_is_never_sent_in_part_h4(folder: Path) -> None:
    answer = client(folder).get("/file", headers={"range": "bytes=0-99"})
    assert (answer.status_code, answer.headers["accept-ranges"]) == (200, "none")
    assert HELD in answer.content


def test_a_film_is_sent_in_part_h4(folder: Path) -> None:
    headers = {"range": "bytes=0-99", "sec-fetch-dest": "video", "accept": "*/*"}
    answer = client(folder).get("/film", headers=headers)
    assert (answer.status_code, len(answer.content)) == (206, 100)


def test_compression_inside_us_changes_nothing_but_is_warned_of_h17(
    folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    visitor = client(folder, inside=(Middleware(GZipMiddleware, minimum_size=1),))
    for path in ("/file", "/stream"):
        answer = visitor.get(path, headers={"accept-encoding": "gzip"})
        assert answer.headers["content-encoding"] == "gzip"
        assert HELD in answer.content
    assert "GZipMiddleware is inside" in caplog.text


def test_the_sites_session_works_and_its_cookie_stays_h15(folder: Path) -> None:
    answer = client(folder, inside=(Middleware(SessionMiddleware, secret_key="s"),)).get("/hello")
    assert answer.headers["set-cookie"].startswith("session=")


def test_server_code_obeys_the_choice(folder: Path) -> None:
    visitor = client(folder)
    assert visitor.get("/asked").json() == {"analytics": False, "decided": False}
    answer = visitor.get("/asked", headers={"cookie": YES})
    assert answer.json() == {"analytics": True, "decided": True}
    assert answer.headers["vary"] == "Cookie, Sec-GPC, DNT"


def test_tasks_run_after_the_response(folder: Path) -> None:
    done.clear()
    client(folder).get("/later")
    assert done == ["later"]


def test_an_error_of_the_site_stays_an_error_h8(folder: Path) -> None:
    answer = client(folder).get("/failing")
    assert (answer.status_code, answer.text) == (500, "Internal Server Error")


def test_an_error_in_mid_stream_reaches_the_server_h8(folder: Path) -> None:
    visitor = client(folder)
    visitor._transport.raise_server_exceptions = True  # type: ignore[attr-defined]
    with pytest.raises(ZeroDivisionError):
        visitor.get("/breaking")


def test_a_redirect_stays_one(folder: Path) -> None:
    answer = client(folder).get("/away")
    assert (answer.status_code, answer.headers["location"], answer.content) == (307, "/file", b"")


def test_a_missing_page_of_the_framework_is_missing(folder: Path) -> None:
    assert client(folder).get("/nowhere").status_code == 404


def test_mounted_below_a_path_it_works_there(folder: Path) -> None:
    inner = wrap(Starlette(routes=routes(folder)))
    outer = Starlette(routes=[Mount("/shop", app=inner), Route("/", lambda r: HTMLResponse(PAGE))])
    visitor = TestClient(outer, base_url=URL, headers=NAVIGATION)
    assert b'action="/shop/consent/choice"' in visitor.get("/shop/file").content
    assert visitor.get("/shop/consent/state").json()["decided"] is False
    assert visitor.get("/").content == PAGE


def fast() -> TestClient:
    app = FastAPI()
    app.add_middleware(ConsentMiddleware, log=MemoryLog(), **OPTIONS)

    @app.get("/", response_class=FastHTML)
    def page(request: Request) -> bytes:
        return PAGE

    @app.get("/item")
    def item(request: Request) -> dict[str, bool]:
        return {"analytics": request.state.consent.allows("analytics")}

    return TestClient(app, base_url=URL, headers=NAVIGATION)


def test_fastapi_pages_and_answers() -> None:
    visitor = fast()
    assert HELD in visitor.get("/").content
    assert visitor.get("/item", headers={"cookie": YES}).json() == {"analytics": True}
    assert visitor.get("/openapi.json").json()["paths"].keys() == {"/", "/item"}


def test_a_choice_made_at_our_endpoint_holds_for_the_next_page(folder: Path) -> None:
    visitor = client(folder)
    answer = visitor.post(
        "/consent/choice", json={"action": "accept_all"}, headers={"sec-fetch-site": "same-origin"}
    )
    assert answer.status_code == 200
    assert PLAIN in visitor.get("/file").content
    visitor.post(
        "/consent/choice", json={"action": "refuse_all"}, headers={"sec-fetch-site": "same-origin"}
    )
    assert HELD in visitor.get("/file").content


def test_what_is_compressed_outside_us_is_the_sites_business() -> None:
    app = GZipMiddleware(wrap(Starlette(routes=[Route("/", lambda r: HTMLResponse(PAGE))])))
    answer = TestClient(app, base_url=URL).get(
        "/", headers={**NAVIGATION, "accept-encoding": "gzip"}
    )
    assert HELD in answer.content


async def sorry(request: StarletteRequest, error: Exception) -> Response:
    return HTMLResponse(PAGE, status_code=500)


@pytest.mark.parametrize("key", [500, Exception])
def test_an_error_page_of_the_sites_own_is_sent_outside_which_is_warned_of_once(
    folder: Path, key: Any, caplog: pytest.LogCaptureFixture
) -> None:
    ours = Middleware(ConsentMiddleware, log=MemoryLog(), **OPTIONS)
    inner = Starlette(routes=routes(folder), middleware=[ours], exception_handlers={key: sorry})
    visitor = TestClient(inner, base_url=URL, headers=NAVIGATION, raise_server_exceptions=False)
    for _ in range(2):
        assert visitor.get("/failing").content == PAGE
    assert caplog.text.count("wrap the application itself") == 1


def test_around_the_application_its_error_page_is_read(
    folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    app = wrap(Starlette(routes=routes(folder), exception_handlers={500: sorry}))
    visitor = TestClient(app, base_url=URL, headers=NAVIGATION, raise_server_exceptions=False)
    answer = visitor.get("/failing")
    assert (answer.status_code, HELD in answer.content) == (500, True)
    assert "wrap the application itself" not in caplog.text
    client(folder).get("/file")
    assert "wrap the application itself" not in caplog.text
