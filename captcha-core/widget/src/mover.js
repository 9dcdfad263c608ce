import * as T from "strings";
import { button, el, icon } from "./dom.js";

// Across and up. With one direction only, up is further.
const keys = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1], PageUp: [0, 10], PageDown: [0, -10] };

// What is moved along one or two axes, each `[label, last, first]`, by keys, steps and dragging. `draw` shows the values,
// `solve` makes an answer of them, and `round` says that the last value is followed by the first.
export function mover(text, axes, draw, solve, answer, round) {
  // Real range inputs, unseen: assistive technology on phones can move nothing else.
  const ranges = axes.map(([label, max, value]) => el("input", { type: "range", min: 0, max, value, "aria-label": label }));
  const at = () => ranges.map((range) => range.valueAsNumber);
  const put = (values) => {
    ranges.forEach((range, i) => {
      const end = +range.max + 1;
      range.value = Math.round(round ? (values[i] + end) % end : values[i]);
    });
    draw(...at());
  };
  const solution = () => solve(...at());
  const send = () => answer(solution());
  const press = { Enter: send };
  let grip;
  const move = (...by) => put(at().map((value, i) => value + by[i]));

  for (const range of ranges) {
    range.oninput = () => put(at());
    range.onkeydown = (event) => {
      const { key, altKey, shiftKey, repeat } = event;
      const [x, y] = (!altKey && keys[key]) || [];
      const far = shiftKey ? 10 : 1;
      if (x + y) move((axes[1] ? x : x + y) * far, -y * far);
      else if (press[key]) repeat || press[key]();
      else return;
      event.preventDefault();
    };
  }
  put(at());

  return {
    first: ranges[0],
    solve: solution,
    send,
    press,
    ranges,
    at,
    put,
    step: (label, path, ...by) => button("step", label, () => move(...by), icon(path)),
    // Follows the pointer that holds `node`. `read` gives its place in the unit of the values. A thing that is let go
    // where it began was not moved.
    grab(node, read, drop) {
      node.onpointerdown = (event) => {
        const { pointerId } = event;
        if (event.button || grip) return;
        event.preventDefault();
        ranges[0].focus();
        node.setPointerCapture(pointerId);
        grip = [at(), read(event), pointerId];
      };
      node.onpointermove = node.onpointerup = node.onpointercancel = (event) => {
        // Another finger, or none.
        if (grip?.[2] !== event.pointerId) return;
        const [from, start] = grip;
        if (event.type === "pointermove") return put(from.map((value, i) => value + read(event)[i] - start[i]));
        grip = null;
        if (event.type === "pointercancel") put(from);
        else if (drop && "" + at() !== "" + from) drop();
      };
    },
  };
}

// A `part` of a picture that is moved over it. Along one axis it has a track below, and letting go answers. Along two, letting
// go is no answer: a finger hides the part until it is lifted.
export function movable(text, { node }, part, read, axes, draw, solve, answer, round) {
  const [[, max], second] = axes;
  const handle = el("span.handle", {}, icon("M9 6l-6 6 6 6M15 6l6 6-6 6"));
  const track = el(".track", {}, handle);
  const show = (...values) => {
    handle.style.left = `calc(${values[0] / max} * (100% - 64px))`;
    draw(...values);
  };
  const { grab, ranges, send, put, step, ...puzzle } = mover(text, axes, show, solve, answer, round);
  node.append(...ranges, part);
  grab(part, read, !second && send);
  const along = ({ clientX }) => {
    const { left, width } = track.getBoundingClientRect();
    const grip = handle.offsetWidth;
    return [((clientX - left - grip / 2) * max) / (width - grip)];
  };
  grab(handle, along, send);
  track.onclick = (event) => event.target !== handle && put(along(event));
  const back = step(text[T.left], "M15 6l-6 6 6 6", -1, 0);
  const onward = step(text[T.right], "M9 6l6 6-6 6", 1, 0);
  puzzle.nodes = second
    ? [node, actions(back, step(text[T.up], "M6 15l6-6 6 6", 0, -1), step(text[T.down], "M6 9l6 6 6-6", 0, 1), onward, submit(text))]
    : [node, track, actions(back, submit(text), onward)];
  return { ...puzzle, put };
}

export const actions = (...nodes) => el(".actions", {}, ...nodes);
export const submit = (text) => el("button.submit", {}, text[T.check]);
