#!/usr/bin/env python3
"""inbox_cases: files that are put into storage/inbox: taken when they are whole, once, or refused with the reason."""
import errno
import fcntl
import json
import os
import random
import shutil
import sqlite3
import subprocess
import sys
import tempfile
from pathlib import Path

from cases import BUILD, Skip, case, equal, run_cases
from queued import queue
from seeds import SEED_HH

FILES = {"good.csv": SEED_HH.encode(), "prose.csv": b"Dear Sir,\nplease find attached nothing.\n"}


class World:
    """A storage folder with an admin, made once; each case gets a copy."""

    def __init__(self):
        self.top = tempfile.TemporaryDirectory(prefix="wattledger-inbox-")
        self.base = Path(self.top.name, "base")
        queue(BUILD, self.base, [])
        self.cases = 0

    def fresh(self, base=None):
        self.cases += 1
        self.storage = Path(self.top.name, f"storage-{self.cases}")
        shutil.copytree(base or self.base, self.storage)
        self.inbox = self.storage / "inbox"

    def put(self, name, data=SEED_HH):
        path = self.inbox / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(data if isinstance(data, bytes) else data.encode())
        return path

    def worker(self, **fault):
        env = {**os.environ, "WATTLEDGER_STORAGE": str(self.storage)}
        if fault:
            env.update({k.upper(): str(v) for k, v in fault.items()}, LD_PRELOAD=str(BUILD / "tests/faultshim.so"))
        p = subprocess.run([BUILD / "wattledger-worker", "--once"], env=env, stdin=subprocess.DEVNULL, capture_output=True)
        if not fault:
            equal(p.returncode, 0, f"worker's exit ({p.stderr[-300:]})")
        return p.returncode

    def sql(self, text, *args):
        db = sqlite3.connect(self.storage / "wattledger.db", timeout=20)
        try:
            with db:
                return db.execute(text, args).fetchall()
        finally:
            db.close()

    def settle(self):
        """As if what has been seen so far had been seen an hour ago."""
        self.sql("UPDATE inbox SET seen_at = seen_at - 3600")

    def look_twice(self):
        self.worker()
        self.settle()
        self.worker()

    def jobs(self, columns="filename, status, origin"):
        return self.sql(f"SELECT {columns} FROM jobs ORDER BY id")

    def left(self, folder=""):
        return sorted(p.name for p in (self.inbox / folder).iterdir())

    def cli(self, *args):
        return subprocess.run([BUILD / "wattledger", *args], capture_output=True, text=True,
                              env={**os.environ, "WATTLEDGER_STORAGE": str(self.storage)})


@case
def a_whole_file_is_taken_once(w):
    w.fresh()
    os.utime(w.put("a.csv"), (1, 1))
    w.worker()
    equal((w.jobs(), w.left()), ([], ["a.csv"]), "after one look, however old it says it is")
    w.worker()
    equal(w.jobs(), [], "too early")
    w.settle()
    w.worker()
    equal(w.jobs(), [("a.csv", "completed", "inbox")])
    equal((w.left(), w.sql("SELECT * FROM inbox")), ([], []))
    w.look_twice()
    equal(len(w.jobs()), 1)
    equal(w.jobs("user_id, imported_rows, file_path <> ''"), [(1, 1, 1)], "the admin's")
    j = json.loads(w.cli("jobs", "--json").stdout)["items"][0]
    equal((j["origin"], j["file_kept"]), ("inbox", True))
    w.put("a.csv")
    w.look_twice()
    equal(w.jobs("imported_rows, unchanged_rows"), [(1, 0), (0, 1)], "the same name again is another file")


@case
def a_file_that_still_grows_is_not(w):
    w.fresh()
    path = w.put("slow.csv", SEED_HH[:100])
    w.worker()
    w.settle()
    with path.open("a") as f:
        f.write(SEED_HH[100:200])
    os.utime(path, (1, 1))
    w.worker()
    equal(w.jobs(), [], "it has changed since")
    with path.open("a") as f:
        f.write(SEED_HH[200:])
        f.flush()
        w.worker()
        w.settle()
        if leases(path):
            w.worker()
            equal(w.jobs(), [], "it is open still")
    w.worker()
    equal(w.jobs("filename, imported_rows, failed_rows"), [("slow.csv", 1, 0)])


def leases(path):
    """Whether the file system tells who writes."""
    fd = os.open(path, os.O_RDONLY)
    try:
        fcntl.fcntl(fd, fcntl.F_SETLEASE, fcntl.F_RDLCK)
    except OSError as e:
        return e.errno == errno.EAGAIN
    finally:
        os.close(fd)
    return False


@case
def names_of_unfinished_files_and_links_are_left_alone(w):
    w.fresh()
    names = [".hidden.csv", "a.csv.part", "b.csv.filepart", "c.tmp", "d.crdownload", "e.csv~"]
    for name in names:
        w.put(name)
    w.put("refused/earlier.csv")
    w.put("folder/deeper")
    (w.inbox / "folder/deeper").unlink()
    w.put("folder/x.part")
    outside = w.storage / "outside.csv"
    outside.write_text(SEED_HH)
    (w.inbox / "link.csv").symlink_to(outside)
    (w.inbox / "linked").symlink_to(w.storage)
    os.link(outside, w.inbox / "second-name.csv")
    os.mkfifo(w.inbox / "pipe.csv")
    before = w.left()
    w.look_twice()
    equal((w.jobs(), w.left()), ([], before))
    outside.unlink()
    w.look_twice()
    equal(w.jobs(), [("second-name.csv", "completed", "inbox")], "when it is the only name")


@case
def a_sub_folder_names_a_preset(w):
    w.fresh()
    w.sql("INSERT INTO presets (name, name_key, fingerprint, header, import_type, answers, created_at) "
          "VALUES ('My Supplier', 'my supplier', '', '', 'auto', '{\"unit\":\"Wh\"}', 1)")
    w.put("my supplier/wh.csv")
    w.put("nobody/x.csv")
    w.look_twice()
    equal(w.jobs("filename, status, origin, preset, answers"),
          [("wh.csv", "completed", "inbox/my supplier", "My Supplier", '{"unit":"Wh"}')])
    equal(w.left("refused"), ["x.csv", "x.csv.txt"])
    text = (w.inbox / "refused/x.csv.txt").read_text()
    assert 'There is no preset "nobody".' in text and text.startswith("x.csv was not imported."), text
    out = w.cli("readings-export", "--to", "-", "--shape", "long").stdout
    assert ",0.001" in out, out[:300]


@case
def what_cannot_be_imported_is_refused_with_the_reason(w):
    w.fresh()
    equal(w.cli("settings-set", "upload_max_mib", "1").returncode, 0)
    for name, data in (("empty.csv", ""), ("prose.csv", FILES["prose.csv"]), ("prose.csv.txt", "hello"), ("large.csv", b"x" * (1 << 20) + b"y"), ("noend", "")):
        w.put(name, data)
    w.look_twice()
    equal((w.jobs(), w.left()), ([], ["refused"]))
    equal(w.left("refused")[:3], ["empty.csv", "empty.csv.txt", "large.csv"])
    equal(len(w.left("refused")), 10, f"five files, each with its text: {w.left('refused')}")
    for name, words in (("empty.csv", "The file is empty."), ("large.csv", "limit of 1 MiB"), ("noend", "is empty")):
        text = (w.inbox / f"refused/{name}.txt").read_text()
        assert words in text, text
    w.put("empty.csv", "")
    w.look_twice()
    assert {"empty.csv", "empty.csv.txt", "empty-2.csv", "empty-2.csv.txt"} <= set(w.left("refused")), w.left("refused")


@case
def one_whose_import_fails_is_a_job_that_says_why(w):
    w.fresh()
    w.put("rows.csv", SEED_HH + "1234567890123,not a day,1\n")
    w.look_twice()
    equal(w.jobs("filename, status, imported_rows, failed_rows, origin"), [("rows.csv", "completed", 1, 1, "inbox")])


@case
def names_that_are_no_utf_8(w):
    w.fresh()
    (Path(os.fsdecode(os.fsencode(w.inbox) + b"/r\xe9sum\xe9.csv"))).write_text(SEED_HH)
    w.look_twice()
    equal(w.jobs(), [("r\ufffdsum\ufffd.csv", "completed", "inbox")])


@case
def without_an_admin_and_without_the_folder(w):
    w.fresh()
    shutil.rmtree(w.inbox)
    w.worker()
    equal(oct(w.inbox.stat().st_mode & 0o7777), "0o700")
    w.sql("UPDATE users SET role = 'viewer'")
    w.put("a.csv")
    w.look_twice()
    equal((w.jobs(), w.left()), ([], ["a.csv"]), "nobody could own it")


@case
def a_folder_on_another_file_system(w):
    """Mounted for SFTP users, say: files are copied, and still come once."""
    w.fresh()
    base = w.storage
    with tempfile.TemporaryDirectory(prefix="wattledger-inbox-", dir="/dev/shm") as other:
        if os.stat(other).st_dev == os.stat(base).st_dev:
            raise Skip("/dev/shm is on the same file system")
        count = Path(w.top.name, "count")
        elsewhere(w, base, other)
        w.worker(fault_count=count)
        outcome(w)
        calls = int(count.read_text())
        rnd = random.Random(calls)
        for n in sorted(rnd.sample(range(1, calls + 1), min(calls, 60))):
            elsewhere(w, base, other)
            w.worker(fault_mode="kill", fault_n=n)
            for _ in range(3):
                w.settle()
                w.worker()
            try:
                outcome(w)
            except AssertionError as e:
                raise AssertionError(f"kill at {n} of {calls}: {e}")


def elsewhere(w, base, other):
    for name in os.listdir(other):
        path = Path(other, name)
        shutil.rmtree(path) if path.is_dir() else path.unlink()
    w.fresh(base)
    w.inbox.rmdir()
    w.inbox.symlink_to(other)
    for name, data in FILES.items():
        w.put(name, data)
    w.worker()
    w.settle()


def ready(w, base):
    """Two files that the next look takes."""
    w.fresh(base)
    for name, data in FILES.items():
        w.put(name, data)
    w.worker()
    w.settle()


def outcome(w):
    """What became of the two files."""
    equal(w.sql("PRAGMA integrity_check"), [("ok",)])
    # what else is there is cleared after a day
    kept = [f"uploads/{p.name}" for p in (w.storage / "uploads").iterdir() if p.suffix == ".csv"]
    texts = [n for n in w.left("refused") if n.endswith(".txt")] if (w.inbox / "refused").exists() else []
    files = [n for n in w.left("refused") if not n.endswith(".txt")] if texts else []
    equal(w.jobs("filename, status, imported_rows, unchanged_rows"), [("good.csv", "completed", 1, 0)])
    equal([(p,) for p in kept], w.jobs("file_path"), "kept files")
    equal(w.sql("SELECT COUNT(*) FROM inbox"), [(0,)])
    equal(w.left(), ["refused"])
    equal(len(files), 1, "refused files")
    assert files[0] + ".txt" in texts, texts
    assert (w.inbox / "refused" / files[0]).read_bytes() == FILES["prose.csv"]


@case
def killed_at_any_write_nothing_is_lost_or_doubled(w):
    w.fresh()
    base = w.storage
    calls = None
    count = Path(w.top.name, "count")
    ready(w, base)
    w.worker(fault_count=count)
    outcome(w)
    calls = int(count.read_text())
    seed = random.randrange(1 << 32)
    rnd = random.Random(seed)
    print(f"{calls} calls, seed {seed}")
    for mode in ("kill", "torn", "eio", "enospc"):
        for n in range(1, calls + 1) if mode == "kill" else rnd.sample(range(1, calls + 1), min(calls, 25)):
            ready(w, base)
            w.worker(fault_mode=mode, fault_n=n)
            try:
                for _ in range(3):
                    w.settle()
                    w.worker()
                    for batch, in w.sql("SELECT batch_id FROM jobs WHERE status = 'failed'"):
                        w.cli("job-retry", batch)
                outcome(w)
            except AssertionError as e:
                raise AssertionError(f"{mode} at {n} of {calls}: {e}")
            shutil.rmtree(w.storage)


if __name__ == "__main__":
    sys.exit(0 if run_cases(World(), only=sys.argv[1:]) else 1)
