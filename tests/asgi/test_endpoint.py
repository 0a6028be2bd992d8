"""The other paths: state, preferences, policy, assets."""

from __future__ import annotations

import re

import pytest
from starlette.requests import Request

from consent.asgi.language import wanted_languages
from tests.asgi.visits import Visit
from tests.sites import SERVICES, service, site

PAGES = ["/consent/preferences", "/consent/policy", "/consent/mine"]
READ_ONLY = [*PAGES[:2], "/consent/state"]


class TestState:
    def test_before_any_choice_everything_is_undecided(self) -> None:
        state = Visit().client.get("/consent/state").json()
        assert state["decided"] is False
        assert state["purposes"] == {"analytics": None, "marketing": None}
        assert (state["subject"], state["expires_at"], state["seq"]) == (None, None, None)

    def test_after_a_choice_it_says_the_same_as_the_answer_to_it(self) -> None:
        visit = Visit()
        said = visit.send({"action": "save", "services": {"pixel": True}}).json()
        del said["recorded"]
        assert visit.client.get("/consent/state").json() == said

    def test_a_site_without_anything_to_ask_is_decided(self) -> None:
        """P-17."""
        till = service("till", "necessary", exempt_reason="payment")
        state = Visit(site(services=(till,))).client.get("/consent/state").json()
        assert (state["decided"], state["purposes"]) == (True, {})

    def test_a_new_purpose_is_undecided_and_the_others_stay(self) -> None:
        """C14."""
        visit = Visit()
        visit.send({"action": "accept_all"})
        asks_more = site(services=(*SERVICES, service("share", "social")))
        later = Visit(asks_more, log=visit.log)
        later.client.cookies = visit.client.cookies
        state = later.client.get("/consent/state").json()
        assert state["decided"] is False
        assert state["purposes"] == {"analytics": True, "marketing": True, "social": None}


class TestNothingAsked:
    """P-17: no choice is offered, and none is set, which no policy page would list."""

    def test_the_preferences_lead_to_the_policy(self) -> None:
        for root in ("", "/shop"):
            visit = Visit(site(services=(), languages=["en", "fr"]), root_path=root)
            at = f"{root}/consent/preferences?lang=fr&next=/a%3Fb=1%26c"
            answer = visit.client.get(at, follow_redirects=False)
            assert answer.status_code == 303
            goal = f"{root}/consent/policy?lang=fr&next=%2Fa%3Fb%3D1%26c"
            assert answer.headers["location"] == goal

    @pytest.mark.parametrize("action", ["accept_all", "refuse_all", "save"])
    def test_a_choice_is_refused_and_not_kept(self, action: str) -> None:
        visit = Visit(site(services=()))
        answer = visit.send({"action": action})
        assert (answer.status_code, answer.json()["code"]) == (404, "nothing_asked")
        assert "set-cookie" not in answer.headers
        assert visit.log.records == []

    def test_another_site_does_not_learn_that(self) -> None:
        visit = Visit(site(services=()))
        answer = visit.send({"action": "save"}, headers={"sec-fetch-site": "cross-site"})
        assert answer.json()["code"] == "cross_site"


class TestPages:
    @pytest.mark.parametrize("path", PAGES)
    def test_a_page_is_shown_in_the_language_asked_for(self, path: str) -> None:
        visit = Visit(site(languages=["en", "fr"]))
        shown = [
            visit.client.get(path, params=params, headers=headers)
            for params, headers in (
                ({}, {}),
                ({}, {"accept-language": "de, fr;q=0.9, en;q=0.8"}),
                ({"lang": "fr"}, {"accept-language": "en"}),
                ({"lang": "xx"}, {"accept-language": "xx"}),
            )
        ]
        assert [page.headers["content-language"] for page in shown] == ["en", "fr", "fr", "en"]
        assert ['<html lang="fr"' in page.text for page in shown] == [False, True, True, False]

    @pytest.mark.parametrize("path", PAGES)
    def test_nobody_frames_it_and_nothing_foreign_loads_in_it(self, path: str) -> None:
        """E13."""
        policy = Visit().client.get(path).headers["content-security-policy"]
        words = {"default-src 'self'", "frame-ancestors 'none'", "base-uri 'none'"}
        assert words <= set(policy.split("; "))

    @pytest.mark.parametrize("path", PAGES)
    def test_what_it_loads_is_there(self, path: str) -> None:
        visit = Visit()
        links = re.findall(r'(?:src|href)="(/consent/assets/[^"]+)"', visit.client.get(path).text)
        assert links
        assert {visit.client.get(link).status_code for link in links} == {200}

    @pytest.mark.parametrize("path", PAGES)
    def test_it_leads_back_to_where_the_visitor_came_from(self, path: str) -> None:
        page = Visit().client.get(path, params={"next": "/basket"})
        assert 'href="/basket"' in page.text

    @pytest.mark.parametrize("path", PAGES)
    @pytest.mark.parametrize("wanted", ["javascript:alert(1)", "//evil.example", '"><script>'])
    def test_it_leads_nowhere_else(self, path: str, wanted: str) -> None:
        page = Visit().client.get(path, params={"next": wanted})
        assert wanted not in page.text

    def test_the_preferences_show_the_choice_and_its_id(self) -> None:
        """EU-28."""
        visit = Visit()
        visit.send({"action": "save", "purposes": {"analytics": True}})
        assert str(visit.log.records[0].subject) in visit.client.get("/consent/preferences").text

    @pytest.mark.parametrize("path", READ_ONLY)
    def test_it_is_not_kept_and_not_shared(self, path: str) -> None:
        """C17, K1."""
        headers = Visit().client.get(path).headers
        assert headers["cache-control"] == "no-store"
        assert headers["vary"].startswith("Cookie")
        assert headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize("name", ["export", "records", "log", "admin", "erase", "stats", "dossier"])
def test_nothing_of_the_log_is_served(name: str) -> None:
    """E15: what a site does with its log it does at the command line."""
    visit = Visit()
    visit.send({"action": "accept_all"})
    assert visit.client.get(f"/consent/{name}").status_code == 404


def test_no_withdrawal_is_one_too_many() -> None:
    """E12."""
    visit = Visit()
    for _ in range(50):
        assert visit.send({"action": "accept_all"}).status_code == 200
        assert visit.send({"action": "refuse_all"}).status_code == 200
    assert len(visit.log.records) == 100


class TestAssets:
    def test_a_file_is_kept_for_ever(self) -> None:
        visit = Visit()
        found = re.search(r'"(/consent/assets/consent\.[0-9a-f]{16}\.css)"', _policy(visit))
        assert found is not None
        answer = visit.client.get(found[1])
        assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
        # A page of the site in a sandbox is of no origin: it would go without its guard.
        assert answer.headers["cross-origin-resource-policy"] == "cross-origin"
        assert answer.headers["content-type"] == "text/css; charset=utf-8"
        assert "set-cookie" not in answer.headers

    @pytest.mark.parametrize(
        "path",
        ["assets/consent.css", "assets/%2e%2e/%2e%2e/pyproject.toml",
         "assets/consent.0000000000000000.css", "assets/", "", "mine/x", "choice/", "state/x"],
    )  # fmt: skip
    def test_nothing_else_is_there(self, path: str) -> None:
        answer = Visit().client.get(f"/consent/{path}")
        assert answer.status_code == 404


def _policy(visit: Visit) -> str:
    return visit.client.get("/consent/policy").text


class TestMethods:
    @pytest.mark.parametrize("method", ["GET", "HEAD", "PUT", "DELETE", "OPTIONS", "PATCH"])
    def test_a_choice_is_only_posted(self, method: str) -> None:
        """E3."""
        visit = Visit()
        visit.send({"action": "refuse_all"})
        answer = visit.client.request(method, "/consent/choice?action=accept_all")
        assert (answer.status_code, answer.headers["allow"]) == (405, "POST")
        assert len(visit.wrote) == 1

    @pytest.mark.parametrize("path", [*READ_ONLY, "/consent/assets/x"])
    def test_the_others_are_only_read(self, path: str) -> None:
        answer = Visit().client.post(path)
        assert (answer.status_code, answer.headers["allow"]) == (405, "GET, HEAD")

    @pytest.mark.parametrize("path", READ_ONLY)
    def test_head_is_get_without_the_body(self, path: str) -> None:
        visit = Visit()
        whole, head = visit.client.get(path), visit.client.head(path)
        assert (head.status_code, head.content) == (200, b"")
        assert head.headers == whole.headers

    @pytest.mark.parametrize("path", READ_ONLY)
    @pytest.mark.parametrize("method", ["GET", "HEAD"])
    def test_looking_never_changes_anything(self, path: str, method: str) -> None:
        """E3: nor does looking ahead."""
        visit = Visit()
        ahead = {"sec-purpose": "prefetch"}
        answer = visit.client.request(method, f"{path}?action=accept_all", headers=ahead)
        assert ("set-cookie" in answer.headers, visit.wrote) == (False, [])


class TestPlace:
    @pytest.mark.parametrize("asked", ["/shop/consent/state", "/consent/state"])
    def test_a_mounted_site_is_found_with_and_without_its_root(self, asked: str) -> None:
        """Servers differ in whether ``path`` contains ``root_path``."""
        visit = Visit(root_path="/shop")
        assert visit.client.get(asked).status_code == 200

    def test_a_mounted_site_names_its_addresses_below_the_mount(self) -> None:
        page = Visit(root_path="/shop").client.get("/shop/consent/preferences").text
        assert 'action="/shop/consent/choice"' in page

    def test_the_path_can_be_configured(self) -> None:
        visit = Visit(site(path="/cookies"))
        assert visit.client.get("/cookies/state").status_code == 200

    @pytest.mark.parametrize(
        "path, ours",
        [("/consent/state", True), ("/consent/unknown", True), ("/consent", False),
         ("/consented", False), ("/", False), ("/a/consent/state", False)],
    )  # fmt: skip
    def test_only_what_is_below_our_path_is_ours(self, path: str, ours: bool) -> None:
        scope = {"type": "http", "path": path, "root_path": ""}
        assert Visit().endpoints.owns(scope) is ours


class TestProxyHint:
    """One warning where TLS ends before the server without it being told."""

    def test_plain_http_on_a_public_host_is_told_once(
        self, caplog: pytest.LogCaptureFixture
    ) -> None:
        visit = Visit(url="http://www.example.fr")
        caplog.clear()
        for _ in range(3):
            visit.client.get("/consent/state")
        (warning,) = caplog.messages
        assert "--proxy-headers" in warning

    @pytest.mark.parametrize(
        "url",
        ["http://localhost:8000", "http://127.0.0.1", "http://[::1]:80", "http://a.localhost"],
    )
    def test_on_the_machine_itself_it_is_not(
        self, caplog: pytest.LogCaptureFixture, url: str
    ) -> None:
        visit = Visit(site(), url=url)
        caplog.clear()
        visit.client.get("/consent/state")
        assert caplog.records == []

    @pytest.mark.parametrize(
        "url, public",
        [("https://www.example.fr", "https://www.example.fr"),
         ("http://www.example.fr", "http://www.example.fr")],
    )  # fmt: skip
    def test_where_the_schemes_agree_it_is_not(
        self, caplog: pytest.LogCaptureFixture, url: str, public: str
    ) -> None:
        visit = Visit(site(url=public), url=url)
        caplog.clear()
        visit.client.get("/consent/state")
        assert caplog.records == []

    def test_a_host_that_cannot_be_read_is_not_this_machine(
        self, caplog: pytest.LogCaptureFixture
    ) -> None:
        visit = Visit()
        caplog.clear()
        scope = {"type": "http", "scheme": "http", "headers": [(b"host", b"[")]}
        visit.endpoints.hint.look(scope)
        assert len(caplog.records) == 1


class TestLanguages:
    @pytest.mark.parametrize(
        "header, wanted",
        [
            ("", []),
            ("fr", ["fr"]),
            ("fr-CA, fr;q=0.8", ["fr-CA", "fr"]),
            ("en;q=0.1, fr;q=0.9, de", ["de", "fr", "en"]),
            ("fr;q=0, en", ["en"]),
            ("*, en;q=0.5", ["en"]),
            ("fr;q=nan, fr;q=2, en", ["en"]),
            ("fr ; q = 0.5 ", []),
            (",,,;=", []),
            (",".join(["fr"] * 50), ["fr"] * 10),
        ],
    )
    def test_they_are_read_best_first(self, header: str, wanted: list[str]) -> None:
        raw = [(b"accept-language", header.encode())]
        request = Request({"type": "http", "query_string": b"", "headers": raw})
        assert wanted_languages(request) == wanted
