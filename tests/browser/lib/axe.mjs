// axe-core on a page. It styles elements inline to measure them, so its visits are opened with `bypassCSP`.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

const source = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const rules = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];

export async function accessible(page, what) {
  if (!(await page.evaluate(() => "axe" in window))) await page.evaluate(source);
  // A fading-in dialog has no contrast yet.
  const brief = ({ effect }) => effect.getComputedTiming().endTime < 3000;
  await page.evaluate(`Promise.allSettled(window.recorded.animations().filter(${brief}).map(({ finished }) => finished))`);
  const { violations, passes } = await page.evaluate((rules) => axe.run(document, { runOnly: rules, resultTypes: ["violations"] }), rules);
  const list = violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ target, failureSummary }) => `${target} ${failureSummary}`).join("; ")}`);
  assert.deepEqual(list, [], what);
  assert.ok(passes.length > 10, `${what}: axe looked at the page`);
}
