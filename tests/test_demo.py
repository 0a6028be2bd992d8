"""The demo keeps what it shows: same pages either way, an order that works, an honest count."""

from __future__ import annotations

import json
import re
import socket
import sqlite3
from collections.abc import Callable
from contextlib import closing
from html import unescape
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from consent.log.sql import SqlLog
from consent.policy import Policy
from demo import played, settings
from demo.__main__ import TAKEN, kept_secret, listen, main
from demo.addresses import Addresses
from demo.app import Demo
from demo.content import by_slug
from demo.counter import Side, Traffic
from demo.paths import local_path
from demo.tracker import traffic_of

PAGES = (
    "/",
    "/instruments",
    "/carnet",
    "/nous-trouver",
    "/confidentialite",
    "/panier",
    *(f"/instruments/{slug}" for slug in by_slug("products")),
    *(f"/carnet/{slug}" for slug in by_slug("articles")),
    "/instruments/none",
    "/carnet/none",
    "/none",
)
COMPANY_PAGES = (
    "/",
    "/services",
    "/contact",
    "/inscription",
    "/paiement",
    "/confidentialite",
    "/none",
)
FORM = {"name": "Ada", "email": "ada@example.fr", "address": "1 rue de la Paix"}
LOAD = re.compile(r'<(?:script|iframe|img|link)\b[^>]*\s(?:src|href)="?http://[^"]*localhost:8001')

Visit = Callable[..., TestClient]


@pytest.fixture
def demo(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Demo:
    monkeypatch.setenv("CONSENT_SECRET", "a secret that only this test knows, long enough")
    # What a busy machine's log does not confirm in two seconds is answered otherwise.
    defaults = SqlLog.of.__kwdefaults__ or {}
    monkeypatch.setitem(defaults, "deadline", 60.0)
    return Demo(log=f"sqlite:///{tmp_path / 'demo.db'}")


@pytest.fixture
def visit(demo: Demo) -> Visit:
    """A browser at one copy of a site; it sends no ``Sec-Fetch-Site``, so it names its origin."""

    def open_(site: str = "boutique", *, protected: bool = True, lang: str = "fr") -> TestClient:
        url = demo.url(site, protected=protected)
        headers = {"accept-language": lang, "origin": url}
        return TestClient(demo, base_url=url, headers=headers)

    return open_


def refuse(client: TestClient) -> TestClient:
    assert client.post("/consent/choice", json={"action": "refuse_all"}).status_code == 200
    return client


def accept(client: TestClient) -> TestClient:
    assert client.post("/consent/choice", json={"action": "accept_all"}).status_code == 200
    return client


def proven(demo: Demo) -> list[tuple[str, bool]]:
    """What the log has of forms, in order."""
    with closing(sqlite3.connect(demo.log.removeprefix("sqlite:///"))) as database:
        rows = database.execute("SELECT body FROM record ORDER BY id")
        bodies = [json.loads(body) for (body,) in rows]
    return [pair for body in bodies for pair in body["purposes"].items()]


@pytest.mark.parametrize("path", PAGES)
def test_every_page_has_one_status_undecided_refused_accepted_and_bare(
    visit: Visit, path: str
) -> None:
    """promises.md P-02."""
    visitors = (visit(), refuse(visit()), accept(visit()), visit(protected=False))
    assert len({each.get(path).status_code for each in visitors}) == 1


@pytest.mark.parametrize("site", settings.FILES)
@pytest.mark.parametrize("lang", ["fr", "en"])
def test_every_page_exists_in_both_languages(visit: Visit, site: str, lang: str) -> None:
    client = visit(site, lang=lang)
    for path in PAGES if site == "boutique" else COMPANY_PAGES:
        assert f'<html lang="{lang}"' in client.get(path).text


def test_the_language_that_was_chosen_wins_over_that_of_the_browser(visit: Visit) -> None:
    client = visit(lang="fr")
    answer = client.post("/langue", data={"lang": "en", "next": "/carnet"})
    assert answer.url.path == "/carnet"
    assert '<html lang="en"' in answer.text


def test_a_page_before_the_choice_loads_nothing_from_a_tracker(visit: Visit) -> None:
    for path in PAGES:
        assert not LOAD.search(visit().get(path).text), path


def test_the_same_page_loads_from_trackers_once_they_are_accepted(visit: Visit) -> None:
    assert LOAD.search(accept(visit()).get("/").text)


def test_the_bare_side_has_the_trackers_and_no_banner(visit: Visit) -> None:
    page = visit(protected=False).get("/").text
    assert LOAD.search(page)
    assert "data-consent" not in page


@pytest.mark.parametrize("decide", [refuse, accept, lambda client: client])
def test_an_order_works_whatever_was_answered(
    visit: Visit, decide: Callable[[TestClient], TestClient]
) -> None:
    """promises.md P-14: basket, POST → 303 → bank → 303 → thanks."""
    client = decide(visit())
    client.post("/panier", data={"slug": "altair-130"})
    sent = client.post("/commande", data=FORM, follow_redirects=False)
    assert sent.status_code == 303
    bank = client.get(sent.headers["location"])
    assert "349,00" in bank.text
    fields = dict(re.findall(r'name="(commande|retour)" value="([^"]*)"', bank.text))
    thanks = client.post(f"{bank.url.copy_with(path='/confirmer', query=b'')}", data=fields)
    assert (thanks.url.path, thanks.status_code) == ("/merci", 200)
    assert fields["commande"] in thanks.text


def test_an_incomplete_order_says_what_is_missing(visit: Visit) -> None:
    client = visit()
    client.post("/panier", data={"slug": "carnet"})
    answer = client.post("/commande", data={**FORM, "address": " "})
    assert answer.status_code == 422
    assert "Adresse de livraison" in answer.text


def test_an_empty_basket_cannot_be_ordered(visit: Visit) -> None:
    assert visit().post("/commande", data=FORM).url.path == "/panier"


def test_thanks_are_for_those_who_ordered(visit: Visit) -> None:
    assert visit().get("/merci?commande=CE-000000").url.path == "/panier"


def test_what_is_removed_from_the_basket_is_gone(visit: Visit) -> None:
    client = visit()
    client.post("/panier", data={"slug": "selene"})
    client.post("/panier", data={"slug": "carnet"})
    left = client.post("/panier/retirer", data={"slug": "selene"}).text
    assert ("instruments/selene" in left, "instruments/carnet" in left) == (False, True)


def test_the_bank_returns_payers_to_the_shop_only(visit: Visit, demo: Demo) -> None:
    bank = demo.addresses.tracker(played.BANK)
    for back in ("http://evil.example:8000", "http://a@127.0.0.1:8000.evil.example", "//x", ""):
        assert visit().get(f"{bank}/payer", params={"retour": back}).status_code == 400
        assert visit().post(f"{bank}/confirmer", data={"retour": back}).status_code == 400


@pytest.mark.parametrize("host", [played.BANK, *played.PAYERS])
def test_who_takes_a_payment_is_not_counted_as_a_tracker(
    visit: Visit, demo: Demo, host: str
) -> None:
    visit().get(f"{demo.addresses.tracker(host)}/payer")
    assert not demo.counts.requests


@pytest.mark.parametrize("site", settings.FILES)
def test_the_configurations_load_without_a_warning(demo: Demo, site: str) -> None:
    assert demo.configs[site].warnings == ()


@pytest.mark.parametrize(("host", "path", "owner"), played.HOSTS)
def test_the_count_and_the_catalogue_agree_on_whose_a_host_is(
    demo: Demo, host: str, path: str, owner: played.Played
) -> None:
    """The count has a table of its own, so that a gap in the catalogue cannot hide from it."""
    ruling = Policy(demo.configs["boutique"]).ruling(None, origin="", path="/")
    verdict = ruling.url(demo.addresses.tracker(host) + path)
    assert (verdict.service, verdict.purpose) == (owner.service, owner.purpose)


def test_customer_labs_lists_its_three_cookies_with_their_lifetimes(visit: Visit) -> None:
    """promises.md P-06."""
    page = visit("customer-labs").get("/consent/policy").text
    for name in ("session", "eu-consent", "langue"):
        assert re.search(rf"\b{name}\b", page)
    assert "6 mois" in page


def test_customer_labs_sets_no_other_cookie_of_its_own(visit: Visit) -> None:
    client = accept(visit("customer-labs"))
    client.post("/contact", data={"name": "A", "email": "a@b.c", "phone": "1", "message": "?"})
    client.post("/langue", data={"lang": "en"})
    assert set(client.cookies) <= {"session", "eu-consent", "langue"}


def test_customer_labs_asks_by_purpose_and_names_the_controller(visit: Visit) -> None:
    """promises.md P-01 and P-03."""
    page = visit("customer-labs").get("/").text
    assert "Customer Labs SAS" in page
    assert "Mesure d’audience" in page


@pytest.mark.parametrize("site", ["boutique", "petites-stars"])
def test_the_icon_is_where_browsers_ask_for_one(visit: Visit, site: str) -> None:
    """Pages of the middleware name none."""
    answer = visit(site).get("/favicon.ico")
    assert (answer.status_code, answer.headers["content-type"]) == (200, "image/svg+xml")


@pytest.mark.parametrize("site", ["petites-stars", "la-malle"])
def test_a_site_with_exempt_cookies_only_shows_no_banner_but_its_policy(
    visit: Visit, site: str
) -> None:
    """promises.md P-17: only a session cookie, so there is nothing to ask."""
    client = visit(site)
    assert "/consent/choice" not in client.get("/").text
    assert set(client.cookies) == {"session"}
    assert "session" in client.get("/consent/policy").text
    assert client.get("/consent/preferences").url.path == "/consent/policy"


@pytest.mark.parametrize("site", ["claire-smati", "petite-and-so-what"])
def test_payment_is_contacted_where_the_visitor_pays_and_nowhere_else(
    visit: Visit, demo: Demo, site: str
) -> None:
    """promises.md P-16: necessary there, whatever was answered."""
    for client in (visit(site), refuse(visit(site)), accept(visit(site))):
        assert LOAD.findall(client.get("/paiement").text)
    rule = Policy(demo.configs[site])
    stripe = demo.addresses.tracker("js.stripe.com") + "/v3/"
    acts = {
        path: rule.ruling(None, origin="", path=path).url(stripe).allowed
        for path in ("/", "/paiement")
    }
    assert acts == {"/": False, "/paiement": True}


@pytest.mark.parametrize("site", ["claire-smati", "petite-and-so-what"])
def test_advertising_is_off_until_it_is_granted(visit: Visit, site: str) -> None:
    """promises.md P-15."""
    pixel = "<script>\n!function(f,b,e,v,n,t,s)"
    pages = [
        client.get("/").text for client in (visit(site), refuse(visit(site)), accept(visit(site)))
    ]
    assert [pixel in page for page in pages] == [False, False, True]


def test_a_newsletter_is_proven_and_left_with_one_click(visit: Visit, demo: Demo) -> None:
    """promises.md P-18 and P-22: voluntary, ended at once, nothing to do with cookies; nobody
    registers without having read the policy.
    """
    client = visit("la-malle")
    boxes = {"email": "ada@example.fr", "newsletter": "on"}
    assert client.post("/inscription", data=boxes).status_code == 422
    boxes["privacy-read"] = "on"
    assert "Vous recevez la lettre" in client.post("/inscription", data=boxes).text
    assert "Vous ne recevez pas" in client.post("/desinscription").text
    given = [("privacy-read", True), ("newsletter", True), ("newsletter", False)]
    assert proven(demo) == given


@pytest.mark.parametrize(
    ("page", "traffic"),
    [
        ("http://127.0.0.1:8000/", Traffic("boutique", Side.WITH)),
        ("http://localhost:8002/carnet", Traffic("boutique", Side.WITHOUT)),
        ("http://customer-labs.localhost:8000/", Traffic("customer-labs", Side.WITH)),
        ("http://sans.customer-labs.localhost:8002/", Traffic("customer-labs", Side.WITHOUT)),
        ("http://example.fr/", Traffic("boutique", Side.UNKNOWN)),
        ("", Traffic("boutique", Side.UNKNOWN)),
    ],
)
def test_a_request_is_counted_for_the_page_that_made_it(page: str, traffic: Traffic) -> None:
    assert traffic_of(page, Addresses(), "boutique") == traffic


def test_what_a_tracker_loads_is_counted_for_the_page_that_loaded_the_tracker(
    visit: Visit, demo: Demo
) -> None:
    film = f"{demo.addresses.tracker('www.youtube.com')}/embed/x"
    page = visit().get(film, headers={"referer": demo.url("boutique", protected=False) + "/"})
    still = re.search(r'src="(http://i\.ytimg\.com[^"]*)"', page.text)
    assert still is not None
    visit().get(still[1])
    assert demo.counts.of(Traffic("boutique", Side.WITHOUT)) == {"youtube": 2}


def test_nobody_can_make_up_a_site_to_be_counted(visit: Visit, demo: Demo) -> None:
    visit().get(f"{demo.addresses.tracker('i.ytimg.com')}/vi/x?demo=with.made-up")
    assert {traffic.site for traffic in demo.counts.requests} == {"boutique"}


def test_a_request_that_nobody_was_known_for_is_counted_too(visit: Visit, demo: Demo) -> None:
    client = visit(protected=False)
    client.get("/")
    client.get(demo.addresses.tracker("new.tracker.example"))
    counts = client.get("/demo/counts").json()
    assert counts["services"][-1]["without"] == counts["totals"]["without"] == 1


def test_a_visitor_is_shown_what_came_since_he_did(visit: Visit, demo: Demo) -> None:
    """What an earlier visitor accepted would look like a leak to the next one."""
    demo.counts.request(Traffic("boutique", Side.WITH), "youtube")
    client = visit()
    assert totals(client)["with"] == 0
    demo.counts.request(Traffic("boutique", Side.WITH), "youtube")
    assert totals(client)["with"] == 1
    assert totals(visit())["with"] == 0


def test_the_reset_button_starts_again_for_its_visitor_and_leads_back(
    visit: Visit, demo: Demo
) -> None:
    client, other = visit(), visit()
    assert totals(client) == totals(other) == {"with": 0, "without": 0}
    demo.counts.request(Traffic("boutique", Side.WITH), "youtube")
    assert client.post("/demo/reset", data={"next": "/carnet"}).url.path == "/carnet"
    assert (totals(client)["with"], totals(other)["with"]) == (0, 1)


def test_the_link_to_the_other_side_takes_the_count_along(visit: Visit, demo: Demo) -> None:
    client = visit()
    client.get("/carnet")
    demo.counts.request(Traffic("boutique", Side.WITH), "youtube")
    link = re.search(r'class="panel-other" href="([^"]*)"', client.get("/carnet").text)
    assert link is not None
    arrived = visit(protected=False).get(unescape(link[1]))
    assert (arrived.url.path, 'data-total="with" class="some">1<' in arrived.text) == (
        "/carnet",
        True,
    )


@pytest.mark.parametrize("since", ["", "-1", "x", "9" * 5000])
def test_a_made_up_start_of_the_count_breaks_nothing(visit: Visit, since: str) -> None:
    client = visit()
    assert client.get("/demo/here", params={"since": since}).status_code == 200
    assert totals(client) == {"with": 0, "without": 0}


def totals(client: TestClient) -> dict[str, int]:
    counts: dict[str, int] = client.get("/demo/counts").json()["totals"]
    return counts


@pytest.mark.parametrize("given", ["//x", "/\\x", "https://x", "x", "", None, "/a b", "/\n"])
def test_a_form_leads_to_this_site_only(given: str | None) -> None:
    assert local_path(given) == "/"


def test_a_taken_port_is_refused_politely(capsys: pytest.CaptureFixture[str]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        assert main(["--port", str(port)]) == TAKEN
    assert f"PORT={port + 100}" in capsys.readouterr().err


def test_a_secret_is_made_once_and_nobody_else_may_read_it(tmp_path: Path) -> None:
    """Another one could read no cookie of the last run, and not go on with its log."""
    file = tmp_path / "demo.secret"
    secret = kept_secret(file)
    assert len(secret) >= 32
    assert kept_secret(file) == secret
    assert file.stat().st_mode & 0o077 == 0


def test_a_demo_that_cannot_have_all_ports_takes_none() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        addresses = Addresses(taken.getsockname()[1] - 1)
        with pytest.raises(OSError, match="in use"):
            listen(addresses)
        socket.create_server(("127.0.0.1", addresses.port)).close()
