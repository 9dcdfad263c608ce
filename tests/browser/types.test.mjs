// The types of the script's interface: what a page may write compiles, what it may not does not.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { root } from "./lib/server.mjs";

const types = join(root, "captcha-core/widget/one-captcha.d.ts");
const compiler = fileURLToPath(new URL("node_modules/typescript/bin/tsc", import.meta.url));

async function faults(source) {
  const folder = mkdtempSync(join(tmpdir(), "captcha-types-"));
  try {
    const file = join(folder, "page.ts");
    writeFileSync(file, source);
    const { code, output } = await new Promise((resolve) =>
      execFile(process.execPath, [compiler, "--noEmit", "--strict", "--target", "es2022", "--lib", "es2022,dom", types, file], (error, stdout, stderr) =>
        resolve({ code: error?.code ?? 0, output: stdout + stderr }),
      ),
    );
    const lines = output.split("\n").filter((line) => line.includes("error TS"));
    assert.equal(code !== 0, lines.length > 0, output);
    return lines;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

test("what a page may write", async () => {
  const source = `
    const host = document.createElement("div");
    const same: HTMLDivElement = OneCaptcha.render(host, { action: "signup", kind: "work", size: "compact", callback: (token) => token.trim(), time: 5000 });
    OneCaptcha.execute(same).then((token) => token.length, (error: Error) => error.message);
    const token: string = OneCaptcha.getResponse("#one-captcha");
    OneCaptcha.reset();
    OneCaptcha.remove(host);
    window.OneCaptcha.reset(host);
    host.addEventListener("verified", ({ detail }) => detail.token + detail.expiresIn);
    host.addEventListener("statechange", ({ detail }) => { if (detail.state === "open") OneCaptcha.reset(); });
    const element = document.createElement("one-captcha");
    const value: string = element.value;
    void [token, value];`;
  assert.deepEqual(await faults(source), []);
});

test("what a page may not write", async () => {
  for (const line of [
    'OneCaptcha.render("#a", { kind: "puzzle" });',
    'OneCaptcha.render("#a", { callback: (token: number) => token });',
    "OneCaptcha.render();",
    "OneCaptcha.getResponse().token;",
    'document.createElement("one-captcha").value = "x";',
    'document.body.addEventListener("verified", ({ detail }) => detail.expires_in);',
    'document.body.addEventListener("statechange", ({ detail }) => detail.state === "solved");',
  ]) {
    assert.equal((await faults(line)).length, 1, line);
  }
});
