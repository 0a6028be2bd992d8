/** Finds, of all that a text can say in several ways, those that compress best. */

import pako from "pako";
import { writer } from "./writer.js";

/** @typedef {import("./choices.js").Part} Part */
/** @typedef {() => void} Back Takes a change back. */

const LETTERS = [..."abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ$_"];
/** Bits that a change may lose in the beginning: it may lead on. */
const HEAT = 3;

const [FORGET, BLOCK] = [3, 5];

/**
 * By a zlib of its own, so that every machine finds the same. That of pako 2 is the one that gzip
 * and Python have; of pako 3, it is not.
 * @returns {(bytes: Uint8Array) => number} Bits: whole bytes do not tell what is a little better.
 */
function scale() {
  const options = { raw: true, level: 9, windowBits: 13, memLevel: 7, chunkSize: 8192 };
  const deflate = /** @type {any} */ (new pako.Deflate(/** @type {any} */ (options)));
  const { strm } = deflate;
  deflate.onData = () => {};
  const none = new Uint8Array();
  return (bytes) => {
    const before = strm.total_out;
    deflate.push(bytes, BLOCK);
    const bits = (strm.total_out - before) * 8 + strm.state.bi_valid;
    // A new one each time would take longer.
    deflate.push(none, FORGET);
    return bits;
  };
}

/** The same numbers each time (mulberry32). Of 24 beginnings, this one leads to the shortest guard. */
function dice(state = 19) {
  return (/** @type {number} */ sides) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % sides;
  };
}

/**
 * @param {Part[]} whole
 * @returns {any[]} Every part that there is a choice of.
 */
function open(whole) {
  /** @type {any[]} */
  const found = [];
  (function look(/** @type {any} */ parts) {
    for (const part of parts ?? []) {
      if (!Object(part).forms && !Object(part).items && !Object(part).key) continue;
      found.push(part);
      part.forms?.forEach(look);
      part.items?.forEach((/** @type {any} */ item) => (item.forms ? look([item]) : look(item.parts)));
      look(part.rest);
    }
  })(whole);
  return found;
}

/**
 * @param {Part[]} whole
 * @param {import("./names.js").Names} names
 * @param {number} steps How many changes are tried.
 */
export function shortest(whole, { letters, near, taken }, steps) {
  const roll = dice();
  /** @template T @param {T[]} list */
  const any = (list) => /** @type {T} */ (list[roll(list.length)]);
  const found = open(whole);
  const lists = found.filter(({ order }) => order?.length > 1);
  const either = found.filter(({ forms }) => forms?.every(Boolean));
  /** @type {string[][]} What a name would be if it were its property's. */
  const keys = letters.map((_, at) => found.filter(({ key, name }) => name === at && key && !taken.has(key)).map(({ key }) => key));

  /**
   * Gives a name a letter; who has that there changes with it, and so on.
   * @returns {Back | undefined}
   */
  function relabel() {
    const name = roll(letters.length);
    /** @type {[number, string][]} */
    const old = [];
    const back = () => old.reverse().forEach(([each, letter]) => (letters[each] = letter));
    const change = (/** @type {number} */ each, /** @type {string} */ to) => {
      const from = /** @type {string} */ (letters[each]);
      old.push([each, from]);
      letters[each] = to;
      for (const other of near[each] ?? []) if (letters[other] === to) change(other, from);
    };
    change(name, keys[name]?.length && !roll(4) ? any(keys[name]) : any(roll(4) ? letters : LETTERS));
    if (old.every(([each]) => LETTERS.includes(letters[each] ?? "") || keys[each]?.includes(letters[each] ?? ""))) return back;
    // The property's name would have gone on to another.
    back();
    return;
  }

  /** @returns {Back | undefined} */
  function reorder() {
    const list = any(roll(3) ? lists.slice(0, 1) : lists);
    const old = list.order;
    const next = [...old];
    const [one, other] = [roll(next.length), roll(next.length)];
    if (roll(2)) [next[one], next[other]] = [next[other], next[one]];
    else next.splice(other, 0, ...next.splice(one, 1));
    const at = new Map(next.map((item, nth) => [list.items[item], nth]));
    for (const [item, nth] of at) for (const early of item.after ?? []) if (/** @type {number} */ (at.get(early)) > nth) return;
    list.order = next;
    return () => (list.order = old);
  }

  /** @returns {Back} */
  function turn() {
    const part = any(either);
    part.now = 1 - part.now;
    return () => (part.now = 1 - part.now);
  }

  const moves = [...Array(letters.length ? 7 : 0).fill(relabel), ...(lists.length ? [reorder, reorder] : []), ...(either.length ? [turn] : [])];
  const write = writer(whole, letters);
  const size = scale();
  let least = size(write());
  let now = least;
  let best = write().slice();
  for (let step = 0; step < steps; step++) {
    const back = any(moves)();
    if (!back) continue;
    const text = write();
    const bits = size(text);
    const loss = roll(2) * Math.round(HEAT * (1 - step / steps));
    if (bits > now + loss) back();
    else now = bits;
    if (bits < least) [least, best] = [bits, text.slice()];
  }
  return new TextDecoder().decode(best);
}
