// @ts-check
// Keeps the numbers of the demo's strip fresh. It asks the site itself and nobody else.

const panel = /** @type {HTMLDetailsElement} */ (document.getElementById("panel"));

/**
 * @param {string} selector
 * @param {number} count
 */
function show(selector, count) {
  for (const cell of panel.querySelectorAll(selector)) {
    cell.textContent = String(count);
    cell.classList.toggle("some", count > 0);
  }
}

async function refresh() {
  if (document.hidden) return;
  const answer = await fetch(String(panel.dataset.counts), { cache: "no-store" });
  if (!answer.ok) return;
  const counts = await answer.json();
  for (const of of ["with", "without"]) {
    show(`[data-total="${of}"]`, counts.totals[of]);
    for (const row of counts.services) show(`[data-service="${row.id}"][data-of="${of}"]`, row[of]);
    for (const row of counts.purposes) show(`[data-purpose="${row.id}"][data-of="${of}"]`, row[of]);
    for (const cell of panel.querySelectorAll(`[data-pages="${of}"]`)) cell.textContent = counts.pages[of];
  }
}

// The strip stays open from page to page, and only in this tab.
panel.open = sessionStorage.getItem("demo-panel") === "open";
panel.addEventListener("toggle", () => sessionStorage.setItem("demo-panel", panel.open ? "open" : "closed"));
// A page that is being left cannot ask any more; the next one will.
setInterval(() => refresh().catch(() => {}), Number(panel.dataset.poll));
refresh().catch(() => {});
