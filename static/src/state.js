// @ts-check
/** What the server said, and what differs from what the live document was made with. */

/** @import {Answers, State, Setting} from "./types.js" */

const given = JSON.parse(document.querySelector("script#consent-state")?.textContent || "{}");

/** @type {Setting} */
export const setting = {
  prefix: location.origin + (given.prefix ?? "/consent"),
  method: given.method ?? "GET",
};

/**
 * What the document was made with: its scripts and its policy follow this until it is reloaded, or
 * until more is released in place.
 * @type {State}
 */
export let made = readState(given);

/** @param {State} now */
export const remake = (now) => {
  made = now;
};

/**
 * What the server said last, for our other scripts. What a listener is handed could come from
 * anybody, and what an element takes as its id is no property of the window's own.
 * @returns {State}
 */
export const toldState = () => Object.getOwnPropertyDescriptor(window, "consent")?.value?.state ?? made;

/**
 * Takes only what is known, and freezes it: pages must not change what the server decided.
 * @param {any} data
 * @returns {State}
 */
export function readState(data) {
  return Object.freeze({
    decided: data.decided === true,
    purposes: Object.freeze({ ...data.purposes }),
    services: Object.freeze({ ...data.services }),
    notice: String(data.notice ?? ""),
  });
}

/**
 * Does `now` allow anything that `before` did not? What is undecided is not allowed, so a first
 * refusal takes nothing away: `grants(now, before)` is false.
 * @param {State} before
 * @param {State} now
 */
export const grants = (before, now) =>
  adds(before.purposes, now.purposes) ||
  adds(before.services, now.services) ||
  // A service that was refused apart from its purpose, and follows it again.
  (adds({}, now.purposes) &&
    Object.keys(before.services).some((id) => !before.services[id] && !(id in now.services)));

/**
 * @param {Answers} before
 * @param {Answers} now
 */
const adds = (before, now) => Object.keys(now).some((id) => now[id] && !before[id]);
