// @ts-check
/** Cookies and storage keys of held services: none is written, and keys that are there go. */

import { apply, hooks } from "./hook.js";
import { keeps } from "./verdict.js";

const KINDS = ["local", "session"];
/** @type {WeakMap<any, [stand: any, area: any, kind: string]>} A storage, and what stands for it. */
const known = new WeakMap();

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
  const name = /^\s*([^=;]*?)\s*=/.exec(text)?.[1] ?? "";
  if (!/max-age|expires/i.test(text)) return keeps("cookie", name) ? text : "";
  // Of two, browsers take the last; and Max-Age before Expires (RFC 6265 §5.3).
  const [age, date] = [
    /;\s*max-age\s*=\s*(-?\d+)\s*(?![^;])/gi,
    /;\s*expires\s*=([^;]*[a-z]{3}[^;]*\d{4}[^;]*)/gi,
  ].map((attribute) => [...text.matchAll(attribute)].pop()?.[1] ?? "");
  const end = age ? now + +age * 1000 : Date.parse(date ?? "");
  // A deletion only takes away.
  if (end <= now) return text;
  if (!keeps("cookie", name)) return "";
  const last = latest(now);
  return end > last ? `${text}; max-age=${Math.floor((last - now) / 1000)}` : text;
}

/**
 * What stands for a storage: properties can be written to it, which nothing else can hold.
 * @param {any} area
 * @param {string} [kind]
 */
function standIn(area, kind) {
  let found = known.get(area);
  if (!found && area && kind) {
    const stand = new Proxy(area, {
      get: (_, key) => area[key],
      set: (_, key, value) => !writes(kind, key) || Reflect.set(area, key, value),
      defineProperty: (_, key, value) => !writes(kind, key) || Reflect.defineProperty(area, key, value),
    });
    found = [stand, area, kind];
    known.set(area, found).set(stand, found);
  }
  return found?.[0] ?? area;
}

/** @param {string} kind @param {any} key */
const writes = (kind, key) => typeof key !== "string" || keeps(kind, key);

/** @param {any} win */
export function guardStorage(win) {
  hooks(win, "Document", "cookie", (_, args) => !(args[0] = cut(`${args[0]}`)) && []);
  hooks(win, "CookieStore", "set", (_, args) => {
    const init = args[0].name ? args[0] : { name: args[0] };
    if (!keeps("cookie", `${init.name}`)) return [win.Promise.resolve()];
    const last = latest(Date.now());
    if (init.expires > last) args[0] = { ...init, expires: last };
    return undefined;
  });
  for (const kind of KINDS) {
    hooks(win, "", `${kind}Storage`, (self, args, native) => [
      standIn(apply(native, self, args), kind),
    ]);
  }
  hooks(win, "Storage", "length getItem setItem removeItem clear key", (self, args, _, name) => {
    const [, area = self, kind = ""] = known.get(self) ?? [];
    return kind && name === "setItem" && !writes(kind, (args[0] = `${args[0]}`)) ? [] : [, area];
  });
  hooks(win, "StorageEvent", "storageArea", (self, args, native) => [
    standIn(apply(native, self, args)),
  ]);
  /** @type {import("./hook.js").Before} */
  const unwrap = (_, args) => {
    const found = known.get(args[1]?.storageArea);
    if (found) args[1] = { ...args[1], storageArea: found[1] };
  };
  hooks(win, "", "StorageEvent", unwrap);
  hooks(win, "StorageEvent", "constructor", unwrap);
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
