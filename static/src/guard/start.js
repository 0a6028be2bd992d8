// @ts-check
/** First in <head>: what a policy of the page cannot stop, and what no policy is about. */

import { enter, natives } from "./hook.js";
import { guardLeaving } from "./leave.js";
import { guardRequests } from "./requests.js";
import { guardSinks } from "./sinks.js";
import { guardStorage, learn } from "./storage.js";
import { here } from "./verdict.js";

/**
 * Frames that a script makes have a realm of their own, with functions as new.
 * @param {any} found A window, or a document in one.
 * @returns {any} The same.
 */
export function arm(found) {
  try {
    const win = found.defaultView ?? found;
    if (!win.document.querySelector("[data-consent-guard]")) equip(win);
  } catch {
    // Of another origin: what happens there is its own.
  }
  return found;
}

/** @param {any} win */
function equip(win) {
  if (natives.has(win.open)) return;
  enter(win);
  guardSinks();
  guardStorage();
  guardLeaving();
  if (BUILD === "unsealed") guardRequests();
  if (BUILD === "strict")
    // Chromium 156 refuses too late what a page describes, and ends one whose frames call.
    for (const old of ["", "webkit"]) delete win[`${old}RTCPeerConnection`];
}

equip(self);
// The state stands before it (templates/head.html).
learn(JSON.parse(here.previousElementSibling.text));
// Taken, and taken away, by the banner's script (guarded.js).
here[Symbol()] = learn;
