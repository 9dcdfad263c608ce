import * as T from "strings";
import { el } from "./dom.js";
import { actions, submit } from "./mover.js";
import { board } from "./picture.js";

export async function text({ image }, text) {
  const { node } = await board(image, text, "text");
  return typed([node], text[T.characters], text, { autocapitalize: "characters" });
}

// What is typed, below what it is read or heard from.
export function typed(nodes, label, text, attributes) {
  const field = el("input.field", {
    required: "",
    autocomplete: "off",
    autocorrect: "off",
    spellcheck: "false",
    "aria-label": label,
    ...attributes,
  });
  return {
    nodes: [...nodes, actions(field, submit(text))],
    first: field,
    solve: () => ({ text: field.value.trim() }),
  };
}
