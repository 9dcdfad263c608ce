import * as T from "strings";
import { movable } from "./mover.js";
import { board } from "./picture.js";

export async function slide({ image, piece }, text, answer) {
  const ground = await board(image, text, "slide");
  const part = await ground.loose(piece);
  const axis = [text[T.position], image.width - piece.width, piece.x];
  const draw = (x) => ground.place(part, x, piece.y);
  return movable(text, ground, part, ground.point, [axis], draw, (x) => ({ x }), answer);
}
