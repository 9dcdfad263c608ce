// What the widget costs a page and its visitors: `npm run bench` after `cargo build --release -p axum-signup`. Figures, not a
// test. The slow machine is the browser's own: its main thread at a quarter of the speed (workers are not slowed down), and
// once more without a worker, so that the calculation itself runs at a quarter. The screen is a phone's.
import { after } from "node:test";
import { devices } from "playwright-core";
import { own, STRICT } from "./lib/page.mjs";
import { fillIn, letIn } from "./lib/suite.mjs";
import { Server } from "./lib/server.mjs";
import { browser, leave, Visit } from "./lib/visit.mjs";
import { Widget } from "./lib/widget.mjs";

const runs = +(process.env.RUNS || 15);
const { defaultBrowserType, ...phone } = devices["Pixel 7"];
const slow = async ({ context, page }) => {
  const session = await context.newCDPSession(page);
  await session.send("Emulation.setCPUThrottlingRate", { rate: 4 });
};
const median = (numbers) => numbers.sort((a, b) => a - b)[numbers.length >> 1];

async function login(server, blocked) {
  let asked = 0;
  // The page's own copy of the script comes first, the worker's second.
  const before = blocked ? ({ context }) => context.route("**/widget.js", (route) => (asked++ ? route.abort() : route.continue())) : undefined;
  const guest = await Visit.open(server, { ...phone, before });
  const widget = new Widget(guest);
  await widget.check.waitFor();
  await fillIn(guest);
  await slow(guest);
  const began = Date.now();
  await widget.check.press("Space");
  await widget.ready.waitFor();
  const shown = Date.now();
  await guest.page.keyboard.press("Shift+Tab");
  await guest.page.keyboard.press("Enter");
  await widget.verified();
  const verified = Date.now();
  for (const _ of ["Privacy", "Sign up"]) await guest.page.keyboard.press("Tab");
  await letIn(guest, { act: () => guest.page.keyboard.press("Enter") });
  await leave();
  return { "puzzle shown": shown - began, "no puzzle": verified - shown, "whole login": Date.now() - began };
}

// A page with the widget, loaded one way or the other, and the same page with a deferred script that does nothing, or without any,
// in turns: long tasks and what moves while it comes into sight.
async function arrival(server, way) {
  const head = { nothing: '<script src="/nothing.js" defer></script>', without: "" }[way] ?? `<script src="/captcha/widget.js" ${way}></script>`;
  const watch = () => {
    window.tasks = [];
    window.shift = 0;
    new PerformanceObserver((list) => list.getEntries().forEach(({ duration }) => window.tasks.push(duration))).observe({ type: "longtask", buffered: true });
    new PerformanceObserver((list) => list.getEntries().forEach(({ value }) => (window.shift += value))).observe({ type: "layout-shift", buffered: true });
  };
  const body = '<p>Before</p><form><input aria-label="name"><div id="one-captcha"></div><button>Send</button></form><p>After</p>';
  const guest = await Visit.open(server, own(body, {
    ...phone,
    head,
    policy: STRICT,
    before: async (visit) => {
      await visit.page.addInitScript(watch);
      await visit.context.route("**/nothing.js", (route) => route.fulfill({ contentType: "text/javascript", body: "" }));
      await slow(visit);
    },
  }));
  if (head.includes("widget")) await new Widget(guest).check.waitFor();
  await guest.page.waitForTimeout(1000);
  const { tasks, shift, paint } = await guest.page.evaluate(() => ({
    tasks,
    shift,
    paint: performance.getEntriesByName("first-contentful-paint")[0]?.startTime,
  }));
  await leave();
  return { longest: Math.max(0, ...tasks), tasks: tasks.length, shift, paint };
}

const server = await Server.start("axum");
after(() => server.stop());
const pages = { defer: [], async: [], nothing: [], without: [] };
for (let run = 0; run < runs; run++) {
  for (const [way, list] of Object.entries(pages)) list.push(await arrival(server, way));
}
for (const [what, list] of Object.entries(pages)) {
  const of = (name) => list.map((entry) => entry[name]);
  console.log(
    `${what}: tasks over 50 ms in ${of("tasks").filter(Boolean).length} of ${runs} loads, the longest ${median(of("longest"))} ms (median) and ${Math.max(...of("longest"))} ms (worst); ` +
      `first paint after ${Math.round(median(of("paint")))} ms (median); layout shift at most ${Math.max(...of("shift")).toFixed(4)}`,
  );
}
for (const [where, blocked] of [["in a worker", false], ["on the slowed-down page", true]]) {
  const times = [];
  for (let run = 0; run < runs; run++) times.push(await login(server, blocked));
  for (const what of Object.keys(times[0])) {
    const sorted = times.map((time) => time[what]).sort((a, b) => a - b);
    console.log(`${where}, ${what}: median ${sorted[runs >> 1]} ms, worst of ${runs} ${sorted.at(-1)} ms`);
  }
}
await (await browser()).close();
await server.stop();
