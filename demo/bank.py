"""The payment host at the end of an order. Not a tracker: the visitor navigates there to pay."""

from __future__ import annotations

from urllib.parse import urlencode, urlsplit

from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Host, Route, Router

from demo.addresses import Addresses
from demo.content import price
from demo.pages import TEMPLATES


def host(name: str, addresses: Addresses) -> Host:
    """The bank's own pages, on its own host name."""

    def is_shop(url: str) -> bool:
        """A bank returns payers to its customers, and nowhere else."""
        parts = urlsplit(url)
        ours = parts.port in (addresses.port, addresses.bare)
        return parts.scheme == "http" and ours and _loopback(parts.hostname or "")

    async def ask(request: Request) -> Response:
        back = request.query_params.get("retour", "")
        if not is_shop(back):
            return HTMLResponse("?", 400)
        amount = request.query_params.get("montant", "0")
        page = TEMPLATES.get_template("tracker/bank.html").render(
            order=request.query_params.get("commande", ""),
            back=back,
            amount=price(int(amount) if amount.isdecimal() else 0, "fr"),
        )
        return HTMLResponse(page, headers={"Cache-Control": "no-store"})

    async def pay(request: Request) -> Response:
        form = await request.form()
        back, order = str(form.get("retour", "")), str(form.get("commande", ""))
        if not is_shop(back):
            return HTMLResponse("?", 400)
        return RedirectResponse(f"{back}/merci?{urlencode({'commande': order})}", 303)

    routes = [Route("/payer", ask), Route("/confirmer", pay, methods=["POST"])]
    return Host(f"{name}.localhost", Router(routes))


def _loopback(hostname: str) -> bool:
    return hostname in ("127.0.0.1", "localhost") or hostname.endswith(".localhost")
