"""Ways for a script to make the browser connect, though nothing may be asked for (design.md §3).

Those that stand in ``gauntlet/ways/`` are not here again.
"""

from __future__ import annotations

# Each way gets an address of its own, of a held service or (where it may be anybody) of nobody.
FRAMES = {
    "a named item": "{ const f = add('iframe'); f.id = 'f'; "
    "f.attributes.setNamedItem(attribute('src', url)) }",
    "markup that is odd": "add('div').innerHTML = `<iframe a\"b/src='${url}'></iframe>`",
    "markup with hidden letters": "add('div').innerHTML = "
    '`<iframe src=\'${url.replace("s:", "&#115;&colon;")}\'></iframe>`',
    "markup in a shadow, before": "{ const d = make('div'); d.attachShadow({mode: 'open'})"
    ".innerHTML = `<iframe src=${url}></iframe>`; append(d) }",
    "a copy": "{ const f = make('iframe'); f.innerText = ''; const t = make('template'); "
    "t.innerHTML = `<iframe src=${url}></iframe>`; append(document.importNode(t.content, true)) }",
    "append": "document.body.append('x', make('iframe', {src: url}))",
    "before": "add('p').before(make('iframe', {src: url}))",
    "after": "add('p').firstChild ?? add('p').after(make('iframe', {src: url}))",
    "in place of a child": "{ const p = add('p'); document.body.replaceChild("
    "make('iframe', {src: url}), p) }",
    "before a child": "document.body.insertBefore(make('iframe', {src: url}), null)",
    "deep in a tree": "{ const d = make('div'); const i = d.appendChild(make('i')); "
    "i.append(make('iframe', {src: url})); append(d) }",
    "inside a new realm, as markup": "add('iframe').contentDocument.body.innerHTML = "
    "`<iframe src=${url}></iframe>`",
    "a link outside": "{ const f = frame(); make('a', {href: url, target: f}).click() }",
    "a link outside, by an event": "{ const f = frame(); make('a', {href: url, target: f})"
    ".dispatchEvent(new MouseEvent('click')) }",
    "written in pieces": "document.write('<ifr', `ame src=${url}>`, '</iframe>')",
}
# Chromium does not act on these where it is told to be quiet, so the page itself is looked at.
HINTS = {
    "a connection": "append(make('link', {rel: 'preconnect', href: url}))",
    "a connection, as markup": "document.head.insertAdjacentHTML('beforeend', "
    "`<link href=${url} rel='x PRECONNECT'>`)",
    "a connection, address last": "{ const l = append(make('link', {rel: 'preconnect'})); "
    "l.href = url }",
    "a connection, kind last": "{ const l = append(make('link', {href: url})); "
    "l.rel = 'preconnect' }",
    "a connection, by a list": "{ const l = append(make('link', {href: url})); "
    "l.relList.add('preconnect') }",
}
OTHERS = {
    "rules": "append(make('script', {type: 'speculationrules', textContent: rules(url)}))",
    "rules, text last": "{ const s = add('script'); s.type = 'speculationrules'; "
    "s.textContent = rules(url) }",
    "rules, as a node": "{ const s = add('script'); s.type = 'speculationrules'; "
    "s.append(rules(url)) }",
    "rules, as markup": "{ const s = add('script'); s.type = 'speculationrules'; "
    "s.innerHTML = rules(url) }",
    "rules, a base behind them": "append(make('script', {type: 'speculationrules', "
    "textContent: rules('of-the-base')})); document.head.append(make('base', {href: url}))",
    "rules, of an object": "{ const o = changing(rules('/'), rules(url)); for (const _ of '12') "
    "{ const s = add('script'); s.type = 'speculationrules'; s.append(o) } }",
    "rules, of an object that is no text": "{ const s = add('script'); "
    "s.type = 'speculationrules'; s.append({data: '', toString: () => rules(url)}) }",
    "rules, in a fragment": "{ const s = add('script'); s.type = 'speculationrules'; "
    "const f = document.createDocumentFragment(); f.append(rules(url)); s.append(f) }",
    "a window, of an object": "{ const o = changing('/', url), f = frame(); open(o, f); "
    "open(o, f) }",
    "rules, written": "document.write(`<script type=speculationrules>${rules(url)}<\\/script>`)",
    "a relay": "relay(new RTCPeerConnection({iceServers: [server(url)]}))",
}
WAYS = {f"a frame, {name}": way for name, way in FRAMES.items()} | OTHERS
PRELUDE = """
const make = (name, more = {}) => Object.assign(document.createElement(name), more);
const append = (node) => document.body.appendChild(node) && node;
const add = (name) => append(make(name));
const attribute = (name, value) => Object.assign(document.createAttribute(name), {value});
let frames = 0;
const frame = () => append(make('iframe', {name: 'f' + frames++})).name;
const rules = (url) => JSON.stringify({prefetch: [{urls: [url], eagerness: 'immediate'}]});
// Says one thing and the other in turn.
const changing = (one, other) => ({toString: () => ([one, other] = [other, one])[1]});
const server = (url) => ({urls: `turns:${new URL(url).host}:443?transport=tcp`,
  username: 'a', credential: 'b'});
const relay = (call) => { call.createDataChannel('x');
  call.createOffer().then((offer) => call.setLocalDescription(offer)); };
"""


def host(number: int) -> str:
    """Each way leads to a host of its own, of a service that is held."""
    return f"w{number}.wide.example.org"


def document() -> str:
    """A page that goes all ways while it is parsed, and says which of them could not be gone."""
    tries = "".join(
        f"try {{ const url = 'https://{host(number)}/'; {way} }} catch (error) {{ lost.push("
        f"'{number} ' + error) }}\n"
        for number, way in enumerate([*WAYS.values(), *HINTS.values()])
    )
    script = f"{{ {PRELUDE} const lost = window.lost = []; {tries} }}".replace("</", "<\\/")
    return f"<!doctype html><html lang=en><title>x</title><body><script>{script}</script>"
