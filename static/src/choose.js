// @ts-check
/** From a click to a recorded decision, and from there to what the page does about it. */

/** @import {Decision} from "./types.js" */
import { current, show } from "./current.js";
import { closePanel } from "./panel.js";
import { isSafe, reload } from "./reload.js";
import { askState, send } from "./send.js";
import { grants, made, setting } from "./state.js";
import { tellTabs } from "./tabs.js";
import { renewWorkers } from "./workers.js";

/** The name of a tab, from a reload of ours to the page after it. */
const RELOADED = "consent";

let busy = false;

/**
 * What a form says: the clicked button, and its boxes if that button is not about everything.
 * @param {HTMLFormElement} form
 * @param {string} action
 * @returns {Decision}
 */
function decisionOf(form, action) {
  /** @type {Decision} */
  const decision = { action: /** @type {Decision["action"]} */ (action) };
  if (action !== "save") return decision;
  decision.purposes = {};
  decision.services = {};
  for (const box of form.querySelectorAll("input")) {
    if (box.name === "purpose") decision.purposes[box.value] = box.checked;
  }
  for (const { value } of form.querySelectorAll("select")) {
    if (value) decision.services[value.replace(/^-/, "")] = value[0] !== "-";
  }
  return decision;
}

/**
 * Sends a form in place. Neither the bar nor the dialog goes away before the server said yes.
 * @param {HTMLFormElement} form
 * @param {string} action
 */
export async function submit(form, action) {
  if (busy) return;
  busy = true;
  form.ariaBusy = "true";
  const place = form.querySelector(".cc-message");
  place?.replaceChildren();
  try {
    const where = form.className ? "preferences" : "banner";
    tell(form.dataset, await save(decisionOf(form, action), where, form));
  } catch {
    // Was it the page's own policy? It says so behind the failure; then only a form can ask.
    const refused = await new Promise((told) => {
      document.addEventListener("securitypolicyviolation", told, { once: true });
      setTimeout(told, 100);
    });
    if (refused) {
      delete form.dataset.consentForm;
      /** @type {HTMLElement | null} */ (form.querySelector(`[value=${action}]`))?.click();
    }
    place?.replaceChildren(/** @type {string} */ (form.dataset.error));
  } finally {
    busy = false;
    form.ariaBusy = null;
  }
}

/**
 * Records a decision and confirms that the browser gives the cookie back.
 * @param {Decision} decision
 * @param {string} where
 * @param {HTMLFormElement} [form]
 */
export async function save(decision, where, form) {
  // What is undefined is not sent.
  const field = (/** @type {string} */ name) =>
    /** @type {HTMLInputElement | null} */ (form?.elements.namedItem(name) ?? null)?.value;
  await send({ ...decision, interface: where, lang: field("lang"), notice: field("notice") });
  const state = await askState();
  if (state.decided) {
    const less = grants(state, current());
    await renewWorkers(less).catch(() => {});
    show(state);
    tellTabs(less);
  }
  return state.decided;
}

/**
 * Says what happened, and reloads where the document no longer is what the visitor wants.
 * @param {DOMStringMap} texts
 * @param {boolean} kept
 */
function tell(texts, kept) {
  const ui = document.querySelector("#consent-ui");
  const inside = ui?.contains(document.activeElement);
  closePanel();
  ui?.querySelector(".cc-banner")?.setAttribute("hidden", "");
  if (inside) /** @type {HTMLElement | null} */ (ui?.querySelector(".cc-reopen"))?.focus();
  if (kept) settle(texts);
  else say(texts.keptNot);
}

/** @param {DOMStringMap} texts */
function settle(texts) {
  if (apply()) say(texts.saved);
  else if (setting.method === "GET") say(texts.pendingApply, texts.apply);
  else say(texts.pending);
}

/** Asks what holds, and does about it what a click here would have done. */
export async function refresh() {
  const before = current();
  const state = await askState();
  if (!grants(before, state) && !grants(state, before) && state.decided === before.decided) return;
  show(state);
  settle(toast()?.dataset ?? {});
}

/**
 * A policy cannot be loosened in a live document, what is held in it is released by the server,
 * and what runs in it cannot be stopped: both a grant and a withdrawal take a new document. A first
 * refusal changes nothing.
 * @returns {boolean} Whether the live document does, or is about to do, what was decided.
 */
function apply() {
  if (!grants(made, current()) && !grants(current(), made)) return true;
  if (!isSafe()) return false;
  renew();
  return true;
}

/**
 * What is said now goes with the document. The next one can say it only if it is told, and a name
 * that nobody gave the tab does that without storing anything.
 */
function renew() {
  self.name ||= RELOADED;
  reload();
}

/** Says once, after such a reload, what was saved: as any page, it leaves the focus at its top. */
export function resume() {
  if (self.name !== RELOADED) return;
  self.name = "";
  say(toast()?.dataset.saved);
}

/**
 * Takes away what was said, unless it asks for something. The visitor's next click is the moment,
 * whatever it is about: any time could be too short for somebody (WCAG 2.2.1).
 */
export const hush = () =>
  document.querySelector(".cc-toast:not(:has(*))")?.replaceChildren();

/** @type {() => HTMLElement | null} */
const toast = () => document.querySelector(".cc-toast");

/**
 * @param {any} text
 * @param {string} [button]
 */
function say(text, button) {
  const now = Object.assign(document.createElement("button"), {
    className: "cc-button",
    textContent: button,
    onclick: renew,
  });
  toast()?.replaceChildren(text, button ? now : "");
}
