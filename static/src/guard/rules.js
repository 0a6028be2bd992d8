// @ts-check
/** What the server knows of the site. */

/** @type {import("./types.d.ts").Rules} */
export const rules = CONSENT_RULES;
