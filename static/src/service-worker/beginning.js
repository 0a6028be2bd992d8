// @ts-check
/** Puts markup first into a page that goes by in pieces. */

// Before a document type nothing may stand but this, or the page would look as of old.
const BEFORE =
  /^(?:\u00ef\u00bb\u00bf)?(?:[\t\n\f\r ]+|<!--(?:-?>|[^]*?--!?>)|<\?[^>]*>|<!(?!--|doctype)[^>]*>)*/i;
const TYPE = /^<!doctype[^>]*>/i;
/** What may become one of these, or the end of a comment, with what comes next. */
const OPEN = /^(?:|\u00ef\u00bb?|<|<!-[^]*|<[!?][^>]*)$/;
/** Of a page that is not written in ASCII, whatever its header says: nothing fits into it. */
const WIDE = /^(?:\u00ff\u00fe|\u00fe\u00ff)/;

/** Bytes of a page in which its beginning ends, or never does. */
const LONGEST = 65536;

/**
 * Where it goes: behind the document type.
 * @param {string} text The page's start, a byte for each character.
 * @param {boolean} whole Does nothing more come?
 * @returns {number} -1 while that cannot be told, `NaN` where it has no place.
 */
export function place(text, whole) {
  if (WIDE.test(text)) return NaN;
  const start = /** @type {any} */ (BEFORE.exec(text))[0].length;
  const rest = text.slice(start);
  const type = TYPE.exec(rest);
  if (type) return start + type[0].length;
  return whole || text.length > LONGEST || !OPEN.test(rest) ? start : -1;
}

/**
 * The page with the markup in it; only what comes before that is kept back.
 * @param {ReadableStream<Uint8Array>} body
 * @param {string} markup
 */
export function beginning(body, markup) {
  let kept = new Uint8Array();
  let isDone = false;
  /**
   * @param {Uint8Array} chunk
   * @param {TransformStreamDefaultController<Uint8Array>} out
   * @param {boolean} whole
   */
  const take = (chunk, out, whole) => {
    const all = new Uint8Array(kept.length + chunk.length);
    all.set(kept);
    all.set(chunk, kept.length);
    kept = all;
    const at = place(new TextDecoder("latin1").decode(all), whole);
    if (at < 0) return;
    isDone = true;
    if (at >= 0) {
      out.enqueue(all.subarray(0, at));
      out.enqueue(new TextEncoder().encode(markup));
    }
    out.enqueue(all.subarray(at || 0));
  };
  return body.pipeThrough(
    new TransformStream({
      transform: (chunk, out) => (isDone ? out.enqueue(chunk) : take(chunk, out, false)),
      flush: (out) => (isDone ? undefined : take(new Uint8Array(), out, true)),
    }),
  );
}
