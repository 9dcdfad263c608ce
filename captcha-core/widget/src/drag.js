import * as T from "strings";
import { movable } from "./mover.js";
import { board } from "./picture.js";

export async function drag({ image, piece }, text, answer) {
  const ground = await board(image, text, "drag");
  const part = await ground.loose(piece);
  const axes = [
    [text[T.across], image.width - piece.width, piece.x],
    [text[T.down], image.height - piece.height, piece.y],
  ];
  const puzzle = movable(text, ground, part, ground.point, axes, (x, y) => ground.place(part, x, y), (x, y) => ({ x, y }), answer);
  ground.node.onclick = (event) => {
    const [x, y] = ground.point(event);
    if (event.target !== part) puzzle.put([x - piece.width / 2, y - piece.height / 2]);
  };
  return puzzle;
}
