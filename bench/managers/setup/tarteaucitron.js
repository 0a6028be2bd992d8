// The settings its README recommends, consent modes included, and a service of our own.
tarteaucitron.init({
  privacyUrl: "",
  hashtag: "#tarteaucitron",
  cookieName: "tarteaucitron",
  orientation: "middle",
  serviceDefaultState: "wait",
  DenyAllCta: true,
  AcceptAllCta: true,
  highPrivacy: true,
  alwaysNeedConsent: false,
  mandatory: true,
  mandatoryCta: true,
  googleConsentMode: true,
  bingConsentMode: true,
  pianoConsentMode: true,
  softConsentMode: false,
});
tarteaucitron.services.tracker = {
  key: "tracker",
  type: "ads",
  name: "Tracker",
  needConsent: true,
  cookies: [],
  js() {},
  fallback() {},
};
(tarteaucitron.job = tarteaucitron.job || []).push("tracker");
