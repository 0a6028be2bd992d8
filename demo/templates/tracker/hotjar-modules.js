(function () {
  var id = window._hjSettings.hjid;
  document.cookie = "_hjSessionUser_" + id + "=" + btoa(String(Math.random())) + "; path=/; max-age=31536000; SameSite=Lax";
  document.cookie = "_hjSession_" + id + "=" + btoa(String(Date.now())) + "; path=/; max-age=1800; SameSite=Lax";
  localStorage.setItem("_hjUserAttributes", "{}");
  fetch("{{ tracker("in.hotjar.com") }}/api/v2/client/sites/" + id + "/visit-data", { method: "POST", mode: "no-cors", body: location.href });
})();
