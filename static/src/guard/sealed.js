// @ts-check
/** The guard of a page that has a seal. */

import { start } from "./start.js";

start();
