import { bytes } from "./bytes.js";
import { el } from "./dom.js";

// Drawn from bytes in memory, so that no data: or blob: address is needed. Nothing is ever read back.
export async function picture({ type, width, height, data }, attributes) {
  const canvas = el("canvas", { width, height, ...attributes });
  const bitmap = await createImageBitmap(new Blob([bytes(data)], { type }));
  canvas.getContext("2d").drawImage(bitmap, 0, 0, width, height);
  bitmap.close();
  return canvas;
}
