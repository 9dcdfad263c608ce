// How long a visitor without a puzzle waits: `npm run bench` after `cargo build --release -p axum-signup`. Figures, not a
// test. The slow machine is the browser's own: its main thread at a quarter of the speed (workers are not slowed down), and
// once more without a worker, so that the calculation itself runs at a quarter.
import { after } from "node:test";
import { fillIn, letIn } from "./lib/suite.mjs";
import { Server } from "./lib/server.mjs";
import { browser, leave, Visit } from "./lib/visit.mjs";
import { Widget } from "./lib/widget.mjs";

const runs = +(process.env.RUNS || 15);

async function login(server, blocked) {
  const before = blocked ? ({ context }) => context.route("**/worker.js", (route) => route.abort()) : undefined;
  const guest = await Visit.open(server, { before });
  const widget = new Widget(guest);
  await widget.check.waitFor();
  await fillIn(guest);
  const slow = await guest.context.newCDPSession(guest.page);
  await slow.send("Emulation.setCPUThrottlingRate", { rate: 4 });
  const began = Date.now();
  await widget.check.press("Space");
  await widget.ready.waitFor();
  const asked = Date.now();
  await guest.page.keyboard.press("Shift+Tab");
  await guest.page.keyboard.press("Enter");
  await widget.verified();
  const verified = Date.now();
  for (const _ of ["Privacy", "Sign up"]) await guest.page.keyboard.press("Tab");
  await letIn(guest, { act: () => guest.page.keyboard.press("Enter") });
  await leave();
  return { "puzzle shown": asked - began, "no puzzle": verified - asked, "whole login": Date.now() - began };
}

const server = await Server.start("axum");
after(() => server.stop());
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
