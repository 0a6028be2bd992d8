export type Facts = {
  /** Differs where the choice does. */
  variant: string;
  /** Milliseconds that the worker before has for its answer. */
  patience: number;
  /** By what a policy of ours is known, whatever its choice. */
  known: string;
  /** Policy and list of connections for a page that never had any of ours. */
  bare: [policy: string, connections: string];
  /** The same for one that has, maybe of another choice: what may act anywhere on the site. */
  sealed: [policy: string, connections: string];
  /** Where a browser reports to. */
  endpoints: string;
  /** Do pages get the list of connections, too? */
  strict: boolean;
  /** Our markup, for the beginning of a page. */
  head: string;
};

declare global {
  /** The facts take the place of this name in what is sent (consent/headers/service_worker.py). */
  const CONSENT_WORKER: Facts;
}
