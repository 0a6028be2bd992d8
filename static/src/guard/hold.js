// @ts-check
/** An element that would load from, or lead to, somebody who may not act is held as the server does. */

import { apply } from "./hook.js";
import { judge, leads } from "./verdict.js";
import { rules } from "./rules.js";

const { loads, rels } = rules;
const { getAttribute, setAttribute, removeAttribute, querySelectorAll } = Element.prototype;
const { querySelectorAll: within } = DocumentFragment.prototype;
const { importNode } = Document.prototype;
export const inert = document.implementation.createHTMLDocument("");

/**
 * @param {Element} element
 * @param {string} name
 * @returns {string}
 */
export const read = (element, name) => apply(getAttribute, element, [name]) ?? "";

/**
 * @param {Element} element
 * @param {string} name
 * @param {string} value
 */
export const write = (element, name, value) => apply(setAttribute, element, [name, value]);

export const SELECTOR = [...Object.keys(loads), "meta", "script[type]"].join();

/**
 * The verdict that holds one of the addresses in an attribute.
 * @param {string} name
 * @param {string} value
 */
export const judged = (name, value) =>
  (/srcset$/.test(name) ? value.split(/,?\s+/) : [value])
    .filter(Boolean)
    .map((each) => judge(each))
    .find(([why]) => why);

/**
 * Do these speculation rules concern nobody but whom they may?
 * @param {string} text
 */
function isHarmless(text) {
  /** @param {any} where @returns {boolean} Is nothing but the site's own matched? */
  const stays = (where) =>
    where?.and
      ? where.and.some(stays)
      : where?.or
        ? where.or.every(stays)
        : [where?.href_matches].flat().every((path) => /^\/(?!\/)/.test(path));
  try {
    return Object.values(JSON.parse(text)).every(
      (/** @type {any} */ rules) =>
        !Array.isArray(rules) ||
        rules.every(({ urls, where }) =>
          urls ? urls.every((/** @type {string} */ url) => !judge(url)[0]) : stays(where),
        ),
    );
  } catch {
    return false;
  }
}

/**
 * @param {Element} element
 * @param {string} name
 * @param {import("./verdict.js").Verdict} verdict
 */
export function park(element, name, [why, service, purpose = ""]) {
  write(element, `data-consent-${name}`, read(element, name));
  apply(removeAttribute, element, [name]);
  write(element, "data-consent-held", why);
  if (service) {
    write(element, "data-consent-service", service);
    write(element, "data-consent-purpose", purpose);
  }
}

/**
 * Holds speculation rules with this text; an empty script may still get one.
 * @param {Element} script
 * @param {any} text
 */
export function holdRules(script, text) {
  if (!text || !/^\s*speculationrules\s*$/i.test(read(script, "type"))) return false;
  if (isHarmless(text)) return false;
  park(script, "type", ["undeclared"]);
  write(script, "type", "text/plain");
  return true;
}

/**
 * Holds what has to be in one element: was there anything?
 * @param {Element} element
 */
export function hold(element) {
  const tag = element.localName;
  let held = false;
  if (tag === "meta" && /^refresh$/i.test(read(element, "http-equiv"))) {
    const found = /^[\s\d.]*[;,]?\s*(?:url\s*=\s*)?(["']?)(.*)/is.exec(read(element, "content"));
    const to = found?.[2]?.split(found[1] || "\0")[0] ?? "";
    held = !leads(to);
    if (held) park(element, "http-equiv", judge(to));
  }
  if (tag === "script") held = holdRules(element, element.textContent);
  if (tag === "link" && !read(element, "rel").toLowerCase().split(/\s+/).some((rel) => rels.includes(rel))) {
    return held;
  }
  for (const name of loads[tag] ?? []) {
    const verdict = judged(name, read(element, name));
    if (verdict) {
      park(element, name, verdict);
      if (tag === "script") write(element, "type", "text/plain");
      held = true;
    }
  }
  return held;
}

/**
 * @param {any} root
 * @returns {Element[]}
 */
export const every = (root, selector = SELECTOR) => [
  ...apply(root.nodeType === 1 ? querySelectorAll : within, root, [selector]),
];

/**
 * Holds what has to be in a node and below it.
 * @param {any} node
 */
export function sift(node) {
  if (node?.nodeType === 1) hold(node);
  else if (node?.nodeType !== 11) return;
  if (node.firstElementChild) every(node).forEach(hold);
}

/**
 * An element alone, where nothing loads and nothing runs.
 * @param {Element} element
 * @returns {any}
 */
export const copy = (element) => apply(importNode, inert, [element, false]);
