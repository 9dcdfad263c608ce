// Every kind solved in three ways: with a mouse that drags, with keys alone, with single clicks alone. Each function gets
// the widget with the puzzle on show, and ends when the answer is on its way.

export const labels = { slide: "Slide", drag: "Drag", rotate: "Rotate", click: "Shapes", text: "Text", audio: "Audio", work: "No puzzle" };

const type = async ({ page }, text) => {
  await page.keyboard.type(text.toLowerCase());
  await page.keyboard.press("Enter");
};

// Keys for the way from one value to another: tens first.
async function walk({ page }, from, to, { less, more, far }) {
  const key = to < from ? less : more;
  const way = Math.abs(to - from);
  for (let i = 0; i < Math.floor(way / 10); i++) await page.keyboard.press(far?.[+(to > from)] ?? `Shift+${key}`);
  for (let i = 0; i < way % 10; i++) await page.keyboard.press(key);
}

const across = { less: "ArrowLeft", more: "ArrowRight" };
const onward = { ...across, far: ["PageDown", "PageUp"] };
const down = { less: "ArrowUp", more: "ArrowDown", far: ["PageUp", "PageDown"] };

export const mouse = {
  slide: async (widget) => widget.dragTo((await widget.solution()).x),
  async drag(widget) {
    const { x, y } = await widget.solution();
    const { prompt } = await widget.challenge();
    const scale = await widget.scale();
    await widget.drag(widget.piece, (x - prompt.piece.x) * scale, (y - prompt.piece.y) * scale);
    await widget.submit.click();
  },
  rotate: async (widget) => widget.turn((await widget.solution()).angle),
  async click(widget) {
    for (const { x, y } of (await widget.solution()).points) await widget.pick(x, y);
    await widget.submit.click();
  },
  async text(widget) {
    await widget.field.fill((await widget.solution()).text);
    await widget.submit.click();
  },
};

export const keyboard = {
  async slide(widget) {
    const { x } = await widget.solution();
    await widget.page.keyboard.press("Home");
    await walk(widget, 0, x, onward);
    await widget.page.keyboard.press("Enter");
  },
  async drag(widget) {
    const { x, y } = await widget.solution();
    const { prompt } = await widget.challenge();
    await widget.page.keyboard.press("Home");
    await walk(widget, 0, x, across);
    await walk(widget, prompt.piece.y, y, down);
    await widget.page.keyboard.press("Enter");
  },
  async rotate(widget) {
    const { angle } = await widget.solution();
    const back = angle > 180; // the short way round, over the end
    await walk(widget, back ? 360 : 0, angle, onward);
    await widget.page.keyboard.press("Enter");
  },
  async click(widget) {
    const { prompt } = await widget.challenge();
    let at = [prompt.image.width >> 1, prompt.image.height >> 1];
    for (const [i, { x, y }] of (await widget.solution()).points.entries()) {
      await walk(widget, at[0], x, across);
      await walk(widget, at[1], y, down);
      await widget.page.keyboard.press(i % 2 ? "Enter" : "Space");
      at = [x, y];
    }
    await widget.page.keyboard.press("Enter");
  },
  text: async (widget) => type(widget, (await widget.solution()).text),
};

// A click on the track or the picture, six off, and the rest by the step buttons.
export const clicks = {
  async slide(widget) {
    const { x } = await widget.solution();
    await widget.pressTrack(x > 20 ? x - 6 : x + 6);
    await widget.stepTo(() => widget.ranges.nth(0), x, [0, 1]);
    await widget.press(widget.submit);
  },
  async drag(widget) {
    const { x, y } = await widget.solution();
    const { piece } = (await widget.challenge()).prompt;
    await widget.pick(x + piece.width / 2 - 6, y + piece.height / 2 + 4);
    await widget.stepTo(() => widget.ranges.nth(0), x, [0, 3]);
    await widget.stepTo(() => widget.ranges.nth(1), y, [1, 2]);
    await widget.press(widget.submit);
  },
  async rotate(widget) {
    const { angle } = await widget.solution();
    // A small angle lies under the handle until that is elsewhere.
    if (angle < 90) await widget.pressTrack(angle + 120);
    await widget.pressTrack(angle - 6);
    await widget.stepTo(() => widget.ranges.nth(0), angle, [0, 1]);
    await widget.press(widget.submit);
  },
  async click(widget) {
    for (const { x, y } of (await widget.solution()).points) await widget.pick(x, y);
    await widget.press(widget.submit);
  },
  // Letters have to be typed; what surrounds them is clicked.
  async text(widget) {
    await widget.press(widget.field);
    await widget.page.keyboard.type((await widget.solution()).text);
    await widget.press(widget.submit);
  },
};

// Digits are typed like letters; tests/browser/audio.test.mjs has what sounds.
for (const way of [mouse, keyboard, clicks]) way.audio = way.text;
