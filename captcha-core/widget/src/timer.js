// A timer that also looks at the clock when the window is used again: timers of a machine that slept run late.
export function after(seconds, run) {
  const due = Date.now() + seconds * 1000;
  const look = () => {
    if (Date.now() < due) return;
    cancel();
    run();
  };
  // One millisecond more than asked, for browsers that round the clock.
  const timer = setTimeout(look, seconds * 1000 + 1);
  const cancel = () => {
    clearTimeout(timer);
    removeEventListener("focus", look);
  };
  addEventListener("focus", look);
  return cancel;
}
