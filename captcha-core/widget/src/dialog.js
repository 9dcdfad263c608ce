import * as T from "strings";
import { anew, button, el, icon } from "./dom.js";
import { notices } from "./notice.js";

// The window that holds the puzzle. The ways around the puzzle stand before it, one step back from its first control.
export function windowed(text, answer, load, reset) {
  let puzzle;
  const title = el("h2", { id: "title", tabindex: -1 });
  const notice = notices(text[T.retry], title);
  const hint = el("p.hint", { id: "hint" });
  const ways = el(".kinds", { role: "group", "aria-label": text[T.ways] });
  const stage = el("form.stage");
  const refresh = button("refresh", text[T.refresh], () => load());
  refresh.prepend(icon(anew));
  const end = () => (puzzle = puzzle?.end?.());
  const shut = () => {
    end();
    node.returnValue || reset("closed");
  };
  const node = el(
    "dialog.dialog",
    { "aria-labelledby": "title", "aria-describedby": "hint" },
    el(".head", {}, title, button("close", text[T.close], shut, icon("M6 6l12 12M18 6L6 18"))),
    ways,
    // What is said stands in the place of the hint: in sight on a small screen, and nothing moves.
    ...notice.nodes,
    hint,
    stage,
    el(".foot", {}, refresh),
  );
  stage.onsubmit = (event) => {
    event.preventDefault();
    answer(puzzle.solve());
  };
  // Escape is heard at once: until a browser tells of the close, the box may have been pressed again, and the puzzle be back.
  node.oncancel = shut;
  node.onclose = () => node.open || shut();

  return {
    node,
    notice,
    // `said` has the challenge's own words beside the language's.
    show(kind, said, shown) {
      end();
      puzzle = shown;
      title.textContent = said.task;
      hint.textContent = said.hint;
      refresh.hidden = kind === "work";
      ways.replaceChildren(
        ...said.ways.map(([way, name]) => {
          const choice = button("kind", name, () => way !== kind && load(way));
          choice.setAttribute("aria-pressed", way === kind);
          return choice;
        }),
      );
      stage.replaceChildren(...puzzle.nodes);
      if (!node.open) {
        notice.tell();
        node.returnValue = "";
        node.showModal();
      }
      puzzle.first?.focus();
    },
  };
}
