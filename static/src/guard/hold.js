// @ts-check
/** An element that would load from somebody who may not act is held as the server does. */

import { apply } from "./hook.js";
import { rules } from "./rules.js";
import { judge } from "./verdict.js";

const { getAttribute, setAttribute, removeAttribute } = Element.prototype;
const RELS = RegExp(rules.rels, "i");

/** @type {Record<string, string[]>} Attributes that decide whether an element loads. */
export const watched = rules.loads;
export const tags = Object.keys(watched);
const SELECTOR = tags.join();

/**
 * @param {Element} element
 * @param {string} name
 * @returns {string}
 */
export const read = (element, name) => apply(getAttribute, element, [name]) ?? "";

/**
 * Holds what has to be of one element, wherever that is written.
 * @param {string} tag
 * @param {(name: string) => string} said What the attributes say, and `text` what is inside.
 * @param {(name: string, value: string, old?: string) => void} put Also takes an old one away.
 */
export function park(tag, said, put) {
  for (const name of watched[tag] ?? []) {
    const verdict = fault(tag, name, said);
    if (!verdict) continue;
    put(`data-consent-${name}`, said(name), name);
    if (tag === "script") put("type", "text/plain");
    verdict.forEach((value, at) => put(`data-consent-${at ? "service" : "held"}`, value ?? ""));
  }
}

/**
 * Why an attribute may not stay, if so.
 * @param {string} tag
 * @param {string} name
 * @param {(name: string) => string} said
 * @returns {import("./verdict.js").Verdict | undefined}
 */
function fault(tag, name, said) {
  const value = said(name);
  if (name !== "type") {
    const loads = name !== "rel" && (tag !== "link" || RELS.test(said("rel")));
    // In a list there are several; but a user's name may have spaces and commas in it.
    return loads ? [value, ...value.split(/[\s,]/)].map(judge).find(([why]) => why) : undefined;
  }
  const text = said("text");
  // Rules that go by the links of the page cannot tell whom they concern.
  return /speculationrules/i.test(value) &&
    (/where|document|\\/.test(text) || text.split('"').some((each) => judge(each)[0]))
    ? ["undeclared"]
    : undefined;
}

/**
 * Holds what has to be in one element.
 * @param {any} element
 * @param {any} [name] Of an attribute that is about to say something else, or `text`.
 * @param {any} [value]
 * @returns {[] | undefined} Something if that may not be.
 */
export function hold(element, name, value) {
  const tag = element.localName;
  if (!watched[tag]) return;
  /** @type {[] | undefined} */
  let stopped;
  name = name && `${name}`.toLowerCase();
  park(
    tag,
    (each) => (each === name ? `${value}` : each === "text" ? element.textContent : read(element, each)),
    (key, value, old) => {
      apply(setAttribute, element, [key, value]);
      if (old) apply(removeAttribute, element, [old]);
      if (old === name) stopped = [];
    },
  );
  return stopped;
}

/**
 * Holds what has to be in an element or a fragment; what is below one in a page has been looked at.
 * @param {any} node
 */
export function sift(node) {
  hold(node);
  if (!node.firstElementChild || (node.isConnected && node.ownerDocument.defaultView)) return;
  for (const each of node.querySelectorAll(SELECTOR)) hold(each);
}
