import { button, el } from "./dom.js";
import { actions, mover, submit } from "./mover.js";
import { board, named } from "./picture.js";

export async function click({ image, order }, strings, answer) {
  const { count } = order;
  const { node, point, place } = await board(image, strings, "click");
  const wanted = await named(order, strings.kind.click[1]);
  const cursor = el("span", { class: "cursor" });
  const marks = el("div");
  const tally = el("p", { class: "status", role: "status" });
  const check = submit(strings);
  let points = [];

  const show = () => {
    marks.replaceChildren(
      ...points.map(({ x, y }, i) => {
        const mark = el("span", { class: "mark" }, i + 1);
        place(mark, x, y);
        return mark;
      }),
    );
    tally.textContent = strings.of(points.length, count);
    check.disabled = points.length < count;
  };
  // Takes back the mark with that number and those after it.
  const back = (number) => {
    points = points.slice(0, number);
    show();
  };
  const put = () => {
    const [x, y] = at();
    if (check.disabled) points.push({ x, y });
    show();
  };
  const axes = [
    [strings.across, image.width - 1, image.width >> 1],
    [strings.down, image.height - 1, image.height >> 1],
  ];
  const { at, press, ranges, send, set, ...puzzle } = mover(strings, axes, (x, y) => place(cursor, x, y), () => ({ points }), answer);
  press.Enter = () => (check.disabled ? put : send)();
  press[" "] = put;
  press.Backspace = () => back(-1);
  node.append(...ranges, cursor, marks);
  node.onpointerdown = (event) => {
    event.preventDefault();
    ranges[0].focus();
  };
  node.onclick = (event) => {
    const mark = [...marks.children].indexOf(event.target);
    if (mark >= 0) return back(mark);
    set(point(event));
    put();
  };
  show();
  puzzle.nodes = [el("div", { class: "head" }, wanted, tally), node, actions(button("step", strings.undo, press.Backspace), check)];
  return puzzle;
}
