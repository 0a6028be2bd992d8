// @ts-check
/** Nobody is led to a held service unasked, and no frame is, whoever asks; nor is a relay called. */

import { read } from "./hold.js";
import { apply, hooks } from "./hook.js";
import { judge } from "./verdict.js";

/**
 * @param {string} name Of a window.
 */
const isFrame = (name) =>
  [self, top].some((/** @type {any} */ win) => {
    try {
      const found = win[name];
      return found.window === found && found.parent !== found;
    } catch {
      return false;
    }
  });

/**
 * May this address be gone to in the window of this name? Where nobody declared it, that is the
 * visitor's navigation (design §2.8); and browsers that do not tell of a gesture are trusted.
 * @param {any} href
 * @param {any} [target]
 * @param {any} [asked]
 */
function passes(href, target, asked = navigator.userActivation?.isActive ?? true) {
  const [why, service] = judge(href || "#");
  return !why || (!isFrame(target) && (asked || !service));
}

/**
 * May this link be followed, or this form be sent by this button?
 * @param {any} element
 * @param {any} [button]
 * @param {any} [asked]
 */
function goes(element, button, asked) {
  /** @param {string} name */
  const said = (name) => (button && read(button, `form${name}`)) || read(element, name);
  return passes(said("action") || read(element, "href"), said("target"), asked);
}

/** @param {any} node */
const isLink = (node) => /^a(rea)?$/.test(node.localName);

/**
 * @param {any} win
 * @param {(win: any) => void} arm
 */
export function guardLeaving(win, arm) {
  hooks(win, "HTMLFormElement", "submit", (form) => !goes(form) && []);
  // Of a link outside the page, no event comes here.
  hooks(
    win,
    "HTMLElement EventTarget",
    "click dispatchEvent",
    (node) => isLink(node) && !node.isConnected && !goes(node) && [true],
  );
  for (const type of ["click", "submit"]) {
    win.addEventListener(
      type,
      (/** @type {any} */ event) => {
        const { isTrusted, submitter } = event;
        const element = submitter === undefined ? event.composedPath().find(isLink) : event.target;
        const asked = (type === "click" && isTrusted) || undefined;
        if (element && !goes(element, submitter, asked)) event.preventDefault();
      },
      true,
    );
  }
  win.navigation?.addEventListener("navigate", (/** @type {any} */ event) => {
    if (!event.userInitiated && !passes(event.destination.url)) event.preventDefault();
  });
  hooks(win, "", "open", (self, args, native) => {
    if (!passes(args[0], args[1])) return [null];
    const opened = apply(native, self, args);
    arm(opened);
    return [opened];
  });
  /** @type {import("./hook.js").Before} */
  const filter = (_, args) => {
    const servers = args[0]?.iceServers;
    if (servers) {
      const iceServers = [...servers].filter(({ urls, url }) =>
        [urls ?? url].flat().every((each) => {
          const host = /^(?:stun|turn)s?:(.*?)(?::\d*)?(?:\?.*)?$/i.exec(each)?.[1];
          return !host || !judge(`https://${host}`)[0];
        }),
      );
      args[0] = { ...args[0], iceServers };
    }
  };
  hooks(win, "", "RTCPeerConnection webkitRTCPeerConnection", filter);
  hooks(win, "RTCPeerConnection", "constructor setConfiguration", filter);
}
