// @ts-check
/** What holds now, and who wants to know. */

/** @import {State} from "./types.js" */
import { tellGuard } from "./guarded.js";
import { grants, made, remake } from "./state.js";

let state = made;

/** @returns {State} */
export const current = () => state;

/**
 * A purpose that is unknown, undecided or refused is not allowed.
 * @param {string} purpose
 */
export const allows = (purpose) => purpose === "necessary" || state.purposes[purpose] === true;

/**
 * Takes over what the server says; the bar stays away on every view that this document shows.
 * @param {State} now
 */
export function show(now) {
  state = now;
  tellGuard(now);
  // Not document.documentElement, which an element can take the place of by its name.
  document.querySelector(":root")?.toggleAttribute("data-consent-decided", now.decided);
  announce("change");
  // What is released in place is what the document runs with from then on.
  if (grants(made, now) && !grants(now, made) && !announce("release")) remake(now);
}

/**
 * @param {"ready" | "change" | "release"} name
 * @returns {boolean} Whether nobody has taken care of it.
 */
export function announce(name) {
  const cancelable = name === "release";
  return document.dispatchEvent(
    new CustomEvent(`consent:${name}`, { detail: state, cancelable }),
  );
}

/**
 * Calls `listener` with the state: on each change, or for `ready` once, at once if need be.
 * @param {"ready" | "change"} name
 * @param {(state: State) => void} listener
 * @returns {() => void} Stops listening.
 */
export function on(name, listener) {
  if (name === "ready") {
    listener(state);
    return () => {};
  }
  const heard = () => listener(state);
  document.addEventListener(`consent:${name}`, heard);
  return () => document.removeEventListener(`consent:${name}`, heard);
}
