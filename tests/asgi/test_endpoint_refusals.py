"""``POST /consent/choice`` for everybody else: never a 500, never a grant."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from consent.asgi.posted import LARGEST
from tests.asgi.visits import SAME_ORIGIN, Visit
from tests.asgi.wire import Wire, chunk
from tests.sites import site

FORM = {**SAME_ORIGIN, "content-type": "application/x-www-form-urlencoded"}
NEXT_DOOR = [
    pytest.param({"sec-fetch-site": "cross-site"}, id="cross-site"),
    pytest.param({"sec-fetch-site": "same-site"}, id="same-site"),
    pytest.param({"origin": "https://evil.example"}, id="foreign origin"),
    pytest.param({"origin": "null"}, id="E2 null origin"),
]


@pytest.fixture(scope="module")
def fuzzed() -> Iterator[Visit]:
    with Visit().staying() as visit:
        yield visit


@pytest.fixture(scope="module")
def writing_nothing() -> Iterator[Visit]:
    with Visit().staying() as visit:
        yield visit


class TestOtherSites:
    """Edges.md E1, E2."""

    @pytest.mark.parametrize("headers", NEXT_DOOR)
    def test_their_json_is_refused(self, headers: dict[str, str]) -> None:
        visit = Visit()
        answer = visit.send({"action": "accept_all"}, headers=headers)
        assert (answer.status_code, answer.json()["code"]) == (403, "cross_site")
        assert (visit.wrote, "set-cookie" in answer.headers) == ([], False)

    @pytest.mark.parametrize("headers", [*NEXT_DOOR, pytest.param({}, id="no word")])
    def test_their_forms_are_refused(self, headers: dict[str, str]) -> None:
        visit = Visit()
        answer = visit.submit({"action": "accept_all"}, headers=headers)
        assert (answer.status_code, visit.wrote) == (403, [])

    def test_without_any_word_json_is_taken(self) -> None:
        assert Visit().send({"action": "accept_all"}, headers={}).status_code == 200

    def test_the_own_origin_is_enough_for_a_form(self) -> None:
        own = {"origin": "https://www.example.fr"}
        assert Visit().submit({"action": "accept_all"}, headers=own).status_code == 303

    def test_no_other_origin_is_allowed_to_ask(self) -> None:
        """A preflight gets no leave."""
        answer = Visit().client.options("/consent/choice", headers={"origin": "https://x.example"})
        assert answer.status_code == 405
        assert not any(name.startswith("access-control") for name in answer.headers)


class TestBodies:
    @pytest.mark.parametrize(
        "body, code",
        [
            (b"", "invalid_json"),
            (b"{", "invalid_json"),
            (b'{"action": NaN}', "invalid_json"),
            (b'{"action": "save", "purposes": {"analytics": Infinity}}', "invalid_json"),
            (b"[" * 16_000, "invalid_json"),
            (b'{"a":' * 3_000, "invalid_json"),
            (b"\xff\xfe{\x00}\x00", "invalid_json"),
            ('{"action": "accept_all"}'.encode("utf-16"), "invalid_json"),
            (b"1" * 5_000, "invalid_json"),
            (b'{"action": "save", "action": "accept_all"}', "duplicate_key"),
            (b'{"action":"save","purposes":{"analytics":false,"analytics":true}}', "duplicate_key"),
            (b"[]", "wrong_type"),
            (b"null", "wrong_type"),
            (b'{"action": 1}', "wrong_type"),
            (b"{}", "wrong_type"),
            (b'{"action": ["accept_all"]}', "wrong_type"),
            (b'{"action": "save", "purposes": ["analytics"]}', "wrong_type"),
            (b'{"action": "save", "purposes": {"analytics": "yes"}}', "wrong_type"),
            (b'{"action": "save", "purposes": {"analytics": 1}}', "wrong_type"),
            (b'{"action": "save", "services": {"pixel": null}}', "wrong_type"),
            (b'{"action": "save", "keep": 1}', "wrong_type"),
            (b'{"action": "save", "notice": 1}', "wrong_type"),
            (b'{"action": "save", "lang": 1}', "wrong_type"),
            (b'{"action": "save", "lang": []}', "wrong_type"),
            (b'{"action": "save", "interface": {}}', "wrong_type"),
            (b'{"action": "accept"}', "unknown_action"),
            (b'{"action": "expire"}', "unknown_action"),
            (b'{"action": "signal"}', "unknown_action"),
            (b'{"action": "submit"}', "unknown_action"),
            (b'{"action": "save", "interface": "form"}', "unknown_interface"),
            (b'{"action": "save", "interface": "server"}', "unknown_interface"),
            (b'{"action": "save", "interface": "spoof"}', "unknown_interface"),
            (b'{"action": "save", "lang": "xx"}', "unknown_language"),
            (b'{"action": "save", "purpose": {"analytics": true}}', "unknown_field"),
            (b'{"action": "save", "purposes": {"fingerprints": true}}', "unknown_purpose"),
            (b'{"action": "save", "purposes": {"fingerprints": false}}', "unknown_purpose"),
            (b'{"action": "save", "purposes": {"necessary": false}}', "unknown_purpose"),
            (b'{"action": "save", "purposes": {"\\ud800": true}}', "unknown_purpose"),
            (b'{"action": "save", "services": {"spy": true}}', "unknown_service"),
            (b'{"action": "accept_all", "services": {"spy": true}}', "unknown_service"),
        ],
    )
    def test_json_that_is_not_a_choice_is_400_and_says_why(self, body: bytes, code: str) -> None:
        """E4."""
        visit = Visit()
        answer = visit.send(body)
        assert (answer.status_code, answer.json()["code"]) == (400, code)
        assert answer.headers["content-type"] == "application/problem+json"
        assert (visit.wrote, "set-cookie" in answer.headers) == ([], False)

    @pytest.mark.parametrize(
        "body",
        [
            pytest.param(b"", id="empty"),
            pytest.param(b"purpose=analytics", id="no action"),
            pytest.param(b"action=save&action=accept_all", id="two actions"),
            pytest.param(b"action=save&next=%2Fa&next=%2Fb", id="two pages"),
            pytest.param(b"action=accept", id="unknown action"),
            pytest.param(b"action=save&purpose=spying", id="unknown purpose"),
            pytest.param(b"action=save&service=spy", id="unknown service"),
            pytest.param(b"action=save&service=-till", id="an exempt service refused"),
            pytest.param(b"action=save&service=--pixel", id="refused twice over"),
            pytest.param(b"action=save&service=pixel&service=-pixel", id="contradiction"),
            pytest.param(b"action=save&lang=%FF", id="not UTF-8"),
            pytest.param(b"action=save&lang=\xff", id="not ASCII"),
            pytest.param(b"&a=b" * 1_001, id="too many fields"),
        ],
    )
    def test_a_form_that_is_not_a_choice_is_400(self, body: bytes) -> None:
        """E4."""
        visit = Visit()
        answer = visit.send(body, headers=FORM)
        assert (answer.status_code, visit.wrote) == (400, [])
        assert "set-cookie" not in answer.headers

    @pytest.mark.parametrize(
        "kind",
        ["multipart/form-data; boundary=x", "text/plain", "", "application/jsonp", "text/json"],
    )
    def test_other_kinds_of_bodies_are_not_read(self, kind: str) -> None:
        headers = {**SAME_ORIGIN, "content-type": kind}
        answer = Visit().send(b'{"action": "accept_all"}', headers=headers)
        assert answer.status_code == 415

    @pytest.mark.parametrize(
        "kind", ["application/json; charset=utf-8", "Application/JSON", "application/json ;x=y"]
    )
    def test_parameters_and_case_of_the_kind_do_not_matter(self, kind: str) -> None:
        headers = {**SAME_ORIGIN, "content-type": kind}
        assert Visit().send(b'{"action": "accept_all"}', headers=headers).status_code == 200

    def test_a_body_that_is_too_long_is_not_parsed(self) -> None:
        """E4."""
        whole = b'{"action": "accept_all"}'
        answers = [Visit().send(whole.ljust(size)) for size in (LARGEST, LARGEST + 1)]
        assert [answer.status_code for answer in answers] == [200, 413]

    @given(st.binary(max_size=200), st.sampled_from(["application/json", FORM["content-type"]]))
    def test_no_bytes_are_a_server_error_or_a_grant(
        self, writing_nothing: Visit, body: bytes, kind: str
    ) -> None:
        answer = writing_nothing.send(body, headers={**SAME_ORIGIN, "content-type": kind})
        assert (answer.status_code, writing_nothing.wrote) == (400, [])

    @given(JSON := st.recursive(
        st.none() | st.booleans() | st.floats() | st.integers() | st.text()
        | st.sampled_from(["save", "analytics", "pixel"]),
        lambda inner: st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["action", "purposes", "services", "keep", "x"])
                          | st.text(max_size=3), inner, max_size=4),
        max_leaves=8,
    ))  # fmt: skip
    def test_no_json_is_a_server_error_or_a_grant(self, fuzzed: Visit, content: Any) -> None:
        answer = fuzzed.send(json.dumps(content).encode())
        assert answer.status_code in (200, 400, 413)
        granted = answer.status_code == 200 and any(answer.json()["purposes"].values())
        assert not granted or "analytics" in content["purposes"]


@pytest.mark.anyio
class TestStreams:
    @pytest.fixture
    def anyio_backend(self) -> str:
        return "asyncio"

    async def test_a_long_body_is_left_when_it_is_known_to_be_too_long(self) -> None:
        """E4: not one chunk more is asked for."""
        wire = Wire(*[chunk(b"x" * 8_192) for _ in range(100)])
        await Visit().endpoints(wire.scope, wire.receive, wire.send)
        assert (wire.sent[0]["status"], len(wire.messages)) == (413, 97)

    async def test_a_body_announced_as_too_long_is_not_read_at_all(self) -> None:
        wire = Wire(headers={"content-length": str(LARGEST + 1)})
        await Visit().endpoints(wire.scope, wire.receive, wire.send)
        assert wire.sent[0]["status"] == 413

    @pytest.mark.parametrize("length", ["x", "-1", "²", "", "1"])
    async def test_a_wrong_announcement_changes_nothing(self, length: str) -> None:
        wire = Wire(chunk(b'{"action": "refuse'), chunk(b'_all"}', more=False),
                    headers={"content-length": length})  # fmt: skip
        await Visit().endpoints(wire.scope, wire.receive, wire.send)
        assert wire.sent[0]["status"] == 200

    async def test_a_body_that_never_ends_writes_nothing_and_answers_nobody(self) -> None:
        """E11."""
        visit = Visit()
        wire = Wire(chunk(b'{"action": "accept_all"}'), {"type": "http.disconnect"})
        await visit.endpoints(wire.scope, wire.receive, wire.send)
        assert (wire.sent, visit.wrote) == ([], [])


class TestNextPage:
    """A form leads to its own origin and nowhere else."""

    @pytest.mark.parametrize(
        "wanted",
        [
            "https://evil.example/",
            "https://evil.example/login", "//evil.example", "///evil.example", "/\\evil.example",
            "\\\\evil.example", "/.//evil.example",
            "/x/..//evil.example", "https://www.example.fr//evil.example", "/\t/evil.example",
            "/\n/evil.example", " //evil.example", "javascript:alert(1)", "data:text/html,x",
            "https://www.example.fr@evil.example", "https://www.example.fr.evil.example",
            "http://www.example.fr/", "https://www.example.fr:444/", "https://a@www.example.fr/",
            "http://[", "/\x00", "", "/\r\nset-cookie: a=b",
        ],
    )  # fmt: skip
    def test_what_leads_elsewhere_leads_home(self, wanted: str) -> None:
        answer = Visit().submit({"action": "refuse_all", "next": wanted})
        assert (answer.status_code, answer.headers["location"]) == (303, "/")

    @pytest.mark.parametrize(
        "wanted, location",
        [
            ("/basket?a=b&c=%20d#e", "/basket?a=b&c=%20d#e"),
            ("https://www.example.fr/basket", "/basket"),
            ("basket", "/basket"),
            ("https:basket", "/basket"),
            ("?a=b", "/?a=b"),
            ("/été", "/%C3%A9t%C3%A9"),
            ("/a/../b", "/b"),
            ("/search?q=//evil.example", "/search?q=//evil.example"),
        ],
    )
    def test_a_page_of_the_site_is_gone_on_to(self, wanted: str, location: str) -> None:
        answer = Visit().submit({"action": "refuse_all", "next": wanted})
        assert answer.headers["location"] == location

    @given(st.text(max_size=40))
    def test_no_text_leads_to_another_host(self, fuzzed: Visit, wanted: str) -> None:
        answer = fuzzed.submit({"action": "refuse_all", "next": wanted})
        location = answer.headers["location"]
        assert location.startswith("/")
        assert not location.startswith(("//", "/\\"))

    def test_a_mounted_site_has_its_home_below_the_mount(self) -> None:
        visit = Visit(root_path="/shop")
        answer = visit.client.post(
            "/shop/consent/choice", headers=SAME_ORIGIN, data={"action": "refuse_all"}
        )
        assert answer.headers["location"] == "/shop/"

    def test_a_trusted_origin_may_be_gone_on_to(self) -> None:
        """Only its path: the visitor stays on the host that they are on."""
        visit = Visit(site(trusted_origins=("https://www.example.fr",)))
        form = {"action": "refuse_all", "next": "https://www.example.fr/x"}
        assert visit.submit(form).headers["location"] == "/x"
