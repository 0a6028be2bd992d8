// @ts-check
/**
 * On our own pages, where plain forms decide: has the open tabs of the site ask what holds. A page
 * is left when its form has been answered; the page that answers one may be of ours, too.
 */

const channel = new BroadcastChannel("consent");
for (const when of ["pageshow", "pagehide"]) addEventListener(when, () => channel.postMessage(0));
