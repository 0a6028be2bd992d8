(function () {
  var script = document.createElement("script");
  script.async = true;
  script.src = "{{ tracker("script.hotjar.com") }}/modules.js";
  document.head.appendChild(script);
})();
