// @ts-check
/** The second layer in place: the form of the preferences page, shown in a dialog. */

import { setting } from "./state.js";

/**
 * The form as the server makes it for this visitor.
 *
 * XMLHttpRequest, since it gives a document that runs nothing, and is no Trusted Types sink as
 * DOMParser and innerHTML are.
 * @param {string} lang
 * @returns {Promise<HTMLFormElement>}
 */
function fetchForm(lang) {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    const next = encodeURIComponent(location.pathname + location.search);
    request.open("GET", `${setting.prefix}/preferences?lang=${lang}&next=${next}`);
    request.responseType = "document";
    request.onload = () => {
      const form = request.response?.querySelector(".cc-panel");
      if (form) resolve(form);
      else reject(Error("no form"));
    };
    request.onerror = reject;
    request.send();
  });
}

/** @type {HTMLDialogElement | undefined} */
let dialog;

/**
 * Opens the dialog; closing it decides nothing, and gives the focus back to where it was.
 * @param {HTMLElement} root
 */
export async function openPanel(root) {
  if (dialog?.isConnected) return;
  const box = document.createElement("dialog");
  dialog = box;
  root.append(box);
  try {
    const form = document.adoptNode(await fetchForm(root.lang));
    box.className = "cc-dialog";
    box.setAttribute("aria-labelledby", "consent-panel-title");
    box.addEventListener("close", () => box.remove());
    await dress(form);
    box.append(form, closeButton(form));
    box.showModal();
    document.getElementById("consent-panel-title")?.focus();
  } catch (error) {
    box.remove();
    throw error;
  }
}

let dressed = false;

/**
 * Its style is fetched when it is first opened. What is adopted is not asked for a nonce; a browser
 * that cannot adopt is led to the page.
 * @param {HTMLFormElement} form
 */
async function dress(form) {
  const link = /** @type {HTMLLinkElement} */ (form.querySelector("link"));
  link.remove();
  if (dressed) return;
  const sheet = new CSSStyleSheet();
  await sheet.replace(await (await fetch(link.href)).text());
  document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet];
  dressed = true;
}

/** Closes the dialog, if it is open. */
export const closePanel = () => dialog?.close();

/**
 * @param {HTMLFormElement} form
 */
function closeButton(form) {
  // In no form, and so of no type.
  return Object.assign(document.createElement("button"), {
    className: "cc-close",
    textContent: "\u2715",
    onclick: closePanel,
    title: form.dataset.close,
    ariaLabel: form.dataset.close,
  });
}
