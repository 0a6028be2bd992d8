"""A stream that asks for the choice once it runs: its head waits for it (K1)."""

from __future__ import annotations

import pytest
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from tests.asgi.exchange import Answer, call, get, responds, scope_for, wrap
from tests.headers.rulings import blocking

JSON = (b"content-type", b"application/json")
PUBLIC = (b"cache-control", b"public, max-age=60")
EXCLUDED = blocking(exclude_paths=["/raw"])


def start(*headers: tuple[bytes, bytes]) -> Message:
    return {"type": "http.response.start", "status": 200, "headers": list(headers)}


def asks_late(*, asks: bool = True, message: str = "http.response.body") -> ASGIApp:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await send(start(JSON, PUBLIC))
        if asks:
            scope["state"]["consent"].allows("analytics")
        await send({"type": message, "body": b"{", "more_body": True})
        await send({"type": "http.response.body", "body": b"}"})

    return app


def fetched(app: ASGIApp, path: str = "/") -> Answer:
    headers = {"sec-fetch-dest": "empty", "accept": "*/*"}
    return call(wrap(app, EXCLUDED), scope_for(path, headers))


@pytest.mark.parametrize("path", ["/", "/raw"])
def test_a_stream_that_asks_before_its_first_piece_is_private_k1(path: str) -> None:
    answer = fetched(asks_late(), path)
    assert (answer["cache-control"], answer.vary) == (
        "max-age=60, private",
        {"cookie", "sec-gpc", "dnt"},
    )
    assert [m["body"] for m in answer.bodies] == [b"{", b"}"]


@pytest.mark.parametrize("path", ["/", "/raw"])
def test_one_that_never_asks_stays_public_k1(path: str) -> None:
    answer = fetched(asks_late(asks=False), path)
    assert answer.start["headers"] == [JSON, PUBLIC]


@pytest.mark.parametrize("path", ["/", "/raw"])
def test_the_head_goes_no_later_than_the_first_piece_k1(path: str) -> None:
    order: list[str] = []

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await send(start(JSON))
        order.append("held")
        await send({"type": "http.response.body", "body": b"", "more_body": True})
        order.append("first")
        await send({"type": "http.response.body", "body": b"{}"})

    middleware = wrap(app, EXCLUDED)

    async def watching(scope: Scope, receive: Receive, send: Send) -> None:
        async def told(message: Message) -> None:
            order.append(message["type"])
            await send(message)

        await middleware(scope, receive, told)

    call(watching, scope_for(path, {"sec-fetch-dest": "empty"}))
    body = "http.response.body"
    assert order == ["held", "http.response.start", body, "first", body]


def test_a_stream_of_events_opens_at_once() -> None:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await send(start((b"content-type", b"text/event-stream; charset=utf-8")))
        raise ZeroDivisionError

    answer = call(wrap(app), scope_for(headers={"sec-fetch-dest": "empty"}))
    assert answer.status == 200


@pytest.mark.parametrize("path", ["/", "/raw"])
def test_a_head_without_a_body_still_goes_out(path: str) -> None:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await send(start(JSON))

    assert fetched(app, path).status == 200


@pytest.mark.parametrize("path", ["/", "/raw"])
def test_a_file_sent_by_its_path_has_its_head_first(path: str) -> None:
    answer = fetched(asks_late(message="http.response.pathsend"), path)
    kinds = [message["type"] for message in answer.messages]
    assert kinds[:2] == ["http.response.start", "http.response.pathsend"]
    assert answer["cache-control"] == "max-age=60, private"


def test_a_site_that_starts_twice_is_told_so() -> None:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await send(start(JSON))
        await send(start(JSON))

    assert isinstance(fetched(app).error, RuntimeError)


def test_a_response_that_fails_before_its_body_leaves_the_answer_to_the_server_h8() -> None:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await send(start(JSON))
        raise ZeroDivisionError

    answer = fetched(app)
    assert (answer.messages, type(answer.error)) == ([], ZeroDivisionError)


def test_what_is_not_of_the_response_does_not_wait() -> None:
    push = {"type": "http.response.push", "path": "/a", "headers": []}

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await send(start(JSON))
        await send(push)
        await send({"type": "http.response.body", "body": b"{}"})

    assert fetched(app).messages[0] == push
    assert get(responds(b"{}", headers=[("content-type", "application/json")])).body == b"{}"
