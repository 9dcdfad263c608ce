// What a screen reader says, state by state: each once, in regions that were there before (WCAG 4.1.3), and what time does (2.2.1).
import assert from "node:assert/strict";
import { test } from "node:test";
import { onOne } from "./lib/suite.mjs";
import { instead, own, problem } from "./lib/page.mjs";
import { Widget } from "./lib/widget.mjs";

// Every change of a region that leaves words in it, in order; `take` gives what came since it was asked last.
const listen = ({ page }) =>
  page.addInitScript(() => {
    const said = [];
    const watch = new MutationObserver((changes) => {
      for (const target of new Set(changes.map(({ target }) => target))) {
        const role = target.nodeType === Node.ELEMENT_NODE && target.getAttribute("role");
        if ((role === "status" || role === "alert") && target.textContent) said.push(`${role}: ${target.textContent}`);
      }
      for (const { addedNodes } of changes) {
        // A region that comes into the page with its words is not read by every screen reader.
        for (const node of addedNodes) {
          const born = node.querySelectorAll ? [...node.querySelectorAll("[role=status], [role=alert]")] : [];
          for (const region of born) if (region.textContent && !region.closest(".stage")) said.push(`born: ${region.textContent}`);
        }
      }
    });
    const attach = Element.prototype.attachShadow;
    Element.prototype.attachShadow = function (options) {
      const root = attach.call(this, options);
      watch.observe(root, { childList: true, subtree: true });
      return root;
    };
    window.take = () => said.splice(0);
  });

const loading = "status: Loading…";
const checking = "status: Checking…";
const verified = "status: Verified";
const offline = "alert: Cannot reach the server. Check your connection and try again.";
const busy = "alert: The server is busy. Try again in 30 s.";
const failed = "alert: The check failed. Try again, or reload the page.";
const soon = "status: Less than 20 seconds left. Choose New puzzle for more time.";
const late = problem(429, "too-many", { "Retry-After": "30" });
const broken = problem(500, "internal");

onOne("what is said", (visit) => {
  const open = async (kind, more = "") => {
    const before = async (guest) => {
      await guest.page.clock.install();
      await listen(guest);
    };
    const guest = await visit(own(`<div id="one-captcha" data-kind="${kind}" ${more}></div>`, { before }));
    const widget = new Widget(guest);
    await widget.check.waitFor();
    const { page } = guest;
    return {
      guest,
      page,
      widget,
      state: (name) => page.waitForSelector(`#one-captcha[data-state=${name}]`),
      forward: (seconds) => page.clock.fastForward(seconds * 1000),
      // What was said meanwhile. A moment is given to what would come a second time.
      says: async (expected, what) => {
        await page.waitForTimeout(150);
        assert.deepEqual(await page.evaluate(() => take()), expected, what);
      },
      answer: () => widget.submit.press("Enter"),
    };
  };

  test("a puzzle: loading, checking, wrong, a new one, verified, expired", async () => {
    const { guest, widget, says, answer, forward, state } = await open("slide");
    await says([], "idle");
    await widget.tick();
    await says([loading], "loading");
    const undo = await instead(guest, "answer", problem(422, "wrong-answer"));
    await answer();
    await state("checking").catch(() => {});
    await widget.alert.filter({ hasText: "That did not fit." }).waitFor();
    await widget.ready.waitFor();
    await says([checking, loading, "alert: That did not fit. Here is a new one."], "wrong");
    await undo();
    await widget.dragTo((await widget.solution()).x);
    await widget.verified();
    await says([checking, verified], "verified");
    await forward(301);
    await widget.cleared();
    await says(["status: This check has expired. Tick the box again."], "the token's end");
  });

  test("a puzzle that was spent meanwhile: renewed", async () => {
    const { guest, widget, says, answer } = await open("slide");
    await widget.tick();
    await says([loading]);
    const undo = await instead(guest, "answer", problem(409, "spent"));
    await answer();
    await widget.alert.filter({ hasText: "had expired" }).waitFor();
    await widget.ready.waitFor();
    await undo();
    await says([checking, loading, "alert: The puzzle had expired. Here is a new one."]);
  });

  test("the end of a puzzle's time: once 20 seconds before, once when it is over; a new one takes both back", async () => {
    const { guest, widget, says, forward, state } = await open("slide");
    await widget.tick();
    await says([loading]);
    const { expires_in: life } = await guest.challenges.at(-1);
    await forward(life - 21);
    await says([], "not before its time");
    await forward(2);
    await says([soon]);
    await forward(20);
    await state("expired");
    await says(["alert: The puzzle has expired. Choose New puzzle."]);
    await widget.find(".refresh").press("Enter");
    await widget.ready.waitFor();
    await says([loading]);
    assert.deepEqual([await widget.status.textContent(), await widget.alert.textContent()], ["", ""]);
  });

  test("no puzzle: loading, checking, verified; nothing at all where nobody asked for it", async () => {
    const asked = await open("work");
    await asked.widget.check.press("Space");
    await asked.widget.verified();
    await asked.says([loading, checking, verified]);
    const unasked = await open("work", 'data-start="load"');
    await unasked.widget.verified();
    await unasked.says([]);
    await unasked.forward(301);
    await unasked.says(["status: This check has expired. Tick the box again."]);
  });

  for (const [name, answer, line] of [["offline", (route) => route.abort(), offline], ["busy", late, busy], ["failed", broken, failed]]) {
    test(`${name}: once in the box's row, once in the window, and the countdown not at all`, async () => {
      const row = await open("slide");
      let undo = await instead(row.guest, "challenge", answer);
      await row.widget.check.press("Space");
      await row.state("error");
      await row.forward(5);
      await row.says([loading, line], "the row");
      await undo();

      const inside = await open("slide");
      await inside.widget.tick();
      await inside.says([loading]);
      undo = await instead(inside.guest, "answer", answer);
      await inside.answer();
      await inside.state("error");
      await inside.forward(5);
      await inside.says([checking, line], "the window");
      await undo();
    });
  }

  test("success outlasts a hidden and a frozen tab; a machine that slept past its end says so when it is used again", async () => {
    const { guest, page, widget, says, forward } = await open("work");
    await widget.check.press("Space");
    await widget.verified();
    await says([loading, checking, verified]);
    const token = await widget.token.inputValue();
    const show = (state) =>
      page.evaluate((state) => {
        Object.defineProperty(document, "visibilityState", { value: state, configurable: true });
        Object.defineProperty(document, "hidden", { value: state === "hidden", configurable: true });
        document.dispatchEvent(new Event("visibilitychange", { bubbles: true }));
        dispatchEvent(new Event(state === "hidden" ? "blur" : "focus"));
      }, state);
    const devtools = await guest.context.newCDPSession(page);
    await show("hidden");
    await forward(120);
    await devtools.send("Page.setWebLifecycleState", { state: "frozen" });
    await devtools.send("Page.setWebLifecycleState", { state: "active" });
    await show("visible");
    await widget.verified();
    assert.equal(await widget.token.inputValue(), token);
    await says([], "nothing new");
    // The clock goes on while no timer runs.
    await page.clock.setSystemTime(Date.now() + 3600_000);
    assert.equal(await widget.token.count(), 1, "no timer has run");
    await show("visible");
    await widget.cleared();
    await says(["status: This check has expired. Tick the box again."]);
  });
});
