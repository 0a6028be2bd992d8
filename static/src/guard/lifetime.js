// @ts-check
/** How long a cookie lives, as browsers read it (RFC 6265 §5.1.1, §5.2), and how long it may. */

const MONTHS = "jan feb mar apr may jun jul aug sep oct nov dec".split(" ");

/**
 * Thirteen calendar months from now: 393 to 397 days, the end of a month clamped.
 * @param {number} now
 */
export function latest(now) {
  const end = new Date(now);
  const day = end.getUTCDate();
  end.setUTCMonth(end.getUTCMonth() + 13);
  if (end.getUTCDate() !== day) end.setUTCDate(0);
  return +end;
}

/**
 * When a cookie with these attributes ends; NaN for the session, or what nobody can read.
 * @param {string[]} attributes
 * @param {number} now
 */
export function expiry(attributes, now) {
  let age = NaN;
  let date = NaN;
  for (const attribute of attributes) {
    const [, name = "", value = ""] = /^[ \t]*([^=]*?)[ \t]*(?:=[ \t]*(.*?))?[ \t]*$/s.exec(attribute) ?? [];
    if (value.length > 1024) continue;
    if (/^max-age$/i.test(name) && /^-?\d+$/.test(value)) age = now + +value * 1000;
    if (/^expires$/i.test(name)) date = parsed(value) || date;
  }
  return age === age ? age : date;
}

/** @param {string} text */
function parsed(text) {
  /** @type {any} */
  let time, day, month, year;
  for (const token of text.split(/[\t -/;-@[-`{-~]+/)) {
    let found;
    if (!time && (found = /^(\d\d?):(\d\d?):(\d\d?)(?!\d)/.exec(token))) time = found;
    else if (!day && (found = /^\d\d?(?!\d)/.exec(token))) day = found;
    else if (!month && MONTHS.includes(token.slice(0, 3).toLowerCase())) month = token;
    else if (!year && (found = /^\d{2,4}(?!\d)/.exec(token))) year = found;
  }
  if (!time || !day || !month || !year) return NaN;
  const full = +year[0] < 70 ? +year[0] + 2000 : +year[0] < 100 ? +year[0] + 1900 : +year[0];
  const [, hour, minute, second] = time.map(Number);
  const at = MONTHS.indexOf(month.slice(0, 3).toLowerCase());
  const date = new Date(Date.UTC(full, at, +day[0], hour, minute, second));
  const real = date.getUTCDate() === +day[0] && hour < 24 && minute < 60 && second < 60;
  return real && full > 1600 ? +date : NaN;
}
