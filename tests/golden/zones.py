#!/usr/bin/env python3
"""zones: half hours of 40 zones over 40 years through import, export and re-import, against Python's zoneinfo.

Of each zone the days around every change of its clock, and some others, go in twice: as a long file of local clock readings
(labelled at the start, at the end, or newest first) and as a wide one, a day a row. What comes out must be the oracle's: each
reading at its instant, each local day with as many half hours as it lasts, in the order of the day; and importing what was
exported changes nothing. Zones are read only by what the programs are told (--time-zone).

    zones.py [SEED]      the seed picks zones and ordinary days; it is printed
"""
import csv
import io
import random
import sys
import tempfile
import zoneinfo
from datetime import date, datetime, timedelta, timezone
from pathlib import Path

from golden import Storage, Wrong

FIRST, LAST = 1986, 2025
ZONES = 40
ALWAYS = ["Europe/London", "Europe/Dublin", "Europe/Berlin", "Europe/Lisbon", "Europe/Moscow", "Europe/Istanbul",
          "Africa/Casablanca", "Africa/Cairo", "America/New_York", "America/Sao_Paulo", "America/Havana", "America/Caracas",
          "America/Asuncion", "America/St_Johns", "America/Nuuk", "Asia/Kolkata", "Asia/Tehran", "Asia/Gaza", "Asia/Amman",
          "Asia/Pyongyang", "Asia/Tokyo", "Australia/Lord_Howe", "Australia/Sydney", "Atlantic/Azores", "Antarctica/Troll",
          "Pacific/Apia", "Pacific/Kiritimati", "Pacific/Kwajalein", "Pacific/Chatham", "Pacific/Auckland"]
QUARTER, HALF_HOUR = 900, 1800
EPOCH = date(1970, 1, 1)


def start_of(day):
    return (day - EPOCH).days * 86400


def local(zone, instant):
    return datetime.fromtimestamp(instant, zone)


class Oracle:
    """The local days of a zone, from nothing but zoneinfo's UTC -> local."""

    def __init__(self, zone):
        self.zone = zone

    def changes(self):
        """Days on or near which the clock changes."""
        found, before = set(), None
        for at in range(start_of(date(FIRST, 1, 5)), start_of(date(LAST, 12, 26)), 86400):
            now = local(self.zone, at).utcoffset()
            if before is not None and now != before:
                found |= {EPOCH + timedelta(days=at // 86400 + k) for k in (-2, -1, 0, 1)}
            before = now
        return found

    def half_hours(self, day):
        """The instants at which the half hours of a local day begin; None where it is not made of whole ones."""
        around = range(start_of(day) - 86400, start_of(day) + 2 * 86400, QUARTER)
        quarters = [at for at in around if local(self.zone, at).date() == day]
        if len(quarters) * QUARTER % HALF_HOUR:
            return None
        return quarters[::HALF_HOUR // QUARTER]


def value(at):
    """Neither ever rising nor the same for neighbours, so that a shift by any number of periods is seen."""
    return f"{at // QUARTER * 7919 % 10007 / 10:.1f}"


def long_file(zone, meter, days, how):
    """how: 0 labelled at the start, 1 at the end, 2 at the start and newest first."""
    later = HALF_HOUR if how == 1 else 0
    rows = [f"{meter},{local(zone, at + later):%Y-%m-%d %H:%M:%S},{value(at)}" for d in sorted(days) for at in days[d]]
    return "\n".join(["Meter,DateTime,kWh", *(reversed(rows) if how == 2 else rows)]) + "\n"


def wide_file(meter, days):
    most = max(len(d) for d in days.values())
    rows = [f"{meter},{d},{','.join(map(value, at))}{',' * (most - len(at))}" for d, at in sorted(days.items())]
    return "\n".join(["Meter,Date," + ",".join(f"HH{i + 1:02d}" for i in range(most)), *rows]) + "\n"


def choose(pick):
    names = {n for n in zoneinfo.available_timezones() if "/" in n and not n.startswith(("Etc/", "right/", "posix/"))}
    always = [n for n in ALWAYS if n in names]
    return always + pick.sample(sorted(names - set(always)), ZONES - len(always))


def days_of(oracle, pick):
    wanted = oracle.changes()
    wanted |= {date(FIRST, 1, 1) + timedelta(days=pick.randrange((LAST - FIRST) * 365)) for _ in range(20)}
    wanted |= {date(FIRST, 1, 2), date(FIRST, 1, 3), date(LAST, 12, 28), date(LAST, 12, 29)}  # ordinary ones at both ends
    return {d: at for d in wanted if (at := oracle.half_hours(d))}


def import_file(storage, path, *args):
    code, report = storage.import_json("--from", path, *args)
    if code or report["failed_rows"] or report["status"] != "completed":
        raise Wrong(f"{path.name} {args}: exit {code}: {report['error_message']} {report['errors'][:1]}")
    return report


def load(storage, folder, pick):
    """Imports all; returns {meter: (zone, days)}."""
    made = {}
    for i, name in enumerate(choose(pick)):
        zone = zoneinfo.ZoneInfo(name)
        days = days_of(Oracle(zone), pick)
        for meter, text in ((f"LONG{i:04d}", long_file(zone, f"LONG{i:04d}", days, i % 3)),
                            (f"WIDE{i:04d}", wide_file(f"WIDE{i:04d}", days))):
            path = Path(folder, f"{meter}.csv")
            path.write_text(text)
            import_file(storage, path, "--time-zone", name)
            made[meter] = name, days
    return made


def as_text(at):
    return datetime.fromtimestamp(at, timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")


def readings_of(text):
    got = {}
    for row in csv.reader(io.StringIO(text)):
        got.setdefault(row[0], {})[row[2]] = row[4]
    return got


def plain(v):
    return v.removesuffix(".0")


def differs_long(days, got):
    want = {as_text(at): plain(value(at)) for instants in days.values() for at in instants}
    wrong = sorted(at for at in want.keys() | got.keys() if want.get(at) != got.get(at))
    return wrong and f"{len(wrong)} of {len(want)} readings, the first at {wrong[0]}: {got.get(wrong[0])}, " \
                     f"not {want.get(wrong[0])}"


def differs_wide(days, got):
    want = {str(d): [plain(value(at)) for at in instants] for d, instants in days.items()}
    wrong = sorted(d for d in want.keys() | got.keys() if want.get(d) != got.get(d))
    return wrong and f"{len(wrong)} of {len(want)} days, the first {wrong[0]}: {len(got.get(wrong[0], []))} half hours, " \
                     f"not {len(want.get(wrong[0], []))}"


def days_in(text):
    got = {}
    for row in csv.reader(io.StringIO(text)):
        got.setdefault(row[0], {})[row[1]] = ",".join(row[2:]).rstrip(",").split(",")
    return got


def check(seed):
    pick = random.Random(seed)
    failed = 0
    with tempfile.TemporaryDirectory(prefix="wattledger-zones-") as folder:
        storage = Storage(folder)
        made = load(storage, folder, pick)
        texts = {shape: storage.export(shape) for shape in ("long", "wide")}
        readings, days = readings_of(texts["long"].decode()), days_in(texts["wide"].decode())
        for meter, (zone, want) in made.items():
            wrong = differs_long(want, readings.get(meter, {})) or differs_wide(want, days.get(meter, {}))
            failed += bool(wrong)
            print(f"not ok {zone} {meter[:4].lower()}: {wrong}" if wrong else f"ok {zone} {meter[:4].lower()}")
        for shape, text in texts.items():
            path = Path(folder, f"{shape}.csv")
            path.write_bytes(text)
            report = import_file(storage, path)
            same = not report["imported_rows"] and storage.export("long") == texts["long"]
            failed += not same
            print(f"{'ok' if same else 'not ok'} the {shape} export imports again unchanged")
    return failed


def main():
    seed = int(sys.argv[1]) if sys.argv[1:] else random.SystemRandom().randrange(1 << 32)
    print(f"seed {seed}")
    return check(seed) > 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except Wrong as e:
        sys.exit(f"not ok zones: {e}")
