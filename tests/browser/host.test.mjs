// The host's other doors: the JSON route that a script calls, and the page behind the guard.
import assert from "node:assert/strict";
import { test } from "node:test";
import { onEach, refused } from "./lib/suite.mjs";
import { Widget } from "./lib/widget.mjs";

onEach("the host's routes", (visit) => {
  const invite = async ({ page }, name) => {
    await page.fill("#friend-name", name);
    await page.fill("#friend-email", "friend@example.org");
    await page.click("#gift > button");
  };
  const message = ({ page }, text) => page.locator("#gift .message").filter({ hasText: text }).waitFor();

  test("a form sent as JSON works once; the next needs a new check", async () => {
    const guest = await visit();
    const widget = new Widget(guest, ".one-captcha");
    await widget.solveQuickly();
    const token = await widget.token.inputValue();
    await invite(guest, "Bo");
    await guest.page.waitForSelector("#gift .answer:has-text('also goes to Bo')");
    await widget.cleared();

    await invite(guest, "Cy");
    await message(guest, "Please tick");
    assert.equal(await guest.page.inputValue("#friend-name"), "Cy");

    // A page that kept the old token: the server says no, and the page says so.
    await guest.page.evaluate((token) => {
      const field = Object.assign(document.createElement("input"), { type: "hidden", name: "captcha-token", value: token });
      document.querySelector("#gift").append(field);
    }, token);
    const isSent = (response) => new URL(response.url()).pathname === "/api/signup";
    const [response] = await Promise.all([guest.page.waitForResponse(isSent), invite(guest, "Cy")]);
    assert.equal(response.status(), 403);
    await message(guest, "The server did not accept this.");
    assert.equal(await guest.page.inputValue("#friend-name"), "Cy", "what was typed stays");
  });

  test("the members' page opens once for a solved check, by its cookie", async () => {
    const guest = await visit();
    const members = () => guest.page.goto(`${guest.server.base}/members`);
    await refused(await members(), "missing");
    await guest.page.goto(guest.server.base);
    await new Widget(guest).solveQuickly();
    assert.ok((await guest.cookies())["captcha-token"]);
    assert.equal((await members()).status(), 200);
    await guest.page.waitForSelector("h1:text-is('Past letters')");
    assert.equal((await guest.cookies())["captcha-token"], undefined, "the cookie is gone");
    await refused(await members(), "missing");
  });

  test("a form that was sent and is seen again by the Back button starts over", async () => {
    const guest = await visit();
    await new Widget(guest).solveQuickly();
    await guest.page.fill("#name", "Ada");
    await guest.page.fill("#email", "ada@example.org");
    await guest.page.click("#signup > button");
    await guest.page.waitForSelector("h1:text-is('Welcome, Ada')");
    await guest.page.goBack();
    await new Widget(guest).cleared();
  });

  test("a name is shown as text, never as markup", async () => {
    const guest = await visit();
    await new Widget(guest).solveQuickly();
    await guest.page.fill("#name", "<b id=planted>Ada</b>");
    await guest.page.fill("#email", "ada@example.org");
    await guest.page.click("#signup > button");
    await guest.page.waitForSelector("h1:has-text('Welcome, <b id=planted>Ada</b>')");
    assert.equal(await guest.page.locator("#planted").count(), 0);
  });
});
