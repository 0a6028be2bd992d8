// @ts-check
/** Carries a decision to the server, and asks what holds. */

/** @import {Decision, State} from "./types.js" */
import { readState, setting } from "./state.js";

/**
 * Records a decision; resolves only once the server has said yes.
 *
 * @param {Decision & { lang?: string | undefined, notice?: string | undefined, interface: string }} decision
 * @throws {Error} It was not recorded, so nothing may act on it.
 */
export async function send(decision) {
  // The same for each attempt of one click, so that it is recorded once. No secure context, no key.
  const key = crypto.randomUUID?.();
  const answer = await ask("/choice", {
    method: "POST",
    headers: { "Content-Type": "application/json", ...(key && { "Idempotency-Key": key }) },
    body: JSON.stringify(decision),
  });
  // Unread, it keeps its connection, and the page never comes to rest for whoever waits for that.
  await answer.text();
}

/**
 * What the server reads in the cookie that the browser sends.
 * @returns {Promise<State>}
 */
export const askState = async () =>
  readState(await (await ask("/state", { cache: "no-store" })).json());

/**
 * @param {string} path
 * @param {RequestInit} options
 */
async function ask(path, options) {
  const answer = await fetch(setting.prefix + path, options);
  if (!answer.ok) throw Error(`consent: ${answer.status}`);
  return answer;
}
