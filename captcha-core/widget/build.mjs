// Builds the files that captcha-core embeds. `--check` writes nothing and fails when the shipped files are stale.
import { build } from "esbuild";
import { minify } from "terser";
import { readFileSync, mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";

const here = dirname(fileURLToPath(import.meta.url));
const dist = join(here, "../src/widget/dist");
const budget = 10 * 1024;
const check = process.argv.includes("--check");

const { outputFiles } = await build({
  absWorkingDir: here,
  entryPoints: ["src/widget.js", "src/widget.css", "src/worker.js"],
  bundle: true,
  minify: true,
  format: "iife",
  charset: "utf8",
  target: ["chrome98", "firefox98", "safari15.4"],
  legalComments: "none",
  outdir: dist,
  write: false,
});

let total = 0;
const stale = [];
for (const { path, contents: built } of outputFiles) {
  const name = path.slice(dist.length + 1);
  const contents = name.endsWith(".js") ? await squeezed(built) : built;
  const size = gzipSync(contents, { level: 9 }).length;
  total += size;
  console.log(`${name.padEnd(12)} ${String(contents.length).padStart(6)} bytes ${String(size).padStart(6)} gzip`);
  if (check) {
    if (!shipped(path)?.equals(contents)) stale.push(name);
  } else {
    mkdirSync(dist, { recursive: true });
    writeFileSync(path, contents);
  }
}
console.log(`${"together".padEnd(25)} ${String(total).padStart(6)} gzip, budget ${budget}`);

if (stale.length) fail(`shipped files differ from their source: ${stale.join(", ")}. Run "npm ci && npm run build" and commit the result.`);
if (total > budget) fail(`the shipped files are ${total - budget} bytes over their budget.`);

// A second pass: esbuild renames and folds file by file, and leaves some three per cent to gain.
async function squeezed(built) {
  const { code } = await minify(Buffer.from(built).toString(), { ecma: 2020, compress: { passes: 3, pure_getters: true, unsafe_arrows: true } });
  return Buffer.from(code + "\n");
}

function shipped(path) {
  try {
    return readFileSync(path);
  } catch {
    return undefined;
  }
}

function fail(message) {
  console.error(message);
  process.exitCode = 1;
}
