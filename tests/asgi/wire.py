"""One request, told message by message."""

from __future__ import annotations

import json
from typing import Any

from starlette.types import Message

from tests.asgi.visits import SAME_ORIGIN


class Wire:
    """A connection whose chunks and end are told by hand."""

    def __init__(self, *messages: Message, headers: dict[str, str] | None = None) -> None:
        self.messages = list(messages)
        self.sent: list[Message] = []
        told = {"content-type": "application/json", **SAME_ORIGIN, **(headers or {})}
        raw = [(name.encode(), value.encode()) for name, value in told.items()]
        self.scope: dict[str, Any] = {
            "type": "http",
            "method": "POST",
            "scheme": "https",
            "path": "/consent/choice",
            "query_string": b"",
            "headers": [(b"host", b"www.example.fr"), *raw],
        }

    @property
    def status(self) -> int:
        """Of the answer."""
        return int(self.sent[0]["status"])

    @property
    def answer(self) -> Any:
        """The JSON of the answer."""
        return json.loads(self.sent[1]["body"])

    @property
    def cookie(self) -> bytes:
        """What the answer sets, as a request sends it back; empty if nothing."""
        found = [value for name, value in self.sent[0]["headers"] if name == b"set-cookie"]
        return b"".join(value.partition(b";")[0] for value in found)

    async def receive(self) -> Message:
        return self.messages.pop(0)

    async def send(self, message: Message) -> None:
        self.sent.append(message)


def chunk(body: bytes, *, more: bool = True) -> Message:
    return {"type": "http.request", "body": body, "more_body": more}
