"""``/consent/frame``: one embed for one recorded click."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from httpx2 import Response

from consent.asgi import frame
from consent.log.memory import MemoryLog
from consent.record import Action, Interface
from tests.asgi.visits import NOW, SAME_ORIGIN, Visit
from tests.sites import SERVICES, site

FILM = "https://www.youtube.com/embed/abc?start=3"
CONFIG = site(services=({"use": "youtube"}, *SERVICES))
ONCE = {"action": "once", "service": "youtube", "embed": FILM, "interface": "placeholder"}
ALWAYS = {
    "action": "save",
    "keep": "1",
    "service": "youtube",
    "interface": "placeholder",
    "result": "frame",
    "next": "/page",
}
FRAMED = {"sec-fetch-dest": "iframe", "sec-fetch-site": "same-origin"}


class Clock:
    """Time that a test moves on."""

    now = NOW

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def visit(clock: Clock) -> Visit:
    return Visit(CONFIG, clock=clock)


def clicked(visit: Visit, **fields: str) -> str:
    """Where the placeholder's form leads to."""
    answer = visit.submit({**ONCE, **fields})
    assert answer.status_code == 303
    return answer.headers["location"]


def opened(visit: Visit, address: str, method: str = "GET", **headers: str) -> Response:
    return visit.client.request(method, address, headers=headers or FRAMED)


def test_a_click_opens_the_embed_and_nothing_else(visit: Visit) -> None:
    answer = opened(visit, clicked(visit))
    assert answer.status_code == 200
    assert f'<iframe src="{FILM}" title="YouTube"' in answer.text
    policy = answer.headers["content-security-policy"].split("; ")
    assert {
        "default-src 'none'",
        "frame-src https://www.youtube.com",
        "frame-ancestors 'self'",
    } <= set(policy)
    assert answer.headers["cache-control"] == "no-store"


def test_a_player_on_the_machine_itself_may_be_framed_without_tls() -> None:
    film = "http://film.localhost:8001/embed/abc"
    service = {"use": "youtube", "extra_hosts": ["film.localhost:8001"], "embeds": [{"url": film}]}
    visit = Visit(site(services=(service,)))
    answer = opened(visit, clicked(visit, embed=film))
    assert f'<iframe src="{film}"' in answer.text
    assert "frame-src http://film.localhost:8001;" in answer.headers["content-security-policy"]


def test_opening_once_is_recorded_and_changes_no_choice(visit: Visit) -> None:
    """design.md §2.4, and the visitor's cookie stays as it is and in force."""
    visit.send({"action": "save", "purposes": {"analytics": True}})
    before = visit.holds()
    answer = visit.submit(ONCE)
    assert "set-cookie" not in answer.headers
    assert "clear-site-data" not in answer.headers
    (_, record) = visit.log.records
    assert (record.action, record.interface) == (Action.ONCE, Interface.PLACEHOLDER)
    granted = {name for name, answer in record.services.items() if answer}
    assert (granted, set(record.purposes.values())) == ({"youtube"}, {False})
    assert before is not None
    assert (record.seq, record.subject == before.subject) == (1, False)
    assert visit.client.get("/consent/state").json()["purposes"]["analytics"] is True


def test_always_allowing_opens_in_place_and_is_kept(visit: Visit) -> None:
    address = clicked(visit, action="save", keep="1")
    choice = visit.holds()
    assert choice is not None
    assert dict(choice.services) == {"youtube": True}
    assert opened(visit, address).status_code == 200


def test_a_token_opens_once(visit: Visit) -> None:
    """Going back or loading again shows the placeholder again, which can be clicked again."""
    address = clicked(visit)
    assert opened(visit, address, "HEAD").status_code == 200
    assert opened(visit, address).status_code == 200
    again = opened(visit, address)
    assert again.status_code == 410
    assert f'name="embed" value="{FILM}"' in again.text
    assert "frame-ancestors 'self'" in again.headers["content-security-policy"]


@pytest.mark.parametrize(("seconds", "status"), [(20, 200), (21, 410), (-1, 410)])
def test_a_token_is_good_for_seconds(visit: Visit, clock: Clock, seconds: int, status: int) -> None:
    address = clicked(visit)
    clock.now = NOW + timedelta(seconds=seconds)
    assert opened(visit, address).status_code == status


@pytest.mark.parametrize(
    "headers",
    [
        {"sec-fetch-dest": "document", "sec-fetch-site": "same-origin"},
        {"sec-fetch-dest": "iframe", "sec-fetch-site": "cross-site"},
    ],
)
def test_it_opens_only_in_a_frame_of_the_site(visit: Visit, headers: dict[str, str]) -> None:
    assert opened(visit, clicked(visit), **headers).status_code == 410


@pytest.mark.parametrize("token", ["", "x", "WyJhIl0.x"])
def test_without_a_token_of_ours_nothing_opens(visit: Visit, token: str) -> None:
    answer = opened(visit, f"/consent/frame?token={token}")
    assert (answer.status_code, answer.json()["code"]) == (403, "no_token")


def test_a_token_of_another_site_or_form_opens_nothing(visit: Visit) -> None:
    other = Visit(site(url="https://other.example", services=({"use": "youtube"},)))
    assert opened(visit, clicked(other)).status_code == 403
    without = Visit(site())
    assert opened(without, clicked(visit)).status_code == 403


def test_while_too_many_are_fresh_no_other_opens(
    visit: Visit, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Forgetting one instead would let it open twice."""
    monkeypatch.setattr(frame, "MOST_USED", 1)
    assert opened(visit, clicked(visit)).status_code == 200
    assert opened(visit, clicked(visit)).status_code == 410
    clock.now = NOW + timedelta(minutes=1)
    assert opened(visit, clicked(visit)).status_code == 200


@pytest.mark.parametrize(
    "fields",
    [
        {"embed": "https://www.youtube.com/watch?v=abc"},
        {"embed": "https://evil.example/embed/abc"},
        {"embed": ""},
        {"service": ""},
        {"service": "-youtube"},
        {"service": "counter"},
        {"action": "accept_all"},
    ],
)
def test_what_no_pattern_allows_is_neither_recorded_nor_opened(
    visit: Visit, fields: dict[str, str]
) -> None:
    answer = visit.submit({**ONCE, **fields})
    assert (answer.status_code, visit.log.records) == (400, [])


def test_a_program_cannot_open_a_frame(visit: Visit) -> None:
    answer = visit.send({"action": "once", "services": {"youtube": True}})
    assert (answer.status_code, answer.json()["code"]) == (400, "unknown_embed")


@pytest.mark.parametrize("action", ["once", "save"])
def test_what_cannot_be_recorded_opens_nothing_and_says_so(action: str) -> None:
    """design.md §2.4."""
    answer = Visit(CONFIG, log=MemoryLog(fail_before=True)).submit({**ONCE, "action": action})
    assert (answer.status_code, "set-cookie" in answer.headers) == (503, False)
    assert answer.headers["retry-after"]
    assert 'role="alert"' in answer.text
    assert "frame-ancestors 'self'" in answer.headers["content-security-policy"]


def test_what_no_pattern_knows_is_allowed_in_the_frame_and_says_so(visit: Visit) -> None:
    answer = visit.submit(ALWAYS)
    assert (answer.status_code, "set-cookie" in answer.headers) == (200, True)
    assert 'role="status"' in answer.text
    assert 'href="/page" target="_top"' in answer.text
    assert "frame-ancestors 'self'" in answer.headers["content-security-policy"]


def test_what_no_pattern_knows_and_cannot_be_recorded_says_so_in_the_frame() -> None:
    answer = Visit(CONFIG, log=MemoryLog(fail_before=True)).submit(ALWAYS)
    assert (answer.status_code, "set-cookie" in answer.headers) == (503, False)
    assert 'role="alert"' in answer.text
    assert 'name="result" value="frame"' in answer.text


def test_a_form_of_no_single_service_is_not_answered_in_a_frame(visit: Visit) -> None:
    assert visit.submit({**ALWAYS, "service": ""}).status_code == 303


def test_another_site_opens_nothing(visit: Visit) -> None:
    """edges.md E1."""
    foreign = {**SAME_ORIGIN, "sec-fetch-site": "cross-site"}
    assert visit.submit(ONCE, headers=foreign).status_code == 403
