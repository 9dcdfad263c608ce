import * as T from "strings";
import { button, el } from "./dom.js";
import { actions, mover, submit } from "./mover.js";
import { board, named } from "./picture.js";
import { fill } from "./strings.js";

export async function click({ image, order }, text, answer) {
  const { count } = order;
  const { node, point, place } = await board(image, text, "click");
  const wanted = await named(order, text.task);
  const cursor = el("span.cursor");
  const marks = el("");
  const tally = el("p.status", { role: "status" });
  const check = submit(text);
  let points = [];

  const show = () => {
    marks.replaceChildren(
      ...points.map(({ x, y }, i) => {
        const mark = el("span.mark", {}, i + 1);
        place(mark, x, y);
        return mark;
      }),
    );
    tally.textContent = fill(text[T.of], points.length, count);
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
    [text[T.across], image.width - 1, image.width >> 1],
    [text[T.down], image.height - 1, image.height >> 1],
  ];
  const { at, press, ranges, send, put: go, ...puzzle } = mover(text, axes, (x, y) => place(cursor, x, y), () => ({ points }), answer);
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
    go(point(event));
    put();
  };
  show();
  puzzle.nodes = [el(".head", {}, wanted, tally), node, actions(button("step", text[T.undo], press.Backspace), check)];
  return puzzle;
}
