// Read by klaro.js from this global; `default` and `required` are false unless said otherwise.
var klaroConfig = {
  version: 1,
  acceptAll: true,
  translations: {
    zz: { privacyPolicyUrl: "/privacy" },
    en: { purposes: { marketing: "Marketing" } },
  },
  services: [{ name: "tracker", title: "Tracker", purposes: ["marketing"] }],
};
