// @ts-check
/** Whose is this address or name, and may it act? The same answers as consent/policy.py. */

import { rules } from "./rules.js";

const { own, hosts, names, services, claims, items, unsealed } = rules;
const table = new Map(claims);
const NativeURL = URL;
const nobody = { __proto__: null };

/**
 * Why something may not act: `""` where it may.
 * @typedef {[why: string, service?: string, purpose?: string]} Verdict
 */

/** @type {Verdict} */
const ALLOWED = [""];

/** @type {string[]} */
let elsewhere = [];
let { domains } = rules;
/** @type {Verdict[]} */
let made;
/** @type {Verdict[]} By service. */
let verdicts;

/**
 * Takes over answers. What a document was sealed with, a later grant cannot widen.
 * @param {any} state
 */
export function answer(state) {
  if (!made) {
    elsewhere = state.elsewhere ?? [];
    domains = state.domains ?? domains;
  }
  const given = { ...nobody, ...state.services };
  verdicts = services.map(([id, purpose], at) => {
    const answered = state.purposes?.[purpose];
    const why = elsewhere.includes(id)
      ? "elsewhere"
      : !purpose
        ? ""
        : answered == null
          ? "undecided"
          : (given[id] ?? answered)
            ? ""
            : "refused";
    return why || unsealed || !made ? [why, id, purpose] : /** @type {Verdict} */ (made[at]);
  });
  made ??= verdicts;
}

/**
 * @param {URL} url
 * @param {string} name
 */
const claimed = ({ port, pathname }, name) =>
  table
    .get(name)
    ?.find(
      ([, path = "/", wanted = ""]) =>
        wanted === port && (path.endsWith("/") ? pathname.startsWith(path) : pathname === path),
    );

/**
 * May this address be contacted? One that cannot be read may not.
 * @param {any} href
 * @param {string | URL} [base]
 * @returns {Verdict}
 */
export function judge(href, base = document.baseURI) {
  try {
    const url = new NativeURL(href, base);
    const { host, hostname, protocol } = url;
    if (!/^(http|ws)s?:$/.test(protocol)) return ALLOWED;
    const scheme = protocol.endsWith("s:") ? "https" : "http";
    // What is the page's own without TLS is so with TLS.
    const ours = [location.origin, ...own].some(
      (origin) => origin === `${scheme}://${host}` || origin === `http://${host}`,
    );
    let claim = claimed(url, hostname);
    let rest = hostname;
    while (!claim && rest.includes(".")) {
      rest = rest.slice(rest.indexOf(".") + 1);
      claim = claimed(url, `*.${rest}`);
    }
    // On the page's own origin only a path tells a service apart.
    if (claim && !(ours && !claim[1])) return /** @type {Verdict} */ (verdicts[claim[0]]);
    const near =
      (scheme === "https" || location.protocol === "http:") &&
      domains.some((domain) => hostname === domain || hostname.endsWith(`.${domain}`));
    return ours || near || !hosts ? ALLOWED : ["undeclared"];
  } catch {
    return ["unreadable"];
  }
}

/**
 * May the page take the visitor there unasked? Only declared services are held.
 * @param {any} href
 * @param {string} [base]
 */
export function leads(href, base) {
  const [why, service] = judge(href, base);
  return !why || !service;
}

/** @type {Record<string, [RegExp, number][]>} */
const patterns = {};

/**
 * May a first-party cookie or storage key of this name exist? One allowed owner is enough.
 * @param {"cookie" | "local" | "session"} kind
 * @param {string} name
 * @param {boolean} [otherwise] And one that nobody declared?
 */
export function keeps(kind, name, otherwise = !names) {
  patterns[kind] ??= items[kind].map(([pattern, owner]) => [
    new RegExp(`^${pattern.replace(/[^\w*]/g, "\\$&").replace(/\*/g, ".*")}$`, "s"),
    owner,
  ]);
  const owners = /** @type {[RegExp, number][]} */ (patterns[kind]).filter(([like]) =>
    like.test(name),
  );
  return owners.length ? owners.some(([, at]) => !verdicts[at]?.[0]) : otherwise;
}
