(function () {
  document.cookie = "li_fat_id=" + Math.random().toString(36).slice(2) + "; path=/; max-age=2592000; SameSite=Lax";
  new Image().src = "{{ tracker("px.ads.linkedin.com") }}/collect/?v=2&fmt=js&pid=" + window._linkedin_partner_id + "&url=" + encodeURIComponent(location.href);
})();
