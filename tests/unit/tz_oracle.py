#!/usr/bin/env python3
"""What Python's zoneinfo, an independent reader of the same files, says of some zones around their changes.

Prints lines for test_tz_oracle.c: `zone NAME`, then `offset INSTANT SECONDS` and `day DAY START`, DAY in days since
1970 and START the instant of its local midnight (only where there is exactly one such instant).
usage: tz_oracle.py SEED
"""
import random
import sys
import zoneinfo
from datetime import date, datetime, timedelta, timezone

EPOCH = date(1970, 1, 1)
ALWAYS = ["Europe/London", "Europe/Dublin", "Europe/Berlin", "America/New_York", "America/Sao_Paulo", "Australia/Lord_Howe",
          "Pacific/Apia", "Africa/Casablanca", "Asia/Kolkata", "Antarctica/Troll", "America/Nuuk", "Asia/Gaza"]


def at(zone, instant):
    return int(datetime.fromtimestamp(instant, timezone.utc).astimezone(zone).utcoffset().total_seconds())


def midnight(zone, day):
    """The one instant of local midnight, or None if there is none or there are two."""
    local = datetime.combine(EPOCH + timedelta(days=day), datetime.min.time(), zone)
    both = {int(local.replace(fold=fold).timestamp()) for fold in (0, 1)}
    instant = both.pop()
    return instant if not both and (instant + at(zone, instant)) % 86400 == 0 else None


def main():
    pick = random.Random(int(sys.argv[1]))
    names = sorted(n for n in zoneinfo.available_timezones() if "/" in n and not n.startswith(("right/", "posix/")))
    for name in ALWAYS + pick.sample(names, min(60, len(names))):
        zone = zoneinfo.ZoneInfo(name)
        print("zone", name)
        week = 7 * 86400
        begin = -60 * 366 * 86400
        last = at(zone, begin)
        for instant in range(begin, 150 * 366 * 86400, week):
            now = at(zone, instant + week)
            if now != last:
                first = instant
                while at(zone, first + 3600) == last:
                    first += 3600
                for probe in range(first - 3600, first + 7200, 900):
                    print("offset", probe, at(zone, probe))
                for day in range(first // 86400 - 1, first // 86400 + 3):
                    start = midnight(zone, day)
                    if start is not None:
                        print("day", day, start)
                last = now
        for _ in range(200):
            probe = pick.randrange(begin, 150 * 366 * 86400)
            print("offset", probe, at(zone, probe))


if __name__ == "__main__":
    main()
