"""A time-stamping authority (RFC 3161): that a checkpoint was there at a time, signed by it.

It compares nothing, but what it has signed cannot be dated back. The answer is kept as it came:
``openssl ts -verify`` reads it, with the note as data.
"""

from __future__ import annotations

from hashlib import sha256
from typing import Any

from consent.errors import WitnessUnavailable
from consent.witness import TIMESTAMP, History, Signed
from consent.witness.web import post

_GRANTED = 0


class Authority:
    """See ``Witness``; needs the extra ``timestamp``."""

    kind = TIMESTAMP

    def __init__(self, url: str) -> None:
        self.name = url

    async def attest(self, new: Signed, last: int, history: History) -> bytes:
        """The answer to a request for the SHA-256 of the note, in DER."""
        client = _client()
        builder = client.TimestampRequestBuilder(hash_algorithm=client.HashAlgorithm.SHA256)
        request = builder.data(new.note.encode()).build()
        answer = await post(self.name, request.as_bytes(), "application/timestamp-query")
        if answer.status != 200:
            raise WitnessUnavailable(f"it answers with status {answer.status}")
        try:
            reply = client.decode_timestamp_response(answer.body)
            granted = reply.status == _GRANTED
            stamp = reply.tst_info if granted else None
        except ValueError as error:
            raise WitnessUnavailable(f"it does not answer by RFC 3161: {error}") from error
        if stamp is None:
            raise WitnessUnavailable(f"it refuses: {reply.status_string}")
        digest = sha256(new.note.encode()).digest()
        if stamp.message_imprint.message != digest or stamp.nonce != request.nonce:
            raise WitnessUnavailable("it answers to another request")
        return answer.body


def _client() -> Any:
    try:
        import rfc3161_client
    except ImportError as error:
        raise WitnessUnavailable("time stamps need asgi-consent[timestamp]") from error
    return rfc3161_client
