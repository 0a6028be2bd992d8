// @ts-check
/** First in <head>: what a policy of the page cannot stop, and what no policy is about. */

import { enter, hooks, natives } from "./hook.js";
import { guardLeaving } from "./leave.js";
import { guardSinks } from "./sinks.js";
import { guardStorage, purge } from "./storage.js";
import { answer, here } from "./verdict.js";

/** @param {(win: any) => void} [more] Guards what else has to be. */
export function start(more) {
  /**
   * Frames that a script makes have a realm of their own, with functions as new.
   * @param {any} found A window, or a document in one.
   * @returns {any} The same.
   */
  const arm = (found) => {
    try {
      const win = found.defaultView ?? found;
      if (!win.document.querySelector("[data-consent-guard]")) equip(win);
    } catch {
      // Of another origin: what happens there is its own.
    }
    return found;
  };
  /** @param {any} win */
  const equip = (win) => {
    if (natives.has(win.open)) return;
    enter(win);
    hooks("Function", /^toS/);
    guardSinks(win, arm);
    guardStorage();
    guardLeaving(win, arm);
    more?.(win);
  };
  /** @param {any} state */
  const learn = (state) => {
    answer(state);
    purge();
  };
  equip(self);
  // The state stands before it (templates/head.html).
  learn(JSON.parse(here.previousElementSibling.text));
  // Taken, and taken away, by the banner's script (guarded.js).
  here[Symbol()] = learn;
}
