#!/usr/bin/env python3
"""fault: an import that dies, or whose disk fails, at every single write; then the promise of SAFETY.md is checked.

A storage folder with queued uploads (11,000 daily totals in several commits, half hours with bad rows, a second file
that changes some of them, sites, registers and charging sessions) is made once, through the web like a person's. Each trial copies it, runs
`wattledger-worker --once` with the n-th write, fsync, truncate, rename or unlink going wrong (faultshim.c), lets fresh
workers go on without faults, and compares with a run that had none:
  integrity_check and foreign_key_check are clean; every job has the same end, counters and errors; the stored days
  and layers are the same; the export of all readings has the same digest; no half-written files are left.
Then the worker is killed at random moments, again and again, until the work is done, and the same is checked.
All of it again with two of the imports and the sites being undone, with these being redone, with a file that has been
looked at becoming an import (there it is the web program that dies), with the clean-up of old imports, and with exports.

    fault.py                     n over all calls, in every mode, and 3000 random kills
    fault.py --short             a sample, for make test
    fault.py --seed S ...        the same sample again
    fault.py --mode torn --at 57 one trial, kept in a folder that it names
    fault.py --work undo ...     one kind of work alone: import, undo, redo, preview, cleanup or export
"""
import argparse
import hashlib
import os
import random
import re
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
from queued import EMAIL, queue, queue_exports, queue_undo  # noqa: E402
from serve import Failure  # noqa: E402

MODES = ("kill", "torn", "eio", "enospc", "full")
WORKS = ("import", "undo", "redo", "preview", "cleanup", "export")
SITES = "name,company_id,floor_area\nMill,7,120.5\nBarn,8,\n,9,1\nBarn,,3\n"
SESSIONS = "date,odometer,charge_type,charge_delivered_kwh,cost_per_kwh,car\n" + "".join(
    f"20{i % 20 + 5:02}-{i // 20 % 12 + 1:02}-{i // 240 % 28 + 1:02},{i + 1},AC,{i % 50}.5,0.3,Car {i % 2}\n" for i in range(5500)) + "x,1,AC,1,,\n"
REGISTER = "meter,channel,interval_start,interval_minutes,value,unit,quality\n" + "".join(
    f"1700000099730,import,2024-{m:02}-01T00:00:00Z,0,{m * 10},kWh,A\n" for m in range(1, 13))
# What must be equal, by names and not by numbers: workers may take the jobs in another order.
SERIES = ("FROM {} d JOIN series s ON s.id = d.series_id JOIN meters m ON m.id = s.meter_id "
          "LEFT JOIN jobs j ON j.id = d.job_id")
COMPARED = {
    "jobs": "SELECT filename, batch_id, status, import_type, total_rows, processed_rows, imported_rows, unchanged_rows, "
            "failed_rows, intervals_new, intervals_identical, intervals_changed, intervals_kept, meters_new, bytes_done, "
            "error_message, dry_run, undone_at IS NULL, cleaned_at IS NULL, file_path = '' FROM jobs",
    "errors": "SELECT j.filename, severity, row, col, code, subject, message, line FROM job_errors e "
              "JOIN jobs j ON j.id = e.job_id",
    "meters": "SELECT m.identifier, m.is_undone, p.name, m.time_zone, j.filename FROM meters m JOIN properties p ON p.id = m.property_id "
              "LEFT JOIN jobs j ON j.id = m.made_by_job",
    "series": "SELECT m.identifier, s.channel, s.interval_minutes, s.unit FROM series s JOIN meters m ON m.id = s.meter_id",
    "days": "SELECT m.identifier, s.channel, s.interval_minutes, d.day, j.filename, d.data " + SERIES.format("days"),
    "layers": "SELECT m.identifier, s.channel, s.interval_minutes, d.day, j.filename, d.data " +
              SERIES.format("day_layers"),
    "registers": "SELECT m.identifier, r.at, j.filename, r.value, r.quality FROM register_readings r JOIN series s ON s.id = "
                 "r.series_id JOIN meters m ON m.id = s.meter_id LEFT JOIN jobs j ON j.id = r.job_id",
    "exports": "SELECT j.filename, x.record_count, x.reading_count, x.skipped_series, x.file_size_bytes, x.error_code FROM exports x "
               "JOIN jobs j ON j.id = x.job_id",
    "sites": "SELECT name, company_id, floor_area, is_undone FROM properties",
    "site layers": "SELECT p.name, j.filename, l.company_id, l.floor_area FROM site_layers l JOIN properties p "
                   "ON p.id = l.property_id LEFT JOIN jobs j ON j.id = l.job_id",
    "charging": "SELECT k.name, k.is_undone, s.day, s.odometer, s.total_cost_gbp, s.cost_computed, s.is_undone, j.filename FROM "
                "charging_sessions s JOIN cars k ON k.id = s.car_id LEFT JOIN jobs j ON j.id = s.made_by_job",
    "charging stated": "SELECT s.odometer, j.filename FROM charging_stated t JOIN charging_sessions s ON s.id = t.session_id JOIN jobs j "
                       "ON j.id = t.job_id",
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
        self.work = "import"

    def prepare(self):
        many, few = meters.mpans(30), meters.mpans(4, 100000000000)
        meters.daily(self.top / "daily.csv", many, meters.days(367))
        meters.wide(self.top / "hh.csv", few, meters.days(60))
        rows = (self.top / "hh.csv").read_text().splitlines()
        rows[17] = rows[17].replace(",", ",x", 2)
        rows[40] = rows[40].replace("2024", "20x4")
        (self.top / "hh.csv").write_text("\n".join(rows) + "\n")
        meters.wide(self.top / "changed.csv", few[:2], meters.days(70)[30:], seed=2)
        self.batches = queue(self.build, self.base, [
            *((n, (self.top / n).read_bytes()) for n in ("daily.csv", "hh.csv", "changed.csv")),
            ("sites.csv", SITES.encode(), {"type": "sites"}), ("register.csv", REGISTER.encode()),
            ("sessions.csv", SESSIONS.encode())])
        self.expect(6, "queued jobs", "status = 'queued'")

    def expect(self, n, what, where):
        found = self.rows(self.base, f"SELECT COUNT(*) FROM jobs WHERE {where}")[0][0]
        if found != n:
            raise Broken(f"{n} {what} expected: {found}")

    def prepare_undo(self, what="undo"):
        """From here on: everything is imported, and the undo of five imports waits. The half hours lie under those of
        the third, the others are alone."""
        self.go_on(self.base)
        queue_undo(self.build, self.base, [self.batches[i] for i in (0, 1, 3, 4, 5)], what)
        self.expect(5, "queued " + what, f"kind = 'undo' AND import_type = '{what}' AND status = 'queued'")

    def prepare_redo(self):
        self.prepare_undo("redo")

    def prepare_preview(self):
        """A file has been looked at and counted; the import of it is asked for."""
        self.go_on(self.base)
        meters.wide(self.top / "looked.csv", meters.mpans(4, 100000000000), meters.days(20), seed=3)
        self.looked = queue(self.build, self.base, [("looked.csv", (self.top / "looked.csv").read_bytes(), {"preview": "1"})])[0]
        self.go_on(self.base)
        self.expect(1, "dry run", "dry_run = 1 AND status = 'completed'")
        made = self.cli(self.base, "token-create", "--user", EMAIL, "--name", "fault", "--scope", "read,import").decode()
        self.token = re.search(r"wl_\w+", made)[0]
        (self.top / "web").mkdir(exist_ok=True)  # without a worker beside it
        shutil.copy(self.build / "wattledger.cgi", self.top / "web")

    def prepare_cleanup(self):
        """Three imports are undone, and all files are old."""
        self.go_on(self.base)
        queue_undo(self.build, self.base, [*self.batches[:2], self.batches[5]])
        self.go_on(self.base)
        for f in self.base.glob("uploads/*"):
            os.utime(f, (1e9, 1e9))
        (self.base / "run/cleaned").unlink()
        time.sleep(1.1)  # what ended in this second is not older than it

    def prepare_export(self):
        """Three exports wait; one of them is empty."""
        self.go_on(self.base)
        queue_exports(self.build, self.base, [{"shape": "long"}, {"shape": "wide", "from": "2024-01-05"}, {"shape": "openwatts", "to": "1999-12-31"}])
        self.expect(3, "queued exports", "kind = 'export' AND status = 'queued'")

    # -- one trial --

    def copy(self):
        self.trials += 1
        trial = self.top / f"trial-{self.trials}"
        shutil.copytree(self.base, trial, symlinks=True)
        return trial

    def start(self, storage, argv, more=None, body=None, **fault):
        env = {**os.environ, **(more or {}), "WATTLEDGER_STORAGE": str(storage)}
        if fault:
            env.update({k.upper(): str(v) for k, v in fault.items()}, LD_PRELOAD=self.preload())
        with open(self.top / "said", "wb") as said, open(body or os.devnull, "rb") as stdin:
            return subprocess.Popen(argv, env=env, stdin=stdin, stdout=said, stderr=subprocess.DEVNULL)

    def worker(self, storage, **fault):
        return self.start(storage, [self.build / "wattledger-worker", "--once"], **fault)

    def act(self, storage, **fault):
        """Starts the work that goes wrong."""
        if self.work == "cleanup":
            return self.start(storage, [self.build / "wattledger", "jobs-cleanup", "--older-than", "0"], **fault)
        if self.work != "preview":
            return self.worker(storage, **fault)
        path = f"/api/import/jobs/{self.looked}/import"
        (self.top / "body").write_text('{"on_conflict":"replace"}')
        more = {"GATEWAY_INTERFACE": "CGI/1.1", "SERVER_PROTOCOL": "HTTP/1.1", "REQUEST_METHOD": "POST", "REQUEST_URI": path,
                "REMOTE_ADDR": "127.0.0.1", "HTTP_HOST": "localhost", "CONTENT_TYPE": "application/json", "CONTENT_LENGTH": "25",
                "HTTP_AUTHORIZATION": "Bearer " + self.token}
        return self.start(storage, [self.top / "web/wattledger.cgi"], more, self.top / "body", **fault)

    def act_again(self, storage):
        """What a person would do who was not told that it had been done; and whoever was told was told the truth."""
        if self.work == "preview":
            told = b"Status: 202" in (self.top / "said").read_bytes()
            asked = self.rows(storage, f"SELECT dry_run FROM jobs WHERE batch_id = '{self.looked}'") == [(0,)]
            if told and not asked:
                raise Broken("202 for an import that is not asked for")
            self.act(storage).wait(60)
            said = (self.top / "said").read_bytes()
            if (b"Status: 409" if asked else b"Status: 202") not in said:
                raise Broken(f"asked once more: {said[:300]}")
        if self.work == "cleanup" and self.act(storage).wait(60):
            raise Broken("the clean-up failed without a fault")

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
                    found["counters"] = rows
            kept = {r[0] for r in db.execute("SELECT file_path FROM jobs")}
        finally:
            db.close()
        out = self.cli(storage, "readings-export", "--to", "-", "--shape", "long")
        found["export"] = hashlib.sha256(out).hexdigest()
        for folder in ("uploads", "exports", "backups"):
            for f in storage.glob(folder + "/*"):
                if str(f.relative_to(storage)) not in kept:
                    raise Broken(f"left behind: {f.relative_to(storage)}")
        for path in kept:
            if path.startswith(("uploads/", "exports/")) and not (storage / path).exists():
                raise Broken(f"said to be kept: {path}")
        found["files of exports"] = sorted(hashlib.sha256((storage / p).read_bytes()).hexdigest() for p in kept if p.startswith("exports/"))
        for f in storage.glob("*"):
            if f.name.endswith((".tmp", ".part", "-journal")) and f.stat().st_size:
                raise Broken(f"left behind: {f.name}")
        return found

    def check(self, storage, want):
        found = self.state(storage)
        wrong = [k for k in want if found[k] != want[k]]
        if wrong:
            here, there = ([r for r in a["counters"] if r not in b["counters"]] for a, b in ((found, want), (want, found)))
            raise Broken(f"differs in {', '.join(wrong)}: {here} instead of {there}")

    def clean_run(self):
        storage, count = self.copy(), self.top / "count"
        if self.act(storage, fault_count=count).wait(120):
            raise Broken("the run without a fault failed")
        calls = int(count.read_text())
        self.act_again(storage)
        self.go_on(storage)
        want = self.state(storage)
        shutil.rmtree(storage)
        return calls, want

    def at(self, mode, n, want, keep=False):
        storage = self.copy()
        self.act(storage, fault_mode=mode, fault_n=n).wait(60)
        self.act_again(storage)
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
                p = self.act(storage)
                try:
                    p.wait(rnd.uniform(0.001, 0.025))
                    break
                except subprocess.TimeoutExpired:
                    os.kill(p.pid, signal.SIGKILL)
                    p.wait()
                    done += 1
            self.act_again(storage)
            self.go_on(storage)
            self.check(storage, want)
            shutil.rmtree(storage)
        return done, storages


def try_all(f, args, rnd, what, failed):
    calls, want = f.clean_run()
    print(f"{calls} calls in {what} without a fault; {len(want['counters'])} jobs", flush=True)
    for mode in [args.mode] if args.mode else MODES:
        numbers = [args.at] if args.at else range(1, calls + 1)
        if args.short:
            numbers = sorted({1, calls, *rnd.sample(range(1, calls + 1), min(6, calls))})
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
    kills = args.random if args.random is not None else 30 if args.short else 3000
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
    parser.add_argument("--work", choices=WORKS)
    args = parser.parse_args()
    rnd = random.Random(args.seed)
    print(f"seed {args.seed}")
    f = Fault(args.build)
    failed = []
    began = time.monotonic()
    try:
        for work in WORKS:  # each goes on from the one before
            f.work = "import"
            (f.prepare if work == "import" else getattr(f, "prepare_" + work))()
            f.work = work
            if args.work in (None, work):
                try_all(f, args, rnd, work, failed)
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
