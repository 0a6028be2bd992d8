// @ts-check
/** What the server said, and what differs from what the live document was made with. */

/** @import {State, Setting} from "./types.js" */

const given = JSON.parse(document.getElementById("consent-state")?.textContent || "{}");

/** @type {Setting} */
export const setting = {
  prefix: location.origin + (given.prefix ?? "/consent"),
  seal: given.seal ?? true,
  method: given.method ?? "GET",
};

/**
 * What the document was made with: its scripts and its policy follow this until it is reloaded.
 * @type {State}
 */
export const made = readState(given);

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
 * Does `now` allow anything that `before` did not?
 * @param {State} before
 * @param {State} now
 */
export function grants(before, now) {
  return (
    adds(before.purposes, now.purposes) ||
    adds(before.services, now.services) ||
    // An override that refused, and is gone: the service follows its purpose again.
    (any(now.purposes) && keys(before.services, false).some((id) => !(id in now.services)))
  );
}

/**
 * Does `before` allow anything that `now` does not? A first refusal takes nothing away.
 * @param {State} before
 * @param {State} now
 */
export function withdraws(before, now) {
  return (any(before.purposes) || any(before.services)) && grants(now, before);
}

/**
 * @param {Readonly<Record<string, boolean>>} before
 * @param {Readonly<Record<string, boolean>>} now
 */
const adds = (before, now) => keys(now, true).some((id) => !before[id]);

/** @param {Readonly<Record<string, boolean>>} answers */
const any = (answers) => keys(answers, true).length > 0;

/**
 * @param {Readonly<Record<string, boolean>>} answers
 * @param {boolean} wanted
 */
const keys = (answers, wanted) => Object.keys(answers).filter((id) => answers[id] === wanted);
