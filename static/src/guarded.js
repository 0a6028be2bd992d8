// @ts-check
/** Tells the guard what was chosen while the page is open. */

/** @import {State} from "./types.js" */

const tag = /** @type {any} */ (document.querySelector("script[data-consent-guard]"));
const key = Object.getOwnPropertySymbols(tag ?? {}).find((key) => typeof tag[key] === "function");
const tell = key && tag[key];
// Nobody else is to find it.
if (key) delete tag[key];

/**
 * What was sealed stays held until the page is loaded anew; what is withdrawn is held at once, and
 * the storage keys and readable cookies of its services are taken away.
 * @param {State} state
 */
export const tellGuard = (state) => tell?.(state);
