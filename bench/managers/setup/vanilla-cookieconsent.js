// Opt-in is the default; so are `autoClearCookies` and `manageScriptTags`. A driven browser is a
// bot to it, from which it would hide.
CookieConsent.run({
  hideFromBots: false,
  categories: { necessary: { enabled: true, readOnly: true }, marketing: {} },
  language: {
    default: "en",
    translations: {
      en: {
        consentModal: {
          title: "Cookies",
          description: "We would like to show you advertisements.",
          acceptAllBtn: "Accept all",
          acceptNecessaryBtn: "Reject all",
          showPreferencesBtn: "Settings",
        },
        preferencesModal: {
          title: "Settings",
          acceptAllBtn: "Accept all",
          acceptNecessaryBtn: "Reject all",
          savePreferencesBtn: "Save",
          sections: [
            { title: "Necessary", linkedCategory: "necessary" },
            { title: "Marketing", linkedCategory: "marketing" },
          ],
        },
      },
    },
  },
});
