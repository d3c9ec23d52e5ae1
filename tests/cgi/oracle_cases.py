#!/usr/bin/env python3
"""oracle_cases: the ledger's numbers against a second computation, of random meters over the clock changes of a year.

A model in Python (fractions, zoneinfo) is told the same things as the program: files of readings with gaps, daily
totals, registers with exchanges and roll-overs, edits that are taken out and put back, virtual meters. Then both are
asked the same questions. The seed is printed; SEED=123 in the environment takes another.

    oracle_cases.py [case…]
"""
import bisect
import csv
import functools
import io
import itertools
import os
import random
import sys
from datetime import datetime, timedelta, timezone
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from zoneinfo import ZoneInfo

sys.path.insert(0, str(Path(__file__).resolve().parent))
from cgi import Storage  # noqa: E402
from cases import case, equal, run_cases  # noqa: E402
from world import World, upload  # noqa: E402

ZONE = ZoneInfo("Europe/London")
UTC = timezone.utc
DAY0, DAYS = datetime(2025, 3, 20), 225  # over both changes of the clocks
LONG = "meter,channel,interval_start,interval_minutes,value,unit,quality\n"


@functools.lru_cache(None)
def day_start(n):
    """The n-th local day's first instant, in seconds."""
    return int((DAY0 + timedelta(days=n)).replace(tzinfo=ZONE).timestamp())


@functools.lru_cache(None)
def day_number(at):
    return (datetime.fromtimestamp(at, ZONE).replace(tzinfo=None).date() - DAY0.date()).days


def said(at):
    return datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


class Series:
    """The statements of batches on intervals, the later over the earlier."""

    def __init__(self, minutes):
        self.step, self.batches = minutes * 60, []

    def end(self, at):
        return at + self.step if self.step < 86400 else day_start(day_number(at) + 1)

    def add(self, stated, replaces):
        self.batches.append({"stated": stated, "replaces": replaces, "live": True})
        return self.batches[-1]

    def shows(self):
        now = {}
        for b in self.batches:
            for at, new in b["stated"].items() if b["live"] else ():
                old = now.get(at)
                if old and not b["replaces"] and (old == "excluded" or (old[1] == "A" and new[1] in "ES" and old[0] != new[0])):
                    continue
                if old and not b["replaces"] and old[0] == new[0] and old[1] == "A" and new[1] in "ES":
                    continue
                now[at] = new
        return {at: v for at, v in sorted(now.items()) if v != "excluded"}


class Meter:
    def __init__(self, id, identifier):
        self.id, self.identifier = id, identifier
        self.series, self.readings, self.events = {}, {}, []

    @functools.cached_property
    def parts(self):
        """(from, to, value) of the intervals that count, the finest series that knows most of each day. Asked for
        when all has been told."""
        best = {}
        for minutes in sorted(self.series):
            of = self.series[minutes]
            days = {}
            for at, v in of.shows().items():
                days.setdefault(day_number(at), []).append((at, of.end(at), v[0]))
            for n, some in days.items():
                known = Fraction(sum(b - a for a, b, _ in some), day_start(n + 1) - day_start(n))
                if n not in best or known > best[n][0]:
                    best[n] = (known, some)
        return sorted(p for _, some in best.values() for p in some)

    @functools.cached_property
    def line(self):
        """(from, to, value) between what the register showed: readings, and both sides of an exchange."""
        points = [(at, 1, v, v) for at, v in self.readings.items()] + [(at, 0, a, b) for at, a, b in self.events]
        points.sort()
        return [(p[0], q[0], q[2] - p[3]) for p, q in zip(points, points[1:]) if q[0] > p[0]]

    def between(self, a, b):
        """What went through, how many seconds of it are known, how many shares were rounded."""
        def total(parts):
            value, known, cut = Fraction(0), 0, 0
            at = max(bisect.bisect_right(parts, (a,)) - 1, 0)
            for x, y, v in itertools.takewhile(lambda p: p[0] < b, parts[at:]):
                lo, hi = max(a, x), min(b, y)
                if lo < hi:
                    value += Fraction(v) * (hi - lo) / (y - x)
                    known += hi - lo
                    cut += (lo, hi) != (x, y)
            return value, known, cut
        return max((total(self.parts), total(self.line)), key=lambda t: t[1])


class Virtual:
    def __init__(self, id, terms):
        self.id, self.terms = id, terms

    def between(self, a, b):
        parts = [(f, m.between(a, b)) for f, m in self.terms]
        return sum(f * v for f, (v, _, _) in parts), min(k for _, (_, k, _) in parts), len(parts) + sum(c for _, (_, _, c) in parts)


class Ledger:
    def __init__(self, w, seed):
        self.w, self.r = w, random.Random(seed)
        self.property = w.property("ada", "Oracle", time_zone="Europe/London")["id"]
        sub = {"meter_type": "SUB_METER"}
        self.main, self.gaps, self.old, self.new = (self.meter(*a) for a in (("O-MAIN", {}), ("O-GAPS", sub), ("O-OLD", sub), ("O-NEW", sub)))
        self.physical = [self.main, self.gaps, self.old, self.new]
        factor = self.r.choice(["0.5", "2", "0.333333"])
        text = f"M{self.main.id} - {factor} * M{self.gaps.id} + M{self.old.id}"
        self.virtual = Virtual(w.meter("ada", self.property, "O-VIRTUAL", sub_meter_kind="VIRTUAL", formula=text)["id"],
                               [(1, self.main), (-Fraction(factor), self.gaps), (1, self.old)])

    def meter(self, identifier, more):
        return Meter(self.w.meter("ada", self.property, identifier, **more)["id"], identifier)

    def number(self, most=50):
        return Decimal(self.r.randrange(most * 10 ** 6)).scaleb(-6).quantize(Decimal(1).scaleb(-self.r.choice((0, 1, 3, 6))))

    def file(self, meter, minutes, first, n, some=1.0):
        stated, step = {}, minutes * 60
        for d in range(first, first + n):
            for at in [day_start(d)] if minutes == 1440 else range(day_start(d), day_start(d + 1), step):
                if self.r.random() < some:
                    stated[at] = (self.number(), self.r.choice("AAAES"))
        text = "".join(f"{meter.identifier},import,{said(at)},{minutes},{v},kWh,{q}\n" for at, (v, q) in stated.items())
        job = upload(self.w, "ada", "o.csv", LONG + text, property=self.property)
        equal(job["failed_rows"], 0, job)
        if stated:
            meter.series.setdefault(minutes, Series(minutes)).add(stated, False)

    def edit(self, meter, minutes):
        of = meter.series[minutes]
        first = day_start(self.r.choice([9, 10, 218, 219, self.r.randrange(DAYS - 3)])) + self.r.randrange(0, 86400, 600)
        last = first + self.r.randrange(1800, 3 * 86400, 600)
        starts = [at for d in range(day_number(first), day_number(last) + 1) for at in range(day_start(d), day_start(d + 1), of.step) if first <= at < last]
        value = self.number() if self.r.random() < 0.5 else None
        body = {"start": said(first), "end": said(last), "reason": "why not", "interval_minutes": minutes,
                **({"action": "set", "value": str(value)} if value is not None else {"action": "exclude"})}
        path = f"/api/meters/{meter.id}/edits"
        reply = self.w.call("ada", "POST", path, body)
        if not starts:
            return equal(reply.status, 422, reply.text)
        equal((reply.status, reply.json().get("intervals")), (201, len(starts)), reply.text)
        made = of.add({at: (value, "S") if value is not None else "excluded" for at in starts}, True)
        if self.r.random() < 0.5:
            self.w.call("ada", "DELETE", f"{path}/{reply.json()['id']}", None, 200)
            made["live"] = False
        if not made["live"] and self.r.random() < 0.5:
            self.w.call("ada", "POST", f"{path}/{reply.json()['id']}/restore", {}, 200)
            made["live"] = True

    def registers(self, meter):
        rows, value = [], self.number(10 ** 6)
        at = day_start(self.r.randrange(10)) + 1
        while at < day_start(DAYS):
            if self.r.random() < 0.25:
                final, first = value + self.number(), self.number()
                kind = self.r.choice(("exchange", "rollover"))
                first = first if kind == "exchange" else Decimal(0)
                final = final or Decimal(1)
                self.w.call("ada", "POST", f"/api/meters/{meter.id}/events", {"at": said(at), "kind": kind, "final_value": str(final), "first_value": str(first)}, 201)
                meter.events.append((at, final, first))
                value = first
                at += self.r.randrange(86400 * 9)
            value += self.number()
            meter.readings[at] = value
            rows.append({"meter_id": meter.id, "reading_timestamp": said(at), "value": str(value)})
            at += 1 + self.r.randrange(86400 * 12)
        self.r.shuffle(rows)
        self.w.call("ada", "POST", "/api/readings/bulk", {"readings": rows}, 201)

    def instants(self):
        """Two instants, often at or near the edges of days."""
        while True:
            a, b = (day_start(self.r.choice([8, 9, 10, 11, 219, 220, 221, self.r.randrange(-3, DAYS + 3)])) +
                    self.r.choice([0, 0, 1, -1, 1800, self.r.randrange(86400)]) for _ in "ab")
            if a < b:
                return a, b


def build(w):
    seed = int(os.environ.get("SEED", "0")) or random.SystemRandom().randrange(1, 10 ** 6)
    print(f"# SEED={seed}", flush=True)
    o = Ledger(w, seed)
    o.file(o.main, 30, 0, DAYS, 0.999)
    o.file(o.main, 1440, 0, 40)
    o.file(o.gaps, 30, 5, 30, 0.9)
    o.file(o.gaps, 30, 210, 14, 0.9)
    o.file(o.gaps, 30, 20, 30, 0.5)
    for _ in range(12):
        o.edit(o.main, 30)
        o.edit(o.gaps, 30)
    o.file(o.main, 30, 8, 6)
    o.registers(o.old)
    o.registers(o.new)
    o.registers(o.gaps)
    return o


def near(got, want, cut, what):
    """Shares of an interval are rounded to six places, each once."""
    assert abs(Fraction(got) - want) <= Fraction(cut + 1, 10 ** 6) if cut else Fraction(got) == want, f"{what}: {got}, not {float(want)}"


@case
def what_went_through_between_any_two_instants(o):
    for meter in [*o.physical, o.virtual]:
        for _ in range(40):
            a, b = o.instants()
            got = o.w.call("ada", "GET", f"/api/meters/{meter.id}/consumption?start_date={said(a)}&end_date={said(b)}", None, 200).json()
            value, known, cut = meter.between(a, b)
            what = f"meter {meter.id} from {said(a)} to {said(b)}"
            equal(got["coverage"], str(Decimal(known * 1000 // (b - a)).scaleb(-3).normalize() + 0), what)
            if known:
                near(got["consumption"], value, cut, what)
            else:
                equal(got["consumption"], None, what)


@case
def every_reading_once_in_lists_and_exports(o):
    want = {(m.identifier, minutes, at): v for m in o.physical for minutes, s in m.series.items() for at, v in s.shows().items()}
    got, path = {}, f"/api/readings/property/{o.property}/range?start_date=2025-03-01&end_date=2025-12-31&limit=20000&offset="
    names = {m.id: m.identifier for m in o.physical}
    page = {"total": 1}
    while len(got) < page["total"]:
        page = o.w.call("ada", "GET", path + str(len(got)), None, 200).json()
        for i in page["items"]:
            at = int(datetime.fromisoformat(i["reading_timestamp"].replace("Z", "+00:00")).timestamp())
            key = (names[i["meter_id"]], i["interval_minutes"], at)
            assert key not in got, key
            got[key] = (Decimal(i["value"]), i["quality"])
    want.update({(m.identifier, 0, at): (v, "A") for m in o.physical for at, v in m.readings.items()})
    equal({k for k in got} ^ {k for k in want}, set())
    equal([k for k in want if got[k] != want[k]], [])
    text = o.w.storage.cli("readings-export", "--to", "-", "--property", str(o.property), "--shape", "long")
    rows = {(r["meter"], int(r["interval_minutes"]), int(datetime.fromisoformat(r["interval_start"].replace("Z", "+00:00")).timestamp())):
            (Decimal(r["value"]), r["quality"]) for r in csv.DictReader(io.StringIO(text))}
    equal({k for k in rows} ^ {k for k in want}, set(), "long")
    equal([k for k in want if rows[k] != want[k]], [], "long")
    text = o.w.storage.cli("readings-export", "--to", "-", "--meter", str(o.gaps.id), "--shape", "wide")
    wide = {}
    for r in csv.DictReader(io.StringIO(text)):
        n = (datetime.strptime(r["Date"], "%Y-%m-%d") - DAY0).days
        for i in range(1, 51):
            if r.get(f"HH{i:02}"):
                wide[day_start(n) + (i - 1) * 1800] = Decimal(r[f"HH{i:02}"])
    equal(wide, {at: v[0] for at, v in o.gaps.series[30].shows().items()}, "wide")


@case
def what_no_sub_meter_accounts_for(o):
    subs = [o.gaps, o.old, o.new, o.virtual]
    for _ in range(25):
        a, b = o.instants()
        got = o.w.call("ada", "GET", f"/api/readings/property/{o.property}/summary?start_date={said(a)}&end_date={said(b)}", None, 200).json()
        edges = [a] + [day_start(n) for n in range(day_number(a) + 1, day_number(b - 1) + 1)] + [b]
        left, cuts, known = Fraction(0), 0, 0
        for x, y in zip(edges, edges[1:]):
            each = [m.between(x, y) for m in [o.main, *subs]]
            if any(k < y - x for _, k, _ in each):
                continue
            known += 1
            left += each[0][0] - sum(v for v, _, _ in each[1:])
            cuts += sum(c for _, _, c in each)
        what = f"from {said(a)} to {said(b)}"
        equal(got["unmetered_coverage"], str(Decimal(known * 1000 // (len(edges) - 1)).scaleb(-3).normalize() + 0), what)
        if known:
            near(got["unmetered"], left, cuts, what)
            equal(got["unmetered_is_negative"], Decimal(got["unmetered"]) < 0)
        else:
            equal(got["unmetered"], None, what)


@case
def the_dashboard_counts_what_the_lists_hold(o):
    d = o.w.call("ada", "GET", "/api/users/me/dashboard", None, 200).json()
    mine = next(p for p in d["properties_summary"] if p["id"] == o.property)
    last = max([at for m in o.physical for s in m.series.values() for at in s.shows()] + [at for m in o.physical for at in m.readings])
    equal((mine["meters_count"], mine["latest_reading"]), (5, said(last)))


def main():
    with Storage() as storage:
        sys.exit(0 if run_cases(build(World(storage)), only=sys.argv[1:]) else 1)


if __name__ == "__main__":
    main()
