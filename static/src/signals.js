// @ts-check
/**
 * Tells vendors' own scripts about the choice, before they start and again when it changes. Nothing
 * of a vendor is loaded by this: their scripts are held until their service is granted, so what is
 * said here reaches nobody before (law.md GCM-04).
 */

/** @import {State} from "./types.js" */
import { vendors } from "./signals/vendors.js";
import { made, toldState } from "./state.js";

/** @type {Record<string, [service: string, purpose: string][]>} Per signal, who decides it. */
const rules = JSON.parse(document.currentScript?.dataset.consentSignals || "{}");

/**
 * @param {State} state
 * @returns {Record<string, boolean>}
 */
const answers = ({ purposes, services }) =>
  Object.fromEntries(
    Object.entries(rules).map(([signal, deciding]) => [
      signal,
      deciding.some(([service, purpose]) => (services[service] ?? purposes[purpose]) === true),
    ]),
  );

let told = answers(made);
const used = Object.keys(rules);
const speaking = vendors.filter(({ name }) => used.some((signal) => signal.split(".")[0] === name));

for (const vendor of speaking) vendor.start(told, made.decided);

document.addEventListener("consent:change", () => {
  const now = answers(toldState());
  for (const vendor of speaking) {
    const own = used.filter((signal) => signal.split(".")[0] === vendor.name);
    if (own.some((signal) => now[signal] !== told[signal])) vendor.change(now);
  }
  told = now;
});
