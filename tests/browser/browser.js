// browser: a site of our own, Debian's Chromium, axe, and a log of everything that a page must not do.
//
// Every page that is opened is watched: an error on the console (a blocked script is one), an uncaught exception or a
// request to another place than the site fails the case that is running.
"use strict";
const assert = require("node:assert");
const { spawn } = require("node:child_process");
const fs = require("node:fs");
const path = require("node:path");
const readline = require("node:readline");
const { chromium } = require("playwright-core");

const ROOT = path.resolve(__dirname, "../..");
const AXE = fs.readFileSync(require.resolve("axe-core/axe.min.js"), "utf8");
const FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
  "--disable-component-update", "--disable-sync"];

// {url, storage, token, email, password, ask(line), stop()}
async function startSite(...args) {
  const child = spawn("python3", [path.join(ROOT, "tests/server/site_for.py"), ...args],
    { stdio: ["pipe", "pipe", "inherit"], env: { PYTHONDONTWRITEBYTECODE: "1", ...process.env } });
  const lines = readline.createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const next = async () => {
    const { value, done } = await lines.next();
    if (done) throw new Error("the site ended");
    return JSON.parse(value);
  };
  const site = await next();
  site.ask = (line) => { child.stdin.write(line + "\n"); return next(); };
  site.stop = () => new Promise((r) => { child.on("exit", r); child.stdin.end(); });
  return site;
}

function launch() {
  return chromium.launch({ executablePath: "/usr/bin/chromium", args: FLAGS, headless: true });
}

// A context whose pages note in `faults` what they should not do.
async function watched(browser, site, faults, options = {}) {
  const context = await browser.newContext({ baseURL: site.url, viewport: { width: 1200, height: 850 }, locale: "en-GB", ...options });
  context.on("page", (page) => {
    page.on("console", (m) => {
      if (m.type() === "error" && !/status of (4\d\d|503)/.test(m.text())) faults.push(`console: ${m.text()}`);
    });
    page.on("pageerror", (e) => faults.push(`exception: ${e.message}`));
    page.on("request", (r) => {
      if (!r.url().startsWith(site.url) && !r.url().startsWith("data:")) faults.push(`asked ${r.url()}`);
    });
  });
  return context;
}

// All violations that axe finds, as short sentences.
async function violations(page) {
  await page.evaluate(AXE);
  const found = await page.evaluate(async () => {
    const r = await window.axe.run(document, { resultTypes: ["violations"] });
    return r.violations.map((v) => `${v.id} (${v.nodes.length}): ${v.nodes[0].html.slice(0, 160)}`);
  });
  return found;
}

// Screenshots into a folder, numbered, to be looked at; `sound` also asks what must hold on every page: no axe
// violation, one h1, a title, and nothing wider than the window.
function album(folder) {
  let shots = 0;
  const shot = async (page, name) => {
    // a picture of a whole page has no place that is always in sight
    const place = (where) => page.evaluate((w) => document.querySelectorAll(".state").forEach((e) => { e.style.position = w; }), where);

    await place("static");
    await page.screenshot({ path: path.join(folder, `${String(++shots).padStart(2, "0")}-${name}.png`), fullPage: true });
    await place("");
  };
  const sound = async (page, name) => {
    await shot(page, name);
    assert.deepStrictEqual(await violations(page), [], `axe on ${name}`);
    assert.strictEqual(await page.locator("h1").count(), 1, `h1 on ${name}`);
    assert.ok((await page.title()).includes("Wattledger"), `title of ${name}`);
    const [wide, room] = await page.evaluate(() => [document.documentElement.scrollWidth, window.innerWidth]);
    assert.ok(wide <= room, `${name} is ${wide} pixels wide in a window of ${room}`);
  };
  return { shot, sound };
}

module.exports = { ROOT, FLAGS, startSite, launch, watched, album };
