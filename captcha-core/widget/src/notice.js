import { button, el } from "./dom.js";

// The line that speaks: progress in a status region, failure in an alert, and a button for another try. The regions
// are in the page before their text changes, or a screen reader would not announce it.
export function notices(label, box) {
  let run, timer;
  const status = el("p.status", { role: "status" });
  const alert = el("p.alert", { role: "alert" });
  const retry = button("retry", label, () => {
    const again = run;
    // The button goes, and whoever pressed it by key would stand nowhere.
    if (retry.matches(":focus")) box.focus();
    tell();
    again();
  });
  const say = (text = "") => (status.textContent = text);
  // The countdown is on the button alone: in the alert it would be read aloud every second.
  const tell = (text, why = "", again, seconds = 0) => {
    clearTimeout(timer);
    say(text);
    alert.textContent = why;
    run = again;
    retry.hidden = !run;
    const tick = () => {
      retry.textContent = label;
      if ((retry.disabled = seconds > 0)) {
        retry.append(` (${seconds--})`);
        timer = setTimeout(tick, 1000);
      }
    };
    tick();
  };
  tell();
  return { nodes: [status, alert, retry], retry, say, tell };
}
