// <one-captcha> belongs to its form as an input does: its value is sent, reset, required and disabled with it.
import assert from "node:assert/strict";
import { test } from "node:test";
import { onOne } from "./lib/suite.mjs";
import { own, STRICT } from "./lib/page.mjs";
import { Widget } from "./lib/widget.mjs";

onOne("the element", (visit) => {
  const open = async (inner, options) => {
    const guest = await visit(own(`<form method="get" action="/own">${inner}<button id="send">Send</button></form>`, { policy: STRICT, ...options }));
    const widget = new Widget(guest, "one-captcha");
    if (inner) await widget.check.waitFor();
    const data = () => guest.page.evaluate(() => [...new FormData(document.forms[0])]);
    return { guest, page: guest.page, widget, data };
  };
  const ticked = (widget) => widget.find(".check[aria-checked=true]").waitFor();
  const unticked = (widget) => widget.find(".check[aria-checked=false]").waitFor();

  test("its token is an entry of the form, under its name, and in a formdata event", async () => {
    for (const [attributes, name] of [["", "captcha-token"], ['data-name="proof"', "proof"], ['name="proof"', "proof"]]) {
      const { page, widget, data } = await open(`<one-captcha data-kind="work" ${attributes}></one-captcha>`);
      assert.deepEqual(await data(), []);
      await widget.check.click();
      await ticked(widget);
      const value = await page.evaluate(() => document.querySelector("one-captcha").value);
      assert.ok(value.length > 80);
      assert.deepEqual(await data(), [[name, value]]);
      const seen = await page.evaluate(
        () =>
          new Promise((resolve) => {
            document.forms[0].addEventListener("formdata", ({ formData }) => resolve([...formData.keys()]));
            new FormData(document.forms[0]);
          }),
      );
      assert.deepEqual(seen, [name]);
      assert.equal(await page.locator("input").count(), 0, "no second field");
    }
  });

  test("form.reset() takes tick and token away, wherever the element is tied to the form", async () => {
    for (const markup of ['<one-captcha data-kind="work"></one-captcha>', '</form><one-captcha data-kind="work" form="f"></one-captcha><form id="f">']) {
      const { page, widget } = await open(markup);
      await widget.check.click();
      await ticked(widget);
      await page.evaluate(() => (document.querySelector("one-captcha").closest("form") || document.querySelector("#f")).reset());
      await unticked(widget);
      assert.equal(await page.evaluate(() => document.querySelector("one-captcha").value), "");
    }
  });

  test("required: an unsolved form is not sent, the box has the focus, and a message says what to do", async () => {
    // What an element says of itself is between it and the browser: noted here on its way.
    const note = () => {
      const set = ElementInternals.prototype.setValidity;
      ElementInternals.prototype.setValidity = function (flags, message, anchor) {
        set.call(this, flags, message, anchor);
        window.said = { message: this.validationMessage, anchor: anchor.getAttribute("role"), missing: this.validity.valueMissing };
      };
    };
    const { guest, page, widget } = await open('<one-captcha data-kind="work" required></one-captcha>', { before: ({ page }) => page.addInitScript(note) });
    const said = () => page.evaluate(() => window.said);
    assert.deepEqual(await said(), { message: "Tick this box first.", anchor: "checkbox", missing: true });
    const validity = () => page.evaluate(() => [document.forms[0].checkValidity(), document.querySelector("one-captcha:invalid") !== null]);
    assert.deepEqual(await validity(), [false, true]);
    const before = guest.requests.length;
    await page.click("#send");
    await page.waitForTimeout(200);
    assert.equal(guest.requests.length, before, "nothing was sent");
    assert.equal(await widget.find(":focus").getAttribute("role"), "checkbox");
    await widget.check.click();
    await ticked(widget);
    assert.deepEqual(await validity(), [true, false]);
    assert.deepEqual(await said(), { message: "", anchor: "checkbox", missing: false });
    await Promise.all([page.waitForURL(/captcha-token=/), page.click("#send")]);
    // The control: without `required` the same form goes out.
    const free = await open('<one-captcha data-kind="work"></one-captcha>');
    await Promise.all([free.page.waitForURL(/own\?/), free.page.click("#send")]);
  });

  test("required where there is no box: the form's own listener is reached, which asks for the token", async () => {
    const { page } = await open("");
    await page.evaluate(() => {
      const form = document.forms[0];
      const element = document.createElement("one-captcha");
      for (const [name, value] of [["data-kind", "work"], ["data-size", "invisible"], ["required", ""]]) element.setAttribute(name, value);
      form.prepend(element);
      form.onsubmit = async (event) => {
        event.preventDefault();
        await OneCaptcha.execute("one-captcha");
        form.submit();
      };
    });
    await page.waitForSelector("one-captcha[data-state=idle]", { state: "attached" });
    await Promise.all([page.waitForURL(/captcha-token=/), page.click("#send")]);
  });

  test("an element that is taken out keeps its form from nothing, and its value is a string", async () => {
    const { page } = await open("<one-captcha required></one-captcha>");
    const look = () => page.evaluate(() => [document.forms[0].checkValidity(), document.querySelector("one-captcha").value]);
    assert.deepEqual(await look(), [false, ""]);
    await page.evaluate(() => OneCaptcha.remove("one-captcha"));
    assert.deepEqual(await look(), [true, ""]);
  });

  test("required can be set and taken away by script", async () => {
    const { page } = await open("<one-captcha></one-captcha>");
    const valid = () => page.evaluate(() => document.forms[0].checkValidity());
    assert.equal(await valid(), true);
    await page.evaluate(() => document.querySelector("one-captcha").toggleAttribute("required", true));
    assert.equal(await valid(), false);
    await page.evaluate(() => document.querySelector("one-captcha").toggleAttribute("required", false));
    assert.equal(await valid(), true);
  });

  test("disabled, by itself or with its fieldset: it answers to nothing and sends nothing", async () => {
    for (const [markup, node] of [
      ['<one-captcha data-kind="work" disabled></one-captcha>', "one-captcha"],
      ['<fieldset disabled><legend>x</legend><one-captcha data-kind="work"></one-captcha></fieldset>', "fieldset"],
    ]) {
      const { guest, page, widget, data } = await open(markup);
      assert.equal(await widget.check.isDisabled(), true);
      await widget.check.click({ force: true });
      const waits = () => new Promise((resolve) => setTimeout(resolve, 3000, "it waits"));
      assert.equal(await page.evaluate(`Promise.race([OneCaptcha.execute().catch(({ message }) => message), (${waits})()])`), "disabled");
      assert.equal(guest.challenges.length, 0);
      await page.evaluate((node) => document.querySelector(node).toggleAttribute("disabled", false), node);
      await widget.check.click();
      await ticked(widget);
      await page.evaluate((node) => document.querySelector(node).toggleAttribute("disabled", true), node);
      assert.deepEqual(await data(), []);
    }
  });

  test("execute on an element that is disabled before it is ready does not wait for ever", async () => {
    const { page } = await open("");
    const said = await page.evaluate(() => {
      const host = document.createElement("one-captcha");
      host.toggleAttribute("disabled", true);
      host.dataset.start = "load";
      document.forms[0].append(host);
      const waits = new Promise((resolve) => setTimeout(resolve, 3000, "it waits"));
      return Promise.race([OneCaptcha.execute("one-captcha").catch(({ message }) => message), waits]);
    });
    assert.equal(said, "disabled");
  });

  test("the Back button starts an element over that belongs to a form elsewhere on the page", async () => {
    const { page, widget } = await open('</form><one-captcha data-kind="work" form="f"></one-captcha><form id="f">');
    await widget.check.click();
    await ticked(widget);
    await page.evaluate(() => dispatchEvent(new PageTransitionEvent("pageshow", { persisted: true })));
    await ticked(widget);
    await page.evaluate(() => {
      new FormData(document.querySelector("#f"));
      dispatchEvent(new PageTransitionEvent("pageshow", { persisted: true }));
    });
    await unticked(widget);
  });

  test("where the browser knows no such elements, a hidden field does the same", async () => {
    const { widget, data } = await open('<one-captcha data-kind="work"></one-captcha>', {
      before: ({ page }) => page.addInitScript(() => delete HTMLElement.prototype.attachInternals),
    });
    await widget.check.click();
    await ticked(widget);
    assert.deepEqual((await data()).map(([name]) => name), ["captcha-token"]);
  });
});
