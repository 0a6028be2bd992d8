// @ts-check
/** First in <head>: what a policy of the page cannot stop, and what no policy is about. */

import { apply, hide, hooks } from "./hook.js";
import { guardLeaving } from "./leave.js";
import { guardSinks } from "./sinks.js";
import { guardStorage, purge } from "./storage.js";
import { answer } from "./verdict.js";

const tag = document.currentScript;
const armed = new WeakSet();

/** @param {(win: any) => void} [more] Guards what else has to be. */
export function start(more) {
  /**
   * Frames that a script makes have a realm of their own, with functions as new.
   * @param {any} found A window, or a document in one.
   */
  const arm = (found) => {
    try {
      const win = found.defaultView ?? found;
      if (!win.document.querySelector("[data-consent-guard]")) equip(win);
    } catch {
      // Of another origin: what happens there is its own.
    }
  };
  /** @param {any} win */
  const equip = (win) => {
    if (armed.has(win.Node)) return;
    armed.add(win.Node);
    hooks(
      win,
      "HTMLIFrameElement HTMLFrameElement HTMLObjectElement",
      "contentWindow contentDocument",
      (self, args, native) => {
        const inner = apply(native, self, args);
        arm(inner);
        return [inner];
      },
    );
    guardSinks(win);
    guardStorage(win);
    guardLeaving(win, arm);
    more?.(win);
    hide(win);
  };
  answer(JSON.parse(document.getElementById("consent-state")?.textContent || "{}"));
  equip(self);
  purge();
  // Taken, and taken away, by the banner's script (guarded.js).
  if (tag) {
    Object.defineProperty(tag, Symbol(), {
      configurable: true,
      value(/** @type {any} */ state) {
        answer(state);
        purge();
      },
    });
  }
}
