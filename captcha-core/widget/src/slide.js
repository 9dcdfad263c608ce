import { slider } from "./mover.js";
import { board } from "./picture.js";

export async function slide({ image, piece }, strings, answer) {
  const ground = await board(image, strings, "slide");
  const part = await ground.part(piece);
  const axis = [strings.position, image.width - piece.width, piece.x];
  const draw = (x) => ground.place(part, x, piece.y);
  return slider(strings, axis, draw, (x) => ({ x }), answer, ground.node, part, ground.point);
}
