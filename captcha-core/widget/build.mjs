// Builds the files that captcha-core embeds. `--check` writes nothing and fails when the shipped files are stale.
import { build } from "esbuild";
import { minify } from "terser";
import { readFileSync, readdirSync, mkdirSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";

const here = dirname(fileURLToPath(import.meta.url));
const dist = join(here, "../src/widget/dist");
const languages = join(here, "../languages");
// Properties of our own objects, by names that neither the protocol nor anything of the browser's that is used here has.
const ours = "nodes retry tell say reflect link response disable back ranges press send step place notice retryAfter quiet why node point end load closed moved show at loose put grab first solve wait leave";
const target = ["es2022", "chrome98", "firefox101", "safari16.4"];
const budget = 10 * 1024;
const check = process.argv.includes("--check");

// The words that the widget loads, as a list: the script knows each by its place.
const read = (tag) => JSON.parse(readFileSync(join(languages, `${tag}.json`), "utf8"));
// What is said of a kind comes with its challenge.
const flat = ({ direction, widget: { kinds, ...words } }, tag) => ({ tag, direction, ...words });
const english = read("en");
const camel = (name) => name.replace(/_(.)/g, (_, letter) => letter.toUpperCase());
const places = Object.keys(flat(english, "en")).map((name, place) => `export const ${camel(name)} = ${place};`);

const strings = {
  name: "strings",
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^strings$/ }, () => ({ path: "strings", namespace: "strings" }));
    onLoad({ filter: /^/, namespace: "strings" }, () => ({ contents: places.join("\n") }));
  },
};

// The style sheet is a string of the script: one file less to load, and in place when the widget is. Within a rule, declarations stand in
// the order that compresses best, which is worth some forty bytes: `node build.mjs` says what another order costs.
const sheet = {
  name: "sheet",
  setup({ onLoad }) {
    onLoad({ filter: /(widget|consent)\.css$/ }, async ({ path }) => {
      const { outputFiles } = await build({ entryPoints: [path], bundle: true, minify: true, charset: "utf8", target, write: false });
      // The space before a property's value is part of it, and of no use.
      return { contents: outputFiles[0].text.trim().replace(/(--[\w-]+): /g, "$1:"), loader: "text" };
    });
  },
};

const files = new Map();
const bundle = async (format, ...entryPoints) => {
  const { outputFiles } = await build({
    absWorkingDir: here,
    entryPoints: entryPoints.map((name) => `src/${name}`),
    bundle: true,
    minify: true,
    format,
    charset: "utf8",
    target,
    legalComments: "none",
    outdir: dist,
    write: false,
    plugins: [strings, sheet],
  });
  for (const { path, contents } of outputFiles) {
    // The page for visitors without script has the style sheet to itself.
    const name = basename(path).replace("frame.css", "widget.css");
    files.set(name, name.endsWith(".js") ? await squeezed(contents, format === "esm") : Buffer.from(contents));
  }
};
await bundle("iife", "widget.js", "worker.js");
await bundle("iife", "frame.css");
await bundle("esm", "consent.js");

const tags = readdirSync(languages).filter((name) => name.endsWith(".json")).map((name) => basename(name, ".json"));
for (const tag of tags) {
  files.set(`lang/${tag}.json`, Buffer.from(JSON.stringify(Object.values(flat(read(tag), tag)))));
}

const gzip = (name) => gzipSync(files.get(name), { level: 9 }).length;
const stale = [];
for (const [name, contents] of files) {
  if (!name.startsWith("lang/")) console.log(`${name.padEnd(12)} ${String(contents.length).padStart(6)} bytes ${String(gzip(name)).padStart(6)} gzip`);
  const path = join(dist, name);
  if (check) {
    if (!shipped(path)?.equals(contents)) stale.push(name);
  } else {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, contents);
  }
}

const common = gzip("widget.js");
const sizes = tags.map((tag) => [gzip(`lang/${tag}.json`), tag]).sort(([a], [b]) => a - b);
const [least, most] = [sizes[0], sizes.at(-1)];
console.log(`languages    ${tags.length}, ${least.join(" ")} to ${most.join(" ")}`);
console.log(`script with style sheet, and a language ${common + least[0]} to ${common + most[0]} gzip, budget ${budget}`);

if (stale.length) fail(`shipped files differ from their source: ${stale.join(", ")}. Run "npm ci && npm run build" and commit the result.`);
if (common + most[0] > budget) fail(`with ${most[1]} the shipped files are ${common + most[0] - budget} bytes over their budget.`);

// A second pass: esbuild renames and folds file by file, and leaves some three per cent to gain.
async function squeezed(built, module) {
  const { code } = await minify(Buffer.from(built).toString(), { ecma: 2020, module, compress: { passes: 3, hoist_vars: true, inline: 1, reduce_funcs: false, pure_getters: true, unsafe_arrows: true }, toplevel: true, mangle: module ? true : { properties: { builtins: true, regex: new RegExp(`^(${ours.replaceAll(" ", "|")})$`) } } });
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
