// @ts-check
/** Where no seal refuses it: what scripts ask for without an element. */

import { hook, hookConstructor } from "./hook.js";
import { judge } from "./verdict.js";

/** Browsers refuse this port before they connect to anybody. */
const NOWHERE = "//0:1";

/**
 * @param {any} args
 * @param {number} at
 * @param {string} scheme
 */
function divert(args, at, scheme = "https:") {
  const address = args[at]?.url ?? args[at];
  if (at < args.length && judge((args[at] = Object(args[at]) === args[at] && args[at].url ? args[at] : `${address}`)?.url ?? args[at])[0]) {
    args[at] = scheme + NOWHERE;
  }
}

/** @param {any} win */
export function guardRequests(win) {
  hook(win, "fetch", (_, args) => divert(args, 0));
  hook(win.XMLHttpRequest.prototype, "open", (_, args) => divert(args, 1));
  hook(win.Navigator.prototype, "sendBeacon", (_, args) => args.length > 0 && judge(`${args[0]}`)[0] !== "" && [true]);
  for (const name of ["EventSource", "WebTransport"]) hookConstructor(win, [name], (args) => divert(args, 0));
  hookConstructor(win, ["WebSocket"], (args) => divert(args, 0, "wss:"));
  hookConstructor(win, ["Audio"], (args) => divert(args, 0));
}
