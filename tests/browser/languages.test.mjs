// Every language, in the widget, the frame and the privacy pages: its own words, its direction, and room for both.
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { onOne } from "./lib/suite.mjs";
import { root } from "./lib/server.mjs";
import { leave } from "./lib/visit.mjs";
import { own, STRICT } from "./lib/page.mjs";
import { expected, lines, plain } from "./lib/tree.mjs";
import { Widget } from "./lib/widget.mjs";

const folder = join(root, "captcha-core/languages");
const languages = readdirSync(folder).map((name) => [name.replace(".json", ""), JSON.parse(readFileSync(join(folder, name), "utf8"))]);
const kinds = ["slide", "drag", "rotate", "click", "text", "audio", "work"];

onOne("languages", (visit, server) => {
  test(`${languages.length} languages: each kind in 320 pixels, in its own words and with its own tree, Escape brings the focus back`, async () => {
    assert.ok(languages.length >= 30);
    const guest = await visit(own('<div id="one-captcha"></div>', { policy: STRICT, viewport: { width: 320, height: 720 } }));
    // What needs no puzzle stays on show.
    await guest.page.route("**/captcha/answer", () => {});
    for (const [tag, { direction, widget: words }] of languages) {
      await guest.page.evaluate((tag) => {
        const host = document.createElement("div");
        Object.assign(host, { id: "one-captcha" }).dataset.lang = tag;
        document.querySelector("#one-captcha").replaceWith(host);
      }, tag);
      const widget = new Widget(guest);
      await widget.check.waitFor();
      assert.equal(await widget.check.textContent(), words.label, tag);
      const said = JSON.parse(plain(JSON.stringify(words)));
      const row = plain(await guest.page.locator("#one-captcha .row").ariaSnapshot());
      assert.ok(row.includes(`checkbox "${said.label}"`) && row.includes(`link "${said.privacy}"`), row);
      const captcha = widget.find(".captcha");
      assert.deepEqual([await captcha.getAttribute("lang"), await captcha.getAttribute("dir")], [tag, direction]);
      await widget.tick();
      for (const kind of kinds) {
        const { name, task, hint } = words.kinds[kind];
        if (kind !== "slide") {
          await widget.find(".kind").filter({ hasText: new RegExp(`^${name}$`) }).click();
          await widget.find(`.kind[aria-pressed=true]:text-is("${name}")`).waitFor();
          if (kind === "work") await widget.status.filter({ hasText: words.checking }).waitFor();
          else await widget.ready.waitFor();
        }
        assert.deepEqual([await widget.find("h2").textContent(), await widget.find(".hint").textContent()], [task, hint]);
        assert.deepEqual(lines(await widget.dialog.ariaSnapshot()), expected(kind, said), `${tag} ${kind}`);
        const described = await widget.dialog.evaluate((dialog) => dialog.getRootNode().getElementById(dialog.getAttribute("aria-describedby")).textContent);
        assert.equal(described, hint);
        const wide = await widget.dialog.evaluate((dialog) =>
          [dialog, ...dialog.querySelectorAll("*")].filter((node) => node.scrollWidth > node.clientWidth + 1 && !node.matches("svg, svg *, .head, .picture, .picture *, input")).map(({ className }) => className),
        );
        assert.deepEqual(wide, [], `${tag} ${kind} overflows`);
      }
      await guest.page.keyboard.press("Escape");
      await guest.page.waitForSelector("#one-captcha[data-state=idle]");
      assert.equal(await widget.find(":focus").getAttribute("role"), "checkbox");
      // Whoever chose a kind is given it again: the next language begins with slide.
      await guest.context.clearCookies();
    }
  });

  test("the page's language is the widget's, where it says nothing else; a strange one is English", async () => {
    for (const [pageLang, dataLang, expected] of [["de-AT", "", "de"], ["de", "pt-BR", "pt"], ["zh-TW", "", "zh-Hant"], ["tlh", "", "en"], ["", "", "en"], ["fr", "tlh", "en"], ["no", "", "nb"]]) {
      const guest = await visit(own(`<div id="one-captcha" ${dataLang && `data-lang="${dataLang}"`}></div>`, { lang: pageLang, policy: STRICT }));
      const widget = new Widget(guest);
      await widget.check.waitFor();
      assert.equal(await widget.find(".captcha").getAttribute("lang"), expected, `${pageLang} ${dataLang}`);
    }
  });

  test("without script: the frame speaks every language, in 320 pixels and with doubled text", async () => {
    const guest = await visit({ javaScriptEnabled: false, viewport: { width: 320, height: 700 } });
    guest.scriptless = true;
    for (const [tag, { direction, frame, widget }] of languages) {
      for (const kind of ["text", "audio"]) {
        const { headers } = await fetch(`${server().base}/captcha/frame?kind=${kind}&lang=${tag}`, { headers: { "Accept-Language": "fr" } }).then((reply) => (reply.text(), reply));
        assert.match(headers.get("content-type"), /html/);
        await guest.page.goto(`${server().base}/captcha/frame?action=signup&kind=${kind}&lang=${tag}`);
        const html = guest.page.locator("html");
        assert.deepEqual([await html.getAttribute("lang"), await html.getAttribute("dir"), await guest.page.title()], [tag, direction, frame.title]);
        assert.equal(await guest.page.textContent("h1"), widget.kinds[kind].task);
        await guest.page.evaluate(() => document.documentElement.style.setProperty("font-size", "200%"));
        const [scroll, room] = await guest.page.evaluate(() => [document.documentElement.scrollWidth, innerWidth]);
        assert.ok(scroll <= room, `${tag} ${kind}: ${scroll} of ${room}`);
      }
    }
  });

  test("without script: the frame fits a phone in a page's form as well, with doubled text", async () => {
    for (const tag of ["en", "de", "el", "ru", "fi", "ar"]) {
      // As `Widget` writes it, in a page with the browser's own margin.
      const frame = `<iframe src="/captcha/frame?action=signup&lang=${tag}" title="Captcha" width="300" height="370"></iframe>`;
      const guest = await visit(own(`<form><div class="one-captcha"><noscript>${frame}</noscript></div></form>`, { head: "", javaScriptEnabled: false, viewport: { width: 320, height: 700 } }));
      guest.scriptless = true;
      await guest.page.frameLocator("iframe").locator("h1").waitFor();
      const inner = guest.page.frames()[1];
      await inner.evaluate(() => document.documentElement.style.setProperty("font-size", "200%"));
      for (const [where, room] of [[guest.page, 320], [inner, 300]]) {
        assert.ok((await where.evaluate(() => document.documentElement.scrollWidth)) <= room, `${tag}, ${room} pixels`);
      }
      await leave();
    }
  });

  test("the privacy pages speak every language and lead to each other in it", async () => {
    for (const [tag, { direction, labels, choices, name }] of languages) {
      const read = async (path) => (await fetch(`${server().base}/captcha/${path}`)).text();
      const notice = await read(`privacy?lang=${tag}`);
      assert.ok(notice.includes(`<html lang="${tag}" dir="${direction}">`), tag);
      assert.ok(notice.includes(`<h1>${labels.title}</h1>`) && notice.includes(`privacy/choices?lang=${tag}`), tag);
      for (const [other, { name }] of languages) assert.ok(notice.includes(name), `${tag} leads to ${other}`);
      const page = await read(`privacy/choices?lang=${tag}`);
      assert.ok(page.includes(`<h1>${choices.title}</h1>`) && page.includes(name), tag);
      assert.ok(!/<option[^>]*><\/option>/.test(page), "every choice has a name");
    }
  });
});
