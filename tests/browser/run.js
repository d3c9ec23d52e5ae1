#!/usr/bin/env node
// run: the pages as people meet them: wide and phone-wide, light and dark, with and without JavaScript. axe must have
// nothing to say on any of them. Screenshots go to build/screenshots, to be looked at.
//
// `run.js [WORD]` runs the cases whose name contains WORD; the first two (set-up, sign-in) always run.
"use strict";
const assert = require("node:assert");
const fs = require("node:fs");
const path = require("node:path");
const { ROOT, startSite, launch, watched, album } = require("./browser.js");

const SHOTS = path.join(ROOT, "build/screenshots");
const HH = "MPAN, Date, " + Array.from({ length: 48 }, (_, i) => `HH${String(i + 1).padStart(2, "0")}`).join(", ") + "\n" +
  "1234567890123, 2025-11-07, " + Array.from({ length: 48 }, (_, i) => (1.5 + i / 10).toFixed(1)).join(", ") + "\n";
const DAILY = "MPAN, Date, Reading\n1234567890123, 2025-11-07, 45.6\n";
const BAD = HH + "1234567890123, 31/02/2025" + ", 1".repeat(48) + "\n1234567890123, 2025-11-09" + ", x".repeat(48) + "\n";
const SUPPLIER = "MPAN,Date,Reading\n" + Array.from({ length: 9 }, (_, i) =>
  `1700000099730,${String(i + 1).padStart(2, "0")}/04/2025,${i === 2 ? "three" : `${i + 1}.5`}\n`).join("");
const csv = (name, text) => ({ name, mimeType: "text/csv", buffer: Buffer.from(text) });

const cases = [];
const test = (name, f) => cases.push([name, f]);
let site, browser, faults, main;

const { shot, sound } = album(SHOTS);

async function upload(page, file, options = {}) {
  await page.goto("/admin/imports");
  await page.setInputFiles('input[name="file"]', file);
  for (const name of ["preview", "dry_run", "background"])
    if (name in options) await page.locator(`input[name="${name}"]`).setChecked(options[name]);
  await page.locator('form:has(input[name="file"]) button[type="submit"]').click();
}

async function finished(page) {
  await page.waitForURL("**/admin/imports/status/**");
  await page.locator("main").getByText(/completed/i).first().waitFor({ timeout: 20000 });
}

async function login(page, password = site.password) {
  await page.goto("/login");
  await page.fill('input[name="email"]', site.email);
  await page.fill('input[name="password"]', password);
  await page.locator('form:has(input[name="password"]) button[type="submit"]').click();
}

test("set-up, with an error first", async (page) => {
  await page.goto("/");
  await page.waitForURL("**/setup");
  await sound(page, "setup");
  const fill = async (password) => {
    await page.fill('input[name="token"]', site.token);
    await page.fill('input[name="email"]', site.email);
    await page.fill('input[name="name"]', "Ada Admin");
    await page.fill('input[name="password"]', password);
    await page.fill('input[name="password_again"]', password);
    // The browser's own checks would stop a short one; ours must hold without them.
    await page.evaluate(() => document.querySelectorAll("form").forEach((f) => { f.noValidate = true; }));
    await page.locator('form:has(input[name="token"]) button[type="submit"]').click();
  };
  await fill("short");
  await page.locator('[role="alert"]').first().waitFor();
  assert.strictEqual(await page.inputValue('input[name="email"]'), site.email, "what was typed is kept");
  await sound(page, "setup-error");
  await fill(site.password);
  await page.waitForURL("**/admin");
  await sound(page, "dashboard-empty");
});

test("sign-in, with an error first", async (page) => {
  await page.context().clearCookies();
  await login(page, "wrong password!");
  await page.locator('[role="alert"]').first().waitFor();
  await sound(page, "login-error");
  await login(page);
  await page.waitForURL("**/admin");
  main = await page.context().storageState();
});

test("the API's page, phone-wide, dark, and wide", async (page) => {
  await page.goto("/docs");
  for (const id of ["op-properties", "op-meter_patch", "object-MeterGiven"]) await page.locator(`#${id} > summary`).click();
  await sound(page, "docs-dark-phone");
  await page.setViewportSize({ width: 1200, height: 850 });
  await page.emulateMedia({ colorScheme: "light" });
  await sound(page, "docs");
  await page.goto("/docs/problems#conflict");
  await sound(page, "docs-problems");
});

test("the API tried without JavaScript", async (page) => {
  await page.goto("/docs");
  await page.locator("#op-properties > summary").click();
  await page.fill("#api_properties-limit", "3");
  await page.click("#op-properties form button");
  await page.waitForURL("**/api/properties?limit=3");
  assert.ok((await page.content()).includes('"limit":3'));
});

test("pages with nothing on them", async (page) => {
  for (const [name, where] of [["imports", "/admin/imports"], ["jobs-empty", "/admin/imports/jobs"],
    ["meters-empty", "/admin/meters"]]) {
    await page.goto(where);
    await sound(page, name);
  }
});

test("a file that is no CSV is refused with words", async (page) => {
  await upload(page, { name: "picture.csv", mimeType: "text/csv", buffer: Buffer.from("\x89PNG\r\n\x1a\n" + "\0".repeat(500), "latin1") });
  await page.locator('[role="alert"]').first().waitFor();
  await sound(page, "imports-error");
});

test("the seeds' half-hourly file, watched to its end", async (page) => {
  await site.ask("worker stop");
  try {
    await upload(page, csv("november.csv", HH), { background: true });
    await page.waitForURL("**/admin/imports/status/**");
    await sound(page, "status-queued");
  } finally {
    await site.ask("worker cont");
  }
  await finished(page);
  await sound(page, "status-completed");
});

test("the seeds' daily file, at once", async (page) => {
  await upload(page, csv("daily.csv", DAILY), { background: false });
  await finished(page);
});

test("a large file goes in chunks", async (page) => {
  let chunks = 0;
  page.on("request", (r) => { if (r.method() === "PUT") chunks++; });
  const rows = [HH.split("\n")[0]];
  for (let day = 0; day < 3000; day++)
    rows.push("1234567890123, " + new Date(Date.UTC(2016, 0, 1 + day)).toISOString().slice(0, 10) + ", 1.234".repeat(48));
  await upload(page, csv("large.csv", rows.join("\n") + "\n"), { background: true });
  await finished(page);
  assert.ok(chunks >= 1, "it went as one form");
});

test("several files at once", async (page) => {
  const days = [1, 2, 3].map((day) => csv(`day ${day}.csv`, HH.replaceAll("2025-11-07", `2024-02-0${day}`)));
  await upload(page, days, {});
  await page.waitForURL("**/admin/imports/jobs");
  for (const day of days)
    await page.getByRole("link", { name: day.name }).first().waitFor();
  await upload(page, [days[0], csv("nothing.csv", "no meter, no date\n1, 2\n"), days[1]], {});
  await page.getByText("2 of 3 files were taken.").waitFor();
  await page.getByText("nothing.csv: This is not a meter file").waitFor();
  await sound(page, "imports-some-taken");
});

test("rejected rows, as a table and as a file", async (page) => {
  await upload(page, csv("with errors.csv", BAD), { background: true });
  await finished(page);
  await page.getByText("31/02/2025").first().waitFor();
  await sound(page, "status-errors");
  const [file] = await Promise.all([page.waitForEvent("download"), page.locator('a[href$="errors.csv"]').click()]);
  assert.ok(fs.readFileSync(await file.path(), "utf8").includes("31/02/2025"));
});

test("what came out: meters and readings", async (page) => {
  await page.goto("/admin/meters");
  await sound(page, "meters");
  await page.locator('main a[href*="/admin/meters/"]').first().click();
  await page.locator("main svg").first().waitFor();
  await sound(page, "meter");
});

test("zooming into a load profile", async (page) => {
  await page.goto("/admin/meters");
  await page.getByRole("link", { name: "1234567890123" }).first().click();
  await page.getByRole("button", { name: "Zoom into it" }).click();
  await page.locator(".uplot canvas").waitFor();
  await page.getByText("Drag over a part").waitFor();
  await sound(page, "meter-zoom");
});

test("the jobs, filtered", async (page) => {
  await page.goto("/admin/imports/jobs?status=completed");
  assert.ok(await page.locator('main a[href*="/admin/imports/status/"]').count() >= 3, "jobs on the list");
  await sound(page, "jobs");
  await page.goto("/admin");
  await sound(page, "dashboard");
});

test("an import is undone and redone", async (page) => {
  await page.goto("/admin/imports/jobs");
  await page.getByText("large.csv").first().click();
  await page.waitForURL("**/admin/imports/status/**");
  const own = page.url();
  for (const [link, name] of [[/Undo the import/, "undo"], [/Redo the import/, "redo"]]) {
    await page.locator("main").getByRole("link", { name: link }).click();
    await page.locator("main").getByRole("heading", { name: "What it will do" }).waitFor();
    await sound(page, name);
    await page.locator("main").getByRole("button", { name: link }).click();
    await finished(page);
    assert.notStrictEqual(page.url(), own, "the work has a page of its own");
    await sound(page, `${name}-completed`);
    await page.goto(own);
    await sound(page, `status-after-${name}`);
  }
  await page.goto("/admin/imports/jobs");
  await sound(page, "jobs-after-undo");
});

test("a file is looked at, corrected, kept as a preset, imported, mended and undone", async (page) => {
  await upload(page, csv("supplier.csv", SUPPLIER), { preview: true });
  await page.waitForURL("**/preview");
  await page.getByText("Please check").waitFor();
  await page.getByText("the day: 1.5 kWh").waitFor();
  await page.locator("#counts ~ dl").getByText("9", { exact: true }).first().waitFor({ timeout: 20000 });
  await sound(page, "preview");
  await page.selectOption("#a-date_order", "mdy");
  await page.locator('button[value="again"]').click();
  await page.getByText("2025-02-04, the day: 2.5 kWh").waitFor();
  assert.strictEqual(await page.getByText("Please check").count(), 0);
  await page.fill("#preset_name", "Our supplier");
  await page.locator('button[value="save"]').click();
  await page.getByText("Kept as the preset").waitFor();
  await sound(page, "preview-saved");
  await page.locator('button[value="import"]').click();
  await finished(page);
  await sound(page, "preview-imported");
  const [errors] = await Promise.all([page.waitForEvent("download"), page.getByText("Download as CSV").click()]);
  const text = fs.readFileSync(await errors.path(), "utf8").replace("three", "3.5");
  await page.setInputFiles("#mended", csv("mended.csv", text));
  await page.getByText("Upload the mended rows").click();
  await finished(page);
  await page.getByText("an earlier import").click();
  await page.getByText("Undo the import").click();
  await page.locator("main form button").first().click();
  await finished(page);
  await page.goto("/admin/imports/presets");
  await page.getByText("Our supplier").first().waitFor();
  await sound(page, "presets");
});

test("charging sessions are looked at, imported for the car that is said, downloaded and undone", async (page) => {
  const evcc = "Created;Finished;Ladepunkt;Fahrzeug;Kilometerstand (km);Energie (kWh);Ladedauer;Preis\n" +
    "2025-03-01 08:12:31;2025-03-01 13:33:36;Carport;Zoe;20345;30,4;5h21m5s;3,04\n2025-03-02 08:00:00;2025-03-02 08:30:00;Carport;Leaf;900;21,5;30m0s;7,5\n";
  const unnamed = "date,odometer,charge_type,charge_delivered_kwh\n2025-04-01,13000,AC,20\n2025-04-02,x,AC,20\n";
  await upload(page, csv("evcc.csv", evcc), { preview: true });
  await page.waitForURL("**/preview");
  await page.getByText("2025-03-01, Zoe: 30.4 kWh AC, 12642 miles, Carport, £3.04").waitFor();
  await page.getByText("does not say AC or DC").waitFor();
  await page.locator("#counts ~ dl").getByText("2", { exact: true }).first().waitFor({ timeout: 20000 });
  await sound(page, "sessions-preview");
  await page.locator('button[value="import"]').click();
  await finished(page);
  const first = page.url();
  await sound(page, "sessions-imported");
  await page.goto("/admin/imports");
  await page.selectOption("#type", "sessions");
  await page.getByText("Whose charging sessions").click();
  await page.fill("#car", "zoe");
  await sound(page, "sessions-upload");
  await page.setInputFiles('input[name="file"]', csv("mine.csv", unnamed));
  await page.locator('input[name="preview"]').setChecked(false);
  await page.locator('form:has(input[name="file"]) button[type="submit"]').click();
  await finished(page);
  await page.getByText("BAD_ODOMETER").waitFor();
  const own = page.url();
  await page.goto("/admin/sessions");
  assert.strictEqual(await page.locator("main tbody tr").count(), 3);
  await sound(page, "sessions");
  const [file] = await Promise.all([page.waitForEvent("download"), page.getByRole("link", { name: "Export CSV" }).click()]);
  const lines = fs.readFileSync(await file.path(), "utf8").trim().split("\n");
  assert.deepStrictEqual(lines.map((l) => l.split(",")[0]), ["date", "2025-03-01", "2025-03-02", "2025-04-01"]);
  await page.goto(own + "/undo");
  await page.getByText("Sessions that go").waitFor();
  await sound(page, "sessions-undo");
  await page.locator("main form button").first().click();
  await finished(page);
  await page.goto("/admin/sessions");
  assert.strictEqual(await page.locator("main tbody tr").count(), 2);
  await page.goto(first + "/undo"); // the cars go with it
  await page.locator("main form button").first().click();
  await finished(page);
  await page.goto("/admin/cars");
  await page.getByText("No cars yet.").waitFor();
});

test("a preview on a phone, dark, without JavaScript", async () => {
  const context = await watched(browser, site, faults, { javaScriptEnabled: false, colorScheme: "dark",
    viewport: { width: 390, height: 844 } });
  const page = await context.newPage();
  await login(page);
  await upload(page, csv("again.csv", SUPPLIER.replace("three", "3.5")), { preview: true });
  await page.waitForURL("**/preview");
  await page.getByText("As the preset “Our supplier” says").waitFor();
  await shot(page, "preview-phone-dark");
  await page.locator('button[value="import"]').click();
  await page.waitForURL("**/status/**");
  await context.close();
});

test("a scheduled import is added, paused and removed", async (page) => {
  await page.goto("/admin/imports");
  await page.getByRole("link", { name: "Scheduled imports", exact: true }).click();
  await page.fill("#address", "https://supplier.example/readings/2025.csv?account=12345678901234567890&format=half-hourly");
  await page.fill("#cron", "0 7 * * someday");
  await page.locator('button[value="add"]').click();
  await page.locator("#cron-error").waitFor();
  await sound(page, "schedule-refused");
  await page.fill("#cron", "0 7 * * mon");
  await page.locator('button[value="add"]').click();
  await page.locator('button[value="pause"]').click();
  await page.getByText("paused").waitFor();
  await sound(page, "schedule-paused");
  await page.locator('button[value="remove"]').click();
  await page.getByText("Nothing is fetched yet").waitFor();
});

test("a period beside an earlier one", async (page) => {
  const day = (k) => new Date(Date.UTC(2025, 9, 20 + k)).toISOString().slice(0, 10);
  const value = (k, i) => (0.3 + (i > 13 && i < 44 ? 1.2 + Math.sin((i + k) / 4) / 2 : 0) + (k % 7 > 4 ? 0 : 0.25)).toFixed(2);
  const rows = Array.from({ length: 21 }, (_, k) => `1700000099840,${day(k)},` + Array.from({ length: 48 }, (_, i) => value(k, i)).join(",")).join("\n");
  await upload(page, csv("weeks.csv", HH.split("\n")[0] + "\n" + rows + "\n"), { background: false, preview: false });
  await finished(page);
  await page.goto("/admin/meters?q=1700000099840");
  await page.getByRole("link", { name: "1700000099840" }).click();
  await page.fill('input[name="from"]', "2025-11-03");
  await page.fill('input[name="to"]', "2025-11-09");
  await page.selectOption('select[name="compare"]', "before");
  await page.getByRole("button", { name: "Show" }).click();
  await page.getByRole("columnheader", { name: "2025-10-27 to 2025-11-02" }).first().waitFor();
  await page.getByText("Day by day").click();
  await sound(page, "compare-weeks");
  await page.getByRole("link", { name: "Earlier" }).click();
  await page.getByRole("columnheader", { name: "2025-10-20 to 2025-10-26" }).first().waitFor();
  await page.goto(page.url().replace(/from=[^&]*&to=[^&]*/, "from=2025-11-05&to=2025-11-05"));
  await page.getByText("Clock time by clock time").click();
  await page.setViewportSize({ width: 390, height: 800 });
  await page.emulateMedia({ colorScheme: "dark" });
  await sound(page, "compare-day-dark-phone");
  await page.setViewportSize({ width: 1200, height: 850 });
  await sound(page, "compare-day-dark");
  await page.emulateMedia({ colorScheme: "light" });
  await page.goto("/admin/properties");
  await page.getByRole("link", { name: "Unassigned meters" }).first().click();
  await page.fill('input[name="from"]', "2025-11-03");
  await page.fill('input[name="to"]', "2025-11-09");
  await page.selectOption('select[name="compare"]', "from");
  await page.fill('input[name="compare_from"]', "2025-10-20");
  await page.getByRole("button", { name: "Show" }).click();
  await page.getByRole("columnheader", { name: "2025-10-20 to 2025-10-26" }).first().waitFor();
  await sound(page, "compare-property");
});

// Its draft is saved before it is sent: a click alone has not sent it yet.
async function saveDetails(page) {
  const sent = page.waitForResponse((r) => r.request().method() === "POST" && r.url().endsWith("/details"));

  await page.locator("#details button:not([data-save-draft])").click();
  await sent;
  await page.waitForLoadState();
}

test("a property, its meters, and what their registers show", async (page) => {
  await page.goto("/admin/properties");
  await sound(page, "properties");
  await page.fill("#name", "Mill House");
  await page.fill("#time_zone", "Mars");
  await page.locator("#new-property button").click();
  await page.getByText("There is no time zone").waitFor();
  await sound(page, "properties-error");
  assert.equal(await page.inputValue("#name"), "Mill House");
  await page.fill("#time_zone", "Europe/London");
  await page.locator("#new-property button").click();
  await page.waitForURL(/properties\/\d+$/);
  await sound(page, "property-empty");
  for (const [identifier, name, type] of [["1700000099801", "Intake", "MAIN_METER"], ["FLAT-1", "Flat 1", "SUB_METER"], ["FLAT-2", "Flat 2", "SUB_METER"]]) {
    await page.fill("#identifier", identifier);
    await page.fill("#meter-name", name);
    await page.selectOption("#meter-type", type);
    await page.locator("#new-meter button").click();
    await page.getByRole("link", { name: identifier }).waitFor();
  }
  for (const [at, values] of [["2025-04-01T08:00", [1000, 300, 200]], ["2025-05-01T08:00", [1300, 500, 330]]]) {
    await page.fill("#at", at);
    for (const [i, value] of values.entries()) await page.locator('input[name^="value_"]').nth(i).fill(String(value));
    await page.locator("#entry button").click();
    await page.getByRole("cell", { name: String(values[0]) }).waitFor();
  }
  await page.getByRole("cell", { name: "470" }).waitFor(); // 1300 - 500 - 330
  await sound(page, "property");
  await page.getByRole("link", { name: "1700000099801" }).click();
  await page.getByRole("link", { name: "details" }).click();
  await page.fill("#other", "OLD-9");
  await page.locator("#new-identifier button").click();
  await page.getByText("OLD-9").waitFor();
  await page.fill("#at", "2025-04-15T10:00");
  await page.fill("#final_value", "many");
  await page.locator("#new-event button").click();
  await page.getByText("a number such as").waitFor();
  await page.fill("#at", "2025-04-15T10:00");
  await page.fill("#final_value", "1100");
  await page.locator("#new-event button").click();
  await page.getByText("1100 → 0").waitFor();
  await sound(page, "meter-details");
  await page.fill("#name", "Intake, cellar");
  await saveDetails(page);
  const other = await page.context().newPage();
  await other.goto(page.url());
  await other.fill("#name", "Intake, attic");
  await page.fill("#name", "Intake, roof");
  await saveDetails(other);
  await page.bringToFront(); // a tab behind another one is not always drawn
  await page.locator("#details button:not([data-save-draft])").click();
  await page.getByRole("alert").getByRole("cell", { name: "Intake, attic" }).waitFor();
  assert.strictEqual(await page.inputValue("#name"), "Intake, roof", "what was typed stays");
  await sound(page, "meter-two-tabs");
  await page.setViewportSize({ width: 390, height: 800 });
  await page.emulateMedia({ colorScheme: "dark" });
  await sound(page, "meter-two-tabs-dark-phone");
  await page.setViewportSize({ width: 1200, height: 850 });
  await page.emulateMedia({ colorScheme: "light" });
  await page.getByRole("button", { name: "Save mine anyway" }).click();
  await page.getByRole("button", { name: "Save", exact: true }).waitFor();
  await other.reload();
  assert.strictEqual(await other.inputValue("#name"), "Intake, roof");
  await other.close();
  await page.goto("/admin/properties");
  await page.getByRole("link", { name: "Mill House" }).click();
  await page.getByRole("link", { name: "Intake, roof" }).first().waitFor();
  await page.fill("#member-email", "nobody@example.org");
  await page.getByRole("button", { name: "Add", exact: true }).click();
  await page.getByText("There is no user nobody@example.org").waitFor();
  await page.locator("#remove button").click();
  await page.getByText("3 active meters").waitFor();
  await page.locator("#remove input[name=cascade]").check();
  await page.locator("#remove button").click();
  await page.getByRole("heading", { name: "Restore the property" }).waitFor();
  await sound(page, "property-removed");
  await page.locator("#remove button").click();
  await page.getByRole("heading", { name: "Remove the property" }).waitFor();
});

test("users, a profile and a token that is shown once", async (page) => {
  await page.goto("/admin/profile");
  await sound(page, "profile");
  await page.fill("#phone", "ring me");
  await page.locator("#profile button").click();
  await page.getByText("A phone number has digits").waitFor();
  await page.fill("#phone", "020 7946 0000");
  const meters = await page.locator("#default_meter_id option").count() - 1; // none where this case runs alone
  if (meters > 0) await page.selectOption("#default_meter_id", { index: 1 });
  await page.locator("#profile button").click();
  await page.getByText("Saved.").waitFor();
  assert.equal(await page.inputValue("#default_meter_id") !== "", meters > 0);
  await page.getByRole("link", { name: "API tokens" }).click();
  await sound(page, "tokens-none");
  await page.fill("#token-name", "meter robot");
  await page.fill("#token-expires", "soon");
  await page.locator("#new-token button").click();
  await page.getByText("The days that it lasts are a whole number.").waitFor();
  await sound(page, "tokens-refused");
  await page.fill("#token-expires", "30");
  await page.locator("#new-token button").click();
  assert.match(await page.locator(".notice code").textContent(), /^wl_\w{36}$/);
  await sound(page, "tokens");
  await page.goto("/admin/tokens");
  assert.equal(await page.getByText(/wl_\w{36}/).count(), 0);
  await page.getByRole("button", { name: "Revoke meter robot" }).click();
  await page.waitForURL("**/admin/tokens");
  assert.equal(await page.getByText("meter robot").count(), 0);
  await page.goto("/admin/profile");
  await page.getByRole("link", { name: "All users" }).click();
  await page.fill("#email", "nell@example.org");
  await page.fill("#new-password", "a long enough one");
  await page.locator("#new-user button").click();
  await page.getByRole("cell", { name: "nell@example.org" }).first().waitFor();
  await page.getByLabel("nell@example.org may sign in").uncheck();
  await page.getByRole("button", { name: "Save nell@example.org" }).click();
  await page.getByText("may not sign in").waitFor();
  await sound(page, "users");
});

test("quality, and readings excluded from there", async (page) => {
  await page.goto("/admin/quality");
  await page.getByRole("cell", { name: "total differs" }).first().waitFor();
  await sound(page, "quality");
  await page.getByRole("link", { name: /^Totals/ }).click();
  await page.getByRole("link", { name: "Show meter 1234567890123 from 2025-11-07 to 2025-11-07" }).click();
  await page.fill("#edit-start", "2025-11-07T12:00");
  await page.fill("#edit-end", "2025-11-07T11:00");
  await page.fill("#edit-reason", "The fuse was out");
  await page.locator("#new-edit button").click();
  await page.getByText("begins at or after its end").waitFor();
  await sound(page, "edit-error");
  await page.fill("#edit-end", "2025-11-07T14:00");
  await page.locator("#new-edit button").click();
  await page.getByRole("cell", { name: "The fuse was out" }).waitFor();
  assert.ok(await page.getByText("44 of 48").count(), "the day is short of what was excluded");
  await sound(page, "meter-edits");
  await page.getByRole("button", { name: "Take out the edit from 2025-11-07 12:00" }).click();
  await page.getByText("taken out", { exact: true }).waitFor();
});

test("an export, watched to its file, and removed", async (page) => {
  await page.goto("/admin/exports");
  await page.fill("#meter", "no such meter");
  await page.locator("#new-export button").click();
  await page.getByText("There is no meter of this number").waitFor();
  await sound(page, "exports-error");
  await page.fill("#meter", "");
  await page.fill("#from", "2025-11-01");
  await page.locator('input[value="wide"]').check();
  await page.selectOption("#format", "xlsx");
  await site.ask("worker stop");
  try {
    await page.locator("#new-export button").click();
    await page.getByText("Waiting").first().waitFor();
    await sound(page, "exports-waiting");
  } finally {
    await site.ask("worker cont");
  }
  await page.getByText("Completed").first().waitFor({ timeout: 20000 });
  const download = page.waitForEvent("download");
  await page.getByRole("link", { name: /^readings_wide_20251101\.xlsx$/ }).click();
  assert.ok(fs.readFileSync(await (await download).path()).subarray(0, 2).equals(Buffer.from("PK")), "a workbook");
  await sound(page, "exports");
  for (const [kind, options] of [["phone", { viewport: { width: 390, height: 844 }, isMobile: true }], ["dark", { colorScheme: "dark" }]]) {
    const context = await watched(browser, site, faults, { ...options, storageState: main });
    const other = await context.newPage();
    await other.goto("/admin/exports");
    await sound(other, `${kind}-exports`);
    await context.close();
  }
  await page.getByRole("button", { name: /^Remove the export/ }).first().click();
  await page.getByText("No exports yet").waitFor();
  await sound(page, "exports-empty");
});

test("a scheduled export is added, run, paused and removed", async (page) => {
  await page.goto("/admin/exports");
  await page.getByText("No scheduled exports yet").waitFor();
  await page.getByText("Add a scheduled export").click();
  await page.selectOption("#schedule-period", "days");
  await page.fill("#schedule-days", "14");
  await page.fill("#schedule-cron", "0 7 * * someday");
  await page.fill("#schedule-keep", "3");
  await page.locator('#new-schedule button[value="add"]').click();
  await page.locator("#schedule-cron-error").waitFor();
  assert.equal(await page.inputValue("#schedule-days"), "14");
  await sound(page, "export-schedule-refused");
  await page.fill("#schedule-cron", "0 7 * * mon");
  await page.locator('#new-schedule button[value="add"]').click();
  await page.getByText("The last 14 days").waitFor();
  await page.getByRole("button", { name: "Export now" }).click();
  await page.getByText("was asked for").waitFor();
  await page.locator("#job .badge.completed").first().waitFor({ timeout: 20000 });
  await page.reload();
  await page.getByRole("link", { name: "Download" }).waitFor();
  await page.getByRole("button", { name: "Pause" }).click();
  await page.getByText("paused").waitFor();
  await sound(page, "export-schedule-paused");
  for (const [kind, options] of [["phone", { viewport: { width: 390, height: 844 }, isMobile: true }], ["dark", { colorScheme: "dark" }]]) {
    const context = await watched(browser, site, faults, { ...options, storageState: main });
    const other = await context.newPage();
    await other.goto("/admin/exports");
    await other.getByText("Add a scheduled export").click();
    await sound(other, `${kind}-export-schedules`);
    await context.close();
  }
  const context = await watched(browser, site, faults, { javaScriptEnabled: false, storageState: main });
  const plain = await context.newPage();
  await plain.goto("/admin/exports");
  await plain.getByText("Add a scheduled export").click();
  await plain.selectOption("#schedule-period", "last_week");
  await plain.locator('#new-schedule button[value="add"]').click();
  await plain.getByText("Last week, Monday to Sunday").first().waitFor();
  await plain.getByRole("button", { name: "Remove", exact: true }).last().click();
  await plain.getByText("The last 14 days").waitFor();
  await context.close();
  await page.goto("/admin/exports");
  await page.locator('#scheduled button[value="remove"]').click();
  await page.getByText("No scheduled exports yet").waitFor();
  await page.getByRole("button", { name: /^Remove the export/ }).first().click();
  await page.getByText("No exports yet").waitFor();
});

test("readings by meter and by days", async (page) => {
  await upload(page, csv("readings.csv", HH), { preview: false, background: false });
  await finished(page);
  await page.goto("/admin/readings?property_id=1");
  await sound(page, "readings");
  await page.fill("#meter", "1234567890123");
  await page.fill("#from", "2025-11-07");
  await page.fill("#to", "2025-11-07");
  await page.getByRole("button", { name: "Show" }).click();
  await page.getByText(/^(48|49) in this range$/).waitFor(); // 49: with the daily total of another case
  await sound(page, "readings-of-a-day");
  await page.fill("#meter", "nobody");
  await page.getByRole("button", { name: "Show" }).click();
  await page.getByText("There is no meter").waitFor();
  await sound(page, "readings-refused");
  await page.fill("#meter", "1234567890123");
  await page.fill("#from", "1999-01-01");
  await page.fill("#to", "1999-01-01");
  await page.getByRole("button", { name: "Show" }).click();
  await page.getByText("No readings in this range").waitFor();
  await sound(page, "readings-none");
});

test("a car, its tariff and its charging sessions", async (page) => {
  await page.goto("/admin/sessions/new");
  await sound(page, "session-no-car");
  await page.getByRole("link", { name: "Add a car" }).click();
  await page.fill("#new-car [name=name]", "Zoe");
  await page.fill("#new-car [name=battery_kwh]", "much");
  await page.locator("#new-car button").click();
  await page.getByText("decimal number").waitFor();
  await sound(page, "cars-refused");
  await page.fill("#new-car [name=name]", "Zoe");
  await page.fill("#new-car [name=battery_kwh]", "52");
  await page.locator("#new-car button").click();
  await page.getByRole("heading", { name: "Zoe" }).waitFor();
  await page.fill("#tariff-from", "2025-01-01");
  await page.fill("#tariff-kwh", "0.245");
  await page.getByRole("button", { name: "Add the tariff" }).click();
  await page.getByRole("cell", { name: "0.245" }).waitFor();
  await sound(page, "cars");
  await page.getByRole("link", { name: "Charging", exact: true }).click();
  await sound(page, "sessions-none");
  await page.getByRole("link", { name: "Add a session" }).click();
  await page.fill("#date", "2025-01-07");
  await page.fill("#odometer", "12,000");
  await page.fill("#charge_delivered_kwh", "31.5");
  await page.fill("#location_label", "Home");
  await page.fill("#notes", "two\nlines");
  await page.getByRole("button", { name: "Save", exact: true }).click();
  await page.getByText("Odometer is a whole number.").waitFor();
  await sound(page, "session-refused");
  assert.equal(await page.inputValue("#notes"), "two\nlines");
  await page.fill("#odometer", "12000");
  await page.getByRole("button", { name: "Save", exact: true }).click();
  await page.getByRole("heading", { name: "Zoe, 2025-01-07" }).waitFor();
  await page.getByText("£7.72").waitFor();
  await sound(page, "session");
  for (const [day, miles, kwh] of [["2025-01-09", 12120, 30], ["2025-01-12", 12260, 35.25]]) {
    await page.goto("/admin/sessions/new");
    await page.fill("#date", day);
    await page.fill("#odometer", String(miles));
    await page.locator("[name=charge_type][value=DC]").check();
    await page.fill("#charge_delivered_kwh", String(kwh));
    await page.fill("#charge_network", "Volts");
    await page.getByRole("button", { name: "Save", exact: true }).click();
    await page.getByRole("heading", { name: day }).waitFor();
  }
  await page.goto("/admin/sessions/new");
  await page.fill("#date", "2025-01-13");
  await page.getByRole("button", { name: "Still charging" }).click();
  await page.getByText("charging", { exact: true }).first().waitFor();
  await sound(page, "session-active");
  await page.goto("/admin/sessions");
  await page.getByText("3 closed sessions in all").waitFor();
  await sound(page, "sessions");
  await page.getByRole("link", { name: "By month and year" }).click();
  await page.fill("#year", "2025");
  await page.getByRole("button", { name: "Show" }).click();
  await page.getByRole("link", { name: "2025-01" }).waitFor();
  await sound(page, "session-report");
  await page.getByRole("link", { name: "2025-01" }).click();
  await page.getByText("12,000 to 12,260 miles").waitFor();
  await sound(page, "session-month");
  await page.emulateMedia({ media: "print" });
  await sound(page, "session-month-print");
  await page.emulateMedia({ media: "screen" });
  await page.goto("/admin/sessions/charger");
  await sound(page, "charger");
  await page.goto("/admin/sessions/report?year=1999");
  await page.getByText("No closed sessions in this time.").waitFor();
  await page.goto("/admin/sessions");
  await page.selectOption("#car_id", { label: "Zoe" });
  await page.fill("#network", "nobody");
  await page.getByRole("button", { name: "Show" }).click();
  await page.getByText("No session is like that.").waitFor();
});

test("settings and the audit log", async (page) => {
  await page.goto("/admin");
  await page.getByRole("link", { name: "Settings", exact: true }).click();
  await page.fill("#petrol_mpg", "lots");
  await page.fill("#home_aliases_csv", "castle");
  await page.getByRole("button", { name: "Save" }).click();
  await page.getByText("Petrol car is a number from 0 to 1000").waitFor();
  assert.strictEqual(await page.inputValue("#home_aliases_csv"), "castle", "what was typed is kept");
  await sound(page, "settings-error");
  const other = await page.context().newPage();
  await other.goto("/admin/settings");
  await other.fill("#petrol_mpg", "44");
  await other.getByLabel("Authorization of fetches").fill("Bearer s3cret");
  await other.getByRole("button", { name: "Save" }).click();
  await other.getByText("Saved.").waitFor();
  await sound(other, "settings");
  await other.close();
  await page.fill("#petrol_mpg", "45");
  await page.getByRole("button", { name: "Save" }).click();
  await page.getByText("It was changed while you had it open").waitFor();
  await sound(page, "settings-two-tabs");
  await page.getByRole("button", { name: "Save mine anyway" }).click();
  await page.getByText("Saved.").waitFor();
  assert.strictEqual(await page.inputValue("#petrol_mpg"), "45");
  await page.getByLabel("Back to the default: home,house,garage").check();
  await page.getByRole("button", { name: "Save" }).click();
  await page.getByText("Saved.").waitFor();
  assert.strictEqual(await page.inputValue("#home_aliases_csv"), "home,house,garage");
  await page.getByRole("link", { name: "This installation" }).click();
  await page.getByRole("heading", { name: "Retention" }).waitFor();
  await sound(page, "settings-instance");
  await page.getByRole("link", { name: "What was changed" }).click();
  await page.getByText("44 -> 45").waitFor();
  await sound(page, "audit");
  await page.getByRole("link", { name: "Check that nobody has altered it" }).click();
  await page.getByText("follow from one another").waitFor();
  await sound(page, "audit-verified");
  await page.emulateMedia({ colorScheme: "dark" });
  await page.setViewportSize({ width: 390, height: 844 });
  for (const [name, where] of [["settings", "/admin/settings"], ["audit", "/admin/audit"]]) {
    await page.goto(where);
    await sound(page, `${name}-dark-phone`);
  }
  await page.setViewportSize({ width: 1200, height: 850 });
  await page.goto("/admin/settings");
  await sound(page, "settings-dark");
});

test("an address that is not there", async (page) => {
  await page.goto("/nowhere");
  await sound(page, "not-found");
});

const tour = async (page, kind) => {
  for (const [name, where] of [["dashboard", "/admin"], ["imports", "/admin/imports"], ["jobs", "/admin/imports/jobs"],
    ["meters", "/admin/meters"], ["properties", "/admin/properties"], ["presets", "/admin/imports/presets"],
    ["schedules", "/admin/imports/schedules"], ["profile", "/admin/profile"], ["users", "/admin/users"],
    ["quality", "/admin/quality"], ["tokens", "/admin/tokens"], ["readings", "/admin/readings"],
    ["sessions", "/admin/sessions"], ["session-new", "/admin/sessions/new"], ["cars", "/admin/cars"],
    ["settings", "/admin/settings"], ["settings-instance", "/admin/settings/instance"], ["audit", "/admin/audit"]]) {
    await page.goto(where);
    await sound(page, `${kind}-${name}`);
  }
  await page.goto("/admin/meters");
  await page.locator('main a[href*="/admin/meters/"]').first().click();
  await sound(page, `${kind}-meter`);
  await page.goto("/admin/properties");
  await page.locator('main a[href*="/admin/properties/"]').first().click();
  await sound(page, `${kind}-property`);
  await page.goto("/admin/imports/jobs");
  await page.getByText("with errors.csv").first().click();
  await sound(page, `${kind}-status`);
};
test("phone-wide", (page) => tour(page, "phone"));
test("dark", (page) => tour(page, "dark"));
test("phone-wide, dark, signed out", async (page) => {
  await page.context().clearCookies();
  await page.goto("/login");
  await sound(page, "phone-dark-login");
});

test("without JavaScript: sign in, upload, watch, errors", async (page) => {
  await page.context().clearCookies();
  await login(page);
  await page.waitForURL("**/admin");
  await site.ask("worker stop");
  try {
    await upload(page, csv("no script.csv", BAD.replaceAll("2025-11-07", "2025-10-07")), { background: true });
    await page.waitForURL("**/admin/imports/status/**");
    await shot(page, "noscript-status-queued");
  } finally {
    await site.ask("worker cont");
  }
  await finished(page); // the page renews itself
  await page.getByText("31/02/2025").first().waitFor();
  await shot(page, "noscript-status-errors");
  await page.goto("/admin/imports");
  await shot(page, "noscript-imports");
});

test("by keyboard alone: sign in and reach the content", async (page) => {
  await page.context().clearCookies();
  await page.goto("/login");
  await page.locator('input[name="email"]').focus();
  await page.keyboard.type(site.email);
  await page.keyboard.press("Tab");
  await page.keyboard.type(site.password);
  await page.keyboard.press("Enter");
  await page.waitForURL("**/admin");
  await page.keyboard.press("Tab");
  const skip = await page.evaluate(() => document.activeElement.getAttribute("href"));
  assert.ok(skip && skip.startsWith("#"), `the first stop is a link past the navigation, not ${skip}`);
});

const OPTIONS = {
  "phone-wide": { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true },
  "dark": { colorScheme: "dark" },
  "phone-wide, dark, signed out": { viewport: { width: 390, height: 844 }, colorScheme: "dark" },
  "the API's page, phone-wide, dark, and wide": { colorScheme: "dark", viewport: { width: 390, height: 844 } },
  "the API tried without JavaScript": { javaScriptEnabled: false },
  "without JavaScript: sign in, upload, watch, errors": { javaScriptEnabled: false },
};

async function one(name, f) {
  faults = [];
  const context = await watched(browser, site, faults, { ...OPTIONS[name], storageState: main });
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
  site = await startSite();
  try {
    browser = await launch();
    const word = process.argv[2] || "";
    for (const [i, [name, f]] of cases.entries())
      if (i < 2 || name.includes(word)) {
        good = await one(name, f) && good;
        if (!good && i < 2) break; // nothing else would say anything new
      }
  } finally {
    if (browser) await browser.close();
    await site.stop();
  }
  process.exitCode = good ? 0 : 1;
})().catch((e) => { console.log(`not ok start: ${e.message}`); process.exitCode = 1; });
