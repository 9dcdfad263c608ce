import { base } from "./base.js";
import { Consent } from "./consent.js";
import { windowed } from "./dialog.js";
import { button, el, icon } from "./dom.js";
import { call } from "./net.js";
import { Notice } from "./notice.js";
import { puzzles } from "./puzzles.js";
import { stamp } from "./stamp.js";
import { strings } from "./strings.js";
import { after } from "./timer.js";

const warning = 20; // seconds left when the visitor is told

// One checkbox in one host element: from the first click to the token's end. Gives what takes it back to its beginning.
export function widget(host) {
  const text = strings(host.dataset.lang);
  let kind = host.dataset.kind;
  let cancels = [];
  let busy, challenge, nonce, run, sent, token;

  const check = button("check", text.label, () => activate(), el("span", { class: "box" }, icon("M5 12.5l5 5L19.5 7")), el("span", {}, text.label));
  check.setAttribute("role", "checkbox");
  const notice = new Notice(text);
  const dialog = windowed(text, {
    answer: (answer) => submit(answer),
    load: (other) => {
      // Another way is remembered for the session. Nothing waits for that, and nothing depends on it.
      if (other) call("PATCH", "privacy/data", { kind: other });
      load(other || kind, undefined, !other);
    },
    closed: () => {
      if (!token) {
        stop();
        notice.clear();
      }
      check.focus();
    },
  });
  const consent = new Consent(text);
  const changed = el("p", { class: "changed", role: "status" });
  const privacy = el("a", { class: "privacy", href: base + "privacy", target: "_blank" }, text.privacy);
  const row = el("div", { class: "row" }, check, privacy, ...notice.nodes, changed, consent.node);
  const root = el("div", { class: "captcha", lang: text.lang, dir: text.dir, hidden: true }, row, dialog.node);
  const slot = el("slot");
  const shadow = host.attachShadow({ mode: "open" });

  // The page's own fallback stays in sight until the style sheet is here.
  const style = () => {
    const link = el("link", { rel: "stylesheet", href: base + "widget.css" });
    link.onload = () => {
      slot.hidden = true;
      root.hidden = false;
    };
    link.onerror = () => {
      link.remove();
      const notice = new Notice(text);
      const note = el("div", { lang: text.lang }, ...notice.nodes);
      shadow.append(note);
      notice.warn(text.offline, () => {
        note.remove();
        style();
      });
    };
    shadow.prepend(link);
  };

  const speaker = () => (dialog.node.open ? dialog.notice : notice);

  const activate = () => {
    if (token) return;
    if (!notice.retry.hidden) notice.retry.click();
    else if (!busy) load(kind);
  };

  // Asks for a challenge and shows it; `why` is said to a visitor whose last one is gone, `refreshed` to the server by
  // one who asked for another.
  const load = async (wanted, why, refreshed) => {
    stop();
    kind = wanted;
    const { signal } = (run = new AbortController());
    work(true);
    if (why) speaker().warn(why);
    else speaker().clear();
    speaker().say(text.loading);

    // What is no tag would be refused, and with it the whole challenge.
    const reply = await call("POST", "challenge", { action: host.dataset.action, lang: host.dataset.lang, kind, refreshed }, signal);
    if (signal.aborted) return;
    if (!reply.ok) return fail(reply, () => load(kind));
    const { body } = reply;
    dress(body.selections || {});
    consent.show(body.consent);
    if (body.notice_changed) changed.textContent = text.changed(body.notice_changed);
    const known = [body.kind, ...body.alternatives].filter((name) => puzzles[name]);
    if (known[0] !== body.kind) {
      if (known[0] && known[0] !== kind) return load(known[0]);
      return fail({ kind: "unsupported" }, () => load());
    }
    show(body, known, signal).catch(() => signal.aborted || fail({ kind: "failed" }, () => load(kind)));
  };

  // As the visitor selected; the page's own wishes stand behind that.
  const dress = ({ theme, contrast, motion }) => {
    if (theme) host.dataset.theme = theme;
    root.classList.toggle("contrast", !!contrast);
    root.classList.toggle("still", !!motion);
  };

  const show = async (body, kinds, signal) => {
    const life = body.expires_in;
    nonce = stamp(body.work, signal);
    const puzzle = await puzzles[body.kind](body.prompt, text, submit);
    if (signal.aborted) return;
    challenge = body.challenge;
    kind = body.kind;
    work(false);
    speaker().say("");
    // Without a puzzle there is nothing to open a dialog for.
    if (dialog.node.open || kind !== "work") dialog.show(kind, kinds, puzzle);
    if (kind === "work") return submit({});
    cancels = [
      after(life - warning, () => busy || speaker().say(text.soon)),
      after(life, () => busy || lapse()),
    ];
  };

  // A new puzzle comes by itself only to somebody who is there: an open dialog that was left alone stays quiet.
  const lapse = () => {
    if (dialog.touched() && !document.hidden) return load(kind, text.renewed);
    challenge = undefined;
    dialog.node.classList.add("busy");
    speaker().warn(text.timedOut);
  };

  const submit = async (answer) => {
    const { signal } = run;
    const asked = challenge;
    if (busy || !asked) return;
    work(true);
    speaker().clear();
    speaker().say(text.checking);
    const found = await nonce;
    if (signal.aborted) return;
    const reply = await call("POST", "answer", { challenge: asked, answer, work: found }, signal);
    if (signal.aborted) return;
    if (reply.ok) return verify(reply.body);
    if (![409, 410, 422].includes(reply.status)) {
      return fail(reply, () => {
        work(false);
        submit(answer);
      });
    }
    const why = reply.status === 422 ? text.wrong : text.renewed;
    // A refused calculation is not repeated unasked: it could go round for ever.
    if (kind === "work") return fail(reply, () => load(kind));
    emit("error", { kind: reply.kind });
    load(kind, why);
  };

  const fail = ({ kind, status, retryAfter }, again) => {
    work(false);
    busy = true;
    const wait = status === 429 || status === 503 ? retryAfter : 0;
    speaker().warn(wait ? text.busy(wait) : kind === "network" ? text.offline : text.failed, () => {
      busy = false;
      again();
    }, wait);
    emit("error", { kind });
  };

  const verify = (body) => {
    const expiresIn = body.expires_in;
    stop();
    token = el("input", { type: "hidden", name: "captcha-token", value: body.token });
    host.append(token);
    sent = false;
    dialog.node.close();
    notice.clear();
    tick(true);
    notice.say(text.verified);
    cancels = [
      after(expiresIn, () => {
        reset();
        notice.say(text.expired);
        emit("expired", {});
      }),
    ];
    emit("verified", { token: body.token, expiresIn });
  };

  const reset = () => {
    stop();
    token?.remove();
    token = undefined;
    tick(false);
    notice.clear();
    dialog.node.close();
  };

  // Ends whatever is under way: request, stamp and timers.
  const stop = () => {
    run?.abort();
    cancels.forEach((cancel) => cancel());
    cancels = [];
    challenge = undefined;
    work(false);
  };

  const work = (on) => {
    busy = on;
    check.classList.toggle("busy", on);
    dialog.node.classList.toggle("busy", on);
  };

  const tick = (on) => check.setAttribute("aria-checked", on);

  // `error` does not bubble, or a page's own error handler on window would take it for a script error.
  const emit = (name, detail) => host.dispatchEvent(new CustomEvent(name, { detail, bubbles: name !== "error", composed: true }));

  tick(false);
  shadow.append(slot, root);
  style();
  // Captured, so that a plain `reset` event sent to the host itself works as well.
  document.addEventListener("reset", (event) => event.target.contains(host) && reset(), true);
  document.addEventListener("submit", (event) => (sent ||= event.target.contains(host)), true);
  // A page that the Back button brings out of memory would still show the tick of a token long spent.
  addEventListener("pageshow", (event) => event.persisted && sent && reset());
  return reset;
}
