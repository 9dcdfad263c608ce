// One visitor: a browser profile of its own, one page, and a record of everything the page did.
import { chromium } from "playwright-core";
import assert from "node:assert/strict";
import { after } from "node:test";

export const flags = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"];
let launched;

export const browser = () =>
  (launched ||= chromium.launch({ executablePath: process.env.CHROMIUM || "/usr/bin/chromium", args: flags }));

after(async () => (await launched)?.close());

const DECLARED = ["captcha-session", "captcha-token", "captcha-prefs", "captcha-consent"];
const PERFORMANCE = "captcha-stats";
const open = new Set();

export class Visit {
  // `options` are the browser profile's; `before` prepares the page ahead of its first load.
  static async open(server, { path = "/", before, ...options } = {}) {
    const visit = new Visit();
    const context = await (await browser()).newContext({ viewport: { width: 900, height: 1000 }, ...options });
    open.add(visit);
    Object.assign(visit, { server, context, requests: [], foreign: [], violations: [], errors: [], challenges: [], answers: [] });
    context.on("request", (request) => visit.asked(request));
    context.on("response", (response) => visit.heard(response));
    context.on("console", (message) => visit.said(message.text()));
    context.on("weberror", (error) => visit.errors.push(String(error.error())));
    await context.addInitScript(record);
    visit.page = await context.newPage();
    visit.page.setDefaultTimeout(15_000);
    await before?.(visit);
    await visit.page.goto(server.base + path);
    return visit;
  }

  asked(request) {
    const url = request.url();
    this.requests.push(`${request.method()} ${url.replace(this.server.base, "")}`);
    if (!url.startsWith(`${this.server.base}/`)) this.foreign.push(url);
  }

  heard(response) {
    if (response.request().method() !== "POST") return;
    const list = { "/captcha/challenge": this.challenges, "/captcha/answer": this.answers }[new URL(response.url()).pathname];
    if (!list) return;
    const body = response.json().then((json) => ({ status: response.status(), ...json }));
    body.catch(() => {}); // only whoever waits for it is told
    list.push(body);
  }

  // The browser logs what a policy stopped, also where no script runs.
  said(text) {
    if (/Content[ -]Security[ -]Policy|Trusted ?(Type|Script|HTML)/i.test(text)) this.violations.push(text);
  }

  get events() {
    return this.page.evaluate(() => window.recorded.events);
  }

  async cookies() {
    return Object.fromEntries((await this.context.cookies()).map((cookie) => [cookie.name, cookie]));
  }

  // What holds after every visit, whatever it did.
  async check() {
    assert.deepEqual(this.violations, [], "policy violations");
    assert.deepEqual(this.foreign, [], "requests to elsewhere");
    assert.deepEqual(this.errors, [], "script errors");
    const declared = this.server.statistics ? [...DECLARED, PERFORMANCE] : DECLARED;
    for (const name of Object.keys(await this.cookies())) assert.ok(declared.includes(name), `undeclared cookie ${name}`);
    for (const page of this.context.pages()) {
      if (this.scriptless || !page.url().startsWith(this.server.base)) continue;
      const { reports, stored } = await page.evaluate(inspect);
      assert.deepEqual(reports, [], "policy violations, as the page sees them");
      assert.deepEqual(stored, [], "stored items");
    }
  }
}

// Ends every open visit; the first that broke a rule fails the test.
export async function leave() {
  const visits = [...open];
  open.clear();
  const outcomes = await Promise.allSettled(visits.map((visit) => visit.check()));
  await Promise.all(visits.map((visit) => visit.context.close()));
  for (const { reason } of outcomes) if (reason) throw reason;
}

// Runs in every page and frame before its own script.
function record() {
  const events = [];
  const reports = [];
  // The document's own list leaves out what moves in a shadow tree.
  const animations = () => {
    const roots = [document, ...[...document.querySelectorAll("*")].flatMap(({ shadowRoot }) => shadowRoot || [])];
    return roots.flatMap((root) => root.getAnimations()).filter(({ playState }) => playState === "running");
  };
  window.recorded = { events, reports, animations };
  document.addEventListener("securitypolicyviolation", (event) => reports.push(`${event.violatedDirective} ${event.blockedURI}`));
  for (const name of ["verified", "expired", "error"]) {
    const note = (event) => event instanceof CustomEvent && events.push({ name, detail: event.detail, from: event.target.id || event.target.className });
    document.addEventListener(name, note, true);
  }
}

async function inspect() {
  const stored = [...Object.keys(localStorage), ...Object.keys(sessionStorage), ...(await indexedDB.databases()).map(({ name }) => name)];
  if (window.caches && (await caches.keys()).length) stored.push("caches");
  if ((await navigator.serviceWorker?.getRegistrations())?.length) stored.push("service worker");
  if (document.cookie) stored.push(`a cookie that script can read: ${document.cookie}`);
  const late = new ReportingObserver(() => {}, { types: ["csp-violation"], buffered: true });
  late.observe();
  await new Promise((resolve) => setTimeout(resolve));
  return { stored, reports: [...window.recorded.reports, ...late.takeRecords().map(({ body }) => JSON.stringify(body))] };
}
