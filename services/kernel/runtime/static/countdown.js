/* The rest of time, second by second, by the server's clock: the page says when it was drawn, and only what has passed
   since then is measured here. At the end the form shuts, and the server is asked whether the time was moved meanwhile.
   The words stand on the page without this; nothing is decided by it. */
(() => {
  const clocks = [...document.querySelectorAll("time[data-closes][data-now]")].map((mark) => ({
    mark, closes: Date.parse(mark.dataset.closes), now: Date.parse(mark.dataset.now), from: instant(), over: false,
  }));
  const english = document.documentElement.lang.startsWith("en");

  function instant() {
    return { steady: performance.now(), wall: Date.now() };
  }

  /* The steady clock may stand still while the machine sleeps; the other one may be set by hand. */
  function passed(from) {
    return Math.max(performance.now() - from.steady, Date.now() - from.wall);
  }

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

  function shut(clock, closed) {
    const form = document.getElementById(clock.mark.dataset.shuts || "");
    if (!form) return;
    for (const button of form.querySelectorAll("button")) button.disabled = closed;
    const said = form.querySelector("[role=status]");
    if (said) said.textContent = closed ? form.dataset.over : "";
  }

  async function ask(clock) {
    try {
      const answer = await fetch(clock.mark.dataset.window, { headers: { Accept: "application/json" } });
      const found = await answer.json();
      if (!answer.ok || found.state !== "open") return;
      Object.assign(clock, { closes: Date.parse(found.closes_at), now: Date.parse(found.now), from: instant(), over: false });
      shut(clock, false);
      draw(clock);
    } catch {
      /* Nobody answers: what the page says stands, and a reload will tell. */
    }
  }

  function draw(clock) {
    const spent = passed(clock.from);
    const left = clock.closes - clock.now - spent;
    clock.mark.textContent = left > 0 ? words(left) : clock.mark.dataset.over;
    if (left > 0) {
      setTimeout(draw, Math.min(1000 - (spent % 1000), Math.ceil(left)), clock);
    } else if (!clock.over) {
      clock.over = true;
      shut(clock, true);
      /* Not everybody at once. */
      if (clock.mark.dataset.window) setTimeout(ask, 200 + Math.random() * 2000, clock);
    }
  }
  clocks.forEach(draw);
})();
