// The pictures of the documentation: `npm run screenshots` writes them to docs/pictures. A fresh puzzle each time.
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { Server, root } from "./lib/server.mjs";
import { browser, leave, Visit } from "./lib/visit.mjs";
import { instead, own, problem } from "./lib/page.mjs";
import { fillIn } from "./lib/suite.mjs";
import { Widget } from "./lib/widget.mjs";

const folder = join(root, "docs/pictures");
mkdirSync(folder, { recursive: true });
const server = await Server.start("axum");
const open = async (options) => {
  const guest = await Visit.open(server, { deviceScaleFactor: 2, reducedMotion: "reduce", ...options });
  return { guest, widget: new Widget(guest) };
};

// A part of the page with a margin around it.
async function shoot({ page }, name, node, margin = 16) {
  const box = await node.boundingBox();
  const clip = { x: box.x - margin, y: box.y - margin, width: box.width + 2 * margin, height: box.height + 2 * margin };
  await page.screenshot({ path: join(folder, `${name}.png`), clip });
  console.log(name);
}

for (const [suffix, colorScheme] of [["", "light"], ["-dark", "dark"]]) {
  const { guest, widget } = await open({ colorScheme });
  await fillIn(guest);
  await widget.tick();
  const { x } = await widget.solution();
  await widget.range.evaluate((range, value) => {
    range.value = value;
    range.dispatchEvent(new Event("input"));
  }, Math.round(x * 0.6));
  await shoot(guest, `widget-slide${suffix}`, widget.dialog);
}

const { guest, widget } = await open();
await fillIn(guest);
await widget.check.waitFor();
await guest.page.screenshot({ path: join(folder, "page.png"), fullPage: true });
const row = widget.find(".row");
await shoot(guest, "widget-idle", row, 8);
await widget.tick();
await widget.choose("Text");
await shoot(guest, "widget-text", widget.dialog);
await widget.choose("No puzzle");
await widget.verified();
await shoot(guest, "widget-solved", row, 8);

const scriptless = await open({ javaScriptEnabled: false });
scriptless.guest.scriptless = true;
await scriptless.guest.page.frameLocator("iframe").locator("h1").waitFor();
await shoot(scriptless.guest, "frame", scriptless.guest.page.locator("iframe"), 8);

// Every state side by side, light, dark and from right to left, and in the visitor's own colours: what there is to look at after a
// change of style.
const shapes = { row: { x: 0, y: 0, width: 420, height: 156 }, dialog: { x: 0, y: 0, width: 420, height: 600 } };
for (const [name, lang, colorScheme, forcedColors] of [["light", "en", "light"], ["dark", "ar", "dark"], ["forced", "en", "dark", "active"]]) {
  const style = `<style>body { margin: 0; background: ${colorScheme === "dark" ? "#10131a" : "#f4f6fb"} } main { padding: 8px } h1 { display: none }</style>`;
  const page = own(`${style}<form><div id="one-captcha"></div></form>`, { lang });
  const { guest, widget } = await open({ ...page, colorScheme, forcedColors, deviceScaleFactor: 1, viewport: { width: 420, height: 600 } });
  const tiles = [];
  const take = async (state, shape) => tiles.push([state, await guest.page.screenshot({ clip: shapes[shape] }), shape]);
  const begin = async (kind, more = {}) => {
    await guest.page.mouse.move(0, 0);
    await guest.page.evaluate(
      (data) => {
        const host = document.createElement("div");
        host.id = "one-captcha";
        Object.assign(host.dataset, data);
        document.querySelector("#one-captcha").replaceWith(host);
      },
      { kind, ...more },
    );
    await widget.check.waitFor();
  };
  const state = (name) => guest.page.waitForSelector(`#one-captcha[data-state=${name}]`);
  // `act` with another answer to a route, until the widget is in that state.
  const met = async (route, answer, act, name) => {
    const undo = await instead(guest, route, answer);
    await act();
    await state(name);
    await guest.page.waitForTimeout(100);
    return undo;
  };
  await begin("work");
  await take("idle", "row");
  await (await met("challenge", () => {}, () => widget.check.press("Space"), "loading").then(async (undo) => (await take("loading", "row"), undo)))();
  await begin("work");
  await (await met("challenge", problem(429, "too-many", { "Retry-After": "30" }), () => widget.check.press("Space"), "error"))();
  await take("busy", "row");
  await begin("work");
  await (await met("challenge", (route) => route.abort(), () => widget.check.press("Space"), "error"))();
  await take("row-offline", "row");
  await begin("work");
  await met("answer", () => {}, () => widget.check.press("Space"), "checking").then(async (undo) => (await take("checking", "row"), undo()));
  await begin("work");
  await widget.check.press("Space");
  await state("verified");
  await take("solved", "row");
  await begin("work", { time: "1000" });
  await widget.check.press("Space");
  await state("expired");
  await take("token-expired", "row");
  await begin("work", { size: "compact" });
  await take("compact", "row");
  for (const kind of ["slide", "drag", "rotate", "click", "text", "audio"]) {
    await begin(kind);
    await widget.check.press("Space");
    await widget.ready.waitFor();
    await take(kind, "dialog");
  }
  await begin("slide");
  await widget.check.press("Space");
  await widget.ready.waitFor();
  await (await met("answer", problem(422, "wrong-answer"), () => widget.submit.press("Enter"), "open"))();
  await take("wrong", "dialog");
  await (await met("answer", (route) => route.abort(), () => widget.submit.press("Enter"), "error"))();
  await take("offline", "dialog");
  await begin("text");
  const brief = async (route) => {
    const response = await route.fetch();
    await route.fulfill({ response, json: { ...(await response.json()), expires_in: 1 } });
  };
  await (await met("challenge", brief, () => widget.check.press("Space"), "expired"))();
  await take("expired", "dialog");
  guest.violations.length = 0; // a page of our own, with a style of its own

  const sheet = await (await browser()).newPage({ viewport: { width: 5 * 436, height: 400 } });
  const figures = tiles.map(([state, png]) => `<figure><img src="data:image/png;base64,${png.toString("base64")}"><figcaption>${state}</figcaption></figure>`);
  await sheet.setContent(`<style>body { margin: 8px; font: 14px system-ui; background: #8a8f99; color: #fff; display: flex; flex-wrap: wrap; gap: 8px } figure { margin: 0 }</style>${figures.join("")}`);
  await sheet.screenshot({ path: join(folder, `states-${name}.jpg`), type: "jpeg", quality: 82, fullPage: true });
  await sheet.close();
  console.log(`states-${name}`);
}

await leave();
await (await browser()).close();
await server.stop();
