// @ts-check
/** The guard of a page with the strict seal. */

import { start } from "./start.js";

// Chromium 156 refuses too late what a page describes, and ends one whose frames call.
start((win) => {
  for (const old of ["", "webkit"]) delete win[`${old}RTCPeerConnection`];
});
