// The page's own functions, called by the widget: which they may be, and what they may do.
import assert from "node:assert/strict";
import { test } from "node:test";
import { onOne } from "./lib/suite.mjs";
import { own } from "./lib/page.mjs";
import { Widget } from "./lib/widget.mjs";

const calls = ({ page }) => page.evaluate(() => window.calls);

onOne("callbacks", (visit) => {
  const begin = async (body) => {
    const guest = await visit(own(body));
    await guest.page.waitForFunction(() => window.OneCaptcha);
    return { guest, page: guest.page, widget: new Widget(guest) };
  };

  test("a callback is a function that the page itself made, by a plain name", async () => {
    const refused = ["alert", "eval", "fetch", "constructor", "__proto__", "toString", "a.b", "x-y", "1a", "planted", "number", "bound", "nothing", "мой"];
    const hosts = [...refused, "good"].map((name) => `<div class="one-captcha" data-callback="${name}"></div>`).join("");
    const guest = await visit(own(`<form id="planted"></form>${hosts}`));
    await guest.page.evaluate(() => {
      window.calls = [];
      window.good = (token) => calls.push(token.length);
      Object.assign(window, { number: 1, bound: window.good.bind(null), "x-y": window.good, "1a": window.good, мой: window.good });
      for (const name of ["alert", "eval", "fetch"]) if (!/native/.test(window[name])) throw new Error(name);
    });
    const dialogs = [];
    guest.page.on("dialog", (dialog) => dialogs.push(dialog.dismiss()));
    const warned = [];
    guest.page.on("console", (message) => warned.push(message.text()));
    for (let i = 0; i <= refused.length; i++) {
      const host = `.one-captcha >> nth=${i}`;
      await guest.page.locator(`${host} >> .check`).click();
      if (!i) await guest.page.locator(`${host} >> .kind:text-is("No puzzle")`).click();
      await guest.page.locator(`.one-captcha[data-state=verified] >> nth=${i}`).waitFor();
    }
    assert.equal((await calls(guest)).length, 1, "good alone");
    assert.equal(dialogs.length, 0);
    // Whoever wrote the name hears of it.
    for (const name of refused) assert.ok(warned.some((text) => text === `captcha: no function ${name}`), `${name} in ${warned}`);
  });

  test("a callback that throws, whichever it is, leaves a widget that works", async () => {
    const { guest, page } = await begin('<div id="plain"></div>');
    const widget = new Widget(guest, "#plain");
    await page.evaluate(() => {
      window.called = [];
      const bad = (name) => () => {
        called.push(name);
        throw new Error(`thrown by ${name}`);
      };
      OneCaptcha.render("#plain", { kind: "work", time: 2500, callback: bad("callback"), expiredCallback: bad("expired"), errorCallback: bad("error"), errorRecoveryCallback: bad("recovery") });
    });
    const called = () => page.evaluate(() => window.called.splice(0));
    await page.route("**/captcha/challenge", (route) => route.abort());
    await widget.check.click();
    await widget.find(".row .retry").waitFor();
    await page.waitForFunction(() => window.called.length);
    assert.deepEqual(await called(), ["error"]);
    await page.unroute("**/captcha/challenge");
    await widget.find(".row .retry").click();
    await widget.verified();
    await page.waitForFunction(() => window.called.length === 2);
    assert.deepEqual((await called()).sort(), ["callback", "recovery"]);
    assert.equal(await page.evaluate(() => OneCaptcha.execute("#plain")), await widget.token.inputValue());
    await widget.cleared();
    assert.deepEqual(await called(), ["expired"]);
    await widget.check.click();
    await widget.verified();
    assert.deepEqual(await called(), ["callback"]);
    // The page's own errors are the page's to see.
    const thrown = guest.errors.splice(0).map((error) => /thrown by \w+/.exec(error)?.[0] ?? error);
    assert.deepEqual(thrown.sort(), ["callback", "callback", "error", "expired", "recovery"].map((name) => `thrown by ${name}`));
  });

  test("a callback that resets or moves the focus leaves a widget that works", async () => {
    const { page, widget } = await begin('<input id="next" aria-label="next"><div id="plain"></div>');
    Object.assign(widget, new Widget(widget.visit, "#plain"));
    await page.evaluate(() => {
      window.tokens = [];
      OneCaptcha.render("#plain", {
        errorCallback: () => OneCaptcha.reset("#plain"),
        callback: function (token) {
          this.push(token);
          document.querySelector("#next").focus();
        }.bind(window.tokens),
      });
    });
    await widget.check.waitFor();
    await page.route("**/captcha/challenge", (route) => route.abort());
    await widget.check.click();
    await page.waitForSelector("#plain[data-state=idle]");
    await page.unroute("**/captcha/challenge");
    await widget.tick();
    await widget.dragTo((await widget.solution()).x);
    await widget.find(".check[aria-checked=true]").waitFor();
    await page.waitForTimeout(100);
    assert.equal(await page.evaluate(() => document.activeElement.id), "next");
    assert.equal(await page.evaluate(() => tokens.length), 1, "a bound function is called when script hands it over");
  });
});
