// Hosts as frameworks treat them: copied, taken out before they are ready, and put inside other components.
import assert from "node:assert/strict";
import { test } from "node:test";
import { onOne } from "./lib/suite.mjs";
import { own } from "./lib/page.mjs";
import { Widget } from "./lib/widget.mjs";

onOne("hosts", (visit, server) => {
  test("a solved host that a copy takes the place of, as in a snapshot of Turbo or htmx: one token in the form", async () => {
    const guest = await visit(own('<form><input name="name" aria-label="name" value="Ada"><div id="one-captcha" data-kind="work"></div></form>'));
    const { page } = guest;
    const widget = new Widget(guest);
    const tokens = () => page.evaluate(() => new FormData(document.forms[0]).getAll("captcha-token"));
    await widget.check.click();
    await widget.verified();
    const [first] = await tokens();
    await page.evaluate(() => {
      const host = document.querySelector("#one-captcha");
      host.replaceWith(host.cloneNode(true));
    });
    await widget.check.waitFor();
    assert.deepEqual(await tokens(), [], "the copy is not solved");
    await widget.check.click();
    await widget.verified();
    const [second, ...others] = await tokens();
    assert.deepEqual(others, []);
    assert.notEqual(second, first);
    const body = new URLSearchParams({ name: "Ada", email: "ada@example.org", "captcha-token": second });
    assert.equal((await fetch(`${server().base}/signup`, { method: "POST", body })).status, 200);
  });

  test("a host that is taken out while its words do not come stays as it was: no button, no room, no error", async () => {
    let give;
    const held = new Promise((resolve) => (give = resolve));
    const guest = await visit(
      own('<div id="one-captcha"></div>', { before: ({ page }) => page.route("**/lang/*.json", async (route) => (await held, await route.abort())) }),
    );
    const { page } = guest;
    await page.waitForFunction(() => document.querySelector("#one-captcha").shadowRoot);
    await page.waitForTimeout(100);
    await page.evaluate(() => OneCaptcha.remove());
    give();
    await page.waitForTimeout(300);
    assert.equal(await page.locator("#one-captcha button").count(), 0);
    assert.equal((await page.locator("#one-captcha").boundingBox()).height, 0);
    assert.deepEqual(await guest.events, []);
  });

  test("<one-captcha> inside another component's shadow root, its attributes set after it was put there", async () => {
    const guest = await visit(own("<section></section>"));
    const { page } = guest;
    await page.evaluate(() => {
      const inside = document.querySelector("section").attachShadow({ mode: "open" });
      inside.innerHTML = "<form></form>";
      const host = document.createElement("one-captcha");
      inside.querySelector("form").append(host);
      host.dataset.kind = "work";
      host.dataset.lang = "fr";
    });
    const widget = new Widget(guest, "one-captcha");
    assert.equal(await widget.check.textContent(), "Je ne suis pas un robot");
    await widget.check.click();
    await widget.find(".check[aria-checked=true]").waitFor();
    const inside = (what) => page.evaluate(`(() => { const form = document.querySelector("section").shadowRoot.querySelector("form"); return ${what}; })()`);
    assert.ok((await inside('new FormData(form).get("captcha-token")')).length > 80);
    await inside("form.reset()");
    await widget.find(".check[aria-checked=false]").waitFor();
  });
});
