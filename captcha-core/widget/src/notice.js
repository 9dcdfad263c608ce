import { button, el } from "./dom.js";

// The line that speaks: progress in a status region, failure in an alert, and a button for another try. The regions
// are in the page before their text changes, or a screen reader would not announce it.
export class Notice {
  constructor(strings) {
    this.strings = strings;
    this.status = el("p", { class: "status", role: "status" });
    this.alert = el("p", { class: "alert", role: "alert" });
    this.retry = button("retry", strings.retry, () => {
      const run = this.run;
      this.clear();
      run();
    });
    this.retry.hidden = true;
    this.nodes = [this.status, this.alert, this.retry];
  }

  say(text) {
    this.status.textContent = text;
  }

  // The countdown is on the button alone: in the alert it would be read aloud every second.
  warn(text, run, seconds = 0) {
    this.clear();
    this.alert.textContent = text;
    if (!run) return;
    this.run = run;
    this.retry.hidden = false;
    const tick = () => {
      this.retry.disabled = seconds > 0;
      this.retry.textContent = this.strings.retry + (seconds > 0 ? ` (${seconds})` : "");
      if (seconds-- > 0) this.timer = setTimeout(tick, 1000);
    };
    tick();
  }

  clear() {
    clearTimeout(this.timer);
    this.status.textContent = this.alert.textContent = "";
    this.retry.hidden = true;
  }
}
