"""Ways for a script to make the browser connect, though nothing may be asked for (design.md §3)."""

from __future__ import annotations

# Each way gets an address of its own, of a held service or (where it may be anybody) of nobody.
FRAMES = {
    "a property": "add('iframe').src = url",
    "a property, before": "append(make('iframe', {src: url}))",
    "an attribute": "add('iframe').setAttribute('SRC', url)",
    "an attribute with a namespace": "add('iframe').setAttributeNS(null, 'src', url)",
    "an attribute node": "add('iframe').setAttributeNode(attribute('src', url))",
    "an attribute node with a namespace": "add('iframe').setAttributeNodeNS(attribute('src', url))",
    "a named item": "{ const f = add('iframe'); f.id = 'f'; "
    "f.attributes.setNamedItem(attribute('src', url)) }",
    "the value of an attribute": "{ const f = add('iframe'); f.setAttribute('src', ''); "
    "f.attributes.src.value = url }",
    "the text of an attribute": "{ const f = add('iframe'); f.setAttribute('src', ''); "
    "f.attributes.src.textContent = url }",
    "the node value of an attribute": "{ const f = add('iframe'); f.setAttribute('src', ''); "
    "f.attributes.src.nodeValue = url }",
    "markup": "add('div').innerHTML = `<b><iframe src=${url}></iframe></b>`",
    "markup that is odd": "add('div').innerHTML = `<iframe a\"b/src='${url}'></iframe>`",
    "markup with hidden letters": "add('div').innerHTML = "
    '`<iframe src=\'${url.replace("s:", "&#115;&colon;")}\'></iframe>`',
    "markup around": "add('div').outerHTML = `<p><iframe src=${url}></iframe></p>`",
    "markup beside": "add('div').insertAdjacentHTML('AfterEnd', `<iframe src=${url}></iframe>`)",
    "markup, unsafe": "add('div').setHTMLUnsafe(`<iframe src=${url}></iframe>`)",
    "markup in a declared shadow": "add('div').setHTMLUnsafe("
    "`<p><template shadowrootmode=open><iframe src=${url}></iframe></template></p>`)",
    "markup in a shadow": "add('div').attachShadow({mode: 'closed'}).innerHTML = "
    "`<iframe src=${url}></iframe>`",
    "markup in a shadow, before": "{ const d = make('div'); d.attachShadow({mode: 'open'})"
    ".innerHTML = `<iframe src=${url}></iframe>`; append(d) }",
    "markup of a range": "append(document.createRange().createContextualFragment("
    "`<iframe src=${url}></iframe>`))",
    "markup of a template": "{ const t = make('template'); t.innerHTML = "
    "`<iframe src=${url}></iframe>`; append(t.content.cloneNode(true)) }",
    "markup of a parser": "append(new DOMParser().parseFromString("
    "`<iframe src=${url}></iframe>`, 'text/html').body.firstChild)",
    "markup, edited by a command": "{ const d = add('div'); d.contentEditable = true; d.focus(); "
    "document.execCommand('insertHTML', false, `<iframe src=${url}></iframe>`) }",
    "a copy": "{ const f = make('iframe'); f.innerText = ''; const t = make('template'); "
    "t.innerHTML = `<iframe src=${url}></iframe>`; append(document.importNode(t.content, true)) }",
    "append": "document.body.append('x', make('iframe', {src: url}))",
    "prepend": "document.body.prepend(make('iframe', {src: url}))",
    "before": "add('p').before(make('iframe', {src: url}))",
    "after": "add('p').firstChild ?? add('p').after(make('iframe', {src: url}))",
    "in place": "add('p').replaceWith(make('iframe', {src: url}))",
    "in place of a child": "{ const p = add('p'); document.body.replaceChild("
    "make('iframe', {src: url}), p) }",
    "in place of all children": "add('p').replaceChildren(make('iframe', {src: url}))",
    "before a child": "document.body.insertBefore(make('iframe', {src: url}), null)",
    "beside": "add('p').insertAdjacentElement('beforeend', make('iframe', {src: url}))",
    "in a range": "{ const r = new Range(); r.selectNodeContents(add('p')); "
    "r.insertNode(make('iframe', {src: url})) }",
    "deep in a tree": "{ const d = make('div'); const i = d.appendChild(make('i')); "
    "i.append(make('iframe', {src: url})); append(d) }",
    "borrowed from a new realm": "{ const f = add('iframe'); "
    "f.contentWindow.Node.prototype.appendChild.call(document.body, make('iframe', {src: url})) }",
    "borrowed setter": "{ const f = add('iframe'); Object.getOwnPropertyDescriptor("
    "f.contentWindow.HTMLIFrameElement.prototype, 'src').set.call(add('iframe'), url) }",
    "inside a new realm": "{ const d = add('iframe').contentDocument; "
    "d.body.append(Object.assign(d.createElement('iframe'), {src: url})) }",
    "inside a new realm, written": "{ const d = add('iframe').contentDocument; d.open(); "
    "d.write(`<iframe src=${url}></iframe>`); d.close() }",
    "inside a new realm, as markup": "add('iframe').contentDocument.body.innerHTML = "
    "`<iframe src=${url}></iframe>`",
    "an object": "append(make('object', {data: url, type: 'text/html'}))",
    "an object, later": "add('object').data = url",
    "an embed": "append(make('embed', {src: url, type: 'text/html'}))",
    "a form": "{ const f = frame(); append(make('form', {action: url, target: f})).submit() }",
    "a form, asked": "{ const f = frame(); append(make('form', {action: url, target: f}))"
    ".requestSubmit() }",
    "a form with its button": "{ const f = frame(); const o = append(make('form', {target: f})); "
    "const b = o.appendChild(make('button')); b.setAttribute('formaction', url); b.click() }",
    "a link": "{ const f = frame(); append(make('a', {href: url, target: f})).click() }",
    "a link outside": "{ const f = frame(); make('a', {href: url, target: f}).click() }",
    "a link outside, by an event": "{ const f = frame(); make('a', {href: url, target: f})"
    ".dispatchEvent(new MouseEvent('click')) }",
    "a window of its name": "{ const f = frame(); open(url, f) }",
    "written": "document.write(`<iframe src=${url}></iframe>`)",
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
    "rules, written": "document.write(`<script type=speculationrules>${rules(url)}<\\/script>`)",
    "a relay": "relay(new RTCPeerConnection({iceServers: [server(url)]}))",
    "a relay, old name": "relay(new webkitRTCPeerConnection({iceServers: [server(url)]}))",
    "a relay, later": "{ const c = new RTCPeerConnection(); "
    "c.setConfiguration({iceServers: [server(url)]}); relay(c) }",
    "a relay of a new realm": "relay(new (add('iframe').contentWindow.RTCPeerConnection)("
    "{iceServers: [server(url)]}))",
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
