// @ts-check
/** Every way for a script to bring an element into the page, or to change where one leads. */

import { hold, NAMES, park, sift, TAGS } from "./hold.js";
import { hooks, once } from "./hook.js";

// The text of speculation rules comes with their tag.
const STARTS = RegExp(`<(${TAGS})(?:"[^"]*"|'[^']*'|[^>])*>[^<]*`, "gi");
/** Interfaces of what is in a page. */
const OWNERS = /^(HTML|El|Doc|Node|Ra|At|Sh|Ch)/;
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
  for (const each of args) sift(each);
  // Of an attribute, too, there is a name.
  const { localName, ownerElement } = self;
  if (localName === "script") hold(self, "text", args.map((each, at) => each?.textContent ?? once(args, at)).join(""));
  return ownerElement && hold(ownerElement, localName, once(args, 0));
}

/** @type {import("./hook.js").Before} */
function putMarkup(self, args, name) {
  insert(self, args);
  const at = /** @type {any} */ ({ e: 2, s: 1 })[/** @type {any} */ (name[2])] ?? 0;
  const isWrite = /^wr/.test(name);
  const text = isWrite ? args.map((_, each) => once(args, each)).join("") : `${once(args, at)}`;
  const kept = text.replace(STARTS, sifted);
  // Where only what a policy of the page has made may be written, nothing is.
  return kept !== text && !(args[at].trim && args.splice(at, isWrite ? args.length : 1, kept));
}

/**
 * @param {any} win
 * @param {(found: any) => any} arm
 */
export function guardSinks(win, arm) {
  const all = Object.getOwnPropertyNames(win).filter((name) => OWNERS.test(name)).join(" ");
  hooks(all, NAMES, (self, args, name) => hold(self, name, once(args, 0)));
  hooks(all, /^(wr|exe|(?!get).*HTML)/, putMarkup);
  hooks(all, /^(app|prep|be|af|ins|repl|sur|bod|tex|inn|nodeV|mov)/, insert);
  hooks("Attr", /^v/, insert);
  hooks("Element NamedNodeMap", /^set.*N[ao]/, (self, [{ name, value }]) =>
    hold(self[0]?.ownerElement ?? self, name, value),
  );
  // What takes a node for it has its hook already.
  hooks("Element", /^setA/, (self, args, name) => {
    const at = +/S/.test(name);
    return hold(self, once(args, at), once(args, at + 1));
  });
  // A word may be added to the list of a link, which makes it one that loads.
  hooks(all, /^content[DW]|^relL/, null, (found, _, self) => hold(self, "rel", "preconnect") || arm(found));
}
