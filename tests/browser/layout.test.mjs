// What comes after the widget stays where it is: the room for the box is kept from the beginning.
import assert from "node:assert/strict";
import { test } from "node:test";
import { onOne } from "./lib/suite.mjs";
import { own } from "./lib/page.mjs";
import { Widget } from "./lib/widget.mjs";

const hosts = {
  normal: ['class="one-captcha"', "idle", 66],
  compact: ['class="one-captcha" data-size="compact"', "idle", 110],
  flexible: ['class="one-captcha" data-size="flexible"', "idle", 66],
  invisible: ['class="one-captcha" data-size="invisible"', "idle", 0],
  "interaction-only": ['class="one-captcha" data-appearance="interaction-only" data-kind="work"', "idle", 66],
  "interaction-only, data-start=load without a puzzle": ['class="one-captcha" data-appearance="interaction-only" data-start="load" data-kind="work"', "verified", 0],
  "data-start=load without a puzzle": ['class="one-captcha" data-start="load" data-kind="work"', "verified", 66],
  "data-start=load with a puzzle": ['class="one-captcha" data-start="load" data-kind="slide"', "idle", 66],
};

// The words come late, so that there is time to see what moves.
const late = ({ context }) =>
  context.route("**/lang/*.json", async (route) => {
    await new Promise((resolve) => setTimeout(resolve, 300));
    await route.continue();
  });

onOne("layout", (visit) => {
  for (const [name, [attributes, state, height]] of Object.entries(hosts)) {
    test(`${name}: nothing after the host moves from its arrival until it is ${state}; only its line of words may come after the visitor's own action`, async () => {
      const guest = await visit(own('<p id="before">before</p>', { before: late }));
      const { page } = guest;
      await page.waitForFunction(() => window.OneCaptcha);
      const moved = await page.evaluate(
        async ([attributes, state]) => {
          const shifts = [];
          new PerformanceObserver((list) => shifts.push(...list.getEntries().map(({ value }) => value))).observe({ type: "layout-shift" });
          document.querySelector("#before").insertAdjacentHTML("afterend", `<div ${attributes}></div><p id="after">after</p>`);
          const places = new Set();
          const frame = () => new Promise(requestAnimationFrame);
          const host = document.querySelector(".one-captcha");
          const look = () => places.add(document.querySelector("#after").getBoundingClientRect().y);
          let more = 20;
          for (const end = performance.now() + 5000; performance.now() < end && more > 0; ) {
            // Before the frame is painted, and after the widget has seen its host.
            await frame();
            look();
            if (host.dataset.state === state) more--;
          }
          return { places: [...places], shifts, height: host.offsetHeight, state: host.dataset.state };
        },
        [attributes, state],
      );
      assert.deepEqual({ ...moved, places: moved.places.length }, { places: 1, shifts: [], height, state });
    });
  }

  test("the control: a host without room moves what comes after it", async () => {
    const guest = await visit(own('<p id="before">before</p>', { before: late }));
    const shifts = await guest.page.evaluate(async () => {
      const seen = [];
      new PerformanceObserver((list) => seen.push(...list.getEntries())).observe({ type: "layout-shift" });
      document.querySelector("#before").insertAdjacentHTML("afterend", '<div class="one-captcha" style="min-height: 0"></div><p>after</p>');
      const host = document.querySelector(".one-captcha");
      while (host.dataset.state !== "idle") await new Promise(requestAnimationFrame);
      await new Promise((resolve) => setTimeout(resolve, 200));
      return seen.length;
    });
    assert.ok(shifts > 0);
  });

  test("what the visitor does may add a line of words below the box, and nothing else", async () => {
    const guest = await visit(own('<div id="one-captcha" data-kind="work"></div>'));
    const widget = new Widget(guest);
    const height = async () => (await guest.page.locator("#one-captcha").boundingBox()).height;
    await widget.check.waitFor();
    const before = await height();
    await widget.check.click();
    await widget.verified();
    const line = (await widget.rowStatus.boundingBox()).height;
    assert.ok(Math.abs((await height()) - before - line) < 1);
  });
});
