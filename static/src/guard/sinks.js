// @ts-check
/** Every way for a script to bring an element into the page, or to change where one leads. */

import { hold, NAMES, park, sift, TAGS } from "./hold.js";
import { hooks } from "./hook.js";

// The text of speculation rules comes with their tag.
const STARTS = RegExp(`<(${TAGS})(?:"[^"]*"|'[^']*'|[^>])*>[^<]*`, "gi");
/** Letters by number, or signs by name, are for those who hide something. */
const HIDDEN = /^[^\s?]*&(#|(?!amp)\w+;)/;

/**
 * A start tag in a text, as it is to be written: nothing is put in that needs quotes, since there
 * may be some around it.
 *
 * It is read without a parser, for which a policy of the page may want more than text: whatever
 * looks like an attribute of the name counts.
 * @param {string} tag
 * @param {string} name
 */
function sifted(tag, name) {
  /** @param {string} key */
  const like = (key) => RegExp(`[\\s"'/](?=${key}\\s*=["'\\s]*([^"'>]*))`, "gi");
  park(
    name.toLowerCase(),
    tag,
    (key) =>
      [...tag.matchAll(like(key))].map(([, value]) => (HIDDEN.test(/** @type {any} */ (value)) ? "//" : value)).join(" "),
    (key, value, old) => {
      tag = old
        ? tag.replace(like(old), "$&data-consent-")
        : tag.replace(/<\w+/, `$& ${key}=${value}`);
    },
  );
  return tag;
}

/**
 * @param {any} self
 * @param {any[]} args
 */
function insert(self, args) {
  // Of an attribute, too, there is one.
  const name = self.localName;
  if (name === "script") hold(self, "text", args.map((each) => each.data ?? each).join(""));
  for (const each of args) sift(each);
  return NAMES.test(name) && hold(self.ownerElement, name, args[0]);
}

/** @type {import("./hook.js").Before} */
function putMarkup(self, args, name) {
  insert(self, args);
  const at = /^ex/.test(name) ? 2 : +/^ins/.test(name);
  const isWrite = /^wr/.test(name);
  const text = isWrite ? args.join("") : `${args[at]}`;
  const kept = text.replace(STARTS, sifted);
  // Where only what a policy of the page has made may be written, nothing is.
  return kept !== text && !(args[at].trim && args.splice(at, isWrite ? args.length : 1, kept));
}

/**
 * @param {any} win
 * @param {(found: any) => any} arm
 */
export function guardSinks(win, arm) {
  const elements = Object.getOwnPropertyNames(win).filter((name) => /^HTML/.test(name)).join(" ");
  const all =
    "HTMLScriptElement HTMLElement Element Document DocumentFragment Node Range Attr ShadowRoot CharacterData";
  hooks(win, elements, NAMES, (self, args, name) => hold(self, name, args[0]));
  hooks(win, all, /^(wr|exec|(?!get).*HTML)/, putMarkup);
  hooks(win, all, /^(app|prep|before|after|ins|repl|surr|body$|text|innerT|nodeV|value$)/, insert);
  hooks(win, "Element NamedNodeMap", /^set.*N[ao]/, (self, [{ name, value }]) =>
    hold(self[0]?.ownerElement ?? self, name, value),
  );
  hooks(win, "Element", /^setAttribute$/, (self, [name, value]) =>
    NAMES.test(name) && hold(self, name, value),
  );
  hooks(win, "Element", /^setAttributeNS$/, (self, [, name, value]) =>
    NAMES.test(name) && hold(self, name, value),
  );
  // A word may be added to the list of a link, which makes it one that loads.
  hooks(win, elements, /^content[WD]|^relL/, 0, (found, _, self) => hold(self, "rel", "preconnect") || arm(found));
}
