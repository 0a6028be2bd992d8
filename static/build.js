/** Builds static/dist: esbuild bundles for the browsers we support, uglify-js makes it small. */

import { mkdir, writeFile } from "node:fs/promises";
import { build } from "esbuild";
import uglify from "uglify-js";
import { choices } from "./shorter/choices.js";
import { numbered } from "./shorter/names.js";
import { shortest } from "./shorter/search.js";

const ENTRIES = {
  consent: "consent.js",
  release: "release.js",
  signals: "signals.js",
  development: "development.js",
  tell: "tell.js",
  guard: "guard/start.js",
  "guard-strict": "guard/start.js",
  "guard-unsealed": "guard/start.js",
  "service-worker": "service-worker/start.js",
  "shared-worker": "shared-worker/start.js",
};
const STYLES = ["consent", "frame", "page", "panel"];

/**
 * Each on its own: names are chosen by how often letters are used, in all that is built together.
 * @param {string} entry
 * @param {string} [name]
 */
async function bundled(entry, name = "") {
  const { outputFiles } = await build({
    entryPoints: [`static/src/${entry}`],
    bundle: true,
    charset: "utf8",
    define: { BUILD: JSON.stringify(name.replace("guard-", "")) },
    format: "iife",
    logLevel: "warning",
    minify: true,
    target: ["es2022", "chrome111", "firefox121", "safari15.4"],
    write: false,
  });
  return outputFiles[0].text;
}

/** What makes each smaller, tried one by one. */
const GUARDS = { comparisons: false, hoist_funs: true, inline: 3 };
const OTHERS = { inline: 2 };
/** How much is tried; what has no part in a budget stays as uglify-js writes it.
 * @type {Record<string, number>} */
const STEPS = { guard: 45000, "guard-strict": 8000, "guard-unsealed": 3000, consent: 20000 };

/**
 * @param {string} name
 * @param {string} code
 */
function packed(name, code) {
  const isGuard = name.startsWith("guard");
  const packed = uglify.minify(code, {
    compress: { ...(isGuard ? GUARDS : OTHERS), passes: 5 },
    module: false,
    output: { ast: true },
  });
  if (packed.error) throw packed.error;
  const steps = STEPS[name];
  if (!steps) return packed.code;
  const { text, ...names } = numbered(packed.ast);
  return shortest(choices(text), names, steps);
}

await mkdir("static/dist", { recursive: true });
for (const [name, entry] of Object.entries(ENTRIES)) {
  await writeFile(`static/dist/${name}.js`, packed(name, await bundled(entry, name)));
}
for (const name of STYLES) {
  await writeFile(`static/dist/${name}.css`, await bundled(`${name}.css`));
}
