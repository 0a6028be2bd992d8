// @ts-check
/** Every way for a script to bring an element into the page, or to change where one leads. */

import { copy, every, hold, holdRules, inert, judged, park, read, sift, write } from "./hold.js";
import { apply, hook } from "./hook.js";
import { rules } from "./rules.js";

const { loads, unsealed } = rules;
/** @type {Record<string, string[]>} Attributes that decide whether an element is held. */
const watched = { ...loads, meta: ["http-equiv", "content"] };
watched.link = [...(loads.link ?? []), "rel"];
watched.script = [...(loads.script ?? []), "type"];
/** @type {Record<string, string>} */
const PROPERTIES = { "http-equiv": "httpEquiv", imagesrcset: "imageSrcset" };
const NAMES = Object.keys(watched).join("|");
const SUSPECT = new RegExp(`<(?:${NAMES})`, "i");
const TAGS = new RegExp(`<(?:${NAMES})\\b(?:[^>"']|"[^"]*"|'[^']*')*>`, "gi");

/** @param {any} owner @param {string} name */
const setter = (owner, name) => /** @type {any} */ (Object.getOwnPropertyDescriptor(owner, name)).set;
const setHTML = setter(Element.prototype, "innerHTML");
const { append, replaceChildren } = DocumentFragment.prototype;
const element = Element.prototype;

/** Has a shadow root been made outside the page? What is in it comes in unseen with its host. */
let shadows = false;

/** @param {any} node */
const isLive = (node) => unsealed || node.isConnected || (shadows && node.getRootNode().host);

/**
 * Once, as the browser would; what a policy of the page has made stays what it is.
 * @param {any} args
 * @param {number} at
 */
function settle(args, at) {
  const value = args[at];
  if (Object(value) === value && !/^Trusted/.test(value[Symbol.toStringTag])) args[at] = `${value}`;
  return args[at];
}

/**
 * What this markup becomes, where something in it is held.
 * @param {any} markup
 * @param {any} context
 */
function parsed(markup, context) {
  if (!SUSPECT.test(markup) || context?.localName === "template") return;
  const box = copy(context?.nodeType === 1 ? context : inert.body);
  apply(setHTML, box, [markup]);
  // Where scripts run, this is text.
  for (const text of every(box, "noscript")) text.textContent = text.innerHTML;
  if (!every(box).filter(hold).length) return;
  const made = inert.createDocumentFragment();
  apply(append, made, [...box.childNodes]);
  return made;
}

/**
 * A start tag that stands alone in a text, as it is to be written.
 * @param {string} tag
 */
function sifted(tag) {
  const box = copy(inert.body);
  apply(setHTML, box, [tag]);
  const found = box.firstElementChild;
  return found && hold(found) ? found.outerHTML.replace(/<\/\w+>$/, "") : tag;
}

/** @type {import("./hook.js").Before} */
function sieve(self, args, native) {
  for (let at = 0; at < args.length; at++) settle(args, at);
  const text = [...args].join("");
  const kept = text.replace(TAGS, sifted);
  if (kept === text) return;
  try {
    apply(native, self, [kept]);
  } catch {
    // Only what a policy of the page has made may be written here: then nothing is.
  }
  return [];
}

/**
 * Holds an element that would load once this attribute is set.
 * @param {any} self
 * @param {any} name
 * @param {any} args
 * @param {number} at Where in `args` the value is.
 * @returns {[any?] | void}
 */
function alter(self, name, args, at) {
  const names = watched[self?.localName];
  if (!names || !isLive(self)) return;
  name = `${name}`.toLowerCase();
  if (!names.includes(name)) return;
  const twin = copy(self);
  write(twin, name, settle(args, at));
  if (!hold(twin)) return;
  for (const { name } of [...self.attributes]) {
    if (!twin.hasAttribute(name)) apply(element.removeAttribute, self, [name]);
  }
  for (const { name, value } of twin.attributes) write(self, name, value);
  return [];
}

const FIRST = ["appendChild", "insertBefore", "replaceChild", "insertNode", "surroundContents"];
const ALL = ["append", "prepend", "replaceChildren", "before", "after", "replaceWith"];
ALL.push("insertAdjacentElement");

/** @param {any} win */
export function guardInsertion(win) {
  const { CharacterData, Document, DocumentFragment, DocumentType, Element, Node, Range } = win;
  for (const { prototype } of [Node, Element, Document, DocumentFragment, CharacterData, DocumentType, Range]) {
    for (const name of FIRST) {
      hook(prototype, name, (self, args) => {
        if (self.localName === "script") holdRules(self, args[0].data);
        if (isLive(self.startContainer ?? self)) sift(args[0]);
      });
    }
    for (const name of ALL) {
      hook(prototype, name, (self, args) => {
        if (self.localName === "script") holdRules(self, [...args].map((node) => node.data ?? node).join(""));
        if (isLive(self)) for (const node of args) sift(node);
      });
    }
  }
  hook(Document.prototype, "body", (_, args) => sift(args[0]), "set");
  hook(Element.prototype, "attachShadow", () => {
    shadows = true;
  });
}

/** @param {any} win */
export function guardMarkup(win) {
  const { Document, Element, ShadowRoot } = win;
  for (const owner of [Element, ShadowRoot]) {
    hook(
      owner?.prototype,
      "innerHTML",
      (self, args) => {
        if (self.localName === "script") holdRules(self, args[0]);
        const made = isLive(self) && parsed(settle(args, 0), self);
        return made && [apply(self.host ? replaceChildren : element.replaceChildren, self, [made])];
      },
      "set",
    );
    hook(owner?.prototype, "setHTMLUnsafe", (self, args, native) => isLive(self) && sieve(self, args, native));
  }
  hook(
    Element.prototype,
    "outerHTML",
    (self, args) => {
      const made = isLive(self) && parsed(settle(args, 0), self.parentNode);
      return made && [apply(element.replaceWith, self, [made])];
    },
    "set",
  );
  hook(Element.prototype, "insertAdjacentHTML", (self, args) => {
    const put = /** @type {Record<string, any>} */ ({
      beforebegin: element.before,
      afterbegin: element.prepend,
      beforeend: element.append,
      afterend: element.after,
    })[`${args[0]}`.toLowerCase()];
    const within = put === element.prepend || put === element.append;
    const made = put && isLive(self) && parsed(settle(args, 1), within ? self : self.parentNode);
    return made && [apply(put, self, [made])];
  });
  hook(Document.prototype, "write", sieve);
  hook(Document.prototype, "writeln", sieve);
}

/** @param {any} win */
export function guardAttributes(win) {
  const { Attr, Element, HTMLElement, HTMLScriptElement, NamedNodeMap, Node, document } = win;
  hook(Element.prototype, "setAttribute", (self, args) => alter(self, args[0], args, 1));
  hook(Element.prototype, "setAttributeNS", (self, args) => alter(self, args[1], args, 2));
  for (const name of ["setAttributeNode", "setAttributeNodeNS"]) {
    hook(Element.prototype, name, (self, [attr]) => alter(self, attr.name, [attr.value], 0) && [null]);
  }
  for (const name of ["setNamedItem", "setNamedItemNS"]) {
    hook(
      NamedNodeMap.prototype,
      name,
      (self, [attr]) => self[0] && alter(self[0].ownerElement, attr.name, [attr.value], 0) && [null],
    );
  }
  for (const [owner, name] of [
    [Attr, "value"],
    [Node, "nodeValue"],
    [Node, "textContent"],
    [HTMLElement, "innerText"],
    [HTMLScriptElement, "text"],
    [HTMLScriptElement, "innerText"],
    [HTMLScriptElement, "textContent"],
  ]) {
    hook(
      owner.prototype,
      name,
      (self, args) => {
        if (self.localName === "script") holdRules(self, args[0]);
        return self.nodeType === 2 && alter(self.ownerElement, self.name, args, 0);
      },
      "set",
    );
  }
  for (const tag in watched) {
    const own = Object.getPrototypeOf(document.createElement(tag));
    for (const name of watched[tag] ?? []) {
      for (const owner of [own, Object.getPrototypeOf(own)]) {
        hook(owner, PROPERTIES[name] ?? name, (self, args) => alter(self, name, args, 0), "set");
      }
    }
  }
  hook(
    win.HTMLLinkElement.prototype,
    "relList",
    (self) => {
      const verdict = isLive(self) && judged("href", read(self, "href"));
      if (verdict) park(self, "href", verdict);
    },
    "get",
  );
}
