// Without script: the frame, the cookie that it sets, and the host's plain form.
import assert from "node:assert/strict";
import { test } from "node:test";
import { fillIn, letIn, onEach, refused, send, untouched } from "./lib/suite.mjs";
import { Server } from "./lib/server.mjs";
import { Visit } from "./lib/visit.mjs";
import { Widget } from "./lib/widget.mjs";

onEach("without script", (visit, server) => {
  const withoutScript = async () => {
    const guest = await visit({ javaScriptEnabled: false });
    guest.scriptless = true;
    const frame = guest.page.frameLocator("iframe");
    await frame.locator("h1").waitFor();
    return { guest, frame };
  };
  const sealed = (frame) => frame.locator("input[name=challenge]").getAttribute("value");
  const type = async (frame, text) => {
    await frame.locator("#text").fill(text);
    await frame.locator("button").click();
  };

  test("the frame's text lets the host's form in", async () => {
    const { guest, frame } = await withoutScript();
    await fillIn(guest);
    const picture = await frame.locator("img").evaluate((image) => [image.complete, image.naturalWidth, image.naturalHeight]);
    assert.deepEqual(picture, [true, 280, 150]);
    assert.equal(await guest.page.isVisible(".captcha-fallback"), false, "nothing speaks of a checkbox");
    await type(frame, (await server().solve(await sealed(frame))).text);
    await frame.locator("h1.good").waitFor();
    assert.equal(await frame.locator("[role=status]").textContent(), "Now send the form.");
    const { "captcha-token": token } = await guest.cookies();
    assert.equal(token.httpOnly, true);
    await untouched(guest);
    await letIn(guest);
    // The token's cookie is still there, and worth nothing: a cookie comes along by itself, so a spent one counts as none.
    await guest.page.goBack();
    await fillIn(guest);
    await refused(await send(guest), "missing");
  });

  test("a wrong text brings an alert and another picture", async () => {
    const { guest, frame } = await withoutScript();
    await fillIn(guest);
    const before = [await sealed(frame), await frame.locator("img").getAttribute("src")];
    assert.equal(await frame.locator("[role=alert]").textContent(), "");
    await type(frame, "no");
    await frame.locator("[role=alert]:has-text('Here is a new picture.')").waitFor();
    const after = [await sealed(frame), await frame.locator("img").getAttribute("src")];
    assert.notEqual(after[0], before[0]);
    assert.notEqual(after[1], before[1]);
    assert.equal((await guest.cookies())["captcha-token"], undefined);
    await untouched(guest);
    await type(frame, (await server().solve(after[0])).text);
    await frame.locator("h1.good").waitFor();
    await letIn(guest);
  });

  test("digits to hear instead: they are fetched when asked for, play, and let the host's form in", async () => {
    const { guest, frame } = await withoutScript();
    await fillIn(guest);
    const fetched = [];
    guest.page.on("request", (request) => request.url().includes("/frame/sound") && fetched.push(request.url()));
    await frame.locator("a:text-is('Digits to hear instead')").click();
    await frame.locator("h1:text-is('Type the digits you hear')").waitFor();
    const audio = frame.locator("audio");
    assert.deepEqual(fetched, [], "nothing sounds or loads by itself");
    const seconds = await audio.evaluate(async (audio) => {
      audio.muted = true;
      await audio.play();
      return audio.duration;
    });
    assert.ok(seconds > 6 && seconds < 8, `${seconds} s`);
    assert.ok(fetched.length > 0);
    const box = await audio.boundingBox();
    assert.ok(box.x >= 0 && box.width <= 320, "it fits a narrow frame");
    const link = await frame.locator("a[download]").evaluate(({ href }) => href);
    const file = await guest.context.request.get(link);
    assert.equal(file.headers()["content-type"], "audio/wav");
    assert.equal((await file.body()).subarray(0, 4).toString(), "RIFF");

    const before = await sealed(frame);
    await type(frame, "no");
    await frame.locator("[role=alert]:has-text('Here are new digits.')").waitFor();
    assert.notEqual(await sealed(frame), before);
    await type(frame, (await server().solve(await sealed(frame))).text);
    await frame.locator("h1.good").waitFor();
    await untouched(guest);
    await letIn(guest);
  });

  test("a new picture for the asking", async () => {
    const { frame } = await withoutScript();
    const before = await sealed(frame);
    await frame.locator("a:text-is('New picture')").click();
    await frame.locator(`input[name=challenge]:not([value="${before}"])`).waitFor({ state: "attached" });
    assert.equal(await frame.locator("input[name=action]").getAttribute("value"), "signup");
  });

  test("an unsolved frame lets nobody in", async () => {
    const { guest } = await withoutScript();
    await fillIn(guest);
    await refused(await send(guest), "missing");
  });

  test("script on, but the widget's file blocked: the link to the frame does the job", async () => {
    const guest = await visit({ before: ({ context }) => context.route("**/widget.js", (route) => route.abort()) });
    await fillIn(guest);
    const link = guest.page.locator("#one-captcha .captcha-fallback a");
    await link.waitFor({ state: "visible" });
    await untouched(guest);
    const [own] = await Promise.all([guest.context.waitForEvent("page"), link.click()]);
    await own.waitForSelector("#text");
    await type(own, (await server().solve(await sealed(own))).text);
    await own.waitForSelector("h1.good");
    await untouched(guest);
    await letIn(guest);
  });

  test("too many calls: both ways say when to come back, and the frame keeps its action", async () => {
    const busy = await Server.start(server().name);
    try {
      const [widgetGuest, frameGuest] = await Promise.all([
        Visit.open(busy),
        Visit.open(busy, { path: "/captcha/frame?action=newsletter", javaScriptEnabled: false }),
      ]);
      frameGuest.scriptless = true;
      const ask = () => fetch(`${busy.base}/captcha/frame/image?challenge=none`).then((response) => response.status);
      let status;
      for (let asked = 0; asked < 700 && status !== 429; asked += 50) status = (await Promise.all(Array.from({ length: 50 }, ask))).pop();
      assert.equal(status, 429);

      await frameGuest.page.reload();
      await frameGuest.page.waitForSelector("h1:text-is('Please wait')");
      assert.match(await frameGuest.page.textContent("[role=alert]"), /Try again in \d+ s\./);
      assert.equal(await frameGuest.page.getAttribute("a", "href"), "frame?action=newsletter");

      await fillIn(widgetGuest);
      const widget = new Widget(widgetGuest);
      await widget.check.click();
      await widget.rowAlert.filter({ hasText: /The server is busy. Try again in \d+ s\./ }).waitFor();
      assert.equal(await widget.find(".row .retry").isDisabled(), true);
      await untouched(widgetGuest);
    } finally {
      await busy.stop();
    }
  });
});
