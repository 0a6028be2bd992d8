"""Basket and order: they work the same whatever the visitor answered (promises.md P-02, P-14)."""

from __future__ import annotations

import secrets
from typing import Any
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from demo.content import by_slug
from demo.pages import Pages
from demo.played import BANK
from demo.stage import Stage

FIELDS = ("name", "email", "address")
MOST = 9


class Basket:
    """Lives in the signed session cookie of the shop; no database."""

    def __init__(self, pages: Pages, stage: Stage) -> None:
        self._pages = pages
        self._stage = stage
        self._products = by_slug("products")

    def routes(self) -> list[Route]:
        return [
            Route("/panier", self.show),
            Route("/panier", self.add, methods=["POST"]),
            Route("/panier/retirer", self.remove, methods=["POST"]),
            Route("/commande", self.ask),
            Route("/commande", self.order, methods=["POST"]),
            Route("/merci", self.thanks),
        ]

    async def show(self, request: Request) -> Response:
        return self._pages.show(
            request,
            "shop/basket.html",
            lines=self._lines(request),
            total=self._total(request),
            cancelled="annule" in request.query_params,
        )

    async def add(self, request: Request) -> Response:
        slug, basket = await self._slug(request), request.session.get("basket", {})
        if slug in self._products:
            # Assigned, not changed in place: the session notices only its own keys.
            request.session["basket"] = {**basket, slug: min(basket.get(slug, 0) + 1, MOST)}
        return RedirectResponse("/panier", 303)

    async def remove(self, request: Request) -> Response:
        slug, basket = await self._slug(request), request.session.get("basket", {})
        request.session["basket"] = {each: basket[each] for each in basket if each != slug}
        return RedirectResponse("/panier", 303)

    async def ask(self, request: Request) -> Response:
        return self._form(request, dict.fromkeys(FIELDS, ""))

    async def order(self, request: Request) -> Response:
        """POST → 303 → bank, as payment pages do."""
        form = await request.form()
        given = {field: str(form.get(field, "")).strip() for field in FIELDS}
        if not all(given.values()) or not self._lines(request):
            return self._form(request, given, 422)
        number = f"CE-{secrets.randbelow(10**6):06}"
        request.session["order"] = number
        home = str(request.base_url).rstrip("/")
        query = urlencode({"commande": number, "montant": self._total(request), "retour": home})
        return RedirectResponse(f"{self._stage.addresses.tracker(BANK)}/payer?{query}", 303)

    async def thanks(self, request: Request) -> Response:
        order = request.session.get("order")
        if order is None or request.query_params.get("commande") != order:
            return RedirectResponse("/panier", 303)
        request.session.pop("basket", None)
        return self._pages.show(request, "shop/thanks.html", order=order)

    def _form(self, request: Request, given: dict[str, str], status: int = 200) -> Response:
        if not self._lines(request):
            return RedirectResponse("/panier", 303)
        missing = [field for field in FIELDS if not given[field]] if status != 200 else []
        total = self._total(request)
        return self._pages.show(
            request, "shop/order.html", status, given=given, missing=missing, total=total
        )

    def _lines(self, request: Request) -> list[dict[str, Any]]:
        return [
            {"product": product, "quantity": quantity, "price": product["price"] * quantity}
            for slug, quantity in request.session.get("basket", {}).items()
            if (product := self._products.get(slug))
        ]

    def _total(self, request: Request) -> int:
        return sum(line["price"] for line in self._lines(request))

    async def _slug(self, request: Request) -> str:
        return str((await request.form()).get("slug", ""))
