// The pictures of the documentation: `npm run screenshots` writes them to docs/pictures. A fresh puzzle each time.
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { Server, root } from "./lib/server.mjs";
import { browser, leave, Visit } from "./lib/visit.mjs";
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

await leave();
await (await browser()).close();
await server.stop();
