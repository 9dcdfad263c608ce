import { base } from "./base.js";
import { Consent } from "./consent.js";
import { Dialog } from "./dialog.js";
import { button, el, icon } from "./dom.js";
import { call } from "./net.js";
import { Notice } from "./notice.js";
import { puzzles } from "./puzzles.js";
import { stamp } from "./stamp.js";
import { strings } from "./strings.js";
import { after } from "./timer.js";

const warning = 20; // seconds left when the visitor is told

// One checkbox in one host element: from the first click to the token's end.
export class Widget {
  constructor(host) {
    const text = (this.text = strings(host.dataset.lang));
    this.host = host;
    this.kind = host.dataset.kind;
    this.cancels = [];

    this.check = button("check", text.label, () => this.activate(), el("span", { class: "box" }, icon("M5 12.5l5 5L19.5 7")), el("span", {}, text.label));
    this.check.setAttribute("role", "checkbox");
    this.notice = new Notice(text);
    this.dialog = new Dialog(text, {
      answer: (answer) => this.submit(answer),
      load: (kind) => {
        // Another way is remembered for the session. Nothing waits for that, and nothing depends on it.
        if (kind) call("PATCH", "privacy/data", { kind });
        this.load(kind || this.kind, undefined, !kind);
      },
      closed: () => this.closed(),
    });
    this.consent = new Consent(text);
    this.changed = el("p", { class: "changed", role: "status" });
    const privacy = el("a", { class: "privacy", href: base + "privacy", target: "_blank" }, text.privacy);
    const row = el("div", { class: "row" }, this.check, privacy, ...this.notice.nodes, this.changed, this.consent.node);
    this.root = el("div", { class: "captcha", lang: text.lang, dir: text.dir, hidden: true }, row, this.dialog.node);
    this.tick(false);
    host.attachShadow({ mode: "open" }).append(el("slot"), this.root);
    this.style();
    this.listen();
  }

  // The page's own fallback stays in sight until the style sheet is here.
  style() {
    const link = el("link", { rel: "stylesheet", href: base + "widget.css" });
    link.onload = () => {
      this.host.shadowRoot.querySelector("slot").hidden = true;
      this.root.hidden = false;
    };
    link.onerror = () => {
      link.remove();
      const notice = new Notice(this.text);
      const note = el("div", { lang: this.text.lang }, ...notice.nodes);
      this.host.shadowRoot.append(note);
      notice.warn(this.text.offline, () => {
        note.remove();
        this.style();
      });
    };
    this.host.shadowRoot.prepend(link);
  }

  listen() {
    // Captured, so that a plain `reset` event sent to the host itself works as well.
    document.addEventListener("reset", (event) => event.target.contains(this.host) && this.reset(), true);
    document.addEventListener("submit", (event) => (this.sent ||= event.target.contains(this.host)), true);
    // A page that the Back button brings out of memory would still show the tick of a token long spent.
    addEventListener("pageshow", (event) => event.persisted && this.sent && this.reset());
  }

  get speaker() {
    return this.dialog.node.open ? this.dialog.notice : this.notice;
  }

  activate() {
    if (this.token) return;
    if (!this.notice.retry.hidden) this.notice.retry.click();
    else if (!this.busy) this.load(this.kind);
  }

  // Asks for a challenge and shows it; `why` is said to a visitor whose last one is gone, `refreshed` to the server by
  // one who asked for another.
  async load(kind, why, refreshed) {
    this.stop();
    this.kind = kind;
    const { signal } = (this.run = new AbortController());
    this.work(true);
    if (why) this.speaker.warn(why);
    else this.speaker.clear();
    this.speaker.say(this.text.loading);

    const reply = await call("POST", "challenge", { action: this.host.dataset.action, kind, refreshed }, signal);
    if (signal.aborted) return;
    if (!reply.ok) return this.fail(reply, () => this.load(kind));
    const challenge = reply.body;
    this.dress(challenge.selections || {});
    this.consent.show(challenge.consent);
    if (challenge.notice_changed) this.changed.textContent = this.text.changed(challenge.notice_changed);
    const known = [challenge.kind, ...challenge.alternatives].filter((name) => puzzles[name]);
    if (known[0] !== challenge.kind) {
      if (known[0] && known[0] !== kind) return this.load(known[0]);
      return this.fail({ kind: "unsupported" }, () => this.load());
    }
    this.show(challenge, known, signal).catch(() => signal.aborted || this.fail({ kind: "failed" }, () => this.load(kind)));
  }

  // As the visitor selected; the page's own wishes stand behind that.
  dress({ theme, contrast, motion }) {
    if (theme) this.host.dataset.theme = theme;
    this.root.classList.toggle("contrast", !!contrast);
    this.root.classList.toggle("still", !!motion);
  }

  async show(challenge, kinds, signal) {
    const { kind, expires_in: life } = challenge;
    this.stamp = stamp(challenge.work, signal);
    const puzzle = await puzzles[kind](challenge.prompt, this.text, (answer) => this.submit(answer));
    if (signal.aborted) return;
    this.challenge = challenge.challenge;
    this.kind = kind;
    this.work(false);
    this.speaker.say("");
    // Without a puzzle there is nothing to open a dialog for.
    if (this.dialog.node.open || kind !== "work") this.dialog.show(kind, kinds, puzzle);
    if (kind === "work") return this.submit({});
    this.cancels = [
      after(Math.max(0, life - warning), () => this.busy || this.speaker.say(this.text.soon)),
      after(life, () => this.busy || this.lapse()),
    ];
  }

  // A new puzzle comes by itself only to somebody who is there: an open dialog that was left alone stays quiet.
  lapse() {
    if (this.dialog.touched && !document.hidden) return this.load(this.kind, this.text.renewed);
    this.challenge = undefined;
    this.dialog.node.classList.add("busy");
    this.speaker.warn(this.text.timedOut);
  }

  async submit(answer) {
    const { challenge, kind } = this;
    const { signal } = this.run;
    if (this.busy || !challenge) return;
    this.work(true);
    this.speaker.clear();
    this.speaker.say(kind === "work" ? this.text.working : this.text.checking);
    const work = await this.stamp;
    if (signal.aborted) return;
    const reply = await call("POST", "answer", { challenge, answer, work }, signal);
    if (signal.aborted) return;
    if (reply.ok) return this.verify(reply.body);
    if (![409, 410, 422].includes(reply.status)) {
      return this.fail(reply, () => {
        this.work(false);
        this.submit(answer);
      });
    }
    const why = reply.status === 422 ? this.text.wrong : this.text.renewed;
    // A refused calculation is not repeated unasked: it could go round for ever.
    if (kind === "work") return this.fail(reply, () => this.load(kind));
    this.emit("error", { kind: reply.kind });
    this.load(kind, why);
  }

  fail({ kind, status, retryAfter }, again) {
    this.work(false);
    this.busy = true;
    const { text } = this;
    const wait = status === 429 || status === 503 ? retryAfter : 0;
    this.speaker.warn(wait ? text.busy(wait) : kind === "network" ? text.offline : text.failed, () => {
      this.busy = false;
      again();
    }, wait);
    this.emit("error", { kind });
  }

  verify({ token, expires_in: expiresIn }) {
    this.stop();
    this.token = el("input", { type: "hidden", name: "captcha-token", value: token });
    this.host.append(this.token);
    this.sent = false;
    this.dialog.node.close();
    this.notice.clear();
    this.tick(true);
    this.notice.say(this.text.verified);
    this.cancels = [
      after(expiresIn, () => {
        this.reset();
        this.notice.say(this.text.expired);
        this.emit("expired", {});
      }),
    ];
    this.emit("verified", { token, expiresIn });
  }

  reset() {
    this.stop();
    this.token?.remove();
    this.token = undefined;
    this.tick(false);
    this.notice.clear();
    this.dialog.node.close();
  }

  closed() {
    if (!this.token) {
      this.stop();
      this.notice.clear();
    }
    this.check.focus();
  }

  // Ends whatever is under way: request, stamp and timers.
  stop() {
    this.run?.abort();
    this.cancels.forEach((cancel) => cancel());
    this.cancels = [];
    this.challenge = undefined;
    this.work(false);
  }

  work(busy) {
    this.busy = busy;
    this.check.classList.toggle("busy", busy);
    this.dialog.node.classList.toggle("busy", busy);
  }

  tick(on) {
    this.check.setAttribute("aria-checked", on);
  }

  // `error` does not bubble, or a page's own error handler on window would take it for a script error.
  emit(name, detail) {
    this.host.dispatchEvent(new CustomEvent(name, { detail, bubbles: name !== "error", composed: true }));
  }
}
