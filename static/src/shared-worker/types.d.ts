type Answers = Record<string, boolean>;

/** What holds where the script is sent: something is granted, or it would not be marked. */
type SharedFacts = {
  /** Where the server says what holds now. */
  state: string;
  purposes: Answers;
  services: Answers;
};

/** The facts take the place of this name in what is sent (consent/headers/shared_worker.py). */
declare const CONSENT_SHARED: SharedFacts;
