(function () {
  var fbq = window.fbq, pixel = "";
  document.cookie = "_fbp=fb.1." + Date.now() + "." + Math.floor(Math.random() * 1e10) + "; path=/; max-age=7776000; SameSite=Lax";
  fbq.callMethod = function (verb, what) {
    if (verb === "init") pixel = what;
    if (verb === "track") new Image().src = "{{ tracker("www.facebook.com") }}/tr/?id=" + pixel + "&ev=" + what + "&dl=" + encodeURIComponent(location.href);
  };
  fbq.queue.forEach(function (call) { fbq.callMethod.apply(fbq, call); });
})();
