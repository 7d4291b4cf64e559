// Pages in a real browser: nothing is asked of the network, nothing breaks their policy, axe finds nothing, and they can be
// used by keyboard. `node look.mjs MODULES PAGES [PICTURES]`: where playwright-core and axe-core are installed, a folder of
// pages, and where to put pictures, if they are wanted.
import { createRequire } from "node:module";
import { mkdirSync, readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";

const [modules, pages, pictures] = process.argv.slice(2);
const require = createRequire(resolve(modules, "node_modules", "here.js"));
const { chromium } = require("playwright-core");
const axe = readFileSync(require.resolve("axe-core/axe.min.js"), "utf8");

const browser = await chromium.launch({
  executablePath: "/usr/bin/chromium",
  args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync"],
});
const problems = [];

async function look(name, setting, options, work) {
  // axe must be put into the page, which the page's own policy forbids: `bypassCSP` where axe looks, and only there.
  const context = await browser.newContext({ colorScheme: "light", ...options });
  const page = await context.newPage();
  const say = (text) => problems.push(`${name} (${setting}): ${text}`);
  page.on("request", (request) => {
    if (!/^(file|data|about):/.test(request.url())) say(`asks for ${request.url()}`);
  });
  page.on("console", (message) => {
    if (["error", "warning"].includes(message.type())) say(message.text());
  });
  page.on("pageerror", (error) => say(String(error)));
  page.on("dialog", (dialog) => { say(`a dialog: ${dialog.message()}`); dialog.dismiss(); });
  await page.goto(pathToFileURL(resolve(pages, name)).href);
  await work(page, say);
  await context.close();
}

async function accessible(page, say) {
  await page.evaluate(() => document.querySelectorAll("details").forEach((each) => { each.open = true; }));
  await page.evaluate(axe);
  const found = await page.evaluate(() =>
    axe.run(document, { resultTypes: ["violations"], rules: { "target-size": { enabled: true } } }));
  for (const one of found.violations) {
    say(`axe ${one.id}: ${one.help}; ${one.nodes.length} times, first ${one.nodes[0].html.slice(0, 200)}`);
  }
}

async function narrow(page, say) {
  const wide = await page.evaluate(() => [document.documentElement.scrollWidth, document.documentElement.clientWidth]);
  if (wide[0] > wide[1]) say(`${wide[0]} wide on a screen of ${wide[1]}`);
}

async function timeline(page, say) {
  if (!(await page.locator(".chart").count())) return;
  const covered = await page.evaluate(() => {
    const texts = [...document.querySelectorAll(".chart text:not(.axis):not(.now-label)")];
    const boxes = texts.map((each) => each.getBoundingClientRect());
    const out = [];
    boxes.forEach((a, i) => boxes.slice(i + 1).forEach((b, j) => {
      if (a.left < b.right - 1 && b.left < a.right - 1 && a.top < b.bottom - 3 && b.top < a.bottom - 3) {
        out.push(`${texts[i].textContent} / ${texts[i + 1 + j].textContent}`);
      }
    }));
    return out;
  });
  for (const pair of covered) say(`labels cover each other: ${pair}`);
  const marks = page.locator(".chart a.mark");
  if (!(await marks.count())) return;
  await marks.first().focus();
  const told = await marks.first().getAttribute("aria-label");
  if ((await page.locator(".tip").textContent()) !== told) say("a mark in focus does not tell what it is");
  const target = (await marks.first().getAttribute("href")).slice(1);
  await page.keyboard.press("Enter");
  await page.waitForFunction((id) => document.activeElement.id === id, target, { timeout: 3000 })
    .catch(() => say(`Enter on a mark does not lead to ${target}`));
}

async function search(page, say) {
  const field = page.locator("#search-text");
  if (!(await field.count())) return;
  await field.fill("zzzz");
  if (await page.locator("article.rule:visible").count()) say("a search for nothing finds something");
  await field.fill("");
  if (!(await page.locator("article.rule:visible").count())) say("an empty search hides rules");
}

async function filters(page, say) {
  const form = page.locator("form.filters");
  if (!(await form.count())) return;
  const rows = page.locator("tr.question:visible");
  const all = await rows.count();
  await page.fill("#filter-words", "zzzz");
  if (await rows.count()) say("a filter for nothing finds something");
  // The page filters after the form has been reset, so what follows has to wait for it.
  const showAll = async () => {
    await page.click("form.filters button");
    await page.waitForFunction((all) => document.querySelectorAll("tr.question:not([hidden])").length === all, all, { timeout: 3000 })
      .catch(() => say("Show all does not show all"));
  };
  await showAll();
  await page.selectOption("#filter-topic", { index: 1 });
  const topic = await page.locator("#filter-topic").inputValue();
  const of = await page.locator(`section[data-topic=${topic}] tr.question`).count();
  if ((await rows.count()) !== of) say("the filter by topic shows other questions");
  // What a link leads to is shown, whatever was filtered out.
  const last = await page.evaluate(() => [...document.querySelectorAll("tr.question")].pop().id);
  await page.evaluate((id) => { location.hash = id; }, last);
  await page.locator(`#${last}`).waitFor({ state: "visible", timeout: 3000 }).catch(() => say("a link to what is hidden"));
  await page.locator("input[name=area]").first().uncheck();
  if (await page.locator('[data-area="0"]:visible').count()) say("an area that is not wanted is shown");
  await showAll();
  const standing = page.locator("input[name=standing]").first();
  await standing.check();
  const wanted = await standing.inputValue();
  const wrong = await page.evaluate((value) => [...document.querySelectorAll("tr.question:not([hidden])")]
    .filter((row) => !row.querySelector(`[data-standing="${value}"]`)).length, wanted);
  if (wrong || (await rows.count()) === all) say(`the filter by ${wanted} shows others`);
  await showAll();
  const top = await page.evaluate(() => {
    const longest = [...document.querySelectorAll(".about-topic table")].sort((a, b) => b.offsetHeight - a.offsetHeight)[0];
    longest.rows[longest.rows.length - 1].scrollIntoView({ block: "end" });
    return longest.tHead.rows[0].cells[1].getBoundingClientRect().top;
  });
  if (Math.abs(top) > 1) say(`the head of a long table does not stay in sight: it is at ${top}`);
  const cited = page.locator("tr.question .source a").first();
  const target = (await cited.getAttribute("href")).slice(1);
  await cited.focus();
  await page.keyboard.press("Enter");
  await page.waitForFunction((id) => document.activeElement.id === id, target, { timeout: 3000 })
    .catch(() => say(`Enter on a paragraph does not lead to ${target}`));
}

async function picture(page, name) {
  if (pictures) await page.screenshot({ path: join(pictures, `${name}.png`), fullPage: true });
}

if (pictures) mkdirSync(pictures, { recursive: true });
const names = readdirSync(pages).filter((each) => each.endsWith(".html")).sort();
if (!names.length) problems.push(`${pages} has no pages`);
for (const name of names) {
  const base = name.replace(/\.html$/, "");
  const desktop = { width: 1280, height: 900 };
  await look(name, "desktop", { viewport: desktop }, async (page, say) => {
    await picture(page, `${base}-desktop`);
    await narrow(page, say);
    await timeline(page, say);
    await search(page, say);
    await filters(page, say);
  });
  await look(name, "axe", { viewport: desktop, bypassCSP: true }, accessible);
  await look(name, "phone", { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true },
    async (page, say) => {
      await picture(page, `${base}-phone`);
      await narrow(page, say);
    });
  await look(name, "without script", { viewport: desktop, javaScriptEnabled: false }, async (page, say) => {
    if (!(await page.locator("main").innerText()).trim()) say("nothing to read");
    if (await page.locator("form.search:visible, form.filters:visible").count()) say("a search box that cannot search");
    if (pictures) await page.pdf({ path: join(pictures, `${base}.pdf`), preferCSSPageSize: true, printBackground: false });
  });
}
await browser.close();
for (const problem of problems) console.error(problem);
console.log(`${names.length} pages in Chromium: ${problems.length || "no"} problems`);
process.exit(problems.length ? 1 : 0);
