// What the widget reads of the browser, and what it sends: no surface that tells devices apart, no trail of a hand.
import assert from "node:assert/strict";
import { test } from "node:test";
import { onOne } from "./lib/suite.mjs";
import { labels, mouse } from "./lib/ways.mjs";
import { Widget } from "./lib/widget.mjs";

// Runs before the page's own scripts and wraps whatever a fingerprint is made of. Only reads by our script are noted.
function wrap() {
  Error.stackTraceLimit = 50;
  const reads = (window.surfaces = { reads: [], wrapped: 0 });
  const note = (name) => new Error().stack.includes("/captcha/widget.js") && reads.reads.push(name);
  const wrapOne = (owner, label, key) => {
    const found = owner && Object.getOwnPropertyDescriptor(owner, key);
    if (!found?.configurable || key === "constructor") return;
    reads.wrapped++;
    const name = `${label}.${String(key)}`;
    if (found.get) {
      Object.defineProperty(owner, key, { ...found, get() { note(name); return found.get.call(this); } });
    } else if (typeof found.value === "function") {
      const { value } = found;
      const wrapped = function (...args) {
        note(name);
        return new.target ? Reflect.construct(value, args, new.target) : Reflect.apply(value, this, args);
      };
      wrapped.prototype = value.prototype;
      Object.defineProperty(owner, key, { ...found, value: wrapped });
    }
  };
  const whole = { Navigator, Screen, Storage, FontFaceSet, SpeechSynthesis, NetworkInformation: window.NetworkInformation, NavigatorUAData: window.NavigatorUAData, MediaDevices: window.MediaDevices, WebGLRenderingContext, WebGL2RenderingContext, BaseAudioContext, Permissions, IDBFactory };
  for (const [label, type] of Object.entries(whole)) {
    for (const key of type ? Reflect.ownKeys(type.prototype) : []) wrapOne(type.prototype, label, key);
  }
  const some = [
    [HTMLCanvasElement.prototype, "canvas", ["toDataURL", "toBlob", "captureStream"]],
    [CanvasRenderingContext2D.prototype, "canvas2d", ["getImageData", "measureText", "isPointInPath", "isPointInStroke"]],
    [OffscreenCanvas.prototype, "offscreen", ["convertToBlob", "transferToImageBitmap"]],
    [Intl.DateTimeFormat.prototype, "Intl", ["resolvedOptions"]],
    [Date.prototype, "Date", ["getTimezoneOffset"]],
    [Document.prototype, "document", ["referrer", "cookie", "fonts"]],
    [window, "window", ["AudioContext", "OfflineAudioContext", "RTCPeerConnection", "matchMedia", "devicePixelRatio", "screen", "screenX", "screenY", "outerWidth", "outerHeight", "innerWidth", "innerHeight", "localStorage", "sessionStorage", "indexedDB", "FontFace", "openDatabase", "getScreenDetails"]],
    [HTMLMediaElement.prototype, "media", ["canPlayType"]],
    [Performance.prototype, "performance", ["getEntries", "getEntriesByType", "getEntriesByName", "memory"]],
  ];
  for (const [owner, label, keys] of some) for (const key of keys) wrapOne(owner, label, key);
}

const watch = ({ context }) => context.addInitScript(wrap);
const seen = ({ page }) => page.evaluate(() => window.surfaces);

// Each page has a list of its own, which a reload ends.
async function unseen(guest) {
  const { reads, wrapped } = await seen(guest);
  assert.ok(wrapped > 150, `${wrapped} wrapped`);
  assert.deepEqual(reads, []);
}

// Everything that a guest's page posts to our routes, and the headers that a script would have set.
function post(guest) {
  const sent = [];
  guest.context.on("request", (request) => {
    if (request.method() === "GET" || !request.url().includes("/captcha/")) return;
    const custom = Object.keys(request.headers()).filter((name) => name.startsWith("x-"));
    sent.push({ route: new URL(request.url()).pathname.replace("/captcha/", ""), body: request.postDataJSON(), custom });
  });
  return sent;
}

onOne("surfaces", (visit) => {
  test("no surface that tells browsers apart is read, whatever way is taken", async () => {
    const guest = await visit({ before: watch });
    const widget = new Widget(guest);
    await widget.failSlideAfterTick();
    await widget.dragTo((await widget.solution()).x);
    await widget.verified();
    await unseen(guest);
    await guest.page.reload();
    await widget.tick();
    for (const kind of ["drag", "rotate", "click", "text"]) {
      await widget.choose(labels[kind]);
      await mouse[kind](widget);
      await widget.verified();
      await unseen(guest);
      await guest.page.reload();
      await widget.tick();
    }
    await widget.choose("No puzzle");
    await widget.verified();
    await unseen(guest);
    const worker = await (await fetch(`${guest.server.base}/captcha/worker.js`)).text();
    assert.doesNotMatch(worker, /navigator|screen|location|performance|Date|Intl/);
  });

  test("an answer and nothing about who gave it is sent: no trail, no times, no sizes", async () => {
    const guest = await visit();
    const sent = post(guest);
    const widget = new Widget(guest);
    await widget.failSlideAfterTick();
    await widget.dragTo((await widget.solution()).x);
    await widget.verified();
    const routes = sent.map(({ route }) => route);
    assert.deepEqual(routes, ["challenge", "answer", "challenge", "answer"]);
    const shapes = { challenge: ["action", "kind", "lang", "refreshed", "words"], answer: ["answer", "challenge", "work"] };
    for (const { route, body, custom } of sent) {
      for (const key of Object.keys(body)) assert.ok(shapes[route].includes(key), `${key} is sent to ${route}`);
      if (route === "answer") {
        assert.deepEqual(Object.keys(body.answer), ["x"]);
        assert.ok(Number.isInteger(body.answer.x) && Number.isInteger(body.work));
      }
      assert.deepEqual(custom, [], "headers of its own");
    }
  });

  // The control: a widget that looked would be caught, with each sort of surface.
  test("a widget that reads them is caught", async () => {
    const curious = `;navigator.hardwareConcurrency; screen.width; devicePixelRatio;
      document.createElement("canvas").toDataURL(); new Date().getTimezoneOffset();
      document.createElement("canvas").getContext("2d").measureText("x"); matchMedia("(hover)");
      try { localStorage.length } catch {}`;
    const guest = await visit({
      before: async (guest) => {
        await watch(guest);
        await guest.page.route("**/captcha/widget.js", async (route) => {
          const response = await route.fetch();
          await route.fulfill({ response, body: (await response.text()) + curious });
        });
      },
    });
    await new Widget(guest).check.waitFor();
    const { reads } = await seen(guest);
    const expected = ["Navigator.hardwareConcurrency", "Screen.width", "window.devicePixelRatio", "canvas.toDataURL", "Date.getTimezoneOffset", "canvas2d.measureText", "window.matchMedia", "window.localStorage"];
    for (const name of expected) assert.ok(reads.includes(name), `${name} in ${reads}`);
  });
});
