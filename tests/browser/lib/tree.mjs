// What a screen reader is given: the tree of a puzzle, held to what the language's file says.

// YAML as Playwright writes it: text that could be taken for something else stands in quotes.
export const plain = (tree) => tree.replace(/\\"/g, '"').replace(/\s*[\u00a0\u202f]/g, " ");

// The whole dialog, top to bottom.
export const expected = (kind, words) => {
  const { task, hint } = words.kinds[kind];
  const ways = ["slide", "drag", "rotate", "click", "text", "audio", "work"];
  const picture = words.picture.replace("{0}", task);
  const inside = {
    slide: [`img "${picture}"`, `slider "${words.position}"`, `button "${words.left}"`, `button "${words.check}"`, `button "${words.right}"`],
    rotate: [`img "${picture}"`, `slider "${words.angle}"`, `button "${words.left}"`, `button "${words.check}"`, `button "${words.right}"`],
    drag: [
      `img "${picture}"`, `slider "${words.across}"`, `slider "${words.down}"`,
      `button "${words.left}"`, `button "${words.up}"`, `button "${words.down}"`, `button "${words.right}"`, `button "${words.check}"`,
    ],
    click: [`img "${task}"`, "status", `img "${picture}"`, `slider "${words.across}"`, `slider "${words.down}"`, `button "${words.undo}"`, `button "${words.check}" [disabled]`],
    text: [`img "${picture}"`, `textbox "${words.characters}"`, `button "${words.check}"`],
    work: [],
    audio: [`button "${words.play}"`, `textbox "${words.digits}"`, `button "${words.check}"`, `button "${words.again}"`, `slider "${words.volume}"`],
  }[kind];
  return [
    `dialog "${task}"`,
    `heading "${task}" [level=2]`,
    `button "${words.close}"`,
    `group "${words.ways}"`,
    ...ways.map((way) => `button "${words.kinds[way].name}"${way === kind ? " [pressed]" : ""}`),
    // What goes on is said in the place of the hint.
    kind === "work" ? "status" : `paragraph: ${hint}`,
    ...inside,
    ...(kind === "work" ? [] : [`button "${words.refresh}"`]),
  ];
};

// The lines of a tree without their values, the focus and the regions that are silent.
export const lines = (tree) =>
  plain(tree)
    .split("\n")
    .map((line) => line.replace(/^\s*- '?/, "").replace(/'$/, "").replace(/ \[active\]/, "").replace(/^((dialog|group) .*):$/, "$1"))
    .filter((line) => !/^(text:|paragraph$|alert$)/.test(line))
    .map((line) => line.replace(/^(slider "[^"]*"|status|img "[^"]*"|button "[^"]*"( \[\w+\])?|textbox "[^"]*").*$/, "$1").replace(/^paragraph: "(.*)"$/, "paragraph: $1"))
    .filter((line, position, all) => !(line === "status" && all[position + 1]?.startsWith("paragraph: ")));
