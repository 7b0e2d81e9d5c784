/* The rest of time, second by second, by the server's clock: the page says when it was drawn, and only what has passed
   since then is measured here. The words stand on the page without this; nothing is decided by it. */
(() => {
  const clocks = [...document.querySelectorAll("time[data-closes][data-now]")];
  if (!clocks.length) return;
  const started = performance.now();
  const begun = Date.now();
  const english = document.documentElement.lang.startsWith("en");
  const passed = () => Math.max(performance.now() - started, Date.now() - begun);

  function words(left) {
    const seconds = Math.floor(left / 1000);
    const days = Math.floor(seconds / 86400);
    const hours = Math.floor((seconds % 86400) / 3600);
    const minutes = Math.floor((seconds % 3600) / 60);
    const rest = seconds % 60;
    if (english) {
      return `${days ? `${days} d ` : ""}${days || hours ? `${hours} h ` : ""}${minutes} min ${rest} s`;
    }
    return `${days ? `${days}天` : ""}${days || hours ? `${hours}小时` : ""}${minutes}分${rest}秒`;
  }

  function draw() {
    let open = false;
    for (const clock of clocks) {
      const left = Date.parse(clock.dataset.closes) - Date.parse(clock.dataset.now) - passed();
      clock.textContent = left > 0 ? words(left) : clock.dataset.over;
      open = open || left > 0;
    }
    if (open) setTimeout(draw, 1000 - (passed() % 1000));
  }
  draw();
})();
