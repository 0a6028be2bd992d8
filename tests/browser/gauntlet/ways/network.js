// fetch
fetch(url, quiet);
// fetch: a Request
fetch(new Request(url, quiet));
// fetch: POST with a body
fetch(url, { ...quiet, method: "POST", body: "x" });
// fetch: keepalive
fetch(url, { ...quiet, keepalive: true });
// fetch: with credentials
fetch(url, { ...quiet, credentials: "include" });
// fetch: asking first
fetch(url, { method: "PUT", headers: { "x-y": "z" } });
// fetch: through a redirect
fetch("/go?to=" + encodeURIComponent(url), quiet);
// fetchLater
fetchLater(url, { activateAfter: 0 });
// XMLHttpRequest
const x = new XMLHttpRequest();
x.open("GET", url);
x.send();
// XMLHttpRequest: synchronous
const x = new XMLHttpRequest();
x.open("POST", url, false);
x.send("x");
// a beacon
navigator.sendBeacon(url, "x");
// a beacon: through a redirect
navigator.sendBeacon("/go?to=" + encodeURIComponent(url), "x");
// a beacon when the page is hidden
addEventListener("visibilitychange", () => navigator.sendBeacon(url, "x"));
document.dispatchEvent(new Event("visibilitychange", { bubbles: true }));
// WebSocket
new WebSocket(url.replace("https", "wss"));
// WebSocket: with an https address
new WebSocket(url);
// WebSocketStream
new WebSocketStream(url.replace("https", "wss")).opened.catch(() => {});
// EventSource
new EventSource(url);
// EventSource: with credentials
new EventSource(url, { withCredentials: true });
// WebTransport [connects] [port]
new WebTransport(`https://${host}:${port}/`).ready.catch(() => {});
// WebTransport: with a known certificate [connects] [port]
new WebTransport(`https://${host}:${port}/`, { serverCertificateHashes: [{ algorithm: "sha-256", value: new Uint8Array(32) }] }).ready.catch(() => {});
// WebRTC: STUN [connects] [port]
await called([{ urls: `stun:${host}:${port}` }]);
// WebRTC: TURN [connects] [port]
await called([{ urls: `turn:${host}:${port}`, username: "a", credential: "b" }]);
// WebRTC: TURN over TCP [connects] [port]
await called([{ urls: [`turn:${host}:${port}?transport=tcp`], username: "a", credential: "b" }]);
// WebRTC: TURN over TLS [connects] [port]
await called([{ urls: `turns:${host}:${port}?transport=tcp`, username: "a", credential: "b" }]);
// WebRTC: the servers given later [connects] [port]
const call = new RTCPeerConnection();
call.setConfiguration({ iceServers: [{ urls: `stun:${host}:${port}` }] });
call.createDataChannel("x");
await call.setLocalDescription(await call.createOffer());
// WebRTC: under its old name [connects] [port]
const call = new webkitRTCPeerConnection({ iceServers: [{ urls: `stun:${host}:${port}` }] });
call.createDataChannel("x");
await call.setLocalDescription();
// WebRTC: a candidate of the other side [connects] [port]
await described(host, port);
// WebRTC: a candidate of the other side, in a sandbox [connects] [port]
Object.assign(add("iframe"), { sandbox: "allow-scripts", srcdoc: `<script>(${described})("${host}", ${port})</script>` });
// WebRTC: a candidate of the other side, in data [connects] [port]
Object.assign(add("iframe"), { src: `data:text/html,${encodeURIComponent(`<script>(${described})("${host}", ${port})</script>`)}` });
// WebRTC: a candidate of the other side, in an object of data [connects] [port]
Object.assign(add("object"), { data: `data:text/html,${encodeURIComponent(`<script>(${described})("${host}", ${port})</script>`)}` });
// WebRTC: a candidate of the other side, in a sandboxed blob [connects] [port]
Object.assign(add("iframe"), { sandbox: "allow-scripts", src: blob(`<script>(${described})("${host}", ${port})</script>`, "text/html") });
// WebRTC: a candidate of the other side, in a sandboxed page of the site [connects] [port]
Object.assign(add("iframe"), { sandbox: "allow-scripts", src: `/file?type=text/html&body=${encodeURIComponent(`<script>(${described})("${host}", ${port})</script>`)}` });
// WebRTC: of a frame [alone] [connects] [port]
const call = new (add("iframe").contentWindow.RTCPeerConnection)({ iceServers: [{ urls: `stun:${host}:${port}` }] });
call.createDataChannel("x");
await call.setLocalDescription();
// WebRTC: of a frame, by its number [alone] [connects] [port]
add("iframe");
frames[0].eval(`(${called})([{ urls: "stun:${host}:${port}" }])`);
// WebRTC: of a frame with a text of its own [alone] [connects] [port]
add("iframe").srcdoc = `<script>(${called})([{ urls: "stun:${host}:${port}" }])</script>`;
// a ping
Object.assign(add("a"), { ping: url, href: "#x" }).click();
// a ping by setAttribute
const link = Object.assign(add("a"), { href: "#x" });
link.setAttribute("ping", url);
link.dispatchEvent(new MouseEvent("click"));
// a sound
new Audio(url).load();
// a film that is played
const film = document.createElement("video");
film.src = url;
film.play().catch(() => {});
// import()
import(url);
// import() by text
eval(`import("${url}")`);
// import() of a blob that imports
import(URL.createObjectURL(new Blob([`import "${url}"`], { type: "text/javascript" })));
// import() of data that imports
import(`data:text/javascript,import "${url}"`);
// import() of CSS
import(url, { with: { type: "css" } });
// an import map by script
add("script", null, { type: "importmap", textContent: JSON.stringify({ imports: { [`m-${way}-${host}`]: url } }) });
import(`m-${way}-${host}`);
// speculation rules by script: prefetch [idle]
add("script", null, { type: "speculationrules", textContent: JSON.stringify({ prefetch: [{ urls: [url], eagerness: "immediate" }] }) });
// speculation rules by script: prerender [idle]
add("script", null, { type: "speculationrules", textContent: JSON.stringify({ prerender: [{ urls: [url], eagerness: "immediate" }] }) });
// speculation rules by script: a link of the page [idle]
const link = Object.assign(add("a"), { href: url, className: `s${way}` });
add("script", null, { type: "speculationrules", textContent: JSON.stringify({ prefetch: [{ where: { selector_matches: `.s${way}` }, eagerness: "immediate" }] }) });
// speculation rules by script: the type last [idle]
const rules = document.createElement("script");
rules.append(JSON.stringify({ prefetch: [{ urls: [url], eagerness: "immediate" }] }));
rules.setAttribute("type", "SpeculationRules");
document.head.append(rules);
// speculation rules by script: in a range [idle]
const range = document.createRange();
range.selectNode(document.body);
document.head.append(range.createContextualFragment(`<script type=speculationrules>{"prefetch": [{"urls": ["${url}"]}]}</script>`));
// speculation rules by script: written [idle]
document.write(`<script type=speculationrules>{"prefetch": [{"urls": ["${url}"], "eagerness": "immediate"}]}</script>`);
// speculation rules by script: of a frame [idle]
const inner = add("iframe").contentDocument;
const rules = Object.assign(inner.createElement("script"), { type: "speculationrules", text: JSON.stringify({ prefetch: [{ urls: [url] }] }) });
document.head.append(rules);
// a method of payment
new PaymentRequest([{ supportedMethods: url }], { total: { label: "x", amount: { currency: "EUR", value: "1" } } }).canMakePayment();
// a login that a third party keeps [once]
navigator.credentials.get({ identity: { providers: [{ configURL: url, clientId: "x" }] } });
// pictures of a media session
const silence = Object.assign(new Audio("/film"), { loop: true });
navigator.mediaSession.metadata = new MediaMetadata({ artwork: [{ src: url }] });
silence.play().catch(() => {});
// a picture for a canvas
const picture = Object.assign(new Image(), { crossOrigin: "anonymous", src: url });
await picture.decode();
// a model of the Cache
(await caches.open(way)).add(new Request(url, { mode: "no-cors" }));
// a file in the background
(await navigator.serviceWorker?.getRegistration())?.backgroundFetch?.fetch(way, url);
// a shared storage worklet
await sharedStorage.worklet.addModule(url);
// a shared storage worklet of another origin
await sharedStorage.createWorklet(url);
// an auction
await navigator.joinAdInterestGroup({ owner: new URL(url).origin, name: "x", biddingLogicURL: url }, 99);
// a login by a key: related origins [once]
navigator.credentials.get({ publicKey: { challenge: new Uint8Array(32), rpId: host } });
// a key that is made: related origins [once]
navigator.credentials.create({ publicKey: { challenge: new Uint8Array(32), rp: { id: host, name: "x" }, user: { id: new Uint8Array(8), name: "x", displayName: "x" }, pubKeyCredParams: [{ type: "public-key", alg: -7 }] } });
// a login by a third party: ended [once]
IdentityCredential.disconnect({ configURL: url, clientId: "x", accountHint: "*" });
// a method of payment, shown [once]
const request = new PaymentRequest([{ supportedMethods: url }], { total: { label: "x", amount: { currency: "EUR", value: "1" } } });
request.show().catch(() => {});
// a protocol that another site handles [once]
navigator.registerProtocolHandler("web+gauntlet", url + "?%s");
// topics that are told
fetch(url, { ...quiet, browsingTopics: true });
// a request that registers a source
fetch(url, { ...quiet, attributionReporting: { eventSourceEligible: true, triggerEligible: false } });
// a request that keeps things for others
fetch(url, { ...quiet, sharedStorageWritable: true });
// a request of a private kind
fetch(url, { ...quiet, targetAddressSpace: "loopback" });
// XMLHttpRequest: that registers a source
const x = new XMLHttpRequest();
x.open("GET", url);
x.setAttributionReporting?.({ eventSourceEligible: true, triggerEligible: false });
x.send();
// a window that registers a source [alone] [navigates]
window.open(url, "_blank", `attributionsrc=${encodeURIComponent(url)}`);
// a permission for others' storage [once]
document.requestStorageAccessFor(new URL(url).origin);
// a fetch later, when the page is hidden
const later = fetchLater(url, { method: "POST", body: "x", activateAfter: 10 });
// a picture before print
addEventListener("beforeprint", () => (new Image().src = url), { once: true });
dispatchEvent(new Event("beforeprint"));
// a notification with a picture [once]
new Notification("x", { icon: url, image: url, badge: url });
// a file that is downloaded [alone] [navigates]
Object.assign(add("a"), { href: url, download: "x" }).click();
// a film in pieces
const film = Object.assign(add("video"), { muted: true });
film.src = "/file?type=application/vnd.apple.mpegurl&body=" + encodeURIComponent(`#EXTM3U\n#EXT-X-TARGETDURATION:5\n#EXTINF:5,\n${url}.ts\n#EXT-X-ENDLIST\n`);
film.play().catch(() => {});
// a film in pieces: of another list
const film = Object.assign(add("video"), { muted: true });
film.src = "/file?type=application/vnd.apple.mpegurl&body=" + encodeURIComponent(`#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=1000\n${url}.m3u8\n`);
film.play().catch(() => {});
