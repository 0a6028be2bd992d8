/** Writes a text as it is chosen now. */

/** @typedef {import("./choices.js").Part} Part */

const SPACE = " ".charCodeAt(0);
const WORD = Array.from({ length: 256 }, (_, code) => code > 127 || /[\w$]/.test(String.fromCharCode(code)));

/**
 * @param {Part[]} whole
 * @param {string[]} letters Of names.
 * @returns {() => Uint8Array} It is good until the next one is written.
 */
export function writer(whole, letters) {
  const room = new Uint8Array(65536);
  let end = 0;
  // Between what can be chosen and its place, a space is there if it has to be.
  let isEdge = false;
  const encoder = new TextEncoder();
  /** @type {Map<string, Uint8Array>} */
  const known = new Map();

  /** @param {string} text */
  function put(text) {
    if (!isEdge && text.length === 1 && text < "\x7f") {
      room[end++] = text.charCodeAt(0);
      return;
    }
    let bytes = known.get(text);
    if (!bytes) known.set(text, (bytes = encoder.encode(text)));
    let at = 0;
    if (isEdge && bytes.length) {
      isEdge = false;
      const [last, next] = [/** @type {number} */ (room[end - 1]), /** @type {number} */ (bytes[0])];
      if (last === SPACE && !WORD[next]) end--;
      else if (next === SPACE && bytes.length > 1 && !WORD[last]) at = 1;
      else if (WORD[last] && WORD[next]) room[end++] = SPACE;
    }
    for (; at < bytes.length; at++) room[end++] = /** @type {number} */ (bytes[at]);
  }

  /** @param {import("./choices.js").Top} top */
  function putTop({ items, order, word, rest }) {
    const entries = order.map((at) => /** @type {import("./choices.js").Entry} */ (items[at]));
    for (const { forms, now } of entries) if (!now) write(/** @type {Part[]} */ (forms[0]));
    let lead = word;
    for (const { forms, now } of entries) {
      if (!now) continue;
      put(lead);
      write(/** @type {Part[]} */ (forms[1]));
      lead = ",";
    }
    if (lead === ",") put(";");
    write(rest);
    if (room[end - 1] === ";".charCodeAt(0)) end--;
  }

  /** @param {Part[]} parts */
  function write(parts) {
    for (const part of parts) {
      if (typeof part === "string") put(part);
      else if (typeof part === "number") put(/** @type {string} */ (letters[part]));
      else if ("key" in part) {
        const letter = /** @type {string} */ (letters[part.name]);
        if (letter !== part.key) put(`${part.key}:`);
        put(letter);
      } else if ("rest" in part) putTop(part);
      else {
        isEdge = true;
        if ("forms" in part) write(/** @type {Part[]} */ (part.forms[part.now]));
        else
          part.order.forEach((at, nth) => {
            if (nth) put(part.join);
            write(/** @type {any} */ (part.items[at]).parts);
          });
        isEdge = true;
      }
    }
  }

  return () => {
    end = 0;
    isEdge = false;
    write(whole);
    return room.subarray(0, end);
  };
}
