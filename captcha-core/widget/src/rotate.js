import * as T from "strings";
import { movable } from "./mover.js";
import { board } from "./picture.js";

export async function rotate({ image, disc }, text, answer) {
  const ground = await board(image, text, "rotate");
  const part = await ground.loose(disc);
  const draw = (angle) => (part.style.transform = `rotate(${angle}deg)`);
  const bearing = (event) => {
    const [x, y] = ground.point(event);
    return [(Math.atan2(y - image.height / 2, x - image.width / 2) * 180) / Math.PI];
  };
  return movable(text, ground, part, bearing, [[text[T.angle], 359, 0]], draw, (angle) => ({ angle }), answer, true);
}
