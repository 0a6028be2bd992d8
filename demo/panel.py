"""The strip above each page: what reached the third parties since its visitor came, both sides."""

from __future__ import annotations

from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from demo.counter import Side, Traffic
from demo.paths import local_path
from demo.played import ALL, UNKNOWN, Played
from demo.stage import Stage

SIDES = (Side.WITH, Side.WITHOUT)


def arrival(request: Request, stage: Stage) -> int:
    """Where the count begins for this visitor: what others made the trackers receive is not his."""
    return int(request.session.setdefault("since", stage.counts.now))


def tally(stage: Stage, lang: str, since: int) -> dict[str, Any]:
    """The counts of one site as the page and its script show them."""
    traffic = {side: Traffic(stage.site, side) for side in SIDES}
    of = {side: stage.counts.of(traffic[side], since) for side in SIDES}
    pages = {side.value: stage.counts.pages(traffic[side], since) for side in SIDES}
    titles = {each.id: each.title[lang] for each in stage.config.purposes}
    shown = [each for each in ALL if each.purpose in titles and _declared(stage, each)]
    if any(counts[UNKNOWN.service] for counts in of.values()):
        shown.append(UNKNOWN)

    def row(id_: str, name: str, members: list[Played]) -> dict[str, Any]:
        sums = {side.value: sum(of[side][each.service] for each in members) for side in SIDES}
        return {"id": id_, "name": name, **sums}

    services = [
        {**row(each.service, each.name, [each]), "purpose": titles.get(each.purpose, "?")}
        for each in shown
    ]
    purposes = [
        row(id_, title, members)
        for id_, title in titles.items()
        if (members := [each for each in shown if each.purpose == id_])
    ]
    totals = {side.value: of[side].total() for side in SIDES}
    return {
        "services": services,
        "purposes": purposes,
        "totals": totals,
        "pages": pages,
        "since": since,
    }


def _declared(stage: Stage, played: Played) -> bool:
    return any(service.id == played.service for service in stage.config.services)


def routes(stage: Stage) -> list[Route]:
    """The strip's own addresses, on the site itself: looking at the counts contacts nobody."""

    async def counts(request: Request) -> Response:
        counted = tally(stage, "fr", arrival(request, stage))
        return JSONResponse(counted, headers={"Cache-Control": "no-store"})

    async def reset(request: Request) -> Response:
        request.session["since"] = stage.counts.now
        form = await request.form()
        return RedirectResponse(local_path(form.get("next")), 303)

    async def come_over(request: Request) -> Response:
        """From the other side, whose cookies are not ours: the count goes on."""
        since = request.query_params.get("since", "")
        if since.isdecimal():
            request.session["since"] = min(int(since[:9]), stage.counts.now)
        return RedirectResponse(local_path(request.query_params.get("next")), 303)

    return [
        Route("/demo/counts", counts),
        Route("/demo/here", come_over),
        Route("/demo/reset", reset, methods=["POST"]),
    ]
