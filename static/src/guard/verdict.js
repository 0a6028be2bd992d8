// @ts-check
/** Whose is this address or name, and may it act? The same answers as consent/owners.py and policy.py. */

import { claims, domains, hosts, names, own, services } from "./rules.js";

own.push(location.origin);
const NativeURL = URL;
/** An element of ours: what is named in the page takes the place of what a document has. */
export const here = /** @type {any} */ (document.currentScript);

/**
 * Why something may not act, if so, and whose it is.
 * @typedef {{ held?: string | number | boolean | undefined, service?: string }} Verdict
 */

/** @type {any} What the server said about the page. */
let given;
/** @type {Verdict[]} By service. */
let verdicts;

/**
 * Takes over answers. What a document was sealed with, a later grant cannot widen.
 * @param {any} state
 * @returns {any} What was taken over first.
 */
export function answer(state) {
  given ??= state;
  verdicts = services.map(([id, purpose]) => {
    /** @param {any} state */
    const why = ({ purposes: { [purpose]: answered }, services }) =>
      answered == null ? "undecided" : !(services[id] ?? answered) && "refused";
    const held = given.elsewhere?.includes(id)
      ? "elsewhere"
      : purpose && (why(state) || (BUILD !== "unsealed" && why(given)));
    return { held, service: id };
  });
  return given;
}

/**
 * @param {string} kind
 * @param {string} text
 */
const claimed = (kind, text) =>
  claims[kind].filter((/** @type {any} */ each) => (each.like ??= RegExp(each[0], "s")).test(text));

/**
 * May this address be contacted? One that cannot be read may not.
 * @param {any} href
 * @returns {Verdict}
 */
export function judge(href) {
  try {
    const { host, hostname, pathname, port, protocol } = new NativeURL(href, here.baseURI);
    const scheme = protocol.replace("ws", "http");
    if (!/^https?:/.test(scheme)) return {};
    // What is the page's own without TLS is so with TLS.
    const isOurs = own.includes(`${scheme}//${host}`) || own.includes(`http://${host}`);
    const named = claimed("host", hostname + ":" + port + unescape(pathname))[0];
    // At every port, and with a dot behind its name, a host is held with its service.
    const claim = named ?? claimed("host", hostname.replace(/\.*$/, ":") + unescape(pathname))[0];
    // On the page's own origin only a path tells a service apart.
    if (claim && (!isOurs || claim[2])) {
      const verdict = /** @type {any} */ (verdicts)[claim[1]];
      if (named || verdict.held) return verdict;
    }
    // Without TLS, only where the page is so: "https:" is the greater of the two.
    const isNear = scheme >= location.protocol && hostname.match(given.domains ?? domains);
    return { held: !isOurs && !isNear && hosts && "undeclared" };
  } catch {
    return { held: "unreadable" };
  }
}

/**
 * May no first-party cookie or storage key of this name exist? One allowed owner is enough.
 * @param {string} kind `cookie`, `localStorage` or `sessionStorage`.
 * @param {string} name
 * @param {any} [otherwise] And one that nobody declared?
 */
export function bars(kind, name, otherwise = names) {
  const owners = claimed(kind, name);
  return owners[0] ? owners.every((/** @type {any} */ [, at]) => verdicts[at]?.held) : otherwise;
}
