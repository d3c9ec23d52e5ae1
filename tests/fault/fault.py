#!/usr/bin/env python3
"""fault: an import that dies, or whose disk fails, at every single write; then the promise of SAFETY.md is checked.

A storage folder with three queued uploads (11,000 daily totals in several commits, half hours with bad rows, and a
second file that changes some of them) is made once, through the web like a person's. Each trial copies it, runs
`wattledger-worker --once` with the n-th write, fsync, truncate, rename or unlink going wrong (faultshim.c), lets fresh
workers go on without faults, and compares with a run that had none:
  integrity_check and foreign_key_check are clean; every job has the same end, counters and errors; the stored days
  and layers are the same; the export of all readings has the same digest; no half-written files are left.
Then the worker is killed at random moments, again and again, until the work is done, and the same is checked.
All of it a second time with two of the three imports being undone.

    fault.py                     n over all calls, in every mode, and 3000 random kills
    fault.py --short             a sample, for make test
    fault.py --seed S ...        the same sample again
    fault.py --mode torn --at 57 one trial, kept in a folder that it names
    fault.py --work undo ...     import or undo alone
"""
import argparse
import hashlib
import os
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "tests/server"), str(ROOT / "tests/bench")]
import meters  # noqa: E402
from queued import queue, queue_undo  # noqa: E402
from serve import Failure  # noqa: E402

MODES = ("kill", "torn", "eio", "enospc", "full")
# What must be equal, by names and not by numbers: workers may take the jobs in another order.
SERIES = ("FROM {} d JOIN series s ON s.id = d.series_id JOIN meters m ON m.id = s.meter_id "
          "LEFT JOIN jobs j ON j.id = d.job_id")
COMPARED = {
    "jobs": "SELECT filename, batch_id, status, import_type, total_rows, processed_rows, imported_rows, unchanged_rows, "
            "failed_rows, intervals_new, intervals_identical, intervals_changed, intervals_kept, meters_new, bytes_done, "
            "error_message FROM jobs",
    "errors": "SELECT j.filename, severity, row, col, code, subject, message, line FROM job_errors e "
              "JOIN jobs j ON j.id = e.job_id",
    "meters": "SELECT m.identifier, m.is_undone, p.name, m.time_zone, j.filename FROM meters m JOIN properties p ON p.id = m.property_id "
              "LEFT JOIN jobs j ON j.id = m.made_by_job",
    "series": "SELECT m.identifier, s.channel, s.interval_minutes, s.unit FROM series s JOIN meters m ON m.id = s.meter_id",
    "days": "SELECT m.identifier, s.channel, s.interval_minutes, d.day, j.filename, d.data " + SERIES.format("days"),
    "layers": "SELECT m.identifier, s.channel, s.interval_minutes, d.day, j.filename, d.data " +
              SERIES.format("day_layers"),
    "ranges": "SELECT j.filename, m.identifier, s.channel, x.first_day, x.last_day FROM job_series x JOIN jobs j "
              "ON j.id = x.job_id JOIN series s ON s.id = x.series_id JOIN meters m ON m.id = s.meter_id",
}


class Broken(Exception):
    pass


class Fault:
    def __init__(self, build):
        self.build = Path(build).resolve()
        self.top = Path(tempfile.mkdtemp(prefix="wattledger-fault-"))
        self.base = self.top / "base"
        self.trials = self.retried = 0

    def prepare(self):
        many, few = meters.mpans(30), meters.mpans(4, 100000000000)
        meters.daily(self.top / "daily.csv", many, meters.days(367))
        meters.wide(self.top / "hh.csv", few, meters.days(60))
        rows = (self.top / "hh.csv").read_text().splitlines()
        rows[17] = rows[17].replace(",", ",x", 2)
        rows[40] = rows[40].replace("2024", "20x4")
        (self.top / "hh.csv").write_text("\n".join(rows) + "\n")
        meters.wide(self.top / "changed.csv", few[:2], meters.days(70)[30:], seed=2)
        self.batches = queue(self.build, self.base, [(n, (self.top / n).read_bytes()) for n in ("daily.csv", "hh.csv", "changed.csv")])
        found = self.rows(self.base, "SELECT status FROM jobs")
        if found != [("queued",)] * 3:
            raise Broken(f"three queued jobs expected: {found}")

    def prepare_undo(self):
        """From here on: everything is imported, and the first two imports wait to be undone. The half hours lie under
        those of the third, the daily totals are alone on their days."""
        self.go_on(self.base)
        queue_undo(self.build, self.base, self.batches[:2])
        found = self.rows(self.base, "SELECT status FROM jobs WHERE kind = 'undo'")
        if found != [("queued",)] * 2:
            raise Broken(f"two queued undos expected: {found}")

    # -- one trial --

    def copy(self):
        self.trials += 1
        trial = self.top / f"trial-{self.trials}"
        shutil.copytree(self.base, trial, symlinks=True)
        return trial

    def worker(self, storage, **fault):
        env = {**os.environ, "WATTLEDGER_STORAGE": str(storage)}
        if fault:
            env.update({k.upper(): str(v) for k, v in fault.items()}, LD_PRELOAD=self.preload())
        return subprocess.Popen([self.build / "wattledger-worker", "--once"], env=env, stdin=subprocess.DEVNULL,
                                stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def preload(self):
        """A sanitized program wants its runtime first."""
        shim = str(self.build / "tests/faultshim.so")
        if "san" in self.build.parts:
            asan = subprocess.run(["gcc", "-print-file-name=libasan.so"], capture_output=True, text=True).stdout.strip()
            return f"{asan} {shim}"
        return shim

    def rows(self, storage, sql):
        db = sqlite3.connect(storage / "wattledger.db")
        try:
            return db.execute(sql).fetchall()
        finally:
            db.close()

    def cli(self, storage, *args):
        p = subprocess.run([self.build / "wattledger", *args], env={**os.environ, "WATTLEDGER_STORAGE": str(storage)},
                           capture_output=True)
        if p.returncode:
            raise Broken(f"wattledger {args[0]}: {p.stderr.decode()}")
        return p.stdout

    def go_on(self, storage):
        """Fresh workers until nothing is left. A job that waits for room need not wait here; one that failed on a
        broken disk is retried, as the button of its page does."""
        for _ in range(6):
            status = self.worker(storage).wait(60)
            if status:
                raise Broken(f"a worker without a fault ended with {status}")
            left = self.rows(storage, "SELECT status, batch_id, error_message FROM jobs WHERE status != 'completed'")
            if not left:
                return
            for status, batch, _ in left:
                if status == "failed":
                    self.retried += 1
                    self.cli(storage, "job-retry", batch)
            db = sqlite3.connect(storage / "wattledger.db", isolation_level=None)
            db.execute("UPDATE jobs SET not_before_at = NULL")
            db.close()
        raise Broken(f"not finished after 6 workers: {left}")

    def state(self, storage):
        """Everything that must be equal, as one digest a table."""
        db = sqlite3.connect(storage / "wattledger.db")
        try:
            if db.execute("PRAGMA integrity_check").fetchall() != [("ok",)]:
                raise Broken("integrity_check")
            if db.execute("PRAGMA foreign_key_check").fetchall():
                raise Broken("foreign_key_check")
            found = {}
            for table, query in COMPARED.items():
                rows = sorted(db.execute(query).fetchall(), key=repr)
                found[table] = hashlib.sha256(repr(rows).encode()).hexdigest()
                if table == "jobs":
                    found["counters"] = repr(rows)
            kept = {r[0] for r in db.execute("SELECT file_path FROM jobs")}
        finally:
            db.close()
        out = self.cli(storage, "readings-export", "--to", "-", "--shape", "long")
        found["export"] = hashlib.sha256(out).hexdigest()
        for folder in ("uploads", "exports", "backups"):
            for f in storage.glob(folder + "/*"):
                if str(f.relative_to(storage)) not in kept:
                    raise Broken(f"left behind: {f.relative_to(storage)}")
        for f in storage.glob("*"):
            if f.name.endswith((".tmp", ".part", "-journal")) and f.stat().st_size:
                raise Broken(f"left behind: {f.name}")
        return found

    def check(self, storage, want):
        found = self.state(storage)
        wrong = [k for k in want if found[k] != want[k]]
        if wrong:
            raise Broken(f"differs in {', '.join(wrong)}: {found['counters']} instead of {want['counters']}")

    def clean_run(self):
        storage, count = self.copy(), self.top / "count"
        if self.worker(storage, fault_count=count).wait(120):
            raise Broken("the run without a fault failed")
        calls = int(count.read_text())
        self.go_on(storage)
        want = self.state(storage)
        shutil.rmtree(storage)
        return calls, want

    def at(self, mode, n, want, keep=False):
        storage = self.copy()
        self.worker(storage, fault_mode=mode, fault_n=n).wait(60)
        self.go_on(storage)
        self.check(storage, want)
        if keep:
            print("kept in", storage)
        else:
            shutil.rmtree(storage)

    def random_kills(self, kills, rnd, want):
        """Kills until `kills` is reached; each storage is worked to its end through as many kills as it takes."""
        done = storages = 0
        while done < kills:
            storage = self.copy()
            storages += 1
            while True:
                p = self.worker(storage)
                try:
                    p.wait(rnd.uniform(0.001, 0.025))
                    break
                except subprocess.TimeoutExpired:
                    os.kill(p.pid, signal.SIGKILL)
                    p.wait()
                    done += 1
            self.go_on(storage)
            self.check(storage, want)
            shutil.rmtree(storage)
        return done, storages


def try_all(f, args, rnd, what, failed):
    calls, want = f.clean_run()
    print(f"{calls} calls in {what} without a fault; jobs: {want['counters']}", flush=True)
    for mode in [args.mode] if args.mode else MODES:
        numbers = [args.at] if args.at else range(1, calls + 1)
        if args.short:
            numbers = sorted({1, calls, *rnd.sample(range(1, calls + 1), min(12, calls))})
        before = len(failed)
        for n in numbers:
            try:
                f.at(mode, n, want, keep=bool(args.at))
            except Broken as e:
                failed.append(f"{what}: {mode} at {n}: {e}")
                print(f"not ok {failed[-1]} (fault.py --work {what} --mode {mode} --at {n})", flush=True)
        if len(failed) == before:
            print(f"ok {what}: {mode} at {len(numbers)} of {calls} calls", flush=True)
    if args.at:
        return
    kills = args.random if args.random is not None else 60 if args.short else 3000
    try:
        done, storages = f.random_kills(kills, rnd, want)
        print(f"ok {what}: {done} random kills over {storages} storages")
    except Broken as e:
        failed.append(f"{what}: random kills: {e}")
        print(f"not ok {failed[-1]} (fault.py --seed {args.seed})")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--build", default=os.environ.get("BUILD", ROOT / "build"))
    parser.add_argument("--short", action="store_true")
    parser.add_argument("--seed", type=int, default=random.randrange(1 << 32))
    parser.add_argument("--random", type=int, default=None, help="how many random kills")
    parser.add_argument("--mode", choices=MODES)
    parser.add_argument("--at", type=int)
    parser.add_argument("--work", choices=("import", "undo"))
    args = parser.parse_args()
    rnd = random.Random(args.seed)
    print(f"seed {args.seed}")
    f = Fault(args.build)
    failed = []
    began = time.monotonic()
    try:
        f.prepare()
        if args.work != "undo":
            try_all(f, args, rnd, "import", failed)
        if args.work != "import":
            f.prepare_undo()
            try_all(f, args, rnd, "undo", failed)
    except (Broken, Failure) as e:
        failed.append(str(e))
        print(f"not ok prepare: {e}")
    finally:
        if not args.at:
            shutil.rmtree(f.top, ignore_errors=True)
    print(f"{f.trials} trials, {f.retried} jobs ended as failed and were retried by hand")
    print(f"{len(failed)} failures, seed {args.seed}, {time.monotonic() - began:.0f} s")
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
