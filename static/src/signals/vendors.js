// @ts-check
/** What each vendor wants to be told, in its own words (law.md §5). */

import { beforeFirst } from "./stub.js";

/**
 * @typedef {object} Vendor
 * @property {string} name What its signals begin with.
 * @property {(told: Record<string, boolean>, decided: boolean) => void} start
 *   Before any script of the page: refused first, then what was chosen.
 * @property {(told: Record<string, boolean>) => void} change After a choice that made a difference.
 */

const page = /** @type {Record<string, any>} */ (/** @type {unknown} */ (window));

/** @param {boolean | undefined} granted */
const word = (granted) => (granted ? "granted" : "denied");

/**
 * The signals of one vendor, without its name.
 * @param {string} vendor
 * @param {Record<string, boolean>} told
 * @param {(granted: boolean) => boolean} [as]
 */
const words = (vendor, told, as = (granted) => granted) =>
  Object.fromEntries(
    Object.entries(told)
      .filter(([signal]) => signal.startsWith(`${vendor}.`))
      .map(([signal, granted]) => [signal.slice(vendor.length + 1), word(as(granted))]),
  );

/** @param {string} name */
const queue = (name) => (page[name] = page[name] || []);

// Google's tags read `arguments` objects; an array is taken for something else (GCM-05).
const gtag = /** @type {(...said: unknown[]) => void} */ (
  function () {
    queue("dataLayer").push(arguments);
  }
);

/** @type {Vendor} */
const google = {
  name: "google",
  start(told, decided) {
    gtag("consent", "default", { ...words("google", told, () => false), security_storage: "granted" });
    if (decided) google.change(told);
  },
  change: (told) => gtag("consent", "update", words("google", told)),
};

/** @type {Vendor} */
const uet = {
  name: "uet",
  start(told, decided) {
    queue("uetq").push("consent", "default", words("uet", told, () => false));
    if (decided) uet.change(told);
  },
  change: (told) => page.uetq.push("consent", "update", words("uet", told)),
};

/** @type {Vendor} */
const clarity = {
  name: "clarity",
  start(told) {
    if (Object.values(words("clarity", told)).includes("granted")) clarity.change(told);
  },
  change(told) {
    page.clarity ||= function () {
      (page.clarity.q = page.clarity.q || []).push(arguments);
    };
    const said = { ad_Storage: "denied", analytics_Storage: "denied", ...words("clarity", told) };
    page.clarity("consentv2", said);
  },
};

/** @type {Vendor} */
const meta = {
  name: "meta",
  start({ meta: granted }) {
    beforeFirst("fbq", [["consent", "revoke"], ...(granted ? [["consent", "grant"]] : [])]);
  },
  change({ meta: granted }) {
    beforeFirst("fbq", [["consent", granted ? "grant" : "revoke"]]);
  },
};

/** @type {Vendor} */
const pinterest = {
  name: "pinterest",
  start: ({ pinterest: granted }) => beforeFirst("pintrk", [["setconsent", granted]]),
  change: ({ pinterest: granted }) => beforeFirst("pintrk", [["setconsent", granted]]),
};

/** @type {Vendor} */
const matomo = {
  name: "matomo",
  start({ matomo: granted }) {
    queue("_paq").push(["requireConsent"]);
    if (granted) page._paq.push(["setConsentGiven"]);
  },
  change({ matomo: granted }) {
    if (granted) page._paq.push(["setConsentGiven"]);
    else {
      // What waits would be sent after a later grant (MTM-01).
      if (Array.isArray(page._paq)) page._paq.splice(0, Infinity, ["requireConsent"]);
      page._paq.push(["forgetConsentGiven"]);
    }
  },
};

/** @type {Vendor} */
const tiktok = {
  name: "tiktok",
  start({ tiktok: granted }) {
    queue("ttq").push(["holdConsent"]);
    if (granted) page.ttq.push(["grantConsent"]);
  },
  change({ tiktok: granted }) {
    const method = granted ? "grantConsent" : "revokeConsent";
    if (page.ttq[method]) page.ttq[method]();
    else page.ttq.push([method]);
  },
};

/** @type {Vendor[]} LinkedIn's tag has no such interface: it is held, and that is all there is. */
export const vendors = [google, uet, clarity, meta, pinterest, matomo, tiktok];
