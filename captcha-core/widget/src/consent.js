// The question about statistics, where the server says that it is open, and the way back for who agreed: one click
// each, side by side, below the box. Nothing waits for an answer, and none means no. Loaded by itself, and only where
// there is something to ask; the words come with the question.
import css from "./consent.css";
import { button, el } from "./dom.js";

const asked = new WeakMap();

export function ask(place, consent, call) {
  if (!asked.has(place)) {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(css);
    const root = place.getRootNode();
    // Browsers of the first years have a list that cannot grow.
    root.adoptedStyleSheets = [...root.adoptedStyleSheets, sheet];
    asked.set(place, new Consent(place, call));
  }
  asked.get(place).show(consent);
}

class Consent {
  constructor(node, call) {
    this.node = node;
    this.call = call;
    this.alert = el("p.alert", { role: "alert" });
    node.className = node.part = "consent";
    node.setAttribute("role", "group");
  }

  // What is on show stays as it is, focus and all, and so does an answer: a challenge that was asked for before it comes
  // with the question that was answered.
  show(consent) {
    const { text } = consent;
    const key = JSON.stringify(consent);
    if (this.busy || key === this.key || key === this.old) return;
    this.key = key;
    this.node.setAttribute("aria-label", text.title);
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
  async send(consent, choice) {
    const { text, version } = consent;
    if (this.busy) return;
    this.busy = true;
    const reply = choice
      ? await this.call("PUT", "privacy/consent", { choice, version })
      : await this.call("DELETE", "privacy/consent");
    this.busy = false;
    if (!reply.ok) {
      this.alert.textContent = reply.status === 409 ? text.stale : text.not_kept;
      return;
    }
    this.old = this.key;
    // The server's word: it takes Global Privacy Control for a refusal, whatever was clicked.
    const state = reply.body?.consent;
    if (state === "granted") return this.show({ ...consent, state });
    this.key = undefined;
    this.fill(text.not_counted);
  }
}
