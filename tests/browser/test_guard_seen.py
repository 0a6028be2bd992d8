"""The page's own code must not notice the guard: everything it can look at is as without."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserType, Page

from tests.browser.guarded import ADDRESS, BARE, app
from tests.browser.sink import Sink
from tests.browser.world import world

# Every property of every interface: its descriptor and, of a function, all that can be asked.
SHAPES = """() => {
  const about = (value) => typeof value !== 'function' ? typeof value : [
    Function.prototype.toString.call(value), Object.getOwnPropertyNames(value).join(),
    Object.entries(Object.getOwnPropertyDescriptors(value)).map(([key, found]) =>
      [key, /length|name/.test(key) && found.value, typeof found.value, !!found.get,
        found.writable, found.enumerable, found.configurable]),
    Object.getPrototypeOf(value)?.name].join(' ');
  const shapes = {};
  const look = (name, owner) => {
    for (const key of Reflect.ownKeys(owner)) {
      const {value, get, set, ...flags} = Object.getOwnPropertyDescriptor(owner, key);
      shapes[`${name}.${String(key)}`] =
        [about(value), about(get), about(set), JSON.stringify(flags)].join(' | ');
    }
  };
  const known = Object.getOwnPropertyNames(window).filter((name) => /^[A-Z]/.test(name));
  look('window', window);
  for (const name of known) {
    if (window[name]?.prototype) look(name, window[name].prototype);
  }
  look('document', document);
  return shapes;
}"""
# What each function says to a call that it cannot answer.
ERRORS = """() => {
  const said = {};
  const ask = (name, call) => {
    try { said[name] = String(call()).replace('bare.', ''); }
    catch (error) {
      said[name] = `${error.constructor.name} ${error} ${error instanceof Error}`;
    }
  };
  for (const name of Object.getOwnPropertyNames(window).filter((name) => /^[A-Z]/.test(name))) {
    const owner = window[name]?.prototype;
    if (!owner || !/^(Node|Ele|Doc|Shadow|Char|Range|Attr|HTML|Storage|Cookie|RTCP|Event)/
      .test(name)) continue;
    for (const key of Object.getOwnPropertyNames(owner)) {
      const {value, get, set} = Object.getOwnPropertyDescriptor(owner, key);
      for (const [part, made] of Object.entries({value, get, set})) {
        if (typeof made !== 'function' || key === 'constructor') continue;
        ask(`${name}.${key}.${part} undefined`, () => made.call(undefined));
        ask(`${name}.${key}.${part} wrong`, () => made.call({}, 'a', 'b'));
        ask(`${name}.${key}.${part} new`, () => new made());
        if (!owner.isPrototypeOf(document.body)) continue;
        ask(`${name}.${key}.${part} none`, () => made.call(document.createElement('div')));
        ask(`${name}.${key}.${part} symbol`, () =>
          made.call(document.createElement('div'), Symbol(), Symbol()));
        const mute = {toString() { throw new RangeError('mute'); }};
        ask(`${name}.${key}.${part} mute`, () =>
          made.call(document.createElement('div'), mute, mute));
      }
    }
  }
  ask('relay', () => RTCPeerConnection());
  ask('relay wrong', () => new RTCPeerConnection({iceServers: 1}));
  ask('relay empty', () => new RTCPeerConnection({iceServers: [{urls: ''}]}));
  ask('event', () => new StorageEvent());
  ask('storage', () => localStorage.setItem('a'));
  ask('full', () => localStorage.setItem('a', 'x'.repeat(2 ** 24)));
  ask('write', () => { localStorage.b = 'x'.repeat(2 ** 24); });
  ask('frame', () => document.createElement('p').insertAdjacentHTML('nowhere', '<iframe>'));
  ask('loop', () => document.body.appendChild(document.documentElement));
  return said;
}"""
# What could tell, beside shapes.
TRACES = """() => {
  class Call extends RTCPeerConnection {}
  const call = new Call();
  localStorage.clear();
  localStorage.kept = 1;
  const event = new StorageEvent('storage', {storageArea: localStorage});
  const found = {
    names: Object.keys(window).filter((name) => name !== 'consent').sort(),
    same: [localStorage === localStorage, localStorage instanceof Storage,
      Object.prototype.toString.call(localStorage), event.storageArea === localStorage,
      RTCPeerConnection.prototype.constructor === RTCPeerConnection,
      window.webkitRTCPeerConnection === RTCPeerConnection, call instanceof Call,
      Object.getPrototypeOf(call) === Call.prototype],
    storage: [Object.keys(localStorage), localStorage.length, 'kept' in localStorage,
      delete localStorage.kept, localStorage.kept, JSON.stringify(localStorage),
      typeof localStorage.getItem, localStorage.key(0)],
    marks: document.querySelectorAll('body [data-consent-held]').length,
  };
  call.close();
  // What stands for a function of the browser is one: of the same kind, called in the same ways;
  // but into messages the engine itself writes the text of one (docs/guard.md).
  const told = (ask) => { try { return String(ask()); } catch (error) { return String(error); } };
  const setter = Object.getOwnPropertyDescriptor(Node.prototype, 'textContent').set;
  for (const each of [Node.prototype.appendChild, setter, open, RTCPeerConnection, StorageEvent])
    found[`function ${each.name}`] = [() => each(), () => each.call(null),
      () => new each(), () => Object.hasOwn(each, 'prototype'),
      () => Reflect.construct(Object, [], each) instanceof each,
      () => each.constructor === Function,
      () => { class Of extends each {} return typeof Of; }, () => delete each.prototype,
    ].map((ask) => told(ask).replace(/(?<=^TypeError: ).*(?= is not a con)/s, ''));
  // An object is written by its text, not by its value.
  const written = document.createElement('p');
  written.innerHTML = {toString: () => 'text', valueOf: () => 1};
  found.written = written.innerHTML;
  found.bare = told(() => (0, dispatchEvent)(new Event('seen')));
  return found;
}"""

BANNER = {"window.consent", "document.Symbol(consent)"}
"""What the banner's script adds, on purpose."""


@pytest.fixture(scope="module")
def chromium(engine: BrowserType, _sink: Sink) -> Iterator[Browser]:
    with world(engine, app, _sink) as started:
        yield started


@pytest.fixture(scope="module")
def pages(chromium: Browser) -> Iterator[tuple[Page, Page]]:
    """The same page with and without the guard."""
    with chromium.new_context() as context:
        guarded, bare = context.new_page(), context.new_page()
        guarded.goto(f"{ADDRESS}/")
        guarded.wait_for_function("window.consent")
        bare.goto(f"{BARE}/")
        yield guarded, bare


@pytest.mark.parametrize("script", [SHAPES, ERRORS, TRACES], ids=["shapes", "errors", "traces"])
def test_nothing_looks_different_with_the_guard(pages: tuple[Page, Page], script: str) -> None:
    """Issue 3: same property descriptors, ``toString``, ``length`` and errors."""
    guarded, bare = (page.evaluate(script) for page in pages)
    ours = {key: value for key, value in guarded.items() if key not in BANNER}
    different = {key for key in ours.keys() | bare.keys() if ours.get(key) != bare.get(key)}
    assert {key: (ours.get(key), bare.get(key)) for key in different} == {}
    assert len(str(bare)) > 300


def test_what_is_looked_at_is_the_guarded_page(pages: tuple[Page, Page]) -> None:
    guarded, bare = pages
    held = "Object.assign(document.createElement('iframe'), {src: 'https://a.example.org/'}).src"
    assert (guarded.evaluate(held), bare.evaluate(held)) == ("", "https://a.example.org/")
