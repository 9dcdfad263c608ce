// What the widget does not do: no call without being asked, nothing stored, nothing from elsewhere.
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { fillIn, onEach, onOne } from "./lib/suite.mjs";
import { root } from "./lib/server.mjs";
import { leave } from "./lib/visit.mjs";
import { Widget } from "./lib/widget.mjs";

const idle = (process.env.CAPTCHA_LONG === "1" ? 60 : 10) * 1000;

const attributes = ({ httpOnly, sameSite, path }) => ({ httpOnly, sameSite, path });

onEach("quiet", (visit, server) => {
  test(`in ${idle / 1000} idle seconds nothing is sent: untouched, with a puzzle open, after a right answer`, async () => {
    const [untouched, waiting, solved] = await Promise.all([visit(), visit(), visit()]);
    await new Widget(untouched).check.waitFor();
    await new Widget(waiting).tick();
    await new Widget(solved).solveQuickly();
    const guests = [untouched, waiting, solved];
    await Promise.all(guests.map(({ page }) => page.waitForLoadState("networkidle")));
    const before = guests.map(({ requests }) => [...requests]);
    await untouched.page.waitForTimeout(idle);
    assert.deepEqual(guests.map(({ requests }) => requests), before);
  });

  test("before the first click: the script and one language, no cookie", async () => {
    const guest = await visit();
    await new Widget(guest).check.waitFor();
    await fillIn(guest);
    const calls = guest.requests.filter((request) => request !== "GET /favicon.ico").sort();
    assert.deepEqual(calls, ["GET /", "GET /app.css", "GET /app.js", "GET /captcha/lang/en.json", "GET /captcha/widget.js"]);
    assert.deepEqual(await guest.cookies(), {});
  });

  test("afterwards: the three declared cookies, out of reach of script", async () => {
    const guest = await visit();
    const widget = new Widget(guest);
    await widget.tick();
    assert.deepEqual(Object.keys(await guest.cookies()), ["captcha-session"], "the first click brings the session");
    await widget.choose("No puzzle");
    await widget.verified();
    const { "captcha-session": session, "captcha-token": token, "captcha-prefs": prefs, ...others } = await guest.cookies();
    assert.deepEqual(others, {});
    assert.deepEqual(attributes(prefs), { httpOnly: true, sameSite: "Strict", path: "/" }, "the way that was chosen");
    assert.equal(prefs.expires, -1);
    assert.deepEqual(attributes(session), { httpOnly: true, sameSite: "Strict", path: "/" });
    assert.deepEqual(attributes(token), { httpOnly: true, sameSite: "Lax", path: "/" });
    assert.equal(session.expires, -1, "ends with the browser session");
    const life = token.expires - Date.now() / 1000;
    assert.ok(life > 280 && life <= 301, `the token's cookie lives ${life} s`);
    assert.equal(token.value, await widget.token.inputValue());
  });

  test("the served files are the same for everyone, and unchanged ones are not sent again", async () => {
    for (const name of ["widget.js", "widget.css", "worker.js", "consent.js", "lang/en.json", "lang/zh-Hant.json"]) {
      const url = `${server().base}/captcha/${name}`;
      const [plain, other] = await Promise.all([fetch(url), fetch(url, { headers: { Cookie: "captcha-session=x", "Accept-Language": "ko" } })]);
      const body = await plain.text();
      assert.equal(body, readFileSync(join(root, "captcha-core/src/widget/dist", name), "utf8"), `${name} is the shipped one`);
      assert.equal(await other.text(), body);
      const etag = plain.headers.get("etag");
      assert.ok(etag);
      assert.equal(other.headers.get("etag"), etag);
      assert.equal(plain.headers.get("set-cookie"), null);
      assert.equal((await fetch(url, { headers: { "If-None-Match": etag } })).status, 304);
    }
  });
});

onOne("the watch itself", (visit) => {
  // Were these not noticed, the silence in every other test would mean nothing.
  test("notices a policy violation, a stored item and a foreign request", async () => {
    const breaches = {
      "policy violations": () => document.body.append(Object.assign(document.createElement("img"), { src: "data:image/gif;base64,R0lGODlhAQABAAAAACwAAAAAAQABAAA=" })),
      "stored items": () => localStorage.setItem("planted", "1"),
      "requests to elsewhere": () => void fetch("http://127.0.0.1:9/planted").catch(() => {}),
    };
    for (const [name, breach] of Object.entries(breaches)) {
      const guest = await visit();
      await guest.page.evaluate(breach);
      await guest.page.waitForTimeout(200);
      // A foreign request never leaves a page whose policy forbids it: the policy is what is seen then.
      await assert.rejects(leave(), new RegExp(`${name}|policy violations`), name);
    }
  });
});

test("no address of another site is in any shipped file", () => {
  const folders = ["captcha-core/src/widget", "captcha-core/src/widget/dist", "captcha-core/src/widget/dist/lang", "examples/shared"];
  const files = folders.flatMap((folder) => readdirSync(join(root, folder)).filter((name) => /\.(js|json|css|html)$/.test(name)).map((name) => join(folder, name)));
  assert.ok(files.length >= 12, files.join());
  // The name of the SVG namespace looks like an address, but is never fetched.
  const namespace = "http://www.w3.org/2000/svg";
  for (const file of files) {
    const text = readFileSync(join(root, file), "utf8").replaceAll(namespace, "");
    const found = text.match(/[a-z][a-z+.-]*:\/\/[^\s"'`)]*|(["'`(=]|url\()\/\/[a-z0-9][^\s"'`)]*/gi) || [];
    assert.deepEqual(found, [], file);
  }
});
