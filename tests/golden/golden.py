#!/usr/bin/env python3
"""golden: each file of this folder goes through the real `wattledger import --json` into an empty storage.

NAME.csv (or any other ending) is the input, and one of
  NAME.json  what the report must say: the keys that it lists; lists must match in length and order
  NAME.err   the same for an import that must fail: nothing may be stored
NAME.args holds further arguments, one a line; NAME.out the expected `readings-export --shape long`, or, of charging sessions,
`sessions-export --all-columns`. After each NAME.json the same file is imported again and must change nothing, and so must
what the exports in each shape say; sessions that are exported are the same in another storage.
"""
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
BUILD = Path(os.environ.get("BUILD", HERE.parents[1] / "build")).resolve()


class Wrong(Exception):
    pass


def differs(want, got, where=""):
    """Where `got` is not as `want` says, or None."""
    if isinstance(want, dict):
        if not isinstance(got, dict):
            return f"{where}: {got!r} instead of an object"
        for k, v in want.items():
            if k not in got:
                return f"{where}.{k} is missing"
            d = differs(v, got[k], f"{where}.{k}")
            if d:
                return d
        return None
    if isinstance(want, list):
        if not isinstance(got, list) or len(want) != len(got):
            return f"{where}: {json.dumps(got)[:600]} instead of {json.dumps(want)[:600]}"
        return next((d for i, v in enumerate(want) if (d := differs(v, got[i], f"{where}[{i}]"))), None)
    return None if want == got else f"{where}: {got!r} instead of {want!r}"


class Storage:
    """An empty storage folder of its own and the command line on it."""

    def __init__(self, folder):
        self.folder = Path(folder)
        self.folder.mkdir(exist_ok=True)
        self.env = {**os.environ, "WATTLEDGER_STORAGE": str(self.folder / "storage")}
        self.run("init", "--development")

    def call(self, *args, input=b""):
        return subprocess.run([BUILD / "wattledger", *map(str, args)], env=self.env, capture_output=True, timeout=60,
                              input=input)

    def run(self, *args):
        p = self.call(*args)
        if p.returncode:
            raise Wrong(f"wattledger {' '.join(map(str, args))}: exit {p.returncode}: {p.stderr.decode()[:300]}")
        return p.stdout

    def work(self):
        """A worker does what waits."""
        subprocess.run([BUILD / "wattledger-worker", "--once"], env=self.env, check=True, timeout=60, stdin=subprocess.DEVNULL)

    def import_json(self, *args):
        p = self.call("import", *args, "--json")
        try:
            return p.returncode, json.loads(p.stdout)
        except ValueError:
            raise Wrong(f"exit {p.returncode}, no report: {p.stdout[:200]} {p.stderr[:300]}") from None

    def export(self, shape):
        return self.run("readings-export", "--to", "-", "--shape", shape)

    def sessions(self):
        return self.run("sessions-export", "--to", "-", "--all-columns")


def unchanged(storage, what, *args):
    before = storage.export("long"), storage.sessions()
    code, report = storage.import_json(*args)
    if report["imported_rows"] or (storage.export("long"), storage.sessions()) != before:
        raise Wrong(f"{what} changed something: {json.dumps(report)[:300]}")
    return code, report


def check_sessions(storage, folder):
    path, first = Path(folder, "sessions.csv"), storage.sessions()
    if first.count(b"\n") < 2:
        return
    path.write_bytes(first)
    unchanged(storage, "the export of the sessions", "--from", path)
    other = Storage(Path(folder, "other"))
    other.run("sessions-import", "--from", path)
    if other.sessions() != first:
        raise Wrong(f"the sessions are others in another storage: {other.sessions()[:400]!r}")


def check(source, folder):
    storage = Storage(folder)
    expect, fails = source.with_suffix(".json"), source.with_suffix(".err")
    args = source.with_suffix(".args")
    more = args.read_text().splitlines() if args.exists() else []
    want = json.loads((expect if expect.exists() else fails).read_text())
    empty = storage.export("long"), storage.sessions()
    code, report = storage.import_json("--from", source, *more)
    wrong = differs(want, report, "report")
    if wrong:
        raise Wrong(wrong)
    must = 1 if fails.exists() or report.get("failed_rows") else 0
    if code != must:
        raise Wrong(f"exit {code} instead of {must}")
    if fails.exists() or "--dry-run" in more:
        if (storage.export("long"), storage.sessions()) != empty:
            raise Wrong("it stored something")
        return
    out = source.with_suffix(".out")
    shown = storage.sessions() if report["import_type"] == "sessions" else storage.export("long")
    if out.exists() and shown != out.read_bytes():
        raise Wrong(f"the export differs from {out.name}: {shown[:400]!r}")
    unchanged(storage, "a second import", "--from", source, *more)
    check_sessions(storage, folder)
    for shape in ("wide", "long", "openwatts"):
        if storage.export(shape).count(b"\n") < 2:
            continue
        for form in ("csv", "xlsx"):
            path = Path(folder, f"{shape}.{form}")
            storage.run("readings-export", "--to", path, "--shape", shape, "--format", form)
            code, _ = unchanged(storage, f"the {shape} export as {form}", "--from", path)
            if code:
                raise Wrong(f"the {shape} export does not import again as {form}")


def main():
    failed = 0
    sources = sorted(p for p in HERE.iterdir() if p.suffix not in (".json", ".err", ".args", ".out", ".py", "")
                     and (p.with_suffix(".json").exists() or p.with_suffix(".err").exists()))
    only = sys.argv[1:]
    for source in sources:
        if only and source.stem not in only:
            continue
        with tempfile.TemporaryDirectory(prefix="wattledger-golden-") as folder:
            try:
                check(source, folder)
                print("ok", source.stem)
            except (Wrong, subprocess.TimeoutExpired) as e:
                failed += 1
                print(f"not ok {source.stem}: {e}")
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
