// @ts-check
/** Puts our functions in the place of the browser's, so that nothing but their effect tells. */

export const { apply, construct } = Reflect;
const { defineProperties, defineProperty, getPrototypeOf, setPrototypeOf } = Object;
const { getOwnPropertyDescriptor, getOwnPropertyDescriptors } = Object;

/** Ours → the browser's, and the other way round. */
const natives = new WeakMap();
const made = new WeakMap();

/**
 * Called before the browser's own function, with what that will be called with.
 * @callback Before
 * @param {any} self
 * @param {any} args Changed in place, if need be.
 * @param {any} native
 * @param {string} name
 * @returns {any} Anything true is a list: what to return instead of calling it or, in second place,
 *   on what to call it.
 */

/**
 * A method is no constructor and has no prototype, as the browser's own.
 * @param {any} native
 * @param {Before} before
 * @param {string} name
 */
function disguised(native, before, name) {
  /** @type {(self: any, args: any, target?: any) => any} */
  const call = (self, args, target) => {
    let done;
    try {
      done = before(self, args, native, name);
    } catch {
      // What is wrong with a call, the browser's own function says.
    }
    return done && !(1 in done)
      ? done[0]
      : target
        ? construct(native, args, target === ours ? native : target)
        : apply(native, done ? done[1] : self, args);
  };
  /** @type {any} */
  const ours = native.prototype
    ? /** @this {any} */ function () {
        return call(this, arguments, new.target);
      }
    : {
        ours() {
          return call(this, arguments);
        },
      }.ours;
  defineProperties(ours, getOwnPropertyDescriptors(native));
  setPrototypeOf(ours, getPrototypeOf(native));
  natives.set(ours, native);
  made.set(native, ours);
  return ours;
}

/**
 * @param {any} owner
 * @param {string} name
 * @param {Before} before
 * @param {"value" | "get" | "set"} [part] Of an accessor, unless told, the setter where there is one.
 */
export function hook(owner, name, before, part) {
  const found = owner && getOwnPropertyDescriptor(owner, name);
  if (!found?.configurable) return;
  const place = part ?? (found.value ? "value" : found.set ? "set" : "get");
  const native = found[place];
  if (!native?.call || natives.has(native)) return;
  const ours = made.get(native) ?? disguised(native, before, name);
  defineProperty(owner, name, { ...found, [place]: ours });
}

/**
 * The same for many: `""` is the window, every other name an interface.
 * @param {any} win
 * @param {string} owners
 * @param {RegExp | string} names Where it is no text, what names are like.
 * @param {Before} before
 * @param {"get"} [part]
 */
export function hooks(win, owners, names, before, part) {
  for (const name of owners.split(" ")) {
    const owner = name ? win[name]?.prototype : win;
    const all = typeof names === "string" ? names.split(" ") : Object.getOwnPropertyNames(owner ?? 0);
    for (const each of all) {
      if (typeof names === "string" || names.test(each)) hook(owner, each, before, part);
    }
  }
}

/**
 * Makes ours look like the browser's own.
 * @param {any} win
 */
export const hide = (win) =>
  hooks(win, "Function", "toString", (self, args, native) =>
    natives.has(self) && [apply(native, natives.get(self), args)],
  );
