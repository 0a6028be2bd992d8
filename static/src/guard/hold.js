// @ts-check
/** An element that would load from somebody who may not act is held as the server does. */

import { apply, once } from "./hook.js";
import { attributes, loads } from "./rules.js";
import { judge } from "./verdict.js";

const { getAttribute, setAttribute, removeAttribute } = Element.prototype;
const tags = Object.keys(loads);
/** What elements that load, and their attributes, are called. */
export const TAGS = tags.join("|");
export const NAMES = RegExp(`^${attributes}$`, "i");

/**
 * @param {Element} element
 * @param {string} name
 * @returns {string}
 */
export const read = (element, name) => apply(getAttribute, element, [name]) ?? "";

/**
 * Holds what has to be of one element, wherever that is written.
 * @param {string} tag
 * @param {string} text What is inside.
 * @param {(name: string) => string} said What the attributes say.
 * @param {(name: string, value: string, old?: string) => void} put Also takes an old one away.
 */
export function park(tag, text, said, put) {
  for (const [name, other, like] of /** @type {any} */ (loads)[tag]) {
    // What a document in a sandbox calls, nobody holds: it is of an origin of its own.
    const isLoose = BUILD === "strict" && other === "sandbox";
    const isBoxed = isLoose && origin === "null";
    // Nothing is like any, and undefined finds what is nothing.
    if (!isBoxed && !RegExp(like, "i").test(said(other))) continue;
    const value = said(name);
    const addresses =
      name === "type"
        ? // Rules that go by the links of the page cannot tell whom they concern.
          text.replace(/where|document|\\/, '"//"').split('"')
        : // In a list there are several; but a user's name may have spaces and commas in it.
          [value, ...value.split(/[\s,]/)];
    if (isLoose && (name === "srcdoc" || /^\s*(blob|data):/i.test(value))) addresses.push("//");
    const verdict = addresses.map(judge).find((each) => each.held);
    if (!verdict) continue;
    put(`data-consent-${name}`, value, name);
    if (tag === "script") put("type", "text/plain");
    for (const key in verdict) put(`data-consent-${key}`, /** @type {any} */ (verdict)[key]);
  }
}

/**
 * Holds what has to be in one element.
 * @param {any} element
 * @param {any[]} [args] What an attribute is about to say, or what text comes in: asked for where it counts.
 * @param {any} [name] Of that attribute.
 * @param {number} [at]
 * @returns {1 | undefined} Something if that may not be.
 */
export function hold(element, args = [""], name = "", at = 0) {
  // Most often the name tells, and quickest.
  if (name && !NAMES.test(name)) return;
  const tag = element?.localName;
  if (!loads[tag]) return;
  name = name.toLowerCase();
  const value = once(args, at);
  /** @type {any} */
  let stopped;
  park(
    tag,
    element.textContent + value,
    (each) => (each === name ? `${value}` : read(element, each)),
    (key, value, old) => {
      apply(setAttribute, element, [key, value]);
      if (old) apply(removeAttribute, element, [old]);
      stopped ||= old === name;
    },
  );
  return stopped;
}

/**
 * Holds what has to be in an element or a fragment; what is below one in a page has been looked at.
 * @param {any} node Or anything else.
 */
export function sift(node) {
  // Texts, and what is no node, have none.
  hold(node);
  if (node?.firstElementChild && !node.getRootNode().defaultView)
    for (const each of node.querySelectorAll(tags)) hold(each);
}
