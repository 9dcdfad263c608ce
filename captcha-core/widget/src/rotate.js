import { slider } from "./mover.js";
import { board } from "./picture.js";

export async function rotate({ image, disc }, strings, answer) {
  const ground = await board(image, strings, "rotate");
  const part = await ground.part(disc);
  const draw = (angle) => (part.style.transform = `rotate(${angle}deg)`);
  const bearing = (event) => {
    const [x, y] = ground.point(event);
    return [(Math.atan2(y - image.height / 2, x - image.width / 2) * 180) / Math.PI];
  };
  return slider(strings, [strings.angle, 359, 0], draw, (angle) => ({ angle }), answer, ground.node, part, bearing, true);
}
