// The question about statistics, and a changed notice: told, never in the way.
import assert from "node:assert/strict";
import { test } from "node:test";
import { accessible } from "./lib/axe.mjs";
import { fillIn, letIn, onEach, onOne } from "./lib/suite.mjs";
import { Widget } from "./lib/widget.mjs";

const counting = { env: { CAPTCHA_STATS_KEY: "x7Kq2mV9tB4nJ8sW1zR6cY3pL5hD0gFa" } };

// A widget whose question is on show, after a solved check.
async function asked(guest) {
  const widget = new Widget(guest);
  await widget.solveQuickly();
  const question = widget.find(".consent");
  await question.waitFor();
  return { widget, question };
}

async function until(holds) {
  while (!holds()) await new Promise((resolve) => setTimeout(resolve, 10));
}

// Clicks a button and counts it; the way to a decision is as long as the clicks on it.
function hand(question) {
  const clicks = { count: 0 };
  clicks.press = async (label) => {
    clicks.count++;
    await question.locator(`button:text-is("${label}")`).click();
  };
  return clicks;
}

const standing = async ({ page }) => {
  const { items } = await page.evaluate(() => fetch("/captcha/privacy/data").then((response) => response.json()));
  return Object.fromEntries(items.map(({ field, value }) => [field, value]));
};

onEach("consent", (visit) => {
  test("refusing takes as many clicks as agreeing, and looks as easy", async () => {
    const decided = {};
    for (const [label, consent] of [["Yes, count", "granted"], ["No", "refused"]]) {
      const guest = await visit();
      const { question } = await asked(guest);
      const boxes = await Promise.all((await question.locator("button").all()).map((button) => button.boundingBox()));
      assert.equal(boxes.length, 2);
      for (const side of ["width", "height", "y"]) assert.ok(Math.abs(boxes[0][side] - boxes[1][side]) < 1, `${side} of both buttons`);
      const looks = await question.locator("button").evaluateAll((all) => all.map((button) => {
        const { color, backgroundColor, fontSize, fontWeight, borderColor } = getComputedStyle(button);
        return JSON.stringify({ color, backgroundColor, fontSize, fontWeight, borderColor });
      }));
      assert.equal(looks[0], looks[1]);
      const clicks = hand(question);
      await clicks.press(label);
      await question.locator(`p:text-matches("counted", "i")`).waitFor();
      assert.equal((await standing(guest)).consent, consent);
      decided[consent] = clicks.count;
    }
    assert.deepEqual(decided, { granted: 1, refused: 1 });
  });

  test("withdrawing takes as many clicks as agreeing, and counts from the next call on", async () => {
    const guest = await visit();
    const { widget, question } = await asked(guest);
    const agree = hand(question);
    await agree.press("Yes, count");
    await question.locator("button:text-is('Stop counting')").waitFor();
    await guest.page.reload();
    await widget.solveAgain();
    assert.ok((await guest.cookies())["captcha-stats"], "counted");
    const withdraw = hand(question);
    await withdraw.press("Stop counting");
    await question.locator("p:text-is('You are not counted.')").waitFor();
    assert.equal(withdraw.count, agree.count);
    assert.equal((await standing(guest)).consent, "withdrawn");
    assert.equal((await guest.cookies())["captcha-stats"], undefined);
    await guest.page.reload();
    await widget.solveAgain();
    assert.equal((await guest.cookies())["captcha-stats"], undefined);
    assert.equal(await question.isVisible(), false, "nobody is asked twice");
  });

  test("who does not answer is let in, and neither counted nor remembered", async () => {
    const guest = await visit();
    await fillIn(guest);
    await asked(guest);
    assert.equal((await guest.cookies())["captcha-consent"], undefined);
    assert.equal((await guest.cookies())["captcha-stats"], undefined);
    await letIn(guest);
  });
}, undefined, counting);

onOne("the question", (visit) => {
  test("a browser that sends Global Privacy Control is not asked", async () => {
    const guest = await visit({ extraHTTPHeaders: { "Sec-GPC": "1" } });
    const widget = new Widget(guest);
    await widget.solveQuickly();
    assert.equal(await widget.find(".consent").isVisible(), false);
  });

  test("by keyboard: the buttons are reached in order, and the answer has the focus", async () => {
    const guest = await visit();
    const { widget, question } = await asked(guest);
    await widget.find(".privacy").focus();
    await guest.page.keyboard.press("Tab");
    await guest.page.keyboard.press("Tab");
    assert.equal(await question.locator("button:focus").textContent(), "No");
    await guest.page.keyboard.press("Enter");
    await question.locator("p:focus:text-is('You are not counted.')").waitFor();
  });

  test("a choice that cannot be kept is said, and can be made again", async () => {
    const guest = await visit();
    const { question } = await asked(guest);
    await guest.page.route("**/privacy/consent", (route) => route.abort());
    await question.locator("button:text-is('No')").click();
    await question.locator("[role=alert]:text-matches('could not be kept')").waitFor();
    await guest.page.unroute("**/privacy/consent");
    await question.locator("button:text-is('No')").click();
    await question.locator("p:text-is('You are not counted.')").waitFor();
  });

  // Holds what the server answers to a route until it is let go; tells how often it was asked.
  async function hold({ page }, route) {
    const held = { asked: 0 };
    const free = new Promise((resolve) => (held.letGo = resolve));
    await page.route(route, async (call) => {
      const response = await call.fetch();
      held.asked++;
      await free;
      await call.fulfill({ response });
    });
    return held;
  }

  test("two clicks at once are one answer: the first", async () => {
    const guest = await visit();
    const { question } = await asked(guest);
    const consent = await hold(guest, "**/privacy/consent");
    await question.locator("button:text-is('No')").click();
    await question.locator("button:text-is('Yes, count')").click();
    consent.letGo();
    await question.locator("p:text-is('You are not counted.')").waitFor();
    assert.equal(consent.asked, 1);
    assert.equal((await standing(guest)).consent, "refused");
  });

  test("a challenge that was asked for before the answer does not bring the question back", async () => {
    const guest = await visit();
    const { widget, question } = await asked(guest);
    await widget.page.locator(widget.host).dispatchEvent("reset");
    await widget.cleared();
    const challenge = await hold(guest, "**/captcha/challenge");
    await widget.check.click();
    await until(() => challenge.asked === 1);
    await question.locator("button:text-is('Yes, count')").click();
    await question.locator("button:text-is('Stop counting')").waitFor();
    challenge.letGo();
    await widget.verified();
    assert.equal(await question.locator("button").textContent(), "Stop counting");
  });

  test("a challenge that changes nothing about it leaves the focus in it", async () => {
    const guest = await visit();
    const { widget, question } = await asked(guest);
    await widget.page.locator(widget.host).dispatchEvent("reset");
    const challenge = await hold(guest, "**/captcha/challenge");
    await widget.check.click();
    await until(() => challenge.asked === 1);
    await question.locator("button:text-is('No')").focus();
    challenge.letGo();
    await widget.verified();
    assert.equal(await question.locator("button:focus").textContent(), "No");
  });

  test("who has gone on with the keyboard is not called back by the answer", async () => {
    const guest = await visit();
    const { question } = await asked(guest);
    const consent = await hold(guest, "**/privacy/consent");
    await question.locator("button:text-is('No')").press("Enter");
    await guest.page.focus("#email");
    consent.letGo();
    await question.locator("p:text-is('You are not counted.')").waitFor();
    assert.equal(await guest.page.evaluate(() => document.activeElement.id), "email");
  });

  test("the answer on show is the server's: a browser that begins to send Global Privacy Control refuses", async () => {
    const guest = await visit();
    const { question } = await asked(guest);
    await guest.page.setExtraHTTPHeaders({ "Sec-GPC": "1" });
    await question.locator("button:text-is('Yes, count')").click();
    await question.locator("p:text-is('You are not counted.')").waitFor();
  });

  for (const colorScheme of ["light", "dark"]) {
    test(`axe finds nothing about it (${colorScheme})`, async () => {
      const guest = await visit({ colorScheme, bypassCSP: true });
      await asked(guest);
      await accessible(guest.page, "the question");
    });
  }
}, counting);

onOne("no question", (visit) => {
  test("where no statistics are made, nothing is asked and nothing announced", async () => {
    const guest = await visit();
    const widget = new Widget(guest);
    await widget.solveQuickly();
    assert.equal(await widget.find(".consent").isVisible(), false);
    assert.equal(await widget.find(".changed").textContent(), "");
  });

  // That the server says so once a visit, for a month, to everybody alike, is tested where its clock can be set.
  test("a changed notice is announced once, beside the link to it, and nothing is kept for that", async () => {
    const guest = await visit();
    const widget = new Widget(guest);
    await guest.page.route("**/captcha/challenge", async (route) => {
      const response = await route.fetch();
      await route.fulfill({ response, json: { ...(await response.json()), notice_changed: { date: "2027-01-15", text: "The privacy notice changed on 2027-01-15." } } });
    });
    await widget.tick();
    const line = widget.find(".changed");
    assert.equal(await line.textContent(), "The privacy notice changed on 2027-01-15.");
    assert.equal(await line.getAttribute("role"), "status");
    assert.deepEqual(Object.keys(await guest.cookies()), ["captcha-session"]);
    await guest.page.unroute("**/captcha/challenge");
    await guest.page.reload();
    await widget.solveQuickly();
    assert.equal(await line.textContent(), "");
  });
});
