"""How a site uses the public names; checked by mypy, which is the test."""

from __future__ import annotations

from typing import assert_type

from starlette.applications import Starlette
from starlette.endpoints import HTTPEndpoint
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from consent import (
    Choice,
    ChoiceEvent,
    ConsentConfig,
    ConsentMiddleware,
    RequestConsent,
    Verdict,
    consent_of,
    form_record,
    granted,
    record_form,
    requires,
    withdraw_form,
)
from consent.record import Record


def site(config: ConsentConfig) -> None:
    """The two ways to put it around an application."""
    app = Starlette()
    app.add_middleware(ConsentMiddleware, config=config)
    ConsentMiddleware(app, config=config)
    ConsentMiddleware(app, config=config, on_choice=tell)
    ConsentMiddleware(app, config=config, on_choice=[tell, tell_too])
    ConsentMiddleware(app, config=config, on_choice={"crm": tell})


async def subscribe(request: Request) -> Response:
    """Another consent, by one call; the request of any framework will do."""
    box = await record_form(
        request, form="news", text="Yes", language="en", checked=True, subject="7f3a"
    )
    assert_type(await withdraw_form(request, form="news", subject=box.subject), Record | None)
    assert_type(await form_record(request.scope, form="news", subject="7f3a"), Record | None)
    return PlainTextResponse(box.id)


async def tell(event: ChoiceEvent) -> None:
    """A hook, async."""
    assert_type(event.withdrawn, frozenset[str])


def tell_too(event: ChoiceEvent) -> None:
    """Or not."""
    assert_type(event.seq, int)


def plain(request: Request) -> Response:
    """What is answered instead."""
    return PlainTextResponse("")


@requires("analytics", service="counter", otherwise=plain)
async def endpoint(request: Request) -> Response:
    """A decorated endpoint keeps its type."""
    consent = consent_of(request)
    assert_type(consent, RequestConsent)
    assert_type(consent.allows("analytics"), bool)
    assert_type(consent.service("counter"), Verdict)
    assert_type(consent.choice, Choice | None)
    assert_type(consent.decided, bool)
    assert_type(granted("analytics")(request), RequestConsent)
    return PlainTextResponse("")


@requires("analytics")
class Endpoint(HTTPEndpoint):
    """So does a class."""


def decorated(request: Request) -> None:
    """Types survive the decorator."""
    assert_type(Endpoint, type[Endpoint])
