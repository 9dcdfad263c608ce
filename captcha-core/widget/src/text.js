import { el } from "./dom.js";
import { actions, submit } from "./mover.js";
import { board } from "./picture.js";

export async function text({ image, arithmetic }, strings) {
  const words = arithmetic ? "sum" : "text";
  const { node } = await board(image, strings, words);
  return { words, ...typed([node], strings.characters, strings, { autocapitalize: "characters" }) };
}

// What is typed, below what it is read or heard from.
export function typed(nodes, label, strings, attributes) {
  const field = el("input", {
    class: "field",
    type: "text",
    required: true,
    autocomplete: "off",
    autocorrect: "off",
    spellcheck: "false",
    "aria-label": label,
    ...attributes,
  });
  return {
    nodes: [...nodes, actions(field, submit(strings))],
    focus: field,
    answer: () => ({ text: field.value.trim() }),
  };
}
