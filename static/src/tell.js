// @ts-check
/**
 * On our own pages that answer a plain form: the tabs of the site ask what holds. Where a form is
 * answered by leading back, the page that it leads back to tells them (consent.js).
 */

new BroadcastChannel("consent").postMessage(0);
