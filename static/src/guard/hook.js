// @ts-check
/** Puts our functions in the place of the browser's, so that nothing but their effect tells. */

export const { apply, construct, defineProperty, getOwnPropertyDescriptor } = Reflect;

/** What stands for something of the browser's → that, and the other way round. */
export const natives = new WeakMap();
export const made = new WeakMap();

/**
 * Called before the browser's own function, with what that will be called with.
 * @callback Before
 * @param {any} self
 * @param {any[]} args Changed in place, if need be.
 * @param {any} native
 * @param {string} name
 * @returns {any} Anything true is a list: what to return instead of calling it.
 */

/**
 * What looks like the browser's own in everything but what `traps` say.
 * @param {any} native
 * @param {ProxyHandler<any>} traps Without a prototype, which the page could put more in.
 */
export function stand(native, traps) {
  if (!made.has(native)) {
    const ours = new Proxy(native, traps);
    natives.set(ours, native);
    made.set(native, ours);
    if (native.prototype) defineProperty(native.prototype, "constructor", { value: ours });
  }
  return made.get(native);
}

/**
 * @param {any} win
 * @param {string} owners Interfaces, `""` for the window itself.
 * @param {RegExp} names What names are like.
 * @param {Before} before
 * @param {"get"} [part] Of an accessor, unless told, the setter where there is one.
 */
export function hooks(win, owners, names, before, part) {
  for (const each of owners.split(" ")) {
    const owner = each ? win[each]?.prototype : win;
    for (const name of Object.getOwnPropertyNames(owner ?? 0)) {
      if (!names.test(name)) continue;
      /** @type {any} */
      const found = getOwnPropertyDescriptor(owner, name);
      const place = part ?? (found.value ? "value" : found.set ? "set" : "get");
      const native = found[place];
      if (!native?.call || natives.has(native)) continue;
      /** @param {any} self @param {any[]} args @param {any} [target] */
      const call = (self, args, target) => {
        let done;
        try {
          done = before(self, args, native, name);
        } catch {
          // What is wrong with a call, the browser's own function says.
        }
        return done
          ? done[0]
          : target
            ? construct(native, args, target === found[place] ? native : target)
            : apply(native, natives.get(self) ?? self, args);
      };
      found[place] = stand(native, {
        // @ts-expect-error: what the page could put into a prototype is not asked.
        __proto__: null,
        apply: (_, self, args) => call(self, args),
        construct: (_, args, target) => call(0, args, target),
      });
      defineProperty(owner, name, found);
    }
  }
}
