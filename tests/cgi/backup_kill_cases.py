#!/usr/bin/env python3
"""backup_kill_cases: a worker that dies at any write while it makes, or restores, a backup: the next one makes it whole.

    backup_kill_cases.py [case…]
"""
import os
import random
import shutil
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
from cgi import Client, Storage  # noqa: E402
from cases import BUILD, case, equal, run_cases  # noqa: E402
from world import World, metered, no_worker  # noqa: E402

SHIM = str(BUILD / "tests/faultshim.so")
TRIES = int(os.environ.get("KILLS", "25"))


class Copies:
    """Copies of a storage folder in which a job waits."""

    def __init__(self, w):
        self.w, self.n = w, 0
        self.top = w.storage.dir.parent
        self.at = None
        for old in self.top.glob("copy-*"):
            shutil.rmtree(old)

    def keep(self):
        shutil.rmtree(self.top / "base", ignore_errors=True)
        shutil.copytree(self.w.storage.dir, self.top / "base")

    def fresh(self):
        if self.at:
            shutil.rmtree(self.at)
        self.n += 1
        self.at = self.top / f"copy-{self.n}"
        shutil.copytree(self.top / "base", self.at)

    def worker(self, **env):
        p = subprocess.run([BUILD / "wattledger-worker", "--once"], env={**os.environ, "WATTLEDGER_STORAGE": str(self.at), **env},
                           capture_output=True, timeout=120)
        if not env:
            equal(p.returncode, 0, f"worker's exit ({p.stderr[-300:]})")

    def sql(self, text, *args):
        db = sqlite3.connect(self.at / "wattledger.db", timeout=20)
        try:
            with db:
                return db.execute(text, args).fetchall()
        finally:
            db.close()

    def files(self):
        return sorted(p.name for p in (self.at / "backups").iterdir())

    def faults(self, check, restored=None):
        """Each of some faults, what the worker after it makes of that, and what `check` says of the end."""
        count = self.top / "count"
        self.fresh()
        self.worker(LD_PRELOAD=SHIM, FAULT_COUNT=str(count))
        calls, seed = int(count.read_text()), random.randrange(1 << 32)
        rnd = random.Random(seed)
        print(f"{calls} calls, seed {seed}")
        last = list(range(max(1, calls - 40), calls + 1))  # where the result is written down
        for mode in ("kill", "torn", "enospc"):
            some = rnd.sample(range(1, calls + 1), min(calls, TRIES if mode == "kill" else TRIES // 4))
            for n in sorted(set(some + (last if mode == "kill" else []))):
                where = f"{mode} at {n} of {calls}"
                self.fresh()
                self.worker(LD_PRELOAD=SHIM, FAULT_MODE=mode, FAULT_N=str(n))
                if restored and restored():
                    equal(self.sql("SELECT status FROM jobs WHERE kind = 'restore'"), [("completed",)], f"{where}: nothing is left to do")
                for _ in range(3):
                    self.sql("UPDATE jobs SET not_before_at = NULL")
                    self.worker()
                for f in (self.at / "backups").iterdir():  # what is left of the dead is old one day
                    if f.name.startswith(".") or not f.name.endswith(".zip"):
                        os.utime(f, (1, 1))
                self.worker()
                check(where)
                equal(self.sql("PRAGMA integrity_check"), [("ok",)], where)
                equal(self.sql("PRAGMA foreign_key_check"), [], where)
                equal(self.sql("SELECT COUNT(*) FROM jobs WHERE status IN ('queued', 'processing')"), [(0,)], where)
                equal(self.files(), [name for name, in self.sql("SELECT name FROM backups ORDER BY name")], f"{where}: files and list")
                equal(self.sql("SELECT COUNT(*) FROM backup_jobs WHERE passphrase <> ''"), [(0,)], where)


@case
def making_one(w):
    metered(w, "ada", "House", "1700000000501", "2024-03-01", "2024-03-02")
    w.storage.work()
    with no_worker(w):
        w.call("admin", "POST", "/api/backups", {"passphrase": "correct horse battery"}, 202)
        copies = Copies(w)
        copies.keep()

    def check(where):
        equal(copies.sql("SELECT status, error_message FROM jobs WHERE kind = 'backup'"), [("completed", None)], where)
        rows = copies.sql("SELECT b.origin, b.size, b.is_encrypted, b.failure, b.id, k.backup_id FROM backups b, backup_jobs k WHERE b.verified_at > 0")
        size = (copies.at / "backups" / copies.files()[0]).stat().st_size
        equal([r[:4] for r in rows], [("person", size, 1, None)], where)
        equal(rows[0][4], rows[0][5], where)

    copies.faults(check)
    w.storage.work()


@case
def replacing_everything(w):
    for f in (w.storage.dir / "backups").iterdir():
        f.unlink()
    for table in ("backups", "backup_jobs", "jobs WHERE kind = 'backup'"):
        w.sql(f"DELETE FROM {table}")
    w.call("admin", "POST", "/api/backups", {}, 202)
    w.storage.work()
    b = w.call("admin", "GET", "/api/backups?limit=1", None, 200).json()["items"][0]
    w.property("ada", "After it")
    w.storage.work()
    with no_worker(w):
        w.call("admin", "POST", f"/api/backups/{b['id']}/restore", {"mode": "replace", "confirm": "replace"}, 202)
        copies = Copies(w)
        copies.keep()
    old = w.sql("SELECT id FROM jobs WHERE kind = 'restore'")
    restored = lambda: not copies.sql("SELECT 1 FROM properties WHERE name = 'After it'")

    def check(where):
        assert restored(), where
        rows = copies.sql("SELECT j.status, j.error_message, k.mode, k.backup_id, k.report IS NOT NULL FROM jobs j JOIN backup_jobs k ON k.job_id = j.id")
        equal(rows, [("completed", None, "replace", b["id"], 1)], f"{where}: {old}")
        assert copies.sql("SELECT 1 FROM backups WHERE origin = 'restore' AND failure IS NULL"), where

    copies.faults(check, restored)


@case
def merging(w):
    b = w.call("admin", "GET", "/api/backups?limit=1", None, 200).json()["items"][0]
    w.sql("DELETE FROM backup_jobs")
    w.sql("DELETE FROM jobs WHERE kind IN ('backup', 'restore')")
    w.sql("DELETE FROM days")
    with no_worker(w):
        w.call("admin", "POST", f"/api/backups/{b['id']}/restore", {"mode": "merge", "confirm": "merge"}, 202)
        copies = Copies(w)
        copies.keep()

    def check(where):
        equal(copies.sql("SELECT COUNT(*) FROM days"), [(2,)], where)
        rows = copies.sql("SELECT j.status, j.error_message, k.report IS NOT NULL FROM jobs j JOIN backup_jobs k ON k.job_id = j.id")
        equal(rows, [("completed", None, 1)], where)

    copies.faults(check)


if __name__ == "__main__":
    with Storage() as storage:
        sys.exit(0 if run_cases(World(storage), only=sys.argv[1:]) else 1)
