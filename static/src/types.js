// @ts-check
/**
 * By id: granted, refused, or `null` while undecided.
 * @typedef {Readonly<Record<string, boolean | null>>} Answers
 */

/**
 * What the page knows of the visitor's choice.
 * @typedef {object} State
 * @property {boolean} decided Is there an answer for every purpose that needs consent?
 * @property {Answers} purposes Those that need consent.
 * @property {Answers} services Only answers that differ from that of the purpose.
 * @property {string} notice SHA-256 of the notice in force.
 */

/**
 * What the server says about the live document; it does not change until the next one.
 * @typedef {object} Setting
 * @property {string} prefix Where our own paths begin: `/consent`.
 * @property {string} method Method of the request that the document answered.
 */

/**
 * A decision, as `window.consent.save` takes it.
 * @typedef {object} Decision
 * @property {"accept_all" | "refuse_all" | "save"} action
 * @property {Record<string, boolean>} [purposes]
 * @property {Record<string, boolean>} [services]
 */

/**
 * What became of a decision.
 * `saved`: recorded, and the browser gives the cookie back. `kept-not`: it keeps no cookies.
 * @typedef {"saved" | "kept-not"} Outcome
 */

export {};
