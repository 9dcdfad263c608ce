import { button, el } from "./dom.js";
import { call } from "./net.js";

// The question about statistics, where the server says that it is open, and the way back for who agreed: one click
// each, side by side, below the box. Nothing waits for an answer, and none means no.
export class Consent {
  constructor(text) {
    this.text = text;
    this.alert = el("p", { class: "alert", role: "alert" });
    this.node = el("div", { class: "consent", role: "group", "aria-label": text.statistics, hidden: true });
  }

  show(consent) {
    const { text } = this;
    this.node.hidden = !consent;
    if (!consent) return;
    const choose = (label, choice) => button("choice", label, () => this.send(consent, choice));
    const [line, ...choices] =
      consent.state === "granted"
        ? [text.counted, choose(text.stop)]
        : [text.question, choose(text.agree, "granted"), choose(text.refuse, "refused")];
    this.line = el("p", { tabindex: -1 }, line);
    this.alert.textContent = "";
    this.node.replaceChildren(this.line, ...choices, this.alert);
  }

  async send({ version }, choice) {
    const { text } = this;
    const reply = choice
      ? await call("PUT", "privacy/consent", { choice, version })
      : await call("DELETE", "privacy/consent");
    if (!reply.ok) {
      this.alert.textContent = reply.status === 409 ? text.noticeChanged : text.notKept;
      return;
    }
    if (choice === "granted") this.show({ state: choice, version });
    else this.node.replaceChildren((this.line = el("p", { tabindex: -1 }, text.notCounted)));
    // The button is gone: who used the keyboard would stand at the top of the page.
    this.line.focus();
  }
}
