// @ts-check
/** Whose is this address or name, and may it act? The same answers as consent/owners.py and policy.py. */

import { rules } from "./rules.js";

const { claims, hosts, names, services, unsealed } = rules;
const own = [location.origin, ...rules.own];
const NativeURL = URL;
/** An element of ours: what is named in the page takes the place of what a document has. */
export const here = /** @type {any} */ (document.currentScript);

/**
 * Why something may not act, `""` where it may, and whose it is.
 * @typedef {[why: string, service?: string]} Verdict
 */

/** @type {Verdict} */
const ALLOWED = [""];

/** @type {any} What the server said about the page. */
let given;
/** @type {Verdict[]} By service. */
let made;
/** @type {Verdict[]} */
let verdicts;

/**
 * Takes over answers. What a document was sealed with, a later grant cannot widen.
 * @param {any} state
 */
export function answer(state) {
  given ??= state;
  verdicts = services.map(([id, purpose], at) => {
    const answered = state.purposes[purpose];
    const refused = answered == null ? "undecided" : !(state.services?.[id] ?? answered) && "refused";
    const why = given.elsewhere?.includes(id) ? "elsewhere" : (purpose && refused) || "";
    return why || unsealed || !made ? [why, id] : /** @type {Verdict} */ (made[at]);
  });
  made ??= verdicts;
}

for (const kind in claims) for (const each of claims[kind]) each[0] = RegExp(each[0], "s");

/**
 * @param {string} kind
 * @param {string} text
 */
const claimed = (kind, text) => claims[kind].filter((/** @type {any} */ [like]) => like.test(text));

/**
 * May this address be contacted? One that cannot be read may not.
 * @param {any} href
 * @returns {Verdict}
 */
export function judge(href) {
  try {
    const { host, hostname, pathname, port, protocol } = new NativeURL(href, here.baseURI);
    const scheme = protocol.replace("ws", "http");
    if (!/^https?:/.test(scheme)) return ALLOWED;
    // What is the page's own without TLS is so with TLS.
    const ours = own.includes(`${scheme}//${host}`) || own.includes(`http://${host}`);
    const path = unescape(pathname);
    const named = claimed("host", hostname + ":" + port + path)[0];
    // At every port, and with a dot behind its name, a host is held with its service.
    const claim = named ?? claimed("host", hostname.replace(/\.*$/, ":") + path)[0];
    // On the page's own origin only a path tells a service apart.
    if (claim && (!ours || claim[2])) {
      const verdict = /** @type {any} */ (verdicts)[claim[1]];
      if (named || verdict[0]) return verdict;
    }
    // Without TLS, only where the page is so: "https:" is the greater of the two.
    const near =
      scheme >= location.protocol &&
      (given.domains ?? rules.domains).some((/** @type {string} */ each) => ("." + hostname).endsWith("." + each));
    return ours || near || !hosts ? ALLOWED : ["undeclared"];
  } catch {
    return ["unreadable"];
  }
}

/**
 * May a first-party cookie or storage key of this name exist? One allowed owner is enough.
 * @param {string} kind `cookie`, `local` or `session`.
 * @param {string} name
 * @param {any} [otherwise] And one that nobody declared?
 */
export function keeps(kind, name, otherwise = !names) {
  const owners = claimed(kind, name);
  return owners[0] ? owners.some((/** @type {any} */ [, at]) => !(/** @type {any} */ (verdicts)[at][0])) : otherwise;
}
