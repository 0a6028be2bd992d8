/** What can be told of a piece of a script from its syntax tree (ESTree). */

/** A name that has no letter yet, but a number. */
export const NAME = /ǁ(\d+)ǁ/;

/**
 * @param {any} node
 * @returns {any[]}
 */
export const children = (node) =>
  Object.values(node)
    .flat()
    .filter((each) => typeof each?.type === "string");

/** @param {any} node */
const isFunction = ({ type }) => /Function/.test(type);

/**
 * Does a part of a function say who called it, and how?
 * @param {any} node
 * @returns {boolean}
 */
export const isOwn = (node) =>
  /^(ThisExpression|Super|MetaProperty)$/.test(node.type) ||
  node.name === "arguments" ||
  children(node).some((each) => !/^Function/.test(each.type) && isOwn(each));

/**
 * @param {any} node
 * @param {boolean} [isDeep] In functions, too?
 * @param {Set<string>} [found]
 */
export function names(node, isDeep, found = new Set()) {
  if (node.type === "Identifier") found.add(node.name);
  for (const each of children(node)) if (isDeep || !isFunction(each)) names(each, isDeep, found);
  return found;
}

/** What is made of nothing touches nothing. @param {any} node */
const isMap = ({ callee, arguments: given }) => /^(Weak)?(Map|Set)$/.test(callee.name) && !given.length;

/**
 * May it do more than read, where it stands?
 * @param {any} node
 * @returns {boolean}
 */
export const acts = (node) =>
  /^(Assignment|Await|Call|Import|Tagged|Update|Yield)/.test(node.type) ||
  (node.type === "NewExpression" && !isMap(node)) ||
  node.operator === "delete" ||
  children(node).some((each) => !isFunction(each) && acts(each));

/**
 * Does it look at what something else may have changed?
 * @param {any} node
 * @returns {boolean}
 */
export const reads = (node) =>
  /^(Member|Spread|Template)/.test(node.type) || children(node).some((each) => !isFunction(each) && reads(each));

/**
 * @param {any} node
 * @param {Set<string>} [found]
 * @returns What is written to, anywhere below.
 */
export function assigned(node, found = new Set()) {
  if (node.type === "UpdateExpression") names(node.argument, true, found);
  if (/^(Assignment|For(In|Of))/.test(node.type)) names(node.left, true, found);
  for (const each of children(node)) assigned(each, found);
  return found;
}

/**
 * Says of the names of a script which have to be there before which: what is needed for one; and
 * what does more than read stays in order with what reads, and with everything if it calls a
 * function of ours. Such a function, and what that calls, is there from the beginning, or stays where it was.
 * @param {import("./choices.js").Entry[]} entries
 */
export function arrange(entries) {
  const ours = entries.filter(({ forms }) => forms[0]);
  /** @param {Set<string>} said @param {Set<any>} [found] */
  function called(said, found = new Set()) {
    for (const each of ours) {
      if (found.has(each) || !each.declared.some((name) => said.has(name))) continue;
      found.add(each);
      called(each.says, found);
    }
    return found;
  }
  /** @type {Map<any, boolean>} */
  const calls = new Map();
  for (const each of entries) {
    const early = each.acts ? called(each.says) : new Set();
    calls.set(each, early.size > 0);
    for (const one of early) if (!one.now) one.forms[1] = null;
  }
  entries.forEach((late, at) => {
    for (const early of entries.slice(0, at)) {
      const isBound =
        early.declared.some((name) => late.declared.includes(name) || late.needs.has(name)) ||
        late.declared.some((name) => early.needs.has(name));
      if (isBound || (early.acts && (late.acts || late.reads)) || (late.acts && early.reads) || calls.get(early) || calls.get(late)) late.after.add(early);
    }
  });
}
