"""``GET /consent/receipt``: the proof of the visitor's own choice, to be kept by the visitor."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from consent.asgi import replies
from consent.asgi.hooks import kept_in
from consent.config import ConsentConfig
from consent.errors import LogUnavailable, RequestRefused
from consent.export.dpv import Facts
from consent.export.receipt import Receipt, receipt
from consent.log import ProofLog
from consent.model import Choice
from consent.record import Record

PROOF = "proof"
"""Value of ``as`` that asks for the ``.tlog-proof`` file alone."""


class Receipts:
    """The receipts of one site."""

    def __init__(self, config: ConsentConfig, log: ProofLog) -> None:
        self._site = config.site.url
        self._log = kept_in(log)

    async def give(self, request: Request, choice: Choice | None, prefix: str) -> Response:
        """Of the newest record, or of the one that ``record`` names; of nobody else's, ever.

        Args:
            choice: the visitor's, from the cookie.
            prefix: what our addresses start with.
        """
        try:
            record = await self._own(choice, request.query_params.get("record"))
            found = await receipt(self._log, record, Facts(f"{self._site}{prefix}"))
            return _download(found, as_proof=request.query_params.get("as") == PROOF)
        except RequestRefused as refused:
            return replies.problem(refused)
        except LogUnavailable:
            down = RequestRefused(503, "log_unavailable", "the log cannot be read now")
            response = replies.problem(down)
            response.headers["retry-after"] = replies.RETRY_AFTER
            return response

    async def _own(self, choice: Choice | None, name: str | None) -> Record:
        found = None
        if choice is not None:
            async for record in self._log.read(subject=choice.subject):
                found = record if name in (None, record.id) else found
        if found is None:
            raise RequestRefused(404, "no_receipt", "there is no such record of yours")
        return found


def _download(found: Receipt, *, as_proof: bool) -> Response:
    if as_proof and found.proof is None:
        raise RequestRefused(404, "no_proof", "not in the tree; try again in a few seconds")
    body, media_type, suffix = (
        (found.proof, "text/plain", "tlog-proof")
        if as_proof
        else (str(found), "application/ld+json", "jsonld")
    )
    file = f'attachment; filename="consent-{found.record.id}.{suffix}"'
    return Response(body, 200, {**replies.PRIVATE, "content-disposition": file}, media_type)
