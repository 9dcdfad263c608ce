// Sound, played for real by the browser under the page's strict policy.
import assert from "node:assert/strict";
import { test } from "node:test";
import { fillIn, letIn, onOne } from "./lib/suite.mjs";
import { Widget } from "./lib/widget.mjs";

const seconds = 1.5;
const rate = 8000;

// A WAV file of a plain tone: 16 bits, one channel.
function tone() {
  const samples = Buffer.alloc(2 * rate * seconds);
  for (let i = 0; i < samples.length / 2; i++) samples.writeInt16LE(Math.round(8000 * Math.sin(i / 4)), 2 * i);
  const head = Buffer.alloc(44);
  head.write("RIFF");
  head.writeUInt32LE(36 + samples.length, 4);
  head.write("WAVEfmt ", 8);
  head.writeUInt32LE(16, 16);
  for (const [value, at] of [[1, 20], [1, 22], [2, 32], [16, 34]]) head.writeUInt16LE(value, at);
  head.writeUInt32LE(rate, 24);
  head.writeUInt32LE(2 * rate, 28);
  head.write("data", 36);
  head.writeUInt32LE(samples.length, 40);
  return Buffer.concat([head, samples]).toString("base64");
}

// A server that offers sound: its challenges are those of `text`, which take the same answer, with a tone to hear.
async function spoken(guest) {
  const { context } = guest;
  await context.route("**/captcha/challenge", async (route) => {
    const asked = route.request().postDataJSON();
    const audio = asked.kind === "audio";
    const response = await route.fetch({ postData: { ...asked, kind: audio ? "text" : asked.kind } });
    const reply = await response.json();
    if (audio) Object.assign(reply, { kind: "audio", prompt: { audio: { type: "audio/wav", data: tone() } } });
    await route.fulfill({ response, json: reply });
  });
  await context.route("**/captcha/privacy/data", (route) => route.fulfill({ status: 204 }));
  await listen(guest);
}

// What the page does with sound.
async function listen({ context }) {
  await context.addInitScript(() => {
    window.heard = [];
    const Own = window.AudioContext;
    window.AudioContext = class extends Own {
      constructor(...options) {
        super(...options);
        this.heard = { context: this, starts: 0, duration: 0, closed: 0 };
        window.heard.push(this.heard);
      }
      async decodeAudioData(data) {
        const sound = await super.decodeAudioData(data);
        this.heard.duration = sound.duration;
        return sound;
      }
      close() {
        this.heard.closed++;
        return super.close();
      }
      createGain() {
        return (this.heard.gain = super.createGain());
      }
      createBufferSource() {
        this.heard.starts++;
        return super.createBufferSource();
      }
    };
  });
}

const heard = ({ page }) =>
  page.evaluate(() => window.heard.map(({ context, gain, ...rest }) => ({ ...rest, state: context.state, time: context.currentTime, volume: gain?.gain.value })));

async function open(visit) {
  const guest = await visit({ before: spoken });
  const widget = new Widget(guest);
  await fillIn(guest);
  await widget.tick();
  await widget.choose("Audio");
  const focused = () => widget.field.evaluate((field) => field.getRootNode().activeElement === field);
  return { guest, widget, focused, play: widget.find(".play") };
}

onOne("sound", (visit) => {
  test("nothing sounds before Play; then it plays, pauses, goes on and ends, with the focus in the field", async () => {
    const { guest, widget, focused, play } = await open(visit);
    assert.equal(await widget.field.getAttribute("inputmode"), "numeric");
    assert.equal(await focused(), true);
    assert.deepEqual(await heard(guest), [], "no autoplay");

    const named = (name) => widget.find(`.play:text-is("${name}")`).waitFor();
    await named("Play");
    await widget.press(play);
    await named("Pause");
    assert.equal(await focused(), true, "after Play");
    await guest.page.waitForFunction(() => window.heard[0].starts === 1 && window.heard[0].context.state === "running");
    await guest.page.waitForFunction(() => window.heard[0].context.currentTime > 0.1);
    const [playing] = await heard(guest);
    assert.ok(Math.abs(playing.duration - seconds) < 0.01, `${playing.duration} s`);

    await widget.press(play);
    await named("Play");
    await guest.page.waitForFunction(() => window.heard[0].context.state === "suspended");
    const [paused] = await heard(guest);
    await guest.page.waitForTimeout(300);
    assert.equal((await heard(guest))[0].time, paused.time, "a pause stands still");

    await widget.press(play);
    await named("Pause");
    await widget.press(widget.find("[aria-label='From the start']"));
    await guest.page.waitForFunction(() => window.heard[0].starts === 2);
    await named("Play");
    assert.equal((await heard(guest))[0].starts, 2, "it was over once, not twice");
    await widget.press(play);
    await guest.page.waitForFunction(() => window.heard[0].starts === 3);
    assert.equal((await heard(guest)).length, 1, "one context for all");
  });

  test("the volume is the visitor's, and a closed window is silent, closed once", async () => {
    const { guest, widget, play } = await open(visit);
    await widget.press(play);
    await guest.page.waitForFunction(() => window.heard[0]?.starts === 1);
    const volume = widget.find("[aria-label=Volume]");
    await volume.press("Home");
    assert.equal((await heard(guest))[0].volume, 0);
    await volume.press("End");
    assert.equal((await heard(guest))[0].volume, 2);
    await guest.page.keyboard.press("Escape");
    await guest.page.waitForFunction(() => window.heard[0].context.state === "closed");
    // Closing what is closed would be an error: of the page, which hears of it, and before the next puzzle.
    await widget.tick();
    await widget.choose("Audio");
    await guest.page.keyboard.press("Escape");
    await widget.tick();
    assert.deepEqual((await heard(guest)).map(({ closed }) => closed), [1]);
    assert.deepEqual(guest.errors, []);
  });

  test("by keyboard alone: Play is before the field, the digits are typed while it plays", async () => {
    const { guest, widget, focused } = await open(visit);
    const { keyboard } = guest.page;
    await keyboard.press("Shift+Tab");
    assert.equal(await widget.find(":focus").textContent(), "Play");
    await keyboard.press("Enter");
    assert.equal(await focused(), true);
    await guest.page.waitForFunction(() => window.heard[0]?.context.state === "running");
    await keyboard.type((await widget.solution()).text);
    await keyboard.press("Enter");
    await widget.verified();
    await guest.page.waitForFunction(() => window.heard[0].context.state === "closed");
    await letIn(guest);
  });

  // The three ways differ in how Play is pressed: digits have to be typed.
  const ways = {
    mouse: ({ play }) => play.click(),
    "clicks alone": ({ widget, play }) => widget.press(play),
    "keyboard alone": async ({ guest }) => {
      await guest.page.keyboard.press("Shift+Tab");
      await guest.page.keyboard.press("Space");
    },
  };
  for (const [way, press] of Object.entries(ways)) {
    test(`the server's own digits by ${way}`, async () => {
      const guest = await visit({ before: listen });
      const widget = new Widget(guest);
      await fillIn(guest);
      await widget.tick();
      await widget.choose("Audio");
      await press({ guest, widget, play: widget.find(".play") });
      await guest.page.waitForFunction(() => window.heard[0]?.duration > 0 && window.heard[0].context.state === "running");
      await guest.page.keyboard.type((await widget.solution()).text);
      await guest.page.keyboard.press("Enter");
      await widget.verified();
      await letIn(guest);
    });
  }
});
