// @ts-check
/** Starts scripts as the parser would have: in the order of the page, each at its turn. */

import { caught, currentOf, expectModule, handlers, restOf } from "./caught.js";
import { restore } from "./elements.js";
import { unparked } from "./held.js";

/** Milliseconds after which a script that neither comes nor fails holds up no other. */
const LONGEST = 20_000;

let turn = Promise.resolve();

/**
 * Runs them behind those that are already waiting.
 * @param {HTMLScriptElement[]} scripts
 */
export function run(scripts) {
  if (!scripts.length) return;
  /** @type {Promise<void>[]} */
  const asynchronous = [];
  turn = turn.then(() =>
    caught(async () => {
      await inOrder(scripts, asynchronous);
      return asynchronous;
    }),
  );
}

/**
 * @param {HTMLScriptElement[]} scripts
 * @param {Promise<void>[]} asynchronous Gets those that nobody waits for.
 */
async function inOrder(scripts, asynchronous) {
  const later = [];
  for (const old of scripts) {
    if (!old.isConnected) continue;
    const fresh = copyOf(old);
    if (isDeferred(fresh)) later.push({ old, fresh });
    else await start(old, fresh, asynchronous);
  }
  // The browser keeps these in order by itself: they come one after the other, also modules.
  await Promise.all(later.map(({ old, fresh }) => start(old, fresh, asynchronous)));
}

/**
 * A script whose type is changed in place does not start: only a new element does.
 * @param {HTMLScriptElement} old
 */
function copyOf(old) {
  const made = old.ownerDocument.createElementNS(old.namespaceURI, old.localName);
  const fresh = /** @type {HTMLScriptElement} */ (made);
  restore(old, fresh);
  // Hidden from getAttribute(), so that no selector of a style sheet can spell it out.
  fresh.nonce = old.nonce;
  fresh.textContent = unparked(old.textContent ?? "", inJson);
  fresh.onload ??= old.onload;
  fresh.onerror ??= old.onerror;
  if (!fresh.hasAttribute("async")) fresh.async = false;
  return fresh;
}

/** @param {string} address */
const inJson = (address) => JSON.stringify(address).slice(1, -1);

/** @param {HTMLScriptElement} script */
const isExternal = (script) => ["src", "href", "xlink:href"].some((n) => script.hasAttribute(n));

/** @param {HTMLScriptElement} script */
const isModule = (script) => script.type?.trim().toLowerCase() === "module";

/** @param {HTMLScriptElement} script */
const isDeferred = (script) =>
  !script.hasAttribute("async") &&
  (isModule(script) || (script.hasAttribute("defer") && isExternal(script)));

/**
 * Puts a script in its place, and waits as long as the parser would have waited.
 * @param {HTMLScriptElement} old
 * @param {HTMLScriptElement} fresh
 * @param {Promise<void>[]} asynchronous
 */
async function start(old, fresh, asynchronous) {
  const before = handlers();
  const place = currentOf(fresh);
  const ended = isExternal(fresh) && !isSkipped(fresh) ? end(fresh) : undefined;
  if (ended && isModule(fresh)) expectModule(ended);
  old.replaceWith(fresh);
  if (ended && fresh.hasAttribute("async")) {
    asynchronous.push(ended.then(() => restOf(before)));
    return;
  }
  await ended;
  restOf(before);
  await inOrder(place.scripts(), asynchronous);
}

/** @param {HTMLScriptElement} script */
const isSkipped = (script) => script.noModule && !isModule(script);

/**
 * @param {HTMLScriptElement} script
 * @returns {Promise<void>}
 */
const end = (script) =>
  new Promise((done) => {
    script.addEventListener("load", () => done());
    script.addEventListener("error", () => done());
    setTimeout(done, LONGEST);
  });
