// Builds the style sheets, the scripts and the icons of Footpath, and fetches its fonts for print.
//
//   node build.mjs           writes them where Django finds static files, the fonts where core.pdf does
//   node build.mjs --check   builds without writing; fails when a limit is passed, an icon is missing,
//                            or a template uses an icon that is not in icons.txt
//
// The same sources always give the same bytes.
import { copyFile, readFile, writeFile, mkdir, readdir, stat } from "node:fs/promises";
import { existsSync } from "node:fs";
import { gzipSync } from "node:zlib";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import * as esbuild from "esbuild";
import * as sass from "sass";

const here = dirname(fileURLToPath(import.meta.url));
const source = join(here, "..", "src", "footpath");
const target = join(source, "web", "static", "footpath");
const check = process.argv.includes("--check");
const problems = [];

// Only PDF files are set in these, so they are not served. They are carried unchanged and whole: the
// same bytes give the same PDF everywhere, and a subset would lose people's names (GB 2312 has 6,763
// signs; names are written with some 30,000). Bold Chinese, another 15 MB, is drawn from the regular.
const fontTarget = join(source, "core", "fonts");
const FONTS = {
  "NotoSerif-Regular.ttf": "noto-serif/400Regular/NotoSerif_400Regular.ttf",
  "NotoSerif-Bold.ttf": "noto-serif/700Bold/NotoSerif_700Bold.ttf",
  "NotoSerifSC-Regular.ttf": "noto-serif-sc/400Regular/NotoSerifSC_400Regular.ttf",
  "NotoSerif-OFL.txt": "noto-serif/LICENSE_FONT",
  "NotoSerifSC-OFL.txt": "noto-serif-sc/LICENSE_FONT",
};

// The pages of the Question Corner have a script each, and load nothing else.
const CORNER = ["ask", "answers", "vault", "device", "desk"];

// What draws the month's tokens, on the pages of the member side: a small script, and its worker.
const DRAWING = ["corner-draw.js", "corner-draw-worker.js"];

const LIMITS = {
  "footpath.css": 40_000,
  "footpath.js": 30_000,
  "icons.svg": 15_000,
  "corner.css": 8_000,
  "corner-draw.js": 4_000,
  "corner-draw-worker.js": 40_000,
  ...Object.fromEntries(CORNER.map((page) => [`corner-${page}.js`, 100_000])),
};

async function styleSheet(name) {
  const made = sass.compile(join(here, "styles", name), {
    style: "compressed",
    sourceMap: false,
    quietDeps: true,
    logger: sass.Logger.silent,
  });
  const { code } = await esbuild.transform(made.css.replace(/^\uFEFF/, ""), {
    loader: "css",
    minify: true,
    charset: "utf8",
    legalComments: "none",
  });
  return code;
}

async function script(entry, options = {}) {
  const made = await esbuild.build({
    entryPoints: [join(here, "scripts", entry)],
    bundle: true,
    minify: true,
    write: false,
    format: "iife",
    target: ["es2020"],
    charset: "utf8",
    legalComments: "none",
    ...options,
  });
  return made.outputFiles[0].text;
}

async function sprite() {
  const names = (await readFile(join(here, "icons.txt"), "utf8")).split("\n").map((s) => s.trim()).filter(Boolean);
  const wanted = [...new Set(names)].sort();
  const symbols = [];
  for (const name of wanted) {
    const file = join(here, "node_modules", "@tabler", "icons", "icons", "outline", `${name}.svg`);
    if (!existsSync(file)) {
      problems.push(`icons.txt names "${name}", which Tabler does not have`);
      continue;
    }
    const body = (await readFile(file, "utf8"))
      .replace(/^[\s\S]*?<svg[^>]*>/, "")
      .replace(/<\/svg>\s*$/, "")
      .replace(/<path stroke="none"[^>]*\/>/, "")
      .replace(/\s*\n\s*/g, "")
      .replace(/ \/>/g, "/>");
    symbols.push(`<symbol id="${name}" viewBox="0 0 24 24">${body}</symbol>`);
  }
  return { wanted, text: `<svg xmlns="http://www.w3.org/2000/svg">${symbols.join("")}</svg>\n` };
}

const fontSource = (path) => join(here, "node_modules", "@expo-google-fonts", path);

async function checkFonts() {
  for (const [name, path] of Object.entries(FONTS)) {
    if (existsSync(fontSource(path))) console.log(`${name.padEnd(23)} ${String((await stat(fontSource(path))).size).padStart(9)} bytes`);
    else problems.push(`the package of fonts has no ${path}`);
  }
}

async function* templates(folder) {
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) yield* templates(path);
    else if (entry.name.endsWith(".html") && path.includes("templates")) yield path;
  }
}

// icon("flag"), icon="flag", chip(_("..."), "flag"): only the first two can be told from other text.
async function usedIcons(wanted) {
  for await (const path of templates(source)) {
    const text = (await readFile(path, "utf8")).replace(/\{#[\s\S]*?#\}/g, "");
    for (const match of text.matchAll(/\b_?icon(?:\(|=)"([a-z0-9-]+)"/g)) {
      if (!wanted.includes(match[1])) problems.push(`${path.slice(source.length + 1)} uses the icon "${match[1]}", which is not in icons.txt`);
    }
  }
}

const icons = await sprite();
const logo = await readFile(join(here, "logo.svg"), "utf8");
const made = {
  "footpath.css": await styleSheet("footpath.scss"),
  "footpath.js": await script("main.js"),
  "icons.svg": icons.text,
  "logo.svg": logo,
  "favicon.svg": logo,
  "corner.css": await styleSheet("corner-sheet.scss"),
};
for (const page of CORNER) {
  made[`corner-${page}.js`] = await script(join("corner", `${page}.js`), { format: "esm", target: ["es2022"] });
}
for (const name of DRAWING) made[name] = await script(name.replace("corner-", "corner/"));
await usedIcons(icons.wanted);
await checkFonts();

let sum = 0;
for (const [name, text] of Object.entries(made)) {
  const size = gzipSync(text, { level: 9 }).length;
  if (name !== "favicon.svg" && !name.startsWith("corner")) sum += size;
  if (size > (LIMITS[name] ?? Infinity)) problems.push(`${name} has ${size} bytes compressed; the limit is ${LIMITS[name]}`);
  console.log(`${name.padEnd(18)} ${String(text.length).padStart(8)} bytes, ${String(size).padStart(6)} compressed`);
}
console.log(`first load without the page itself: ${sum} bytes compressed`);
if (/\beval\(|new Function\(/.test(made["footpath.js"]) && !made["footpath.js"].includes("allowEval")) problems.push("footpath.js evaluates text");
for (const name of DRAWING) if (/\beval\(|new Function\(/.test(made[name])) problems.push(`${name} evaluates text`);
for (const page of CORNER) {
  if (/\beval\(|new Function\(/.test(made[`corner-${page}.js`])) problems.push(`corner-${page}.js evaluates text`);
}

if (problems.length) {
  for (const problem of problems) console.error(`error: ${problem}`);
  process.exit(1);
}
if (!check) {
  await mkdir(target, { recursive: true });
  for (const [name, text] of Object.entries(made)) await writeFile(join(target, name), text);
  await mkdir(fontTarget, { recursive: true });
  for (const [name, path] of Object.entries(FONTS)) await copyFile(fontSource(path), join(fontTarget, name));
}
