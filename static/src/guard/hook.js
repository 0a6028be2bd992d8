// @ts-check
/** Puts our functions in the place of the browser's, so that nothing but their effect tells. */

export const { apply, construct, defineProperty } = Reflect;

/** What stands for something of the browser's → that. */
export const natives = new WeakMap();
/** A storage → what stands for it → its kind. */
export const made = new WeakMap();

const types = /** @type {any} */ (self).trustedTypes;

/**
 * Called before the browser's own function, with what that will be called with.
 * @callback Before
 * @param {any} self
 * @param {any[]} args Changed in place, if need be.
 * @param {string} name
 * @returns {any} Anything true: calls nothing and returns its first item, if it is a list.
 */

/**
 * Called with what the browser's own function has returned. Of an accessor, the getter is meant
 * then; and what stands for something is called as that.
 * @callback After
 * @param {any} found
 * @param {string} name
 * @param {any} self
 * @returns {any} What to return.
 */

/** @type {any} The window that is being armed. */
export let realm;

/** @param {any} win */
export function enter(win) {
  realm = win;
}

/**
 * What an object says as a text, it is asked for once, or it might say another thing to the browser;
 * but what a policy of the page has made goes on as it is.
 * @param {any} args Changed in place.
 * @param {number} at
 * @returns {any}
 */
export function once(args, at) {
  const each = args[at];
  if (Object(each) === each && !types?.isHTML(each) && !types?.isScriptURL(each)) {
    try {
      args[at] = `${each}`;
    } catch (error) {
      // The browser is told the same.
      args[at] = {
        toString() {
          throw error;
        },
      };
      throw error;
    }
  }
  return args[at];
}

/**
 * What stands for what was found, if something does.
 * @type {After}
 */
export const back = (found) => made.get(found) ?? found;

/**
 * An engine that looks at names one by one takes long, and a window has a thousand.
 * @param {string} owners Interfaces, `""` for the window itself.
 * @param {string} names What names begin with, as a regular expression; in a window, whole names.
 * @param {Before | null} [before]
 * @param {After} [after]
 */
export function hooks(owners, names, before, after) {
  for (const each of owners.split(" ")) {
    const owner = (each ? realm[each]?.prototype : realm) ?? 0;
    // What cannot be listed is looked for by name.
    ((each && `${Object.keys(owner)}`) || names).replace(RegExp(`(${names})\\w*`, "gi"), /** @type {any} */ ((/** @type {string} */ name) => {
      /** @type {any} */
      const found = Object.getOwnPropertyDescriptor(owner, name) ?? 0;
      const place = found.value ? "value" : after ? "get" : "set";
      const native = found[place];
      if (!native?.call || natives.has(native)) return;
      const { prototype } = native;
      let ours = prototype?.constructor;
      if (!natives.has(ours)) {
        // As quick as can be; and like the browser's own, a method makes nothing with `new`.
        const { f } = {
          /** @param {any[]} args */
          f(...args) {
            try {
              const done = before?.(this, args, name);
              if (done) return done[0];
            } catch {
              // What is wrong with a call, the browser's own function says.
            }
            const result =
              prototype && this
                ? construct(native, args, /** @type {any} */ (this))
                : apply(native, (after && natives.get(this)) || this, args);
            return after ? after(result, name, this) : result;
          },
        };
        ours = f;
        if (prototype)
          prototype.constructor = ours = /** @param {any[]} args */ function (...args) {
            return apply(f, new.target, args);
          };
        ours.__proto__ = native.__proto__;
        Object.defineProperties(ours, Object.getOwnPropertyDescriptors(native));
        natives.set(ours, native);
      }
      found[place] = ours;
      defineProperty(owner, name, found);
    }));
  }
}
