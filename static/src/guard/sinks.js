// @ts-check
/** Every way for a script to bring an element into the page, or to change where one leads. */

import { hold, park, sift, TAGS } from "./hold.js";
import { hooks, once, realm } from "./hook.js";
import { attributes } from "./rules.js";
import { arm } from "./start.js";

// The text of speculation rules comes with their tag.
const STARTS = RegExp(`<(${TAGS})(?:"[^"]*"|'[^']*'|[^>])*>[^<]*`, "gi");
/** Interfaces of what is in a page, and loads or is written to: to look for them in a window takes long. */
const OWNERS =
  "Document DocumentFragment DocumentType Node CharacterData ShadowRoot HTMLElement Element HTMLEmbedElement HTMLLinkElement HTMLScriptElement HTMLObjectElement HTMLBaseElement HTMLFrameElement HTMLIFrameElement Attr Range";
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
  for (const each of args) if (Object(each) === each) sift(each);
  // What most have not is asked for quickest: scripts have a type, and attributes an owner.
  if (self.type) hold(self, [args.map((each, at) => each?.textContent ?? once(args, at)).join("")]);
  return self.ownerElement && hold(self.ownerElement, args, self.localName);
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

export function guardSinks() {
  const all =
    BUILD === "unsealed"
      ? Object.getOwnPropertyNames(realm).filter((name) => /^(HTML|El|Doc|Node|Ra|Sh|Ch|Attr)/.test(name)).join(" ")
      : OWNERS;
  hooks(all, attributes, hold);
  hooks(all, "wr|exe|[^g,]\\w*HTML", putMarkup);
  hooks(all, "a[pf]|be|bo|in[ns]|mov|nodeV|p?rep|su|te|v", insert);
  hooks("Element NamedNodeMap", "set\\w*N[ao]", (self, [{ name, value }]) =>
    hold(self[0]?.ownerElement ?? self, [value], name),
  );
  // What takes a node for it has its hook already.
  hooks("Element", "setA", (self, args, name) => {
    const at = +!!name[12];
    return hold(self, args, once(args, at), at + 1);
  });
  // A word may be added to the list of a link, which makes it one that loads.
  hooks(all, "content[DW]|relL", null, (found, _, self) => hold(self, ["preconnect"], "rel") || arm(found));
}
