export type Rules = [
  /** Origins that are the site's own beside that of the document. */
  own: string[],
  /** What the names of hosts are like that are, as a regular expression. */
  domains: string,
  /** Are hosts that nobody declared held? */
  hosts: 0 | 1,
  /** Are cookies and storage keys that nobody declared held? */
  names: 0 | 1,
  /** Id and purpose of each service, the purpose `""` where it needs no consent. */
  services: [string, string][],
  /**
   * Per kind of item, and for `host`: what names (`host:port/path`) are like, as regular
   * expressions, whose they are and, of hosts, whether a path says so.
   */
  claims: any,
  /**
   * Per element: the attributes by which it loads and, where another one decides whether it does,
   * that and what it is like then, as a regular expression.
   */
  loads: Record<string, [name: string, other?: string, like?: string][]>,
  /** What all those are called, as a regular expression. */
  attributes: string,
];

declare global {
  /** The rules take the place of this name in the file that is sent (consent/banner/guard.py). */
  const CONSENT_RULES: Rules;
  /** Which guard is built (static/build.js): without a seal, it does what it can of a seal's work. */
  const BUILD: "guard" | "strict" | "unsealed";
}
