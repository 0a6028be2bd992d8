"""Stands before a site, as a proxy does: writes down what passes, and can lose cookies."""

from __future__ import annotations

from dataclasses import dataclass, field

from starlette.types import ASGIApp, Message, Receive, Scope, Send


@dataclass
class Watched:
    """An application, and what was asked of it and answered."""

    app: ASGIApp
    forgetful: bool = False
    """Whether no cookie gets through, as to a browser that keeps none."""
    asked: list[str] = field(default_factory=list)
    """``GET /path``, in order."""
    cookies: list[str] = field(default_factory=list)
    """The values of ``Set-Cookie``, as they came."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on."""

        async def watch(message: Message) -> None:
            if message["type"] == "http.response.start":
                message = {**message, "headers": self._passed(message["headers"])}
            await send(message)

        self.asked.append(f"{scope['method']} {scope['path']}")
        await self.app(scope, receive, watch)

    def _passed(self, headers: list[tuple[bytes, bytes]]) -> list[tuple[bytes, bytes]]:
        is_cookie = [name == b"set-cookie" for name, _ in headers]
        pairs = list(zip(headers, is_cookie, strict=True))
        self.cookies += [value.decode("latin-1") for (_, value), cookie in pairs if cookie]
        return [header for header, cookie in pairs if not (cookie and self.forgetful)]
