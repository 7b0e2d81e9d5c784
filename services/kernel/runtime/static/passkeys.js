/* Passkeys: enrolling one, and confirming by it the very record that is about to be signed. Who has enrolled none needs
   no script. */
(() => {
  const bytes = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (sign) => sign.charCodeAt(0));
  const text = (buffer) => btoa(String.fromCharCode(...new Uint8Array(buffer)))
    .replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
  const named = (list) => (list || []).map((one) => ({ ...one, id: bytes(one.id) }));

  async function confirmed({ nonce, options }) {
    const publicKey = { ...options, challenge: bytes(options.challenge), allowCredentials: named(options.allowCredentials) };
    const { rawId, response } = await navigator.credentials.get({ publicKey });
    return {
      credential_id: text(rawId), nonce, client_data: text(response.clientDataJSON),
      authenticator_data: text(response.authenticatorData), signature: text(response.signature),
    };
  }

  async function asked(form, url) {
    const token = form.elements.namedItem("csrf_token");
    const answer = await fetch(url, { method: "POST", headers: { "X-CSRF-Token": token ? token.value : "" } });
    if (!answer.ok) throw new Error(`${answer.status}`);
    return answer.json();
  }

  // Whoever has a passkey already proves by it that it is they who change what counts as theirs.
  async function proved(form, proof) {
    if (proof) form.elements.namedItem("proof").value = JSON.stringify(await confirmed(proof));
  }

  async function enrolled(form) {
    const { nonce, options, proof } = await asked(form, form.dataset.passkeyEnrol);
    await proved(form, proof);
    const publicKey = {
      ...options, challenge: bytes(options.challenge), user: { ...options.user, id: bytes(options.user.id) },
      excludeCredentials: named(options.excludeCredentials),
    };
    const made = await navigator.credentials.create({ publicKey });
    form.elements.namedItem("nonce").value = nonce;
    form.elements.namedItem("credential").value = JSON.stringify({
      id: made.id, rawId: text(made.rawId), type: made.type,
      response: { clientDataJSON: text(made.response.clientDataJSON), attestationObject: text(made.response.attestationObject) },
    });
  }

  function watch(form, ask) {
    const status = form.querySelector("[data-passkey-status]");
    let busy = false;
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      if (busy) return;
      busy = true;
      status.textContent = form.dataset.working;
      try {
        await ask(form);
        form.submit();
      } catch {
        status.textContent = form.dataset.failed;
        busy = false;
      }
    });
  }

  if (!globalThis.PublicKeyCredential) return;
  document.querySelectorAll("form[data-passkey-enrol]").forEach((form) => watch(form, enrolled));
  document.querySelectorAll("form[data-passkey-prove]").forEach((form) => watch(form, async () => {
    await proved(form, (await asked(form, form.dataset.passkeyProve)).proof);
  }));
  document.querySelectorAll("form[data-passkey-question]").forEach((form) => watch(form, async () => {
    form.elements.namedItem("passkey").value = JSON.stringify(await confirmed(JSON.parse(form.dataset.passkeyQuestion)));
  }));
})();
