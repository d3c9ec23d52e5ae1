#!/usr/bin/env node
// backups: made, verified, looked at and restored in a browser, as an admin does it; wide and phone-wide, light and
// dark, with and without JavaScript. Screenshots go to build/screenshots-backups, to be looked at.
"use strict";
const assert = require("node:assert");
const fs = require("node:fs");
const path = require("node:path");
const { ROOT, startSite, launch, watched, album } = require("./browser.js");

const SHOTS = path.join(ROOT, "build/screenshots-backups");
const SECRET = "a long passphrase";
const { sound, shot } = album(SHOTS);

const cases = [];
const test = (name, f, options) => cases.push([name, f, options || {}]);
let site, browser, faults, state, file;

async function login(page) {
  await page.goto("/login");
  await page.fill('input[name="email"]', site.email);
  await page.fill('input[name="password"]', site.password);
  await page.locator('form:has(input[name="password"]) button[type="submit"]').click();
  await page.waitForURL("**/admin");
  state = await page.context().storageState();
}

const make = async (page, passphrase = "") => {
  await page.goto("/admin/backups");
  await page.fill("#passphrase", passphrase);
  await page.getByRole("button", { name: "Make a backup" }).click();
};
const kept = (page) => page.locator("article.backup");
const looked = (page) => page.getByText("Nothing has been changed yet").waitFor({ timeout: 30000 });

test("one is made, with an error first, and downloaded", async (page) => {
  await page.goto("/admin/backups");
  await page.getByText("No backups yet").waitFor();
  await sound(page, "empty");
  await make(page, "short");
  await page.locator("#passphrase-error").waitFor();
  await sound(page, "error");
  await site.ask("worker stop");
  try {
    await make(page);
    await page.locator(".badge.queued, .badge.processing").first().waitFor();
    await sound(page, "under-way");
  } finally {
    await site.ask("worker cont");
  }
  await kept(page).first().waitFor({ timeout: 20000 });
  const download = page.waitForEvent("download");
  await page.getByRole("link", { name: /^Download / }).click();
  file = path.join(SHOTS, "whole.zip");
  await (await download).saveAs(file);
  assert.ok(fs.readFileSync(file).subarray(0, 2).equals(Buffer.from("PK")), "a ZIP");
  await page.getByRole("button", { name: /^Verify / }).click();
  await page.getByText("Verifying a backup").waitFor({ state: "detached", timeout: 20000 });
});

test("an encrypted one, and one from elsewhere", async (page) => {
  await make(page, SECRET);
  await page.getByText("encrypted", { exact: true }).waitFor({ timeout: 20000 });
  const bytes = fs.readFileSync(file);
  bytes[bytes.length >> 1] ^= 1;
  await page.setInputFiles("#file", { name: "mine.zip", mimeType: "application/zip", buffer: bytes });
  await page.getByRole("button", { name: "Upload" }).click();
  await page.getByText("Damaged:").waitFor({ timeout: 20000 });
  assert.strictEqual(await kept(page).count(), 3);
  await sound(page, "list");
  for (const [kind, options] of [["phone", { viewport: { width: 390, height: 844 }, isMobile: true }], ["dark", { colorScheme: "dark" }],
    ["phone-dark", { viewport: { width: 390, height: 844 }, isMobile: true, colorScheme: "dark" }]]) {
    const context = await watched(browser, site, faults, { ...options, storageState: state });
    const other = await context.newPage();
    await other.goto("/admin/backups");
    await other.locator("details summary").last().click();
    await sound(other, `${kind}-list`);
    await context.close();
  }
  await kept(page).filter({ hasText: "Damaged:" }).locator("summary", { hasText: "Remove" }).click();
  await page.getByRole("button", { name: /for good$/ }).click();
  await page.getByText("Damaged:").waitFor({ state: "detached" });
});

test("replaced: looked at, a wrong word, a wrong password, done, signed in again", async (page) => {
  await page.goto("/admin/cars");
  await page.goto("/admin/backups");
  await kept(page).last().getByRole("link", { name: /^Restore/ }).click();
  await sound(page, "how");
  await page.locator('input[value="replace"]').check();
  await page.getByRole("button", { name: "Show what would change" }).click();
  await looked(page);
  await page.locator("#confirm").waitFor();
  await sound(page, "looked");
  await page.fill("#confirm-word", "yes");
  await page.fill("#password", site.password);
  await page.getByRole("button", { name: "Replace everything" }).click();
  await page.locator("#confirm-error").waitFor();
  await sound(page, "wrong-word");
  await page.fill("#confirm-word", "replace");
  await page.fill("#password", "not my password");
  await page.getByRole("button", { name: "Replace everything" }).click();
  await page.locator("#password-error").waitFor();
  await page.fill("#password", site.password);
  await page.getByRole("button", { name: "Replace everything" }).click();
  await page.waitForURL("**/login**", { timeout: 30000 });
  await page.fill('input[name="email"]', site.email);
  await page.fill('input[name="password"]', site.password);
  await page.locator('form:has(input[name="password"]) button[type="submit"]').click();
  await page.getByText("Everything is as it was in the backup").waitFor();
  await sound(page, "replaced");
  state = await page.context().storageState();
  const context = await watched(browser, site, faults, { viewport: { width: 390, height: 844 }, isMobile: true, colorScheme: "dark", storageState: state });
  const other = await context.newPage();
  await other.goto(page.url());
  await sound(other, "phone-dark-replaced");
  await context.close();
  await page.goto("/admin/backups");
  await page.getByText("a restore, before it").waitFor();
});

test("without JavaScript: made and looked at", async (page) => {
  await page.context().clearCookies({ name: "wattledger-js" });
  await make(page);
  for (let i = 0; i < 40 && await page.getByText("Making a backup").count(); i++) {
    await page.waitForTimeout(250);
    await page.goto("/admin/backups");
  }
  await kept(page).first().getByRole("link", { name: /^Restore/ }).click();
  await page.locator('input[value="replace"]').check();
  await page.getByRole("button", { name: "Show what would change" }).click();
  await looked(page);
  await page.locator("#confirm").waitFor();
}, { javaScriptEnabled: false });

async function one([name, f, options]) {
  faults = [];
  const context = await watched(browser, site, faults, { ...options, storageState: state });
  const page = await context.newPage();
  page.setDefaultTimeout(8000);
  try {
    await f(page);
    assert.deepStrictEqual(faults, [], "faults of the page");
    console.log(`ok ${name}`);
    return true;
  } catch (e) {
    await shot(page, "FAILED-" + name.replace(/\W+/g, "-")).catch(() => {});
    console.log(`not ok ${name}: ${String(e.message || e).replace(/\s+/g, " ").slice(0, 900)}`);
    return false;
  } finally {
    await context.close();
  }
}

(async () => {
  fs.rmSync(SHOTS, { recursive: true, force: true });
  fs.mkdirSync(SHOTS, { recursive: true });
  let good = true;
  site = await startSite("--demo");
  try {
    for (const key of ["login_per_account", "login_per_address"]) await site.ask(`settings-set ${key} 1000`);
    browser = await launch();
    const context = await watched(browser, site, []);
    await login(await context.newPage());
    await context.close();
    for (const one_case of cases) good = await one(one_case) && good;
  } finally {
    if (browser) await browser.close();
    await site.stop();
  }
  process.exitCode = good ? 0 : 1;
})().catch((e) => { console.log(`not ok start: ${e.message}`); process.exitCode = 1; });
