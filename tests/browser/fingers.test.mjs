// Hands that are not a mouse: fingers, one or two, a pen, and keys that are held long.
import assert from "node:assert/strict";
import { test } from "node:test";
import { onOne } from "./lib/suite.mjs";
import { own } from "./lib/page.mjs";
import { Widget } from "./lib/widget.mjs";

const phone = { viewport: { width: 360, height: 740 }, hasTouch: true, isMobile: true, deviceScaleFactor: 2 };

onOne("fingers, pens and held keys", (visit) => {
  const open = async (kind, options = {}) => {
    const guest = await visit(own(`<div id="one-captcha" data-kind="${kind}"></div>`, options));
    const widget = new Widget(guest);
    await widget.check.click();
    await widget.ready.waitFor();
    const devtools = await guest.context.newCDPSession(guest.page);
    const touch = (type, ...touchPoints) => devtools.send("Input.dispatchTouchEvent", { type, touchPoints });
    const pen = (type, x, y, buttons) => devtools.send("Input.dispatchMouseEvent", { type, x, y, buttons, button: "left", clickCount: 1, pointerType: "pen" });
    return { guest, page: guest.page, widget, touch, pen, sent: widget.sent() };
  };
  const middle = async (node) => {
    const { x, y, width, height } = await node.boundingBox();
    return { x: x + width / 2, y: y + height / 2 };
  };
  // From where to where the piece has to go, on screen.
  const way = async (widget) => {
    const { prompt } = await widget.challenge();
    const { x, y = prompt.piece.y } = await widget.solution();
    const scale = await widget.scale();
    const from = await middle(widget.piece);
    return { from, to: { x: from.x + (x - prompt.piece.x) * scale, y: from.y + (y - prompt.piece.y) * scale } };
  };
  const between = ({ from, to }, part) => ({ x: from.x + (to.x - from.x) * part, y: from.y + (to.y - from.y) * part });
  const steps = [0.2, 0.5, 0.8, 1];

  for (const kind of ["slide", "drag"]) {
    test(`${kind} by a finger`, async () => {
      const { widget, touch } = await open(kind, phone);
      const path = await way(widget);
      await touch("touchStart", path.from);
      for (const part of steps) await touch("touchMove", between(path, part));
      await touch("touchEnd");
      if (kind === "drag") await widget.submitByTaps();
      await widget.verified();
    });

    test(`${kind} by a pen`, async () => {
      const { widget, pen } = await open(kind);
      const path = await way(widget);
      await pen("mousePressed", path.from.x, path.from.y, 1);
      for (const part of steps) {
        const { x, y } = between(path, part);
        await pen("mouseMoved", x, y, 1);
      }
      await pen("mouseReleased", path.to.x, path.to.y, 0);
      if (kind === "drag") await widget.submit.click();
      await widget.verified();
    });
  }

  test("a second finger neither moves the piece nor answers when it is lifted", async () => {
    for (const second of ["piece", "handle"]) {
      const { page, widget, touch, sent } = await open("slide", phone);
      const path = await way(widget);
      const first = { ...between(path, 0.5), id: 0 };
      await touch("touchStart", { ...path.from, id: 0 });
      await touch("touchMove", first);
      const value = await widget.range.inputValue();
      const { x, y } = await middle(widget[second]);
      await touch("touchStart", first, { x, y, id: 1 });
      for (const far of [10, 25, 40]) await touch("touchMove", first, { x: x + far, y, id: 1 });
      assert.equal(await widget.range.inputValue(), value, second);
      // A point that is missing is one that was lifted.
      await touch("touchMove", first);
      await page.waitForTimeout(100);
      assert.deepEqual(sent, [], second);
      await touch("touchMove", { ...path.to, id: 0 });
      await touch("touchEnd");
      await widget.verified();
    }
  });

  test("Enter that is held opens the puzzle and does not answer it; a held arrow goes on", async () => {
    const guest = await visit(own('<div id="one-captcha" data-start="load" data-kind="slide"></div>'));
    const widget = new Widget(guest);
    const { keyboard } = guest.page;
    await widget.check.waitFor();
    await guest.page.waitForLoadState("networkidle");
    const sent = widget.sent();
    await widget.check.focus();
    await keyboard.down("Enter");
    await widget.ready.waitFor();
    for (let times = 0; times < 3; times++) await keyboard.down("Enter");
    await keyboard.up("Enter");
    await guest.page.waitForTimeout(100);
    assert.deepEqual(sent, []);
    const before = +(await widget.range.inputValue());
    for (let times = 0; times < 4; times++) await keyboard.down("ArrowRight");
    await keyboard.up("ArrowRight");
    assert.equal(+(await widget.range.inputValue()), before + 4);
    await keyboard.press("Enter");
    await widget.renewed({ challenge: "", prompt: { image: { data: "" } } });
    assert.equal(sent.length, 1);
  });

  test("a tap by a key that is held is one tap, and taking back takes back one", async () => {
    const { page, widget } = await open("click");
    for (let times = 0; times < 3; times++) await page.keyboard.down("Space");
    await page.keyboard.up("Space");
    assert.equal(await widget.marks.count(), 1);
    await page.keyboard.press("ArrowLeft");
    await page.keyboard.press("Space");
    assert.equal(await widget.marks.count(), 2);
    for (let times = 0; times < 3; times++) await page.keyboard.down("Backspace");
    await page.keyboard.up("Backspace");
    assert.equal(await widget.marks.count(), 1);
  });

  test("from right to left: the button on the left moves to the left", async () => {
    for (const kind of ["slide", "drag", "rotate"]) {
      const { widget } = await open(kind, { lang: "ar" });
      assert.equal(await widget.find(".captcha").getAttribute("dir"), "rtl");
      const places = await widget.find(".step").evaluateAll((buttons) => buttons.map((button) => button.getBoundingClientRect().x));
      assert.ok(places[0] < places.at(-1), `${kind}: ${places}`);
      const value = async () => +(await widget.range.inputValue());
      const before = await value();
      await widget.find(".step").last().click();
      assert.equal(await value(), before + 1);
    }
    // What is typed stands before its button, in the direction of the words.
    const { widget } = await open("text", { lang: "ar" });
    assert.ok((await middle(widget.field)).x > (await middle(widget.submit)).x);
  });
});
