import * as T from "strings";
import { base } from "./base.js";
import { windowed } from "./dialog.js";
import { button, el, icon } from "./dom.js";
import { call } from "./net.js";
import { notices } from "./notice.js";
import { puzzles } from "./puzzles.js";
import { stamp } from "./stamp.js";
import { fill, strings } from "./strings.js";
import { after } from "./timer.js";
import css from "./widget.css";

const warning = 20; // seconds left when the visitor is told

// Made by script, which a page's policy lets be, and shared by every widget.
let sheet;

// A function, or the name of one that the page itself has made: neither what markup calls so nor what the browser brings.
export function callback(given) {
  if (typeof given === "function") return given;
  const run = /^[a-z_$][\w$]*$/i.test(given) && window.hasOwnProperty(given) && window[given];
  if (typeof run === "function" && !/\[native code]/.test(run)) return run;
  if (given) console.warn("captcha: no function", given);
}

// One checkbox in one host element: from the first click to the token's end. Gives what controls it.
export function widget(host, options = {}, internals) {
  // From script, or from an attribute with `data-` or without.
  const get = (name) => options[name] ?? host.dataset[name] ?? host.getAttribute(name.replace(/[A-Z]/g, "-$&"));
  const notify = (name, token) => callback(get(name))?.(token);
  const shadow = host.shadowRoot || host.attachShadow({ mode: "open" });
  const slot = el("slot");
  const consent = el("");
  const changed = el("p.changed", { role: "status" });
  let kind = get("kind");
  let waiting = [];
  let cancels = [];
  let reached = true;
  let text, root, check, notice, dialog;
  let challenge, disabled, gone, held, nonce, now, quiet, run, sent, token, trouble;

  // The page's own fallback stays in sight until the words are here. What there is to do is done in several short tasks: a slow phone
  // that loads the page has others to see to.
  const prepare = async () => {
    shadow.replaceChildren(slot);
    // First of all: it keeps the room that the box will take.
    if (!sheet) (sheet = new CSSStyleSheet()).replace(css);
    shadow.adoptedStyleSheets = [sheet];
    await new Promise(setTimeout);
    text = await strings(get("lang") || host.closest("[lang]")?.lang);
    await new Promise(setTimeout);
    // Taken out meanwhile, as frameworks do that render twice.
    if (gone) return;
    if (!text) {
      shadow.append(button("retry", "Captcha: retry", prepare));
      emit("error", { kind: "network" });
      return settle("network");
    }
    build();
    slot.hidden = true;
    state("idle");
    quiet = get("start") === "load";
    if (quiet) load(kind);
    if (waiting[0]) activate();
  };

  const build = () => {
    dialog?.node.close("done");
    root?.remove();
    check = button("check", text[T.label], activate, el("span.box", {}, icon("M5 12.5l5 5L19.5 7")), text[T.label]);
    check.setAttribute("role", "checkbox");
    check.disabled = disabled;
    notice = notices(text[T.retry], check);
    dialog = null;
    const privacy = el("a.privacy", { href: `${base}privacy?lang=${text[T.tag]}`, target: "_blank" }, text[T.privacy]);
    root = el(".captcha", { lang: text[T.tag], dir: text[T.direction] }, el(".row", {}, check, privacy, ...notice.nodes, changed, consent));
    shadow.append(root);
    reflect();
  };

  // Made when it is first wanted.
  const open = (...puzzle) => {
    if (!dialog) {
      const another = (other) => {
        // Another way is remembered for the session. Nothing waits for that, and nothing depends on it.
        if (other) call("PATCH", "privacy/data", { kind: other });
        load(other || kind, "", !other);
      };
      dialog = windowed(text, submit, another, reset);
      root.append(dialog.node);
    }
    held = null;
    dialog.show(...puzzle);
    state("open");
  };

  const speaker = () => (dialog?.node.open ? dialog.notice : notice);

  const activate = () => {
    quiet = false;
    if (token || !root) return;
    if (disabled) settle("disabled");
    else if (held) held();
    else if (now === "error") {
      const { retry } = speaker();
      // Whoever waits for a token is not kept waiting for a countdown that nobody may see.
      retry.disabled ? settle(trouble) : retry.click();
    } else if (!run) load(kind);
    // What nobody had asked for was not said.
    else speaker().say(text[T.loading]);
  };

  // Asks for a challenge and shows it; `why` is said to a visitor whose last one is gone, `refreshed` to the server by
  // one who asked for another. While it is `quiet`, a puzzle waits for the visitor.
  const load = async (wanted, why, refreshed) => {
    if (disabled) return;
    stop();
    kind = wanted;
    const { signal } = (run = new AbortController());
    state("loading");
    speaker().tell(quiet ? "" : text[T.loading], why);

    const reply = await call("POST", "challenge", { action: get("action"), lang: text[T.tag], kind, refreshed, words: true }, signal);
    if (signal.aborted) return;
    link(reply.kind !== "network");
    if (!reply.ok) return fail(reply, () => load(kind));
    const { body } = reply;
    await dress(body.selections || {});
    if (signal.aborted) return;
    if (body.consent) import(base + "consent.js").then(({ ask }) => ask(consent, body.consent, call), () => {});
    if (body.notice_changed) changed.textContent = body.notice_changed.text;
    show(body, signal).catch(() => signal.aborted || fail({ kind: "failed" }, () => load(kind)));
  };

  // As the visitor selected; the page's own wishes stand behind that.
  const dress = async ({ language, theme, contrast, motion }) => {
    if (language && language !== text[T.tag]) {
      text = (await strings(language)) || text;
      const inside = shadow.activeElement;
      build();
      // The box that had the focus is gone.
      if (inside) check.focus();
    }
    if (theme) host.dataset.theme = theme;
    root.classList.toggle("contrast", !!contrast);
    root.classList.toggle("still", !!motion);
  };

  const show = async (body, signal) => {
    const life = body.expires_in;
    // The language's words, and the challenge's own by their names.
    const said = Object.assign([...text], body.words);
    const puzzle = await puzzles[body.kind](body.prompt, said, submit);
    if (signal.aborted) return;
    // Not before the picture: its worker's file is asked for as well.
    nonce = stamp(body.work, signal);
    challenge = body.challenge;
    kind = body.kind;
    speaker().say();
    const ready = () => open(kind, said, puzzle);
    // Without a puzzle there is nothing to open a dialog for.
    if (kind === "work") {
      if (dialog?.node.open) ready();
      // Not waited for: what the page's callback throws is for the page to see.
      return void submit({});
    }
    root.classList.add("needed");
    cancels = [
      after(life - warning, () => challenge && !held && speaker().say(text[T.soon])),
      after(life, () => challenge && lapse()),
    ];
    if (quiet) {
      held = ready;
      state("idle");
    } else ready();
  };

  // No new puzzle comes unasked: under a hand that is at work, or to a dialog that was left alone.
  const lapse = () => {
    if (held) return stop();
    challenge = null;
    state("expired");
    speaker().tell("", text[T.timedOut]);
  };

  const submit = async (answer) => {
    const { signal } = run;
    const asked = challenge;
    if (!asked) return;
    challenge = null;
    state("checking");
    speaker().tell(quiet ? "" : text[T.checking]);
    const found = await nonce;
    if (signal.aborted) return;
    const reply = await call("POST", "answer", { challenge: asked, answer, work: found }, signal);
    if (signal.aborted) return;
    link(reply.kind !== "network");
    if (reply.ok) return verify(reply.body);
    if (![409, 410, 422].includes(reply.status)) {
      return fail(reply, () => {
        challenge = asked;
        submit(answer);
      });
    }
    // A refused calculation is not repeated unasked: it could go round for ever.
    if (kind === "work") return fail(reply, () => load(kind));
    emit("error", { kind: reply.kind });
    if (!signal.aborted) load(kind, text[reply.status === 422 ? T.wrong : T.renewed]);
  };

  const fail = ({ kind, status, retryAfter }, again) => {
    root.classList.add("needed");
    const wait = [429, 503].includes(status) && retryAfter;
    speaker().tell("", wait ? fill(text[T.busy], wait) : text[kind === "network" ? T.offline : T.failed], again, wait);
    state("error");
    emit("error", { kind });
    settle((trouble = kind));
  };

  const verify = (body) => {
    // The page may want it shorter, and never longer than the server has it.
    const wish = get("time") / 1000;
    const expiresIn = Math.min(body.expires_in, wish > 0 ? wish : Infinity);
    finish(body.token, "verified", quiet ? "" : text[T.verified]);
    sent = false;
    cancels = [
      after(expiresIn, () => {
        finish("", "expired", text[T.expired]);
        emit("expired", {});
        notify("expiredCallback");
      }),
    ];
    emit("verified", { token: body.token, expiresIn });
    notify("callback", body.token);
  };

  // With a token or, for whatever reason, without one.
  const finish = (given, name, said, why) => {
    stop();
    token = given;
    reflect();
    if (root) {
      if (!token) root.classList.add("needed");
      dialog?.node.close("done");
      notice.tell(said);
      state(name);
    }
    settle(why);
  };

  const reset = (why = "reset") => finish("", "idle", "", why);

  // The token goes with the form: as the element's own value, or in a hidden field.
  const reflect = () => {
    const name = get("name") || "captcha-token";
    if (internals) {
      const data = new FormData();
      if (token) data.append(name, token);
      internals.setFormValue(data);
      if (root) internals.setValidity({ valueMissing: !token && !gone && host.matches("[required]:not([data-size=invisible])") }, text[T.required], check);
    } else {
      // Also the one that came with a copy of a host that was solved.
      host.querySelector(".captcha-token")?.remove();
      if (token) host.append(el("input.captcha-token", { type: "hidden", name, value: token }));
    }
    check?.setAttribute("aria-checked", !!token);
  };

  // Ends whatever is under way: request, stamp and timers.
  const stop = () => {
    run?.abort();
    cancels.forEach((cancel) => cancel());
    cancels = [];
    run = challenge = held = null;
  };

  const state = (name) => {
    if (now === name) return;
    host.dataset.state = now = name;
    emit("statechange", { state: name });
  };

  // Whoever waits for a token has it, or is told why not.
  const settle = (why) => {
    for (const [resolve, reject] of waiting.splice(0)) token ? resolve(token) : reject(new Error(why));
  };

  // The page is told once that the server is out of reach, and once that it is back.
  const link = (up) => {
    if (up === reached) return;
    reached = up;
    // Later: what a page does then is not to come between.
    setTimeout(notify, 0, up ? "errorRecoveryCallback" : "errorCallback");
    if (up && now === "error") speaker().retry.click();
  };

  // `error` does not bubble, or a page's own error handler on window would take it for a script error.
  const emit = (name, detail) => host.dispatchEvent(new CustomEvent(name, { detail, bubbles: name !== "error", composed: true }));

  for (const name of ["theme", "size", "appearance", "start"]) if (get(name)) host.dataset[name] = get(name);
  prepare();
  return {
    reflect,
    link,
    reset,
    response: () => token || "",
    wait: () =>
      new Promise((...settlers) => {
        waiting.push(settlers);
        if (token) settle();
        else activate();
      }),
    disable(on) {
      disabled = on;
      if (check) check.disabled = on;
    },
    leave() {
      gone = true;
      reset();
      shadow.replaceChildren(slot);
      shadow.adoptedStyleSheets = [];
      slot.hidden = false;
    },
    // What was taken out computes nothing more. What was moved is back by now, and keeps what was solved; but a dialog that was
    // moved is no window any more, and leaves the page behind it open to the keyboard.
    moved: () => (host.isConnected && !dialog?.node.open) || reset(),
    formdata: () => (sent ||= token),
    back: () => sent && reset(),
  };
}
