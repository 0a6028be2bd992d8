// @ts-check
/**
 * Stands behind the script of a site's shared worker (docs/withdrawal.md). It keeps the policy that
 * it came with, and reloads hand it from one page to the next: so it ends itself.
 */

const { state, purposes, services } = CONSENT_SHARED;

new BroadcastChannel("consent").onmessage = async ({ data }) => {
  // The page that says so comes anew at once, and would be handed this one until an answer is here.
  if (data) return self.close();
  const answer = await fetch(state, { cache: "no-store" });
  if (answer.ok && isLess(await answer.json())) self.close();
};

/**
 * Is less allowed now than when this script was sent?
 * @param {{ purposes: Answers, services: Answers }} now
 */
const isLess = (now) =>
  takes(purposes, now.purposes) ||
  takes(services, now.services) ||
  // A service that followed its purpose, and was refused apart from it.
  Object.keys(now.services).some((id) => !now.services[id] && services[id] !== false);

/**
 * @param {Answers} before
 * @param {Answers} now
 */
const takes = (before, now) => Object.keys(before).some((id) => before[id] && !now[id]);
