// @ts-check
/** Carries a decision to the server, and asks what holds. */

/** @import {Decision, State} from "./types.js" */
import { readState, setting } from "./state.js";

/** The decision could not be recorded, so nothing may act on it. */
export class NotRecorded extends Error {}

/**
 * Records a decision; resolves only once the server has said yes.
 *
 * @param {Decision & { lang?: string, notice?: string, interface?: string }} decision
 * @param {string} key The same for each attempt of one click, so that it is recorded once.
 * @throws {NotRecorded}
 */
export async function send(decision, key) {
  const answer = await ask("/choice", {
    method: "POST",
    headers: { "Content-Type": "application/json", ...(key && { "Idempotency-Key": key }) },
    body: JSON.stringify(decision),
  });
  if (!answer.ok) throw new NotRecorded(String(answer.status));
}

/**
 * What the server reads in the cookie that the browser sends.
 * @returns {Promise<State>}
 * @throws {NotRecorded}
 */
export async function askState() {
  const answer = await ask("/state", { cache: "no-store" });
  if (!answer.ok) throw new NotRecorded(String(answer.status));
  return readState(await answer.json());
}

/** @returns {string} "" where the page is not in a secure context. */
export const newKey = () => crypto.randomUUID?.() ?? "";

/**
 * @param {string} path
 * @param {RequestInit} options
 * @returns {Promise<Response>}
 */
function ask(path, options) {
  return fetch(setting.prefix + path, {
    credentials: "same-origin",
    ...options,
    headers: { Accept: "application/json", ...options.headers },
  }).catch(() => Promise.reject(new NotRecorded("network")));
}
