// @ts-check
/** Where no seal refuses it: what scripts ask for without an element. */

import { hooks } from "./hook.js";
import { judge } from "./verdict.js";

/**
 * Puts in the place of a held address one that browsers refuse to connect to: of a barred port.
 * @param {any} args
 * @param {number} at
 * @param {string} [scheme]
 */
function divert(args, at, scheme = "https") {
  if (at in args && judge(args[at]?.url ?? `${args[at]}`)[0]) args[at] = `${scheme}://0:1`;
}

/** @param {any} win */
export function guardRequests(win) {
  hooks(win, "", "fetch", (_, args) => divert(args, 0));
  hooks(win, "XMLHttpRequest", "open", (_, args) => divert(args, 1));
  hooks(win, "Navigator", "sendBeacon", (_, args) => judge(`${args[0]}`)[0] && [true]);
  for (const name of ["Audio", "EventSource", "WebSocket", "WebTransport"]) {
    /** @type {import("./hook.js").Before} */
    const before = (_, args) => divert(args, 0, name === "WebSocket" ? "wss" : "https");
    hooks(win, "", name, before);
    hooks(win, name, "constructor", before);
  }
}
