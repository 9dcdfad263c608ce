// Pages that allow the least, and places where browsers take things away: a policy of 'self' alone with Trusted Types, an iframe,
// plain HTTP on a local network.
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { createServer } from "node:http";
import { chromium } from "playwright-core";
import { test } from "node:test";
import { onOne } from "./lib/suite.mjs";
import { own, STRICT } from "./lib/page.mjs";
import { labels, mouse } from "./lib/ways.mjs";
import { flags } from "./lib/visit.mjs";
import { Widget } from "./lib/widget.mjs";

const solved = async (widget, kind) => {
  await widget.tick();
  if (kind !== "slide") await widget.choose(labels[kind]);
  if (kind === "audio") {
    await widget.find(".play").click();
    await widget.field.fill((await widget.solution()).text);
    await widget.submit.click();
  } else if (kind !== "work") await mouse[kind](widget);
  await widget.find(".check[aria-checked=true]").waitFor();
};

onOne("strict pages", (visit, server) => {
  test("default-src 'none' with 'self' for script, style, connect and worker, and Trusted Types: every kind", async () => {
    for (const kind of ["slide", "drag", "rotate", "click", "text", "audio", "work"]) {
      const guest = await visit(own('<div id="one-captcha"></div>', { policy: STRICT }));
      await solved(new Widget(guest), kind);
    }
  });

  test("the script's integrity hash is of what is served", async () => {
    const bytes = Buffer.from(await (await fetch(`${server().base}/captcha/widget.js`)).arrayBuffer());
    const hash = createHash("sha384").update(bytes).digest("base64");
    for (const [integrity, loads] of [[hash, true], [hash.replace(/^./, (letter) => (letter === "A" ? "B" : "A")), false]]) {
      const head = `<script src="/captcha/widget.js" integrity="sha384-${integrity}" defer></script>`;
      const guest = await visit(own('<div id="one-captcha"></div>', { head, policy: STRICT }));
      assert.equal(await guest.page.evaluate(() => typeof window.OneCaptcha), loads ? "object" : "undefined");
      if (loads) await solved(new Widget(guest), "work");
    }
  });
});

onOne("strict places", (visit, server) => {
  test("a policy without workers: the page computes, and says nothing about it to anybody", async () => {
    const guest = await visit(own('<div id="one-captcha"></div>', { policy: STRICT.replace("worker-src 'self'", "worker-src 'none'") }));
    await solved(new Widget(guest), "slide");
    // The browser reports what its policy stopped: that is the page's own wish.
    assert.ok(guest.violations.length > 0);
    guest.violations.length = 0;
    await guest.page.evaluate(() => (window.recorded.reports.length = 0));
    await guest.page.close();
    guest.context.pages().forEach((page) => page.close());
  });

  test("inside an iframe of the same site, sandboxed as far as it can be", async () => {
    const guest = await visit(
      own('<iframe src="/inner" title="inner" sandbox="allow-scripts allow-same-origin allow-forms" width="420" height="560"></iframe>', {
        head: "",
        before: ({ context }) =>
          context.route("**/inner", (route) =>
            route.fulfill({
              contentType: "text/html",
              headers: { "Content-Security-Policy": STRICT },
              body: '<!doctype html><html lang="en"><title>inner</title><script src="/captcha/widget.js" defer></script><form><div id="one-captcha"></div></form></html>',
            }),
          ),
      }),
    );
    const inner = guest.page.frameLocator("iframe");
    await inner.locator(".check").click();
    await inner.locator("#one-captcha[data-state=open] dialog").waitFor();
    await inner.locator(".kind:text-is('No puzzle')").click();
    await inner.locator("#one-captcha[data-state=verified]").waitFor();
    assert.equal(await inner.locator("input[name=captcha-token]").count(), 1);
  });

  test("inside an iframe of another site: the puzzle, and no cookie at all", async () => {
    const outer = createServer((_, reply) => reply.setHeader("Content-Type", "text/html").end(`<!doctype html><title>outer</title><iframe src="${server().base}/own" width="420" height="700"></iframe>`));
    await new Promise((listening) => outer.listen(0, "127.0.0.1", listening));
    try {
      const guest = await visit(own('<form method="post" action="/signup"><input name="name" value="Ada"><input name="email" value="ada@example.org"><div id="one-captcha" data-action="signup"></div><button>Send</button></form>'));
      await guest.page.goto(`http://localhost:${outer.address().port}/`);
      guest.foreign.length = 0;
      const inner = guest.page.frameLocator("iframe");
      await inner.locator(".check").click();
      await inner.locator("#one-captcha[data-state=open] dialog").waitFor();
      await inner.locator(".kind:text-is('No puzzle')").click();
      await inner.locator("#one-captcha[data-state=verified]").waitFor();
      assert.deepEqual(await guest.context.cookies(), []);
      const isSignup = (response) => response.url().endsWith("/signup");
      const [response] = await Promise.all([guest.page.waitForEvent("response", isSignup), inner.locator("button:text-is('Send')").click()]);
      assert.equal(response.status(), 200);
    } finally {
      outer.close();
    }
  });

  // A name that is not localhost is no secure context over plain HTTP: no crypto.subtle, and what else browsers keep for HTTPS.
  test("over plain HTTP on a local network: every kind", async () => {
    const { port } = server();
    const browser = await chromium.launch({
      executablePath: process.env.CHROMIUM || "/usr/bin/chromium",
      args: [...flags, "--host-resolver-rules=MAP shop.lan 127.0.0.1"],
    });
    try {
      for (const kind of ["slide", "drag", "rotate", "click", "text", "audio", "work"]) {
        const page = await (await browser.newContext()).newPage();
        const visit = { page, server: server(), challenges: [] };
        page.on("response", (response) => {
          if (response.url().endsWith("/captcha/challenge")) visit.challenges.push(response.json().then((json) => ({ status: response.status(), ...json })));
        });
        await page.goto(`http://shop.lan:${port}/`);
        assert.equal(await page.evaluate(() => window.isSecureContext || !!crypto.subtle), false);
        await solved(new Widget(visit), kind);
        await page.context().close();
      }
    } finally {
      await browser.close();
    }
  });
});
