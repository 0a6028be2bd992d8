// @ts-check
/** Cookies and storage keys of held services: none is written, and keys that are there go. */

import { back, defineProperty, hooks, made, natives, once } from "./hook.js";
import { claims } from "./rules.js";
import { answer, bars } from "./verdict.js";

/** Thirteen calendar months from now: 393 to 397 days, the end of a month clamped. */
function latest() {
  const month = new Date().getUTCMonth();
  return Math.min(new Date().setUTCMonth(month + 13), new Date().setUTCMonth(month + 14, 0));
}

/**
 * A cookie as a script writes it becomes what it may be; none is written if it may not.
 *
 * Date.parse reads more than browsers read in a cookie (what names no month), and less (years of
 * two digits).
 * @param {any} _
 * @param {any[]} args
 */
function cut(_, args) {
  const text = `${args[0]}`;
  const now = Date.now();
  /** @param {RegExp} attribute */
  const said = (attribute) => text.match(attribute)?.[1] ?? "";
  // Of two, browsers take the last; and Max-Age before Expires (RFC 6265 §5.3).
  const age = said(/^.*;\s*max-age\s*=\s*(-?\d+)\s*(;|$)/is);
  const end = age ? now + /** @type {any} */ (age) * 1e3 : Date.parse(said(/^.*;\s*expires\s*=([^;]*[a-z]{3}[^;]*\d{4}[^;]*)/is));
  // A deletion only takes away.
  if (!(end <= now) && bars("cookie", said(/^\s*([^=;]*?)\s*=/))) return [];
  const last = end && latest();
  args[0] = end > last ? `${text}; max-age=${((last - now) / 1000) | 0}` : text;
  return;
}

/**
 * What stands for a storage: properties can be written to it, which nothing else can hold.
 * @param {any} area
 * @param {string} kind
 */
function standIn(area, kind) {
  let ours = made.get(area);
  if (!ours) {
    ours = new Proxy(area, {
      // @ts-expect-error: what the page could put into a prototype is not asked.
      __proto__: null,
      defineProperty: (_, key, value) =>
        (/** @type {any} */ (key).trim && bars(kind, /** @type {any} */ (key))) || defineProperty(area, key, value),
    });
    natives.set(ours, area);
    made.set(area, ours).set(ours, kind);
    tidy();
  }
  return ours;
}

export function guardStorage() {
  hooks("Document", "coo", cut);
  hooks("CookieStore", "s", (_, args) => {
    const [first, text] = args;
    const { name = first, value = text, expires } = first;
    // What may not be is written as deleted.
    const last = !bars("cookie", `${name}`) && latest();
    if (!last || expires > last) args.splice(0, 2, { __proto__: first, name, value, expires: +last });
  });
  hooks("", "localStorage|sessionStorage", null, standIn);
  // All are asked of the storage itself; and our functions say what those are that they stand for.
  hooks(
    "Storage Function",
    "\\w*Item|k|le|cl|toString",
    (self, args, name) => name[0] === "s" && bars(made.get(self), once(args, 0)),
    back,
  );
  hooks(
    " StorageEvent",
    "StorageEvent|storageArea",
    (_, args) => {
      // What an event brings may have been opened by nobody here.
      tidy();
      const storageArea = natives.get(args[1].storageArea);
      if (storageArea) args[1] = { __proto__: args[1], storageArea };
    },
    back,
  );
}

/** Takes away the keys that held services have left. */
export function tidy() {
  for (const kind in claims) {
    try {
      const area = /** @type {any} */ (self)[kind];
      for (const key of Object.keys(area)) if (bars(kind, key, 0)) area.removeItem(key);
    } catch {
      // Cookies are the server's; and where storage is switched off, nothing was left in it.
    }
  }
}

/**
 * Takes over answers, and takes away what is held now.
 * @param {any} state
 */
export function learn(state) {
  // What a page began with: nobody has read there before it, and who opens a storage finds it tidy.
  if (answer(state) !== state) tidy();
}
