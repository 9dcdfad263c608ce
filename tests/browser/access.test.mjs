// For everyone: what WCAG 2.2 AA asks of the widget, tried out. The ways by keyboard, by clicks and without a puzzle
// are in form.test.mjs.
import assert from "node:assert/strict";
import { test } from "node:test";
import { accessible } from "./lib/axe.mjs";
import { onOne } from "./lib/suite.mjs";
import { keyboard, labels } from "./lib/ways.mjs";
import { Widget } from "./lib/widget.mjs";

onOne("for everyone", (visit) => {
  for (const colorScheme of ["light", "dark"]) {
    test(`axe finds nothing on the example's page: idle, a puzzle, solved (${colorScheme})`, async () => {
      const guest = await visit({ colorScheme, bypassCSP: true });
      const widget = new Widget(guest);
      await widget.check.waitFor();
      await accessible(guest.page, "the page, idle");
      await widget.tick();
      await accessible(guest.page, "the slide puzzle");
      await widget.choose("No puzzle");
      await widget.verified();
      await accessible(guest.page, "solved");
    });
  }

  test("320 pixels: no sideways scroll, and every target is at least 44 pixels, a mark 24", async () => {
    const guest = await visit({ viewport: { width: 320, height: 640 } });
    const widget = new Widget(guest);
    await widget.check.waitFor();
    await fits(guest, "idle");
    await widget.tick();
    await fits(guest, "slide");
    for (const label of ["Drag", "Rotate", "Shapes", "Text", "Audio"]) {
      await widget.choose(label);
      if (label === "Shapes") await guest.page.keyboard.press("Space");
      await fits(guest, label);
      if (label === "Shapes") assert.equal(await widget.marks.count(), 1);
    }
    await guest.page.goto(`${guest.server.base}/captcha/frame?action=signup`);
    await fits(guest, "frame");
  });

  test("400 % zoom, doubled text: no sideways scroll", async () => {
    const guest = await visit({ viewport: { width: 320, height: 256 } });
    await guest.page.evaluate(() => document.documentElement.style.setProperty("font-size", "200%"));
    const widget = new Widget(guest);
    await widget.tick();
    await fits(guest, "slide");
    for (const label of ["Drag", "Rotate", "Shapes", "Text", "Audio"]) {
      await widget.choose(label);
      await fits(guest, label);
    }
  });

  test("Escape closes the puzzle and gives the focus back", async () => {
    const guest = await visit();
    const widget = new Widget(guest);
    await widget.tick();
    await guest.page.keyboard.press("Escape");
    await widget.dialog.waitFor({ state: "detached" });
    assert.equal(await widget.find(":focus").getAttribute("role"), "checkbox");
    await widget.cleared();
    await guest.page.keyboard.press("Space");
    await widget.ready.waitFor();
  });

  // Browsers tell of a close some time after it, and a key pressed before that was lost.
  test("a box that is pressed at the moment the puzzle closes opens it again", async () => {
    const guest = await visit();
    const widget = new Widget(guest);
    const { keyboard } = guest.page;
    for (const close of [() => keyboard.press("Escape"), () => widget.press(widget.find(".close"))]) {
      await widget.tick();
      const before = guest.challenges.length;
      await widget.dialog.evaluate((dialog) => {
        const box = dialog.getRootNode().querySelector(".check");
        const press = (_, observer) => dialog.open || (observer.disconnect(), box.click());
        new MutationObserver(press).observe(dialog, { attributeFilter: ["open"] });
      });
      await close();
      await widget.ready.waitFor();
      assert.equal(guest.challenges.length, before + 1);
      await keyboard.press("Escape");
      await widget.dialog.waitFor({ state: "detached" });
    }
  });

  test("from a puzzle's first control the other ways are two key presses away at most", async () => {
    const guest = await visit();
    const widget = new Widget(guest);
    await widget.tick();
    const away = {};
    for (const [kind, label] of Object.entries(labels).filter(([kind]) => kind !== "work")) {
      if (kind !== "slide") await widget.choose(label);
      away[kind] = {};
      for (let presses = 1; presses <= 4 && !away[kind].audio; presses++) {
        await guest.page.keyboard.press("Shift+Tab");
        const text = await widget.find(":focus").textContent();
        for (const way of ["work", "audio"]) if (text === labels[way]) away[kind][way] = presses;
      }
    }
    const near = { work: 1, audio: 2 };
    // Play stands before the field, and the puzzle that is on show is its own way.
    assert.deepEqual(away, { slide: near, drag: near, rotate: near, click: near, text: near, audio: { work: 2, audio: 3 } });
  });

  test("Try again in the dialog, by key: the task has the focus until the puzzle is there", async () => {
    const guest = await visit();
    const widget = new Widget(guest);
    await widget.tick();
    await guest.page.route("**/captcha/challenge", (route) => route.abort());
    await widget.find("dialog .refresh").press("Enter");
    const retry = widget.find("dialog .retry");
    await retry.waitFor();
    await guest.page.unroute("**/captcha/challenge");
    let go;
    const held = new Promise((resolve) => (go = resolve));
    await guest.page.route("**/captcha/challenge", async (route) => {
      await held;
      await route.continue();
    });
    await retry.press("Enter");
    await guest.page.waitForSelector("#one-captcha[data-state=loading]");
    assert.equal(await widget.find(":focus").getAttribute("id"), "title");
    go();
    await guest.page.waitForSelector("#one-captcha[data-state=open]");
    assert.equal(await widget.find(":focus").getAttribute("type"), "range");
  });

  test("Try again in the row, by key: the box has the focus then, and after the puzzle", async () => {
    const guest = await visit();
    const widget = new Widget(guest);
    const focused = () => widget.find(":focus").getAttribute("role");
    await guest.page.route("**/captcha/challenge", (route) => route.abort());
    await widget.check.press("Space");
    const retry = widget.find(".row .retry");
    await retry.waitFor();
    await retry.press("Enter");
    await retry.waitFor();
    assert.equal(await focused(), "checkbox", "it failed again");
    await guest.page.unroute("**/captcha/challenge");
    await retry.press("Enter");
    await widget.ready.waitFor();
    await keyboard.slide(widget);
    await widget.verified();
    assert.equal(await focused(), "checkbox", "after the puzzle");
    // What comes back by itself takes the focus from nobody.
    const other = await visit();
    const box = new Widget(other);
    await other.page.route("**/captcha/challenge", (route) => route.abort());
    await box.check.click();
    await box.find(".row .retry").waitFor();
    await other.page.focus("#name");
    await other.page.unroute("**/captcha/challenge");
    await other.page.route("**/captcha/challenge", () => {});
    await other.page.evaluate(() => dispatchEvent(new Event("online")));
    await other.page.waitForSelector("#one-captcha[data-state=loading]");
    assert.equal(await other.page.evaluate(() => document.activeElement.id), "name");
  });

  test("reduced motion: nothing moves, in any state", async () => {
    const watch = async (options) => {
      const guest = await visit(options);
      const widget = new Widget(guest);
      const moving = {};
      // At a fiftieth of its speed nothing is over before it is looked at.
      const slow = await guest.context.newCDPSession(guest.page);
      await slow.send("Animation.enable");
      await slow.send("Animation.setPlaybackRate", { playbackRate: 0.02 });
      const look = async (state) => {
        moving[state] = await guest.page.evaluate(() => window.recorded.animations().map(({ effect }) => effect.target.className));
      };
      await widget.check.waitFor();
      await look("idle");
      await widget.check.click();
      await look("loading");
      await widget.dialog.waitFor();
      await look("slide");
      await widget.choose("No puzzle");
      await look("working");
      await widget.verified();
      await look("solved");
      return moving;
    };
    assert.deepEqual(await watch({ reducedMotion: "reduce" }), { idle: [], loading: [], slide: [], working: [], solved: [] });
    // The control: to everybody else the dialog rises.
    const { slide } = await watch({ reducedMotion: "no-preference" });
    assert.ok(slide.length > 0);
  });

  test("light and dark by the system, or as the page wants it", async () => {
    const shade = async (guest) => {
      const [, ...rgb] = /rgb\((\d+), (\d+), (\d+)\)/.exec(await new Widget(guest).find(".row").evaluate((row) => getComputedStyle(row).backgroundColor));
      return rgb.every((part) => part > 200) ? "light" : rgb.every((part) => part < 60) ? "dark" : rgb.join();
    };
    for (const [colorScheme, other] of [["light", "dark"], ["dark", "light"]]) {
      const guest = await visit({ colorScheme });
      await new Widget(guest).check.waitFor();
      assert.equal(await shade(guest), colorScheme);
      await guest.page.evaluate((theme) => (document.querySelector("#one-captcha").dataset.theme = theme), other);
      assert.equal(await shade(guest), other);
    }
  });

  test("told 20 seconds before the end; more time for the asking, ten times", async () => {
    const guest = await visit({ before: ({ page }) => page.clock.install() });
    const widget = new Widget(guest);
    await widget.tick();
    for (let times = 0; times < 10; times++) {
      const { expires_in: life } = await guest.challenges.at(-1);
      await guest.page.clock.fastForward((life - 15) * 1000);
      await widget.status.filter({ hasText: "Less than 20 seconds left." }).waitFor();
      const before = await widget.challenge();
      // With the keyboard, from where it is: "New puzzle" is the last of the window.
      await guest.page.keyboard.press("Shift+Tab");
      for (let presses = 0; (await widget.find(":focus").getAttribute("class")) !== "refresh"; presses++) {
        assert.ok(presses < 8, "New puzzle is reached from the puzzle");
        await guest.page.keyboard.press("Tab");
      }
      await guest.page.keyboard.press("Enter");
      await widget.status.filter({ hasText: /^$/ }).waitFor({ state: "attached" });
      await widget.ready.waitFor();
      assert.notEqual((await widget.challenge()).challenge, before.challenge, "the puzzle is another one");
    }
    const { expires_in: life } = await guest.challenges.at(-1);
    await guest.page.clock.fastForward((life + 1) * 1000);
    await widget.alert.filter({ hasText: "expired" }).waitFor();
  });
});

async function fits({ page }, state) {
  const found = await page.evaluate(() => {
    const wide = [];
    const small = [];
    const look = (root) => {
      for (const node of root.querySelectorAll("*")) {
        if (node.shadowRoot) look(node.shadowRoot);
        if (!node.checkVisibility({ visibilityProperty: true })) continue;
        const { width, height } = node.getBoundingClientRect();
        const name = `${node.tagName} ${node.className} ${width}x${height}`;
        if (node.matches("dialog, body, html") && node.scrollWidth > node.clientWidth) wide.push(name);
        const target = node.matches("button, .handle, .piece, .field, .volume, .privacy, input:not([type=range]), .captcha-frame a");
        // A mark lies where it was put, and Undo does the same.
        const least = target ? 43.9 : node.matches(".mark") ? 24 : 0;
        if (width < least || height < least) small.push(name);
      }
    };
    look(document);
    if (document.documentElement.scrollWidth > innerWidth) wide.push("page");
    return { wide, small };
  });
  assert.deepEqual(found, { wide: [], small: [] }, state);
}
