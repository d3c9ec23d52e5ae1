#!/usr/bin/env node
// drafts: what somebody types is not lost, whatever ends: the tab, the browser, the server, the network, the session
// (source E's "Oops" and "Lock" tests, and PRODUCT 7). Screenshots go to build/screenshots-drafts, to be looked at.
//
// `drafts.js [WORD]` runs the cases whose name contains WORD.
"use strict";
const assert = require("node:assert");
const fs = require("node:fs");
const os = require("node:os");
const path = require("node:path");
const { chromium } = require("playwright-core");
const { ROOT, FLAGS, startSite, launch, watched, album } = require("./browser.js");

const SHOTS = path.join(ROOT, "build/screenshots-drafts");
const { sound, shot } = album(SHOTS);
const sleep = (ms) => new Promise((done) => setTimeout(done, ms));
const NEW = "/admin/sessions/new";

const cases = [];
const test = (name, f, options) => cases.push([name, f, options || {}]);
let site, browser, faults, state;

const badge = (page) => page.locator("[data-state]");
const says = (page, words, timeout = 15000) => badge(page).filter({ hasText: words }).waitFor({ timeout });
const saved = (page, timeout) => says(page, /^Saved \d\d:\d\d$/, timeout);

// The API as the signed-in user, by the page.
const api = (page, method, address, body) => page.evaluate(async ([m, a, b]) => {
  const reply = await fetch(a, { method: m, body: b && JSON.stringify(b),
    headers: { "Content-Type": "application/json", "X-CSRF-Token": document.querySelector("input[name=csrf]").value } });
  return reply.status === 204 ? {} : reply.json();
}, [method, address, body]);

const drafts = async (page) => (await api(page, "GET", "/api/drafts")).items;

// Nothing is left of the case before: no draft, no session, no copy in this browser.
async function clean(page) {
  await page.goto("/admin/drafts");
  for (const d of await drafts(page)) await api(page, "DELETE", "/api/drafts/" + d.id);
  for (const s of (await api(page, "GET", "/api/sessions")).items) await api(page, "DELETE", "/api/sessions/" + s.id);
  await page.evaluate(() => localStorage.clear());
}

async function login(page) {
  await page.goto("/login");
  await page.fill('input[name="email"]', site.email);
  await page.fill('input[name="password"]', site.password);
  await page.locator('form:has(input[name="password"]) button[type="submit"]').click();
  await page.waitForURL("**/admin");
}

const type = async (page, place, odometer = "650") => {
  await page.fill("#location_label", place);
  await page.fill("#odometer", odometer);
};
const saveNow = async (page) => {
  await page.getByRole("button", { name: "Save draft" }).click();
  await saved(page);
};
const whole = async (page) => {
  await page.fill("#date", "2025-01-07");
  await page.fill("#odometer", "12000");
  await page.locator("[name=charge_type][value=AC]").check();
  await page.fill("#charge_delivered_kwh", "30");
};

test("oops: the tab is closed after ten seconds, and all is there again", async (page) => {
  await page.goto(NEW);
  await type(page, "Test Track 99");
  await says(page, "Not saved yet");
  const began = Date.now();
  await saved(page);
  assert.ok(Date.now() - began > 8000, "ten seconds after the last change");
  await sound(page, "saved");
  const next = await page.context().newPage();
  await page.close();
  await next.goto(NEW);
  await next.getByText("Restored from a draft").waitFor();
  assert.deepStrictEqual([await next.inputValue("#location_label"), await next.inputValue("#odometer")], ["Test Track 99", "650"]);
  await saved(next);
  await sound(next, "restored");
});

test("oops: the tab is closed at once", async (page) => {
  await page.goto(NEW);
  await type(page, "Test Track 98");
  const next = await page.context().newPage();
  await page.close({ runBeforeUnload: true });
  await sleep(1000);
  await next.goto(NEW);
  assert.strictEqual(await next.inputValue("#location_label"), "Test Track 98");
  assert.strictEqual((await drafts(next)).length, 1);
});

test("lock: the draft becomes an active session under its id, and stays one", async (page) => {
  await page.goto(NEW);
  await type(page, "Thunder Alley");
  await saveNow(page);
  const id = (await drafts(page))[0].id;
  assert.ok(page.url().endsWith("?draft=" + id), page.url());
  await page.fill("#notes", "typed just before");
  await page.getByRole("button", { name: "Still charging" }).click();
  await page.waitForURL("**/admin/sessions/" + id);
  assert.strictEqual(await page.inputValue("#notes"), "typed just before");
  await page.reload();
  await page.getByText("charging", { exact: true }).first().waitFor();
  assert.strictEqual((await drafts(page)).length, 0);
  await page.goto(NEW);
  await page.getByRole("heading", { name: /Still charging: .*Thunder Alley/ }).waitFor();
  await sound(page, "active-first");
  await page.getByRole("link", { name: "Go on with it" }).click();
  await whole(page);
  await page.getByRole("button", { name: "Close the session" }).click();
  await page.getByRole("button", { name: "Close the session" }).waitFor({ state: "detached" });
  assert.strictEqual((await api(page, "GET", "/api/sessions/" + id)).status, "closed");
  assert.strictEqual((await drafts(page)).length, 0);
});

test("saved at once on submit, also where the form is refused", async (page) => {
  await page.goto(NEW);
  await type(page, "Refused", "six hundred");
  await page.getByRole("button", { name: "Save", exact: true }).click();
  await page.getByText("Odometer is a whole number.").waitFor();
  const [d] = await drafts(page);
  assert.strictEqual(d.title, "Refused");
  await whole(page);
  await page.getByRole("button", { name: "Save", exact: true }).click();
  await page.waitForURL("**/admin/sessions/" + d.id);
  assert.strictEqual((await drafts(page)).length, 0);
});

// Its processes, by the folder that only they name.
const killAll = (folder) => {
  for (const pid of fs.readdirSync("/proc").filter((n) => /^\d+$/.test(n))) {
    try {
      if (fs.readFileSync(`/proc/${pid}/cmdline`, "utf8").includes(folder)) process.kill(Number(pid), "SIGKILL");
    } catch {
      // it has ended by itself
    }
  }
};

test("the browser is killed", async () => {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "wattledger-profile-"));
  const open = async () => {
    const context = await chromium.launchPersistentContext(folder, { executablePath: "/usr/bin/chromium", args: FLAGS, headless: true, baseURL: site.url });
    await context.addCookies(state.cookies);
    return context;
  };
  try {
    let context = await open(), page = await context.newPage();
    await page.goto(NEW);
    await type(page, "Killed");
    await saveNow(page);
    await page.fill("#notes", "not saved by the server yet");
    await sleep(6500); // the browser writes its storage down every few seconds
    killAll(folder);
    await sleep(500);
    context = await open();
    page = await context.newPage();
    await page.goto(NEW);
    await page.getByText("Restored from a draft").waitFor();
    assert.strictEqual(await page.inputValue("#location_label"), "Killed");
    await page.getByText("This browser has kept it").waitFor();
    await sound(page, "kept-in-the-browser");
    await page.getByRole("button", { name: "Put it back" }).click();
    assert.strictEqual(await page.inputValue("#notes"), "not saved by the server yet");
    await saveNow(page);
    assert.strictEqual(await page.evaluate(() => Object.keys(localStorage).length), 0);
    await context.close();
  } finally {
    killAll(folder);
    fs.rmSync(folder, { recursive: true, force: true });
  }
});

test("the server is killed", async (page) => {
  await page.goto(NEW);
  await type(page, "Before");
  await saveNow(page);
  await site.ask("web kill");
  await page.fill("#location_label", "Meanwhile");
  await page.getByRole("button", { name: "Save draft" }).click();
  await says(page, "Save failed, retrying");
  await shot(page, "server-killed");
  await page.evaluate(() => scrollTo(0, 0));
  assert.ok(await badge(page).evaluate((b) => b.getBoundingClientRect().bottom < innerHeight), "in sight while one types at the top");
  await page.screenshot({ path: path.join(SHOTS, "in-sight.png") });
  let asked = false;
  page.once("dialog", (d) => { asked = d.type() === "beforeunload"; d.dismiss(); });
  await page.close({ runBeforeUnload: true });
  await sleep(500);
  assert.ok(asked && !page.isClosed(), "a warning before the tab is closed");
  await page.getByRole("button", { name: "Save", exact: true }).click();
  await says(page, "Not sent");
  await site.ask("web start");
  await saved(page, 70000);
  assert.strictEqual((await drafts(page))[0].title, "Meanwhile");
  assert.strictEqual((await drafts(page)).length, 1);
});

test("the network is off", async (page) => {
  await page.goto(NEW);
  await page.context().setOffline(true);
  await type(page, "Offline");
  await page.getByRole("button", { name: "Save draft" }).click();
  await says(page, "Save failed, retrying");
  await page.getByRole("button", { name: "Still charging" }).click();
  await says(page, "Not sent");
  await sound(page, "offline");
  assert.strictEqual(await page.evaluate(() => Object.keys(localStorage).length), 1);
  await page.context().setOffline(false);
  await saved(page, 70000);
  assert.strictEqual(await page.evaluate(() => Object.keys(localStorage).length), 0);
  const [d] = await drafts(page);
  await page.getByRole("button", { name: "Still charging" }).click();
  await page.waitForURL("**/admin/sessions/" + d.id);
});

test("an answer is lost, and there is one draft", async (page) => {
  await page.goto(NEW);
  let lose = true;
  await page.route("**/api/drafts**", async (route) => {
    if (lose && route.request().method() !== "GET") {
      await route.fetch();
      lose = false;
      return route.abort();
    }
    return route.continue();
  });
  await type(page, "Once");
  await page.getByRole("button", { name: "Save draft" }).click();
  await saved(page, 20000);
  assert.strictEqual((await drafts(page)).length, 1);
  lose = true;
  await page.fill("#location_label", "Once more");
  await page.getByRole("button", { name: "Save draft" }).click();
  await saved(page, 20000);
  const all = await drafts(page);
  assert.deepStrictEqual(all.map((d) => d.title), ["Once more"]);
  assert.strictEqual(await page.locator("#draft-notice").count(), 0);
});

test("two tabs: nothing is overwritten, and both are told", async (page) => {
  await page.goto(NEW);
  await type(page, "Both");
  await saveNow(page);
  const second = await page.context().newPage();
  await second.goto(NEW);
  await page.fill("#location_label", "The first tab");
  await saveNow(page);
  await second.fill("#location_label", "The second tab");
  await saveNow(second);
  await second.getByText("both are kept").waitFor();
  await sound(second, "two-tabs");
  assert.deepStrictEqual((await drafts(page)).map((d) => d.title).sort(), ["The first tab", "The second tab"]);
  await page.fill("#odometer", "651"); // each goes on by itself
  await saveNow(page);
  await second.fill("#odometer", "652");
  await saveNow(second);
  assert.strictEqual((await drafts(page)).length, 2);
  await second.getByRole("link", { name: "the other version" }).click();
  assert.strictEqual(await second.inputValue("#location_label"), "The first tab");
  await second.goto(NEW);
  await second.getByRole("heading", { name: "Go on with a draft" }).waitFor();
  await sound(second, "picker");
  // the one is sent; the other tab that has it open makes a draft of its own
  await second.getByRole("link", { name: "The first tab" }).click();
  await second.getByRole("button", { name: "Still charging" }).click();
  await second.getByText("charging", { exact: true }).first().waitFor();
  await page.fill("#odometer", "653");
  await saveNow(page);
  await page.getByText("This draft was sent or discarded").waitFor();
  assert.strictEqual((await drafts(page)).length, 2);
});

test("signed out: typing goes on, and saving after the sign-in", async (page) => {
  await page.goto(NEW);
  await type(page, "Signed out");
  await page.context().clearCookies();
  await page.getByRole("button", { name: "Save draft" }).click();
  await says(page, "you are signed out");
  await sound(page, "signed-out-badge");
  const opening = page.context().waitForEvent("page");
  await page.getByRole("link", { name: "Sign in in another tab" }).click();
  const opened = await opening;
  await opened.waitForLoadState();
  await login(opened);
  await saved(page, 20000);
  assert.strictEqual(await page.inputValue("#location_label"), "Signed out");
  assert.strictEqual((await drafts(page)).length, 1);
  // and where the form is sent
  await page.context().clearCookies();
  await page.fill("#location_label", "Sent when signed out");
  await page.fill("#notes", "two\nlines");
  await page.getByRole("button", { name: "Still charging" }).click();
  await page.getByText("What you typed is kept").waitFor();
  await sound(page, "signed-out-page");
  await page.fill('input[name="email"]', site.email);
  await page.fill('input[name="password"]', site.password);
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.getByText("Restored from a draft").waitFor();
  assert.deepStrictEqual([await page.inputValue("#location_label"), await page.inputValue("#notes")], ["Sent when signed out", "two\nlines"]);
  assert.strictEqual((await api(page, "GET", "/api/sessions")).total, 0);
  state = await page.context().storageState();
});

test("somebody else signs in at the same browser: nothing is saved in their name", async (page) => {
  await page.goto(NEW);
  await type(page, "Mine");
  await page.route("**/admin/drafts", async (route) => {
    const reply = await route.fetch();
    return route.fulfill({ response: reply, body: (await reply.text()).replace(site.email, "somebody@example.org") });
  });
  await page.evaluate(() => { document.querySelector("form[data-draft] [name=csrf]").value = "0"; });
  await page.getByRole("button", { name: "Save draft" }).click();
  await says(page, "somebody@example.org is signed in now");
  assert.strictEqual(await page.inputValue("#location_label"), "Mine");
});

test("a property's details, and what is discarded", async (page) => {
  await page.goto("/admin/properties");
  await page.locator('main a[href*="/admin/properties/"]').first().click();
  const here = page.url();
  await page.fill("#address", "Typed Lane 1");
  await saveNow(page);
  await page.goto(here);
  await page.getByText("Restored from a draft").waitFor();
  assert.strictEqual(await page.inputValue("#address"), "Typed Lane 1");
  await sound(page, "property");
  await page.getByRole("button", { name: "Discard it" }).click();
  await page.waitForURL(here);
  assert.notStrictEqual(await page.inputValue("#address"), "Typed Lane 1");
  assert.strictEqual((await drafts(page)).length, 0);
});

const tour = async (page, kind) => {
  await page.goto(NEW);
  await type(page, "Thunder Alley");
  await saveNow(page);
  await page.reload();
  await sound(page, `${kind}-form`);
  await page.goto(NEW + "?new=1");
  await type(page, "A place with a name that goes on and on, as the names of some car parks do, so that it needs a second line");
  await saveNow(page);
  await page.goto(NEW);
  await sound(page, `${kind}-picker`);
  await page.goto("/admin/drafts");
  await sound(page, `${kind}-drafts`);
};
test("phone-wide", (page) => tour(page, "phone"), { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true });
test("dark", (page) => tour(page, "dark"), { colorScheme: "dark" });

test("without JavaScript", async (page) => {
  await page.goto(NEW);
  await type(page, "By hand");
  await page.getByRole("button", { name: "Save draft" }).click();
  await page.getByText("Restored from a draft").waitFor();
  assert.strictEqual(await page.inputValue("#location_label"), "By hand");
  await shot(page, "noscript");
  await page.getByRole("button", { name: "Discard it" }).click();
  assert.strictEqual(await page.inputValue("#location_label"), "");
}, { javaScriptEnabled: false });

async function one(name, f, options) {
  faults = [];
  const first = await watched(browser, site, [], { storageState: state });
  await clean(await first.newPage());
  await first.close();
  const context = await watched(browser, site, faults, { ...options, storageState: state });
  const page = await context.newPage();
  page.setDefaultTimeout(8000);
  try {
    await f(page);
    assert.deepStrictEqual(faults.filter((x) => !/ERR_INTERNET_DISCONNECTED|ERR_CONNECTION|ERR_FAILED/.test(x)), [], "faults of the page");
    console.log(`ok ${name}`);
    return true;
  } catch (e) {
    for (const p of context.pages()) await shot(p, "FAILED-" + name.replace(/\W+/g, "-")).catch(() => {});
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
    for (const key of ["login_per_account", "login_per_address", "api_per_minute"]) await site.ask(`settings-set ${key} 100000`);
    browser = await launch();
    const context = await watched(browser, site, []), page = await context.newPage();
    await login(page);
    await api(page, "POST", "/api/cars", { name: "Zoe" });
    state = await context.storageState();
    await context.close();
    const word = process.argv[2] || "";
    for (const [name, f, options] of cases)
      if (name.includes(word)) good = await one(name, f, options) && good;
  } finally {
    if (browser) await browser.close();
    await site.stop();
  }
  process.exitCode = good ? 0 : 1;
})().catch((e) => { console.log(`not ok start: ${e.message}`); process.exitCode = 1; });
