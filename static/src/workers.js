// @ts-check
/** Service workers keep the policy they came with, so a choice takes new ones (docs/blocking.md). */

/**
 * Fetches the site's service workers anew, and waits until they have taken over: a page that is
 * loaded before that is the old one's, which it keeps alive with its policy of the choice before.
 * @param {boolean} withdrawn Whether one that is still there after nine seconds has to go.
 */
export async function renewWorkers(withdrawn) {
  for (const found of (await navigator.serviceWorker?.getRegistrations()) ?? []) {
    await Promise.race([renew(found), late(9)])
      .catch(() => withdrawn && Promise.race([found.unregister(), late(3)]))
      // Chromium sometimes answers neither; then nothing else may wait for it.
      .catch(() => {});
  }
}

/** @param {number} seconds */
const late = (seconds) => new Promise((_, fail) => setTimeout(fail, seconds * 1000));

/** @param {ServiceWorkerRegistration} found */
async function renew(found) {
  // The first may join a question that the browser had asked before the choice.
  await found.update();
  await found.update();
  for (let next; (next = found.installing ?? found.waiting); ) {
    await new Promise((done) => next.addEventListener("statechange", done));
  }
}
