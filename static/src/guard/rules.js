// @ts-check
/** What the server knows of the site: a list, since names would be sent with every guard. */

export const [own, domains, hosts, names, services, claims, loads, attributes] =
  CONSENT_RULES;
