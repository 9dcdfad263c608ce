"use strict";

const message = (form, text) => (form.querySelector(".message").textContent = text);

// The server refuses a form without a token; saying so here spares the visitor the way there and back.
// Where the widget itself could not start, the cookie of its own page may do the job, so the form goes out.
for (const form of document.forms) {
  form.addEventListener("submit", (event) => {
    const widget = form.querySelector("#one-captcha, .one-captcha").shadowRoot;
    const missing = widget && !form.elements["captcha-token"];
    message(form, missing ? "Please tick “I’m not a robot” first." : "");
    if (!missing) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    widget.querySelector("[role=checkbox]").focus();
  });
  form.addEventListener("verified", () => message(form, ""));
}

const gift = document.querySelector("#gift");
gift.addEventListener("submit", async (event) => {
  event.preventDefault();
  const answer = gift.querySelector(".answer");
  answer.textContent = "Sending…";
  try {
    const response = await fetch("/api/signup", {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify(Object.fromEntries(new FormData(gift))),
    });
    answer.textContent = "";
    if (response.ok) {
      const name = gift.elements.name.value;
      gift.reset();
      answer.textContent = `Done. The next letter also goes to ${name}.`;
    } else {
      message(gift, "The server did not accept this. Tick the box again and send it once more.");
      // The token may be spent: a reset sent to the widget alone clears the tick and keeps what was typed.
      gift.querySelector(".one-captcha").dispatchEvent(new Event("reset"));
    }
  } catch {
    answer.textContent = "";
    message(gift, "Cannot reach the server. Check your connection and try again.");
  }
});
