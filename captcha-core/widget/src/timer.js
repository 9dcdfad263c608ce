// A timer that also looks at the clock when the tab wakes: timers of a sleeping tab run late.
export function after(seconds, run) {
  const due = performance.now() + seconds * 1000;
  const events = ["visibilitychange", "focus"];
  const look = () => {
    if (performance.now() >= due) {
      cancel();
      run();
    }
  };
  // One millisecond more than asked, for browsers that round the clock.
  const timer = setTimeout(look, seconds * 1000 + 1);
  const cancel = () => {
    clearTimeout(timer);
    events.forEach((name) => removeEventListener(name, look, true));
  };
  events.forEach((name) => addEventListener(name, look, true));
  return cancel;
}
