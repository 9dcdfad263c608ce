// axe-core over kinds, states, themes and directions: WCAG 2.2 AA and best practice, without a finding.
import assert from "node:assert/strict";
import { after, test } from "node:test";
import { accessible } from "./lib/axe.mjs";
import { onOne } from "./lib/suite.mjs";
import { instead, own, problem } from "./lib/page.mjs";
import { Widget } from "./lib/widget.mjs";

const kinds = ["slide", "drag", "rotate", "click", "text", "audio"];
let looked = 0;

// Ends the puzzle's life in a second.
const brief = async (route) => {
  const response = await route.fetch();
  await route.fulfill({ response, json: { ...(await response.json()), expires_in: 1 } });
};

const themes = { light: { colorScheme: "light" }, dark: { colorScheme: "dark" }, forced: { colorScheme: "light", forcedColors: "active" } };
for (const [theme, options] of Object.entries(themes)) {
  onOne(`axe-core, ${theme}`, (visit) => {
    for (const lang of ["en", "ar"]) {
      test(`${theme}, ${lang === "ar" ? "right to left" : "left to right"}`, async () => {
        const guest = await visit(own('<form><div id="one-captcha"></div></form>', { lang, bypassCSP: true, ...options }));
        const { page } = guest;
        const widget = new Widget(guest);
        const look = async (state) => {
          await accessible(page, `${theme} ${lang} ${state}`);
          looked++;
        };
        const begin = async (kind) => {
          await page.evaluate((kind) => {
            const host = document.createElement("div");
            Object.assign(host, { id: "one-captcha" }).dataset.kind = kind;
            document.querySelector("#one-captcha").replaceWith(host);
          }, kind);
          await widget.check.waitFor();
        };
        const state = (name) => page.waitForSelector(`#one-captcha[data-state=${name}]`);

        for (const kind of kinds) {
          await begin(kind);
          let undo = await instead(guest, "challenge", () => {});
          await widget.check.click();
          await state("loading");
          if (kind === "slide") await look("loading");
          await undo();
          await begin(kind);
          await widget.tick();
          await look(`${kind}, open`);
          const answer = async (route, name) => {
            undo = await instead(guest, "answer", route);
            if (kind === "text" || kind === "audio") await widget.field.fill("12345");
            if (kind === "click") {
              for (let taps = (await widget.challenge()).prompt.order.count; taps > 0; taps--) await widget.pick(20 + 40 * taps, 30);
            }
            await widget.submit.click();
            await state(name);
            await undo();
          };
          await answer(problem(422, "wrong-answer"), "open");
          await look(`${kind}, wrong`);
          await answer((route) => route.abort(), "error");
          await look(`${kind}, offline`);
          await begin(kind);
          await widget.tick();
          await answer(problem(429, "too-many", { "Retry-After": "30" }), "error");
          await look(`${kind}, busy`);
          await begin(kind);
          undo = await instead(guest, "challenge", brief);
          await widget.check.click();
          await state("expired");
          await look(`${kind}, expired`);
          await undo();
        }
        await begin("work");
        await look("idle");
        let undo = await instead(guest, "challenge", problem(503, "busy", { "Retry-After": "30" }));
        await widget.check.click();
        await state("error");
        await look("busy");
        await undo();
        await begin("work");
        undo = await instead(guest, "challenge", (route) => route.abort());
        await widget.check.click();
        await state("error");
        await look("offline");
        await undo();
        await begin("work");
        await widget.check.click();
        await state("verified");
        await look("solved");
        for (const path of ["frame?action=signup", "frame?action=signup&kind=audio", "privacy", "privacy/choices"]) {
          await page.goto(`${guest.server.base}/captcha/${path}${path.includes("?") ? "&" : "?"}lang=${lang}`);
          await look(path);
        }
        await page.goto(`${guest.server.base}/captcha/frame?action=signup&lang=${lang}`);
        await page.fill("#text", "wrong");
        await page.click("button");
        await page.locator("[role=alert]:not(:empty)").waitFor();
        await look("frame, wrong");
      });
    }
  });
}
after(() => assert.ok(looked >= 200, `axe looked at ${looked} combinations`));
