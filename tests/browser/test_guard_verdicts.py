"""The guard and the server give the same answers, and hold the same cookies and keys."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from ada_url import URL
from hypothesis import Phase, example, given, settings
from hypothesis import strategies as st
from playwright.sync_api import Browser, BrowserContext, BrowserType, Page

from consent.headers.set_cookie import SetCookieFilter
from consent.html.judge import Judge
from consent.model import Choice
from consent.months import add_months
from consent.policy import Policy, Ruling
from tests.browser.guarded import ADDRESS, app, config
from tests.browser.sink import Sink
from tests.browser.world import world

URLS = [
    "https://counter.example.net/",
    "https://COUNTER.example.net:443/x?y#z",
    "https://counter.example.net:8443/",
    "https://counter.example.net./",
    "https://counter.example.net..:0443/",
    "https://counter.example.net:/",
    "https://counter.example.net:80/",
    "https://counter.example.net:99999/",
    "https://c\u00adounter.example.net/",
    "https://%63ounter.example%2Enet/",
    "https://\uff43ounter\u3002example\uff0enet/",
    "https://counter.example.net%2F@site.test/",
    "https://site.test@counter.example.net/",
    "https://site.test\\@counter.example.net/",
    "//site.test,b@counter.example.net/",
    "//site.test b@counter.example.net/",
    "/@counter.example.net/",
    "https://site.test/@counter.example.net/",
    "https:counter.example.net/",
    "http:counter.example.net/",
    "https:/counter.example.net/",
    "https:///counter.example.net/",
    "\x01 https:/\t/counter.\r\nexample.net\x1f",
    "//pixel.example.net:8443",
    "/\t/pixel.example.net./",
    "https://placed.example.net:8443/",
    "https://a@counter.example.net/",
    "http://counter.example.net/",
    "wss://counter.example.net/",
    "//counter.example.net/",
    "\\\\counter.example.net\\",
    "ht\ntps://counter.example.net/",
    "https://till.example.net/",
    "https://heatmap.example.net/",
    "https://pixel.example.net/",
    "https://a.wide.example.org/",
    "https://a.b.wide.example.org/",
    "https://wide.example.org/",
    "https://x.wide.example.org/",
    "https://y.x.wide.example.org/",
    "https://x.wide.example.org.:444/",
    "https://y.x.wide.example.org.:444/",
    "https://both.example.org/",
    "https://both.example.org/ads/",
    "https://both.example.org/ads",
    "https://both.example.org/pixel",
    "https://both.example.org/pixels",
    "https://both.example.org:444/ads/",
    "https://both.example.org./x/../ads/",
    "https://both.example.org/%61ds/",
    "https://both.example.org/x\\..\\ads/",
    "https://port.example.org/",
    "https://port.example.org:8443/",
    "https://port.example.org.:8443/",
    "https://placed.example.net/",
    "https://stranger.example.org/",
    "https://site.test/",
    "https://site.test/inside/x",
    "https://site.test:444/",
    "http://site.test/",
    "ws://site.test/",
    "wss://site.test/",
    "https://www.site.test/",
    "https://cname.site.test/",
    "https://cname.site.test:444/",
    "http://cname.site.test:8080/",
    "https://cname.site.test./",
    "https://CNAME.site.test.:444/",
    "https://%43name.site\u3002test:444/",
    "https://www.site.test:444/",
    "https://www.site.test./",
    "https://site.test./",
    "https://site.test:444/inside/x",
    "https://site.test./inside/x",
    "https://site.test.example.org/",
    "https://notsite.test/",
    "https://1.2.3.4/",
    "https://[::1]/",
    "https://xn--nxasmq6b.example/",
    "https://b\u00fccher.example.org/",
    "https://xn--bcher-kva.example.org./",
    "https://xn--bcher-kva.example.org:444/",
    "https://xn--counter.example.net/",
    "https://0x7f.1/",
    "/path",
    "?query",
    "#",
    "data:text/plain,x",
    "blob:https://stranger.example.org/1",
    "about:blank",
    "mailto:a@b.example",
    "https://",
    "https://[",
    "https://%",
]
CHOICES: list[dict[str, Any] | None] = [
    None,
    {"purposes": {"analytics": False, "marketing": False, "preferences": False}},
    {"purposes": {"analytics": True, "marketing": True, "preferences": True}},
    {
        "purposes": {"analytics": True, "marketing": False},
        "services": {"counter": False, "pixel": True},
    },
]
HELD = """(urls) => urls.filter((url) => {
  const frame = document.createElement('iframe');
  frame.src = url;
  return frame.hasAttribute('data-consent-src');
})"""
NAMES = ["_k", "_k_1", "_k1", "k[1]", "k.1", "kx1", "_k_shared", "_K", "basket", "basket_2", "free"]


@pytest.fixture(scope="module")
def chromium(engine: BrowserType, _sink: Sink) -> Iterator[Browser]:
    with world(engine, app, _sink) as started:
        yield started


@pytest.fixture
def context(chromium: Browser) -> Iterator[BrowserContext]:
    with chromium.new_context() as context:
        yield context


def choice(made: dict[str, Any] | None) -> Choice | None:
    at = datetime(2026, 1, 1, tzinfo=UTC)
    if made is None:
        return None
    return Choice(UUID(int=1), 1, at, made["purposes"], made.get("services", {}))


def opened(
    context: BrowserContext, host: str, made: dict[str, Any] | None = None, path: str = "/"
) -> Page:
    """A page of a visitor who has chosen."""
    address = ADDRESS.replace("site", host, 1) if host != "site" else ADDRESS
    page = context.new_page()
    page.goto(address + path)
    if made:
        body = {"action": "save", **made}
        page.evaluate(
            "(body) => fetch('/consent/choice', {method: 'POST',"
            " headers: {'Content-Type': 'application/json'}, body: JSON.stringify(body)})",
            body,
        )
        page.goto(address + path)
    return page


def ruling(made: dict[str, Any] | None = None, path: str = "/", **blocking: Any) -> Ruling:
    return Policy(config(**blocking)).ruling(choice(made), origin=ADDRESS, path=path)


@pytest.mark.parametrize("stance", ["block", "report"])
@pytest.mark.parametrize("made", CHOICES, ids=["undecided", "refused", "granted", "in parts"])
def test_the_guard_holds_what_the_server_would(
    context: BrowserContext, made: dict[str, Any] | None, stance: str
) -> None:
    """design.md §2: the exact name before a wildcard, the longest path, ports, the site's own."""
    host = "site" if stance == "block" else "report.site"
    page = opened(context, host, made)
    expected = held_by_server(URLS, ruling(made, undeclared_hosts=stance), page.url)
    assert page.evaluate(HELD, URLS) == expected
    assert len(expected) > 5


SPELT = st.tuples(
    st.sampled_from(["https:", "http:", "HTTPS:", "wss:", ""]),
    st.sampled_from(["//", "//", "\\\\", "/\\", "/", "", "///"]),
    st.sampled_from(["", "", "a@", "site.test@", "a:b@", "site.test\\@", "@@"]),
    st.sampled_from(["counter.example.net", "cname.site.test", "www.site.test", "bücher.example"]),
    st.sampled_from(["", ":443", ":0443", ":", ":8443", ":80", ".", "..", ".:443", ":65536"]),
    st.sampled_from(["/", "", "/x/../y", "\\", "?q", "#f"]),
    st.lists(
        st.tuples(
            st.integers(0, 40),
            st.one_of(
                st.sampled_from("\t\n\r \x00\x1f%.@:/\\.\u00ad\u200d\u3002ßſKⅠ１а"),
                st.characters(exclude_categories=["Cs"]),
            ),
            st.sampled_from(["insert", "replace", "percent", "wide", "upper"]),
        ),
        max_size=3,
    ),
).map(lambda parts: misspelt("".join(parts[:6]), parts[6]))


def misspelt(url: str, changes: list[tuple[int, str, str]]) -> str:
    """An address as somebody might write it who does not want it to be recognised."""
    for place, character, how in changes:
        at = place % (len(url) + 1)
        there = url[at : at + 1]
        wide = chr(ord(there) + 0xFEE0) if "!" <= there <= "~" else there
        new = {
            "insert": character + there,
            "replace": character,
            "percent": "".join(f"%{byte:02X}" for byte in there.encode()),
            "wide": wide,
            "upper": there.upper(),
        }[how]
        url = url[:at] + new + url[at + 1 :]
    return url


def held_by_server(urls: list[str], by: Ruling, base: str) -> list[str]:
    """Of these addresses, as they are written in a page, those that do not leave as they came."""
    judge = Judge(by, base)
    return [url for url in urls if judge.url(url)]


@pytest.fixture(scope="module", params=["block", "report"])
def undecided(chromium: Browser, request: pytest.FixtureRequest) -> Iterator[tuple[Page, Ruling]]:
    with chromium.new_context() as context:
        host = "site" if request.param == "block" else "report.site"
        yield opened(context, host), ruling(undeclared_hosts=request.param)


@settings(max_examples=15, deadline=None, phases=[Phase.explicit, Phase.generate])
@example(urls=["h0ttp://@\uff20cname.site.test./"])
@given(urls=st.lists(SPELT, min_size=60, max_size=120, unique=True))
def test_however_an_address_is_spelt_both_read_it_as_the_browser_does(
    undecided: tuple[Page, Ruling], urls: list[str]
) -> None:
    """WHATWG URL: a spelling escapes neither; what our parser cannot read is held by the server."""
    page, by = undecided
    held = set(page.evaluate(HELD, urls))
    held_by_us = set(held_by_server(urls, by, page.url))
    escaped = {url for url in held_by_us - held if URL.can_parse(url, page.url)}
    # An attribute may be a list: to the guard, what follows a space or a comma is an address too.
    # And what this browser cannot read, though our parser can, it goes nowhere for.
    more = [url for url in held - held_by_us if not re.search(r"[\s,]", url)]
    wrongly = set(
        page.evaluate("(urls) => urls.filter((url) => URL.canParse(url, location))", more)
    )
    assert (escaped, wrongly) == (set(), set())


def test_a_service_that_acts_elsewhere_is_held_here(context: BrowserContext) -> None:
    url = "https://placed.example.net/"
    assert opened(context, "site").evaluate(HELD, [url]) == [url]
    assert opened(context, "site", path="/shop/1").evaluate(HELD, [url]) == []


def written(page: Page, names: list[str]) -> set[str]:
    """Which cookies exist after a script wrote them all."""
    page.evaluate("(names) => { for (const n of names) document.cookie = `${n}=1; path=/` }", names)
    return {str(cookie.get("name")) for cookie in page.context.cookies()} - {"__Host-eu-consent"}


@pytest.mark.parametrize("made", CHOICES, ids=["undecided", "refused", "granted", "in parts"])
@pytest.mark.parametrize(("host", "stance"), [("site", "report"), ("names", "block")])
def test_a_script_writes_the_cookies_that_the_server_might(
    context: BrowserContext, made: dict[str, Any] | None, host: str, stance: str
) -> None:
    """law.md FR-02; one allowed owner is enough."""
    by = Policy(config(undeclared_cookies=stance)).ruling(choice(made), origin=ADDRESS, path="/")
    expected = {name for name in NAMES if by.cookie(name).allowed}
    page = opened(context, "site", made) if host == "site" else named(context, made)
    assert written(page, NAMES) == expected


def named(context: BrowserContext, made: dict[str, Any] | None) -> Page:
    """A page of the site that holds names that nobody declared."""
    page = context.new_page()
    page.goto("https://names.site.test/")
    if made:
        page.evaluate(
            "(body) => fetch('/consent/choice', {method: 'POST',"
            " headers: {'Content-Type': 'application/json'}, body: JSON.stringify(body)})",
            {"action": "save", **made},
        )
        page.goto("https://names.site.test/")
    return page


LIVES = [
    "",
    "; max-age=60",
    "; max-age=99999999",
    "; Max-Age = 99999999 ; path=/",
    "; max-age=99999999; max-age=60",
    "; max-age=60; max-age=99999999",
    "; max-age=nonsense",
    "; max-age=-1",
    "; expires=Fri, 01 Jan 2100 00:00:00 GMT",
    "; expires=Fri, 01-Jan-2100 00:00:00 GMT; max-age=60",
    "; expires=2100-01-01T00:00:00Z",
    "; expires=never",
    "; expires=Fri, 01 Jan 2010 00:00:00 GMT",
    "; Secure; SameSite=Lax; expires=Fri Jan 01 2100 00:00:00 GMT+0000",
]


def test_no_cookie_of_a_script_outlives_thirteen_months(context: BrowserContext) -> None:
    """design.md §5: what is cut, and only that, is what the server would cut."""
    page = opened(context, "site")
    now = datetime.now(UTC)
    page.evaluate(
        "(lives) => lives.forEach((life, at) => { document.cookie = `c${at}=1${life}` })", LIVES
    )
    kept = {str(cookie["name"]): cookie["expires"] for cookie in context.cookies()}
    limit = add_months(now, 13)
    for at, life in enumerate(LIVES):
        (sent,) = SetCookieFilter(ruling(), now).kept([f"c{at}=1{life}".encode()])
        found = kept.get(f"c{at}")
        assert found is None or found <= (limit + timedelta(minutes=1)).timestamp(), life
        was_cut = found is not None and abs(found - limit.timestamp()) < 60
        assert was_cut == (sent != f"c{at}=1{life}".encode()), life


def test_the_end_of_a_month_is_clamped(context: BrowserContext) -> None:
    """Thirteen months span 393 to 397 days."""
    page = context.new_page()
    page.clock.set_fixed_time("2027-01-31T12:00:00Z")
    page.goto(ADDRESS)
    page.evaluate("document.cookie = 'long=1; max-age=99999999'")
    (found,) = (c for c in context.cookies() if c["name"] == "long")
    days = (datetime(2028, 2, 29, tzinfo=UTC) - datetime(2027, 1, 31, tzinfo=UTC)).days
    left = found["expires"] - datetime.now(UTC).timestamp()
    assert abs(left - days * 86400) < 60


def test_deletions_pass_whoever_owns_the_cookie(context: BrowserContext) -> None:
    page = opened(context, "site")
    context.add_cookies([{"name": "_k", "value": "1", "url": ADDRESS}])
    page.evaluate("document.cookie = '_k=; max-age=0; path=/'")
    assert context.cookies() == []


def test_a_cookie_store_keeps_the_same_rules(context: BrowserContext) -> None:
    page = opened(context, "site")
    page.evaluate(
        """async () => {
          await cookieStore.set('_k', '1');
          await cookieStore.set({name: '_k_2', value: '1'});
          await cookieStore.set('free', '1');
          await cookieStore.set({name: 'long', value: '1', expires: Date.now() + 399 * 864e5});
        }"""
    )
    kept = {str(cookie["name"]): cookie["expires"] for cookie in context.cookies()}
    assert kept.keys() == {"free", "long"}
    assert kept["long"] <= (add_months(datetime.now(UTC), 13) + timedelta(minutes=1)).timestamp()


STORED = """([area, wanted]) => {
  const storage = window[area];
  const ways = [
    (key) => storage.setItem(key, '1'),
    (key) => { storage[key] = '1'; },
    (key) => Reflect.set(storage, key, '1'),
    (key) => Object.assign(storage, {[key]: '1'}),
    (key) => Object.defineProperty(storage, key, {value: '1'}),
    (key) => Storage.prototype.setItem.call(storage, key, '1'),
    (key) => document.body.appendChild(document.createElement('iframe'))
      .contentWindow[area].setItem(key, '1'),
    (key) => { document.body.appendChild(document.createElement('iframe'))
      .contentDocument.defaultView[area][key] = '1'; },
    (key) => document.body.appendChild(document.createElement('iframe'))
      .contentWindow.Storage.prototype.setItem.call(storage, key, '1'),
    (key) => document.body.appendChild(document.createElement('iframe'))
      .contentWindow.Storage.prototype.setItem.apply(storage, [{toString: () => key}, '1']),
  ];
  ways.forEach((way, at) => way(wanted + at));
  return Object.keys(storage).sort();
}"""


@pytest.mark.parametrize("area", ["localStorage", "sessionStorage"])
def test_keys_of_held_services_are_not_written_in_any_way(
    context: BrowserContext, area: str
) -> None:
    """Issue 3: held while held, written once granted."""
    page = opened(context, "site")
    assert page.evaluate(STORED, [area, f"{area[0]}."]) == []
    assert len(page.evaluate(STORED, [area, "free"])) == 10
    page.evaluate(f"{area}.clear()")
    granted = opened(context, "site", CHOICES[2])
    assert len(granted.evaluate(STORED, [area, f"{area[0]}."])) == 10


def test_keys_that_are_there_go_with_the_next_page_and_with_a_withdrawal(
    context: BrowserContext,
) -> None:
    """law.md FR-19: what was kept for a withdrawn service is taken away."""
    keep = "localStorage.setItem('l', 1); sessionStorage.setItem('s', 1); localStorage.mine = 1"
    keys = "Object.keys(localStorage).concat(Object.keys(sessionStorage)).sort()"
    page = opened(context, "site", CHOICES[2])
    page.evaluate(keep)
    assert page.evaluate(keys) == ["l", "mine", "s"]
    page.evaluate("history.pushState({}, '', '#'); consent.save('refuse_all')")
    page.wait_for_function("!localStorage.l && !sessionStorage.s")
    assert page.evaluate(keys) == ["mine"]
    page.evaluate("addEventListener('unload', () => 0)")
    other = context.new_page()
    other.goto(f"{ADDRESS.replace('//', '//report.')}/")
    other.evaluate(keep)
    other.reload()
    assert other.evaluate(keys) == ["mine"]


PLANT = "localStorage.l = localStorage.mine = sessionStorage.s = 1"
TOLD = """(wanted) => {
  self.told = new Promise((done) => addEventListener('storage', ({newValue, storageArea}) => {
    if (newValue !== wanted) return;
    storageArea['l.late'] = 1;
    done(Object.keys(storageArea).sort());
  }));
}"""
"""What a page hears from the storage of another one, which it writes to."""


def test_keys_that_are_there_go_where_nobody_looks(context: BrowserContext) -> None:
    """law.md FR-19: the guard opens no storage while a page begins, but soon after."""
    page, other = opened(context, "site", CHOICES[2]), opened(context, "site")
    page.evaluate(PLANT)
    other.evaluate(TOLD, None)
    context.clear_cookies()
    page.reload()
    assert other.evaluate("told") == ["l.late", "mine"]


@pytest.mark.parametrize("look", ["localStorage", "sessionStorage", "event"])
def test_keys_that_are_there_are_gone_for_whoever_looks_first(
    context: BrowserContext, look: str
) -> None:
    """law.md FR-19: without the script that says when there is time for it."""
    page, other = opened(context, "site", CHOICES[2]), opened(context, "site")
    page.evaluate(PLANT)
    context.clear_cookies()
    page.route("**/consent.*.js", lambda route: route.abort())
    page.reload()
    if look == "event":
        page.evaluate(TOLD, "free")
        other.evaluate("localStorage.free = 'free'")
        assert page.evaluate("told") == ["free", "mine"]
    else:
        kept = {"localStorage": ["mine"], "sessionStorage": []}
        assert page.evaluate(f"Object.keys({look})") == kept[look]
