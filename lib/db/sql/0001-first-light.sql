-- The first schema. Append-only: once released this file is never edited.
-- Instants are seconds since 1970-01-01T00:00:00Z; days are local days since 1970-01-01.

CREATE TABLE migrations (
  number BIGINT PRIMARY KEY,
  name   TEXT NOT NULL
);


CREATE TABLE users (
  id            {{ID}},
  email         TEXT NOT NULL UNIQUE,        -- lower case
  name          TEXT NOT NULL,
  role          TEXT NOT NULL CHECK (role IN ('admin', 'editor', 'viewer')),
  password_hash TEXT NOT NULL,
  is_active     BIGINT NOT NULL DEFAULT 1,
  created_at    BIGINT NOT NULL,
  last_login_at BIGINT,
  phone         TEXT,
  time_zone     TEXT,                        -- of the pages' times; null: the instance's
  default_property_id BIGINT,
  default_meter_id    BIGINT,
  failures      BIGINT NOT NULL DEFAULT 0,   -- wrong passwords since the last right one
  locked_until  BIGINT                       -- the delay that doubles, at most 15 minutes
);

-- app/settings.def has the rows that there can be.
CREATE TABLE settings (
  user_id    BIGINT NOT NULL,                -- whose value it is; 0: the instance's
  key        TEXT NOT NULL,
  value      TEXT,                           -- of a sealed one what app/seal.h makes of it; null: taken back
  version    BIGINT NOT NULL DEFAULT 1,      -- counts the changes
  changed_at BIGINT NOT NULL DEFAULT 0,
  PRIMARY KEY (user_id, key)
) {{ROWLESS}};

CREATE TABLE sessions (
  id           {{ID}},
  user_id      BIGINT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  secret_hash  BLOB NOT NULL UNIQUE,         -- SHA-256 of the cookie's value
  created_at   BIGINT NOT NULL,
  last_seen_at BIGINT NOT NULL,
  agent        TEXT,
  address      TEXT
);
CREATE INDEX sessions_user ON sessions (user_id);

CREATE TABLE tokens (
  id           {{ID}},
  user_id      BIGINT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  name         TEXT NOT NULL,
  secret_hash  BLOB NOT NULL UNIQUE,
  scopes       TEXT NOT NULL,
  by_login     BIGINT NOT NULL DEFAULT 0,    -- stands for a session: ends with those
  created_at   BIGINT NOT NULL,
  expires_at   BIGINT,
  last_used_at BIGINT,
  revoked_at   BIGINT
);
CREATE INDEX tokens_user ON tokens (user_id);

CREATE TABLE properties (
  id         {{ID}},
  name       TEXT NOT NULL,
  owner_id   BIGINT REFERENCES users (id) ON DELETE SET NULL, -- null: the instance's own
  is_default BIGINT NOT NULL DEFAULT 0,      -- takes the meters that its owner's imports find
  is_active  BIGINT NOT NULL DEFAULT 1,
  time_zone  TEXT,
  version    BIGINT NOT NULL DEFAULT 1,      -- counts the changes by hand (ETag)
  created_at BIGINT NOT NULL,
  -- what a file of sites says (app/site.h)
  company_id TEXT,
  region_id  TEXT,
  address    TEXT,
  postcode   TEXT,
  site_type  TEXT,
  floor_area BIGINT,                         -- millionths of a square metre
  latitude   BIGINT,                         -- millionths of a degree, like longitude
  longitude  BIGINT,
  made_by_job BIGINT,                        -- the import that named it first
  is_undone  BIGINT NOT NULL DEFAULT 0       -- every import that spoke of it has been undone: nobody sees it
);
CREATE INDEX properties_name ON properties (name);
CREATE INDEX properties_owner ON properties (owner_id);

CREATE TABLE property_members (
  user_id     BIGINT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  property_id BIGINT NOT NULL REFERENCES properties (id) ON DELETE CASCADE,
  role        TEXT NOT NULL CHECK (role IN ('owner', 'editor', 'viewer')),
  PRIMARY KEY (user_id, property_id)
) {{ROWLESS}};
CREATE INDEX property_members_property ON property_members (property_id);

-- What each batch said of a property; layer 0: what it was before. Null: nothing was said.
CREATE TABLE site_layers (
  property_id BIGINT NOT NULL REFERENCES properties (id),
  job_id      BIGINT NOT NULL,
  company_id TEXT,
  region_id  TEXT,
  address    TEXT,
  postcode   TEXT,
  site_type  TEXT,
  floor_area BIGINT,
  latitude   BIGINT,
  longitude  BIGINT,
  is_active  BIGINT,
  created_at BIGINT,
  PRIMARY KEY (property_id, job_id)
) {{ROWLESS}};
CREATE INDEX site_layers_job ON site_layers (job_id, property_id);

CREATE TABLE meters (
  id          {{ID}},
  property_id BIGINT NOT NULL REFERENCES properties (id),
  identifier  TEXT NOT NULL,
  name        TEXT,
  meter_type  TEXT NOT NULL DEFAULT 'MAIN_METER' CHECK (meter_type IN ('MAIN_METER', 'SUB_METER')),
  sub_meter_kind TEXT CHECK (sub_meter_kind IN ('PHYSICAL', 'VIRTUAL')), -- null: a main meter
  formula     TEXT,                          -- of a virtual meter, over meters of its property (app/formula.h)
  time_zone   TEXT NOT NULL,
  is_active   BIGINT NOT NULL DEFAULT 1,
  version     BIGINT NOT NULL DEFAULT 1,     -- counts the changes by hand (ETag)
  made_by_job BIGINT,                        -- the import that found it
  is_undone   BIGINT NOT NULL DEFAULT 0,     -- every import that spoke of it has been undone: nobody sees it
  created_at  BIGINT NOT NULL,
  UNIQUE (property_id, identifier)
);
CREATE INDEX meters_identifier ON meters (identifier);

-- What a meter was, or will be, called besides; of one owner no two meters share any.
CREATE TABLE meter_identifiers (
  id         {{ID}},
  meter_id   BIGINT NOT NULL REFERENCES meters (id) ON DELETE CASCADE,
  identifier TEXT NOT NULL,
  from_day   BIGINT,                         -- null: ever before
  to_day     BIGINT,                         -- included; null: ever since
  UNIQUE (meter_id, identifier)
);
CREATE INDEX meter_identifiers_identifier ON meter_identifiers (identifier);

-- What happened to a meter's register: exchanged for another, or rolled over to zero (app/register.h).
CREATE TABLE meter_events (
  id          {{ID}},
  meter_id    BIGINT NOT NULL REFERENCES meters (id) ON DELETE CASCADE,
  at          BIGINT NOT NULL,
  kind        TEXT NOT NULL CHECK (kind IN ('exchange', 'rollover')),
  channel     TEXT NOT NULL,
  final_value BIGINT NOT NULL,               -- millionths: the last that the old one showed; of a roll-over the largest it can show
  first_value BIGINT NOT NULL,               -- the first of the new one
  note        TEXT,
  user_id     BIGINT REFERENCES users (id) ON DELETE SET NULL,
  created_at  BIGINT NOT NULL,
  UNIQUE (meter_id, channel, at)
);

-- One quantity of one meter at one interval length (DECISIONS 1); length 0: a register, whose readings are cumulative.
CREATE TABLE series (
  id               {{ID}},
  meter_id         BIGINT NOT NULL REFERENCES meters (id),
  channel          TEXT NOT NULL,
  interval_minutes BIGINT NOT NULL CHECK (interval_minutes BETWEEN 0 AND 1440),
  unit             TEXT NOT NULL,
  UNIQUE (meter_id, channel, interval_minutes)
);

-- What shows: one row a series and local day, the day's values packed (app/series.c says how).
CREATE TABLE days (
  series_id BIGINT NOT NULL REFERENCES series (id),
  day       BIGINT NOT NULL,
  job_id    BIGINT,                          -- a batch that stated all of it (perhaps undone); null: see day_layers
  data      BLOB NOT NULL,
  PRIMARY KEY (series_id, day)
) {{ROWLESS}};

-- What each batch stated of a day that more than one batch stated, or that was undone (DECISIONS 10). The layers
-- of a day lie in the order of job_id; the batch that days.job_id names has its layer there and none here.
CREATE TABLE day_layers (
  series_id BIGINT NOT NULL REFERENCES series (id),
  day       BIGINT NOT NULL,
  job_id    BIGINT NOT NULL,
  data      BLOB,                            -- null: the batch stated exactly what days.data shows
  PRIMARY KEY (series_id, day, job_id)
) {{ROWLESS}};

-- What each batch stated of a register at an instant (app/register.h). What shows follows from the batches that are live.
CREATE TABLE register_readings (
  series_id BIGINT NOT NULL REFERENCES series (id),
  at        BIGINT NOT NULL,
  job_id    BIGINT NOT NULL,
  value     BIGINT NOT NULL,                 -- cumulative, in millionths of the unit
  quality   TEXT NOT NULL,                   -- A, E, S, U; '-': none was stated
  PRIMARY KEY (series_id, at, job_id)
) {{ROWLESS}};

-- Where a batch's days are: every day that it stated of a series lies between the two (of a register: UTC days).
CREATE TABLE job_series (
  job_id    BIGINT NOT NULL,
  series_id BIGINT NOT NULL REFERENCES series (id),
  first_day BIGINT NOT NULL,
  last_day  BIGINT NOT NULL,
  PRIMARY KEY (job_id, series_id)
) {{ROWLESS}};
CREATE INDEX job_series_series ON job_series (series_id);

CREATE TABLE jobs (
  id             {{ID}},
  batch_id       TEXT NOT NULL UNIQUE,
  kind           TEXT NOT NULL,
  user_id        BIGINT REFERENCES users (id) ON DELETE SET NULL,
  status         TEXT NOT NULL CHECK (status IN ('queued', 'processing', 'completed', 'failed', 'cancelled')),
  filename       TEXT NOT NULL,
  file_path      TEXT NOT NULL,              -- below storage, or absolute: read in place
  import_type    TEXT NOT NULL,
  dry_run        BIGINT NOT NULL DEFAULT 0,
  on_conflict    TEXT NOT NULL,
  property_id    BIGINT,
  meter          TEXT,                       -- of a file that names none
  car            TEXT,                       -- of charging sessions that name none
  time_zone      TEXT,
  answers        TEXT,                       -- what a person said about how to read the file: JSON (import/answers.h)
  preset         TEXT,                       -- the name of the preset that they came from
  strict         BIGINT NOT NULL DEFAULT 0,  -- what the file leaves open is refused
  follows_id     BIGINT,                     -- the import whose rejected rows this file mends
  origin         TEXT,                       -- where the file came from if nobody uploaded it: inbox, inbox/PRESET, schedule 3
  total_rows     BIGINT NOT NULL DEFAULT 0,
  processed_rows BIGINT NOT NULL DEFAULT 0,
  imported_rows  BIGINT NOT NULL DEFAULT 0,
  unchanged_rows BIGINT NOT NULL DEFAULT 0,
  failed_rows    BIGINT NOT NULL DEFAULT 0,
  intervals_new       BIGINT NOT NULL DEFAULT 0,
  intervals_identical BIGINT NOT NULL DEFAULT 0,
  intervals_changed   BIGINT NOT NULL DEFAULT 0,
  intervals_kept      BIGINT NOT NULL DEFAULT 0,
  meters_new     BIGINT NOT NULL DEFAULT 0,
  meters_known   BIGINT NOT NULL DEFAULT 0,
  values_blank        BIGINT NOT NULL DEFAULT 0,
  values_negative     BIGINT NOT NULL DEFAULT 0,
  values_sentinel     BIGINT NOT NULL DEFAULT 0,
  values_out_of_range BIGINT NOT NULL DEFAULT 0,
  bytes_total    BIGINT NOT NULL DEFAULT 0,
  bytes_done     BIGINT NOT NULL DEFAULT 0,
  queued_at      BIGINT NOT NULL,
  started_at     BIGINT,
  completed_at   BIGINT,
  progress_at    BIGINT,
  not_before_at  BIGINT,                     -- a job that waits (no room on the disk) is not taken before
  attempts       BIGINT NOT NULL DEFAULT 0,  -- takes since the last progress
  cancel_requested BIGINT NOT NULL DEFAULT 0,
  error_message  TEXT,
  summary        TEXT,
  header_line    BLOB,                       -- of the file, for the errors' CSV
  delimiter      TEXT,
  resume_offset  BIGINT NOT NULL DEFAULT 0,
  resume_line    BIGINT NOT NULL DEFAULT 0,
  target_id      BIGINT,                     -- of an undo: the import that it is about
  undone_at      BIGINT,                     -- of an import: its layers do not count
  cleaned_at     BIGINT,                     -- of an import: what an undo needs has been cleaned away
  lease_token    BIGINT NOT NULL DEFAULT 0,
  lease_slot     BIGINT                      -- the worker's lock file; its flock is the liveness
);
CREATE INDEX jobs_status ON jobs (status, id);
CREATE INDEX jobs_user ON jobs (user_id, id);
CREATE INDEX jobs_target ON jobs (target_id);
CREATE INDEX jobs_file ON jobs (file_path);

CREATE TABLE job_errors (
  id       {{ID}},
  job_id   BIGINT NOT NULL REFERENCES jobs (id) ON DELETE CASCADE,
  severity TEXT NOT NULL CHECK (severity IN ('error', 'warning')),
  row      BIGINT NOT NULL,
  col      TEXT NOT NULL,
  code     TEXT NOT NULL,
  subject  TEXT NOT NULL,                    -- what it is about: said once a subject
  message  TEXT NOT NULL,
  times    BIGINT NOT NULL DEFAULT 1,
  line     BLOB,
  UNIQUE (job_id, severity, code, subject)
);
CREATE INDEX job_errors_row ON job_errors (job_id, severity, row, id);

-- Exports that are asked for at set times (app/export_schedule.h).
CREATE TABLE export_schedules (
  id            {{ID}},
  user_id       BIGINT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  shape         TEXT NOT NULL,
  format        TEXT NOT NULL CHECK (format IN ('csv', 'xlsx')),
  property_id   BIGINT,                      -- null, like meter_id: all that the user sees
  meter_id      BIGINT,
  period        TEXT NOT NULL,               -- app/export_period.h
  days          BIGINT,                      -- of the period "days"
  cron          TEXT NOT NULL,
  keep          BIGINT NOT NULL,             -- files
  is_enabled    BIGINT NOT NULL DEFAULT 1,
  next_run_at   BIGINT,                      -- null: it is off
  last_run_at   BIGINT,
  last_outcome  TEXT,
  last_job_id   BIGINT REFERENCES jobs (id) ON DELETE SET NULL,
  created_at    BIGINT NOT NULL,
  version       BIGINT NOT NULL DEFAULT 1
);
CREATE INDEX export_schedules_due ON export_schedules (next_run_at);

-- What a job of kind "export" is to write, and what it has written (app/export_job.h).
CREATE TABLE exports (
  job_id         BIGINT PRIMARY KEY REFERENCES jobs (id) ON DELETE CASCADE,
  shape          TEXT NOT NULL,
  format         TEXT NOT NULL CHECK (format IN ('csv', 'xlsx')),
  meters         TEXT,                       -- numbers of meters between commas; null: all of the property, or all
  smart_meter_id TEXT,                       -- an identifier that is looked for when the job runs
  property_id    BIGINT,
  range_from     TEXT,                       -- both local days, or both instants; null: open
  range_to       TEXT,
  by_system      BIGINT NOT NULL DEFAULT 0,  -- asked for on the command line, for nobody
  schedule_id    BIGINT REFERENCES export_schedules (id) ON DELETE SET NULL,
  record_count   BIGINT NOT NULL DEFAULT 0,
  reading_count  BIGINT NOT NULL DEFAULT 0,
  skipped_series BIGINT NOT NULL DEFAULT 0,
  file_size_bytes BIGINT NOT NULL DEFAULT 0,
  error_code     TEXT
);
CREATE INDEX exports_schedule ON exports (schedule_id);

-- What a job of kind "edit" states: a range of a series set to a value or excluded, and why (app/edit.h).
CREATE TABLE edits (
  job_id     BIGINT PRIMARY KEY REFERENCES jobs (id) ON DELETE CASCADE,
  series_id  BIGINT NOT NULL REFERENCES series (id),
  start_at   BIGINT NOT NULL,
  end_at     BIGINT NOT NULL,                -- not included
  action     TEXT NOT NULL CHECK (action IN ('set', 'exclude')),
  value      TEXT,                           -- decimal, in the series' unit; null: excluded, like quality
  quality    TEXT,
  reason     TEXT NOT NULL,
  intervals  BIGINT NOT NULL DEFAULT 0,      -- that it states
  intervals_changed BIGINT NOT NULL DEFAULT 0 -- of them: that showed something else before
);
CREATE INDEX edits_series ON edits (series_id, job_id);

-- Answers about how a kind of file is read, under a name.
CREATE TABLE presets (
  id          {{ID}},
  name        TEXT NOT NULL,
  name_key    TEXT NOT NULL UNIQUE,          -- the name in lower case
  fingerprint TEXT NOT NULL,                 -- of the header line; empty: found by name alone
  header      TEXT NOT NULL,
  import_type TEXT NOT NULL,
  time_zone   TEXT,
  answers     TEXT NOT NULL,                 -- JSON
  user_id     BIGINT REFERENCES users (id) ON DELETE SET NULL,
  created_at  BIGINT NOT NULL
);
CREATE INDEX presets_fingerprint ON presets (fingerprint);

CREATE TABLE uploads (
  id         TEXT PRIMARY KEY,
  user_id    BIGINT NOT NULL,
  filename   TEXT NOT NULL,
  size       BIGINT NOT NULL,
  created_at BIGINT NOT NULL
);

-- Files in storage/inbox (app/inbox.h).
CREATE TABLE inbox (
  path      BLOB PRIMARY KEY,                -- below the folder, its bytes as they are
  signature TEXT NOT NULL,                   -- inode, size and times: other ones when somebody writes
  seen_at   BIGINT NOT NULL,                 -- when it was first seen with this signature
  file_path TEXT                             -- being taken: its place below storage
);

-- Files that are fetched and imported (app/schedule.h).
CREATE TABLE schedules (
  id            {{ID}},
  user_id       BIGINT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  address       TEXT NOT NULL,
  cron          TEXT NOT NULL,               -- five fields, in the instance's time zone
  is_enabled    BIGINT NOT NULL DEFAULT 1,
  import_type   TEXT NOT NULL,               -- options of its imports: as in jobs
  on_conflict   TEXT,
  meter         TEXT,
  time_zone     TEXT,
  preset        TEXT,
  property_id   BIGINT,
  strict        BIGINT NOT NULL DEFAULT 0,
  answers       TEXT,
  etag          TEXT,                        -- of what was imported last, like last_modified
  last_modified TEXT,
  last_run_at   BIGINT,
  next_run_at   BIGINT,                      -- null: it is off
  last_outcome  TEXT,
  last_batch    TEXT,
  created_at    BIGINT NOT NULL
);
CREATE INDEX schedules_due ON schedules (next_run_at);

-- Electric cars (app/charging/car.h).
CREATE TABLE cars (
  id               {{ID}},
  user_id          BIGINT REFERENCES users (id) ON DELETE CASCADE, -- null: the instance's own
  name             TEXT NOT NULL,
  name_key         TEXT NOT NULL,            -- in lower case: as files call it
  registration     TEXT,
  battery_kwh      BIGINT,                   -- millionths, like the next two; null: not known, or the user's setting
  efficiency_mpkwh BIGINT,
  petrol_mpg       BIGINT,
  is_active        BIGINT NOT NULL DEFAULT 1,
  made_by_job      BIGINT,                   -- the import that named it first; null once a person has changed it
  is_undone        BIGINT NOT NULL DEFAULT 0, -- that import is, and nothing else refers to it
  version          BIGINT NOT NULL DEFAULT 1,
  created_at       BIGINT NOT NULL
);
CREATE UNIQUE INDEX cars_name ON cars (COALESCE(user_id, 0), name_key);

-- What charging costs where a session does not say it (app/charging/tariff.h).
CREATE TABLE charging_tariffs (
  id          {{ID}},
  user_id     BIGINT REFERENCES users (id) ON DELETE CASCADE,
  car_id      BIGINT REFERENCES cars (id) ON DELETE CASCADE, -- null: of every car
  network     TEXT NOT NULL,                 -- in lower case; empty: wherever it is
  from_day    BIGINT NOT NULL,
  per_kwh     BIGINT,                        -- pounds, in millionths, like the next two
  per_minute  BIGINT,
  per_session BIGINT,
  created_at  BIGINT NOT NULL
);
CREATE UNIQUE INDEX charging_tariffs_key ON charging_tariffs (COALESCE(user_id, 0), COALESCE(car_id, 0), network, from_day);

-- Charging sessions (app/charging/charge.h). Drafts of them are in drafts.
CREATE TABLE charging_sessions (
  id                   {{ID}},
  public_id            TEXT NOT NULL UNIQUE, -- that of the draft it was
  car_id               BIGINT NOT NULL REFERENCES cars (id) ON DELETE CASCADE,
  status               TEXT NOT NULL CHECK (status IN ('active', 'closed')),
  day                  BIGINT NOT NULL,
  odometer             BIGINT,               -- miles
  charge_type          TEXT CHECK (charge_type IN ('AC', 'DC')),
  charge_power_kw      BIGINT,               -- millionths, like all that can have places
  location_label       TEXT,
  charge_network       TEXT,
  charge_delivered_kwh BIGINT,
  duration_mins        BIGINT,
  cost_per_kwh         BIGINT,               -- pounds
  total_cost_gbp       BIGINT,
  cost_computed        BIGINT NOT NULL DEFAULT 0, -- by us, from price or tariff
  soc_from             BIGINT,               -- percent
  soc_to               BIGINT,
  ambient_temp_c       BIGINT,
  notes                TEXT,
  preconditioning_used BIGINT NOT NULL DEFAULT 0,
  preconditioning_events BIGINT,
  started_at           BIGINT,
  ended_at             BIGINT,
  meter_id             BIGINT REFERENCES meters (id) ON DELETE SET NULL, -- of the charger
  made_by_job          BIGINT,               -- the import that brought it
  is_edited            BIGINT NOT NULL DEFAULT 0, -- a person has changed it since: it is no import's any more
  is_undone            BIGINT NOT NULL DEFAULT 0,
  version              BIGINT NOT NULL DEFAULT 1,
  created_at           BIGINT NOT NULL,
  updated_at           BIGINT NOT NULL
);
CREATE INDEX charging_sessions_car ON charging_sessions (car_id, day, odometer, id);
CREATE INDEX charging_sessions_job ON charging_sessions (made_by_job);
-- Source A's key; where there is no odometer the start stands in for it.
CREATE UNIQUE INDEX charging_sessions_key ON charging_sessions (car_id, day, COALESCE(odometer, -1), charge_delivered_kwh,
  (CASE WHEN odometer IS NULL THEN COALESCE(started_at, 0) ELSE 0 END)) WHERE status = 'closed' AND is_undone = 0;

-- What is typed into long forms and not sent yet (app/draft.h); in nothing else but this.
CREATE TABLE drafts (
  id          TEXT PRIMARY KEY,              -- a UUID, and of the session that it becomes
  user_id     BIGINT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  form        TEXT NOT NULL,                 -- of app/draft_forms.def
  subject     TEXT NOT NULL,                 -- what it changes; '': something new
  title       TEXT NOT NULL,
  device      TEXT,
  fields      TEXT NOT NULL,                 -- JSON: the texts as typed, by the fields' names
  forked_from TEXT,                          -- the draft that another tab had gone on with
  version     BIGINT NOT NULL DEFAULT 1,
  created_at  BIGINT NOT NULL,
  updated_at  BIGINT NOT NULL
);
CREATE INDEX drafts_user ON drafts (user_id, updated_at);
CREATE INDEX drafts_updated ON drafts (updated_at);

-- Imports whose file states a session that was there already, just as it is.
CREATE TABLE charging_stated (
  session_id BIGINT NOT NULL REFERENCES charging_sessions (id) ON DELETE CASCADE,
  job_id     BIGINT NOT NULL,
  PRIMARY KEY (session_id, job_id)
);
CREATE INDEX charging_stated_job ON charging_stated (job_id);

-- Requests that named an Idempotency-Key, for a day (app/repeat.h).
CREATE TABLE repeats (
  user_id    BIGINT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  key        TEXT NOT NULL,
  request    TEXT NOT NULL,                  -- HMAC of its method, address and body
  at         BIGINT NOT NULL,
  status     BIGINT,                         -- of the reply; null: it has none yet
  body       TEXT,
  location   TEXT,
  etag       TEXT,
  PRIMARY KEY (user_id, key)
);
CREATE INDEX repeats_at ON repeats (at);

-- Who did what (app/audit.h). Append-only, each row's hash covers the one before.
CREATE TABLE audit (
  id      BIGINT PRIMARY KEY,                -- 1, 2, 3 ... without a gap
  at      BIGINT NOT NULL,
  user_id BIGINT,                            -- null: the system, or nobody who has signed in
  actor   TEXT NOT NULL,                     -- what they were called then
  action  TEXT NOT NULL,
  subject TEXT NOT NULL,
  detail  TEXT NOT NULL,
  hash    BLOB NOT NULL
) {{ROWLESS}};
CREATE INDEX audit_user ON audit (user_id, id);
