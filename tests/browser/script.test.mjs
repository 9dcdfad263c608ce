// What a page's script can do: `OneCaptcha`, events, and whatever single-page applications do to a document.
import assert from "node:assert/strict";
import { test } from "node:test";
import { onOne } from "./lib/suite.mjs";
import { instead, own, problem } from "./lib/page.mjs";
import { Widget } from "./lib/widget.mjs";

// What a call that cannot be served says.
const said = async ([call, target]) => {
  try {
    await OneCaptcha[call](target);
  } catch (error) {
    return error.message;
  }
};
const late = '<script src="/captcha/widget.js" defer></script>';

onOne("the script's interface", (visit) => {
  const open = async (body, options) => {
    const guest = await visit(own(body, options));
    await guest.page.waitForFunction(() => window.OneCaptcha);
    return { guest, page: guest.page, widget: new Widget(guest) };
  };

  test("render, execute, getResponse, reset, remove, and render again", async () => {
    const { page, widget } = await open('<div id="one"><p>fallback</p></div>');
    widget.host = "#one";
    Object.assign(widget, new Widget(widget.visit, "#one"));
    const solved = page.evaluate(async () => {
      window.told = [];
      const host = OneCaptcha.render("#one", { kind: "work", theme: "dark", callback: (token) => told.push(token) });
      if (host.id !== "one" || OneCaptcha.render(host) !== host) throw new Error("the host is given back, and rendered once");
      return [await OneCaptcha.execute("#one"), OneCaptcha.getResponse("#one"), told, host.dataset.theme];
    });
    const [token, response, told, theme] = await solved;
    assert.ok(token.length > 80);
    assert.deepEqual([response, told, theme], [token, [token], "dark"]);
    await widget.verified();
    assert.equal(await page.evaluate(() => OneCaptcha.execute("#one")), token, "no second puzzle while the token lives");

    assert.equal(await page.evaluate(() => (OneCaptcha.reset("#one"), OneCaptcha.getResponse("#one"))), "");
    await widget.cleared();
    await page.evaluate(() => OneCaptcha.remove("#one"));
    assert.equal(await widget.check.count(), 0);
    assert.equal(await page.isVisible("#one p"), true, "the fallback is back");
    await page.evaluate(() => OneCaptcha.render("#one", { kind: "work" }));
    await widget.check.click();
    await widget.verified();
  });

  test("rendered, removed and rendered in one breath, as React's strict mode does: one box", async () => {
    const { page, widget } = await open('<div id="one"></div>');
    Object.assign(widget, new Widget(widget.visit, "#one"));
    await page.evaluate(() => {
      OneCaptcha.render("#one", { kind: "work" });
      OneCaptcha.remove("#one");
      OneCaptcha.render("#one", { kind: "work" });
    });
    await widget.check.first().waitFor();
    await page.waitForTimeout(300);
    assert.equal(await widget.check.count(), 1);
    await widget.check.click();
    await widget.verified();
    // And taken out for good: nothing comes back.
    await page.evaluate(() => {
      OneCaptcha.remove("#one");
      OneCaptcha.render("#one");
      OneCaptcha.remove("#one");
    });
    await page.waitForTimeout(300);
    assert.equal(await widget.check.count(), 0);
  });

  test("what is removed stays away when the page goes on; what is rendered by script is reset with its form", async () => {
    const { page, widget } = await open('<form><div id="one-captcha"><p>fallback</p></div><div id="plain"></div></form>');
    await widget.check.waitFor();
    await page.evaluate(() => {
      OneCaptcha.remove();
      document.body.append(document.createElement("p"));
    });
    await page.waitForTimeout(200);
    assert.equal(await widget.check.count(), 0);
    assert.equal(await page.isVisible("#one-captcha p"), true);
    await page.evaluate(() => OneCaptcha.execute(OneCaptcha.render("#plain", { kind: "work" })));
    const tokens = page.locator("input[name=captcha-token]");
    assert.equal(await tokens.count(), 1);
    await page.evaluate(() => document.forms[0].reset());
    assert.equal(await tokens.count(), 0);
  });

  test("a reset that the page cancels takes no token; one that it keeps to itself does", async () => {
    const { page } = await open('<form><div id="one-captcha" data-kind="work"></div></form>');
    const token = await page.evaluate(() => OneCaptcha.execute());
    await page.evaluate(() => {
      document.forms[0].addEventListener("reset", (event) => event.preventDefault(), { once: true });
      document.forms[0].reset();
    });
    await page.waitForTimeout(50);
    assert.equal(await page.evaluate(() => OneCaptcha.getResponse()), token);
    await page.evaluate(() => {
      document.forms[0].addEventListener("reset", (event) => event.stopPropagation(), { once: true });
      document.forms[0].reset();
    });
    await page.waitForFunction(() => OneCaptcha.getResponse() === "");
  });

  test("markup that cannot hold a widget keeps nothing from the others", async () => {
    const { page } = await open('<a class="one-captcha" href="/x">x</a><img class="one-captcha" alt=""><div id="one-captcha" data-kind="work"></div>');
    await page.locator("#one-captcha .check").click();
    await page.waitForSelector("#one-captcha[data-state=verified]");
  });

  test("without a target it is the first widget; a target that is none is said", async () => {
    const { page } = await open('<div class="one-captcha" data-kind="work"></div><div class="one-captcha"></div>');
    const token = await page.evaluate(() => OneCaptcha.execute());
    assert.equal(await page.evaluate(() => document.querySelector("input[name=captcha-token]").value), token);
    for (const call of ["render", "execute", "reset", "getResponse", "remove"]) {
      assert.equal(await page.evaluate(said, [call, "#nowhere"]), "OneCaptcha: no widget in #nowhere");
    }
    await page.evaluate(() => OneCaptcha.remove(".one-captcha"));
    for (const call of ["execute", "reset", "getResponse"]) {
      assert.equal(await page.evaluate(said, [call, ".one-captcha"]), "OneCaptcha: no widget in .one-captcha");
    }
    assert.equal(await page.evaluate(said, ["remove", ".one-captcha"]), undefined, "gone is gone");
  });

  test("execute says why there is no token: closed, reset, a server that refuses", async () => {
    const { page, widget } = await open('<div id="one-captcha"></div>');
    const why = () => page.evaluate(() => OneCaptcha.execute().then(() => "solved", ({ message }) => message));
    const closed = why();
    await widget.ready.waitFor();
    await page.keyboard.press("Escape");
    assert.equal(await closed, "closed");
    const started = why();
    await widget.ready.waitFor();
    await page.evaluate(() => OneCaptcha.reset());
    assert.equal(await started, "reset");
    await page.route("**/captcha/challenge", (route) => route.abort());
    assert.equal(await why(), "network");
  });

  test("execute does not wait for a countdown that nobody sees", async () => {
    const { guest, page } = await open('<div id="one-captcha" data-size="invisible"></div>');
    await instead(guest, "challenge", problem(429, "too-many", { "Retry-After": "30" }));
    for (let time = 0; time < 2; time++) {
      assert.equal(await page.evaluate(() => OneCaptcha.execute().catch(({ message }) => message)), "too-many");
    }
  });

  test("states follow one another, each said once", async () => {
    const { page, widget } = await open("", {
      before: ({ page }) =>
        page.addInitScript(() => {
          window.states = [];
          addEventListener("statechange", ({ detail }) => states.push(detail.state));
        }),
    });
    await page.evaluate(() => document.querySelector("main").insertAdjacentHTML("beforeend", '<div id="one-captcha"></div>'));
    await widget.tick();
    await widget.failSlide();
    await widget.dragTo((await widget.solution()).x);
    await widget.verified();
    await page.evaluate(() => OneCaptcha.reset());
    assert.deepEqual(await page.evaluate(() => states), ["idle", "loading", "open", "checking", "loading", "open", "checking", "verified", "idle"]);
  });

  test("late insertion, as markup and as an element, deep in what is inserted", async () => {
    const { page } = await open("");
    await page.evaluate(() => {
      const part = document.createElement("section");
      part.innerHTML = '<form><p><span class="one-captcha"></span></p><one-captcha></one-captcha></form>';
      document.body.append(part);
    });
    await page.locator(".one-captcha .check").waitFor();
    await page.locator("one-captcha .check").waitFor();
  });

  test("a host that is moved keeps its token; one that is taken out and back starts over", async () => {
    for (const tag of ['div id="one-captcha" data-kind="work"', 'one-captcha id="one-captcha" data-kind="work"']) {
      const { page, widget } = await open(`<form><${tag}></${tag.split(" ")[0]}></form><form id="second"></form>`);
      const token = await page.evaluate(() => OneCaptcha.execute());
      await page.evaluate(() => document.querySelector("#second").append(document.querySelector("#one-captcha")));
      await page.waitForTimeout(50);
      assert.deepEqual(await page.evaluate(() => [...new FormData(document.forms.second)]), [["captcha-token", token]], tag);
      await widget.find(".check[aria-checked=true]").waitFor();
    }
    for (const tag of ["div", "one-captcha"]) {
      const { page, widget } = await open(`<form><${tag} id="one-captcha" data-kind="work"></${tag}></form>`);
      await page.evaluate(() => OneCaptcha.execute());
      await page.evaluate(() => {
        window.taken = document.querySelector("#one-captcha");
        taken.remove();
      });
      await page.waitForTimeout(50);
      await page.evaluate(() => document.forms[0].append(taken));
      await widget.find(".check[aria-checked=false]").waitFor();
      await widget.check.click();
      await widget.find(".check[aria-checked=true]").waitFor();
    }
  });

  test("what is taken out while it works stops; a puzzle that is moved is closed, or it would be no window any more", async () => {
    const { guest, page, widget } = await open('<section><div id="one-captcha"></div></section><section></section>');
    await widget.tick();
    await page.evaluate(() => document.querySelector("section + section").append(document.querySelector("#one-captcha")));
    await page.waitForSelector("#one-captcha[data-state=idle]");
    assert.equal(await widget.dialog.count(), 0);
    await widget.tick();
    const ended = await page.evaluate(async () => {
      const host = document.querySelector("#one-captcha");
      const waits = OneCaptcha.execute(host).catch(({ message }) => message);
      host.parentNode.remove();
      return [await waits, host.dataset.state];
    });
    assert.deepEqual(ended, ["reset", "idle"]);
    assert.equal(guest.requests.filter((request) => request.includes("/answer")).length, 0);
  });

  test("a single-page application that swaps its views under an open puzzle: no error, and the next view works", async () => {
    const { page, widget } = await open('<section><div id="one-captcha"></div></section>');
    await widget.tick();
    for (let view = 0; view < 3; view++) {
      await page.evaluate(() => {
        history.pushState({}, "", "/own");
        document.querySelector("section").innerHTML = '<form><div id="one-captcha"></div></form>';
      });
      await widget.tick();
    }
    await widget.dragTo((await widget.solution()).x);
    await widget.verified();
  });

  test("a script that is included twice, as a module, or whenever it is there, makes one widget", async () => {
    for (const head of [late + late, '<script src="/captcha/widget.js" async></script>', '<script src="/captcha/widget.js" type="module"></script>', `${late}<script src="/captcha/widget.js?again" async></script>`]) {
      const { guest, widget } = await open('<div id="one-captcha" data-kind="work"></div>', { head });
      await widget.check.waitFor();
      assert.equal(await widget.check.count(), 1, head);
      await widget.check.click();
      await widget.verified();
      assert.equal(guest.challenges.length, 1);
    }
  });

  test("three widgets at once, each with its own token, and one language file for all", async () => {
    const { guest, page } = await open('<div class="one-captcha" data-kind="work"></div>'.repeat(3));
    const tokens = await page.evaluate(() => Promise.all([...document.querySelectorAll(".one-captcha")].map((host) => OneCaptcha.execute(host))));
    assert.equal(new Set(tokens).size, 3);
    assert.equal(guest.requests.filter((request) => request.includes("/lang/")).length, 1);
  });

  test("what a visitor selected goes before what the page says: language, theme, contrast, motion", async () => {
    const { guest, page, widget } = await open('<div id="one-captcha" data-lang="fr"></div>', { before: async () => {} });
    assert.equal(await widget.check.textContent(), "Je ne suis pas un robot");
    const status = await page.evaluate(() =>
      fetch("/captcha/privacy/data", {
        method: "PATCH",
        headers: { "Content-Type": "application/json" },
        body: JSON.stringify({ language: "ar", theme: "dark", contrast: "more", motion: "reduce", kind: "text" }),
      }).then(({ status }) => status),
    );
    assert.equal(status, 200);
    await page.reload();
    // The box in the page's language is replaced by another, and whoever uses a keyboard stands on that.
    await page.evaluate(() => {
      const { shadowRoot } = document.querySelector("#one-captcha");
      new MutationObserver(() => (window.stood = shadowRoot.activeElement?.className)).observe(shadowRoot, { childList: true });
    });
    await widget.check.focus();
    await widget.tick();
    assert.equal(await page.evaluate(() => window.stood), "check");
    const root = widget.find(".captcha");
    assert.deepEqual([await root.getAttribute("lang"), await root.getAttribute("dir")], ["ar", "rtl"]);
    assert.match(await root.getAttribute("class"), /contrast still/);
    assert.equal(await page.getAttribute("#one-captcha", "data-theme"), "dark");
    assert.equal((await guest.challenges.at(-1)).kind, "text");
    await widget.field.fill((await widget.solution()).text);
    await widget.submit.click();
    await widget.verified();
  });
});
