"""The choice in the site's endpoints, dependencies and templates."""

from __future__ import annotations

import inspect
from collections.abc import Awaitable, Callable
from functools import wraps
from typing import Any, TypeVar, cast

from starlette.concurrency import run_in_threadpool
from starlette.endpoints import HTTPEndpoint, WebSocketEndpoint
from starlette.exceptions import HTTPException, WebSocketException
from starlette.requests import HTTPConnection, Request
from starlette.websockets import WebSocket

from consent.asgi.state import RequestConsent
from consent.errors import MiddlewareMissing

T = TypeVar("T")
Alternative = Callable[[Any], Any]
"""An endpoint of the site's: takes the request (or websocket), returns what an endpoint returns."""

REFUSED = 403
POLICY_VIOLATION = 1008
"""Close code of a websocket (RFC 6455 §7.4.1)."""


def consent_of(connection: HTTPConnection) -> RequestConsent:
    """What the visitor of this request or websocket has chosen; a dependency for FastAPI, too.

    Raises:
        MiddlewareMissing: there is no ``ConsentMiddleware`` around this application.
    """
    found = getattr(connection.state, "consent", None)
    if not isinstance(found, RequestConsent):
        raise MiddlewareMissing("request.state.consent: no ConsentMiddleware is around this code")
    return found


def consent_context(request: Request) -> dict[str, Any]:
    """A context processor of ``Jinja2Templates``: ``consent.allows("analytics")`` in templates."""
    return {"consent": consent_of(request)}


def granted(*purposes: str, service: str = "") -> Callable[[HTTPConnection], RequestConsent]:
    """A dependency for FastAPI that answers 403 unless everything named is granted.

    Args:
        purposes: their ids; all of them.
        service: the id of a service that must be allowed on this page as well.
    """

    def dependency(connection: HTTPConnection) -> RequestConsent:
        if not _has(connection, purposes, service):
            raise _refusal(connection)
        return consent_of(connection)

    return dependency


def requires(
    *purposes: str, service: str = "", otherwise: Alternative | None = None
) -> Callable[[T], T]:
    """A decorator for endpoints that run only where everything named is granted.

    It is for functions, async or not, that have a parameter ``request`` or ``websocket``, for the
    methods of class-based endpoints, and for these classes themselves.

    Args:
        purposes: their ids; all of them.
        service: the id of a service that must be allowed on this page as well.
        otherwise: answers in place of the endpoint, so that refusing costs the visitor nothing
            else (P-02); async or not. Without it the answer is 403, or close code 1008.

    Raises:
        TypeError: what is decorated takes neither a request nor a websocket.
    """

    def decorate(endpoint: T) -> T:
        if inspect.isclass(endpoint):
            return cast(T, _class(endpoint, purposes, service, otherwise))
        return cast(T, _function(cast(Alternative, endpoint), purposes, service, otherwise))

    return decorate


def _function(
    endpoint: Callable[..., Any],
    purposes: tuple[str, ...],
    service: str,
    otherwise: Alternative | None,
) -> Callable[..., Awaitable[Any]]:
    names = list(inspect.signature(endpoint).parameters)
    name = next((name for name in names if name in ("request", "websocket")), None)
    if name is None:
        raise TypeError(f"{endpoint!r} has no parameter 'request' or 'websocket'")
    place = names.index(name)

    @wraps(endpoint)
    async def asking(*args: Any, **kwargs: Any) -> Any:
        connection = kwargs[name] if name in kwargs else args[place]
        if _has(connection, purposes, service):
            return await _called(endpoint, *args, **kwargs)
        return await _alternative(connection, otherwise)

    return asking


def _class(
    endpoint: type[Any], purposes: tuple[str, ...], service: str, otherwise: Alternative | None
) -> type[Any]:
    if not issubclass(endpoint, HTTPEndpoint | WebSocketEndpoint):
        raise TypeError(f"{endpoint!r} is not an endpoint of Starlette")

    async def dispatch(self: Any) -> None:
        if self.scope["type"] == "websocket":
            connection: HTTPConnection = WebSocket(self.scope, self.receive, self.send)
        else:
            connection = Request(self.scope, self.receive)
        if _has(connection, purposes, service):
            await endpoint.dispatch(self)
            return
        answer = await _alternative(connection, otherwise)
        if answer is not None:
            await answer(self.scope, self.receive, self.send)

    names = {"dispatch": dispatch, "__doc__": endpoint.__doc__, "__module__": endpoint.__module__}
    return type(endpoint.__name__, (endpoint,), names)


def _has(connection: HTTPConnection, purposes: tuple[str, ...], service: str) -> bool:
    consent = consent_of(connection)
    answers = [consent.allows(purpose) for purpose in purposes]
    return all(answers) and (not service or consent.service(service).allowed)


async def _alternative(connection: HTTPConnection, otherwise: Alternative | None) -> Any:
    if otherwise is None:
        raise _refusal(connection)
    return await _called(otherwise, connection)


async def _called(endpoint: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
    """As Starlette calls it: what is not async runs in a thread."""
    if inspect.iscoroutinefunction(endpoint):
        return await endpoint(*args, **kwargs)
    return await run_in_threadpool(endpoint, *args, **kwargs)


def _refusal(connection: HTTPConnection) -> Exception:
    if connection.scope["type"] == "websocket":
        return WebSocketException(POLICY_VIOLATION, "not consented to")
    return HTTPException(REFUSED, "not consented to")
