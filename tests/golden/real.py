#!/usr/bin/env python3
"""real: every file of the corpus of real files beside the checkout, into an empty storage: imported, with how many readings of
how many meters, or refused, and why. tests/corpus/REAL.md is that table, looked over by a person; what the programs do must
be what it says.

    real.py            checks it
    real.py --write    writes it anew
"""
import csv
import io
import sys
import tempfile
from collections import Counter
from pathlib import Path

from golden import Storage, Wrong

HERE = Path(__file__).resolve().parent
REAL = HERE.parents[2] / "shared/corpus/real"
TABLE = HERE.parent / "corpus/REAL.md"
HEAD = """# The corpus of real files, and what becomes of each

Made by `tests/golden/real.py --write`, looked over by a person, checked by `make test` where the corpus lies beside the
checkout. A file that names no meter is refused with that advice, and tried again with `--meter METER`. Times are read as
those of Europe/London, where files from elsewhere need their own zone (`--time-zone`); the unit of a file that names none
as kWh (`--unit`). The report of a file with two tables of the same hours says so, and the later one was taken.

| file | becomes | what the report says |
|---|---|---|
"""


def readings(storage):
    """What is in the ledger, in words."""
    rows = list(csv.DictReader(io.StringIO(storage.export("long").decode())))
    kinds = Counter()
    for r in rows:
        minutes = int(r["interval_minutes"])
        kinds[{0: "of registers", 1440: "daily"}.get(minutes, f"of {minutes} min"), r["channel"], r["unit"]] += 1
    meters = len({r["meter"] for r in rows})
    said = [f"{n} {kind} ({channel}, {unit})" for (kind, channel, unit), n in sorted(kinds.items())]
    return f"{', '.join(said) or 'no readings'}; {meters} meter{'s' * (meters != 1)}"


def notes(report):
    kept = [(n["code"], n["row"], n["message"]) for n in report["errors"] + report["warnings"]]
    first = {}
    for code, row, message in kept:
        first.setdefault(code, (row, message, []))[2].append(row)
    said = []
    for code, (row, message, rows) in first.items():
        where = f"row {row}: " if row else ""
        more = f" ({len(rows)} rows)" if len(rows) > 1 else ""
        said.append(f"{where}{code}{more}: {message}")
    return " <br> ".join(said)


def attempt(path, *args):
    with tempfile.TemporaryDirectory(prefix="wattledger-real-") as folder:
        storage = Storage(folder)
        _, report = storage.import_json("--from", path, *args)
        if report["status"] != "completed":
            return False, "refused", report["error_message"] or ""
        failed = report["failed_rows"]
        rejected = f"; {failed} row{'s' * (failed != 1)} rejected" if failed else ""
        return True, f"`{report['import_type']}`: {readings(storage)}{rejected}", notes(report)


def cell(text):
    return " ".join(text.replace("|", "\\\\|").split())


def lines():
    for path in sorted(p for p in REAL.rglob("*") if p.is_file()):
        name = str(path.relative_to(REAL))
        done, what, why = attempt(path)
        yield f"| {name} | {cell(what)} | {cell(why)} |"
        if not done and "--meter on" in why:
            _, what, why = attempt(path, "--meter", "METER")
            yield f"| {name}, `--meter METER` | {cell(what)} | {cell(why)} |"


def main():
    if not REAL.is_dir():
        print("skip real: the folder of real files is not beside the checkout")
        return 0
    if "--write" in sys.argv[1:]:
        TABLE.parent.mkdir(exist_ok=True)
        TABLE.write_text(HEAD + "\n".join(lines()) + "\n")
        return 0
    want = TABLE.read_text().removeprefix(HEAD).splitlines() if TABLE.exists() else []
    failed = 0
    for line in lines():
        name = line.split("|")[1].strip()
        right = line in want
        failed += not right
        said = [w for w in want if w.startswith(f"| {name} |")]
        print(f"ok real {name}" if right else f"not ok real {name}: {line[:300]} instead of {said[:1]}")
    return failed > 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except Wrong as e:
        sys.exit(f"not ok real: {e}")
