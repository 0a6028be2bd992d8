// @ts-check
/** Nobody is led to a held service unasked, and no frame is, whoever asks; nor is a relay called. */

import { read } from "./hold.js";
import { apply, hooks } from "./hook.js";
import { judge } from "./verdict.js";

/**
 * @param {any} name Of a window.
 */
function isFrame(name) {
  try {
    const { window } = /** @type {any} */ (self[name] ?? /** @type {any} */ (top)[name]);
    return window.parent !== window;
  } catch {
    return false; // There is none, or nobody may know.
  }
}

/**
 * May this address be gone to in the window of this name? Where nobody declared it, that is the
 * visitor's navigation (design §2.8); and browsers that do not tell of a gesture are trusted.
 * @param {any} href
 * @param {any} [target]
 */
function passes(href, target) {
  const [why, service] = judge(href);
  return !why || (!isFrame(target) && (!service || navigator.userActivation?.isActive !== false));
}

/**
 * May this link be followed, or this form be sent by this button?
 * @param {any} element
 * @param {any} [button]
 */
function goes(element, button) {
  /** @param {string} name */
  const said = (name) => (button && read(button, `form${name}`)) || read(element, name);
  return passes(said("action") || read(element, "href"), said("target"));
}

/** @param {any} node */
const isLink = (node) => /^(a|area)$/.test(node.localName);

/**
 * @param {any} win
 * @param {(win: any) => void} arm
 */
export function guardLeaving(win, arm) {
  hooks(
    win,
    "HTMLFormElement HTMLElement EventTarget",
    /^(submit|click|dispatchEvent)$/,
    // Of a link outside the page, no event comes here; nor of a form that a script sends.
    (node, _, __, name) =>
      (name === "submit" || (isLink(node) && !node.isConnected)) && !goes(node) && [true],
  );
  for (const type of ["click", "submit"]) {
    win.addEventListener(
      type,
      (/** @type {any} */ event) => {
        const element = type === "click" ? event.composedPath().find(isLink) : event.target;
        if (element && !goes(element, event.submitter)) event.preventDefault();
      },
      true,
    );
  }
  win.navigation?.addEventListener("navigate", (/** @type {any} */ event) => {
    if (!event.userInitiated && !passes(event.destination.url)) event.preventDefault();
  });
  hooks(win, "", /^open$/, (self, args, native) => {
    if (!passes(args[0], args[1])) return [null];
    const opened = apply(native, self, args);
    arm(opened);
    return [opened];
  });
  /** @type {import("./hook.js").Before} */
  const filter = (_, args) => {
    const iceServers = [...args[0].iceServers].filter(({ urls, url }) =>
      [urls ?? url].flat().every((each) => {
        const host = /^\w+:(\[.*?]|[^:?]+)/.exec(each)?.[1];
        return !host || !judge(`https://${host}`)[0];
      }),
    );
    args[0] = { __proto__: args[0], iceServers };
  };
  hooks(win, "", /RTCPeerConnection$/, filter);
  hooks(win, "RTCPeerConnection", /^setC/, filter);
}
