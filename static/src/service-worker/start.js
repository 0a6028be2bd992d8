// @ts-check
/** Stands behind the script of a site's service worker (docs/blocking.md). */

import { sealAnswers } from "./answers.js";
import { takeOver } from "./takeover.js";

takeOver();
sealAnswers();
