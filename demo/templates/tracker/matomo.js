(function () {
  var url = "", site = "";
  document.cookie = "_pk_id.1.c10b=" + Math.random().toString(16).slice(2) + "; path=/; max-age=33955200; SameSite=Lax";
  document.cookie = "_pk_ses.1.c10b=1; path=/; max-age=1800; SameSite=Lax";
  function take(call) {
    if (call[0] === "setTrackerUrl") url = call[1];
    if (call[0] === "setSiteId") site = call[1];
  }
  function send(call) {
    if (call[0] === "trackPageView") new Image().src = url + "?action_name=" + encodeURIComponent(document.title) + "&idsite=" + site + "&rec=1";
  }
  window._paq.forEach(take);
  window._paq.forEach(send);
  window._paq = { push: function (call) { take(call); send(call); } };
})();
