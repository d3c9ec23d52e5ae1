#!/usr/bin/env node
// contract: the API held against its own description, by programs that nobody here wrote. Redocly lints
// /api/openapi.json; openapi-client-axios makes a client from it, which calls every operation; ajv checks that each
// answer has a status and a body that the description declares, with no member more or less than it says.
//
// `calls` has a line for each operation, in an order in which things are there when they are needed. An operation
// without a line fails.
"use strict";
const assert = require("node:assert");
const { spawnSync } = require("node:child_process");
const fs = require("node:fs");
const path = require("node:path");
const Ajv = require("ajv/dist/2020").default;
const addFormats = require("ajv-formats").default;
const { OpenAPIClientAxios } = require("openapi-client-axios");
const { ROOT, startSite } = require("../browser/browser.js");

const DOCUMENT = path.join(ROOT, "build/openapi.json");
const SITE = "https://example.org/readings.csv";
const CSV = "MPAN,Date,Reading\n1700000000501,2024-03-01,1.5\n1700000000501,2024-03-02,x\n";
let passed = 0, failed = 0;

async function test(name, f) {
  try {
    await f();
    passed++;
    console.log(`ok ${name}`);
  } catch (e) {
    failed++;
    console.log(`not ok ${name}: ${String(e.message).slice(0, 600).replace(/\s*\n\s*/g, " ")}`);
  }
}

// What a reply may hold is what its schema names: the description lets later versions add members, this test does not.
function strict(node) {
  if (node === null || typeof node !== "object") return node;
  if (Array.isArray(node)) return node.map(strict);
  const out = Object.fromEntries(Object.entries(node).map(([k, v]) => [k, strict(v)]));
  if (node.type === "object" && node.properties && !("additionalProperties" in node)) out.additionalProperties = false;
  return out;
}

class Contract {
  constructor(document) {
    this.document = document;
    this.ajv = new Ajv({ strict: false, allErrors: true });
    addFormats(this.ajv);
    this.ajv.addFormat("int64", true);
    this.ajv.addSchema({ $id: "api", ...strict(document) });
    this.operations = new Map();
    for (const [where, methods] of Object.entries(document.paths))
      for (const [method, operation] of Object.entries(methods))
        this.operations.set(operation.operationId, { where, method, operation });
  }

  check(id, reply) {
    const { where, method, operation } = this.operations.get(id);
    const place = ["paths", where, method, "responses", String(reply.status)];
    let declared = operation.responses[reply.status];
    assert.ok(declared, `${id}: the status ${reply.status} is not declared: ${JSON.stringify(reply.data)}`);
    if (declared.$ref) {
      place.splice(0, 5, ...declared.$ref.slice(2).split("/"));
      declared = this.document.components.responses[place[2]];
    }
    const type = String(reply.headers["content-type"] || "").split(";")[0];
    if (!declared.content) {
      assert.ok(!reply.data, `${id}: a body where none is declared`);
      return;
    }
    assert.ok(declared.content[type], `${id}: ${reply.status} as ${type} is not declared`);
    if (!/json$/.test(type)) return;
    const pointer = [...place, "content", type, "schema"].map((p) => p.replace(/~/g, "~0").replace(/\//g, "~1"));
    const validate = this.ajv.compile({ $ref: "api#/" + pointer.map(encodeURIComponent).join("/") });
    assert.ok(validate(reply.data), `${id}: ${this.ajv.errorsText(validate.errors)} in ${JSON.stringify(reply.data).slice(0, 300)}`);
  }
}

const finished = async (api, id, name, ...args) => {
  for (let i = 0; i < 200; i++) {
    const reply = await api[id](...args);
    if (["completed", "failed", "cancelled"].includes(reply.data.status)) return reply;
    await new Promise((r) => setTimeout(r, 100));
  }
  throw new Error(`${name} does not end`);
};
function form(fields) {
  const f = new FormData();
  for (const [k, v] of Object.entries(fields)) f.append(k, v);
  return f;
}
const file = (text, name) => new File([text], name, { type: "text/csv" });
const at = (ms) => new Date(Date.now() - ms).toISOString().replace(/\.\d+/, "");

// Each call leaves what later ones need in `w`.
const calls = {
  healthz: (api) => api.healthz(),
  readyz: (api) => api.readyz(),
  openapi: (api) => api.openapi(),
  login: (api, w) => api.login(null, { email: w.site.email, password: w.site.password }),
  tokens_post: async (api, w) => {
    const reply = await api.tokens_post(null, { name: "contract", scope: "admin", expires_days: 1 });
    w.secret = reply.data.token;
    return reply;
  },
  tokens: async (api, w) => {
    const reply = await api.tokens();
    w.token = reply.data.items.find((t) => t.name === "contract").id;
    return reply;
  },
  token_delete: (api, w) => api.token_delete({ id: w.token }),

  users_post: async (api, w) => {
    const reply = await api.users_post(null, { email: "vera@example.org", name: "Vera", role: "viewer", password: "correct horse battery" });
    w.user = reply.data.id;
    return reply;
  },
  users: (api) => api.users({ search: "vera", limit: 1 }),
  user: (api, w) => api.user({ id: w.user }),
  user_patch: (api, w) => api.user_patch({ id: w.user }, { role: "editor" }),
  me: (api) => api.me(),
  me_patch: (api) => api.me_patch(null, { phone: "+44 1225 000000" }),

  settings_patch: (api) => api.settings_patch(null, { petrol_mpg: "50", fetch_authorization: null }),
  settings: (api) => api.settings(),
  settings_instance_patch: (api) => api.settings_instance_patch(null, { stale_days: "8" }),
  settings_instance: (api) => api.settings_instance(),
  audit: (api) => api.audit({ actor: "@", action: "setting", limit: 1 }),

  properties_post: async (api, w) => {
    const reply = await api.properties_post(null, { name: "Contract House", floor_area: "120.5" });
    w.property = reply.data.id;
    w.tag = reply.headers.etag;
    return reply;
  },
  properties: (api) => api.properties({ search: "contract", limit: 1 }),
  property: async (api, w) => {
    const again = await api.property({ id: w.property }, null, { headers: { "If-None-Match": w.tag } });
    assert.strictEqual(again.status, 304);
    return api.property({ id: w.property });
  },
  property_patch: (api, w) => api.property_patch({ id: w.property }, { postcode: "BA1 1AA" }, { headers: { "If-Match": w.tag } }),
  property_members_post: (api, w) => api.property_members_post({ id: w.property }, { email: "vera@example.org", role: "viewer" }),
  property_members: (api, w) => api.property_members({ id: w.property }),
  property_member_delete: (api, w) => api.property_member_delete({ id: w.property, user: w.user }),
  property_meters_post: async (api, w) => {
    const reply = await api.property_meters_post({ id: w.property }, { identifier: "1700000000501" });
    w.meter = reply.data.id;
    return reply;
  },
  property_meters: (api, w) => api.property_meters({ id: w.property, meter_type: "MAIN_METER" }),
  meters_post: async (api, w) => {
    const reply = await api.meters_post(null, { property_id: w.property, identifier: "C-SUB", sub_meter_kind: "PHYSICAL" });
    w.sub = reply.data.id;
    return reply;
  },
  meters: (api, w) => api.meters({ property_id: w.property }),
  meter: (api, w) => api.meter({ id: w.meter }),
  meter_patch: (api, w) => api.meter_patch({ id: w.sub }, { name: "Sub" }),
  meter_delete: (api, w) => api.meter_delete({ id: w.sub }),
  meter_restore: (api, w) => api.meter_restore({ id: w.sub }, {}),
  meter_identifiers_post: async (api, w) => {
    const reply = await api.meter_identifiers_post({ id: w.sub }, { identifier: "C-OLD", to: "2020-12-31" });
    w.identifier = reply.data.id;
    return reply;
  },
  meter_identifiers: (api, w) => api.meter_identifiers({ id: w.sub }),
  meter_identifier_delete: (api, w) => api.meter_identifier_delete({ id: w.sub, identifier: w.identifier }),
  readings_post: (api, w) => api.readings_post(null, { meter_id: w.sub, reading_timestamp: at(9e6), value: 10 }),
  readings_bulk: (api, w) => api.readings_bulk(null, { property_id: w.property, reading_timestamp: at(8e6), main_meter_value: "100.5",
    submeter_readings: [{ meter_id: w.sub, value: "12.5" }] }),
  meter_events_post: async (api, w) => {
    const reply = await api.meter_events_post({ id: w.sub }, { at: at(4e6), kind: "exchange", final_value: "13", first_value: "0" });
    w.event = reply.data.id;
    return reply;
  },
  meter_events: (api, w) => api.meter_events({ id: w.sub }),
  meter_event_delete: (api, w) => api.meter_event_delete({ id: w.sub, event: w.event }),
  meter_consumption: (api, w) => api.meter_consumption({ id: w.sub, start_date: at(9e6), end_date: at(8e6) }),
  readings_meter: (api, w) => api.readings_meter({ id: w.sub, start_date: at(2e7), end_date: at(0) }),
  readings_property: (api, w) => api.readings_property({ id: w.property, start_date: at(2e7), end_date: at(0), limit: 1 }),
  readings: (api) => api.readings({ meter: "C-SUB", from: at(2e7), to: at(0) }),
  readings_export: (api, w) => api.readings_export({ id: w.property, format: "csv" }),
  readings_summary: async (api, w) => {
    w.contract.check("readings_summary", await api.readings_summary({ id: w.property, start_date: at(9e6), end_date: at(8e6) }));
    return api.readings_summary({ id: w.property });
  },
  me_properties: (api) => api.me_properties({ limit: 1 }),
  me_dashboard: (api) => api.me_dashboard(),

  jobs_post: async (api, w) => {
    const reply = await api.jobs_post(null, form({ background: "true", file: file(CSV, "contract.csv") }));
    w.batch = reply.data.batch_id;
    const two = form({ background: "true", dry_run: "true", file: file(CSV, "one.csv") });
    two.append("file", file("\x89PNG\r\n\x1a\n\0\0", "two.png"));
    w.contract.check("jobs_post", await api.jobs_post(null, two));
    return reply;
  },
  job: (api, w) => finished(api, "job", "the import", { batch: w.batch }),
  jobs: (api) => api.jobs({ status: "completed", limit: 5 }),
  job_errors_csv: (api, w) => api.job_errors_csv({ batch: w.batch }),
  job_undo: async (api, w) => {
    w.contract.check("job_undo", await api.job_undo({ batch: w.batch, dry_run: 1 }, {}));
    const reply = await api.job_undo({ batch: w.batch }, {});
    await finished(api, "job", "the undo", { batch: reply.data.batch_id });
    return reply;
  },
  job_redo: async (api, w) => {
    const reply = await api.job_redo({ batch: w.batch }, {});
    await finished(api, "job", "the redo", { batch: reply.data.batch_id });
    return reply;
  },
  meter_edits_post: async (api, w) => {
    const range = { start: "2024-03-01T00:00:00Z", end: "2024-03-02T00:00:00Z", reason: "the fuse was out" };
    w.contract.check("meter_edits_post", await api.meter_edits_post({ id: w.meter }, { ...range, action: "set", value: "2.5" }));
    const reply = await api.meter_edits_post({ id: w.meter }, { ...range, action: "exclude" });
    w.edit = reply.data.id;
    return reply;
  },
  meter_edits: (api, w) => api.meter_edits({ id: w.meter, limit: 1 }),
  meter_edit_delete: (api, w) => api.meter_edit_delete({ id: w.meter, edit: w.edit }),
  quality: async (api, w) => {
    const reply = await api.quality({ meter_id: w.meter, first_day: "2024-02-01", last_day: "2024-03-01", limit: 10 });
    assert.ok(reply.data.items.length, "what was substituted");
    return reply;
  },
  quality_summary: (api, w) => api.quality_summary({ property_id: w.property }),
  meter_edit_restore: (api, w) => api.meter_edit_restore({ id: w.meter, edit: w.edit }, {}),
  job_file_remove: (api, w) => api.job_file_remove({ batch: w.batch }),
  uploads_post: async (api, w) => {
    const reply = await api.uploads_post(null, { filename: "chunks.csv", size: CSV.length });
    w.upload = reply.data.id;
    return reply;
  },
  upload: (api, w) => api.upload({ upload: w.upload }),
  upload_put: async (api, w) => {
    const chunk = { headers: { "Content-Type": "application/octet-stream" } };
    const late = await api.upload_put({ upload: w.upload, offset: 5 }, CSV, chunk);
    assert.strictEqual(late.status, 409);
    return api.upload_put({ upload: w.upload, offset: 0 }, CSV, chunk);
  },
  upload_finish: async (api, w) => {
    const reply = await api.upload_finish({ upload: w.upload }, { preview: true, dry_run: true, background: true });
    w.dry = reply.data.batch_id;
    await finished(api, "job", "the dry run", { batch: w.dry });
    return reply;
  },
  upload_delete: async (api) => {
    const { data } = await api.uploads_post(null, { filename: "gone.csv", size: 10 });
    return api.upload_delete({ upload: data.id });
  },
  preview: (api, w) => api.preview({ batch: w.dry }),
  preview_post: async (api, w) => {
    const reply = await api.preview_post({ batch: w.dry }, { unit: "kWh" });
    w.dry = reply.data.batch_id;
    await finished(api, "job", "the dry run", { batch: w.dry });
    return reply;
  },
  preview_import: async (api, w) => {
    const reply = await api.preview_import({ batch: w.dry }, {});
    await finished(api, "job", "the import", { batch: reply.data.batch_id });
    return reply;
  },
  job_cancel: async (api, w) => {
    await w.site.ask("worker stop");
    try {
      const { data } = await api.jobs_post(null, form({ background: "true", file: file(CSV.replace("1.5", "2.5"), "later.csv") }));
      w.cancelled = data.batch_id;
      return await api.job_cancel({ batch: w.cancelled }, {});
    } finally {
      await w.site.ask("worker cont");
    }
  },
  job_retry: async (api, w) => {
    const reply = await api.job_retry({ batch: w.cancelled }, {});
    await finished(api, "job", "the second try", { batch: w.cancelled });
    return reply;
  },
  cars_post: async (api, w) => {
    const reply = await api.cars_post(null, { name: "Contract car", battery_kwh: "52" });
    w.car = reply.data.id;
    return reply;
  },
  cars: (api) => api.cars({ include_inactive: true }),
  car: (api, w) => api.car({ id: w.car }),
  car_patch: (api, w) => api.car_patch({ id: w.car }, { efficiency_mpkwh: 4.2 }),
  tariffs_post: async (api, w) => {
    const reply = await api.tariffs_post(null, { car_id: w.car, network: "Volts", from_day: "2025-01-01", per_kwh: "0.3", per_session: 1 });
    w.tariff = reply.data.id;
    return reply;
  },
  tariffs: (api) => api.tariffs(),
  sessions_post: async (api, w) => {
    const reply = await api.sessions_post(null, { car_id: w.car, date: "2025-01-07", odometer: 12000, charge_type: "AC", charge_delivered_kwh: 30,
      charge_network: "volts", soc_from: 20, soc_to: 80 });
    w.session = reply.data.id;
    assert.strictEqual(reply.data.total_cost_gbp, "10");
    return reply;
  },
  sessions: (api, w) => api.sessions({ car_id: w.car, from: "2025-01-01", to: "2025-01-31", state: "closed" }),
  sessions_export: (api, w) => api.sessions_export({ car_id: w.car, from: "2025-01-01", all_columns: 1 }),
  session: (api, w) => api.session({ session: w.session }),
  session_patch: (api, w) => api.session_patch({ session: w.session }, { notes: "two\nlines" }),
  report_sessions: (api, w) => api.report_sessions({ car_id: w.car, year: 2025 }),
  report_charger: (api, w) => api.report_charger({ meter_id: w.sub, year: 2025 }),
  session_delete: (api, w) => api.session_delete({ session: w.session }),
  tariff_delete: (api, w) => api.tariff_delete({ id: w.tariff }),
  car_delete: async (api, w) => {
    await api.sessions_post(null, { car_id: w.car, date: "2025-01-08", odometer: 12001, charge_type: "AC", charge_delivered_kwh: 1 });
    return api.car_delete({ id: w.car });
  },
  car_restore: (api, w) => api.car_restore({ id: w.car }, {}),

  drafts_post: async (api, w) => {
    const reply = await api.drafts_post(null, { form: "session", subject: "", fields: { car_id: String(w.car), date: "2025-01-09", odometer: "12002" } });
    w.draft = reply.data.id;
    return reply;
  },
  drafts: (api) => api.drafts({ form: "session", limit: 10 }),
  draft: (api, w) => api.draft({ draft: w.draft }),
  draft_put: (api, w) => api.draft_put({ draft: w.draft }, { fields: { car_id: String(w.car), date: "2025-01-09" } }, { headers: { "If-Match": '"v1"' } }),
  draft_promote: (api, w) => api.draft_promote({ draft: w.draft }, { status: "active" }),
  draft_delete: async (api) => {
    const { data } = await api.drafts_post(null, { form: "property", subject: "1", fields: {} });
    return api.draft_delete({ draft: data.id });
  },

  presets_post: async (api, w) => {
    const reply = await api.presets_post(null, { wattledger_preset: 1, name: "Contract", fingerprint: null,
      header: "MPAN,Date,Reading", type: "daily", time_zone: "Europe/London", answers: { unit: "kWh" } });
    w.preset = Number(reply.headers.location.split("/").pop());
    return reply;
  },
  presets: (api) => api.presets(),
  preset: (api, w) => api.preset({ id: w.preset }),
  preset_delete: (api, w) => api.preset_delete({ id: w.preset }),
  schedules_post: async (api, w) => {
    const reply = await api.schedules_post(null, { address: SITE, cron: "30 6 * * *", type: "daily" });
    w.schedule = reply.data.id;
    return reply;
  },
  schedules: (api) => api.schedules(),
  schedule_run: async (api, w) => {
    await w.site.ask("worker stop");
    try {
      return await api.schedule_run({ id: w.schedule }, {});
    } finally {
      await api.schedule_delete({ id: w.schedule });
      await w.site.ask("worker cont");
    }
  },
  schedule_delete: async (api) => {
    const { data } = await api.schedules_post(null, { address: SITE, cron: "0 0 1 1 *" });
    return api.schedule_delete({ id: data.id });
  },

  exports_post: async (api, w) => {
    const reply = await api.exports_post(null, { shape: "long", meters: [w.meter, w.sub] });
    w.export = reply.data.job_id;
    return reply;
  },
  export: (api, w) => finished(api, "export", "the export", { job_id: w.export }),
  exports: (api) => api.exports({ limit: 1 }),
  export_file: async (api, w) => {
    const part = await api.export_file({ job_id: w.export }, null, { headers: { Range: "bytes=0-3" } });
    assert.strictEqual(part.status, 206);
    w.contract.check("export_file", part);
    return api.export_file({ job_id: w.export });
  },
  export_delete: (api, w) => api.export_delete({ job_id: w.export }),
  export_schedules_post: async (api, w) => {
    const reply = await api.export_schedules_post(null, { period: "days", days: 7, cron: "0 6 * * *", property_id: w.property, meter: null, keep: 2 });
    w.exportSchedule = reply.data.id;
    return reply;
  },
  export_schedules: (api) => api.export_schedules({ limit: 1 }),
  export_schedule_run: (api, w) => api.export_schedule_run({ id: w.exportSchedule }, {}),
  export_schedule: async (api, w) => {
    for (let i = 0; i < 200; i++) {
      const reply = await api.export_schedule({ id: w.exportSchedule });
      w.exportScheduleTag = reply.headers.etag;
      if (reply.data.last_job_status === "completed") return reply;
      await new Promise((r) => setTimeout(r, 100));
    }
    throw new Error("the scheduled export does not end");
  },
  export_schedule_patch: (api, w) => api.export_schedule_patch({ id: w.exportSchedule }, { is_enabled: false }, { headers: { "If-Match": w.exportScheduleTag } }),
  export_schedule_delete: (api, w) => api.export_schedule_delete({ id: w.exportSchedule }),
  backups_post: async (api, w) => {
    const reply = await api.backups_post(null, { user: null, passphrase: "correct horse battery" });
    w.backupJob = reply.data.job_id;
    return reply;
  },
  backup_job: async (api, w) => {
    const reply = await finished(api, "backup_job", "the backup", { job_id: w.backupJob });
    w.backup = reply.data.backup_id;
    return reply;
  },
  backup_jobs: (api) => api.backup_jobs({ limit: 1 }),
  backups: (api) => api.backups({ limit: 1 }),
  backup: (api, w) => api.backup({ backup_id: w.backup }),
  backup_download: async (api, w) => {
    w.contract.check("backup_download", await api.backup_download({ backup_id: w.backup }, null, { headers: { Range: "bytes=0-3" } }));
    return api.backup_download({ backup_id: w.backup });
  },
  backup_verify: async (api, w) => {
    const reply = await api.backup_verify({ backup_id: w.backup }, { passphrase: "another one" });
    await finished(api, "backup_job", "the verification", { job_id: reply.data.job_id });
    return reply;
  },
  backup_restore: async (api, w) => {
    const reply = await api.backup_restore({ backup_id: w.backup }, { mode: "merge", dry_run: true, passphrase: "correct horse battery" });
    w.contract.check("backup_job", await finished(api, "backup_job", "the dry run", { job_id: reply.data.job_id }));
    return reply;
  },
  backup_job_cancel: async (api, w) => {
    await w.site.ask("worker stop");
    try {
      const { data } = await api.backup_verify({ backup_id: w.backup }, {});
      w.backupCancelled = data.job_id;
      return await api.backup_job_cancel({ job_id: data.job_id }, {});
    } finally {
      await w.site.ask("worker cont");
    }
  },
  backup_job_retry: async (api, w) => {
    const reply = await api.backup_job_retry({ job_id: w.backupCancelled }, {});
    await finished(api, "backup_job", "the verification", { job_id: w.backupCancelled });
    return reply;
  },
  backup_uploads_post: async (api, w) => {
    const reply = await api.backup_uploads_post(null, form({ passphrase: "perhaps", file: file("no archive", "mine.zip") }));
    await api.backup_delete({ backup_id: reply.data.id });
    return reply;
  },
  backup_delete: (api, w) => api.backup_delete({ backup_id: w.backup }),
  export_csv: async (api, w) => {
    const reply = await api.export_csv(null, { smart_meter_id: "1700000000501", start_datetime: "2024-03-01T00:00:00Z", end_datetime: "2024-03-03T00:00:00Z" });
    w.openwatts = reply.data.job_id;
    return reply;
  },
  export_status: async (api, w) => {
    w.contract.check("export_status", await api.export_status({ job_id: "00000000-0000-0000-0000-000000000000" }));
    return finished(api, "export_status", "the export", { job_id: w.openwatts });
  },
  export_download: (api, w) => api.export_download({ job_id: w.openwatts }),

  property_delete: (api, w) => api.property_delete({ id: w.property, cascade: true }),
  property_restore: (api, w) => api.property_restore({ id: w.property, cascade: true }, {}),
  change_password: (api, w) => api.change_password(null, { current_password: w.site.password, new_password: "another horse battery" }),
  logout: (api) => api.logout(null, {}),
};

const fill = (where) => where.replace(/{\w+}/g, "1");

// What every operation has in common: nobody is told to sign in, and what is not known is refused.
async function manners(w, id) {
  const { where, method, operation } = w.contract.operations.get(id);
  const body = method === "get" ? undefined : {};
  const unknown = await w.api.client.request({ method, url: fill(where) + "?colour=red", data: body });
  assert.strictEqual(unknown.status, 400);
  w.contract.check(id, unknown);
  const nobody = await w.api.client.request({ method, url: fill(where), data: body, headers: { Authorization: "" } });
  assert.strictEqual(nobody.status === 401, operation.security.length > 0 || id === "login", `${nobody.status} for nobody`);
  w.contract.check(id, nobody);
}

async function main() {
  const site = await startSite("--demo");
  try {
    await site.ask("settings-set api_per_minute 100000");
    await site.ask("settings-set login_per_account 1000");
    const document = await (await fetch(site.url + "/api/openapi.json")).json();
    fs.writeFileSync(DOCUMENT, JSON.stringify(document, null, 1));
    await test("redocly lint", async () => {
      const p = spawnSync("node_modules/.bin/redocly", ["lint", "--format=stylish", "--max-problems=20", DOCUMENT], { cwd: ROOT, encoding: "utf8",
        env: { ...process.env, REDOCLY_TELEMETRY: "off", REDOCLY_SUPPRESS_UPDATE_NOTICE: "true" } });
      assert.ok(p.status === 0 && !/warning|problem/i.test(p.stdout + p.stderr), p.stdout + p.stderr);
    });
    const options = { definition: structuredClone(document), axiosConfigDefaults: { baseURL: site.url, validateStatus: () => true } };
    const made = new OpenAPIClientAxios({ ...options, withServer: { url: site.url } });
    const api = await made.init();
    const w = { site, document, contract: new Contract(document), api: { client: api } };
    const sign_in = async (password) => {
      delete api.defaults.headers.common.Authorization; // one that has been revoked is refused everywhere
      const { data } = await api.login(null, { email: site.email, password });
      api.defaults.headers.common.Authorization = `Bearer ${data.access_token}`;
    };
    await sign_in(site.password);
    for (const id of Object.keys(calls)) {
      await test(`calls ${id}`, async () => {
        assert.ok(w.contract.operations.has(id), "the API does not have it");
        const reply = await calls[id](api, w);
        assert.ok(reply.status < 300, `${reply.status} ${JSON.stringify(reply.data)}`);
        w.contract.check(id, reply);
      });
    }
    await test("every operation was called", async () => {
      assert.deepStrictEqual([...w.contract.operations.keys()].filter((id) => !calls[id]), []);
    });
    await sign_in("another horse battery");
    for (const id of w.contract.operations.keys()) await test(`manners of ${id}`, () => manners(w, id));
  } finally {
    await site.stop();
  }
  console.log(`${passed} passed, ${failed} failed`);
  process.exit(failed ? 1 : 0);
}

main();
