#!/usr/bin/env python3
"""spellings: every name that a column may have and every way to write a cell, each in a small file of its own with a meter of
its own, all imported into one storage; what the long export says of that meter must be exactly what the file states.
"""
import csv
import io
import sys
import tempfile
from collections import defaultdict
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from zoneinfo import ZoneInfo

from golden import Storage, Wrong

ZONE = ZoneInfo("Europe/London")
DAY = date(2025, 1, 13)  # a Monday in winter: local time is UTC, and 13 is no month

METERS = """mpan mpancore metercode meter meterid meterreference meterref meterserial meterserialnumber serial serialnumber
supplynumber mprn mpxn mpn mpr mpanmprnspid meteridentifier meterpoint metermpan msn serialnum metermsn generationmsn
meternumber metername meterreferencenumber nmi ean pod prm cups supplyid spid siteid site sitename channel name id reference
siteref""".split()
DATES = """date readdate readingdate perioddate billdate insertdate day rdate settdate settlementdate settlementperiod
consumptiondate dateofreading readdateuk dateutc readdateutc meterreadingdate startdate""".split()
TIMES = "time readtime readingtime periodtime timeslot intervaltime hour".split()
STARTS = """datetime timestamp readdatetime readdatetimeutc datetimestamp intervalstart start from settlementdatetime""".split()
ENDS = "end to until intervalend enddatetime readdateandendtime".split()
PERIODS = "settperiod settlementperiod period sp hh".split()
VALUES = """reading readvalue value consumption kwh wh usage meterread meterconsumption actualkwh energykwh consumptionkwh
kwhdelivered energy volume""".split()
UNITS = "unit units uom reportingunit".split()
FLAGS = """readingtype type status ae actualestimated estimate est estimated flag dqflag datamarker dataquality quality
actualorestimate readtype indicator""".split()
WORDS = {"A": "A", "E": "E", "Actual": "A", "Estimated": "E", "Yes": "E", "actual": "A", "ESTIMATE": "E", "Q?": "U", "": ""}


def value(i):
    """Of the i-th interval: no counter, no flag, and no two neighbours the same."""
    return f"{(i * 29) % 41 + 5}.{i % 7}25"


def clock(i, step=30):
    return datetime(DAY.year, DAY.month, DAY.day) + timedelta(minutes=step * i)


def hhmm(i, mark=":", step=30):
    return f"{i * step // 60:02d}{mark}{i * step % 60:02d}"


def half_day(i):
    return clock(i).strftime("%I:%M %p")


INTERVALS = {
    "HH1": lambda i: f"HH{i + 1}",
    "hh01": lambda i: f"hh{i + 1:02d}",
    "kWh_1": lambda i: f"kWh_{i + 1}",
    "Kwh1": lambda i: f"Kwh{i + 1}",
    "interval_1": lambda i: f"interval_{i + 1}",
    "ID1": lambda i: f"ID{i + 1}",
    "P1": lambda i: f"P{i + 1}",
    "1": lambda i: str(i + 1),
    "00:00": hhmm,
    "0:30": lambda i: hhmm(i + 1).lstrip("0") if i < 19 else hhmm(i + 1),
    "00:30:00": lambda i: hhmm(i + 1) + ":00",
    "to 24:00": lambda i: hhmm(i + 1),
    "to 00:00": lambda i: hhmm((i + 1) % 48),
    "12:00 AM": half_day,
    "12:30 AM": lambda i: half_day(i + 1),
    "12:00AM": lambda i: half_day(i).replace(" ", "").lstrip("0"),
    "30": lambda i: str(int(hhmm(i + 1, ""))),
    "0": lambda i: str(int(hhmm(i, ""))),
    "0030": lambda i: hhmm(i + 1, ""),
    "H0030": lambda i: "H" + hhmm(i + 1, ""),
    "hr0030": lambda i: "hr" + hhmm(i + 1, ""),
    "reading0030": lambda i: "reading" + hhmm(i + 1, ""),
    "00:00 - 00:30": lambda i: f"{hhmm(i)} - {hhmm(i + 1)}",
    "00:00-00:30": lambda i: f"{hhmm(i)}-{hhmm(i + 1)}",
    "00:00 -00:30": lambda i: f" {hhmm(i)} -{hhmm(i + 1)} ",
    "23:30 - 00:00": lambda i: f"{hhmm(i)} - {hhmm((i + 1) % 48)}",
    "Consumption(KWh) HH1": lambda i: f"Consumption(KWh) HH{i + 1}",
    "consumptionHH_00_30_00": lambda i: f"consumptionHH_{hhmm(i + 1, '_')}_00",
    "Consumption 00:30 AM": lambda i: f"Consumption {hhmm(i + 1)} {'AM' if i < 23 else 'PM'}",
    "[00:30]": lambda i: f"[{hhmm(i + 1)}]",
    "HH 01": lambda i: f"HH {i + 1:02d}",
    "HH01 (kWh)": lambda i: f"HH{i + 1:02d} (kWh)",
    "Period 1": lambda i: f"Period {i + 1}",
    "Val00:30": lambda i: f"Val{hhmm(i + 1)}",
    "kWh 00:30": lambda i: f"kWh {hhmm(i + 1)}",
    "00:30 kWh": lambda i: f"{hhmm(i + 1)} kWh",
    "HH01_kWh": lambda i: f"HH{i + 1:02d}_kWh",
    "T0030": lambda i: "T" + hhmm(i + 1, ""),
    "00h30": lambda i: hhmm(i + 1, "h"),
    "0030hrs": lambda i: hhmm(i + 1, "") + "hrs",
}
QUARTERS = {
    "Q1": lambda i: f"Q{i + 1}",
    "00:15": lambda i: hhmm(i + 1, ":", 15),
    "1 of 96": lambda i: str(i + 1),
    "0015": lambda i: hhmm(i + 1, "", 15),
    "00:00-00:15": lambda i: f"{hhmm(i, ':', 15)}-{hhmm(i + 1, ':', 15)}",
}


class Files:
    """The small files, and what each must become: {meter: {instant: (minutes, value, quality)}}."""

    def __init__(self):
        self.made, self.want = [], defaultdict(dict)

    def meter(self):
        """A new MPAN whose check digit is right."""
        primes = (3, 5, 7, 13, 17, 19, 23, 29, 31, 37, 41, 43)
        core = f"{200000000000 + len(self.made)}"
        return core + str(sum(int(d) * p for d, p in zip(core, primes)) % 11 % 10)

    def add(self, what, meter, lines, readings, day=DAY):
        self.made.append((what, meter, "\n".join(lines) + "\n"))
        for i, (step, v, quality) in enumerate(readings):
            if v is not None:
                at = datetime(day.year, day.month, day.day, tzinfo=ZONE) + timedelta(minutes=step * i)
                self.want[meter][at.astimezone(ZoneInfo("UTC")).strftime("%Y-%m-%dT%H:%M:%SZ")] = (step, v, quality)

    def named(self):
        """A new name of a meter that is no MPAN: a serial number, a site."""
        n = len(self.made)
        return f"E10BG{n:05d}" if n % 2 else f"Hill School {n}"

    def wide(self, what, meter_name="MPAN", date_name="Date", label=INTERVALS["HH1"], n=48, step=30, before=(), behind=(), named=False):
        """before, behind: columns (name, cell) on either side of the intervals."""
        meter = self.named() if named else self.meter()
        names = [meter_name, date_name, *(b[0] for b in before), *map(label, range(n)), *(b[0] for b in behind)]
        cells = [meter, f"{DAY:%d/%m/%Y}", *(b[1] for b in before), *map(value, range(n)), *(b[1] for b in behind)]
        self.add(what, meter, [",".join(names), ",".join(cells)], [(step, value(i), "") for i in range(n)])

    def long(self, what, names, row, quality="", n=48, step=30, scale=1, named=False):
        meter = self.named() if named else self.meter()
        rows = [row(i).replace("METER", meter).replace("VALUE", value(i)) for i in range(n)]
        readings = [(step, str(Decimal(value(i)) * scale), quality) for i in range(n)]
        self.add(what, meter, [names, *rows], readings)


def everything():
    f = Files()
    for name in METERS:
        f.wide(f"meter {name}", meter_name=name)
        f.wide(f"meter {name}, no MPAN", meter_name=name, named=True)
        f.wide(f"meter {name}, no MPAN still", meter_name=name, named=True)
        f.long(f"meter {name}, long", f"{name},Date,Time,kWh", lambda i: f"METER,{DAY:%d/%m/%Y},{hhmm(i)},VALUE", named=True)
    for name in DATES:
        f.wide(f"date {name}", date_name=name)
        f.long(f"date {name}, long", f"MPAN,{name},Time,kWh", lambda i: f"METER,{DAY:%d/%m/%Y},{hhmm(i)},VALUE")
    for name in TIMES:
        f.long(f"time {name}", f"MPAN,Date,{name},kWh", lambda i: f"METER,{DAY:%d/%m/%Y},{hhmm(i)},VALUE")
    for name in STARTS:
        f.long(f"start {name}", f"MPAN,{name},kWh", lambda i: f"METER,{clock(i):%d/%m/%Y %H:%M},VALUE")
    for name in ENDS:
        f.long(f"end {name}", f"MPAN,{name},kWh", lambda i: f"METER,{clock(i + 1):%Y-%m-%d %H:%M:%S},VALUE")
    for a, b in (("from", "to"), ("Start", "End"), ("Interval Start", "Interval End"), ("(start)", "(end)")):
        f.long(f"{a} and {b}", f"MPAN,{a},{b},kWh",
               lambda i: f"METER,{clock(i):%d/%m/%Y %H:%M},{clock(i + 1):%d/%m/%Y %H:%M},VALUE")
    for name in PERIODS:
        f.long(f"period {name}", f"MPAN,Settlement Date,{name},kWh", lambda i: f"METER,{DAY:%d/%m/%Y},{i + 1},VALUE")
    for name in VALUES:
        scale = Decimal("0.001") if name == "wh" else 1
        f.long(f"value {name}", f"MPAN,Date,Time,{name}", lambda i: f"METER,{DAY:%d/%m/%Y},{hhmm(i)},VALUE", scale=scale)
    f.long("kWh and volume", "MPAN,Date,Time,Volume,kWh", lambda i: f"METER,{DAY:%d/%m/%Y},{hhmm(i)},999.5,VALUE")
    for name in UNITS:
        f.long(f"unit {name}", f"MPAN,Date,Time,Value,{name}", lambda i: f"METER,{DAY:%d/%m/%Y},{hhmm(i)},VALUE,MWh", scale=1000)
    for name in FLAGS:
        f.long(f"flag {name}", f"MPAN,Date,Time,kWh,{name}", lambda i: f"METER,{DAY:%d/%m/%Y},{hhmm(i)},VALUE,E", "E")
    for word, letter in WORDS.items():
        f.long(f"flag word {word}", "MPAN,Date,Time,kWh,Quality", lambda i: f"METER,{DAY:%d/%m/%Y},{hhmm(i)},VALUE,{word}", letter)
    for what, label in INTERVALS.items():
        f.wide(f"intervals {what}", label=label)
    for what, label in QUARTERS.items():
        f.wide(f"quarters {what}", label=label, n=96, step=15)
    for name in ("Total", "Total kWh", "Grand Total", "Sum HH"):
        total = str(sum(Decimal(value(i)) for i in range(48)))
        f.wide(f"total {name} behind", behind=[(name, total)])
        f.wide(f"total {name} before", before=[(name, total)])
    f.wide("max demand", before=[("Max Demand", "45.5")], behind=[("Max Demand", "45.5")])
    today = datetime.now(ZONE).date()
    for text in ("30/08", "30/08/0"):
        meter = f.meter()
        f.add(f"date {text}", meter, ["MPAN,Date,kWh", f"{meter},{text},12.5"], [(1440, "12.5", "")],
              date(today.year, 8, 30))
    f.wide("blank behind the comma", meter_name="MPAN", date_name=" Date", label=lambda i: f" HH{i + 1:02d}")
    f.wide("names in capitals", "METER SERIAL NUMBER", "READING DATE", lambda i: f"HH{i + 1:02d}")
    return f


def stored(storage):
    got = defaultdict(dict)
    for r in csv.DictReader(io.StringIO(storage.export("long").decode())):
        got[r["meter"]][r["interval_start"]] = (int(r["interval_minutes"]), r["value"], r["quality"])
    return got


def compare(want, got):
    """What differs, or None. Trailing zeros do not count."""
    plain = {at: (m, Decimal(v), q) for at, (m, v, q) in want.items()}
    have = {at: (m, Decimal(v), q) for at, (m, v, q) in got.items()}
    if plain == have:
        return None
    wrong = sorted(at for at in plain.keys() | have.keys() if plain.get(at) != have.get(at))
    return f"{len(wrong)} of {len(plain)} differ, the first at {wrong[0]}: {have.get(wrong[0])}, not {plain.get(wrong[0])}"


def main():
    failed = 0
    f = everything()
    with tempfile.TemporaryDirectory(prefix="wattledger-spellings-") as folder:
        storage = Storage(folder)
        said = {}
        for what, meter, text in f.made:
            if sys.argv[1:] and what not in sys.argv[1:]:
                continue
            path = Path(folder, "file.csv")
            path.write_text(text)
            code, report = storage.import_json("--from", path)
            said[meter] = what, text, report["error_message"] or str(report["errors"][:1]) if code else ""
        got = stored(storage)
    for meter, (what, text, message) in said.items():
        wrong = message or compare(f.want[meter], got[meter])
        failed += bool(wrong)
        print(f"not ok {what}: {wrong}: {text[:120]!r}" if wrong else f"ok {what}")
    return failed > 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except Wrong as e:
        sys.exit(f"not ok spellings: {e}")
