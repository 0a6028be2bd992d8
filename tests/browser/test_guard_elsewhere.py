"""The guard where pages are not as usual: under Trusted Types, and without a seal."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, BrowserType

from tests.browser.guarded import ADDRESS, BARE, app
from tests.browser.sink import Sink
from tests.browser.world import world

HELD = "https://counter.example.net/"
TYPED = """(url) => {
  const policy = trustedTypes.createPolicy('page', {createHTML: (text) => text});
  const put = (markup) => {
    const place = document.createElement('div');
    try { place.innerHTML = markup; } catch (error) { return error.name; }
    return place.innerHTML;
  };
  const frame = Object.assign(document.createElement('iframe'), {src: url});
  return {
    text: put('<b>a</b>'),
    typed: put(policy.createHTML('<b>a</b>')),
    held: put(policy.createHTML(`<b>a</b><iframe src=${url}></iframe>`)),
    untyped: put(`<iframe src=${url}></iframe>`),
    frame: frame.getAttribute('data-consent-src'),
  };
}"""
# What asks without an element, and elements of every kind.
LOADS = {
    "a picture": "new Image().src = url",
    "a picture of a set": "append('img', {srcset: url})",
    "a picture in markup": "append('div').innerHTML = `<img src=${url}>`",
    "a picture, as an attribute": "append('img').setAttribute('src', url)",
    "a script": "append('script', {src: url})",
    "a style sheet": "append('link', {rel: 'stylesheet', href: url})",
    "a film": "append('video', {src: url})",
    "a poster": "append('video', {poster: url})",
    "a sound": "new Audio(url).load()",
    "a frame": "append('iframe', {src: url})",
    "fetch": "fetch(url, {mode: 'no-cors'}).catch(() => 0)",
    "fetch of a request": "fetch(new Request(url, {mode: 'no-cors'})).catch(() => 0)",
    "a request": "{ const r = new XMLHttpRequest(); r.open('GET', url); r.send(); }",
    "a beacon": "navigator.sendBeacon(url, 'x')",
    "events": "new EventSource(url)",
    "a socket": "new WebSocket(url.replace('https', 'wss'))",
}
GO = """([urls, last]) => {
  const append = (name, more) =>
    document.body.appendChild(Object.assign(document.createElement(name), more));
  const ways = [WAYS];
  ways.forEach((way, at) => way(urls[at]));
  append('img', {src: last});
}""".replace("WAYS", ", ".join(f"(url) => {{ {way}; }}" for way in LOADS.values()))
ROUNDS, ROUND = 10, 300
"""Milliseconds; where all ways lead somewhere, it is over before."""

FREE = "till.example.net"
"""Of a service that needs no consent."""


@pytest.fixture(scope="module")
def chromium(engine: BrowserType, _sink: Sink) -> Iterator[Browser]:
    with world(engine, app, _sink) as started:
        yield started


@pytest.fixture
def context(chromium: Browser) -> Iterator[BrowserContext]:
    with chromium.new_context() as context:
        yield context


def test_under_trusted_types_it_makes_no_policy_and_uses_no_sink(context: BrowserContext) -> None:
    """edges.md S3: the page's only policy may still be made, and nothing is reported."""
    page = context.new_page()
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.goto(f"{ADDRESS}/strict")
    assert page.evaluate("typeof consent.allows") == "function"
    assert [text for text in said if "policy" in text.lower()] == []
    assert page.evaluate(TYPED, HELD) == {
        "text": "TypeError",
        "typed": "<b>a</b>",
        "held": "",
        "untyped": "TypeError",
        "frame": HELD,
    }


def reached(chromium: Browser, sink: Sink, address: str, hosts: list[str]) -> set[str]:
    """The ways that led to a connection by the time that one which is free did."""
    sink.clear()
    # Of its own, so that no connection is left from another page.
    with chromium.new_context() as context:
        page = context.new_page()
        page.goto(address)
        page.evaluate(GO, [[f"https://{host}/" for host in hosts], f"https://{FREE}/"])
        for _ in range(ROUNDS):
            page.wait_for_timeout(ROUND)
            if {*hosts, FREE} <= set(sink.connections):
                break
    assert FREE in sink.connections
    return {way for way, host in zip(LOADS, hosts, strict=True) if host in sink.connections}


def test_without_a_seal_nothing_that_scripts_load_from_a_held_service_is_asked_for(
    chromium: Browser, sink: Sink
) -> None:
    """docs/guard.md: elements, ``fetch``, requests, beacons, events and sockets."""
    held = [f"u{at}.wide.example.org" for at in range(len(LOADS))]
    assert reached(chromium, sink, f"{BARE}/", held) == set(LOADS)
    for host in ("loose", "report"):
        assert reached(chromium, sink, f"https://{host}.site.test/", held) == set()


def test_without_a_seal_hosts_that_nobody_declared_are_held_under_block_alone(
    chromium: Browser, sink: Sink
) -> None:
    """design.md §2: ``report`` holds nothing but what is known."""
    unknown = [f"u{at}.stranger.example" for at in range(len(LOADS))]
    assert reached(chromium, sink, "https://loose.site.test/", unknown) == set()
    assert reached(chromium, sink, "https://report.site.test/", unknown) == set(LOADS)
