// Tells the site once the banner is there to be seen.
(function look() {
  const { selector } = document.querySelector("script[data-selector]").dataset;
  if (window !== top) return;
  if (document.querySelector(selector)?.checkVisibility()) {
    new Image().src = `/shown${location.pathname}`;
  } else {
    setTimeout(look, 50);
  }
})();
