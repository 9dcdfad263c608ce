import { anew, button, el, icon } from "./dom.js";
import { Notice } from "./notice.js";

// The window that holds the puzzle. The ways around the puzzle stand before it, one step back from its first control.
export function windowed(text, { answer, load, closed }) {
  let puzzle, touched;
  const notice = new Notice(text);
  const title = el("h2", { id: "title" });
  const hint = el("p", { id: "hint", class: "hint" });
  const ways = el("div", { class: "kinds", role: "group", "aria-label": text.kinds });
  const stage = el("form", { class: "stage" });
  const refresh = button("refresh", text.refresh, () => load());
  refresh.prepend(icon(anew));
  const node = el(
    "dialog",
    { "aria-labelledby": "title", "aria-describedby": "hint" },
    el("div", { class: "head" }, title, button("close", text.close, () => node.close(), icon("M6 6l12 12M18 6L6 18"))),
    ways,
    hint,
    stage,
    el("div", { class: "foot" }, refresh, ...notice.nodes),
  );
  const end = () => puzzle?.end?.();
  stage.onsubmit = (event) => {
    event.preventDefault();
    answer(puzzle.answer());
  };
  node.onclose = () => {
    end();
    closed();
  };
  node.onpointerdown = node.onkeydown = () => (touched = true);

  return {
    node,
    notice,
    // Whether somebody has done anything since the puzzle is shown.
    touched: () => touched,
    show(kind, kinds, shown) {
      end();
      puzzle = shown;
      touched = false;
      [, title.textContent, hint.textContent] = text.kind[puzzle.words || kind];
      refresh.hidden = kind === "work";
      ways.replaceChildren(
        ...Object.keys(text.kind)
          .filter((name) => kinds.includes(name))
          .map((name) => {
            const choice = button("kind", text.kind[name][0], () => name !== kind && load(name));
            choice.setAttribute("aria-pressed", name === kind);
            return choice;
          }),
      );
      stage.replaceChildren(...puzzle.nodes);
      if (!node.open) {
        notice.clear();
        node.showModal();
      }
      (puzzle.focus || title).focus();
    },
  };
}
