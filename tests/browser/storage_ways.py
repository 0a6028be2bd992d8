"""Ways to leave a cookie or a key on a visitor's device: each the body of a function of a name."""

from __future__ import annotations

import json
from pathlib import Path

_FILE = Path(__file__).parents[1] / "corpus" / "known_limits.json"
LIMITS: dict[str, str] = json.loads(_FILE.read_text())["storage"]["ways"]
"""Ways that nothing closes."""

ANSWERS = {
    "an answer to a fetch": "await fetch('/set/' + name)",
    "an answer to an XMLHttpRequest": "const x = new XMLHttpRequest();"
    " x.open('GET', '/set/' + name); x.send()",
    "a redirect": "await fetch('/redirect/' + name)",
    "an error": "await fetch('/error/' + name)",
    "an answer to a POST": "await fetch('/set/' + name, {method: 'POST', body: 'x'})",
    "an answer on an excluded path": "await fetch('/hooks/' + name)",
    "an answer for all subdomains": "await fetch('/wide/' + name)",
    "an answer that scripts cannot see": "await fetch('/hidden/' + name)",
    "a frame": "add('iframe').src = '/set/' + name",
    "a picture": "new Image().src = '/set/' + name",
    "a script": "add('script').src = '/set/' + name",
    "a style sheet": "Object.assign(add('link'), {rel: 'stylesheet', href: '/set/' + name})",
    "a worker": "new Worker('/set/' + name)",
    "a shared worker": "new SharedWorker('/set/' + name)",
    "a service worker": "await navigator.serviceWorker.register('/set/' + name)",
    "a worker that fetches": "new Worker(text(`fetch('${location.origin}/set/${name}')`))",
    "a beacon": "navigator.sendBeacon('/set/' + name)",
    "an EventSource": "new EventSource('/events/' + name)",
    "the handshake of a WebSocket": "new WebSocket('/socket/' + name)",
    "a form into a frame": "const target = 'to' + name; add('iframe').name = target;"
    " Object.assign(add('form'), {action: '/set/' + name, method: 'post', target}).submit()",
    "a ping": "const a = add('a'); a.ping = '/set/' + name; a.href = '#' + name; a.click()",
    "a prefetch": "Object.assign(add('link'), {rel: 'prefetch', href: '/set/' + name})",
}
"""Cookies that an answer of the site sets."""

COOKIES = {
    "document.cookie": "document.cookie = name + '=1'",
    "document.cookie, for a year": "document.cookie = ` ${name} =1; max-age=31536000; path=/`",
    "document.cookie, by Reflect": "Reflect.set(document, 'cookie', name + '=1')",
    "document.cookie, by its setter": "Object.getOwnPropertyDescriptor("
    "Document.prototype, 'cookie').set.call(document, name + '=1')",
    "document.cookie, in a frame": "add('iframe').contentDocument.cookie = name + '=1; path=/'",
    "document.cookie, by the setter of a frame": "const w = add('iframe').contentWindow;"
    " Object.getOwnPropertyDescriptor(w.Document.prototype, 'cookie')"
    ".set.call(document, name + '=1')",
    "document.cookie, in a frame of the site": "add('iframe').src = '/writes/' + name",
    "document.cookie, in a popup": "window.open('/writes/' + name)",
    "document.cookie, by the text of a script": "add('script').textContent ="
    " `document.cookie = '${name}=1'`",
    "document.cookie, by eval": "(0, eval)(`document.cookie = '${name}=1'`)",
    "document.cookie, by a timer": "setTimeout(`document.cookie = '${name}=1'`)",
    "document.cookie, by a handler": "add('b').setAttribute('onclick',"
    " `document.cookie = '${name}=1'`); document.body.lastChild.click()",
    "cookieStore.set": "await cookieStore.set(name, '1')",
    "cookieStore.set, of an object": "await cookieStore.set({name, value: '1'})",
    "cookieStore.set, of a name that has another value": "await cookieStore.set("
    "{name: {toString: () => name, valueOf: () => 'a'}, value: '1'})",
    "cookieStore.set, of a frame": "await add('iframe').contentWindow.cookieStore.set(name, '1')",
}
"""Cookies that a script sets."""

KEYS = {
    "setItem": "localStorage.setItem(name, '1')",
    "a property": "localStorage[name] = '1'",
    "defineProperty": "Object.defineProperty(localStorage, name, {value: '1'})",
    "Reflect.set": "Reflect.set(localStorage, name, '1')",
    "Object.assign": "Object.assign(localStorage, {[name]: '1'})",
    "the method of the prototype": "Storage.prototype.setItem.call(localStorage, name, '1')",
    "a frame": "add('iframe').contentWindow.localStorage.setItem(name, '1')",
    "the method of a frame": "add('iframe').contentWindow.Storage.prototype.setItem"
    ".call(localStorage, name, '1')",
    "a written frame": "const d = add('iframe').contentDocument;"
    " d.write(`<script>localStorage['${name}'] = 1<\\/script>`); d.close()",
    "a session's setItem": "sessionStorage.setItem(name, '1')",
    "a session's property": "sessionStorage[name] = '1'",
}
"""Keys that a script writes."""

WAYS = ANSWERS | COOKIES | KEYS | LIMITS
PRELUDE = """
const add = (name) => document.body.appendChild(document.createElement(name));
const text = (code, type = 'text/javascript') => URL.createObjectURL(new Blob([code], {type}));
"""


def script(way: str, *prefixes: str) -> str:
    """What a page has to say to go this way, under these beginnings of a name."""
    number = list(WAYS).index(way)
    calls = "".join(f"go('{prefix}{number}').catch(() => {{}});" for prefix in prefixes)
    return f"{{ {PRELUDE} const go = async (name) => {{ {WAYS[way]} }}; {calls} }}"
