// @ts-check
/**
 * Pages and scripts of workers that a service worker makes itself, or has kept, get our policy; what
 * the network has answered came with it, and is not touched.
 */

import { beginning } from "./beginning.js";
import { bare, endpoints, head, known, sealed, strict } from "./facts.js";

const { apply } = Reflect;
const OURS = /^\(response-origin.*\);redirects=allow$/;
const POLICY = "content-security-policy";
const LIST = "connection-allowlist";
/** Headers by which a browser fetches, or tells others, past any policy; the server looks into its own. */
const TELLING = ["link", "nel", "report-to", "reporting-endpoints", "speculation-rules"];

/** Answers out of a cache: they look like those of the network, but may be of another choice. */
const kept = new WeakSet();

/**
 * Puts a function in the place of the browser's, and leaves it looking like that.
 * @param {string} owner
 * @param {string} name
 * @param {(native: any, self: any, args: any[]) => any} call
 */
function hook(owner, name, call) {
  const { prototype } = /** @type {any} */ (self)[owner] ?? {};
  if (!prototype?.[name]) return;
  prototype[name] = new Proxy(prototype[name], { apply: call });
}

export function sealAnswers() {
  for (const [owner, name] of /** @type {const} */ ([
    ["Cache", "match"],
    ["Cache", "matchAll"],
    ["CacheStorage", "match"],
  ])) {
    hook(owner, name, async (native, self, args) => {
      const found = await apply(native, self, args);
      for (const each of [found].flat()) if (each) kept.add(each);
      return found;
    });
  }
  hook("Response", "clone", (native, self, args) => {
    const copy = apply(native, self, args);
    if (kept.has(self)) kept.add(copy);
    return copy;
  });
  hook("FetchEvent", "respondWith", (native, event, args) => {
    const { request } = event;
    const runs = request.mode === "navigate" || /worker/.test(request.destination);
    if (runs && args.length) {
      args[0] = Promise.resolve(args[0]).then((answer) => sealOne(answer, request));
    }
    return apply(native, event, args);
  });
}

/**
 * @param {any} answer
 * @param {Request} request
 */
function sealOne(answer, request) {
  // What is none, and what may not be used, the browser refuses itself.
  if (!(answer instanceof Response) || !answer.status || answer.bodyUsed) return answer;
  if (answer.redirected && request.redirect !== "follow") return answer;
  if (answer.type === "basic" && /^http/.test(answer.url) && !kept.has(answer)) return answer;
  const headers = new Headers(answer.headers);
  const old = headers.get(POLICY) ?? "";
  const isKnown = old.includes(known);
  const [policy, connections] = isKnown ? sealed : bare;
  if (old.includes(policy)) return answer;
  if (!isKnown) {
    for (const name of TELLING) headers.delete(name);
    if (old) headers.set(POLICY, old.replace(/report-uri[^;,]*\/\/[^;,]*/gi, ""));
  }
  headers.append(POLICY, policy);
  const isPage = request.mode === "navigate";
  const list = headers.get(LIST);
  if ((strict || !isPage) && (!list || OURS.test(list))) headers.set(LIST, connections);
  let { body, status, statusText } = answer;
  if (!isKnown) headers.append("reporting-endpoints", endpoints);
  if (!isKnown && isPage && body && isText(headers)) {
    headers.delete("content-length");
    body = beginning(body, marked(old));
  }
  return new Response(body, { status, statusText, headers });
}

/** @param {Headers} headers */
const isText = (headers) => /^text\/html(?!.*utf-?16)/i.test(headers.get("content-type") ?? "");

/**
 * Our markup with the nonce that the answer's own policy accepts, if there is one.
 * @param {string} policy
 */
function marked(policy) {
  const nonce = /'nonce-([\w+/=-]+)'/.exec(policy)?.[1];
  return nonce ? head.replace(/<(?:script|link)/g, `$& nonce="${nonce}"`) : head;
}
