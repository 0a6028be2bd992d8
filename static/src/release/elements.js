// @ts-check
/** Gives an element back what was held of it; scripts are another matter. */

import { isAddress, isStyled, PREFIX, unparked } from "./held.js";
import { NAMES } from "./names.js";

const XLINK = "http://www.w3.org/1999/xlink";
const NO_SOURCE = 3;
/** Elements with lists of values. */
const ANIMATED = /^(set|animate)$/;

/**
 * The attributes of an element as the site wrote them, put on `target`.
 * @param {Element} element
 * @param {Element} target
 */
export function restore(element, target) {
  // A type that is ours says "text/plain", before all others; the site's comes at its own place, so
  // that the element reads as the server would send it (Turbo compares them).
  const isHeldScript = element.localName === "script" && element.hasAttribute(`${PREFIX}held`);
  for (const attribute of [...element.attributes]) {
    const { name, value } = attribute;
    if (name.startsWith(PREFIX)) {
      const own = name.slice(PREFIX.length);
      if (isOurs(element.localName.toLowerCase(), own, value)) put(target, own, value);
    } else if (target !== element && !target.hasAttribute(name) && !(isHeldScript && name === "type")) {
      // As a node, since parsers take names that setAttribute() does not.
      target.setAttributeNode(/** @type {Attr} */ (attribute.cloneNode()));
    }
  }
}

/**
 * Could the server have held this? What somebody else wrote under our names neither listens nor
 * brings code; a script that is in the page could run anyway.
 * @param {string} tag
 * @param {string} name
 * @param {string} value
 */
const isOurs = (tag, name, value) =>
  `${NAMES[tag]} ${NAMES["*"]}`.split(" ").includes(name) &&
  (tag === "script" ||
    name.endsWith("srcset") ||
    (ANIMATED.test(tag) ? value.split(";") : [value]).every(isAddress));

/**
 * @param {Element} element
 * @param {string} name
 * @param {string} value
 */
function put(element, name, value) {
  if (name.startsWith("xlink:")) element.setAttributeNS(XLINK, name, value);
  else element.setAttribute(name, value);
}

/**
 * A frame goes out of the page and in again, so that "back" does not lead to the placeholder; a
 * meta element, since it counts when it comes in.
 * @param {Element} element
 */
export function free(element) {
  const { parentNode, nextSibling } = element;
  const again = element.matches("iframe,frame,meta");
  if (again) element.remove();
  if (element.hasAttribute(`${PREFIX}placeholder`)) element.removeAttribute("srcdoc");
  restore(element, element);
  for (const name of element.getAttributeNames()) {
    if (name.startsWith(PREFIX)) element.removeAttribute(name);
  }
  if (again) parentNode?.insertBefore(element, nextSibling);
  const media = element.closest("video,audio");
  if (media instanceof HTMLMediaElement && media.networkState === NO_SOURCE) media.load();
}

/**
 * Puts addresses back into style sheets and attributes of CSS.
 * @param {Element} element
 */
export function repaint(element) {
  if (element.localName === "style") {
    const text = element.textContent ?? "";
    const now = unparked(text, inCss);
    if (now !== text) element.textContent = now;
  }
  for (const { name, value } of element.attributes) {
    const now = isStyled(name) ? unparked(value, inCss) : value;
    if (now !== value) element.setAttribute(name, now);
  }
}

/**
 * An address that ends neither a string nor `url(…)`.
 * @param {string} address
 */
const inCss = (address) => address.replace(/["'()\\\s]/g, encodeCharacter);

/** @param {string} character */
const encodeCharacter = (character) =>
  `%${character.charCodeAt(0).toString(16).padStart(2, "0")}`;
