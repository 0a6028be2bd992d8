// @ts-check
/** Nobody is led to a held service unasked, and no frame is, whoever asks; nor is a relay called. */

import { read } from "./hold.js";
import { hooks, once, realm } from "./hook.js";
import { arm } from "./start.js";
import { judge } from "./verdict.js";

/**
 * May this address not be gone to in the window of this name? Where nobody declared it, that is the
 * visitor's navigation (design §2.8); and browsers that do not tell of a gesture are trusted.
 * @param {any} href
 * @param {any} [target]
 */
function bars(href, target) {
  const { held, service } = judge(href);
  try {
    const { parent, window } = /** @type {any} */ (self[target] ?? /** @type {any} */ (top)[target]);
    if (parent !== window) return held;
  } catch {
    // There is no such frame, or nobody may know.
  }
  return held && service && /** @type {any} */ (navigator.userActivation)?.isActive < 1;
}

/**
 * May this link not be followed, or this form not be sent by this button?
 * @param {any} element
 * @param {any} [button]
 */
function stays(element, button) {
  /** @param {string} name */
  const said = (name) => (button && read(button, `form${name}`)) || read(element, name);
  return bars(said("action") || said("href"), said("target"));
}

/**
 * @param {any} target
 * @param {string} type
 * @param {(event: any) => any} prevents
 */
const listen = (target, type, prevents) =>
  target?.addEventListener(
    type,
    (/** @type {any} */ event) => prevents(event) && event.preventDefault(),
    /** @type {any} */ (1),
  );

/** @param {any} node */
const isLink = (node) => /^a(rea)?$/.test(node.localName);

export function guardLeaving() {
  hooks(
    "HTMLFormElement HTMLElement EventTarget",
    "sub|cl|dis",
    // Of a link outside the page, no event comes here; nor of a form that a script sends.
    (node, _, name) =>
      (/^s/.test(name) || (isLink(node) && !node.isConnected)) && stays(node),
  );
  listen(realm, "click", (event) => {
    const link = event.composedPath().find(isLink);
    return link && stays(link);
  });
  listen(realm, "submit", ({ target, submitter }) => stays(target, submitter));
  listen(realm.navigation, "navigate", (event) => !event.userInitiated && bars(event.destination.url));
  hooks("", "open", (_, args) => bars(once(args, 0), once(args, 1)) && [null], arm);
  // Browsers ask the host of another's passkey which sites may use it.
  hooks("CredentialsContainer", "cr|get", (_, args) => {
    const { rp, rpId = rp.id } = args[0].publicKey;
    if (rpId && judge(`https://${rpId}`).held) args[0] = {};
  });
  // A strict page has no relays to name (start.js).
  if (BUILD === "strict") return;
  hooks(" RTCPeerConnection", "RTCPeerConnection|webkitRTCPeerConnection|setC", (_, args) => {
    const iceServers = [...args[0].iceServers].filter(({ urls, url }) =>
      [urls ?? url]
        .flat()
        .every((each) => !judge(each.replace(/^.*?:(\[.*?]|[^:?]+).*/, "https://$1")).held),
    );
    args[0] = { __proto__: args[0], iceServers };
  });
}
