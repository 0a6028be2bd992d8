// @ts-check
/** An element that would load from somebody who may not act is held as the server does. */

import { apply } from "./hook.js";
import { rules } from "./rules.js";
import { judge } from "./verdict.js";

/** @typedef {import("./verdict.js").Verdict} Verdict */

const { getAttribute, setAttribute, removeAttribute } = Element.prototype;
const { importNode } = Document.prototype;
const RELS = RegExp(rules.rels, "i");
export const inert = document.implementation.createHTMLDocument("");

/** @type {Record<string, string[]>} Attributes that decide whether an element is held. */
export const watched = { script: [], ...rules.loads };
watched.link?.push("rel");
watched.script?.push("type");
export const tags = Object.keys(watched);
const SELECTOR = tags.join();

/**
 * @param {Element} element
 * @param {string} name
 * @returns {string}
 */
export const read = (element, name) => apply(getAttribute, element, [name]) ?? "";

/**
 * @param {Element} element
 * @param {string} name
 * @param {string} [value] None takes it away.
 */
export const write = (element, name, value) =>
  apply(value == null ? removeAttribute : setAttribute, element, [name, value]);

/**
 * @param {any} element
 * @param {string} name
 * @param {Verdict} verdict
 */
function park(element, name, verdict) {
  const [why, service] = verdict;
  write(element, `data-consent-${name}`, read(element, name));
  write(element, name);
  if (element.localName === "script") write(element, "type", "text/plain");
  write(element, "data-consent-held", why);
  if (service) write(element, "data-consent-service", service);
  return verdict;
}

/**
 * Holds speculation rules with this text, where they concern others than they may or, as those
 * that go by the links of the page, cannot tell whom.
 * @param {any} script
 * @param {string} text
 * @returns {Verdict | false | undefined} Why, if it is.
 */
export const holdRules = (script, text) =>
  script.localName === "script" &&
  /^\s*speculationrules\s*$/i.test(read(script, "type")) &&
  (/where|document|\\/.test(text) || [...text.matchAll(/"(.*?)"/g)].some(([, each]) => judge(each)[0])) &&
  park(script, "type", ["undeclared"]);

/**
 * Holds what has to be in one element.
 * @param {any} element
 * @param {any} [surely] Whatever a link is, it may become what loads.
 * @returns {Verdict | false | undefined} Why, if anything was.
 */
export function hold(element, surely) {
  let held = holdRules(element, element.textContent);
  for (const name of watched[element.localName] ?? []) {
    if (/^(type|rel)$/.test(name)) continue;
    if (element.localName === "link" && !surely && !RELS.test(read(element, "rel"))) continue;
    // In a list there are several; and within one, browsers do not see the end of a line.
    for (const each of read(element, name).replace(/[\t\n\r]/g, "").split(/[ ,]+/)) {
      const verdict = judge(each || "#");
      if (verdict[0]) {
        held = park(element, name, verdict);
        break;
      }
    }
  }
  return held;
}

/**
 * Holds what has to be in an element or a fragment; what is below one in a page has been looked at.
 * @param {any} node
 */
export function sift(node) {
  if (watched[node.localName]) hold(node);
  if (!node.firstElementChild || (node.isConnected && node.ownerDocument.defaultView)) return;
  for (const each of node.querySelectorAll(SELECTOR)) hold(each);
}

/**
 * An element alone, where nothing loads and nothing runs.
 * @param {any} element
 * @returns {any}
 */
export const copy = (element) => apply(importNode, inert, [element]);
