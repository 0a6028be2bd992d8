// @ts-check
/** Nobody is led to a held service unasked, and no frame is, whoever asks; nor is a relay called. */

import { read } from "./hold.js";
import { hook, hookConstructor } from "./hook.js";
import { judge, leads } from "./verdict.js";

/** Browsers that do not tell are taken at their word: navigation is the visitor's (design §2.8). */
const isAsked = () => navigator.userActivation?.isActive ?? true;

/**
 * Is this the name of a frame, somewhere in the window?
 * @param {string} name
 * @param {any} [win]
 * @returns {boolean}
 */
function isFrame(name, win = top) {
  for (let at = 0; at < win.length; at++) {
    try {
      if (win[at] === win[name] || win[at].name === name || isFrame(name, win[at])) return true;
    } catch {
      // Of another origin: only its own name can be asked for.
    }
  }
  return false;
}

/**
 * May this address be gone to in the window of this name?
 * @param {any} href
 * @param {string} target
 * @param {boolean} [asked]
 */
const passes = (href, target, asked = isAsked()) =>
  !href || (target && isFrame(target) ? !judge(href)[0] : asked || leads(href));

/**
 * @param {any} form
 * @param {any} [button]
 */
function sends(form, button) {
  /** @param {string} name */
  const said = (name) => (button && read(button, `form${name}`)) || read(form, name);
  return passes(said("action"), said("target") || base());
}

const base = () => {
  const found = document.querySelector("base[target]");
  return found ? read(found, "target") : "";
};

/** @param {any} event */
function onClick(event) {
  const link = event.composedPath().find((/** @type {any} */ node) => /^(a|area)$/.test(node.localName));
  if (link && !follows(link, event.isTrusted)) event.preventDefault();
}

/**
 * @param {any} link
 * @param {boolean} [asked]
 */
const follows = (link, asked) =>
  passes(read(link, "href") || read(link, "xlink:href"), read(link, "target") || base(), asked || isAsked());

/** @param {any} config */
function withoutRelays(config) {
  if (!config?.iceServers) return config;
  const iceServers = [...config.iceServers]
    .map((server) => ({
      ...server,
      urls: [server.urls ?? server.url ?? []].flat().filter((/** @type {any} */ url) => {
        const host = /^(?:stun|turn)s?:([^?]*?)(?::\d+)?(?:\?.*)?$/i.exec(url)?.[1];
        return !host || !judge(`https://${host}/`)[0];
      }),
    }))
    .filter(({ urls }) => urls.length);
  return { ...config, iceServers };
}

/**
 * @param {any} win
 * @param {(win: any) => void} arm
 */
export function guardLeaving(win, arm) {
  const { Document, EventTarget, HTMLElement, HTMLFormElement } = win;
  hook(HTMLFormElement.prototype, "submit", (self) => !sends(self) && []);
  // A link outside the page can be clicked, too, and no event of it comes here.
  hook(HTMLElement.prototype, "click", (self) => /^(a|area)$/.test(self.localName) && !self.isConnected && !follows(self) && []);
  hook(EventTarget.prototype, "dispatchEvent", (self, [event]) => event.type === "click" && /^(a|area)$/.test(self.localName) && !self.isConnected && !follows(self) && [true]);
  for (const [owner, name] of [
    [win, "open"],
    [Document.prototype, "open"],
  ]) {
    hook(owner, name, (self, args, native) => {
      if (owner !== win && args.length < 3) return;
      const target = args[1] == null ? "" : `${args[1]}`;
      if (!passes(args[0] && `${args[0]}`, target)) return [null];
      const opened = Reflect.apply(native, self, args);
      arm(opened);
      return [opened];
    });
  }
  win.addEventListener("click", onClick, true);
  win.addEventListener("submit", (/** @type {any} */ event) => {
    if (!sends(event.target, event.submitter)) event.preventDefault();
  }, true);
  win.navigation?.addEventListener("navigate", (/** @type {any} */ event) => {
    const { cancelable, destination, userInitiated } = event;
    if (cancelable && !userInitiated && !isAsked() && !leads(destination.url)) event.preventDefault();
  }, true);
  hookConstructor(win, ["RTCPeerConnection", "webkitRTCPeerConnection"], (args) => {
    args[0] = withoutRelays(args[0]);
  });
  hook(win.RTCPeerConnection?.prototype, "setConfiguration", (_, args) => {
    args[0] = withoutRelays(args[0]);
  });
}
