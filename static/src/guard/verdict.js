// @ts-check
/** Whose is this address or name, and may it act? The same answers as consent/policy.py. */

import { rules } from "./rules.js";

const { hosts, names, services, items, unsealed } = rules;
const claims = new Map(rules.claims);
const own = [location.origin, ...rules.own];
const NativeURL = URL;

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
  const apart = { __proto__: null, ...state.services };
  verdicts = services.map(([id, purpose], at) => {
    const answered = state.purposes[purpose];
    const why = given.elsewhere?.includes(id)
      ? "elsewhere"
      : !purpose || (answered != null && (apart[id] ?? answered))
        ? ""
        : answered == null
          ? "undecided"
          : "refused";
    return why || unsealed || !made ? [why, id] : /** @type {Verdict} */ (made[at]);
  });
  made ??= verdicts;
}

/**
 * May this address be contacted? One that cannot be read may not.
 * @param {any} href
 * @returns {Verdict}
 */
export function judge(href) {
  try {
    const { host, hostname, pathname, port, protocol } = new NativeURL(href, document.baseURI);
    const [, network, tls] = /^(http|ws)(s)?:$/.exec(protocol) ?? [];
    if (!network) return ALLOWED;
    // What is the page's own without TLS is so with TLS.
    const ours = own.includes(`http://${host}`) || (tls && own.includes(`https://${host}`));
    /** @param {string} name */
    const claimed = (name) =>
      claims
        .get(name)
        ?.find(
          ([, path = "/", wanted = ""]) =>
            wanted === port && (path.endsWith("/") ? pathname.startsWith(path) : pathname === path),
        );
    let claim = claimed(hostname);
    let rest = hostname;
    while (!claim && rest.includes(".")) {
      rest = rest.replace(/.*?\./, "");
      claim = claimed(`*.${rest}`);
    }
    // On the page's own origin only a path tells a service apart.
    if (claim && (!ours || claim[1])) return /** @type {Verdict} */ (verdicts[claim[0]]);
    const near =
      (tls || location.protocol === "http:") &&
      (given.domains ?? rules.domains).some((/** @type {string} */ domain) =>
        `.${hostname}`.endsWith(`.${domain}`),
      );
    return ours || near || !hosts ? ALLOWED : ["undeclared"];
  } catch {
    return ["unreadable"];
  }
}

const patterns = Object.entries(items).map(
  ([kind, list]) =>
    /** @type {const} */ ([kind, list.map(([like, at]) => /** @type {const} */ ([RegExp(like, "s"), at]))]),
);
const byKind = new Map(patterns);

/**
 * May a first-party cookie or storage key of this name exist? One allowed owner is enough.
 * @param {string} kind `cookie`, `local` or `session`.
 * @param {string} name
 * @param {any} [otherwise] And one that nobody declared?
 */
export function keeps(kind, name, otherwise = !names) {
  const owners = byKind.get(kind)?.filter(([like]) => like.test(name));
  return owners?.[0] ? owners.some(([, at]) => !verdicts[at]?.[0]) : otherwise;
}
