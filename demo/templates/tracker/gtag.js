(function () {
  var layer = (window.dataLayer = window.dataLayer || []);
  function keep(name, value) {
    document.cookie = name + "=" + value + "; path=/; max-age=63072000; SameSite=Lax";
  }
  function client() {
    var found = /(?:^|; )_ga=([^;]+)/.exec(document.cookie);
    var id = found ? found[1] : "GA1.1." + Math.floor(Math.random() * 1e9) + "." + Math.floor(Date.now() / 1000);
    keep("_ga", id);
    return id;
  }
  function take(call) {
    if (!call || call[0] !== "config") return;
    keep("_ga_" + String(call[1]).slice(2), "GS2.1.s" + Math.floor(Date.now() / 1000));
    navigator.sendBeacon("{{ tracker("region1.google-analytics.com") }}/g/collect?v=2&tid=" + call[1] + "&cid=" + client() + "&en=page_view&dl=" + encodeURIComponent(location.href));
  }
  layer.forEach(take);
  var push = layer.push;
  layer.push = function () {
    for (var i = 0; i < arguments.length; i++) take(arguments[i]);
    return push.apply(layer, arguments);
  };
})();
