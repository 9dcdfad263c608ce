import * as T from "strings";
import { bytes } from "./bytes.js";
import { el } from "./dom.js";
import { fill } from "./strings.js";

// Drawn from bytes in memory, so that no data: or blob: address is needed. Nothing is ever read back.
export async function picture({ type, width, height, data }, what, attributes) {
  const canvas = el(what, { width, height, ...attributes });
  const bitmap = await createImageBitmap(new Blob([bytes(data)], { type }));
  canvas.getContext("2d").drawImage(bitmap, 0, 0, width, height);
  return canvas;
}

// A picture that is told about by name.
export const named = (image, name) => picture(image, "canvas", { role: "img", "aria-label": name });

// The picture of a puzzle, with what lies on it. Places are in its pixels, whatever size it is shown at.
export async function board(image, text, kind) {
  const canvas = await named(image, fill(text[T.picture], text.task));
  return {
    node: el(".picture " + kind, {}, canvas),
    point({ clientX, clientY }) {
      const { left, top, width } = canvas.getBoundingClientRect();
      return [clientX - left, clientY - top].map((way) => (way * image.width) / width);
    },
    place(part, x, y) {
      part.style.left = (100 * x) / image.width + "%";
      part.style.top = (100 * y) / image.height + "%";
    },
    // A loose part, as big as the picture shows it.
    async loose(piece) {
      const part = await picture(piece, "canvas.piece", { "aria-hidden": "true" });
      part.style.width = (100 * piece.width) / image.width + "%";
      return part;
    },
  };
}
