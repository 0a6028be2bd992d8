// @ts-check
/**
 * What a script does that counts on running while the page is parsed: `document.write()`, which
 * would wipe the finished page, and waiting for events that are over.
 */

/**
 * @typedef {object} Place
 * @property {(text: string) => void} write
 * @property {() => HTMLScriptElement[]} scripts Those that were written, once all is written.
 */

const WRITING = /** @type {const} */ (["write", "writeln", "open", "close"]);
const LISTENING = /** @type {const} */ (["addEventListener", "removeEventListener"]);
/** Before the name of an event that is over: what waits for it in vain hears this one instead. */
const LATE = "consent:late:";

/** @type {WeakMap<Element, Place>} */
const places = new WeakMap();

const place = () => document.currentScript && places.get(document.currentScript);

/** Those at work, and those whose `async` scripts are still to come. */
let runs = 0;

/**
 * Runs `work`; scripts given to `currentOf` may then write and wait as if the page was being parsed.
 * The load of a page waits for `async` scripts, the next run does not.
 * @param {() => Promise<Promise<void>[]>} work
 */
export async function caught(work) {
  if (!runs++) begin();
  const asynchronous = await work();
  tell(document, "DOMContentLoaded");
  Promise.all(asynchronous).then(() => {
    if (--runs) return;
    for (const [target, type] of OVER) tell(target, type);
    finish();
  });
}

function begin() {
  for (const name of WRITING) document[name] = /** @type {any} */ (writer(name));
  for (const target of [document, window]) {
    for (const name of LISTENING) target[name] = listening(target, name);
  }
}

function finish() {
  for (const name of WRITING) Reflect.deleteProperty(document, name);
  for (const target of [document, window]) {
    for (const name of LISTENING) Reflect.deleteProperty(target, name);
  }
}

/**
 * @param {typeof WRITING[number]} name
 * @returns {(...texts: string[]) => any}
 */
const writer =
  (name) =>
  (...texts) => {
    const at = place();
    if (!at) return /** @type {any} */ (Document.prototype[name]).apply(document, texts);
    if (name === "open") return document;
    if (name !== "close") at.write(texts.join("") + (name === "writeln" ? "\n" : ""));
  };

/**
 * A place behind this script, where what it writes is parsed and shown at once.
 * @param {HTMLScriptElement} script
 * @returns {Place}
 */
export function currentOf(script) {
  /** @type {Document | undefined} */
  let parser;
  /** @type {HTMLElement | undefined} */
  let written;
  const here = {
    write(/** @type {string} */ text) {
      // Browsers take nothing from these once they have been fetched.
      if (script.async || script.defer) return;
      if (!parser || !written) {
        // A parser goes on writing into its element wherever that is moved to.
        parser = document.implementation.createHTMLDocument();
        parser.write("<!doctype html><consent-written>");
        written = /** @type {HTMLElement} */ (parser.body.firstElementChild);
        written.style.display = "contents";
        script.after(written);
      }
      parser.write(text);
    },
    scripts() {
      parser?.close();
      return written ? [...written.querySelectorAll("script")] : [];
    },
  };
  places.set(script, here);
  return here;
}

/** Modules of ours that may run now: while one does, there is no current script. */
let modules = 0;

/**
 * @param {Promise<void>} ended When it has run.
 */
export function expectModule(ended) {
  modules += 1;
  ended.then(() => (modules -= 1));
}

/** What is being told: who hears it may begin to wait for what comes after it. */
let telling = "";
const ORDER = ["DOMContentLoaded", "readystatechange", "load", "pageshow"];

/** @param {string} type */
const isOurs = (type) =>
  telling
    ? ORDER.indexOf(type) > ORDER.indexOf(telling)
    : (place() ?? (modules > 0 && !document.currentScript));

/**
 * Listeners for what is over are called once all scripts have run; those of others are not. They are
 * registered a second time, so that the browser itself calls them: in order, once, and not those
 * that were taken back.
 * @param {EventTarget} target
 * @param {typeof LISTENING[number]} name
 * @returns {typeof EventTarget.prototype.addEventListener}
 */
const listening = (target, name) => (type, listener, options) => {
  EventTarget.prototype[name].call(target, type, listener, options);
  if (name === "removeEventListener" || (isOurs(type) && isOver(type, target))) {
    const more = typeof options === "object" ? options : { capture: options === true };
    EventTarget.prototype[name].call(target, LATE + type, listener, { ...more, once: true });
  }
};

/**
 * @param {string} type
 * @param {EventTarget} target
 */
function isOver(type, target) {
  const [page] = /** @type {PerformanceNavigationTiming[]} */ (
    performance.getEntriesByType("navigation")
  );
  if (type === "DOMContentLoaded") return page ? page.domContentLoadedEventStart > 0 : true;
  return document.readyState === "complete" && OVER.some(([t, n]) => t === target && n === type);
}

/** @type {[target: any, type: string][]} What comes when everything is there, in its order. */
const OVER = [
  [document, "readystatechange"],
  [window, "load"],
  [window, "pageshow"],
];
/** One for each, so that it is registered once, whoever sets the property again. */
const properties = OVER.map(
  ([target, type]) =>
    (/** @type {Event} */ event) =>
      target[`on${type}`]?.(event),
);

/** What `window.onload` and its like are now. */
export const handlers = () => OVER.map(([target, type]) => target[`on${type}`]);

/**
 * @param {unknown[]} before What they were before the script.
 */
export function restOf(before) {
  OVER.forEach(([target, type], at) => {
    if (target[`on${type}`] === before[at] || !isOver(type, target)) return;
    EventTarget.prototype.addEventListener.call(target, LATE + type, properties[at] ?? null, {
      once: true,
    });
  });
}

/**
 * @param {EventTarget} target
 * @param {string} type
 */
function tell(target, type) {
  const Kind = type === "pageshow" ? PageTransitionEvent : Event;
  const event = new Kind(LATE + type, { bubbles: type === "DOMContentLoaded" });
  // As it was: those of the window are about the document too.
  for (const [name, value] of [["type", type], ["target", document]]) {
    Object.defineProperty(event, /** @type {string} */ (name), { value });
  }
  telling = type;
  target.dispatchEvent(event);
  telling = "";
}
