#!/usr/bin/env python3
"""corpus: the real layouts beside the checkout, where they are: each file into an empty storage, and every half hour of
expected.jsonl (file, meter, local date, 48 decimals or null) must come out of the wide export, and no other.
"""
import csv
import io
import json
import sys
import tempfile
from collections import defaultdict
from decimal import Decimal
from pathlib import Path

from golden import Storage, Wrong

CORPUS = Path(__file__).resolve().parents[3] / "shared/corpus/uk-layouts"


def expected():
    files = defaultdict(dict)
    for line in (CORPUS / "expected.jsonl").read_text().splitlines():
        e = json.loads(line)
        files[e["file"]][e["meter"], e["date"]] = [None if v is None else Decimal(v) for v in e["kwh"]]
    return files


def stored(storage):
    days = {}
    for row in csv.DictReader(io.StringIO(storage.export("wide").decode())):
        if row.get("Channel", "import") == "import":
            values = [row[f"HH{i:02d}"] for i in range(1, 49)]
            days[row["MPAN"], row["Date"]] = [Decimal(v) if v else None for v in values]
    return days


def check(name, want):
    with tempfile.TemporaryDirectory() as folder:
        storage = Storage(folder)
        code, report = storage.import_json("--from", CORPUS / name)
        if code:
            raise Wrong(f"exit {code}: {report['error_message']} {json.dumps(report['errors'][:2])}")
        got = {k: v for k, v in stored(storage).items() if any(x is not None for x in v)}
        want = {k: v for k, v in want.items() if any(x is not None for x in v)}
        if got.keys() != want.keys():
            raise Wrong(f"missing {sorted(want.keys() - got.keys())[:3]}, too many {sorted(got.keys() - want.keys())[:3]}")
        for key, values in want.items():
            wrong = [i + 1 for i in range(48) if got[key][i] != values[i]]
            if wrong:
                i = wrong[0]
                raise Wrong(f"{key}: half hours {wrong[:6]} differ, the first is {got[key][i - 1]}, not {values[i - 1]}")


def main():
    if not CORPUS.is_dir():
        print("skip corpus: the folder of real layouts is not beside the checkout")
        return 0
    failed = 0
    for name, want in sorted(expected().items()):
        if sys.argv[1:] and name not in sys.argv[1:]:
            continue
        try:
            check(name, want)
            print(f"ok corpus {name}")
        except Wrong as e:
            failed += 1
            print(f"not ok corpus {name}: {e}")
    return failed > 0


if __name__ == "__main__":
    sys.exit(main())
