// What a page says in attributes: the six of One Captcha, whose place this widget can take, and our own.
import assert from "node:assert/strict";
import { test } from "node:test";
import { onOne } from "./lib/suite.mjs";
import { own } from "./lib/page.mjs";
import { Widget } from "./lib/widget.mjs";

const calls = ({ page }) => page.evaluate(() => window.calls);
const events = async (guest) => (await guest.events).map(({ name }) => name);
const sent = (guest) => guest.requests.filter((request) => request.startsWith("POST /captcha/challenge")).length;

// Written for One Captcha: nothing is ours but the script's address.
const ONE_CAPTCHA = `
  <div id="one-captcha" data-callback="onSuccess" data-time="60000" data-lang="kr" data-unsupport-callback="onOldBrowser"
    error-callback="onNetworkError" error-recovery-callback="onNetworkBack"></div>
  <script>
    var calls = [];
    function onSuccess(token) { calls.push(["success", token]); }
    function onOldBrowser() { calls.push(["old"]); }
    function onNetworkError() { calls.push(["down"]); }
    function onNetworkBack() { calls.push(["up"]); }
  </script>`;
const head = '<script src="/captcha/widget.js"></script>';

onOne("attributes", (visit, server) => {
  test("a page written for One Captcha works unchanged: its six attributes and its callback with a token", async () => {
    const guest = await visit(own(ONE_CAPTCHA, { head }));
    const widget = new Widget(guest);
    assert.equal(await widget.check.textContent(), "로봇이 아닙니다");
    assert.equal(await widget.find(".captcha").getAttribute("lang"), "ko");
    await widget.tick();
    await guest.context.setOffline(true);
    await widget.dragTo((await widget.solution()).x);
    await widget.find("dialog .retry").waitFor();
    await guest.context.setOffline(false);
    await widget.verified();
    const [down, up, [name, token], ...others] = await calls(guest);
    assert.deepEqual([down, up, name, others], [["down"], ["up"], "success", []], "each once, and not called for an old browser");
    const reply = await fetch(`${server().base}/api/signup`, {
      method: "POST",
      headers: { "Content-Type": "application/json", "X-Captcha-Token": token },
      body: JSON.stringify({ name: "Ada", email: "ada@example.org" }),
    });
    assert.equal(reply.status, 200, "the token is one that the server takes");
  });

  test("a browser that is too old: the page is told, and keeps what stood there", async () => {
    const old = ({ page }) => page.addInitScript(() => delete Document.prototype.adoptedStyleSheets);
    const fallback = '<a href="/captcha/frame">Another way</a></div>';
    const guest = await visit(own(ONE_CAPTCHA.replace("</div>", fallback), { head, before: old }));
    await guest.page.waitForFunction(() => window.calls.length > 0);
    await guest.page.evaluate(() => document.body.append(document.createElement("p")));
    assert.deepEqual(await calls(guest), [["old"]]);
    assert.equal(await guest.page.isVisible("#one-captcha a"), true);
    assert.equal(sent(guest), 0);
  });

  for (const [time, expected] of [["5000", 5], ["1e12", 300], ["-5", 300], ["0", 300], ["soon", 300], ["", 300]]) {
    test(`data-time="${time}": the token is good for ${expected} s, and never longer than the server has it`, async () => {
      const body = `<div id="one-captcha" data-time="${time}" data-expired-callback="gone"></div>`;
      const guest = await visit(own(body, { before: ({ page }) => page.clock.install() }));
      await guest.page.evaluate(() => {
        window.calls = [];
        window.gone = () => calls.push("gone");
      });
      const widget = new Widget(guest);
      await widget.solveQuickly();
      assert.equal((await guest.events).at(-1).detail.expiresIn, expected);
      await guest.page.clock.fastForward((expected - 2) * 1000);
      assert.equal(await widget.token.count(), 1);
      await guest.page.clock.fastForward(3000);
      await widget.cleared();
      assert.deepEqual(await calls(guest), ["gone"]);
    });
  }

  test("data-name names the field; data-kind begins with that kind", async () => {
    const guest = await visit(own('<form><div id="one-captcha" data-name="proof" data-kind="text"></div></form>'));
    const widget = new Widget(guest);
    await widget.tick();
    assert.equal((await guest.challenges[0]).kind, "text");
    await widget.choose("No puzzle");
    await widget.find(".check[aria-checked=true]").waitFor();
    const names = await guest.page.evaluate(() => [...new FormData(document.forms[0]).keys()]);
    assert.deepEqual(names, ["proof"]);
  });

  test("sizes: normal, compact and flexible, each inside its form", async () => {
    const sizes = ["normal", "compact", "flexible"];
    const hosts = sizes.map((size) => `<div class="one-captcha" data-size="${size}"></div>`).join("");
    for (const width of [700, 320, 200]) {
      const guest = await visit(own(`<div>${hosts}</div>`, { viewport: { width, height: 700 } }));
      await guest.page.locator(".row >> nth=2").waitFor();
      const widths = await guest.page.evaluate(() => [...document.querySelectorAll(".one-captcha")].map(({ shadowRoot }) => shadowRoot.querySelector(".row").offsetWidth));
      const room = await guest.page.evaluate(() => document.querySelector("main").offsetWidth);
      assert.deepEqual(widths, [Math.min(400, room), Math.min(180, room), room], `${width}`);
      assert.equal(await guest.page.evaluate(() => document.documentElement.scrollWidth), width, "no sideways scroll");
    }
  });

  test("invisible: no box, no room, and a dialog when the page asks", async () => {
    const guest = await visit(own('<p>before</p><div id="one-captcha" data-size="invisible"></div><p>after</p>'));
    const widget = new Widget(guest);
    await guest.page.waitForSelector("#one-captcha[data-state=idle]", { state: "attached" });
    assert.equal((await guest.page.locator("#one-captcha").boundingBox()).height, 0);
    assert.equal(await widget.check.isVisible(), false);
    const token = guest.page.evaluate(() => OneCaptcha.execute());
    await widget.ready.waitFor();
    await widget.dragTo((await widget.solution()).x);
    assert.equal(await token, await widget.token.inputValue());
  });

  test("data-start=load without a puzzle: solved before anybody looks, and interaction-only shows nothing", async () => {
    const guest = await visit(own('<div id="one-captcha" data-start="load" data-kind="work" data-appearance="interaction-only"></div>'));
    await guest.page.waitForSelector("#one-captcha[data-state=verified]", { state: "attached" });
    assert.equal(await new Widget(guest).check.isVisible(), false);
    assert.deepEqual((await events(guest)).filter((name) => name !== "statechange"), ["verified"]);
  });

  test("interaction-only comes into sight when its token is gone", async () => {
    const guest = await visit(own('<div id="one-captcha" data-start="load" data-kind="work" data-appearance="interaction-only" data-time="3000"></div>'));
    const widget = new Widget(guest);
    await guest.page.waitForSelector("#one-captcha[data-state=verified]", { state: "attached" });
    assert.equal(await widget.check.isVisible(), false);
    await guest.page.waitForSelector("#one-captcha[data-state=expired]");
    await widget.check.click();
    await widget.verified();
  });

  test("data-start=load on a slow network: the click that comes meanwhile opens the puzzle; a retry by itself opens nothing", async () => {
    const guest = await visit(own('<div id="one-captcha" data-start="load"></div>', { before: ({ page }) => page.route("**/captcha/challenge", async (route) => { await new Promise((resolve) => setTimeout(resolve, 700)); await route.continue(); }) }));
    const widget = new Widget(guest);
    await widget.check.click();
    await widget.ready.waitFor();
    const other = await visit(own('<div id="one-captcha" data-start="load"></div>', { before: ({ page }) => page.route("**/captcha/challenge", (route) => route.abort()) }));
    await other.page.waitForSelector("#one-captcha[data-state=error]");
    await other.page.unroute("**/captcha/challenge");
    await other.page.evaluate(() => dispatchEvent(new Event("online")));
    await other.page.waitForSelector("#one-captcha[data-state=idle]");
    assert.equal(await new Widget(other).dialog.count(), 0);
  });

  test("data-start=load with a puzzle: it waits for the visitor, and the click that opens it asks for nothing more", async () => {
    const guest = await visit(own('<div id="one-captcha" data-start="load" data-appearance="interaction-only"></div>'));
    const widget = new Widget(guest);
    await widget.check.waitFor();
    assert.equal(await widget.dialog.count(), 0, "no window opens by itself");
    const before = guest.requests.length;
    await widget.tick();
    assert.equal(guest.requests.length, before);
    assert.equal(sent(guest), 1);
    await widget.dragTo((await widget.solution()).x);
    await widget.verified();
  });

  test("from click to picture: one request; the worker's file is asked for when the picture is drawn", async () => {
    // In the page, where one thing is after another for sure.
    const watch = () => {
      const log = (window.log = []);
      for (const [owner, name, entry] of [[window, "fetch", (url, { method = "GET" } = {}) => `${method} ${new URL(url, location).pathname}`], [CanvasRenderingContext2D.prototype, "drawImage", () => "drawn"]]) {
        const act = owner[name];
        owner[name] = function (...given) {
          log.push(entry(...given));
          return act.apply(this, given);
        };
      }
      const Own = Worker;
      window.Worker = class extends Own {
        constructor(url) {
          super(url);
          log.push(`worker ${new URL(url, location).pathname}`);
        }
      };
    };
    for (const [kind, pictures] of [["slide", 2], ["text", 1], ["rotate", 2]]) {
      const guest = await visit(own(`<div id="one-captcha" data-kind="${kind}"></div>`, { before: ({ page }) => page.addInitScript(watch) }));
      const widget = new Widget(guest);
      await widget.check.waitFor();
      await guest.page.waitForLoadState("networkidle");
      await guest.page.evaluate(() => log.splice(0));
      const before = guest.requests.length;
      await widget.tick();
      await guest.page.waitForLoadState("networkidle");
      const drawn = Array(pictures).fill("drawn");
      assert.deepEqual(await guest.page.evaluate(() => log), ["POST /captcha/challenge", ...drawn, "worker /captcha/widget.js"]);
      assert.deepEqual(guest.requests.slice(before), ["POST /captcha/challenge", "GET /captcha/widget.js"]);
    }
  });
});
