// The container loads the tags its owner put there: here LinkedIn's, which no page of the site names.
(function () {
  window._linkedin_partner_id = "4204204";
  var tag = document.createElement("script");
  tag.async = true;
  tag.src = "{{ tracker("snap.licdn.com") }}/li.lms-analytics/insight.min.js";
  document.head.appendChild(tag);
  document.cookie = "_gcl_au=1.1." + Date.now() + "; path=/; max-age=7776000; SameSite=Lax";
  window.dataLayer.push({ event: "gtm.load" });
})();
