// @ts-check
/** Cookies and storage keys of held services: none is written, and keys that are there go. */

import { defineProperty, hooks, made, natives, stand } from "./hook.js";
import { bars } from "./verdict.js";

/** @type {WeakMap<any, any>} Of what stands for a storage. */
const kinds = new WeakMap();

/** Thirteen calendar months from now: 393 to 397 days, the end of a month clamped. */
function latest() {
  const end = new Date();
  const day = end.getUTCDate();
  end.setUTCMonth(end.getUTCMonth() + 13);
  return end.getUTCDate() === day ? +end : end.setUTCDate(0);
}

/**
 * A cookie as a script writes it, as it may be: "" if it may not.
 *
 * Date.parse reads more than browsers read in a cookie (what names no month), and less (years of
 * two digits).
 * @param {string} text
 */
function cut(text) {
  const now = Date.now();
  /** @param {RegExp} attribute */
  const said = (attribute) => text.match(attribute)?.[1] ?? "";
  // Of two, browsers take the last; and Max-Age before Expires (RFC 6265 §5.3).
  const age = said(/^.*;\s*max-age\s*=\s*(-?\d+)\s*(;|$)/is);
  const end = age ? now + /** @type {any} */ (age) * 1e3 : Date.parse(said(/^.*;\s*expires\s*=([^;]*[a-z]{3}[^;]*\d{4}[^;]*)/is));
  // A deletion only takes away.
  if (!(end <= now) && bars("cookie", said(/^\s*([^=;]*?)\s*=/))) return "";
  const last = end && latest();
  return end > last ? `${text}; max-age=${((last - now) / 1000) | 0}` : text;
}

/**
 * What stands for a storage: properties can be written to it, which nothing else can hold.
 * @param {any} area
 * @param {string} kind
 */
function standIn(area, kind) {
  const ours = stand(area, {
    // @ts-expect-error: what the page could put into a prototype is not asked.
    __proto__: null,
    defineProperty: (_, key, value) =>
      (typeof key === "string" && bars(kind, key)) || defineProperty(area, key, value),
  });
  kinds.set(ours, kind);
  return ours;
}

/** @param {any} win */
export function guardStorage(win) {
  hooks(win, "Document", /^cookie$/, (_, args) => !(args[0] = cut(`${args[0]}`)));
  hooks(win, "CookieStore", /^set$/, (_, args) => {
    const [first] = args;
    const { name = first, expires } = first;
    if (bars("cookie", `${name}`)) return [win.Promise.resolve()];
    const last = latest();
    if (expires > last) args[0] = { __proto__: first, expires: last };
    return undefined;
  });
  hooks(win, "", /^(local|session)S/, 0, standIn);
  // All are asked of the storage itself.
  hooks(
    win,
    "Storage",
    /^(?!con)/,
    (self, args, name) =>
      name === "setItem" && bars(kinds.get(self), (args[0] = `${args[0]}`)),
    (found) => found,
  );
  hooks(
    win,
    " StorageEvent",
    /torage(Ar|Ev)/,
    (_, args) => {
      const storageArea = natives.get(args[1].storageArea);
      if (storageArea) args[1] = { __proto__: args[1], storageArea };
    },
    (found) => made.get(found) ?? found,
  );
}

/** Takes away the keys that held services have left. */
export function purge() {
  for (const kind of ["localStorage", "sessionStorage"]) {
    try {
      const area = /** @type {any} */ (self)[kind];
      for (const key of Object.keys(area)) if (bars(kind, key, 0)) area.removeItem(key);
    } catch {
      // Where storage is switched off, nothing was left in it.
    }
  }
}
