// Asks the page of examples/browser in Chromium: node browser.mjs MODULES WHEELS CASE PROTOCOL AS-OF RESULT
// The page and what it loads come from one made-up address, answered from disk; nothing else can be reached.
import { createRequire } from "node:module";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { extname, join, resolve } from "node:path";

const [modules, wheels, caseFile, protocol, asOf, resultFile] = process.argv.slice(2);
const { chromium } = createRequire(resolve(modules, "here.js"))("playwright-core");
const TYPES = { ".html": "text/html", ".mjs": "text/javascript", ".json": "application/json", ".wasm": "application/wasm" };
// As a server should send it: nothing that is put in can leave for another place.
const POLICY = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; worker-src 'self'; connect-src 'self'";

function file(path) {
  if (path === "/wheels.json") return JSON.stringify(readdirSync(wheels).sort());
  const [, folder, name] = path.match(/^\/(?:(pyodide|wheels)\/)?([\w.+-]+)$/) ?? [];
  const home = { pyodide: join(modules, "pyodide"), wheels }[folder] ?? "examples/browser";
  return readFileSync(join(home, name));
}

const browser = await chromium.launch({
  executablePath: "/usr/bin/chromium",
  args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync"],
});
const problems = [];
const context = await browser.newContext();
await context.route("**", (route) => {
  const url = new URL(route.request().url());
  if (url.origin !== "https://page.test") {
    problems.push(`asks for ${url}`);
    return route.abort();
  }
  try {
    const headers = { "content-security-policy": POLICY, "content-type": TYPES[extname(url.pathname)] ?? "application/octet-stream" };
    return route.fulfill({ body: file(url.pathname), headers });
  } catch {
    if (url.pathname !== "/favicon.ico") problems.push(`no file for ${url.pathname}`);
    return route.fulfill({ status: 404 });
  }
});
const page = await context.newPage();
page.setDefaultTimeout(240_000);
page.on("pageerror", (error) => problems.push(String(error)));
page.on("console", (message) => { if (message.type() === "error") problems.push(message.text()); });

const done = () => page.locator("button:enabled").waitFor();
await page.goto("https://page.test/index.html");
await done();
console.log(`pyodide: ${await page.locator("[role=status]").textContent()}; in Chromium ${browser.version()}`);
await page.locator("[name=protocol]").selectOption(protocol);
await page.locator("[name=as_of]").fill(asOf);
await page.locator("[name=case]").fill(readFileSync(caseFile, "utf8"));
await page.getByRole("button").click();
await done();
writeFileSync(resultFile, await page.locator("#json").textContent());
const rows = await page.locator("tbody tr").count();
if (!rows) problems.push(`no rows: ${await page.locator("[role=alert]").textContent()}`);

// The key that nobody knows stands in line 4, column 14.
await page.locator("[name=case]").fill("format: 1\ncase: C-1\nepisodes:\n  - {id: E1, startd_at: 2025-03-28}\n");
await page.getByRole("button").click();
await done();
const said = await page.locator("[role=alert]").textContent();
if (!said.includes("case:4:14: error [")) problems.push(`a mistake without its place: ${said}`);

await browser.close();
if (problems.length) {
  console.error(problems.join("\n"));
  process.exit(1);
}
console.log(`pyodide: ${rows} duties in the page of examples/browser`);
