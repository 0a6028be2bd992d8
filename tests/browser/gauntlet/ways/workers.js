// a worker
new Worker("/worker.js?" + encodeURIComponent(url));
// a worker: a module
new Worker("/worker.js?" + encodeURIComponent(url), { type: "module" });
// a worker: that imports
new Worker("/importing.js?" + encodeURIComponent(url));
// a worker: a module that imports
new Worker("/module.js?" + encodeURIComponent(url), { type: "module" });
// a worker: with XMLHttpRequest
new Worker("/asking.js?" + encodeURIComponent(url));
// a worker: with WebSocket
new Worker("/socket.js?" + encodeURIComponent(url));
// a worker: with EventSource
new Worker("/events.js?" + encodeURIComponent(url));
// a worker: with a font
new Worker("/font.js?" + encodeURIComponent(url));
// a worker: of a worker
new Worker("/nesting.js?" + encodeURIComponent(url));
// a worker: of a blob
new Worker(blob(`fetch("${url}", {mode: "no-cors"})`));
// a worker: of a blob that imports
new Worker(blob(`importScripts("${url}")`));
// a worker: of a blob, a module
new Worker(blob(`import "${url}"`), { type: "module" });
// a worker: of a blob that makes a worker
new Worker(blob(`new Worker(URL.createObjectURL(new Blob(['importScripts("${url}")'])))`));
// a worker: of data
new Worker(`data:text/javascript,fetch("${url}", {mode: "no-cors"})`);
// a worker: of data, a module
new Worker(`data:text/javascript,import "${url}"`, { type: "module" });
// a worker: through a redirect
new Worker("/worker.js?" + encodeURIComponent("/go?to=" + encodeURIComponent(url)));
// a worker: made in a frame
new (add("iframe").contentWindow.Worker)(blob(`fetch("${url}", {mode: "no-cors"})`));
// a worker: with WebTransport [connects] [port]
new Worker(blob(`new WebTransport("https://${host}:${port}/").ready.catch(() => {})`));
// a shared worker
new SharedWorker("/worker.js?" + encodeURIComponent(url));
// a shared worker: of a blob
new SharedWorker(blob(`fetch("${url}", {mode: "no-cors"})`));
// a shared worker: of data
new SharedWorker(`data:text/javascript,importScripts("${url}")`);
// a shared worker: a module that imports
new SharedWorker("/module.js?" + encodeURIComponent(url), { type: "module" });
// a service worker
navigator.serviceWorker.register("/worker.js?" + encodeURIComponent(url), { scope: `/scope/${way}` });
// a service worker: that imports
navigator.serviceWorker.register("/importing.js?" + encodeURIComponent(url), { scope: `/scope/${way}` });
// a service worker: a module that imports
navigator.serviceWorker.register("/module.js?" + encodeURIComponent(url), { scope: `/scope/${way}`, type: "module" });
// a service worker: when it is told
const there = await navigator.serviceWorker.register("/told.js", { scope: `/scope/told/${way}` });
(there.installing ?? there.active).postMessage(url);
// a service worker: when the page fetches
await navigator.serviceWorker.register("/fetching.js", { scope: `/scope/fetching/${way}` });
const inner = Object.assign(add("iframe"), { src: `/scope/fetching/${way}?${encodeURIComponent(url)}` });
inner.onload = () => {
  inner.onload = null;
  setTimeout(() => inner.contentWindow.location.reload(), 99);
};
// a worklet: paint
CSS.paintWorklet.addModule(url);
// a worklet: paint, of a blob that imports
CSS.paintWorklet.addModule(blob(`import "${url}"`));
// a worklet: sound
new AudioContext().audioWorklet.addModule(url);
// a worklet: sound, of a blob that imports
new AudioContext().audioWorklet.addModule(blob(`import "${url}"`));
// a service worker: its notification
const there = await navigator.serviceWorker.register("/told.js", { scope: `/scope/shown/${way}/${host}` });
while (!there.active) await new Promise((done) => setTimeout(done, 50));
await there.showNotification("x", { icon: url });
