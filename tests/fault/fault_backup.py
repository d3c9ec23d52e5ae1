#!/usr/bin/env python3
"""fault_backup: a backup or a restore that dies, or whose disk fails, at every single write; then what was promised is checked.

Each trial copies a small storage, runs the command with the n-th write, fsync, truncate, rename, link or unlink going wrong
(faultshim.c), and looks:
  create, sealed  under the archive's name there is nothing, or an archive that is whole and holds what there was
  replace, merge  the storage holds what there was or what there should be, and never a thing between; a command that ended with
                  0 has done it, one that said it could not has changed nothing (but where SQLite cannot know: when the
                  sync fails after the journal was truncated, which is what commits); what it keeps of before is whole
  all             the next command works at once, and one that comes later removes what was left behind
Content is what a new backup says of it: the sum of each table but the audit log, whose chain is verified.

    fault_backup.py                      every call in every mode
    fault_backup.py --short              a sample, for make test
    fault_backup.py --seed S ...         the same sample again
    fault_backup.py --work replace --mode torn --at 57    one trial, kept in a folder that it names
"""
import argparse
import collections
import json
import multiprocessing
import os
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
import zipfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "server"))
from cases import BUILD  # noqa: E402
from archives import backup, full  # noqa: E402
from seeds import SEED_DAILY  # noqa: E402

MODES = ("kill", "torn", "eio", "enospc", "full")
WORKS = ("create", "sealed", "replace", "merge")
WORD = "correct horse battery staple"
OLD = 24 * 3600  # seconds: what is left for so long belongs to nobody
LAST = 2         # calls behind that sync: two names that are removed


class Broken(Exception):
    pass


class Harness:
    def __init__(self):
        self.folder = tempfile.TemporaryDirectory(prefix="wattledger-fault-backup-")
        self.top = Path(self.folder.name)
        self.base, self.other, self.word = self.top / "base", self.top / "other.zip", self.top / "word.txt"
        self.word.write_text(WORD + "\n")
        there, other = full(), full()
        (there.folder / "more.csv").write_text(SEED_DAILY.replace("1234567890123", "1700000000777"))
        there.import_json("--from", there.folder / "more.csv")
        other.run("settings-set", "stale_days", "77")
        shutil.copy(backup(other), self.other)
        shutil.copytree(there.folder / "storage", self.base)
        self.calls, self.want = {}, {}

    def argv(self, storage, work):
        target = storage / "backups/made.zip"
        return {"create": ["backup-create", "--to", target], "sealed": ["backup-create", "--to", target, "--passphrase-file", self.word],
                "replace": ["backup-restore", "--from", self.other, "--mode", "replace", "--yes"],
                "merge": ["backup-restore", "--from", self.other, "--mode", "merge", "--yes"]}[work]

    def start(self, storage, argv, **fault):
        env = {**os.environ, "WATTLEDGER_STORAGE": str(storage), **{k.upper(): str(v) for k, v in fault.items()}}
        if fault:
            env["LD_PRELOAD"] = preload()
        return subprocess.Popen([BUILD / "wattledger", *map(str, argv)], env=env, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)

    def must(self, storage, *argv):
        p = self.start(storage, argv)
        err = p.communicate(timeout=60)[1]
        if p.returncode:
            raise Broken(f"{argv[0]} without a fault: exit {p.returncode}: {err.decode()}")

    def sums(self, storage, path, *more):
        """What an archive holds, once it is verified."""
        self.must(storage, "backup-verify", "--from", path, *more)
        if more:
            return None
        with zipfile.ZipFile(path) as z:
            return {e["name"]: e["sha256"] for e in json.loads(z.read("manifest.json"))["entries"] if e["name"] != "audit.csv"}

    def content(self, storage):
        """What a storage holds, by way of the next backup."""
        probe = storage.parent / (storage.name + "-probe.zip")
        probe.unlink(missing_ok=True)
        self.must(storage, "backup-create", "--to", probe)
        self.must(storage, "audit-list", "--verify")
        db = sqlite3.connect(storage / "wattledger.db")
        sound = db.execute("PRAGMA integrity_check").fetchall() == [("ok",)] and not db.execute("PRAGMA foreign_key_check").fetchall()
        db.close()
        if not sound:
            raise Broken("the database is damaged")
        return self.sums(storage, probe)

    def trial(self, name):
        storage = self.top / name
        shutil.copytree(self.base, storage)
        return storage

    def clean(self, work):
        """Without a fault: how many calls there are, and what there should be then."""
        storage, count = self.trial("clean-" + work), self.top / "count"
        p = self.start(storage, self.argv(storage, work), fault_count=count)
        err = p.communicate(timeout=60)[1]
        if p.returncode:
            raise Broken(f"{work} without a fault: {err.decode()}")
        self.calls[work], self.want[work] = int(count.read_text()), self.content(storage)

    def prepare(self):
        storage = self.trial("before")
        self.before = self.content(storage)
        for work in WORKS:
            self.clean(work)
        for work in ("replace", "merge"):
            if self.want[work] == self.before:
                raise Broken(f"{work} changes nothing: no trial")

    def archives(self, storage, work):
        """Each that has its name is whole."""
        for path in (storage / "backups").glob("*.zip"):
            sealed = work == "sealed" and path.name == "made.zip"
            held = self.sums(storage, path, *(["--passphrase-file", self.word] if sealed else []))
            if not sealed and held != self.before:
                raise Broken(f"{path.name} does not hold what there was")

    def check(self, storage, work, n, status, err):
        made = storage / "backups/made.zip"
        if work in ("create", "sealed") and status == 0 and not made.exists():
            raise Broken("said to be made, and not there")
        self.archives(storage, work)
        now = self.content(storage)
        if now not in (self.before, self.want[work]):
            raise Broken(f"between: {[t for t in now if now[t] != self.before.get(t) and now[t] != self.want[work].get(t)]}")
        if status == 0 and now != self.want[work]:
            raise Broken("said to be done, and is not")
        if status > 0 and now != self.before and n < self.calls[work] - LAST:
            raise Broken(f"said not to be done, and is: {err[-300:]}")
        if status > 0 and not err.startswith("wattledger: "):
            raise Broken(f"exit {status}: {err[-300:]}")
        if work == "replace" and now != self.before and not list((storage / "backups").glob("before-restore-*.zip")):
            raise Broken("nothing is kept of what there was")

    def again(self, storage, work):
        """The next command works at once; a later one sweeps up."""
        (storage / "backups/made.zip").unlink(missing_ok=True)
        self.must(storage, *self.argv(storage, work))
        if self.content(storage) != self.want[work]:
            raise Broken("done once more, it is not as it should be")
        for f in storage.rglob("*"):
            if f.is_file() and f.name != "wattledger.db":
                os.utime(f, (time.time() - OLD, time.time() - OLD))
        self.content(storage)
        left = [f.name for f in (storage / "backups").iterdir() if f.name != "made.zip" and not f.name.startswith("before-restore-")]
        left += [f.name for f in storage.iterdir() if f.name.endswith((".tmp", ".part", "-journal")) and f.stat().st_size]
        left += [f.name for f in (storage / "backups").iterdir() if not f.name.endswith(".zip")]
        if left:
            raise Broken(f"left behind: {left}")

    def one(self, work, mode, n, keep=False):
        storage = self.trial(f"{work}-{mode}-{n}")
        p = self.start(storage, self.argv(storage, work), fault_mode=mode, fault_n=n)
        err = p.communicate(timeout=120)[1].decode("utf-8", "replace")
        try:
            self.check(storage, work, n, p.returncode, err)
            self.again(storage, work)
        finally:
            if keep:
                print("kept in", shutil.copytree(storage, tempfile.mkdtemp(prefix="wattledger-kept-"), dirs_exist_ok=True))
            shutil.rmtree(storage)
        return "killed" if p.returncode == -signal.SIGKILL else "failed" if p.returncode else "done all the same"


def preload():
    """A sanitized program wants its runtime first."""
    shim = str(BUILD / "tests/faultshim.so")
    if "san" not in BUILD.parts:
        return shim
    return subprocess.run(["gcc", "-print-file-name=libasan.so"], capture_output=True, text=True).stdout.strip() + " " + shim


def begin(harness):
    global shared  # of this process
    shared = harness


def try_one(job):
    try:
        return job, shared.one(*job), None
    except (Broken, OSError, ValueError, KeyError, zipfile.BadZipFile, subprocess.TimeoutExpired) as e:
        return job, "wrong", " ".join(f"{type(e).__name__}: {e}".split())[:500]


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--short", action="store_true")
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(1 << 32))
    parser.add_argument("--work", choices=WORKS)
    parser.add_argument("--mode", choices=MODES)
    parser.add_argument("--at", type=int)
    args = parser.parse_args()
    rnd = random.Random(args.seed)
    begun, h = time.monotonic(), Harness()
    print(f"seed {args.seed}")
    h.prepare()
    if args.at:
        print(h.one(args.work, args.mode, args.at, keep=True))
        return 0
    jobs = []
    for work in [args.work] if args.work else WORKS:
        for mode in [args.mode] if args.mode else MODES:
            calls = h.calls[work]
            # the last of them give the archive its name, or the database its new content
            numbers = {1, *range(calls - 3, calls + 1), *rnd.sample(range(1, calls + 1), 4)} if args.short else range(1, calls + 1)
            jobs += [(work, mode, n) for n in sorted(numbers)]
    failed, ends = collections.Counter(), collections.Counter()
    with multiprocessing.get_context("fork").Pool(os.cpu_count(), begin, (h,)) as pool:
        for (work, mode, n), end, wrong in pool.imap_unordered(try_one, jobs):
            ends[work, end] += 1
            if wrong:
                failed[work] += 1
                print(f"not ok {work}: {mode} at {n} of {h.calls[work]}: {wrong} (fault_backup.py --work {work} --mode {mode} --at {n})", flush=True)
    for work in [args.work] if args.work else WORKS:
        said = ", ".join(f"{n} {end}" for (w, end), n in sorted(ends.items()) if w == work)
        print(f"{'talk' if failed[work] else 'ok'} {work}: {h.calls[work]} calls: {said}")
    print(f"{len(jobs)} trials, {time.monotonic() - begun:.0f} s, seed {args.seed}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
