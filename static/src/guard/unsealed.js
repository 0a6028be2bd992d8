// @ts-check
/** The guard of a page without a seal: it does what it can of a seal's work. */

import { guardRequests } from "./requests.js";
import { start } from "./start.js";

start(guardRequests);
