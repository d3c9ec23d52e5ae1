"""meters: makes half-hourly files that look like real ones, the same for the same seed.

MPANs have a right check digit; a day's load has a night, a morning and an evening; values have 3 decimals. The day
on which the clocks go forward has 46 half hours, so its last two cells are blank.
"""
import datetime
import random
from zoneinfo import ZoneInfo

PRIMES = (3, 5, 7, 13, 17, 19, 23, 29, 31, 37, 41, 43)


def mpan(number):
    first = f"{number:012d}"
    return first + str(sum(int(d) * p for d, p in zip(first, PRIMES)) % 11 % 10)


def mpans(count, first=200012340000):
    return [mpan(first + 7 * i) for i in range(count)]


def days(count, first=datetime.date(2024, 1, 1)):
    return [first + datetime.timedelta(i) for i in range(count)]


def short_day(d):
    """The last Sunday of March: the clocks of Europe/London go forward."""
    return d.month == 3 and d.day >= 25 and d.weekday() == 6


def shape(hour):
    """How much of its load a house takes at an hour of the day."""
    morning, evening = max(0, 1 - abs(hour - 7.5) / 2), max(0, 1 - abs(hour - 18.5) / 3.5)
    return 0.15 + 0.5 * morning + evening


SHAPE = [shape(i / 2) for i in range(48)]


def wide(path, meters, dates, seed=1, comma=","):
    """MPAN,Date,HH01..HH48: one row a meter and day."""
    rnd = random.Random(seed)
    with open(path, "w", newline="") as f:
        f.write(comma.join(["MPAN", "Date"] + [f"HH{i:02d}" for i in range(1, 49)]) + "\n")
        for m in meters:
            size = rnd.uniform(0.5, 6)
            for d in dates:
                row = [f"{min(9.999, max(0.123, size * s * rnd.uniform(0.6, 1.4))):.3f}" for s in SHAPE]
                if short_day(d):
                    row[46:] = ["", ""]
                f.write(comma.join([m, d.isoformat()] + row) + "\n")
    return path


LONG = {"one label": ("MPAN,Timestamp,Value", "%d/%m/%Y %H:%M"), "date and time": ("MPAN,Date,Time,Value", "%d/%m/%Y,%H:%M"),
        "UTC": ("MPAN,Timestamp,Value", "%Y-%m-%dT%H:%M:%SZ")}


def half_hours(dates):
    """The instants at which the half hours of days in London begin."""
    at, end = (datetime.datetime.combine(d, datetime.time(), ZoneInfo("Europe/London")).astimezone(datetime.timezone.utc)
               for d in (dates[0], dates[-1] + datetime.timedelta(1)))
    return [at + i * datetime.timedelta(minutes=30) for i in range((end - at) // datetime.timedelta(minutes=30))]


def long(path, meters, dates, form="one label", seed=1):
    """One row a half hour, in one of the forms of LONG. The number of rows."""
    rnd = random.Random(seed)
    head, label = LONG[form]
    zone = datetime.timezone.utc if form == "UTC" else ZoneInfo("Europe/London")
    labels = [at.astimezone(zone).strftime(label) for at in half_hours(dates)]
    values = [f"{i / 1000:.3f}" for i in range(123, 6000)]
    with open(path, "w", newline="") as f:
        f.write(head + "\n")
        for m in meters:
            f.write("".join(f"{m},{t},{v}\n" for t, v in zip(labels, rnd.choices(values, k=len(labels)))))
    return len(meters) * len(labels)


def daily(path, meters, dates, seed=1, comma=","):
    """MPAN,Date,Reading: one total a meter and day."""
    rnd = random.Random(seed)
    with open(path, "w", newline="") as f:
        f.write(comma.join(["MPAN", "Date", "Reading"]) + "\n")
        for m in meters:
            for d in dates:
                f.write(comma.join([m, d.isoformat(), f"{rnd.uniform(2, 60):.1f}"]) + "\n")
    return path
