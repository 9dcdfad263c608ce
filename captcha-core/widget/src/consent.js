import { button, el } from "./dom.js";
import { call } from "./net.js";

// The question about statistics, where the server says that it is open, and the way back for who agreed: one click
// each, side by side, below the box. Nothing waits for an answer, and none means no.
export class Consent {
  constructor(text) {
    this.text = text;
    this.alert = el("p", { class: "alert", role: "alert" });
    this.node = el("div", { class: "consent", role: "group", "aria-label": text.statistics, hidden: true });
    this.old = 0;
  }

  // What is on show stays as it is, focus and all, and so does an answer: a challenge that was asked for before it comes
  // with the question that was answered.
  show(consent) {
    const { text } = this;
    const key = JSON.stringify(consent);
    if (this.busy || key === this.key || key === this.old) return;
    this.key = key;
    this.node.hidden = !consent;
    if (!consent) return;
    const choose = (label, choice) => button("choice", label, () => this.send(consent, choice));
    if (consent.state === "granted") this.fill(text.counted, choose(text.stop));
    else this.fill(text.question, choose(text.agree, "granted"), choose(text.refuse, "refused"));
  }

  fill(line, ...choices) {
    const inside = this.node.querySelector(":focus");
    line = el("p", { tabindex: -1 }, line);
    this.alert.textContent = "";
    this.node.replaceChildren(line, ...choices, this.alert);
    // The button is gone: who used the keyboard would stand at the top of the page.
    if (inside) line.focus();
  }

  // One at a time. The buttons are not disabled meanwhile, which would take the focus from them.
  async send({ version }, choice) {
    const { text } = this;
    if (this.busy) return;
    this.busy = true;
    const reply = choice
      ? await call("PUT", "privacy/consent", { choice, version })
      : await call("DELETE", "privacy/consent");
    this.busy = false;
    if (!reply.ok) {
      this.alert.textContent = reply.status === 409 ? text.noticeChanged : text.notKept;
      return;
    }
    this.old = this.key;
    // The server's word: it takes Global Privacy Control for a refusal, whatever was clicked.
    const state = reply.body?.consent;
    if (state === "granted") return this.show({ state, version });
    this.key = undefined;
    this.fill(text.notCounted);
  }
}
