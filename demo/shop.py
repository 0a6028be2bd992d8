"""The shop: a plain Starlette application that knows nothing of consent."""

from __future__ import annotations

import secrets

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.sessions import SessionMiddleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from demo import panel
from demo.basket import Basket
from demo.content import HERE, by_slug
from demo.pages import Pages
from demo.stage import Stage

SIGNING_KEY = secrets.token_hex()


class Shop:
    """Its pages, for one side."""

    def __init__(self, stage: Stage) -> None:
        self.pages = Pages(stage, "words", "logo.svg")
        self._products = by_slug("products")
        self._articles = by_slug("articles")

    async def home(self, request: Request) -> Response:
        return self.pages.show(
            request,
            "shop/home.html",
            products=list(self._products.values()),
            articles=list(self._articles.values()),
        )

    async def instruments(self, request: Request) -> Response:
        products = list(self._products.values())
        return self.pages.show(request, "shop/instruments.html", products=products)

    async def product(self, request: Request) -> Response:
        product = self._products.get(request.path_params["slug"])
        if product is None:
            return await self.lost(request)
        others = [each for each in self._products.values() if each is not product][:3]
        return self.pages.show(request, "shop/product.html", product=product, others=others)

    async def journal(self, request: Request) -> Response:
        articles = list(self._articles.values())
        return self.pages.show(request, "shop/journal.html", articles=articles)

    async def article(self, request: Request) -> Response:
        article = self._articles.get(request.path_params["slug"])
        if article is None:
            return await self.lost(request)
        return self.pages.show(request, "shop/article.html", article=article)

    async def visit(self, request: Request) -> Response:
        return self.pages.show(request, "shop/visit.html")

    async def privacy(self, request: Request) -> Response:
        return self.pages.show(request, "shop/privacy.html")

    async def lost(self, request: Request, _error: Exception | None = None) -> Response:
        return self.pages.show(request, "shop/lost.html", 404)


def build(stage: Stage) -> Starlette:
    """The shop as an application, without any middleware of ours."""
    shop = Shop(stage)
    return Starlette(
        routes=[
            Route("/", shop.home),
            Route("/instruments", shop.instruments),
            Route("/instruments/{slug}", shop.product),
            Route("/carnet", shop.journal),
            Route("/carnet/{slug}", shop.article),
            Route("/nous-trouver", shop.visit),
            Route("/confidentialite", shop.privacy),
            Route("/favicon.ico", shop.pages.icon),
            Route("/langue", shop.pages.set_language, methods=["POST"]),
            *Basket(shop.pages, stage).routes(),
            *panel.routes(stage),
            Mount("/static", StaticFiles(directory=HERE / "static")),
        ],
        middleware=[
            # No max_age: the basket is gone when the browser closes (a session cookie).
            Middleware(SessionMiddleware, secret_key=SIGNING_KEY, max_age=None)
        ],
        exception_handlers={404: shop.lost},
    )
