#!/usr/bin/env python3
"""run: runs suites and counts. `run.py quick` builds and runs what needs no server; `run.py full` runs all.

A suite is a command. It prints `ok NAME`, `not ok NAME: why`, `skip NAME: reason`, one a line; other lines are its
talk, shown only if it fails. A suite that exits non-zero without a `not ok` counts as one failure of its own name,
so a crash is never green. Everything that it runs gets BUILD, the folder of the programs under test.
The last line is `N passed, N failed, N skipped`; the exit status is 1 if anything failed.
"""
import argparse
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
RESULT = re.compile(r"^(ok|not ok|skip) (.+)$")
CMOCKA = re.compile(r"^\[\s+(OK|FAILED|SKIPPED)\s+\] ([A-Za-z_]\w*)")


class Run:
    def __init__(self, build, make):
        self.build, self.make = build, make
        self.passed = self.skipped = 0
        self.failed = []
        self.began = time.monotonic()

    def record(self, kind, suite, text):
        if kind == "ok":
            self.passed += 1
        elif kind == "skip":
            self.skipped += 1
            print(f"skip {suite}: {text}")
        else:
            self.failed.append(f"{suite}: {text}")
            print(f"NOT OK {suite}: {text}")

    def suite(self, name, argv, minutes=6, pattern=RESULT, env=None):
        """Runs one and records what it printed."""
        start = time.monotonic()
        before = len(self.failed), self.passed, self.skipped
        p = subprocess.Popen([str(a) for a in argv], cwd=ROOT, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                             stderr=subprocess.STDOUT, start_new_session=True,
                             env={**os.environ, "BUILD": str(self.build), **(env or {})})
        try:
            out, late = p.communicate(timeout=minutes * 60)[0], False
        except subprocess.TimeoutExpired:
            os.killpg(p.pid, signal.SIGKILL)
            out, late = p.communicate()[0], True
        text = out.decode("utf-8", "replace")
        for line in text.splitlines():
            m = pattern.match(line)
            if m:
                kind = {"OK": "ok", "FAILED": "not ok", "SKIPPED": "skip"}.get(m[1], m[1])
                self.record(kind, name, m[2])
        if late:
            self.record("not ok", name, f"not finished after {minutes} minutes")
        elif p.returncode and len(self.failed) == before[0]:
            self.record("not ok", name, f"exit {p.returncode}")
        elif (len(self.failed), self.passed, self.skipped) == before:
            self.record("not ok", name, "ran no test")
        if len(self.failed) > before[0]:
            print("\n".join("    | " + l for l in text.splitlines()[-60:]))
        counts = self.passed - before[1], len(self.failed) - before[0]
        print(f"{name}: {counts[0]} passed, {counts[1]} failed ({time.monotonic() - start:.1f} s)", flush=True)

    def compile(self, name, *args):
        """make is a test too: it must end without a word from the compilers."""
        script = f'"$@" >&2 && echo "ok compiles"'
        self.suite(name, ["sh", "-c", script, "sh", self.make, "--no-print-directory", f"-j{os.cpu_count()}", *args],
                   minutes=10)

    def units(self, build, suffix=""):
        for source in sorted(ROOT.glob("tests/unit/test_*.c")):
            self.suite(f"unit/{source.stem[5:]}{suffix}", [build / "tests/unit" / source.stem], pattern=CMOCKA,
                       minutes=3)
        for source in sorted(ROOT.glob("tests/fuzz/fuzz_*.c")):
            name = source.stem[5:]
            corpus = sorted((ROOT / "tests/fuzz/corpus" / name).glob("*"))
            script = '"$@" && echo "ok corpus"'
            self.suite(f"fuzz/{name}{suffix}", ["sh", "-c", script, "sh", build / "tests/fuzz" / f"replay_{name}",
                                                *corpus], minutes=3)

    def python(self, folder, name, minutes=6, *args):
        self.suite("/".join([folder, name, *args]), [sys.executable, f"tests/{folder}/{name}.py", *args], minutes)

    def quick(self):
        sanitized = "san" in self.build.parts
        mode = ["SAN=1"] if sanitized else []
        self.compile("build", *mode, "all", "tests-bin")
        self.suite("lint", [sys.executable, "tests/lint/lint.py", "--as-tests"])
        self.python("lint", "selftest")
        self.units(self.build)
        self.python("server", "sql_prepare")
        for test in sorted(ROOT.glob("tests/cgi/*.py")):
            if "__main__" in test.read_text():
                self.python("cgi", test.stem)
        self.python("golden", "golden")
        self.python("golden", "spellings")
        self.python("golden", "layouts")
        self.python("golden", "zones")
        self.python("golden", "corpus")
        self.python("golden", "real")
        self.python("server", "cli_cases")
        self.python("server", "undo_cases")
        self.python("server", "charging_cases")
        self.python("server", "backup_cases")
        self.python("server", "merge_cases")
        self.python("server", "backup_kept_cases")
        self.python("server", "backup_sealed_cases")
        self.python("server", "backup_mutants")

    def full(self):
        self.quick()
        if self.build == ROOT / "build":
            self.compile("build-clang", "CC=clang", "all", "tests-bin")
            self.compile("build-san", "SAN=1", "all", "tests-bin")
            self.units(ROOT / "build/san", "-san")
        self.python("server", "backup_sheet_cases")
        self.python("server", "worker_cases")
        self.python("server", "inbox_cases")
        self.python("server", "schedule_cases")
        self.python("server", "export_schedule_cases")
        for server in ("nginx", "apache", "apache-cgi"):
            self.python("server", "http_cases", 6, server)
        self.python("server", "takeover_cases")
        self.python("fault", "fault", 8, "--short")
        self.python("fault", "fault_backup", 6, "--short")
        self.suite("contract", ["node", "tests/api/contract.js"], 6)
        self.suite("browser", ["node", "tests/browser/run.js"], 6)
        self.suite("browser drafts", ["node", "tests/browser/drafts.js"], 6)
        self.suite("browser backups", ["node", "tests/browser/backups.js"], 6)

    def close(self):
        print(f"{time.monotonic() - self.began:.0f} s")
        for f in self.failed:
            print("failed:", f)
        print(f"{self.passed} passed, {len(self.failed)} failed, {self.skipped} skipped", flush=True)
        return 1 if self.failed else 0


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--build", default="build")
    parser.add_argument("--make", default="make")
    parser.add_argument("which", choices=("quick", "full"))
    args = parser.parse_args()
    os.chdir(ROOT)
    run = Run(Path(args.build).resolve(), args.make)
    try:
        run.quick() if args.which == "quick" else run.full()
    except KeyboardInterrupt:
        run.record("not ok", "run", "interrupted")
    sys.exit(run.close())


if __name__ == "__main__":
    main()
