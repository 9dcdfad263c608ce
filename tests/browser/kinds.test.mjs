// Every kind of puzzle, by mouse, by keyboard alone and by single clicks alone; what is wrong is refused.
import assert from "node:assert/strict";
import { test } from "node:test";
import { countPointers, fillIn, letIn, onEach, onOne } from "./lib/suite.mjs";
import { clicks, keyboard, labels, mouse } from "./lib/ways.mjs";
import { Widget } from "./lib/widget.mjs";

const shapes = { slide: ["x"], drag: ["x", "y"], rotate: ["angle"], click: ["points"], text: ["text"], audio: ["text"] };

// What was sent is whole numbers under the protocol's names, and nothing about how they came about.
function plain(kind, [answer, ...others]) {
  assert.deepEqual(others, [], "one answer");
  assert.deepEqual(Object.keys(answer), shapes[kind]);
  const places = kind === "click" ? answer.points : [answer];
  for (const place of places) {
    if (kind === "click") assert.deepEqual(Object.keys(place), ["x", "y"]);
    for (const value of Object.values(place)) assert.ok("text" in answer || Number.isInteger(value), `${value}`);
  }
}

async function open(visit, kind, options) {
  const guest = await visit(options);
  const widget = new Widget(guest);
  await fillIn(guest);
  await widget.tick();
  if (kind !== "slide") await widget.choose(labels[kind]);
  return { guest, widget, sent: widget.sent() };
}

onEach("every kind", (visit) => {
  for (const kind of Object.keys(shapes)) {
    for (const [way, solve] of [["mouse", mouse], ["clicks alone", clicks]]) {
      test(`${kind} by ${way}`, async () => {
        const { guest, widget, sent } = await open(visit, kind);
        await solve[kind](widget);
        await widget.verified();
        plain(kind, sent);
        await letIn(guest);
      });
    }

    test(`${kind} by keyboard alone`, async () => {
      const guest = await visit({ before: ({ page }) => page.addInitScript(countPointers) });
      const widget = new Widget(guest);
      await widget.check.waitFor();
      await widget.check.focus();
      await guest.page.keyboard.press("Space");
      await widget.ready.waitFor();
      if (kind !== "slide") await widget.chooseByKey(labels[kind]);
      const sent = widget.sent();
      await keyboard[kind](widget);
      await widget.verified();
      plain(kind, sent);
      assert.equal(await guest.page.evaluate(() => window.pointers), 0, "pointer events");
      assert.equal(await widget.find(":focus").getAttribute("role"), "checkbox");
    });
  }
});

onOne("what is wrong", (visit) => {
  const wrong = {
    slide: async (widget, { x }) => widget.dragTo(x > 160 ? x - 40 : x + 40),
    drag: async (widget, { x, y }) => {
      // Right across, wrong down: the second direction counts as well.
      const { piece } = (await widget.challenge()).prompt;
      await widget.pick(x + piece.width / 2, (y > 60 ? y - 40 : y + 40) + piece.height / 2);
      await widget.submit.click();
    },
    rotate: async (widget, { angle }) => widget.turn(angle + (angle > 180 ? -60 : 60)),
    click: async (widget, { points }) => {
      for (const { x, y } of [points[1], points[0], ...points.slice(2)]) await widget.pick(x, y);
      await widget.submit.click();
    },
    text: async (widget) => {
      await widget.field.fill("WRONG");
      await widget.submit.click();
    },
    audio: async (widget, { text }) => {
      await widget.field.fill(text.slice(1));
      await widget.submit.click();
    },
  };
  for (const kind of Object.keys(wrong)) {
    test(`a wrong ${kind} is refused, and the next one can be solved`, async () => {
      const { guest, widget } = await open(visit, kind);
      const before = await widget.challenge();
      await wrong[kind](widget, await widget.solution());
      await widget.renewed(before);
      assert.equal(await widget.token.count(), 0);
      assert.equal((await guest.answers[0]).type, "urn:captcha:wrong-answer");
      await mouse[kind](widget);
      await widget.verified();
    });
  }
});

// The controls: a widget that no key moves, or no single click, does not pass for one that both move.
onOne("what the tests of every kind catch", (visit) => {
  const deaf = (event, selector) => ({
    before: ({ page }) =>
      page.addInitScript(
        ([event, selector]) => {
          const stop = (what) => {
            if (!what.composedPath()[0].matches?.(selector)) return;
            what.preventDefault();
            what.stopImmediatePropagation();
          };
          addEventListener(event, stop, true);
        },
        [event, selector],
      ),
  });
  const still = async (visit, kind, solve, options) => {
    const { widget, sent } = await open(visit, kind, options);
    const values = () => widget.ranges.evaluateAll((ranges) => ranges.map(({ value }) => value));
    const before = await values();
    await solve(widget);
    assert.deepEqual(await values(), before);
    assert.equal(await widget.marks.count(), 0);
    assert.deepEqual(sent, []);
  };
  for (const kind of ["slide", "drag", "rotate", "click"]) {
    test(`${kind} that keys do not move`, () => still(visit, kind, keyboard[kind], deaf("keydown", "input[type=range]")));

    test(`${kind} that single clicks do not move`, () => {
      // Where there are steps the way gives up at them; taps that leave no mark leave Check disabled.
      const solve = kind === "click" ? clicks.click : (widget) => assert.rejects(clicks[kind](widget), /30 steps did not bring/);
      return still(visit, kind, solve, deaf("click", ".step, .track, .picture, .picture *"));
    });
  }

  test("a pointer that helps a way by keyboard", async () => {
    const { guest } = await open(visit, "slide", { before: ({ page }) => page.addInitScript(countPointers) });
    assert.ok((await guest.page.evaluate(() => window.pointers)) > 0);
  });
});

onOne("the controls", (visit) => {
  test("taps are taken back by tapping a mark, by Undo and by Backspace; too few are no answer", async () => {
    const { widget, sent } = await open(visit, "click");
    const { points } = await widget.solution();
    const marks = () => widget.marks.allTextContents();
    const tally = widget.find(".head [role=status]");
    const { count } = (await widget.challenge()).prompt.order;
    assert.equal(points.length, count);
    assert.equal(await widget.submit.isDisabled(), true);

    await widget.pick(5, 5);
    await widget.pick(80, 5);
    assert.deepEqual(await marks(), ["1", "2"]);
    assert.equal(await tally.textContent(), `2 of ${count}`);
    await widget.press(widget.marks.nth(0));
    assert.deepEqual(await marks(), [], "a mark and those after it");
    await widget.pick(5, 5);
    await widget.press(widget.find("button:text-is('Undo')"));
    assert.deepEqual(await marks(), []);
    await widget.pick(5, 5);
    await widget.page.keyboard.press("Backspace");
    assert.deepEqual(await marks(), []);

    for (const { x, y } of points.slice(1)) await widget.pick(x, y);
    await widget.submit.click({ force: true });
    assert.deepEqual(sent, [], "too few");
    for (let i = 1; i < count; i++) await widget.press(widget.find("button:text-is('Undo')"));
    assert.deepEqual(await marks(), []);
    for (const { x, y } of points) await widget.pick(x, y);
    await widget.pick(5, 5);
    assert.equal((await marks()).length, count, "and no more than asked for");
    await widget.submit.click();
    await widget.verified();
  });

  test("the handle turns the disc, and one step back from upright is 359 degrees", async () => {
    const { widget } = await open(visit, "rotate");
    const { angle } = await widget.solution();
    await widget.page.keyboard.press("ArrowLeft");
    assert.equal(await widget.range.inputValue(), "359");
    await widget.page.keyboard.press("PageUp");
    assert.equal(await widget.range.inputValue(), "9");
    await widget.page.keyboard.press("Home");
    assert.equal(await widget.range.inputValue(), "0");
    const [track, handle] = [await widget.find(".track").boundingBox(), await widget.handle.boundingBox()];
    await widget.drag(widget.handle, ((track.width - handle.width) * angle) / 359);
    await widget.verified();
  });

  test("a piece that is let go waits for Check", async () => {
    const { widget, sent } = await open(visit, "drag");
    const before = await widget.piece.boundingBox();
    await widget.drag(widget.piece, -60, -40);
    const after = await widget.piece.boundingBox();
    assert.ok(Math.abs(before.x - 60 - after.x) < 2 && Math.abs(before.y - 40 - after.y) < 2, "it lies where it was let go");
    await widget.page.waitForTimeout(200);
    assert.deepEqual(sent, []);
  });

  test("on a phone: the disc turned by a finger, the piece and the taps placed by taps", async () => {
    const phone = { viewport: { width: 360, height: 740 }, hasTouch: true, isMobile: true, deviceScaleFactor: 2 };
    for (const kind of ["rotate", "click", "drag"]) {
      const { guest, widget } = await open(visit, kind, phone);
      const solution = await widget.solution();
      if (kind === "rotate") {
        const touch = await guest.context.newCDPSession(guest.page);
        const arc = await widget.arc(solution.angle);
        const send = (type, ...touchPoints) => touch.send("Input.dispatchTouchEvent", { type, touchPoints });
        await send("touchStart", arc[0]);
        for (const point of arc.slice(1)) await send("touchMove", point);
        await send("touchEnd");
      } else {
        const { image, piece } = (await widget.challenge()).prompt;
        // By way of a corner: the piece begins below the middle, and a tap on itself would move it nowhere.
        const corner = { x: solution.x < image.width / 2 ? image.width - 10 : 10, y: 10 };
        const places = kind === "click" ? solution.points : [corner, { x: solution.x + piece.width / 2, y: solution.y + piece.height / 2 }];
        for (const [at, place] of places.entries()) {
          const before = kind === "drag" && (await widget.piece.boundingBox());
          await widget.tapAt(place, async () => {
            if (kind === "click") return (await widget.marks.count()) === at + 1;
            const now = await widget.piece.boundingBox();
            return now.x !== before.x || now.y !== before.y;
          });
        }
        await widget.submitByTaps();
      }
      await widget.verified();
    }
  });
});
