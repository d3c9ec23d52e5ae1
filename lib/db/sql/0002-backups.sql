-- Backups that are kept, the jobs that make, check and restore them, and a schedule's car.

-- Archives in storage/backups (app/backup/shelf.h). They belong to this installation: never in a backup themselves,
-- and a restore leaves them as they are.
CREATE TABLE backups (
  id             {{ID}},
  name           TEXT NOT NULL UNIQUE,       -- of its file in storage/backups
  origin         TEXT NOT NULL CHECK (origin IN ('person', 'schedule', 'restore', 'upload')),
  user_id        BIGINT REFERENCES users (id) ON DELETE SET NULL, -- who asked for it; null: the system
  added_at       BIGINT NOT NULL,
  size           BIGINT NOT NULL,            -- of the file, like sha256
  sha256         TEXT NOT NULL,
  is_encrypted   BIGINT NOT NULL DEFAULT 0,
  made_at        BIGINT,                     -- what its manifest says, like all up to only_user; null: it has not been opened
  app_version    TEXT,
  schema_version BIGINT,
  total_rows     BIGINT,
  digest         TEXT,
  only_user      TEXT,                       -- e-mail of the one user whose data it holds; null: everything
  verified_at    BIGINT,                     -- when it was last read from its first byte to its last and was whole
  failure        TEXT                        -- what was wrong when it was read last; null: nothing
);

-- What a job of kind "backup" or "restore" is to do, and what it has done (app/backup/backup_job.h). Neither these jobs nor
-- these rows are in a backup.
CREATE TABLE backup_jobs (
  job_id       BIGINT PRIMARY KEY REFERENCES jobs (id) ON DELETE CASCADE,
  mode         TEXT NOT NULL CHECK (mode IN ('create', 'verify', 'merge', 'replace')),
  backup_id    BIGINT REFERENCES backups (id) ON DELETE SET NULL, -- that it has made, or reads
  only_user_id BIGINT,                       -- whose data alone; null: everybody's
  passphrase   TEXT,                         -- sealed (app/seal.h); empty: the job has ended; null: there is none
  report       TEXT                          -- JSON: what became, or would become, of each table; null: not yet
);

ALTER TABLE schedules ADD COLUMN car TEXT;   -- of charging sessions that name none, as in jobs
