/** What of a script can be written in more than one way, and means the same. */

import { parse } from "acorn";
import { acts, arrange, assigned, children, isOwn, NAME, names, reads } from "./syntax.js";

/**
 * A text is made of parts: texts, names by number, and what there is a choice of.
 * @typedef {string | number | Key | Forms | List | Top} Part
 * @typedef {{ key: string, name: number }} Key A property and the name for its value: one, if they are the same.
 * @typedef {{ forms: Part[][], now: number }} Forms Ways to write one thing.
 * @typedef {{ parts: Part[], after?: Set<any> }} Item Of a list, with those that have to stand before it.
 * @typedef {{ items: Item[], order: number[], join: string }} List Things in any order.
 * @typedef {{ declared: string[], needs: Set<string>, says: Set<string>, acts: boolean, reads: boolean, after: Set<any>, forms: (Part[] | null)[], now: number }} Entry
 *   A name of the whole script: as a function, or in the list of variables.
 * @typedef {{ items: Entry[], order: number[], word: string, rest: Part[] }} Top
 */

/** What a comparison is from the other side. */
const MIRROR = /** @type {Record<string, string>} */ ({
  "===": "===",
  "!==": "!==",
  "==": "==",
  "!=": "!=",
  "<": ">",
  ">": "<",
  "<=": ">=",
  ">=": "<=",
});

/** @param {any} node */
const isTerm = ({ type, regex, operator }) =>
  /^(Identifier|TemplateLiteral|(Member|Call)Expression)$/.test(type) || (type === "Literal" && !regex) || operator === "typeof";

/** @param {any} node */
const canTurn = ({ left, right, operator }) =>
  MIRROR[operator] &&
  isTerm(left) &&
  isTerm(right) &&
  (left.type === "Literal" || right.type === "Literal" || !(acts(left) || acts(right)));

/** @param {any} node Can it be a function of either kind? */
const isFree = ({ type, id, body, params, generator }) =>
  /Function/.test(type) && (!id || type === "FunctionDeclaration") && !generator && ![body, ...params].some(isOwn);

/** @param {any} node */
const isCalledAtOnce = ({ type, callee }) => type === "CallExpression" && callee.type === "FunctionExpression" && isFree(callee);

/** @param {any} property */
const isNamed = ({ type, computed, method, key, value }) =>
  type === "Property" && !computed && !method && key.type === "Identifier" && value.type === "Identifier";

/**
 * @param {string} text Of a script, one function that is called; its names are numbers.
 * @returns {Part[]}
 */
export function choices(text) {
  const [strict, only] = /** @type {any} */ (parse(text, { ecmaVersion: 2022 })).body;
  const statements = only.expression.callee.body.body;

  /** @param {string} plain @returns {Part[]} */
  const split = (plain) => plain.split(NAME).map((part, at) => (at % 2 ? +part : part)).filter((part) => part !== "");

  /**
   * @param {any[]} nodes
   * @returns {Part[]}
   */
  const listed = (nodes) => nodes.flatMap((node, at) => [at ? "," : "", ...whole(node)]);

  /**
   * Of several values, one that stands for itself is the last, in brackets.
   * @param {any} node
   * @returns {Part[]}
   */
  const whole = (node) => (node.type === "SequenceExpression" ? ["(", ...write(node), ")"] : write(node));

  /**
   * What stands for a node, with the choices in it.
   * @param {any} node
   * @returns {Part[]}
   */
  function write(node) {
    const { type, end } = node;
    // Of an object, a template asks for its text; what uglify-js makes of one, for its value.
    if (node.operator === "+" && node.left?.value === "") return ["`${", ...whole(node.right), "}`"];
    if (canTurn(node)) {
      const [left, right] = [write(node.left), write(node.right)];
      const turned = [...right, /** @type {string} */ (MIRROR[node.operator]), ...left];
      return [{ forms: [[...left, node.operator, ...right], turned], now: 0 }];
    }
    if (type === "ObjectPattern" && node.properties.every(isNamed)) {
      const items = node.properties.map((/** @type {any} */ each) => ({ parts: write(each) }));
      return ["{", { items, order: [...items.keys()], join: "," }, "}"];
    }
    if (isNamed(node) && node.shorthand) return write(node.value);
    if (isNamed(node)) {
      const [name] = split(text.slice(node.value.start, node.value.end));
      if (typeof name === "number") return [{ key: node.key.name, name }];
    }
    if (type === "ExpressionStatement" && node.expression.operator === "!" && isCalledAtOnce(node.expression.argument))
      // The sign was there for the function, which must not begin a statement.
      return [{ forms: [inside(node), [...atOnce(node.expression.argument), text[end - 1] === ";" ? ";" : ""]], now: 0 }];
    return isCalledAtOnce(node) ? [{ forms: [inside(node), atOnce(node)], now: 0 }] : inside(node);
  }

  /**
   * A node as it is, but for what is in it.
   * @param {any} node
   * @returns {Part[]}
   */
  function inside(node) {
    /** @type {Part[]} */
    const parts = [];
    let at = node.start;
    for (const child of children(node).sort((a, b) => a.start - b.start)) {
      parts.push(...split(text.slice(at, child.start)), ...write(child));
      at = child.end;
    }
    return [...parts, ...split(text.slice(at, node.end))];
  }

  /** @param {any} node @returns {Part[]} */
  const atOnce = (node) => ["(", ...arrow(node.callee), ")(", ...listed(node.arguments), ")"];

  /** @param {any} fn @returns {Part[]} */
  function arrow({ params, body, async: waits }) {
    const isOne = params.length === 1 && params[0].type === "Identifier";
    const [first, more] = body.type === "BlockStatement" ? body.body : [{ argument: body, type: "ReturnStatement" }];
    const value = !more && first?.type === "ReturnStatement" && first.argument;
    return [
      waits ? (isOne ? "async " : "async") : "",
      ...(isOne ? write(params[0]) : ["(", ...listed(params), ")"]),
      "=>",
      ...(value && text[value.start] === "{" ? ["(", ...write(value), ")"] : whole(value || body)),
    ];
  }

  /** @param {any} name @param {any} fn @returns {Part[]} */
  function named(name, { params, body, async: waits }) {
    const isBlock = body.type === "BlockStatement";
    const gap = /[\wǁ$]/.test(/** @type {string} */ (text[body.start])) ? " " : "";
    const code = isBlock ? write(body) : ["{return", gap, ...write(body), "}"];
    return [waits ? "async function " : "function ", ...write(name), "(", ...listed(params), ")", ...code];
  }

  const written = assigned(only);
  /**
   * @param {any} id
   * @param {any} value
   * @returns {Entry}
   */
  function entry(id, value) {
    const isFunction = value && /Function/.test(value.type) && id.type === "Identifier";
    const isEither = isFunction && isFree(value) && !written.has(id.name);
    const isDeclared = value?.type === "FunctionDeclaration";
    const init = value && !isDeclared ? ["=", ...whole(value)] : [];
    const arrows = isEither ? [...write(id), "=", ...arrow(value)] : [...write(id), ...init];
    return {
      declared: [...names(id, true)],
      needs: value && !isFunction ? names(value) : new Set(),
      says: value ? names(value, true) : new Set(),
      acts: value && !isFunction && acts(value),
      reads: value && !isFunction && (id.type !== "Identifier" || reads(value)),
      after: new Set(),
      forms: [isEither || isDeclared ? named(id, value) : null, isEither || !isDeclared ? arrows : null],
      now: +!isDeclared,
    };
  }

  const items = statements.flatMap((/** @type {any} */ each) =>
    each.type === "FunctionDeclaration"
      ? entry(each.id, each)
      : (each.declarations ?? []).map((/** @type {any} */ { id, init }) => entry(id, init)),
  );
  arrange(items);
  const all = items.flatMap((/** @type {Entry} */ { declared }) => declared);
  // What is declared once can be a block's; and nothing of that is known outside either.
  const isBlock = new Set(all).size === all.length;
  const isRest = (/** @type {any} */ { type }) => !/Declaration$/.test(type);
  if (statements.findLastIndex((/** @type {any} */ { type }) => type === "VariableDeclaration") > statements.findIndex(isRest))
    throw Error("A statement before a declaration.");
  return [
    text.slice(strict.start, strict.end),
    isBlock ? "{" : "(()=>{",
    { items, order: [...items.keys()], word: isBlock ? "let " : "var ", rest: statements.filter(isRest).flatMap(write) },
    isBlock ? "}" : "})()",
  ];
}
