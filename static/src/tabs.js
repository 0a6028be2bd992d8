// @ts-check
/** A choice made in one tab holds in the others: each asks the server, none believes another. */

/** @type {BroadcastChannel | null} */
let channel = null;

/**
 * Lets the other tabs of this origin know that something was chosen; not what.
 * @param {boolean} [less] Whether shared workers have to end before a page that comes anew is given
 *   them; without it they ask, as tabs do.
 */
export const tellTabs = (less) => channel?.postMessage(less);

/**
 * Calls `ask` when another tab has chosen, and when the page comes back from the browser's memory:
 * it was made for an earlier choice (edges.md K5).
 * @param {() => Promise<void>} ask
 */
export function followTabs(ask) {
  let asking = false;
  // Whatever others send, one question at a time. Without an answer everything stays as it is.
  const once = async () => {
    if (asking) return;
    asking = true;
    await ask().catch(() => {});
    asking = false;
  };
  const open = () => {
    try {
      channel ??= new BroadcastChannel("consent");
      channel.onmessage = once;
    } catch {
      // Firefox has none for a site that may keep no cookies.
    }
  };
  open();
  // An open channel keeps a page out of the memory of some browsers.
  addEventListener("pagehide", () => {
    channel?.close();
    channel = null;
  });
  addEventListener("pageshow", (event) => {
    if (event.persisted) once();
    open();
  });
}
