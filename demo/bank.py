"""The payment host at the end of an order. Not a tracker: the visitor navigates there to pay."""

from __future__ import annotations

import re
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Host, Route, Router

from demo.addresses import Addresses
from demo.content import price
from demo.pages import TEMPLATES


class Bank:
    """Takes a visitor, an amount and a way back, as payment pages do."""

    def __init__(self, addresses: Addresses) -> None:
        ports = f"{addresses.port}|{addresses.bare}"
        # A bank returns payers to its customers, and nowhere else.
        self._customer = re.compile(rf"http://(?:127\.0\.0\.1|(?:[a-z-]+\.)*localhost):(?:{ports})")

    async def ask(self, request: Request) -> Response:
        """The page on which the visitor would type a card number."""
        given = request.query_params
        if not self._customer.fullmatch(back := given.get("retour", "")):
            return HTMLResponse("?", 400)
        amount = given.get("montant", "")
        page = TEMPLATES.get_template("tracker/bank.html").render(
            order=given.get("commande", ""),
            back=back,
            amount=price(int(amount) if amount.isdecimal() else 0, "fr"),
        )
        return HTMLResponse(page, headers={"Cache-Control": "no-store"})

    async def pay(self, request: Request) -> Response:
        """POST → 303 → the shop's thanks."""
        form = await request.form()
        back, order = str(form.get("retour", "")), str(form.get("commande", ""))
        if not self._customer.fullmatch(back):
            return HTMLResponse("?", 400)
        return RedirectResponse(f"{back}/merci?{urlencode({'commande': order})}", 303)


def host(name: str, addresses: Addresses) -> Host:
    """The bank's own pages, on its own host name."""
    bank = Bank(addresses)
    routes = [Route("/payer", bank.ask), Route("/confirmer", bank.pay, methods=["POST"])]
    return Host(f"{name}.localhost", Router(routes))
