// @ts-check
/** Cookies and storage keys of held services: none is written, and those that are there go. */

import { apply, hook, hookConstructor } from "./hook.js";
import { expiry, latest } from "./lifetime.js";
import { keeps } from "./verdict.js";
import { rules } from "./rules.js";

const { items, names, services } = rules;
/** @typedef {"local" | "session"} Kind */
/** @type {Kind[]} Kinds of storage in which something may have to be held. */
const KINDS = /** @type {Kind[]} */ (["local", "session"]).filter(
  (kind) => names || items[kind].some(([, at]) => services[at]?.[1]),
);

/** What the page has of a storage ⇄ the storage. @type {WeakMap<any, any>} */
const areas = new WeakMap();
const stands = new WeakMap();
/** @type {WeakMap<any, Kind>} */
const kinds = new WeakMap();

const cookie = /** @type {any} */ (Object.getOwnPropertyDescriptor(Document.prototype, "cookie"));
const { removeItem } = Storage.prototype;

/**
 * A cookie as a script writes it, as it may be: "" if it may not.
 * @param {string} text
 */
export function cut(text) {
  const [pair = "", ...attributes] = text.split(";");
  const name = pair.includes("=") ? pair.slice(0, pair.indexOf("=")).replace(/^[ \t]+|[ \t]+$/g, "") : "";
  const now = Date.now();
  const end = expiry(attributes, now);
  if (end <= now) return text;
  if (!keeps("cookie", name)) return "";
  const last = latest(now);
  // The last Max-Age wins, and beats Expires (RFC 6265 §5.3): nothing else needs touching.
  return end > last ? `${text}; max-age=${Math.floor((last - now) / 1000)}` : text;
}

/**
 * What stands for a storage: properties can be written to it, which nothing else can hold.
 * @param {any} area
 * @param {Kind} [kind]
 */
function standIn(area, kind) {
  if (!area || stands.has(area) || !kind) return stands.get(area) ?? area;
  const made = new Proxy(area, {
    get: (target, key) => Reflect.get(target, key),
    set: (target, key, value) => !writes(kind, key) || Reflect.set(target, key, value),
    defineProperty: (target, key, found) =>
      !writes(kind, key) || Reflect.defineProperty(target, key, found),
  });
  stands.set(area, made);
  areas.set(made, area);
  kinds.set(made, kind).set(area, kind);
  return made;
}

/**
 * @param {Kind} kind
 * @param {any} key
 */
const writes = (kind, key) => typeof key === "symbol" || keeps(kind, `${key}`);

/** @param {any} win */
export function guardStorage(win) {
  const { CookieStore, Document, Storage, StorageEvent } = win;
  hook(
    Document.prototype,
    "cookie",
    (_, args) => {
      const text = `${args[0]}`;
      args[0] = cut(text);
      return !args[0] && text ? [] : undefined;
    },
    "set",
  );
  hook(CookieStore?.prototype, "set", (_, args) => {
    const init = Object(args[0]) === args[0] ? { ...args[0] } : { name: `${args[0]}` };
    const now = Date.now();
    const last = latest(now);
    if (init.expires <= now) return undefined;
    if (!keeps("cookie", `${init.name}`)) return [win.Promise.resolve()];
    if (init.expires > last) args[0] = { ...init, expires: last };
    return undefined;
  });
  if (!KINDS.length) return;
  for (const kind of KINDS) {
    hook(
      win,
      `${kind}Storage`,
      (self, args, native) => [standIn(apply(native, self, args), kind)],
      "get",
    );
  }
  for (const name of ["getItem", "removeItem", "clear", "key"]) {
    hook(Storage.prototype, name, (self) => areas.has(self) && [, areas.get(self)]);
  }
  hook(Storage.prototype, "length", (self) => areas.has(self) && [, areas.get(self)], "get");
  hook(Storage.prototype, "setItem", (self, args) => {
    const kind = kinds.get(self);
    if (kind && args.length > 1 && !keeps(kind, (args[0] = `${args[0]}`))) return [];
    return areas.has(self) && [, areas.get(self)];
  });
  hook(
    StorageEvent.prototype,
    "storageArea",
    (self, args, native) => [standIn(apply(native, self, args))],
    "get",
  );
  hookConstructor(win, ["StorageEvent"], (args) => {
    const area = areas.get(args[1]?.storageArea);
    if (area) args[1] = { ...args[1], storageArea: area };
  });
}

/** Takes away what held services have left: in storage, and of cookies what scripts can reach. */
export function purge() {
  for (const kind of KINDS) {
    try {
      const area = areas.get(self[`${kind}Storage`]);
      for (const key of Object.keys(area)) {
        if (!keeps(kind, key, true)) apply(removeItem, area, [key]);
      }
    } catch {
      // Where storage is switched off, nothing was left in it.
    }
  }
  for (const pair of apply(cookie.get, document, []).split("; ")) {
    const [name] = pair.split("=");
    if (pair.includes("=") && !keeps("cookie", name, true)) expire(name);
  }
}

/**
 * On every domain and path that it can have been set for.
 * @param {string} name
 */
function expire(name) {
  const labels = location.hostname.split(".");
  const domains = ["", ...labels.map((_, at) => `;domain=${labels.slice(at).join(".")}`)];
  const parts = location.pathname.split("/");
  const paths = parts.flatMap((_, at) => {
    const path = parts.slice(0, at + 1).join("/");
    return [path || "/", `${path}/`];
  });
  for (const domain of domains) {
    for (const path of paths) {
      apply(cookie.set, document, [`${name}=;max-age=0;path=${path}${domain}`]);
    }
  }
}
