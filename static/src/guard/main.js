// @ts-check
/** First in <head>: what a policy of the page cannot stop, and what no policy is about. */

import { hide, hook } from "./hook.js";
import { guardAttributes, guardInsertion, guardMarkup } from "./sinks.js";
import { guardLeaving } from "./leave.js";
import { guardRequests } from "./net.js";
import { guardStorage, purge } from "./storage.js";
import { answer } from "./verdict.js";
import { rules } from "./rules.js";

const tag = document.currentScript;
const armed = new WeakSet();

/**
 * Guards one realm; frames that a script makes have their own, with functions as new.
 * @param {any} win
 */
function arm(win) {
  try {
    if (!win || armed.has(win.Node) || win.document.querySelector("[data-consent-guard]")) return;
    equip(win);
  } catch {
    // Of another origin: what happens there is its own.
  }
}

/** @param {any} win */
function equip(win) {
  armed.add(win.Node);
  for (const name of ["HTMLIFrameElement", "HTMLFrameElement", "HTMLObjectElement"]) {
    const owner = win[name]?.prototype;
    for (const property of ["contentWindow", "contentDocument"]) {
      hook(
        owner,
        property,
        (self, args, native) => {
          const inner = Reflect.apply(native, self, args);
          arm(property === "contentWindow" ? inner : inner?.defaultView);
          return [inner];
        },
        "get",
      );
    }
  }
  for (const guard of [guardAttributes, guardInsertion, guardMarkup, guardStorage]) guard(win);
  guardLeaving(win, arm);
  if (rules.unsealed) guardRequests(win);
  hide(win);
}

/** @param {any} state */
function tell(state) {
  answer(state);
  purge();
}

answer(JSON.parse(document.getElementById("consent-state")?.textContent || "{}"));
equip(self);
purge();
// Taken, and taken away, by the banner's script.
if (tag) Object.defineProperty(tag, Symbol(), { configurable: true, value: tell });
