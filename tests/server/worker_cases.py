#!/usr/bin/env python3
"""worker_cases: what cron, supervisord and two workers at once do to the queue."""
import gzip
import json
import os
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
import zipfile
from pathlib import Path

from cases import BUILD, case, equal, run_cases
import meters
from seeds import SEED_HH
from queued import queue, queue_undo

sys.path.insert(1, str(Path(__file__).resolve().parents[1] / "golden"))
import make_wrapped


class World:
    """Each case gets a fresh folder."""

    def fresh(self, files):
        self.folder = tempfile.TemporaryDirectory(prefix="wattledger-worker-")
        self.storage = Path(self.folder.name, "storage")
        self.batches = queue(BUILD, self.storage, files)

    def start(self, *args):
        return subprocess.Popen([BUILD / "wattledger-worker", *args], stdin=subprocess.DEVNULL,
                                stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
                                env={**os.environ, "WATTLEDGER_STORAGE": str(self.storage)})

    def once(self, *args):
        p = self.start("--once", *args)
        err = p.communicate(timeout=120)[1].decode()
        equal(p.returncode, 0, f"worker's exit ({err.strip()[-300:]})")

    def jobs(self, columns="status"):
        db = sqlite3.connect(self.storage / "wattledger.db", timeout=20)
        try:
            return db.execute(f"SELECT {columns} FROM jobs ORDER BY id").fetchall()
        finally:
            db.close()

    def wait(self, status, seconds=30):
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            if all(s == status for (s,) in self.jobs()):
                return
            time.sleep(0.05)
        raise AssertionError(f"not all {status}: {self.jobs('status, error_message')}")


def small(n):
    return [(f"{i}.csv", SEED_HH.replace("1234567890123", m).encode())
            for i, m in enumerate(meters.mpans(n))]


def large(folder, mpans=40, days=300):
    return meters.wide(Path(folder, "large.csv"), meters.mpans(mpans), meters.days(days)).read_bytes()


def workbook(data):
    """The CSV as a workbook of one sheet."""
    rows = "".join("<row>" + "".join(f'<c t="inlineStr"><is><t>{v}</t></is></c>' for v in line.split(",")) + "</row>"
                   for line in data.decode().split())
    with tempfile.TemporaryDirectory() as folder:
        sheets = [("Data", "visible", [])]
        make_wrapped.workbook(Path(folder, "a.xlsx"), sheets)
        with zipfile.ZipFile(Path(folder, "a.xlsx")) as old, zipfile.ZipFile(Path(folder, "b.xlsx"), "w", zipfile.ZIP_DEFLATED) as new:
            for part in old.namelist():
                text = old.read(part).decode()
                new.writestr(part, text.replace("<sheetData>", "<sheetData>" + rows))
        return Path(folder, "b.xlsx").read_bytes()


@case
def nothing_to_do_ends_at_once(w):
    w.fresh([])
    start = time.monotonic()
    w.once()
    assert time.monotonic() - start < 2


@case
def once_takes_all_and_limit_takes_so_many(w):
    w.fresh(small(5))
    w.once("--limit", "2")
    equal([s for (s,) in w.jobs()].count("completed"), 2)
    equal(w.jobs()[0][0], "completed", "the oldest first")
    w.once()
    equal(w.jobs(), [("completed",)] * 5)


@case
def four_workers_never_take_one_job_twice(w):
    w.fresh(small(24))
    w.once("--limit", "1")
    taken_once = w.jobs("lease_token")[0][0]
    workers = [w.start("--once") for _ in range(4)]
    for p in workers:
        p.communicate(timeout=60)
    equal([p.returncode for p in workers], [0] * 4, "exits")
    w.once()
    equal(w.jobs("status, lease_token, imported_rows"), [("completed", taken_once, 1)] * 24)


def kill_until_done(w):
    """Kills the worker again and again while it works on the one job; how often."""
    kills = 0
    for _ in range(200):
        p = w.start("--once")
        try:
            p.wait(0.04 + kills // 20 * 0.03 + kills % 7 * 0.01 * (1 + kills / 20))  # a busy machine needs longer
        except subprocess.TimeoutExpired:
            os.kill(p.pid, signal.SIGKILL)
            p.wait()
            kills += 1
        if w.jobs()[0][0] == "completed":
            break
    w.wait("completed", 1)
    assert kills, "the worker was too quick to be killed"


@case
def a_killed_workers_job_goes_on_where_it_stopped(w):
    with tempfile.TemporaryDirectory() as folder:
        data = large(folder)
    w.fresh([("large.csv", data)])
    kill_until_done(w)
    equal(w.jobs("total_rows, processed_rows, imported_rows, failed_rows"), [(12000, 12000, 12000, 0)])


@case
def and_so_does_that_of_a_packed_file_or_a_workbook(w):
    with tempfile.TemporaryDirectory() as folder:
        data = large(folder)
    for name, packed in (("large.csv.gz", gzip.compress(data, 1)), ("utf16.csv", data.decode().encode("utf-16")),
                         ("large.xlsx", workbook(data))):
        w.fresh([(name, packed)])
        kill_until_done(w)
        equal(w.jobs("total_rows, processed_rows, imported_rows, failed_rows"), [(12000, 12000, 12000, 0)], name)
        db = sqlite3.connect(w.storage / "wattledger.db")
        equal(db.execute("SELECT COUNT(*) FROM days").fetchone(), (12000,), name)
        db.close()


@case
def a_file_damaged_in_the_middle_says_what_counts(w):
    with tempfile.TemporaryDirectory() as folder:
        data = large(folder)
    packed = gzip.compress(data, 1)
    w.fresh([("cut.csv.gz", packed[:len(packed) * 2 // 3])])
    w.once()
    status, message, done = w.jobs("status, error_message, processed_rows")[0]
    equal(status, "failed")
    assert 0 < done < 12000 and message.startswith("This gzip file ends too early.") and f"The {done} rows" in message, message


@case
def a_polite_end_leaves_the_job_to_the_next(w):
    with tempfile.TemporaryDirectory() as folder:
        data = large(folder)
    w.fresh([("large.csv", data)])
    p = w.start("--once")
    time.sleep(0.05)
    p.terminate()
    equal(p.wait(10), 0, "exit after SIGTERM")
    w.once()
    equal(w.jobs("status, processed_rows"), [("completed", 12000)])


@case
def watch_sees_what_comes_and_ends_when_told(w):
    w.fresh([])
    p = w.start("--watch")
    try:
        time.sleep(0.3)
        equal(p.poll(), None, "it must stay")
        w.batches = queue(BUILD, w.storage, small(2))
        w.wait("completed", 15)
    finally:
        p.terminate()
        equal(p.wait(10), 0, "exit")


def long_ago(w, days, where="1"):
    db = sqlite3.connect(w.storage / "wattledger.db")
    db.execute(f"UPDATE jobs SET completed_at = completed_at - {days * 86400} WHERE {where}")
    db.commit()
    db.close()
    (w.storage / "run/cleaned").unlink(missing_ok=True)


def left(w):
    return sorted(p.name for p in (w.storage / "uploads").iterdir())


@case
def imports_are_cleaned_up_by_age(w):
    data = SEED_HH.replace("\n", "\nbad row,x\n", 1)
    w.fresh([("old.csv", data.encode()), ("undone.csv", SEED_HH.replace("1.0,", "1.7,").encode()), ("new.csv", SEED_HH.encode())])
    w.once()
    queue_undo(BUILD, w.storage, w.batches[1:2])
    w.once()
    equal(len(left(w)), 3)
    long_ago(w, 89)
    w.once()
    equal(len(left(w)), 3, "not yet")
    long_ago(w, 2, "filename <> 'new.csv'")
    (w.storage / "uploads/0123.csv").write_bytes(b"nobody's")
    os.utime(w.storage / "uploads/0123.csv", (1, 1))
    (w.storage / "uploads/4567.csv").write_bytes(b"of an upload that has just ended")
    w.once()
    equal(len(left(w)), 2, "the new file, and the one that is not yet a day old")
    equal(w.jobs("filename, cleaned_at IS NOT NULL, file_path <> ''")[:3],
          [("old.csv", 1, 0), ("undone.csv", 1, 0), ("new.csv", 0, 1)])

    def cli(*args):
        return subprocess.run([BUILD / "wattledger", *args], capture_output=True, text=True,
                              env={**os.environ, "WATTLEDGER_STORAGE": str(w.storage)})
    for command, batch in (("import-undo", w.batches[0]), ("import-redo", w.batches[1]), ("import-undo", w.batches[1])):
        p = cli(command, batch)
        assert p.returncode == 1 and "cleaned up" in p.stderr, (command, p)
    db = sqlite3.connect(w.storage / "wattledger.db")
    equal(db.execute("SELECT DISTINCT job_id FROM job_series UNION SELECT job_id FROM day_layers ORDER BY 1").fetchall(), [(1,), (3,)],
          "batches that have stated something")
    equal(db.execute("SELECT COUNT(*) FROM job_errors WHERE job_id = 1 AND severity = 'error'").fetchone(), (1,), "its rejected rows stay")
    kept = [j["file_kept"] for j in json.loads(cli("jobs", "--json").stdout)["items"] if j["kind"] == "import"]
    equal(kept, [True, False, False])
    equal(cli("import-undo", w.batches[2]).returncode, 0, "the one that is not cleaned up")
    out = cli("readings-export", "--to", "-", "--shape", "long").stdout
    equal(out.count("\n"), 1 + 48, "what the cleaned-up one stated is there again")
    p = cli("jobs-cleanup", "--older-than", "0", "--json")
    equal(json.loads(p.stdout)["imports"], 1)
    equal(left(w), ["4567.csv"])
    equal(cli("jobs-cleanup").returncode, 2, "without days")


@case
def wrong_usage(w):
    w.fresh([])
    equal(w.start("--no-such").wait(10), 2, "an unknown option")
    equal(w.start("--help").wait(10), 0, "--help")
    p = subprocess.run([BUILD / "wattledger-worker", "--once", "--storage", w.folder.name + "/nowhere"],
                       capture_output=True)
    equal(p.returncode, 1, "no storage")


if __name__ == "__main__":
    sys.exit(0 if run_cases(World(), only=sys.argv[1:]) else 1)
