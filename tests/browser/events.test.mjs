// What the page around the widget is told, and how it starts the widget over.
import assert from "node:assert/strict";
import { test } from "node:test";
import { fillIn, onEach, untouched } from "./lib/suite.mjs";
import { Widget } from "./lib/widget.mjs";

onEach("events", (visit) => {
  test("verified, then expired when the token's time is over", async () => {
    const guest = await visit({ before: ({ page }) => page.clock.install() });
    const widget = new Widget(guest);
    await fillIn(guest);
    await widget.solveQuickly();
    const [{ token, expires_in: expiresIn }] = await Promise.all(guest.answers);
    assert.deepEqual(await guest.events, [{ name: "verified", detail: { token, expiresIn }, from: "one-captcha" }]);

    await guest.page.clock.fastForward((expiresIn - 2) * 1000);
    assert.equal(await widget.token.count(), 1, "not before its time");
    await guest.page.clock.fastForward(3000);
    await widget.cleared();
    assert.deepEqual((await guest.events).at(-1), { name: "expired", detail: {}, from: "one-captcha" });
    assert.match(await widget.rowStatus.textContent(), /expired/);
    await untouched(guest);
    await widget.solveAgain();
  });

  test("error carries the server's word for a wrong answer", async () => {
    const guest = await visit();
    const widget = new Widget(guest);
    await widget.tick();
    await widget.failSlide();
    assert.deepEqual(await guest.events, [{ name: "error", detail: { kind: "wrong-answer" }, from: "one-captcha" }]);
  });

  test("a form's reset takes the tick and the token away", async () => {
    const guest = await visit();
    const widget = new Widget(guest);
    await fillIn(guest);
    await widget.solveQuickly();
    await guest.page.evaluate(() => document.querySelector("#signup").reset());
    await widget.cleared();
    assert.equal(await guest.page.inputValue("#name"), "");
    await widget.solveAgain();

    // To the widget alone: what was typed stays.
    await fillIn(guest);
    await guest.page.evaluate(() => document.querySelector("#one-captcha").dispatchEvent(new Event("reset")));
    await widget.cleared();
    await untouched(guest);
  });

  test("two widgets on one page know nothing of each other", async () => {
    const guest = await visit();
    const [first, second] = [new Widget(guest), new Widget(guest, ".one-captcha")];
    await first.solveSlide();
    await second.cleared();
    await second.solveQuickly();
    const tokens = await Promise.all([first.token.inputValue(), second.token.inputValue()]);
    assert.notEqual(tokens[0], tokens[1]);
    await guest.page.evaluate(() => document.querySelector("#gift").reset());
    await second.cleared();
    await first.verified();
    assert.deepEqual((await guest.events).map(({ name, from }) => [name, from]), [["verified", "one-captcha"], ["verified", "one-captcha"]]);
  });
});
