(function () {
  function draw() {
    document.querySelectorAll("a.twitter-share-button").forEach(function (link) {
      var frame = document.createElement("iframe");
      frame.src = "{{ tracker("platform.twitter.com") }}/widgets/tweet_button.html?demo={{ mark }}";
      frame.title = "X";
      frame.width = "76";
      frame.height = "28";
      frame.style.border = "0";
      link.replaceWith(frame);
    });
    new Image().src = "{{ tracker("syndication.twitter.com") }}/settings?session_id=demo";
  }
  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", draw);
  else draw();
})();
