import { button, el, icon } from "./dom.js";
import { Notice } from "./notice.js";

// The window that holds the puzzle. The ways around the puzzle stand before it, one step back from its first control.
export class Dialog {
  constructor(text, { answer, load, closed }) {
    this.text = text;
    this.load = load;
    this.notice = new Notice(text);
    this.title = el("h2", { id: "title" });
    this.hint = el("p", { id: "hint", class: "hint" });
    this.kinds = el("div", { class: "kinds", role: "group", "aria-label": text.kinds });
    this.stage = el("form", { class: "stage" });
    this.refresh = button("refresh", text.refresh, () => load());
    this.refresh.prepend(icon("M19 12a7 7 0 1 1-2.05-4.95L19.5 9.5M19.5 4.5v5h-5"));
    this.node = el(
      "dialog",
      { "aria-labelledby": "title", "aria-describedby": "hint" },
      el("div", { class: "head" }, this.title, button("close", text.close, () => this.node.close(), icon("M6 6l12 12M18 6L6 18"))),
      this.kinds,
      this.hint,
      this.stage,
      el("div", { class: "foot" }, this.refresh, ...this.notice.nodes),
    );
    this.stage.addEventListener("submit", (event) => {
      event.preventDefault();
      answer(this.puzzle.answer());
    });
    this.node.addEventListener("close", closed);
    for (const name of ["pointerdown", "keydown"]) this.node.addEventListener(name, () => (this.touched = true));
  }

  show(kind, kinds, puzzle) {
    const { text } = this;
    this.puzzle = puzzle;
    this.touched = false;
    this.title.textContent = text.title[kind];
    this.hint.textContent = text.hint[kind];
    this.refresh.hidden = kind === "work";
    this.kinds.replaceChildren(
      ...Object.keys(text.kind)
        .filter((name) => kinds.includes(name))
        .map((name) => {
          const choice = button("kind", text.kind[name], () => name !== kind && this.load(name));
          choice.setAttribute("aria-pressed", name === kind);
          return choice;
        }),
    );
    this.stage.replaceChildren(...puzzle.nodes);
    if (!this.node.open) {
      this.notice.clear();
      this.node.showModal();
    }
    (puzzle.focus || this.title).focus();
  }
}
