// @ts-check
/**
 * What a script does that counts on running while the page is parsed: `document.write()`, which
 * would wipe the finished page, and waiting for events that are over.
 */

/** @typedef {{ target: EventTarget, type: string, listener: any }} Missed */
/**
 * @typedef {object} Place
 * @property {(text: string) => void} write
 * @property {() => HTMLScriptElement[]} scripts Those that were written, once all is written.
 */

const WRITING = /** @type {const} */ (["write", "writeln", "open", "close"]);
const LATE = ["DOMContentLoaded", "readystatechange", "load", "pageshow"];

/** @type {WeakMap<Element, Place>} */
const places = new WeakMap();

/** @type {Missed[]} */
let missed = [];

const place = () => document.currentScript && places.get(document.currentScript);

/**
 * Runs `work`; scripts given to `currentOf` may then write and wait as if the page was being parsed.
 * @param {() => Promise<void>} work
 */
export async function caught(work) {
  for (const name of WRITING) document[name] = /** @type {any} */ (writer(name));
  for (const target of [document, window]) target.addEventListener = listening(target);
  await work();
  for (const name of [...WRITING, "addEventListener"]) Reflect.deleteProperty(document, name);
  Reflect.deleteProperty(window, "addEventListener");
  const late = missed;
  missed = [];
  for (const type of LATE) late.filter((each) => each.type === type).forEach(tell);
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

/**
 * Listeners for what is over are called once all scripts have run; those of others are not.
 * @param {EventTarget} target
 * @returns {typeof EventTarget.prototype.addEventListener}
 */
const listening = (target) => (type, listener, options) => {
  EventTarget.prototype.addEventListener.call(target, type, listener, options);
  if (place() && listener && isOver(type, target)) missed.push({ target, type, listener });
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
  if (document.readyState !== "complete") return false;
  return target === window ? type === "load" || type === "pageshow" : type === "readystatechange";
}

/**
 * @param {unknown} before `window.onload` as it was before the script.
 */
export function restOf(before) {
  const listener = window.onload;
  if (listener && listener !== before && isOver("load", window)) {
    missed.push({ target: window, type: "load", listener });
  }
}

/** @param {Missed} missed */
function tell({ target, type, listener }) {
  try {
    const event = new Event(type);
    if (typeof listener === "function") listener.call(target, event);
    else listener.handleEvent(event);
  } catch (error) {
    reportError(error);
  }
}
