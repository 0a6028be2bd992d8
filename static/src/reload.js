// @ts-check
/** May the page be reloaded without taking anything from the visitor? */

import { setting } from "./state.js";

// What was typed into editors and custom controls leaves no trace that could be compared later.
let touched = false;

/** Remembers that something was typed where no default can be compared with. */
export function watch() {
  document.addEventListener(
    "input",
    (event) => {
      const target = event.composedPath()[0];
      if (!isControl(target) || target.getRootNode() !== document) touched = true;
    },
    { capture: true, passive: true },
  );
}

/**
 * Reloading re-posts the form of a document that answered a POST, loses what was typed and stops
 * what plays; a document from which nothing is lost may be reloaded unasked.
 */
export function isSafe() {
  return (
    setting.method === "GET" &&
    !touched &&
    !isEditing(document) &&
    ![...document.querySelectorAll("input,textarea,select")].some(isChanged) &&
    ![...document.querySelectorAll("iframe")].some(holdsEditor) &&
    !document.pictureInPictureElement &&
    ![...document.querySelectorAll("video,audio")].some(isPlaying)
  );
}

/**
 * @param {EventTarget | undefined} target
 * @returns {target is HTMLInputElement | HTMLTextAreaElement | HTMLSelectElement}
 */
const isControl = (target) =>
  target instanceof HTMLInputElement ||
  target instanceof HTMLTextAreaElement ||
  target instanceof HTMLSelectElement;

/** @param {Document} page */
const isEditing = (page) =>
  page.designMode === "on" ||
  /** @type {HTMLElement | null} */ (page.activeElement)?.isContentEditable === true;

/** @param {Element} control */
function isChanged(control) {
  if (!isControl(control) || control.closest("[data-consent-ui]")) return false;
  if (control instanceof HTMLSelectElement) return isReselected(control);
  if (control instanceof HTMLTextAreaElement) return control.value !== control.defaultValue;
  if (control.type === "file") return (control.files?.length ?? 0) > 0;
  if (control.type === "checkbox" || control.type === "radio") {
    return control.checked !== control.defaultChecked;
  }
  return control.value !== control.defaultValue;
}

/** @param {HTMLSelectElement} select */
function isReselected(select) {
  const options = [...select.options];
  if (options.some((option) => option.defaultSelected)) {
    return options.some((option) => option.selected !== option.defaultSelected);
  }
  return select.multiple ? select.selectedIndex >= 0 : select.selectedIndex > 0;
}

/** @param {HTMLIFrameElement} frame */
function holdsEditor(frame) {
  // null for a frame of another origin, into which nobody can look.
  const page = frame.contentDocument;
  return !!page && (page.designMode === "on" || page.body?.isContentEditable === true);
}

/**
 * Silent pictures that move by themselves are decoration.
 * @param {Element} media
 */
const isPlaying = (media) =>
  media instanceof HTMLMediaElement &&
  !media.paused &&
  !media.ended &&
  !(media.muted && media.autoplay);
