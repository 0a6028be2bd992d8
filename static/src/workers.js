// @ts-check
/** Service workers keep the policy they came with, so a choice takes new ones (docs/blocking.md). */

/** Fetches the site's service workers anew and has them start at once: they wait for our word. */
export async function renewWorkers() {
  for (const found of (await navigator.serviceWorker?.getRegistrations()) ?? []) {
    await found.update();
    (found.installing ?? found.waiting)?.postMessage("consent:now");
  }
}
