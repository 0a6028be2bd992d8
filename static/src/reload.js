// @ts-check
/** May the page be reloaded without taking anything from the visitor? */

import { setting } from "./state.js";

const CONTROLS = "input,textarea,select";

// What is typed into editors and custom controls leaves nothing that could be compared later.
let touched = false;

/** Remembers that something was typed where there is no default to compare with. */
export function watch() {
  document.addEventListener(
    "input",
    (event) => {
      const target = /** @type {Element} */ (event.composedPath()[0]);
      touched ||= !target.matches(CONTROLS) || target.getRootNode() !== document;
    },
    { capture: true, passive: true },
  );
}

/**
 * Reloading posts the form of a document that answered a POST again, loses what was typed, and
 * stops what plays. Where none of this can happen, a page may be reloaded unasked.
 */
export const isSafe = () =>
  setting.method === "GET" &&
  !touched &&
  !document.pictureInPictureElement &&
  !isEditor(document.activeElement) &&
  !any(CONTROLS, isChanged) &&
  !any("iframe", holdsEditor) &&
  !any("video,audio", isPlaying);

/**
 * Loads the page anew, and all that is in its frames. Firefox puts the documents back that they had,
 * whatever the new page says; of frames that are gone by then it has none.
 */
export function reload() {
  addEventListener("pagehide", () => any("iframe", (frame) => frame.remove()));
  location.reload();
}

/**
 * @param {string} selector
 * @param {(element: any) => unknown} is
 */
const any = (selector, is) => [...document.querySelectorAll(selector)].some(is);

/** @param {any} element */
const isEditor = (element) =>
  element?.isContentEditable || element?.ownerDocument.designMode === "on";

// null for a frame of another origin, into which nobody can look.
/** @param {HTMLIFrameElement} frame */
const holdsEditor = (frame) => isEditor(frame.contentDocument?.body);

/**
 * Silent pictures that start by themselves are decoration.
 * @param {HTMLMediaElement} media
 */
const isPlaying = (media) => !media.paused && !media.ended && !(media.muted && media.autoplay);

/** @param {any} control One of CONTROLS. */
function isChanged(control) {
  if (control.closest("#consent-ui")) return false;
  if (control instanceof HTMLSelectElement) return isReselected(control);
  if (control.files) return control.files.length > 0;
  if (/^(checkbox|radio)$/.test(control.type)) {
    return control.checked !== control.defaultChecked;
  }
  return control.value !== control.defaultValue;
}

/** @param {HTMLSelectElement} select */
function isReselected({ options, multiple, selectedIndex }) {
  const all = [...options];
  return all.some((option) => option.defaultSelected)
    ? all.some((option) => option.selected !== option.defaultSelected)
    : selectedIndex > (multiple ? -1 : 0);
}
