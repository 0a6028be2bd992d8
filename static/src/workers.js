// @ts-check
/** Service workers keep the policy they came with, so a choice takes new ones (docs/blocking.md). */

/** Fetches the site's service workers anew and has them start at once: they wait for our word. */
export async function renewWorkers() {
  const all = (await navigator.serviceWorker?.getRegistrations()) ?? [];
  // All at once: a page may be closed, and one whose script is gone may not keep the others.
  await Promise.allSettled(
    all.map(async (found) => {
      await found.update();
      (found.installing ?? found.waiting)?.postMessage("consent:now");
    }),
  );
}
