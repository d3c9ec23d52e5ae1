#!/usr/bin/env python3
"""layouts: files of layouts that nobody has sent yet: each choice (shape, names, dates, flags, marks, encoding, what stands above
and below the rows) is made by a printed seed, all go into one storage, and the export must hold exactly what they state.

    layouts.py [SEED [NUMBER]]     NUMBER: only that file of the seed, which is left as layout.csv
"""
import random
import sys
import tempfile
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

from golden import Storage, Wrong
from spellings import INTERVALS, METERS, ZONE, Files, compare, stored

FILES = 200
DATES = ["%d/%m/%Y", "%d/%m/%y", "%Y-%m-%d", "%d-%m-%Y", "%Y%m%d", "%Y/%m/%d", "%d.%m.%Y", "%d.%m.%y", "%d %m %Y", "%d %b %Y",
         "%d-%b-%y", "%d %B %Y", "%d/%m/%Y 00:00", "%Y-%m-%dT00:00:00", "%d/%m/%Y  ", "%y-%m-%d", "%a %d/%m/%Y"]
CLOCKS = ["%H:%M", "%H:%M:%S", "%I:%M %p", "%H:%M:%S.000"]
MOMENTS = ["%d/%m/%Y %H:%M", "%Y-%m-%d %H:%M:%S", "%Y-%m-%dT%H:%M", "%d-%m-%y %H:%M", "%d %b %Y %H:%M:%S", "%d.%m.%Y %H:%M",
           "%H:%M:%S %a %d/%m/%Y", "%d/%m/%Y %I:%M%p", "%Y%m%d %H:%M"]
DATE_NAMES = ["Date", "Reading Date", "read_date", "Settlement Date", "Consumption Date", "DATE", "Day", "RDate"]
MOMENT_NAMES = ["Timestamp", "Date Time", "Read Date Time", "datetime", "Date/Time"]
VALUE_NAMES = ["kWh", "Consumption", "Reading kWh", "Value", "Usage", "Energy (kWh)", "Total Consumption kWh", "KWH_DELIVERED"]
FLAG_WORDS = {"A": "A", "E": "E", "Actual": "A", "Estimated": "E", "Yes": "E"}
BESIDE = [("Site Name", "Hill School"), ("Postcode", "AB1 2CD"), ("Account Number", "10233"), ("Fuel", "Electricity"),
          ("Customer", "Pretend Council, Town"), ("Unit Rate", "0.2455"), ("Supplier", "A & B")]
MISSING = ["", "-", "N/A", "null"]


def clean(number):
    return str(Decimal(number).normalize()) if Decimal(number) else "0"


class Layout:
    """One file: its rows as lists of cells, then as bytes."""

    def __init__(self, pick, meter):
        self.pick, self.meter = pick, meter
        self.delimiter = pick.choice(",,,;\t|")
        self.comma = self.delimiter != "," and pick.random() < 0.5
        self.quoted = pick.random() < 0.2
        self.trailing = pick.choice([0, 0, 0, 0, 0, 1, 2])
        self.scale = pick.choice([1, 1, 1, 1000])
        self.first = date(2024, pick.randrange(1, 3), pick.randrange(13, 20))
        self.days = [self.first + timedelta(days=i) for i in range(pick.randrange(2, 5))]
        self.want = {}
        self.written = self.identifier()

    def identifier(self):
        """The meter as a file may write it."""
        m, is_mpan = self.meter, self.meter.isdigit()
        styles = [m] * 6 + [f'="{m}"', f"'{m}", f" {m} "] + [f"{m[:2]} {m[2:6]} {m[6:10]} {m[10:]}", f"00801111{m}"] * is_mpan
        return self.pick.choice(styles)

    def put(self, start, minutes, number, quality=""):
        at = start.replace(tzinfo=ZONE).strftime("%Y-%m-%dT%H:%M:%SZ")  # winter: local time is UTC
        self.want[at] = (minutes, clean(Decimal(number) * self.scale), quality)

    def number(self):
        """A value and what the file writes for it; None where it writes that there is none."""
        pick = self.pick
        if pick.random() < 0.02:
            return None, pick.choice(MISSING)
        value = f"{pick.randrange(0, 40)}.{pick.randrange(1, 999):03d}"
        return value, value.replace(".", ",") if self.comma else value

    def sides(self):
        """Columns that mean nothing here, before and behind."""
        some = self.pick.sample(BESIDE, self.pick.randrange(0, 4))
        cut = self.pick.randrange(len(some) + 1)
        return some[:cut], some[cut:]

    def rows(self):
        return (self.wide if self.pick.random() < 0.5 else self.long)()

    def unit_column(self):
        if self.scale == 1000:
            return [("Unit", "MWh")]
        return [("Units", "kWh")] if self.pick.random() < 0.3 else []

    def wide(self):
        pick = self.pick
        label = INTERVALS[pick.choice(sorted(INTERVALS))]
        flags, total = pick.choice(["none", "none", "row", "between", "behind"]), pick.choice(["", "", "before", "behind"])
        before, behind = self.sides()
        before, shown = before + self.unit_column(), pick.choice(DATES)
        word = pick.choice(sorted(FLAG_WORDS))
        names = [pick.choice(METERS[:33]), pick.choice(DATE_NAMES), *(n for n, _ in before)]
        names += ["Read Type"] * (flags == "row") + ["Total kWh"] * (total == "before")
        for i in range(48):
            names += [label(i)] + ["Flag"] * (flags == "between")
        names += [f"AE{i + 1}" for i in range(48)] * (flags == "behind")
        names += ["Total"] * (total == "behind") + [n for n, _ in behind]
        rows = []
        for day in self.days:
            numbers = [self.number() for _ in range(48)]
            whole = str(sum(Decimal(v) for v, _ in numbers if v)).replace(".", "," if self.comma else ".")
            row = [self.identifier(), day.strftime(shown), *(c for _, c in before)]
            row += [word] * (flags == "row") + [whole] * (total == "before")
            for i, (v, text) in enumerate(numbers):
                row += [text] + [word] * (flags == "between")
                if v:
                    self.put(datetime(day.year, day.month, day.day) + timedelta(minutes=30 * i), 30, v,
                             FLAG_WORDS[word] if flags != "none" else "")
            row += [word] * (48 * (flags == "behind"))
            rows.append(row + [whole] * (total == "behind") + [c for _, c in behind])
        return names, rows

    def long(self):
        pick = self.pick
        step = pick.choice([30, 30, 30, 15, 60])
        joined, ends, word = pick.random() < 0.5, pick.random() < 0.4, pick.choice([None, *sorted(FLAG_WORDS)])
        before, behind = self.sides()
        before += self.unit_column()
        names = [pick.choice(METERS[:33]), *(n for n, _ in before)]
        names += [pick.choice(MOMENT_NAMES)] if joined else [pick.choice(DATE_NAMES), pick.choice(["Time", "Reading Time"])]
        names += [pick.choice(VALUE_NAMES)] + ["Quality"] * (word is not None) + [n for n, _ in behind]
        shown, clock = pick.choice(MOMENTS if joined else DATES), pick.choice(CLOCKS)
        rows = []
        for i in range(len(self.days) * 1440 // step):
            start = datetime(self.first.year, self.first.month, self.first.day) + timedelta(minutes=step * i)
            at = start + timedelta(minutes=step * ends)
            v, text = self.number()
            when = [at.strftime(shown)] if joined else [at.strftime(shown), at.strftime(clock)]
            rows.append([self.written, *(c for _, c in before), *when, text] + [word] * (word is not None) + [c for _, c in behind])
            if v:
                self.put(start, step, v, FLAG_WORDS[word] if word else "")
        return names, rows

    def line(self, cells):
        mark = self.delimiter
        text = mark.join('"' + c.replace('"', '""') + '"' if self.quoted or mark in c or '"' in c else c for c in cells)
        return text + mark * self.trailing

    def text(self):
        pick = self.pick
        names, rows = self.rows()
        if pick.random() < 0.25:
            rows.reverse()
        above = [["Half hourly report"], ["Customer", "Pretend Council"], ["Run", "02/03/2024 10:15"], [""], ["Notes: none"]]
        lines = above[:pick.randrange(0, 6)] if pick.random() < 0.3 else []
        below = pick.choice([[], [], [["Report Time Zone: Europe/London"]], [["Grand Total"] + [""] * (len(names) - 1)]])
        text = [self.line(r) for r in (*lines, names, *rows, *below)]
        if pick.random() < 0.1:
            text.insert(0, f"sep={self.delimiter}")
        end = pick.choice(["\n", "\r\n", "\r\n", "\r"])
        return end.join(text) + end * (pick.random() < 0.8)

    def file(self):
        text = self.text()
        encoding = self.pick.choice(["utf-8", "utf-8", "utf-8-sig", "utf-16", "utf-16-be", "cp1252"])
        return text.encode(encoding)


def make(seed, only):
    files, names = [], Files()
    for i in range(FILES):
        pick = random.Random(f"{seed} {i}")
        names.made.append(None)
        meter = names.meter() if pick.random() < 0.7 else f"E{pick.randrange(10, 99)}BG{i:05d}"
        layout = Layout(pick, meter)
        data = layout.file()
        if only is None or only == i:
            files.append((i, meter, data, layout.want))
    return files


def main():
    seed = int(sys.argv[1]) if sys.argv[1:] else random.SystemRandom().randrange(1 << 32)
    only = int(sys.argv[2]) if sys.argv[2:] else None
    failed, said = 0, {}
    print(f"seed {seed}")
    files = make(seed, only)
    with tempfile.TemporaryDirectory(prefix="wattledger-layouts-") as folder:
        storage = Storage(folder)
        for i, meter, data, want in files:
            path = Path(folder, "layout.csv") if only is None else Path("layout.csv")
            path.write_bytes(data)
            code, report = storage.import_json("--from", path)
            said[meter] = (report["error_message"] or str(report["errors"][:1])) if code else ""
        got = stored(storage)
    for i, meter, _, want in files:
        wrong = said[meter] or compare(want, got[meter])
        failed += bool(wrong)
        print(f"not ok layout {i} of seed {seed}: {wrong}" if wrong else f"ok layout {i}")
    return failed > 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except Wrong as e:
        sys.exit(f"not ok layouts: {e}")
