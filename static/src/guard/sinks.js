// @ts-check
/** Every way for a script to bring an element into the page, or to change where one leads. */

import { hold, park, sift, tags, watched } from "./hold.js";
import { apply, hooks } from "./hook.js";

// The text of speculation rules comes with their tag.
const TAGS = RegExp(`<(${tags.join("|")})(?:"[^"]*"|'[^']*'|[^>])*>[^<]*`, "gi");
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
  const said = (key) =>
    [...tag.matchAll(RegExp(`[\\s"'/](?=${key}\\s*=["'\\s]*([^"'>]*))`, "gi"))]
      .map(([, value = ""]) => (HIDDEN.test(value) ? "//" : value))
      .join(" ");
  park(
    name.toLowerCase(),
    (key) => (key === "text" ? tag : said(key)),
    (key, value, old) => {
      tag = old
        ? tag.replace(RegExp(`([\\s"'/])${old}(?=\\s*=)`, "gi"), `$1${key}`)
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
  if (self.localName === "script") hold(self, "text", args.map((each) => each.data ?? each).join(""));
  for (const each of args) {
    // Elements and fragments have one, or null; texts, and what is no node, have none.
    if (each?.firstElementChild !== undefined) sift(each);
    else if (each?.nodeType === 2) return hold(self[0]?.ownerElement ?? self, each.name, each.value);
  }
  return self.nodeType === 2 && hold(self.ownerElement, self.name, args[0]);
}

/** @type {import("./hook.js").Before} */
function putMarkup(self, args, _, name) {
  insert(self, args);
  const at = /^ex/.test(name) ? 2 : /^ins/.test(name) ? 1 : 0;
  const text = /^wr/.test(name) ? args.join("") : `${args[at]}`;
  const kept = text.replace(TAGS, sifted);
  if (kept !== text) {
    // Only what a policy of the page has made may be written here: then nothing is.
    if (!args[at].trim) return [];
    args[at] = kept;
    args.length = at + 1;
  }
}

/**
 * @param {any} win
 * @param {(found: any) => void} arm
 */
export function guardSinks(win, arm) {
  const elements = Object.getOwnPropertyNames(win).filter((name) => /^HTML.*Element$/.test(name)).join(" ");
  const all =
    "Node Element ShadowRoot Document DocumentFragment CharacterData Range Attr NamedNodeMap HTMLElement HTMLScriptElement";
  const names = Object.values(watched).flat().join("|");
  hooks(win, elements, RegExp(`^(${names})$`, "i"), (self, args, _, name) => hold(self, name, args[0]));
  hooks(win, all, /^(wr|exec|setHTML|(inn|out)erH|insert.*HTML)/, putMarkup);
  hooks(
    win,
    all,
    /^(app|prep|before|after|ins|repl|surr|body$|text|innerT|nodeV|value$|set.*N[ao])/,
    insert,
  );
  hooks(win, "Element", /^setAttribute$/, (self, args) => hold(self, args[0], args[1]));
  hooks(win, "Element", /^setAttributeNS$/, (self, args) => hold(self, args[1], args[2]));
  hooks(win, elements, /^content[WD]/, (self, args, native) => {
    const inner = apply(native, self, args);
    arm(inner);
    return [inner];
  });
  // A list that a word may be added to, which makes the link one that loads.
  hooks(win, "HTMLLinkElement", /^relList$/, (self) => hold(self, "rel", "preconnect"), "get");
}
