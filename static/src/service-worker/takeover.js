// @ts-check
/** A worker of another choice makes way at once (docs/blocking.md). */

import { patience, variant } from "./facts.js";

const scope = /** @type {any} */ (self);
const own = `consent:${variant}`;

/**
 * A new worker asks the one before whether it came with the same choice. If so, they wait for each
 * other as the site wants it; if not, or if it says nothing, its policy must end now: whoever made
 * the choice may have had no script of ours, or closed the tab.
 */
export function takeOver() {
  scope.addEventListener("install", (/** @type {any} */ event) => {
    const old = scope.registration.waiting ?? scope.registration.active;
    if (old) event.waitUntil(ask(old));
  });
  scope.addEventListener("message", (/** @type {MessageEvent} */ { data, ports }) => {
    if (/^consent:\w+$/.test(data)) ports[0]?.postMessage(data === own);
  });
}

/** @param {ServiceWorker} old */
async function ask(old) {
  const { port1, port2 } = new MessageChannel();
  const told = new Promise((hear) => {
    port1.onmessage = ({ data }) => hear(data);
    setTimeout(hear, patience);
  });
  old.postMessage(own, [port2]);
  if ((await told) !== true) scope.skipWaiting();
}
