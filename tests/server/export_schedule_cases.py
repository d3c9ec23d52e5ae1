#!/usr/bin/env python3
"""export_schedule_cases: a worker that dies at any write while a scheduled export is due: it is made once, or still due."""
import os
import random
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from cases import BUILD, case, equal, run_cases
from queued import EMAIL, queue
from seeds import SEED_HH

SHIM = str(BUILD / "tests/faultshim.so")


class World:
    def __init__(self):
        self.top = tempfile.TemporaryDirectory(prefix="wattledger-export-schedule-")
        self.base, self.cases = Path(self.top.name, "base"), 0
        queue(BUILD, self.base, [])
        self.storage = self.base
        file = Path(self.top.name, "seed.csv")
        file.write_text(SEED_HH)
        self.must("import", "--from", str(file))
        self.must("export-schedule-add", "--cron", "30 6 * * *", "--period", "year_to_date", "--keep", "1", "--user", EMAIL)

    def fresh(self):
        self.cases += 1
        self.storage = Path(self.top.name, f"storage-{self.cases}")
        shutil.copytree(self.base, self.storage)

    def env(self, **more):
        return {**os.environ, "WATTLEDGER_STORAGE": str(self.storage), **more}

    def must(self, *args):
        p = subprocess.run([BUILD / "wattledger", *args], capture_output=True, text=True, env=self.env(), timeout=60)
        equal(p.returncode, 0, f"{args[0]}: {p.stderr}")
        return p.stdout

    def worker(self, **env):
        p = subprocess.run([BUILD / "wattledger-worker", "--once"], env=self.env(**env), capture_output=True, timeout=60)
        if not env:
            equal(p.returncode, 0, f"worker's exit ({p.stderr[-300:]})")

    def sql(self, text, *args):
        db = sqlite3.connect(self.storage / "wattledger.db", timeout=20)
        try:
            with db:
                return db.execute(text, args).fetchall()
        finally:
            db.close()

    def due(self):
        self.sql("UPDATE export_schedules SET next_run_at = ?", int(time.time()) - 864000)

    def schedule(self):
        """Not by a command: one that only reads does not roll a killed worker's journal back."""
        names = ("next_run_at", "last_run_at", "version", "last_job_status")
        return dict(zip(names, self.sql("SELECT s.next_run_at, s.last_run_at, s.version, j.status FROM export_schedules s "
                                        "LEFT JOIN jobs j ON j.id = s.last_job_id")[0]))

    def jobs(self):
        return self.sql("SELECT j.status, j.file_path FROM jobs j JOIN exports x ON x.job_id = j.id WHERE x.schedule_id = 1")

    def files(self):
        return sorted(f"exports/{p.name}" for p in (self.storage / "exports").iterdir())


@case
def killed_at_any_write_it_is_made_once(w):
    w.fresh()
    w.due()
    w.worker()
    before = w.jobs()
    equal([status for status, _ in before], ["completed"])
    w.due()
    w.base, count = w.storage, Path(w.top.name, "count")  # the second one also removes the file of the first
    w.fresh()
    w.worker(LD_PRELOAD=SHIM, FAULT_COUNT=str(count))
    calls, seed = int(count.read_text()), random.randrange(1 << 32)
    rnd = random.Random(seed)
    print(f"{calls} calls, seed {seed}")
    for mode in ("kill", "torn", "eio", "enospc"):
        for n in sorted(rnd.sample(range(1, calls + 1), calls if mode == "kill" else min(calls, 20))):
            where = f"{mode} at {n} of {calls}"
            w.fresh()
            last = w.schedule()["last_run_at"]
            w.worker(LD_PRELOAD=SHIM, FAULT_MODE=mode, FAULT_N=str(n))
            s = w.schedule()
            made = w.sql("SELECT COUNT(*) FROM jobs WHERE kind = 'export' AND id > 2")[0][0]
            equal(made, 1 if s["next_run_at"] > s["last_run_at"] and s["version"] == 3 else 0, f"{where}: the job and what is written down of it")
            for _ in range(2):
                w.worker()
                w.sql("UPDATE jobs SET not_before_at = NULL")
            (w.storage / "run/cleaned").unlink(missing_ok=True)
            w.worker()
            s = w.schedule()
            equal((s["last_job_status"], s["version"]), ("completed", 3), where)
            assert s["last_run_at"] >= last and s["next_run_at"] > s["last_run_at"], (where, s)
            equal([status for status, _ in w.jobs()], ["completed"], f"{where}: one is kept")
            path = w.jobs()[0][1]
            assert path != before[0][1] and path in w.files(), (where, path, w.files())
            equal(w.sql("PRAGMA integrity_check"), [("ok",)], where)
            equal(w.sql("SELECT COUNT(*) FROM jobs WHERE kind = 'export'"), [(1,)], where)
            shutil.rmtree(w.storage)


if __name__ == "__main__":
    sys.exit(0 if run_cases(World(), only=sys.argv[1:]) else 1)
