// The frame of every file: the same tests on each example, and the host's form.
import assert from "node:assert/strict";
import { after, afterEach, before, describe } from "node:test";
import { EXAMPLES, Server } from "./server.mjs";
import { leave, Visit } from "./visit.mjs";

// `define` is called with a function that opens a visit, and one that gives the server; `settings` are the server's.
export function onEach(title, define, examples = EXAMPLES, settings) {
  for (const name of examples) {
    describe(`${title} (${name})`, () => {
      let server;
      before(async () => (server = await Server.start(name, settings)));
      after(() => server?.stop());
      afterEach(leave);
      define((options) => Visit.open(server, options), () => server);
    });
  }
}

// Where only the browser's side is looked at, the suites are dealt out to the examples; the long run has each on every one.
export function onOne(title, define, settings) {
  const turn = [...title].reduce((sum, letter) => sum + letter.codePointAt(), 0);
  onEach(title, define, process.env.CAPTCHA_LONG ? EXAMPLES : [EXAMPLES[turn % EXAMPLES.length]], settings);
}

export async function fillIn({ page }, name = "Ada") {
  await page.fill("#name", name);
  await page.fill("#email", "ada@example.org");
}

export async function untouched({ page }, name = "Ada") {
  assert.equal(await page.inputValue("#name"), name);
  assert.equal(await page.inputValue("#email"), "ada@example.org");
}

// Sends the host's form and gives the server's response.
export async function send({ page }, act = () => page.click("#signup > button")) {
  const isSignup = (response) => response.request().method() === "POST" && new URL(response.url()).pathname === "/signup";
  const [response] = await Promise.all([page.waitForResponse(isSignup), act()]);
  await page.waitForLoadState();
  return response;
}

export async function letIn(visit, { name = "Ada", act } = {}) {
  assert.equal((await send(visit, act)).status(), 200);
  await visit.page.waitForSelector(`h1:text-is("Welcome, ${name}")`);
}

// A refusal is a problem document of the given kind.
export async function refused(response, kind) {
  const status = typeof response.status === "function" ? response.status() : response.status;
  assert.equal(status, 403);
  assert.equal((await response.json()).type, `urn:captcha:${kind}`);
}

// Runs in the page ahead of its own script.
export function countPointers() {
  window.pointers = 0;
  for (const name of ["pointerdown", "pointermove", "mousedown", "touchstart"]) addEventListener(name, () => window.pointers++, true);
}
