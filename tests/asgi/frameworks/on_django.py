"""The shop on Django, by its ASGI handler; it has no websockets of its own."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import django
from asgiref.sync import async_to_sync
from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse, StreamingHttpResponse
from django.urls import path
from django.views.decorators.csrf import csrf_exempt
from django.views.static import serve
from starlette.types import ASGIApp

from consent import record_form
from tests.asgi.exchange import PAGE
from tests.asgi.frameworks import BOX, OWN, PIECES, TRACKING


def page(request: HttpRequest) -> HttpResponse:
    return HttpResponse(PAGE)


def stream(request: HttpRequest) -> StreamingHttpResponse:
    async def pieces() -> AsyncIterator[bytes]:
        for piece in PIECES:
            yield piece

    return StreamingHttpResponse(pieces())


def cookies(request: HttpRequest) -> HttpResponse:
    answer = JsonResponse(sorted(request.COOKIES), safe=False)
    answer.set_cookie(TRACKING, "1")
    answer.set_cookie(OWN, "1")
    return answer


async def asked(request: Any) -> HttpResponse:
    return JsonResponse(request.scope["state"]["consent"].allows("analytics"), safe=False)


@csrf_exempt  # type: ignore[untyped-decorator]
def form(request: HttpRequest) -> HttpResponse:
    """Not async, as most of Django's views."""
    record = async_to_sync(record_form)(request, checked=True, **BOX)
    return JsonResponse(record.id, safe=False)


def failing(request: HttpRequest) -> HttpResponse:
    raise ZeroDivisionError


def static(request: HttpRequest, name: str) -> Any:
    return serve(request, name, document_root=settings.SHOP_FOLDER)


urlpatterns = [
    path("", page),
    path("stream", stream),
    path("cookies", cookies),
    path("asked", asked),
    path("form", form),
    path("failing", failing),
    path("static/<path:name>", static),
]


def app(folder: str) -> ASGIApp:
    if not settings.configured:
        settings.configure(
            ROOT_URLCONF=__name__, ALLOWED_HOSTS=["www.example.fr"], SECRET_KEY="s", SHOP_FOLDER=""
        )
        django.setup()
    from django.core.asgi import get_asgi_application

    settings.SHOP_FOLDER = folder
    made: ASGIApp = get_asgi_application()
    return made
