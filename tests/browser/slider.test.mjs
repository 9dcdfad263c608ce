// The control of the behavioural tests: a slider as many captchas have it, a `div` with mouse handlers. A person with a mouse
// solves it and axe-core finds nothing wrong, and nobody else gets through: what our tests ask of every kind, it fails.
import assert from "node:assert/strict";
import { test } from "node:test";
import { accessible } from "./lib/axe.mjs";
import { onOne } from "./lib/suite.mjs";
import { own } from "./lib/page.mjs";
import { clicks, keyboard, labels, mouse } from "./lib/ways.mjs";
import { Widget } from "./lib/widget.mjs";

const SLIDER = `
  <p>Slide to verify</p>
  <div id="track" class="track picture" style="position:relative;width:300px;height:44px;background:#eef1f6">
    <div id="grip" class="piece handle" style="position:absolute;width:44px;height:44px;background:#2b55d9"></div>
  </div>
  <p id="result"></p>
  <script>
    const grip = document.querySelector("#grip");
    let from;
    grip.addEventListener("mousedown", (event) => (from = event.clientX));
    document.addEventListener("mousemove", (event) => {
      if (from !== undefined) grip.style.left = Math.max(0, Math.min(256, event.clientX - from)) + "px";
    });
    document.addEventListener("mouseup", () => {
      if (from !== undefined && parseInt(grip.style.left) > 150) document.querySelector("#result").textContent = "Verified";
      from = undefined;
    });
  </script>`;

onOne("a slider of another kind", (visit) => {
  const open = async () => {
    const guest = await visit(own(SLIDER, { head: "", bypassCSP: true }));
    const box = await guest.page.locator("#grip").boundingBox();
    const at = () => guest.page.evaluate(() => document.querySelector("#grip").style.left);
    return { guest, page: guest.page, box, at };
  };

  test("with a mouse that drags it is solved, and axe-core finds nothing", async () => {
    const { page, box } = await open();
    await accessible(page, "the other slider");
    await page.mouse.move(box.x + 20, box.y + 20);
    await page.mouse.down();
    await page.mouse.move(box.x + 220, box.y + 20, { steps: 5 });
    await page.mouse.up();
    assert.equal(await page.textContent("#result"), "Verified");
  });

  test("no key reaches it", async () => {
    const { page, at } = await open();
    for (let i = 0; i < 5; i++) {
      await page.keyboard.press("Tab");
      for (const key of ["ArrowRight", "PageUp", "End", "Enter", "Space"]) await page.keyboard.press(key);
      assert.equal(await page.evaluate(() => document.activeElement.id), "");
    }
    assert.equal(await at(), "");
  });

  test("no single click moves it", async () => {
    const { page, box, at } = await open();
    for (const x of [150, 200, 290]) await page.mouse.click(box.x + x, box.y + 20);
    await page.mouse.click(box.x + 20, box.y + 20);
    assert.ok(["", "0px"].includes(await at()));
    assert.equal(await page.textContent("#result"), "");
  });

  test("no finger moves it, and nothing tells a screen reader that it is there", async () => {
    const { page, at } = await open();
    await page.evaluate(() => {
      const grip = document.querySelector("#grip");
      const touch = (type, clientX) => grip.dispatchEvent(new TouchEvent(type, { bubbles: true, touches: type === "touchend" ? [] : [new Touch({ identifier: 1, target: grip, clientX, clientY: 1 })] }));
      touch("touchstart", 20);
      touch("touchmove", 220);
      touch("touchend");
    });
    assert.equal(await at(), "");
    const tree = await page.locator("main").ariaSnapshot();
    assert.doesNotMatch(tree, /slider|button/);
  });

  // The very checks that ours goes through, on both sliders: each in a page with a picture of the same names.
  class Other extends Widget {
    challenge = async () => ({ prompt: { image: { width: 300 }, piece: { x: 0 } } });
    solution = async () => ({ x: 200 });
    async pressTrack(value) {
      const { x, y } = await this.find(".track").boundingBox();
      await this.page.mouse.click(x + value, y + 20);
    }
    verified = () => this.page.locator("#result:text-is('Verified')").waitFor();
  }
  // A slider that has a name, and buttons that move it and answer.
  const told = async (widget, inside) => {
    const tree = await inside.ariaSnapshot();
    for (const part of [/slider "Position"/, /button "Left"/, /button "Right"/, /button "Check"/]) assert.match(tree, part);
  };
  const checks = {
    "a mouse that drags": async (widget) => {
      await mouse.slide(widget);
      await widget.verified();
    },
    "keys alone": async (widget) => {
      await widget.page.keyboard.press("Tab");
      await widget.page.keyboard.press("Shift+Tab");
      await keyboard.slide(widget);
      await widget.verified();
    },
    "single clicks": async (widget) => {
      await clicks.slide(widget);
      await widget.verified();
    },
    "what a screen reader is told": (widget) => told(widget, widget.find(widget instanceof Other ? "" : "dialog[open]")),
    "another way": async (widget) => {
      await widget.chooseByKey(labels.work);
      await widget.verified();
    },
  };
  for (const [name, check] of Object.entries(checks)) {
    const passes = name === "a mouse that drags";
    test(`the checks of ours: ${name}: ours passes, the other ${passes ? "as well" : "does not"}`, async () => {
      const guest = await visit();
      const ours = new Widget(guest);
      await ours.tick();
      await check(ours);
      const { page } = await open();
      page.setDefaultTimeout(1000);
      const other = new Other({ page }, "main");
      if (passes) await check(other);
      else await assert.rejects(check(other));
      assert.equal(await page.textContent("#result"), passes ? "Verified" : "");
    });
  }
});
