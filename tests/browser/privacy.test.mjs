// The notice and the page of choices, with and without script, and what was chosen taking effect.
import assert from "node:assert/strict";
import { test } from "node:test";
import { accessible } from "./lib/axe.mjs";
import { onEach, onOne } from "./lib/suite.mjs";
import { Widget } from "./lib/widget.mjs";

const press = async ({ page }, label) => {
  await page.click(`button:text-is("${label}")`);
  await page.waitForURL(/choices\?done=1/);
};

onEach("privacy", (visit) => {
  test("the notice opens from the widget before anything is stored", async () => {
    const guest = await visit();
    const widget = new Widget(guest);
    const [notice] = await Promise.all([guest.context.waitForEvent("page"), widget.find(".privacy").click()]);
    await notice.waitForSelector("h1:text-is('Privacy notice of the captcha')");
    assert.deepEqual(await guest.cookies(), {});
    await notice.click("a:text-is('Use these rights now')");
    await notice.waitForSelector("h1:text-is('Your data and your choices')");
    assert.match(await notice.textContent("main"), /Nothing\./);
    assert.deepEqual(await guest.cookies(), {});
  });

  test("without script: see, restrict, select, take along, delete", async () => {
    const guest = await visit({ javaScriptEnabled: false });
    guest.scriptless = true;
    const { page } = guest;
    const [notice] = await Promise.all([guest.context.waitForEvent("page"), page.frameLocator("iframe").locator("a:text-is('Privacy')").click()]);
    await notice.waitForSelector("h1:text-is('Privacy notice of the captcha')");
    await page.goto(`${guest.server.base}/captcha/privacy/choices`);
    await press(guest, "Restrict processing");
    await page.waitForSelector("[role=status]:text-is('Done.')");
    await page.waitForSelector("td:text-is('yes')");
    await press(guest, "Lift the restriction");
    assert.deepEqual(await guest.cookies(), {}, "nothing is left to remember");

    await page.selectOption("#theme", "dark");
    await page.selectOption("#kind", "text");
    await press(guest, "Save");
    await page.waitForSelector("td:text-is('dark')");
    const [download] = await Promise.all([page.waitForEvent("download"), page.click("a:text-is('CSV')")]);
    assert.equal(download.suggestedFilename(), "captcha-data.csv");

    await press(guest, "Delete my data");
    assert.deepEqual(await guest.cookies(), {});
  });

  test("what was selected comes back after a reload, and is gone with the browser's session", async () => {
    const guest = await visit();
    const widget = new Widget(guest);
    await widget.tick();
    const remembered = guest.page.waitForResponse((response) => response.request().method() === "PATCH");
    await widget.choose("Text");
    await remembered;
    await guest.page.goto(`${guest.server.base}/captcha/privacy/choices`);
    assert.equal(await guest.page.inputValue("#kind"), "text");
    await guest.page.selectOption("#theme", "dark");
    await guest.page.selectOption("#motion", "reduce");
    await press(guest, "Save");
    await guest.page.goto(guest.server.base);
    await widget.tick();
    await widget.field.waitFor();
    const colour = await widget.dialog.evaluate((dialog) => getComputedStyle(dialog).backgroundColor);
    assert.equal(colour, "rgb(28, 32, 41)");
    assert.equal(await widget.find(".captcha.still").count(), 1);

    const other = await visit();
    await new Widget(other).tick();
    await new Widget(other).piece.waitFor();
  });

  test("data deleted: a solved check is worth nothing any more", async () => {
    const guest = await visit();
    await new Widget(guest).solveQuickly();
    await guest.page.goto(`${guest.server.base}/captcha/privacy/choices`);
    const { "captcha-token": token } = await guest.cookies();
    await guest.page.waitForSelector("code:text-is('session_id')");
    await press(guest, "Delete my data");
    assert.deepEqual(await guest.cookies(), {});
    const response = await fetch(`${guest.server.base}/members`, { headers: { "X-Captcha-Token": token.value } });
    assert.equal(response.status, 403);
    assert.equal((await response.json()).type, "urn:captcha:spent");
  });
});

onOne("the privacy pages", (visit) => {
  for (const colorScheme of ["light", "dark"]) {
    test(`axe finds nothing (${colorScheme})`, async () => {
      const guest = await visit({ colorScheme, bypassCSP: true });
      await new Widget(guest).solveQuickly();
      for (const path of ["privacy", "privacy?lang=zh", "privacy/choices", "privacy/choices?lang=zh&done=1"]) {
        await guest.page.goto(`${guest.server.base}/captcha/${path}`);
        await accessible(guest.page, path);
      }
    });
  }

  test("320 pixels: only the tables scroll", async () => {
    const guest = await visit({ viewport: { width: 320, height: 640 } });
    for (const path of ["privacy", "privacy/choices"]) {
      await guest.page.goto(`${guest.server.base}/captcha/${path}`);
      assert.ok(await guest.page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), path);
    }
  });
});
