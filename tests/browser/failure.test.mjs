// What a visitor sees when something is missing: the server, the worker, the words.
import assert from "node:assert/strict";
import { test } from "node:test";
import { fillIn, letIn, onEach, untouched } from "./lib/suite.mjs";
import { Server } from "./lib/server.mjs";
import { Visit } from "./lib/visit.mjs";
import { Widget } from "./lib/widget.mjs";

onEach("when something fails", (visit, server) => {
  test("the server stops before the first click and comes back", async () => {
    const { name } = server();
    let own = await Server.start(name);
    try {
      const guest = await Visit.open(own);
      const widget = new Widget(guest);
      await widget.check.waitFor();
      await fillIn(guest);
      await own.stop();
      await widget.check.click();
      await widget.rowAlert.filter({ hasText: "Cannot reach the server. Check your connection and try again." }).waitFor();
      assert.deepEqual((await guest.events).map(({ name, detail }) => [name, detail]), [["error", { kind: "network" }]]);
      await untouched(guest);

      own = await Server.start(name, { secret: own.secret, port: own.port });
      await widget.find(".row .retry").click();
      await widget.ready.waitFor();
      await widget.choose("No puzzle");
      await widget.verified();
      await untouched(guest);
      await letIn(guest);
    } finally {
      await own.stop();
    }
  });

  test("the network goes away before the answer and comes back", async () => {
    const guest = await visit();
    const widget = new Widget(guest);
    await fillIn(guest);
    await widget.tick();
    const { x } = await widget.solution();
    await guest.context.setOffline(true);
    await widget.dragTo(x);
    await widget.alert.filter({ hasText: "Cannot reach the server." }).waitFor();
    // The browser says when it is back, and the answer goes out by itself.
    await guest.context.setOffline(false);
    await widget.verified();
    await letIn(guest);
  });

  test("the worker's file is blocked: the page itself computes", async () => {
    // The script is its own worker: the page's own copy comes first.
    let asked = 0;
    const guest = await visit({ before: ({ context }) => context.route("**/widget.js", (route) => (asked++ ? route.abort() : route.continue())) });
    const widget = new Widget(guest);
    await fillIn(guest);
    await widget.solveSlide();
    assert.ok(asked > 1, "the worker was asked for and refused");
    await letIn(guest);
  });

  test("the words are blocked: a message, and another try", async () => {
    let there = false;
    const guest = await visit({ before: ({ context }) => context.route("**/lang/*.json", (route) => (there ? route.continue() : route.abort())) });
    const widget = new Widget(guest);
    await fillIn(guest);
    const again = widget.find("button:text-is('Captcha: retry'):visible");
    await again.waitFor();
    there = true;
    await again.click();
    await widget.check.waitFor();
    await untouched(guest);
  });

  test("a challenge that was spent meanwhile is replaced, not repeated", async () => {
    const guest = await visit();
    const widget = new Widget(guest);
    await widget.tick();
    const { challenge } = await widget.challenge();
    const { x } = await widget.solution();
    const spend = () => fetch(`${server().base}/captcha/answer`, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ challenge, answer: { x }, work: 0 }),
    });
    assert.equal((await spend()).status, 422, "an answer without its work");
    assert.equal((await spend()).status, 409);
    await widget.dragTo(x);
    await widget.alert.filter({ hasText: "The puzzle had expired. Here is a new one." }).waitFor();
    await widget.ready.waitFor();
    await widget.dragTo((await widget.solution()).x);
    await widget.verified();
  });
});
