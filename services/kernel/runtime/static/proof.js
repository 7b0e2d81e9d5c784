/* Proof of work for a public form: the page counts by itself, nobody solves a puzzle. It begins when somebody begins to
   write, and a form that is sent earlier waits for it. Without script, or where the browser cannot count, the form goes
   as it is, under a lower limit. */
(() => {
  const CHUNK = 500;
  const encoder = new TextEncoder();
  const hex = (bytes) => [...new Uint8Array(bytes)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  const pause = () => new Promise((resume) => setTimeout(resume));

  async function solved(address) {
    const answer = await fetch(address, { headers: { Accept: "application/json" } });
    if (!answer.ok) return null;
    const { algorithm, challenge, maxnumber, salt, signature } = await answer.json();
    for (let from = 0; from <= maxnumber; from += CHUNK) {
      const numbers = Array.from({ length: Math.min(CHUNK, maxnumber - from + 1) }, (_, step) => from + step);
      const hashes = await Promise.all(numbers.map((n) => crypto.subtle.digest(algorithm, encoder.encode(salt + n))));
      const found = hashes.findIndex((hash) => hex(hash) === challenge);
      if (found >= 0) {
        const expires = Number(/[?&]expires=(\d+)/.exec(salt)[1]) * 1000;
        return { expires, words: btoa(JSON.stringify({ algorithm, challenge, number: from + found, salt, signature })) };
      }
      await pause();
    }
    return null;
  }

  function watch(form) {
    const field = form.elements.namedItem("proof");
    const status = form.querySelector("[data-proof-status]");
    let work = null;
    let sent = false;

    const begin = () => { work = work || solved(form.dataset.challenge).catch(() => null); return work; };
    const fresh = async () => {
      const proof = await begin();
      if (!proof || proof.expires > Date.now() + 5000) return proof;
      work = null;
      return begin();
    };

    form.addEventListener("focusin", begin, { once: true });
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      if (sent) return;
      sent = true;
      status.textContent = form.dataset.working;
      const proof = await fresh();
      field.value = proof ? proof.words : "";
      status.textContent = form.dataset.sending;
      form.submit();
    });
    // A page that comes back from the browser's memory begins anew.
    addEventListener("pageshow", (event) => {
      if (event.persisted) { sent = false; work = null; field.value = ""; status.textContent = ""; }
    });
  }

  if (globalThis.crypto?.subtle) document.querySelectorAll("form[data-challenge]").forEach(watch);
})();
