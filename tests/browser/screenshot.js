#!/usr/bin/env node
// screenshot: the README's picture, of the demo's meter page. screenshot.js FILE
"use strict";
const { startSite, launch, watched } = require("./browser.js");

(async () => {
  const site = await startSite("--demo");
  const browser = await launch();
  try {
    const context = await watched(browser, site, [], { viewport: { width: 1100, height: 930 }, locale: "en-GB" });
    const page = await context.newPage();
    await page.goto("/login");
    await page.fill('input[name="email"]', site.email);
    await page.fill('input[name="password"]', site.password);
    await page.locator('form:has(input[name="password"]) button[type="submit"]').click();
    await page.waitForURL("**/admin");
    await page.goto("/admin/meters");
    await page.locator('main a[href*="/admin/meters/"]').first().click();
    await page.locator("main svg").first().waitFor();
    await page.screenshot({ path: process.argv[2] });
    console.log(process.argv[2]);
  } finally {
    await browser.close();
    await site.stop();
  }
})().catch((e) => { console.error(e.message); process.exitCode = 1; });
