// One checkbox on a page, used the way a person uses it. Playwright's selectors look into open shadow roots.
import assert from "node:assert/strict";

export class Widget {
  constructor(visit, host = "#one-captcha") {
    Object.assign(this, { visit, host, page: visit.page });
    this.check = this.find(".check");
    this.dialog = this.find("dialog[open]");
    this.ready = this.page.locator(`${host}[data-state=open] dialog[open]`);
    this.piece = this.find(".piece");
    this.handle = this.find(".handle");
    this.ranges = this.find("input[type=range]");
    this.range = this.ranges.first();
    this.marks = this.find(".mark");
    this.picture = this.find(".picture canvas").first();
    this.field = this.find(".field");
    this.submit = this.find(".submit");
    this.alert = this.find("dialog .alert");
    this.status = this.find("dialog > .status");
    this.rowAlert = this.find(".row .alert");
    this.rowStatus = this.find(".row .status");
    this.token = this.find("> input[name=captcha-token]");
  }

  find(selector) {
    return this.page.locator(`${this.host} ${selector}`);
  }

  kind(label) {
    return this.find(".kind").filter({ hasText: label });
  }

  async tick() {
    await this.check.click();
    await this.ready.waitFor();
  }

  // Another way to verify, chosen by its visible name.
  async choose(label) {
    await this.kind(label).click();
    if (label === "No puzzle") return;
    await this.find(`.kind[aria-pressed=true]:text("${label}")`).waitFor();
    await this.ready.waitFor();
  }

  // The challenge now on show.
  async challenge() {
    const { status, challenge, prompt } = await this.visit.challenges.at(-1);
    assert.equal(status, 200);
    return { challenge, prompt };
  }

  async solution() {
    return this.visit.server.solve((await this.challenge()).challenge);
  }

  // Drags the piece until its left edge is at `x`, in pixels of the picture.
  async dragTo(x) {
    const { prompt } = await this.challenge();
    const picture = await this.find(".picture").boundingBox();
    await this.drag(this.piece, ((x - prompt.piece.x) * picture.width) / prompt.image.width);
  }

  // A hand is no ruler: it hurries, dips, overshoots and comes back.
  async drag(what, way, down = 1) {
    const { mouse } = this.page;
    const box = await what.boundingBox();
    const [x, y] = [box.x + box.width / 2, box.y + box.height / 2];
    await mouse.move(x, y);
    await mouse.down();
    for (const [part, dip] of [[0.1, 1], [0.4, 4], [0.7, 7], [0.95, 4], [1.02, 2], [1, 0]]) {
      await mouse.move(x + way * part, y + down * part + dip, { steps: 2 });
    }
    await mouse.up();
  }

  // Where the disc has to be held, and along which points it goes, to be turned clockwise by `angle`.
  async arc(angle) {
    const box = await this.picture.boundingBox();
    const [x, y, radius] = [box.x + box.width / 2, box.y + box.height / 2, box.width / 5];
    return Array.from({ length: 25 }, (_, step) => {
      const bearing = ((40 + (angle * step) / 24) * Math.PI) / 180;
      return { x: x + radius * Math.cos(bearing), y: y + radius * Math.sin(bearing) };
    });
  }

  // Turns the disc around its middle, and lets go.
  async turn(angle) {
    const { mouse } = this.page;
    const [first, ...others] = await this.arc(angle);
    await mouse.move(first.x, first.y);
    await mouse.down();
    for (const { x, y } of others) await mouse.move(x, y);
    await mouse.up();
  }

  // Pixels on screen to a pixel of the picture.
  async scale() {
    return (await this.picture.boundingBox()).width / (await this.challenge()).prompt.image.width;
  }

  // A click on a place of the picture.
  async pick(x, y) {
    const [box, scale] = [await this.picture.boundingBox(), await this.scale()];
    await this.page.mouse.click(box.x + x * scale, box.y + y * scale);
  }

  // A click on the track, where the handle's middle has to be for that value.
  async pressTrack(value) {
    const [track, handle] = [await this.find(".track").boundingBox(), await this.handle.boundingBox()];
    const max = +(await this.range.getAttribute("max"));
    await this.page.mouse.click(track.x + handle.width / 2 + ((track.width - handle.width) * value) / max, track.y + track.height / 2);
  }

  // Presses the step buttons until the range has that value.
  async stepTo(range, value, [less, more]) {
    for (let left = 30; left > 0; left--) {
      const at = +(await range().inputValue());
      if (at === value) return;
      await this.press(this.find(".step").nth(at < value ? more : less));
    }
    assert.fail(`30 steps did not bring ${await range().inputValue()} to ${value}`);
  }

  // Another way to verify, chosen by keys alone.
  async chooseByKey(label) {
    const { keyboard } = this.page;
    for (let presses = 0; presses < 12; presses++) {
      await keyboard.press("Shift+Tab");
      if ((await this.find(":focus").textContent()) !== label) continue;
      await keyboard.press("Enter");
      if (label === "No puzzle") return;
      await this.find(`.kind[aria-pressed=true]:text("${label}")`).waitFor();
      await this.ready.waitFor();
      return;
    }
    assert.fail(`the focus never came to ${label}`);
  }

  // The answers as they were sent.
  sent() {
    const sent = [];
    this.page.on("request", (request) => {
      if (request.url().endsWith("/captcha/answer")) sent.push(request.postDataJSON().answer);
    });
    return sent;
  }

  async solveSlide() {
    await this.tick();
    await this.dragTo((await this.solution()).x);
    await this.verified();
  }

  // By keyboard, to the end that is far from the gap.
  async failSlide() {
    const [before, { x }] = [await this.challenge(), await this.solution()];
    await this.range.press(x > before.prompt.image.width / 2 ? "Home" : "End");
    await this.range.press("Enter");
    await this.renewed(before);
  }

  async failSlideAfterTick() {
    await this.tick();
    await this.failSlide();
    await this.ready.waitFor();
  }

  // Any right token will do where the puzzle is not what is tested.
  async solveQuickly() {
    await this.tick();
    await this.choose("No puzzle");
    await this.verified();
  }

  // The choice of no puzzle is remembered while the page is open: one click is enough.
  async solveAgain() {
    await this.check.click();
    await this.verified();
  }

  // A tap soon after a stroke or another tap may be a part of it, for the browser, as it may be of a real hand: who sees nothing happen taps again.
  async tapUntil(seen, tap) {
    for (let taps = 0; taps < 5; taps++) {
      await tap();
      for (let looks = 0; looks < 10; looks++) {
        if (await seen()) return;
        await this.page.waitForTimeout(100);
      }
    }
    assert.fail("five taps came to nothing");
  }

  // On a place of the picture.
  async tapAt({ x, y }, seen) {
    const [box, scale] = [await this.picture.boundingBox(), await this.scale()];
    await this.tapUntil(seen, () => this.page.touchscreen.tap(box.x + x * scale, box.y + y * scale));
  }

  async submitByTaps() {
    const answered = async () => !(await this.page.locator("#one-captcha[data-state=open]").count());
    await this.tapUntil(answered, () => this.submit.tap());
  }

  async verified() {
    await this.find(".check[aria-checked=true]").waitFor();
    assert.equal(await this.dialog.count(), 0, "the dialog is closed");
    assert.equal(await this.token.count(), 1, "the form holds one token");
  }

  async cleared() {
    await this.find(".check[aria-checked=false]").waitFor();
    assert.equal(await this.token.count(), 0, "no token is left in the form");
  }

  // After a wrong answer: said aloud, and a fresh puzzle of the same kind.
  async renewed(before) {
    await this.alert.filter({ hasText: "That did not fit. Here is a new one." }).waitFor();
    await this.ready.waitFor();
    const now = await this.challenge();
    const shown = ({ prompt }) => (prompt.image ?? prompt.audio).data;
    assert.notEqual(now.challenge, before.challenge, "the challenge is another one");
    assert.notEqual(shown(now), shown(before), "so is the picture, or the sound");
  }

  // The centre of a control, pressed by the mouse alone.
  async press(what) {
    const { x, y, width, height } = await what.boundingBox();
    await this.page.mouse.click(x + width / 2, y + height / 2);
  }
}
