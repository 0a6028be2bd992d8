// @ts-check
/** Every way for a script to bring an element into the page, or to change where one leads. */

import { copy, hold, holdRules, inert, sift, tags, watched, write } from "./hold.js";
import { apply, hook, hooks } from "./hook.js";

const REST = "\\b(?:\"[^\"]*\"|'[^']*'|[^>])*>";
// The text of speculation rules comes with their tag.
const TAGS = RegExp(`<(?:script${REST}[^<]*|(${tags.join("|")})${REST})`, "gi");
const SUSPECT = RegExp(`<(script|${tags.join("|")})`, "i");
const PAIR = /([^\s"'<>/=]+)\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s>]+))/g;
const ALL = Object.values(watched).flat();
/** Names of attributes by which nothing loads. */
const plain = new Set();
const NAMES = RegExp(`([\\s"'/])(?=(${ALL.join("|")})\\s*=)`, "gi");

/**
 * A start tag in a text, as it is to be written: nothing is put in that needs quotes, since there
 * may be some around it.
 *
 * It is read without a parser, for which a policy of the page may want more than text.
 * @param {string} tag
 * @param {string} [name]
 */
function sifted(tag, name = "script") {
  const element = inert.createElement(name);
  element.textContent = tag.replace(/^.*>/s, "");
  for (const [, key = "", ...values] of tag.matchAll(PAIR)) {
    const value = values.join("");
    // Letters by number, or signs by name, are for those who hide something.
    write(element, key, /&(#|colon|sol|tab|newl|per)/i.test(value) ? "//" : value);
  }
  const held = hold(element);
  if (!held) return tag;
  const service = held[1] ? ` data-consent-service=${held[1]}` : "";
  return tag
    .replace(NAMES, "$1data-consent-")
    .replace(/<\w+/, `$& data-consent-held=${held[0]}${service}${name === "script" ? " type=text/plain" : ""}`);
}

/**
 * Holds an element that would load once this attribute is set.
 * @param {any} self
 * @param {any} name
 * @param {any} value
 */
function alter(self, name, value) {
  if (plain.has(name)) return;
  if (!ALL.includes(`${name}`.toLowerCase())) {
    plain.add(name);
    return;
  }
  if (!watched[self?.localName]?.includes((name = `${name}`.toLowerCase()))) return;
  const twin = copy(self);
  write(twin, name, value);
  if (!hold(twin)) return;
  for (const { name } of [...self.attributes]) if (!twin.hasAttribute(name)) write(self, name);
  for (const { name, value } of twin.attributes) write(self, name, value);
  return [null];
}

/** @type {import("./hook.js").Before} */
function insert(self, args) {
  for (let at = 0; at < args.length; at++) {
    const each = args[at];
    // Elements and fragments have one, or null; texts, and what is no node, have none.
    if (each?.firstElementChild !== undefined) sift(each);
    else if (self.localName === "script") holdRules(self, [...args].map((one) => one.data ?? one).join(""));
  }
}

/** @type {import("./hook.js").Before} */
function setText(self, args) {
  if (self.localName === "script") holdRules(self, args[0]);
  return self.nodeType === 2 && alter(self.ownerElement, self.name, args[0]);
}

/** @type {import("./hook.js").Before} */
function putMarkup(self, args, native, name) {
  const at = /^ex/.test(name) ? 2 : /^ins/.test(name) ? 1 : 0;
  const text = /^wr/.test(name) ? [...args].join("") : `${args[at]}`;
  if (self.localName === "script") holdRules(self, text);
  const kept = SUSPECT.test(text) ? text.replace(TAGS, sifted) : text;
  if (kept === text) return;
  try {
    return [apply(native, self, [...[...args].slice(0, at), kept])];
  } catch {
    // Only what a policy of the page has made may be written here: then nothing is.
    return [];
  }
}

/** @param {any} win */
export function guardSinks(win) {
  const all =
    "Node Element ShadowRoot Document DocumentFragment CharacterData DocumentType Range Attr HTMLElement HTMLScriptElement";
  hooks(win, all, /^(wr|exec|setHTML|(inn|out)erH|insert.*HTML)/, putMarkup);
  hooks(win, all, /^(text|innerT|nodeV|value)/, setText);
  hooks(win, all, /^(append|prep|before|after|insert|repl|surr|body$)/, insert);
  hooks(win, "Element", "setAttribute", (self, args) => alter(self, args[0], args[1]));
  hooks(win, "Element", "setAttributeNS", (self, args) => alter(self, args[1], args[2]));
  hooks(win, "Element NamedNodeMap", /^set(Named|AttributeNode)/, (self, [attr]) =>
    alter(self[0]?.ownerElement ?? self, attr.name, attr.value),
  );
  for (const tag of tags) {
    for (const name of watched[tag] ?? []) {
      let owner = win.document.createElement(tag);
      while ((owner = Object.getPrototypeOf(owner))) {
        hook(owner, name.replace("ges", "geS"), (self, args) => alter(self, name, args[0]));
      }
    }
  }
  // A list that a word may be added to, which makes the link one that loads.
  hooks(win, "HTMLLinkElement", "relList", (self) => void hold(self, 1), "get");
}
