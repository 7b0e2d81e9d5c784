/* Keyboard convenience, and nothing else: pages work without it. Keys act outside fields only, never sign or send,
   and can be switched off (WCAG 2.1.4). */
(() => {
  const OFF = "fawen.keys";
  let waiting = "";
  let row = -1;

  const on = () => localStorage.getItem(OFF) !== "off";
  const first = (...selectors) => selectors.map((s) => document.querySelector(s)).find(Boolean);
  const focus = (element) => { if (element) { element.focus(); element.scrollIntoView({ block: "nearest" }); } };

  function step(selector, by) {
    const all = [...document.querySelectorAll(selector)];
    if (!all.length) return;
    row = Math.min(all.length - 1, Math.max(0, row + by));
    const target = all[row].matches("a, [tabindex]") ? all[row] : all[row].querySelector("a, [tabindex]");
    focus(target || all[row]);
  }

  function showKeys() {
    const list = document.getElementById("keys-list");
    if (list && !list.open) list.showModal();
  }

  const inRow = () => document.activeElement?.closest("[data-row]");

  const acts = {
    j: () => step("[data-row]", 1),
    k: () => step("[data-row]", -1),
    o: () => { if (inRow()) document.activeElement.click(); },
    // The button is reached, not pressed: what is sent is sent by Enter, like everything else.
    t: () => focus(inRow()?.querySelector("[data-take]") || first("main [data-take]")),
    n: () => step(".clause ins, .clause del, .clause[id] .no a", 1),
    p: () => step(".clause ins, .clause del, .clause[id] .no a", -1),
    f: () => focus(first("form.filters select", "form.filters input")),
    "/": () => focus(first("main input[type=search]", "input[type=search]")),
    c: () => focus(first("#opinion input", "#opinion textarea", "form[data-opinion] input")),
    "?": showKeys,
  };
  // Within the rows only: everywhere else these keys scroll.
  const arrows = { ArrowDown: acts.j, ArrowUp: acts.k };

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || !on()) return;
    if (event.target.closest("input, select, textarea, [contenteditable], dialog")) return;
    const before = waiting;
    waiting = event.key === "g" ? "g" : "";
    if (before === "g" && event.key === "t") { location.assign("/tasks/inbox"); return; }
    const act = acts[event.key] || (inRow() && arrows[event.key]);
    if (act) { event.preventDefault(); act(); }
  });

  const button = document.getElementById("keys-switch");
  if (button) {
    const draw = () => { button.hidden = false; button.textContent = on() ? button.dataset.off : button.dataset.on; };
    button.addEventListener("click", () => { localStorage.setItem(OFF, on() ? "off" : "on"); draw(); });
    draw();
  }
})();
