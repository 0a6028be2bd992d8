// @ts-check
/** Says in the console, once for each host and service, what undeclared was held. Only while developing. */

/** Of the policy that is ours, in `report-to`: the site's own are its own business. */
const OURS = "consent-seal";

/** Paths of one host that are asked about: a map asks for its tiles by the hundred. */
const MOST_PATHS = 20;

const advice = document.currentScript?.dataset.consentAdvice ?? "";
/** @type {Map<string, Set<string>>} Paths by their host. */
const asked = new Map();
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
  const { host, hostname, pathname } = read(address);
  if (!hostname || host === location.host) return;
  const paths = asked.get(host) ?? new Set();
  if (paths.has(pathname) || paths.size === MOST_PATHS) return;
  asked.set(host, paths.add(pathname));
  void tell(host, pathname, passed);
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
 * @param {string} path
 * @param {boolean} passed
 */
async function tell(host, path, passed) {
  const toml = await toPaste(host, path);
  if (!toml || said.has(host + toml)) return;
  said.add(host + toml);
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
 * The path goes along, since one host may serve two services; never the query.
 * @param {string} host
 * @param {string} path
 */
async function toPaste(host, path) {
  try {
    const answer = await fetch(`${advice}?${new URLSearchParams({ host, path })}`);
    if (answer.ok) return await answer.text();
  } catch {
    // The page's own policy does not let it ask.
  }
  return "(see the log of the server)";
}
