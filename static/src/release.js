// @ts-check
/**
 * Releases in place, and in page order, what a grant allows: where no policy of ours is in force,
 * nothing has to be loaded anew for it.
 */

import { free, repaint } from "./release/elements.js";
import { found, isGranted, know, roots, unparked } from "./release/held.js";
import { run } from "./release/scripts.js";
import { made, toldState } from "./state.js";

const policies = [...document.querySelectorAll("meta[http-equiv=content-security-policy i]")].map(
  (meta) => meta.getAttribute("content") ?? "",
);
const own = /** @type {HTMLScriptElement | null} */ (document.currentScript);
// Under 'strict-dynamic' whatever a trusted script inserts is trusted: then only what the site
// itself trusts may come in by us.
const isStrict =
  // A picture can take its name.
  own?.localName !== "script" ||
  own.dataset.consentStrict === "" ||
  policies.some((p) => /'strict-dynamic'/i.test(p));
const isTyped = policies.some((policy) => /require-trusted-types-for/i.test(policy));

/**
 * @param {HTMLScriptElement} script
 */
const isTrusted = (script) => !isStrict || (own?.nonce !== "" && script.nonce === own?.nonce);

/** @param {ParentNode} root */
function release(root) {
  /** @type {HTMLScriptElement[]} */
  const scripts = [];
  for (const element of found(root)) {
    if (isScript(element)) {
      if (isReady(element) && isTrusted(element)) scripts.push(element);
      continue;
    }
    if (isGranted(element)) free(element);
    repaint(element);
    if (element instanceof HTMLIFrameElement) within(element);
  }
  run(scripts);
}

/**
 * @param {Element} element
 * @returns {element is HTMLScriptElement}
 */
const isScript = (element) => element.localName === "script";

/** @param {HTMLScriptElement} script */
const isReady = (script) =>
  isGranted(script) || (script.type === "speculationrules" && isParked(script));

/** @param {Element} element */
function isParked(element) {
  const text = element.textContent ?? "";
  return unparked(text, String) !== text;
}

/** @param {HTMLIFrameElement} frame */
function within(frame) {
  // null for a frame that may not be looked into, "about:blank" for one that has yet to load.
  if (frame.hasAttribute("srcdoc") && frame.contentDocument) release(frame.contentDocument);
}

/**
 * An import map that has been read cannot be mended, and typed sinks would refuse us.
 */
const isPossible = () =>
  !isTyped && ![...document.querySelectorAll("script[type=importmap i]")].some(isParked);

know(made);
const learn = () => know(toldState());
document.addEventListener("consent:change", learn);
document.addEventListener("consent:release", (event) => {
  learn();
  if (!isPossible()) return;
  event.preventDefault();
  roots(document).forEach(release);
});
// What a script adds later may have been fetched, or kept, before the grant.
if (!isTyped) {
  new MutationObserver((changes) => {
    for (const { addedNodes } of changes) {
      for (const node of addedNodes) {
        if (node instanceof Element && node.isConnected) release(node);
      }
    }
  }).observe(document, { childList: true, subtree: true });
}
