import { el } from "./dom.js";
import { picture } from "./picture.js";

export async function text({ image }, strings) {
  const canvas = await picture(image, { role: "img", "aria-label": strings.picture.text });
  const field = el("input", {
    class: "field",
    type: "text",
    required: true,
    autocomplete: "off",
    autocapitalize: "characters",
    autocorrect: "off",
    spellcheck: "false",
    "aria-label": strings.characters,
  });
  return {
    nodes: [el("div", { class: "picture" }, canvas), el("div", { class: "actions" }, field, el("button", { class: "submit" }, strings.check))],
    focus: field,
    answer: () => ({ text: field.value.trim() }),
  };
}
