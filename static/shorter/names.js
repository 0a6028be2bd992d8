/** The names of a script that uglify-js has packed, as numbers: which letters they get is tried. */

/**
 * @typedef {object} Names
 * @property {string[]} letters Of each name, now.
 * @property {number[][]} near Of each, those that are known where it is.
 * @property {Set<string>} taken What no name may be.
 */

const RESERVED =
  "arguments await async break case catch class const continue debugger default delete do else enum eval export extends " +
  "false finally for function get if implements import in instanceof interface let new null of package private protected " +
  "public return set static super switch this throw true try typeof undefined var void while with yield";

/**
 * @param {any} tree
 * @returns {Names & { text: string }} And the script with numbers for names (syntax.js).
 */
export function numbered(tree) {
  /** @type {Map<any, Set<any>>} */
  const near = new Map();
  const taken = new Set(RESERVED.split(" "));
  tree.walk({
    push() {},
    pop() {},
    visit(/** @type {any} */ node, /** @type {() => void} */ descend) {
      const met = [...(node.enclosed ?? [])];
      node.variables?.each((/** @type {any} */ name) => met.push(name));
      const ours = met.filter((name) => name.mangled_name);
      for (const name of met) if (!name.mangled_name) taken.add(name.name);
      for (const name of ours) near.set(name, new Set([...(near.get(name) ?? []), ...ours]));
      descend?.();
      return true;
    },
  });
  const names = [...near.keys()];
  const letters = names.map((name) => name.mangled_name);
  names.forEach((name, at) => (name.mangled_name = `ǁ${at}ǁ`));
  const found = [...near].map(([name, others]) => [...others].filter((each) => each !== name).map((each) => names.indexOf(each)));
  return { text: tree.print_to_string(), letters, near: found, taken };
}
