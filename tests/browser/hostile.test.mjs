// Markup that somebody else wrote around the widget or into its attributes: it may spoil its own look, and nothing more.
import assert from "node:assert/strict";
import { get } from "node:http";
import { test } from "node:test";
import { onOne } from "./lib/suite.mjs";
import { own, STRICT } from "./lib/page.mjs";
import { Widget } from "./lib/widget.mjs";

// 200 and more payloads: every opening with every way to run something.
const openings = ["", '"', "'", "`", '">', "'>", "</script>", "--></style>", "\u0000", "%22%3E", "&quot;&gt;", "\\", "${", "{{", "]]>", "\u202e"];
const charges = [
  "<script>pwned()</script>",
  "<img src=x onerror=pwned()>",
  "<svg onload=pwned()>",
  "javascript:pwned()",
  "onfocus=pwned() autofocus ",
  "<iframe srcdoc='<script>parent.pwned()</script>'>",
  "<template><script>pwned()</script></template>",
  "pwned()",
  "pwned",
  "constructor.constructor('pwned()')()",
  "../../../../evil",
  "//evil.example/",
  "{0}{1}{2}",
];
const payloads = openings.flatMap((opening) => charges.map((charge) => opening + charge));
const attributes = [
  "data-lang", "data-kind", "data-action", "data-theme", "data-size", "data-appearance", "data-start", "data-name", "data-time",
  "data-callback", "data-expired-callback", "error-callback", "error-recovery-callback", "data-unsupport-callback", "lang", "name", "data-state",
];

onOne("hostile attributes", (visit) => {
  test(`${payloads.length} payloads in ${attributes.length} attributes run nothing and lead nowhere`, async () => {
    assert.ok(payloads.length >= 200);
    const guest = await visit(own("", { policy: STRICT, before: ({ page }) => page.addInitScript(() => (window.runs = 0)) }));
    const { page } = guest;
    for (let from = 0; from < payloads.length; from += 52) {
      await page.evaluate(
        ([payloads, attributes]) => {
          // A function of that very name is there to be called: only a callback's attribute may name it.
          window.pwned = (...given) => (given.length === 1 && typeof given[0] === "string" && given[0].length > 80) || window.runs++;
          document.querySelector("main").replaceChildren(
            ...payloads.map((payload) => {
              const host = document.createElement("one-captcha");
              for (const name of attributes) host.setAttribute(name, payload);
              return host;
            }),
          );
        },
        [payloads.slice(from, from + 52), attributes],
      );
      await page.waitForFunction(() => [...document.querySelectorAll("one-captcha")].every(({ dataset }) => dataset.state === "idle"));
      const labels = await page.evaluate(() => [...document.querySelectorAll("one-captcha")].map(({ shadowRoot }) => shadowRoot.querySelector(".check").textContent));
      assert.deepEqual([...new Set(labels)], ["I’m not a robot"], "an unknown language is English");
    }
    // One of each charge goes all the way.
    await page.evaluate(
      ([payloads, attributes]) => {
        document.querySelector("main").replaceChildren(
          ...payloads.map((payload) => {
            const host = document.createElement("one-captcha");
            for (const name of attributes) host.setAttribute(name, payload);
            host.dataset.kind = "work";
            host.dataset.action = "signup";
            return host;
          }),
        );
      },
      [charges, attributes],
    );
    for (let i = 0; i < charges.length; i++) {
      await page.locator(`one-captcha >> nth=${i} >> .check`).click();
      await page.locator(`one-captcha[data-state=verified] >> nth=${i}`).waitFor();
    }
    assert.equal(await page.evaluate(() => window.runs), 0);
    const routes = new Set(guest.requests.map((request) => request.replace(/lang\/.*/, "lang/")));
    assert.deepEqual([...routes].sort(), ["GET /captcha/lang/", "GET /captcha/widget.js", "GET /own", "POST /captcha/answer", "POST /captcha/challenge"]);
  });

  test("an action or a kind that the server refuses is an error that the page is told, and no more", async () => {
    for (const attribute of ["data-action", "data-kind"]) {
      const guest = await visit(own(`<div id="one-captcha" ${attribute}="&lt;script&gt;"></div>`, { policy: STRICT }));
      const widget = new Widget(guest);
      await widget.check.click();
      await widget.rowAlert.filter({ hasText: "The check failed." }).waitFor();
      assert.deepEqual((await guest.events).map(({ detail }) => detail), [{ kind: "malformed" }]);
    }
  });
});

onOne("hostile options", (visit) => {
  test(`${payloads.length} payloads in every option of render() run nothing and lead nowhere`, async () => {
    const options = ["action", "kind", "lang", "theme", "size", "appearance", "start", "name", "time", "callback", "expiredCallback", "errorCallback", "errorRecoveryCallback"];
    const guest = await visit(own("", { policy: STRICT, before: ({ page }) => page.addInitScript(() => (window.runs = 0)) }));
    const { page } = guest;
    await page.waitForFunction(() => window.OneCaptcha);
    const render = async (payloads, more) => {
      await page.evaluate(
        ([payloads, options, more]) => {
          window.pwned = (...given) => (given.length === 1 && typeof given[0] === "string" && given[0].length > 80) || window.runs++;
          const places = payloads.map(() => document.createElement("div"));
          document.querySelector("main").replaceChildren(...places);
          for (const [i, payload] of payloads.entries()) {
            OneCaptcha.render(places[i], { ...Object.fromEntries(options.map((name) => [name, payload])), ...more });
          }
        },
        [payloads, options, more],
      );
      await page.waitForFunction(() => [...document.querySelectorAll(".one-captcha")].every(({ dataset }) => dataset.state === "idle"));
    };
    for (let from = 0; from < payloads.length; from += 52) {
      await render(payloads.slice(from, from + 52), {});
      const labels = await page.evaluate(() => [...document.querySelectorAll(".one-captcha")].map(({ shadowRoot }) => shadowRoot.querySelector(".check").textContent));
      assert.deepEqual([...new Set(labels)], ["I’m not a robot"]);
    }
    // One of each charge goes all the way.
    await render(charges, { kind: "work", action: "signup" });
    const tokens = await page.evaluate(() => Promise.all([...document.querySelectorAll(".one-captcha")].map((host) => OneCaptcha.execute(host))));
    assert.equal(new Set(tokens).size, charges.length);
    assert.equal(await page.evaluate(() => window.runs), 0);
    const routes = new Set(guest.requests.map((request) => request.replace(/lang\/.*/, "lang/")));
    assert.deepEqual([...routes].sort(), ["GET /captcha/lang/", "GET /captcha/widget.js", "GET /own", "POST /captcha/answer", "POST /captcha/challenge"]);
  });
});

onOne("hostile surroundings", (visit) => {
  // CVE-2024-43788 (webpack), CVE-2024-45389 (pagefind): markup named `currentScript` told a script that it came from elsewhere.
  test("markup named as the document's own script does not say where the captcha is", async () => {
    const guest = await visit(
      own('<img name="currentScript" src="/evil/widget.js" alt=""><form name="currentScript"></form><div id="one-captcha" data-kind="work"></div>', {
        head: '<img name="currentScript" src="/evil/x.js" alt=""><script src="/captcha/widget.js"></script>',
        before: ({ context }) => context.route("**/evil/**", (route) => route.fulfill({ status: 404 })),
      }),
    );
    const widget = new Widget(guest);
    await widget.check.click();
    await widget.verified();
    assert.deepEqual(guest.requests.filter((request) => /evil\/(?!x|widget)/.test(request)), []);
  });

  // A module has no currentScript: of all the scripts of the page it is to find itself.
  test("as a module it does not take another script for itself: of another site, of another name, or within a picture", async () => {
    const others = ["http://cdn.example/captcha/widget.js", "/other/chat-widget.js", "/other/widget.js.map", "/other/x.js?u=/widget.js"];
    const scripts = others.map((src) => `<script src="${src}"></script>`).join("");
    const guest = await visit(
      own('<svg><script href="/other/widget.js"></script></svg><div id="one-captcha" data-kind="work"></div>', {
        head: `<img name="currentScript" src="/other/widget.js" alt="">${scripts}<script src="/captcha/widget.js" type="module"></script>`,
        before: ({ context }) => context.route(/\/other\/|cdn\.example/, (route) => route.fulfill({ contentType: "text/javascript", body: "" })),
      }),
    );
    const widget = new Widget(guest);
    await widget.check.click();
    await widget.verified();
    assert.deepEqual(guest.foreign.splice(0), others.slice(0, 1), "what the page itself asked for");
    assert.deepEqual(guest.requests.filter((request) => /(other|cdn\.example).*(lang|challenge|answer)/.test(request)), []);
  });

  test("a form whose fields are called as its methods are is reset and sent all the same", async () => {
    const names = ["contains", "reset", "submit", "closest", "elements", "addEventListener", "dispatchEvent", "append", "id", "nodeType", "target", "matches"];
    const fields = names.map((name) => `<input name="${name}" aria-label="${name}">`).join("");
    const guest = await visit(own(`<form>${fields}<div id="one-captcha" data-kind="work"></div><button type="reset">Reset</button></form>`));
    const widget = new Widget(guest);
    await widget.check.click();
    await widget.verified();
    await guest.page.click("[type=reset]");
    await widget.cleared();
  });

  test("elements and globals by our names are in nobody's way", async () => {
    const body = '<a id="OneCaptcha" href="/x">x</a><a id="captcha" href="/x">x</a><form id="trustedTypes"></form><div id="one-captcha" data-kind="work"></div>';
    const guest = await visit(
      own(body, {
        before: ({ page }) =>
          page.addInitScript(() => {
            Object.assign(window, { el: 1, widget: "x", base: "//evil.example/", strings: null, name: "one-captcha", puzzles: {}, top_: 1 });
            Object.prototype.planted = "planted";
            Array.prototype.planted = () => "planted";
          }),
      }),
    );
    const widget = new Widget(guest);
    await widget.check.click();
    await widget.find(".check[aria-checked=true]").waitFor();
    assert.equal(await guest.page.evaluate(() => typeof OneCaptcha.render), "function");
  });

  test("a page's own styles do not reach in, but by parts and custom properties", async () => {
    const guest = await visit(
      own('<style>button, p, span, div, input { display: none !important; color: red !important } #one-captcha, main { display: block !important; --captcha-accent: rgb(1, 2, 3) } #one-captcha::part(row) { border-style: dashed }</style><div id="one-captcha"></div>'),
    );
    const widget = new Widget(guest);
    await widget.tick();
    await widget.submit.waitFor();
    const style = (node, name) => node.evaluate((node, name) => getComputedStyle(node)[name], name);
    assert.equal(await style(widget.submit, "backgroundColor"), "rgb(1, 2, 3)");
    assert.equal(await style(widget.find(".row"), "borderTopStyle"), "dashed");
    assert.notEqual(await style(widget.check, "color"), "rgb(255, 0, 0)");
  });
});

// Parameters of the pages that are there without script. One adapter is enough: all answer byte for byte alike.
onOne("hostile parameters", (visit, server) => {
  test(`${payloads.length} payloads in the frame's and the notice's parameters are never markup`, async () => {
    const routes = [
      ["frame", "action"], ["frame", "kind"], ["frame", "lang"], ["frame/image", "challenge"], ["frame/sound", "challenge"],
      ["privacy", "lang"], ["privacy", "version"], ["privacy", "format"], ["privacy/choices", "lang"], ["privacy/choices", "done"],
    ];
    for (const [from, [path, name]] of routes.entries()) {
      // The frame has a limit of calls a minute for each visitor: every parameter comes from another.
      const read = (payload) =>
        new Promise((resolve, reject) => {
          const url = `${server().base}/captcha/${path}?${name}=${encodeURIComponent(payload)}`;
          get(url, { localAddress: `127.0.0.${2 + from}` }, async (reply) => {
            let text = "";
            for await (const part of reply.setEncoding("utf8")) text += part;
            resolve({ status: reply.statusCode, headers: reply.headers, text });
          }).on("error", reject);
        });
      for (let at = 0; at < payloads.length; at += 52) {
        await Promise.all(
          payloads.slice(at, at + 52).map(async (payload) => {
            const { status, headers, text } = await read(payload);
            assert.ok(status < 500 && status !== 429, `${status} for ${path}?${name}=${payload}`);
            // A plain word may be the name of an action.
            if (!/^\w+$/.test(payload)) assert.doesNotMatch(text, /pwned|evil\.example/, `${path}?${name}=${payload} is given back`);
            if (headers["content-type"].startsWith("text/html")) assert.match(headers["content-security-policy"], /default-src 'none'/);
          }),
        );
      }
    }
  });
});
