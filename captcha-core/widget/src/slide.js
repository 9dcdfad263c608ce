import { button, el, icon } from "./dom.js";
import { picture } from "./picture.js";

export async function slide({ image, piece }, strings, answer) {
  const max = image.width - piece.width;
  const canvas = await picture(image, { role: "img", "aria-label": strings.picture.slide });
  const part = await picture(piece, { class: "piece", "aria-hidden": "true" });
  // A real range input, unseen under the handle: assistive technology on phones can move nothing else.
  const range = el("input", { type: "range", min: 0, max, step: 1, value: piece.x, "aria-label": strings.position });
  const handle = el("span", { class: "handle" }, icon("M9 7l-5 5 5 5M15 7l5 5-5 5"));
  const track = el("div", { class: "track" }, range, handle);
  const frame = el("div", { class: "picture" }, canvas, part);

  const percent = (value, whole) => `${(100 * value) / whole}%`;
  part.style.setProperty("top", percent(piece.y, image.height));
  part.style.setProperty("width", percent(piece.width, image.width));

  const set = (x) => {
    range.value = Math.round(x);
    const value = range.valueAsNumber;
    range.setAttribute("aria-valuetext", strings.of(value, max));
    part.style.setProperty("left", percent(value, image.width));
    track.style.setProperty("--at", value / max);
  };
  const move = (step) => set(range.valueAsNumber + step);
  const solution = () => ({ x: range.valueAsNumber });

  // `length` is the way on screen that takes the piece from one end to the other. Letting go answers; so does nothing
  // else, and a piece that was put back where it began is no answer either.
  const draggable = (node, length) => {
    let grip;
    node.addEventListener("pointerdown", (event) => {
      if (event.button) return;
      event.preventDefault();
      range.focus();
      node.setPointerCapture(event.pointerId);
      grip = { at: event.clientX, from: range.valueAsNumber };
    });
    node.addEventListener("pointermove", (event) => {
      if (grip) set(grip.from + ((event.clientX - grip.at) * max) / length());
    });
    node.addEventListener("pointerup", () => {
      const moved = grip && range.valueAsNumber !== grip.from;
      grip = undefined;
      if (moved) answer(solution());
    });
    node.addEventListener("pointercancel", () => {
      if (grip) set(grip.from);
      grip = undefined;
    });
  };
  const width = (node) => node.getBoundingClientRect().width;
  draggable(handle, () => width(track) - width(handle));
  draggable(part, () => (width(frame) * max) / image.width);

  track.addEventListener("click", (event) => {
    if (event.target === handle) return;
    const { left } = track.getBoundingClientRect();
    set(((event.clientX - left - width(handle) / 2) * max) / (width(track) - width(handle)));
  });
  range.addEventListener("input", () => set(range.valueAsNumber));
  range.addEventListener("keydown", (event) => {
    const step = { PageUp: 10, PageDown: -10 }[event.key];
    if (step) move(step);
    else if (event.key === "Enter") answer(solution());
    else return;
    event.preventDefault();
  });

  set(piece.x);
  return {
    nodes: [
      frame,
      track,
      el(
        "div",
        { class: "actions" },
        button("step", strings.left, () => move(-1), icon("M5 12h14")),
        el("button", { class: "submit" }, strings.check),
        button("step", strings.right, () => move(1), icon("M5 12h14M12 5v14")),
      ),
    ],
    focus: range,
    answer: solution,
  };
}
