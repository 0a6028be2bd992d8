// @ts-check
/** For vendors whose loader does nothing where its function exists: no stub may come before it. */

/** @type {Record<string, unknown[][]>} What is to be said first, per function. */
const waiting = {};
const page = /** @type {Record<string, any>} */ (/** @type {unknown} */ (window));

/**
 * Calls `window[name]` with each list of arguments: now where it exists, else before anything that
 * the page says to it, since the order decides (law.md META-01).
 * @param {string} name
 * @param {unknown[][]} calls
 */
export function beforeFirst(name, calls) {
  if (waiting[name]) waiting[name].push(...calls);
  else if (page[name]) for (const call of calls) page[name](...call);
  else {
    waiting[name] = [...calls];
    whenSet(page, name, (made) => {
      const say = () => {
        const due = waiting[name] ?? [];
        delete waiting[name];
        return due;
      };
      // A loader makes the function first, then its queue.
      if (Array.isArray(made.queue)) for (const call of say()) made(...call);
      else whenSet(made, "queue", (queue) => queue.push(...say()));
    });
  }
}

/**
 * Runs `then` when a property that does not exist yet is first assigned; after that it is a plain
 * property, as if nobody had waited.
 * @param {any} object
 * @param {string} name
 * @param {(value: any) => void} then
 */
function whenSet(object, name, then) {
  Object.defineProperty(object, name, {
    configurable: true,
    enumerable: true,
    get: () => undefined,
    set(value) {
      Object.defineProperty(object, name, {
        configurable: true,
        enumerable: true,
        value,
        writable: true,
      });
      then(value);
    },
  });
}
