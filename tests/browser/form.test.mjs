// The way in: tick, solve, send. By mouse, by keyboard, by clicks; every kind; and not twice.
import assert from "node:assert/strict";
import { test } from "node:test";
import { countPointers, fillIn, letIn, onEach, refused, send, untouched } from "./lib/suite.mjs";
import { Widget } from "./lib/widget.mjs";

onEach("signing up", (visit, server) => {
  test("a piece dragged into its gap lets the form in, once", async () => {
    const guest = await visit();
    const widget = new Widget(guest);
    await fillIn(guest);
    await widget.solveSlide();
    assert.equal(await widget.rowStatus.textContent(), "Verified");
    const [{ token }] = await Promise.all(guest.answers);
    assert.equal(await widget.token.inputValue(), token, "the form's token is the one that was given");
    await letIn(guest);

    const fields = { name: "Ada", email: "ada@example.org", "captcha-token": token };
    const again = await guest.page.evaluate(async (fields) => {
      const response = await fetch("/signup", { method: "POST", body: new URLSearchParams(fields) });
      return { status: response.status, type: (await response.json()).type };
    }, fields);
    assert.deepEqual(again, { status: 403, type: "urn:captcha:spent" }, "the same page");
    await refused(await fetch(`${server().base}/signup`, { method: "POST", body: new URLSearchParams(fields) }), "spent");
  });

  // The control: without it, a server that waves every drag through would pass.
  test("a piece let go 40 pixels off is refused", async () => {
    const guest = await visit();
    const widget = new Widget(guest);
    await widget.tick();
    const [before, { x }] = [await widget.challenge(), await widget.solution()];
    await widget.dragTo(x > 160 ? x - 40 : x + 40);
    await widget.renewed(before);
    const [answer] = await Promise.all(guest.answers);
    assert.equal(answer.status, 422);
    assert.equal(answer.type, "urn:captcha:wrong-answer");
    assert.equal(await widget.token.count(), 0);
  });

  test("after a wrong answer there is a fresh puzzle, and the form keeps what was typed", async () => {
    const guest = await visit();
    const widget = new Widget(guest);
    await fillIn(guest);
    await widget.tick();
    const [before, { x }] = [await widget.challenge(), await widget.solution()];
    await widget.dragTo(x > 160 ? x - 40 : x + 40);
    await widget.renewed(before);
    await untouched(guest);
    await widget.dragTo((await widget.solution()).x);
    await widget.verified();
    assert.deepEqual((await guest.events).map(({ name, detail }) => [name, detail.kind]), [["error", "wrong-answer"], ["verified", undefined]]);
    await untouched(guest);
    await letIn(guest);
  });

  test("the handle below the picture does the same as the piece", async () => {
    const guest = await visit();
    const widget = new Widget(guest);
    await fillIn(guest);
    await widget.tick();
    const [{ x }, { prompt }] = [await widget.solution(), await widget.challenge()];
    const [track, handle] = [await widget.find(".track").boundingBox(), await widget.handle.boundingBox()];
    await widget.drag(widget.handle, ((x - prompt.piece.x) * (track.width - handle.width)) / (prompt.image.width - prompt.piece.width));
    await widget.verified();
    await letIn(guest);
  });

  test("keyboard only: every step without a pointer", async () => {
    const guest = await visit({ before: ({ page }) => page.addInitScript(countPointers) });
    const widget = new Widget(guest);
    const { keyboard } = guest.page;
    await widget.check.waitFor();
    await tabTo(guest, "name");
    await keyboard.type("Ada");
    await keyboard.press("Tab");
    await keyboard.type("ada@example.org");
    await keyboard.press("Tab");
    await keyboard.press("Space");
    await widget.ready.waitFor();
    const { x } = await widget.solution();
    await keyboard.press("End");
    assert.equal(await widget.range.inputValue(), await widget.range.getAttribute("max"));
    await keyboard.press("Home");
    for (let at = 0; at < x; ) {
      const far = at + 10 <= x;
      await keyboard.press(far ? "PageUp" : "ArrowRight");
      at += far ? 10 : 1;
    }
    assert.equal(await widget.range.inputValue(), String(x));
    await keyboard.press("Enter");
    await widget.verified();
    await guest.page.waitForFunction(() => document.activeElement.id === "one-captcha");
    await keyboard.press("Tab");
    assert.equal(await widget.find(":focus").textContent(), "Privacy");
    await keyboard.press("Tab");
    assert.equal(await guest.page.evaluate(() => window.pointers), 0, "pointer events");
    await letIn(guest, { act: () => keyboard.press("Enter") });
  });

  test("clicks only: nothing is dragged, no key is pressed on the puzzle", async () => {
    const guest = await visit();
    const widget = new Widget(guest);
    await fillIn(guest);
    await widget.check.waitFor();
    await widget.press(widget.check);
    await widget.ready.waitFor();
    const { x } = await widget.solution();
    const [track, handle] = [await widget.find(".track").boundingBox(), await widget.handle.boundingBox()];
    const max = +(await widget.range.getAttribute("max"));
    await guest.page.mouse.click(track.x + handle.width / 2 + ((track.width - handle.width) * (x - 6)) / max, track.y + track.height / 2);
    assert.equal(guest.answers.length, 0, "a click on the track is no answer");
    for (let left = 30; left > 0; left--) {
      const at = +(await widget.range.inputValue());
      if (at === x) break;
      await widget.press(widget.find(".step").nth(at < x ? 1 : 0));
    }
    assert.equal(await widget.range.inputValue(), String(x));
    await widget.press(widget.submit);
    await widget.verified();
    await letIn(guest);
  });

  test("letters and digits to type", async () => {
    const guest = await visit();
    const widget = new Widget(guest);
    await fillIn(guest);
    await widget.tick();
    await widget.choose("Text");
    assert.equal(await widget.field.evaluate((field) => field.getRootNode().activeElement === field), true, "the field has the focus");
    const { text } = await widget.solution();
    await guest.page.keyboard.type(text.toLowerCase());
    await guest.page.keyboard.press("Enter");
    await widget.verified();
    await letIn(guest);
  });

  test("no puzzle at all, two key presses from the first control", async () => {
    const guest = await visit();
    const widget = new Widget(guest);
    await fillIn(guest);
    await widget.tick();
    await guest.page.keyboard.press("Shift+Tab");
    assert.equal(await widget.find(":focus").textContent(), "No puzzle");
    await guest.page.keyboard.press("Enter");
    await widget.verified();
    await letIn(guest);
  });

  test("without a solved check: held back by the page, refused by the server", async () => {
    const guest = await visit();
    await fillIn(guest);
    await new Widget(guest).check.waitFor();
    await guest.page.click("#signup > button");
    await guest.page.waitForSelector("#signup .message:has-text('Please tick')");
    await untouched(guest);
    // Past the page's own script, which is a courtesy and no lock.
    await refused(await send(guest, () => guest.page.evaluate(() => document.querySelector("#signup").submit())), "missing");
  });
});

async function tabTo({ page }, id) {
  for (let presses = 0; presses < 12; presses++) {
    await page.keyboard.press("Tab");
    if ((await page.evaluate(() => document.activeElement.id)) === id) return;
  }
  assert.fail(`the focus never came to ${id}`);
}
