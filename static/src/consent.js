// @ts-check
/** Adds in-place behaviour to a page whose forms work without it. */

/** @import {Decision, State} from "./types.js" */
import { hush, refresh, resume, save, submit } from "./choose.js";
import { allows, announce, current, on } from "./current.js";
import { tellGuard } from "./guarded.js";
import { openPanel } from "./panel.js";
import { watch } from "./reload.js";
import { followTabs, tellTabs } from "./tabs.js";

/** Opens the preferences: in place, or as a page where that does not work. */
async function open() {
  const root = /** @type {HTMLElement | null} */ (document.querySelector("#consent-ui"));
  const link = /** @type {HTMLAnchorElement | null} */ (root?.querySelector(".cc-reopen"));
  try {
    if (root) await openPanel(root);
  } catch {
    if (link) location.assign(link.href);
  }
}

/** @param {Event} event */
const origin = (event) => (event.target instanceof Element ? event.target : null);

/** @param {HTMLIFrameElement} frame */
const isOpened = ({ contentDocument }) => /^http/.test(contentDocument?.URL ?? "");

// Listening on the document, and not on our elements, works as well for what Turbo and its like
// put into the page later, and starts nothing twice.
function listen() {
  document.addEventListener("click", (event) => {
    hush();
    const { button, ctrlKey, metaKey, shiftKey } = event;
    if (button || ctrlKey || metaKey || shiftKey) return;
    if (!origin(event)?.closest("[data-consent-open]")) return;
    event.preventDefault();
    open();
  });
  document.addEventListener("submit", (event) => {
    const form = origin(event)?.closest("form");
    if (!form || !("consentForm" in form.dataset)) return;
    event.preventDefault();
    submit(form, event.submitter?.getAttribute("value") ?? "save");
  });
  // What was allowed in the place of a frame may be allowed elsewhere on the page.
  document.addEventListener(
    "load",
    ({ target }) => {
      const frame = /** @type {HTMLIFrameElement} */ (target);
      if (frame.dataset?.consentPlaceholder === "" && isOpened(frame)) refresh();
    },
    true,
  );
  watch();
  followTabs(refresh);
  // As behind the form of a page of ours, where no script is: what it said holds in other tabs, too.
  if (performance.navigation?.redirectCount) tellTabs();
}

// Browsers that do not say where a page goes get the bar in a frame as well, where another site
// could have it clicked unseen.
if (self !== top) document.querySelector("#consent-ui")?.remove();

// An element can take the name of a property, but no symbol.
const started = Symbol.for("consent");
if (!(started in document)) {
  Object.defineProperty(document, started, {});
  Object.defineProperty(window, "consent", {
    value: Object.freeze({
      /** @returns {State} */
      get state() {
        return current();
      },
      allows,
      open,
      /**
       * @param {Decision["action"] | Omit<Decision, "action">} decision
       * @returns {Promise<State>}
       */
      async save(decision) {
        const whole =
          typeof decision === "string" ? { action: decision } : { ...decision, action: "save" };
        await save(/** @type {Decision} */ (whole), "api");
        return current();
      },
      on,
    }),
  });
  listen();
  announce("ready");
  resume();
  // To open a storage takes long, so the guard waits until somebody does; or until there is time for it.
  (self.requestIdleCallback ?? setTimeout)(() => tellGuard(current()));
}
