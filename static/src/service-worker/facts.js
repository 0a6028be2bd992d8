// @ts-check
/** What the server knows of the site and of the choice. */

export const { variant, patience, known, bare, sealed, endpoints, strict, head } = CONSENT_WORKER;
