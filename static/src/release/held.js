// @ts-check
/** What of a page is held, and may act now. */

/** @import {State} from "../types.js" */

export const PREFIX = "data-consent-";
/** Stands before an address in CSS or JSON, with its purpose and its service. */
const PARKED = "about:invalid#consent:";
const PARKED_ADDRESS = /about:invalid#consent:([a-z\d-]+)\/([a-z\d-]+)\/([\w.~%-]+)/g;
/** Attributes of CSS, and those by which an animation changes one. */
const STYLED =
  "style,fill,stroke,filter,mask,mask-image,clip-path,cursor,marker,marker-start,marker-mid," +
  "marker-end,to,from,by,values";
const STYLED_NAMES = STYLED.split(",");
const HELD = "[data-consent-held]";
const SELECTOR = [
  HELD,
  "style",
  "script[type=speculationrules i]",
  "iframe[srcdoc]",
  ...STYLED_NAMES.map((name) => `[${name}*="${PARKED}"]`),
].join();

/** @type {State} */
let state;

/** @param {State} now */
export const know = (now) => {
  state = now;
};

/**
 * @param {string} purpose
 * @param {string} service
 */
const allows = (purpose, service) =>
  (state.services[service] ?? state.purposes[purpose]) === true;

/**
 * What is undeclared, unreadable or not for this page stays, whatever was granted.
 * @param {Element} element
 */
export function isGranted(element) {
  const of = (/** @type {string} */ name) => element.getAttribute(PREFIX + name) ?? "";
  return (
    /^(undecided|refused)$/.test(of("held")) &&
    allows(of("purpose"), of("service")) &&
    // A refresh that visitors can write is none.
    (element.localName !== "meta" || element.closest("head") !== null)
  );
}

/**
 * Is this relative, or of the web? The server holds addresses that name a host; browsers pass over
 * spaces and control characters in "javascript:".
 * @param {string} text
 */
export const isAddress = (text) =>
  !/^(?!https?:)[a-z][a-z\d+.-]*:/i.test(text.replace(/[^!-\uffff]+/g, ""));

/** @param {string} name */
export const isStyled = (name) => STYLED_NAMES.includes(name);

/**
 * A text with the addresses that may load now back in their places.
 * @param {string} text
 * @param {(address: string) => string} escape
 */
export const unparked = (text, escape) =>
  text.replace(PARKED_ADDRESS, (parked, purpose, service, written) => {
    const address = decodeURIComponent(written);
    return allows(purpose, service) && isAddress(address) ? escape(address) : parked;
  });

/**
 * Everything to look at, in the order of the page.
 * @param {ParentNode} root
 * @returns {Element[]}
 */
export const found = (root) => [
  ...(root instanceof Element && root.matches(SELECTOR) ? [root] : []),
  ...root.querySelectorAll(SELECTOR),
];

/**
 * The roots of a document: its own, those of shadow trees, those of frames with their own text.
 * @param {ParentNode} root
 * @returns {ParentNode[]}
 */
export const roots = (root) => [
  root,
  ...[...root.querySelectorAll("*")].flatMap((element) =>
    element.shadowRoot ? roots(element.shadowRoot) : [],
  ),
];
