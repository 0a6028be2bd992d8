// Browser-only, which is opt-in without further settings. The network blocker knows every host of
// the services that the site declares, and stands before all else: for that the watch on frames has
// to be off, which needs a body, and which only sees frames that were rewritten for it. It has no
// banner of its own: this is the one its documentation tells to build.
import { getOrCreateConsentRuntime } from "c15t";

const { consentStore } = getOrCreateConsentRuntime({
  mode: "offline",
  consentCategories: ["necessary", "marketing"],
  iframeBlockerConfig: { disableAutomaticBlocking: true },
  networkBlocker: {
    // Said to be so where it is left out; without it, 2.2.1 does not start the blocker.
    enabled: true,
    rules: TRACKERS.map((domain) => ({ domain, category: "marketing" })),
    logBlockedRequests: false,
  },
});
window.consentStore = consentStore;

document.addEventListener("DOMContentLoaded", () => {
  const banner = document.createElement("div");
  banner.id = "consent-banner";
  banner.innerHTML = "<p>We use cookies.</p><button>Accept all</button><button>Reject</button>";
  const show = ({ activeUI }) => {
    banner.style.display = activeUI === "banner" ? "block" : "none";
  };
  document.body.append(banner);
  show(consentStore.getState());
  consentStore.subscribe(show);
});
