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
  if (at in args && judge(args[at]?.url ?? `${args[at]}`).held) args[at] = `${scheme}://0:1`;
}

export function guardRequests() {
  hooks("", "fetch|Audio|EventSource|WebTransport", (_, args) => divert(args, 0));
  hooks("", "WebSocket", (_, args) => divert(args, 0, "wss"));
  hooks("XMLHttpRequest", "open", (_, args) => divert(args, 1));
  hooks("Navigator", "sendB", (_, args) => judge(`${args[0]}`).held && [true]);
}
