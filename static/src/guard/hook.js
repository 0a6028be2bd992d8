// @ts-check
/** Puts our functions in the place of the browser's, so that nothing but their effect tells. */

export const { apply } = Reflect;
const { defineProperties, defineProperty, getOwnPropertyDescriptor, getOwnPropertyDescriptors } =
  Object;
const { getPrototypeOf, setPrototypeOf } = Object;

/** Ours → the browser's. */
const natives = new WeakMap();

/**
 * Called before the browser's own function, with what that will be called with.
 * @callback Before
 * @param {any} self
 * @param {any} args Changed in place, if need be.
 * @param {any} native
 * @returns {[any?, any?] | false | "" | null | undefined | void} What to return instead of calling it,
 *   or, in second place, on what to call it.
 */

/**
 * @param {any} owner
 * @param {string} name
 * @param {Before} before
 * @param {"value" | "get" | "set"} [part]
 */
export function hook(owner, name, before, part = "value") {
  const found = owner && getOwnPropertyDescriptor(owner, name);
  const native = found?.[part];
  if (!native || !found.configurable || natives.has(native)) return;
  // A method is no constructor and has no prototype, as the browser's own.
  const { ours } = {
    ours() {
      let done;
      try {
        done = before(this, arguments, native);
      } catch {
        // What is wrong with a call, the browser's own function says.
      }
      if (done && done.length < 2) return done[0];
      return apply(native, done ? done[1] : this, arguments);
    },
  };
  defineProperties(ours, getOwnPropertyDescriptors(native));
  setPrototypeOf(ours, getPrototypeOf(native));
  natives.set(ours, native);
  defineProperty(owner, name, { ...found, [part]: ours });
}

/**
 * @param {any} win
 * @param {string[]} names What a constructor is called; the first name is its own.
 * @param {(args: any[]) => void} before
 */
export function hookConstructor(win, [name = "", ...others], before) {
  const native = win[name];
  if (!native || natives.has(native)) return;
  /** @type {any} */
  const ours = new Proxy(native, {
    construct(/** @type {any} */ _, args, target) {
      before(args);
      return Reflect.construct(native, args, target === ours ? native : target);
    },
  });
  natives.set(ours, native);
  for (const [owner, key] of [[native.prototype, "constructor"], ...[name, ...others].map((key) => [win, key])]) {
    const found = getOwnPropertyDescriptor(owner, key);
    if (found?.value === native) defineProperty(owner, key, { ...found, value: ours });
  }
}

/**
 * Makes ours look like the browser's own.
 * @param {any} win
 */
export const hide = (win) =>
  hook(win.Function.prototype, "toString", (self, args, native) =>
    natives.has(self) && [apply(native, natives.get(self), args)],
  );
