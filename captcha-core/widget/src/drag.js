import { actions, mover, submit } from "./mover.js";
import { board } from "./picture.js";

// Letting go is no answer here: a finger hides the piece until it is lifted.
export async function drag({ image, piece }, strings, answer) {
  const { node, point, place, part } = await board(image, strings, "drag");
  const loose = await part(piece);
  const axes = [
    [strings.across, image.width - piece.width, piece.x],
    [strings.down, image.height - piece.height, piece.y],
  ];
  const { drag, ranges, set, step, ...puzzle } = mover(strings, axes, (x, y) => place(loose, x, y), (x, y) => ({ x, y }), answer);
  drag(loose, point);
  node.append(...ranges, loose);
  node.onclick = (event) => {
    const [x, y] = point(event);
    if (event.target !== loose) set([x - piece.width / 2, y - piece.height / 2]);
  };
  puzzle.nodes = [
    node,
    actions(
      step(strings.left, "M15 6l-6 6 6 6", -1, 0),
      step(strings.up, "M6 15l6-6 6 6", 0, -1),
      step(strings.down, "M6 9l6 6 6-6", 0, 1),
      step(strings.right, "M9 6l6 6-6 6", 1, 0),
      submit(strings),
    ),
  ];
  return puzzle;
}
