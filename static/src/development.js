// @ts-check
/** Says in the console, once per host, which undeclared host was held. Only while developing. */

/** Of the policy that is ours, in `report-to`: the site's own are its own business. */
const OURS = "consent-seal";

const advice = document.currentScript?.dataset.consentAdvice ?? "";
/** @type {Set<string>} */
const said = new Set();

document.addEventListener("securitypolicyviolation", (event) => {
  if (event.originalPolicy.includes(OURS)) found(event.blockedURI, event.disposition === "report");
});

document.addEventListener("DOMContentLoaded", () => {
  for (const held of document.querySelectorAll("[data-consent-held=undeclared]")) {
    for (const { name, value } of held.attributes) {
      if (name.startsWith("data-consent-")) found(value, false);
    }
  }
});

/**
 * @param {string} address What was refused; a word as "inline" names no host.
 * @param {boolean} passed It was only reported.
 */
function found(address, passed) {
  const { host, hostname } = read(address);
  if (!hostname || host === location.host || said.has(host)) return;
  said.add(host);
  void tell(host, passed);
}

/** @param {string} address */
function read(address) {
  try {
    return address.includes("//") ? new URL(address, location.href) : new URL("about:blank");
  } catch {
    return new URL("about:blank");
  }
}

/**
 * @param {string} host
 * @param {boolean} passed
 */
async function tell(host, passed) {
  const toml = await toPaste(host);
  if (!toml) return;
  const what = passed ? `${host} is used` : `held ${host}`;
  const then = passed
    ? 'undeclared_hosts = "block" would hold it. To declare it'
    : "To let pages load from it";
  console.warn(
    `asgi-consent: ${what} on ${location.pathname}: no service declares this host.` +
      ` ${then}, add to the configuration:\n\n${toml}`,
  );
}

/**
 * Asks the server, which knows the catalogue; it has no advice where a service waits for consent.
 * @param {string} host
 */
async function toPaste(host) {
  try {
    const answer = await fetch(`${advice}?host=${encodeURIComponent(host)}`);
    if (answer.ok) return await answer.text();
  } catch {
    // The page's own policy does not let it ask.
  }
  return "(see the log of the server)";
}
