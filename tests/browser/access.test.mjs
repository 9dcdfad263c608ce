// For everyone: what WCAG 2.2 AA asks of the widget, tried out. The ways by keyboard, by clicks and without a puzzle
// are in form.test.mjs.
import assert from "node:assert/strict";
import { test } from "node:test";
import { accessible } from "./lib/axe.mjs";
import { fillIn, letIn, onOne } from "./lib/suite.mjs";
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

  test("320 pixels: no sideways scroll, and every target is at least 44 pixels", async () => {
    const guest = await visit({ viewport: { width: 320, height: 640 } });
    const widget = new Widget(guest);
    await widget.check.waitFor();
    await fits(guest, "idle");
    await widget.tick();
    await fits(guest, "slide");
    for (const label of ["Drag", "Rotate", "Shapes", "Text"]) {
      await widget.choose(label);
      await fits(guest, label);
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
    for (const label of ["Drag", "Rotate", "Shapes", "Text"]) {
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

  test("each state is announced once, in regions that were there before", async () => {
    const guest = await visit();
    const widget = new Widget(guest);
    await widget.check.waitFor();
    await guest.page.evaluate(() => {
      window.said = [];
      const watch = new MutationObserver((changes) => {
        for (const { target, addedNodes } of changes) {
          const role = target.nodeType === Node.ELEMENT_NODE && target.getAttribute("role");
          if ((role === "status" || role === "alert") && target.textContent) window.said.push(`${role}: ${target.textContent}`);
          // A region that comes into the page with its text is not read by every screen reader.
          for (const node of addedNodes) {
            const born = node.querySelectorAll ? [...node.querySelectorAll("[role=status], [role=alert]")] : [];
            for (const region of born) if (region.textContent && !region.closest(".stage")) window.said.push(`born: ${region.textContent}`);
          }
        }
      });
      watch.observe(document.querySelector("#one-captcha").shadowRoot, { childList: true, subtree: true });
    });
    await widget.tick();
    await widget.failSlide();
    await widget.dragTo((await widget.solution()).x);
    await widget.verified();
    const said = await guest.page.evaluate(() => window.said);
    assert.equal(said.filter((line) => line === "alert: That did not fit. Here is a new one.").length, 1, said.join("\n"));
    assert.equal(said.filter((line) => line === "status: Verified").length, 1, said.join("\n"));
    assert.ok(said.filter((line) => line.startsWith("alert")).length === 1, said.join("\n"));
    assert.equal(said.filter((line) => line.startsWith("born")).length, 0, said.join("\n"));
  });

  test("told 20 seconds before the end; more time for the asking, ten times", async () => {
    const guest = await visit({ before: ({ page }) => page.clock.install() });
    const widget = new Widget(guest);
    await widget.tick();
    for (let times = 0; times < 10; times++) {
      const { expires_in: life } = await guest.challenges.at(-1);
      await guest.page.clock.fastForward((life - 15) * 1000);
      await widget.status.filter({ hasText: "Less than 20 seconds left." }).waitFor();
      const asked = guest.challenges.length;
      await widget.find(".refresh").focus();
      await guest.page.keyboard.press("Enter");
      await guest.page.waitForFunction((count) => count, guest.challenges.length >= asked);
      await widget.ready.waitFor();
      await widget.status.filter({ hasText: /^$/ }).waitFor({ state: "attached" });
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
        const target = node.matches("button, .handle, .piece, .field, input:not([type=range]), .captcha-frame a");
        if (target && (width < 43.9 || height < 43.9)) small.push(name);
      }
    };
    look(document);
    if (document.documentElement.scrollWidth > innerWidth) wide.push("page");
    return { wide, small };
  });
  assert.deepEqual(found, { wide: [], small: [] }, state);
}
