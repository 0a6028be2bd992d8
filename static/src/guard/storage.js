// @ts-check
/** Cookies and storage keys of held services: none is written, and keys that are there go. */

import { apply, defineProperty, hooks, made, natives, stand } from "./hook.js";
import { keeps } from "./verdict.js";

const KINDS = ["local", "session"];
/** @type {WeakMap<any, any>} Of each storage. */
const kinds = new WeakMap();

/**
 * Thirteen calendar months from now: 393 to 397 days, the end of a month clamped.
 * @param {number} now
 */
function latest(now) {
  const end = new Date(now);
  const day = end.getUTCDate();
  end.setUTCMonth(end.getUTCMonth() + 13);
  if (end.getUTCDate() !== day) end.setUTCDate(0);
  return +end;
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
  const said = (attribute) => attribute.exec(text)?.[1] ?? "";
  // Of two, browsers take the last; and Max-Age before Expires (RFC 6265 §5.3).
  const age = said(/^.*;\s*max-age\s*=\s*(-?\d+)\s*(;|$)/is);
  const end = age ? now + +age * 1000 : Date.parse(said(/^.*;\s*expires\s*=([^;]*[a-z]{3}[^;]*\d{4}[^;]*)/is));
  // A deletion only takes away.
  if (!(end <= now) && !keeps("cookie", said(/^\s*([^=;]*?)\s*=/))) return "";
  const last = end && latest(now);
  return end > last ? `${text}; max-age=${((last - now) / 1000) | 0}` : text;
}

/**
 * What stands for a storage: properties can be written to it, which nothing else can hold.
 * @param {any} area
 * @param {string} kind
 */
function standIn(area, kind) {
  kinds.set(area, kind);
  return stand(area, {
    // @ts-expect-error: what the page could put into a prototype is not asked.
    __proto__: null,
    defineProperty: (_, key, value) => !writes(area, key) || defineProperty(area, key, value),
  });
}

/** @param {any} area @param {any} key */
const writes = (area, key) => typeof key !== "string" || keeps(kinds.get(area), key);

/** @param {any} win */
export function guardStorage(win) {
  hooks(win, "Document", /^cookie$/, (_, args) => !(args[0] = cut(`${args[0]}`)) && []);
  hooks(win, "CookieStore", /^set$/, (_, args) => {
    const [first] = args;
    const { name = first, expires } = first;
    if (!keeps("cookie", `${name}`)) return [win.Promise.resolve()];
    const last = latest(Date.now());
    if (expires > last) args[0] = { __proto__: first, expires: last };
    return undefined;
  });
  for (const kind of KINDS) {
    hooks(win, "", RegExp(`^${kind}Storage`), (self, args, native) => [standIn(apply(native, self, args), kind)]);
  }
  // All are asked of the storage itself.
  hooks(
    win,
    "Storage",
    /^(?!con)/,
    (self, args, _, name) =>
      name === "setItem" && !writes(natives.get(self), (args[0] = `${args[0]}`)) && [],
  );
  hooks(win, "StorageEvent", /^storageArea/, (self, args, native) => {
    const area = apply(native, self, args);
    return [made.get(area) ?? area];
  });
  hooks(win, "", /^StorageEvent/, (_, args) => {
    const storageArea = natives.get(args[1].storageArea);
    if (storageArea) args[1] = { __proto__: args[1], storageArea };
  });
}

/** Takes away the keys that held services have left. */
export function purge() {
  for (const kind of KINDS) {
    try {
      const area = /** @type {any} */ (self)[`${kind}Storage`];
      for (const key of Object.keys(area)) if (!keeps(kind, key, 1)) area.removeItem(key);
    } catch {
      // Where storage is switched off, nothing was left in it.
    }
  }
}
