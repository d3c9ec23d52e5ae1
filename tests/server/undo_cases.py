#!/usr/bin/env python3
"""undo_cases: undo and redo, by their promise: after any sequence of imports, undos and redos the ledger shows what one
shows that has only ever seen the live batches, imported in their order. Edits are batches among them.

    undo_cases.py                      a sample, for make test
    undo_cases.py --seed S --rounds N  the same sample again, or a longer one
"""
import argparse
import json
import random
import sqlite3
import sys
import tempfile
import time
import types
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "cgi"))
from cases import case, equal, run_cases  # noqa: E402
from golden import Storage  # noqa: E402
from cgi import Client  # noqa: E402
import meters  # noqa: E402

HEADER = "meter,channel,interval_start,interval_minutes,value,unit,quality\n"
POLICIES = "actual-wins", "replace", "keep"
ARGS = argparse.ArgumentParser()
ARGS.add_argument("--seed", type=int, default=random.SystemRandom().randrange(1 << 32))
ARGS.add_argument("--rounds", type=int, default=12)
ARGS = ARGS.parse_args()
COUNTS = "new", "identical", "changed", "kept"


class Ledger:
    def __init__(self):
        self.keep = tempfile.TemporaryDirectory(prefix="wattledger-undo-")
        self.s = Storage(self.keep.name)
        self.db = self.s.folder / "storage/wattledger.db"

    def put(self, name, text):
        path = self.s.folder / name
        path.write_text(text)
        return path

    def load(self, text, policy="actual-wins"):
        """Imports a file; its report."""
        p = self.s.call("import", "--from", self.put("in.csv", text), "--on-conflict", policy, "--json")
        return json.loads(p.stdout)

    def undo(self, batch, *options):
        return json.loads(self.s.run("import-undo", batch, "--json", *options))

    def redo(self, batch, *options):
        return json.loads(self.s.run("import-redo", batch, "--json", *options))

    def api(self, method, path, body=None):
        """As an admin, over the API; its reply."""
        if not hasattr(self, "client"):
            self.s.call("admin-create", "--email", "admin@example.org", "--name", "Admin", "--password-stdin",
                        input=b"correct horse battery staple\n")
            token = self.s.run("token-create", "--user", "admin@example.org", "--name", "t", "--scope", "admin").decode().strip()
            self.s.run("settings-set", "api_per_minute", "100000")
            self.client = Client(types.SimpleNamespace(dir=self.s.folder / "storage"), token=token)
        reply = self.client.request(method, path, json.dumps(body or {}).encode() if method != "GET" else None,
                                    {"Content-Type": "application/json"})
        assert reply.status in (200, 201), f"{method} {path}: {reply.text[:300]}"
        return reply.json()

    def edits_of(self, meter):
        number = sqlite3.connect(self.db).execute("SELECT id FROM meters WHERE identifier = ?", (meter,)).fetchone()[0]
        return f"/api/meters/{number}/edits"

    def edit(self, wanted):
        """(meter, what the API is told); the edit."""
        return self.api("POST", self.edits_of(wanted[0]), wanted[1])

    def shows(self):
        """Every reading, and every meter that can be seen."""
        self.s.run("readings-export", "--to", self.s.folder / "out.csv", "--shape", "long")
        found = sqlite3.connect(f"file:{self.db}?mode=ro", uri=True).execute(
            "SELECT identifier FROM meters WHERE is_undone = 0 ORDER BY identifier").fetchall()
        return (self.s.folder / "out.csv").read_text(), found


def same(a, b, what):
    if a == b:
        return
    left, right = set(a[0].splitlines()), set(b[0].splitlines())
    raise AssertionError(f"{what}: too many {sorted(left - right)[:4]}, missing {sorted(right - left)[:4]}, "
                         f"meters {a[1]} and {b[1]}")


def refuses(ledger, code, words, *args):
    p = ledger.s.call(*args)
    text = p.stderr.decode() if isinstance(p.stderr, bytes) else p.stderr
    equal(p.returncode, code, " ".join(map(str, args)))
    assert words in text, text


# ---- random histories ----

DAYS = "2025-03-30", "2025-10-26", "2025-11-07", "2025-11-08"
HALF_HOURS = {"2025-03-30": 46, "2025-10-26": 50}
NMIS = "NEMUNDO001", "NEMUNDO002"


def values(rnd, n):
    return [str(rnd.choice((1, 2, 3.5))) if rnd.random() < 0.9 else "" for _ in range(n)]


def random_wide(rnd):
    rows = ["MPAN,Date,Status," + ",".join(f"HH{i:02}" for i in range(1, 51))]
    for meter in rnd.sample(meters.mpans(3), 2):
        for day in rnd.sample(DAYS, rnd.randint(1, 3)):
            n = HALF_HOURS.get(day, 48)
            rows.append(",".join([meter, day, rnd.choice("AE"), *values(rnd, n), *[""] * (50 - n)]))
    return "\n".join(rows) + "\n"


def random_daily(rnd):
    return "MPAN,Date,Reading\n" + "".join(f"{meter},{day},{rnd.randint(1, 9)}\n" for meter in rnd.sample(meters.mpans(3), 2)
                                           for day in rnd.sample(DAYS, 2))


def random_nem12(rnd):
    rows = ["100,NEM12,202511081030,MDA1,Ret1"]
    for nmi in rnd.sample(NMIS, rnd.randint(1, 2)):
        rows.append(f"200,{nmi},E1B1,1,{rnd.choice(('E1', 'B1', 'Q1'))},,METSER1,{rnd.choice(('kWh', 'Wh'))},30,")
        for day in rnd.sample(("20251107", "20251108", "20251109"), rnd.randint(1, 3)):
            flag = rnd.choice("AEV")
            rows.append(",".join(["300", day, *(v or "0" for v in values(rnd, 48)), flag + ("64" if flag == "E" else ""), "", "", "", ""]))
            if flag == "V":
                at = rnd.randint(1, 47)
                rows += [f"400,1,{at},A,,", f"400,{at + 1},48,E64,77,"]
    return "\n".join([*rows, "900", ""])


def random_openwatts(rnd):
    """Every minute: how long an interval is must not follow from what the ledger holds of the meter."""
    day, hour, first = rnd.choice("78"), rnd.randrange(24), rnd.randrange(40)
    return "timestamp,smart_meter_id,energy_kwh,power_kw,voltage_v,current_a\n" + "".join(
        f"2025-11-0{day}T{hour:02}:{minute:02}:00Z,{meters.mpans(1)[0]},0.{rnd.randint(1, 9)},2.{rnd.randint(1, 3)},230.1,9.1\n"
        for minute in range(first, first + 20))


def random_file(rnd):
    return rnd.choice((random_long, random_long, random_wide, random_daily, random_nem12, random_openwatts))(rnd)


def random_long(rnd):
    """Some readings of a few days around a short, a long and a plain day, with estimates and gaps."""
    rows = []
    for meter in rnd.sample(meters.mpans(3), rnd.randint(1, 2)):
        for start in rnd.sample(DAYS, rnd.randint(1, 3)):
            minutes = rnd.choice((30, 30, 30, 60, 0))  # 0: a register
            flag = rnd.choice(("A", "E", "", "mixed"))
            lowest, span = rnd.choice(((0, 24), (0, 24), (rnd.randrange(12), 6)))
            gaps = rnd.choice((0, 0, 0.3))
            for at in range(lowest * 60, (lowest + span) * 60, minutes or 240):
                if rnd.random() < gaps:
                    continue
                hour, minute = divmod(at, 60)
                value = rnd.choice((1, 2)) if rnd.random() < 0.5 else round(at % 7 / 10 + 1, 3)
                letter = rnd.choice(("A", "E", "S", "U", "")) if flag == "mixed" else flag
                rows.append(f"{meter},import,{start}T{hour:02d}:{minute:02d}:00Z,{minutes},{value},kWh,{letter}\n")
    if rows and rnd.random() < 0.3:
        rows += rnd.sample(rows, min(3, len(rows)))  # stated twice
    return HEADER + "".join(rows)


def random_edit(rnd):
    day = f"2025-{rnd.choice(('03-29', '03-30', '10-25', '10-26', '11-06', '11-07', '11-08'))}"
    until = day[:-2] + f"{min(int(day[-2:]) + rnd.randint(0, 2), 31):02}"
    told = {"interval_minutes": rnd.choice((30, 30, 30, 60, 1440)), "reason": "because",
            "start": f"{day}T{rnd.randint(0, 11):02}:{rnd.choice(('00', '30'))}:00Z", "end": f"{until}T{rnd.randint(12, 23)}:00:00Z"}
    if told["interval_minutes"] == 1440:  # days that begin within
        told["start"], told["end"] = f"{day[:-2]}{int(day[-2:]) - 1:02}T22:00:00Z", f"{until}T22:00:00Z"
    if rnd.random() < 0.6:
        return rnd.choice(meters.mpans(3)), {**told, "action": "exclude"}
    return rnd.choice(meters.mpans(3)), {**told, "action": "set", "value": str(rnd.choice((0, 1, 2.5, -1))), "quality": rnd.choice("SEA")}


# every series that is edited, on a day that nothing else speaks of
GROUND = HEADER + "".join(f"{m},import,2025-01-07T00:00:00Z,{minutes},1,kWh,A\n" for m in meters.mpans(3) for minutes in (30, 60, 1440))


def apply(ledger, b):
    """Imports a batch, or makes an edit; what it counted."""
    if "text" in b:
        return ledger.load(b["text"], b["policy"])
    made = ledger.edit(b["edit"])
    return {"batch_id": made["batch_id"], "new": made["intervals"], "changed": made["intervals_changed"]}


def one_history(seed, edits=False):
    rnd = random.Random(seed)
    ledger, batches, told = Ledger(), [], []
    if edits:
        ledger.load(GROUND)
    for _ in range(rnd.randint(5, 12)):
        live = [b for b in batches if b["live"]]
        dead = [b for b in batches if not b["live"]]
        deed = rnd.choice(("import", "import", "undo", "undo", "redo") + ("edit", "edit") * edits)
        count = None
        if deed == "undo" and live:
            b = rnd.choice(live)
            foreseen = ledger.undo(b["id"], "--dry-run")
            done = ledger.undo(b["id"])
        elif deed == "redo" and dead:
            b = rnd.choice(dead)
            foreseen = ledger.redo(b["id"], "--dry-run")
            done = ledger.redo(b["id"])
        else:
            texts = [b["text"] for b in batches if "text" in b]
            if deed == "edit":
                b = {"edit": random_edit(rnd)}
            else:
                deed = "import"
                b = {"text": rnd.choice(texts) if texts and rnd.random() < 0.3 else random_file(rnd), "policy": rnd.choice(POLICIES)}
            count = apply(ledger, b)
            b["id"] = count["batch_id"]
            batches.append(b)
        b["live"] = deed != "undo"
        told.append(f"{deed} {batches.index(b)}")
        fresh = Ledger()
        if edits:
            fresh.load(GROUND)
        for other in batches:
            if other["live"]:
                expected = apply(fresh, other)
        what = f"seed {seed}: {', '.join(told)}"
        same(ledger.shows(), fresh.shows(), what)
        if count:
            equal({k: count.get(k) for k in COUNTS}, {k: expected.get(k) for k in COUNTS}, what)
        else:
            for k in ("days", "days_removed", "days_changed", "days_added", "days_unchanged", "meters"):
                equal(done[k], foreseen[k], f"{what}: {k} as foreseen")
        fresh.keep.cleanup()
    ledger.keep.cleanup()


@case
def random_histories(_):
    print(f"--seed {ARGS.seed} --rounds {ARGS.rounds}")
    for i in range(ARGS.rounds):
        one_history(ARGS.seed + i)


@case
def random_histories_with_edits(_):
    for i in range(ARGS.rounds):
        one_history(ARGS.seed + i, edits=True)


# ---- edits ----

def edited(ledger, meter, action, day="2025-11-07", until="2025-11-08", **more):
    return ledger.edit((meter, {"start": f"{day}T00:00:00Z", "end": f"{until}T00:00:00Z", "action": action, "reason": "meter fault", **more}))


@case
def what_is_excluded_stays_so(_):
    """By each policy, until the edit is taken out or a file says "replace"."""
    meter = meters.mpans(1)[0]
    for policy, comes_back in (("actual-wins", False), ("keep", False), ("replace", True)):
        ledger = Ledger()
        ledger.load(hh(1))
        before = ledger.shows()
        e = edited(ledger, meter, "exclude")
        equal((e["intervals"], e["intervals_changed"], ledger.shows()[0].count("\n")), (48, 48, 1), policy)
        again = ledger.load(hh(1), policy)
        equal((again["kept"], again["changed"], again["identical"]), (0, 48, 0) if comes_back else (48, 0, 0), policy)
        equal([x["code"] for x in again["warnings"]], [] if comes_back else ["EXCLUDED"], policy)
        equal(ledger.shows() == before, comes_back, f"shows again by {policy}")
        zero = ledger.load(hh(0, ""), policy)
        equal(zero["changed"], 48 if comes_back else 0, f"a zero of no quality, by {policy}")
        ledger.undo(zero["batch_id"])
        path = f"{ledger.edits_of(meter)}/{e['id']}"
        assert ledger.api("DELETE", path)["taken_out_at"]
        same(ledger.shows(), before, f"{policy}: taken out")
        ledger.undo(again["batch_id"])
        same(ledger.shows(), before, f"{policy}: what was imported under it undone")
        equal(ledger.api("POST", path + "/restore")["taken_out_at"], None)
        equal(ledger.shows()[0].count("\n"), 1, f"{policy}: put back")


@case
def an_exclusion_takes_part_of_a_day(_):
    """Totals, exports of each shape and a fresh ledger that imports them agree on what is left."""
    meter = meters.mpans(1)[0]
    ledger = Ledger()
    ledger.load(hh(1) + hh(2, day="2025-11-08").split("\n", 1)[1])
    edited(ledger, meter, "exclude", "2025-11-07", "2025-11-08", start="2025-11-07T10:00:00Z", end="2025-11-08T01:00:00Z")
    equal(ledger.shows()[0].count("\n"), 1 + 20 + 46, "lines left")
    edited(ledger, meter, "set", value="0", start="2025-11-07T10:00:00Z", end="2025-11-07T10:30:00Z")
    assert "2025-11-07T10:00:00Z,30,0,kWh,S\n" in ledger.shows()[0], "a zero over what was excluded"
    for shape in ("long", "wide", "openwatts"):
        text = ledger.s.export(shape).decode()
        again = ledger.load(text)
        equal((again["new"], again["changed"], again["kept"], again["failed_rows"]), (0, 0, 0, 0), shape)
        if shape == "openwatts":
            continue
        other = Ledger()
        other.load(text)
        same(other.shows(), ledger.shows(), f"{shape} in another ledger")


@case
def no_file_excludes(_):
    """A flag X is one that nobody knows; what it came with is a reading."""
    ledger = Ledger()
    ledger.load(hh(1, "X"))
    equal(ledger.shows()[0].count(",1,kWh,U\n"), 48)
    wide = ledger.s.export("wide").decode()
    assert "U" * 48 in wide, wide
    other = Ledger()
    other.load(wide.replace("U" * 48, "X" * 48))
    equal(other.shows()[0].count(",1,kWh,U\n"), 48)


@case
def an_actual_takes_the_place_of_what_was_set(_):
    meter = meters.mpans(1)[0]
    ledger = Ledger()
    ledger.load(hh(1, "E"))
    edited(ledger, meter, "set", value="5")
    assert ledger.shows()[0].count(",5,kWh,S") == 48
    equal(ledger.load(hh(1, "E"))["changed"], 48, "the ledger's rule: an estimate takes a substitute's place")
    equal(ledger.load(hh(3, "A"), "keep")["kept"], 48)
    equal(ledger.load(hh(3, "A"))["changed"], 48)


# ---- the cases that people meet ----

def hh(value, quality="A", meter=meters.mpans(1)[0], day="2025-11-07", hours=24):
    return HEADER + "".join(f"{meter},import,{day}T{h:02d}:{m:02d}:00Z,30,{value},kWh,{quality}\n"
                            for h in range(hours) for m in (0, 30))


@case
def an_identical_later_import_still_shows(_):
    ledger = Ledger()
    a = ledger.load(hh(1))
    before = ledger.shows()
    b = ledger.load(hh(1))
    equal((b["identical"], b["new"]), (48, 0), "second time")
    equal(ledger.undo(a["batch_id"])["days_unchanged"], 1, "days unchanged")
    same(ledger.shows(), before, "after the undo of the first")
    third = ledger.load(hh(1))
    equal(third["identical"], 48, "third time, over a row that an undone batch names")
    ledger.undo(third["batch_id"])
    c = ledger.load(hh(2), "keep")
    equal((c["kept"], ledger.undo(c["batch_id"])["days_unchanged"]), (48, 1), "kept, and undone")
    same(ledger.shows(), before, "after more imports")
    equal(ledger.undo(b["batch_id"])["days_removed"], 1, "days removed")
    equal(ledger.shows()[0].count("\n"), 1, "lines when both are undone")
    ledger.redo(b["batch_id"])
    same(ledger.shows(), before, "after the redo of the second")


@case
def an_estimate_shows_when_its_actual_is_undone(_):
    ledger = Ledger()
    a = ledger.load(hh(1, "A"))
    equal(ledger.load(hh(9, "E"))["kept"], 48, "kept")
    ledger.undo(a["batch_id"])
    assert ",9,kWh,E" in ledger.shows()[0], ledger.shows()[0][:300]
    ledger.redo(a["batch_id"])
    assert ",9,kWh,E" not in ledger.shows()[0]


@case
def a_day_that_a_batch_states_in_several_commits(_):
    rnd = random.Random(ARGS.seed)
    ledger, files, live = Ledger(), [], set()
    for policy in POLICIES:
        rows = [f"{m},import,2025-11-{d:02d}T{h:02d}:{at:02d}:00Z,30,{rnd.randint(1, 2)},kWh,{rnd.choice('AE')}\n"
                for m in meters.mpans(2700) for d in (7, 8) for h in range(3) for at in (0, 30)]  # 5,000 days a commit
        rows += rnd.sample(rows, 3000)  # stated twice
        rnd.shuffle(rows)
        files.append((HEADER + "".join(rows), policy))
    batches = [ledger.load(*f)["batch_id"] for f in files]
    live.update(batches)
    for _ in range(4):
        batch = rnd.choice(batches)
        (ledger.undo if batch in live else ledger.redo)(batch)
        live ^= {batch}
        fresh = Ledger()
        for b, f in zip(batches, files):
            if b in live:
                fresh.load(*f)
        same(ledger.shows(), fresh.shows(), f"seed {ARGS.seed}, live {sorted(map(batches.index, live))}")
        fresh.keep.cleanup()


@case
def an_undone_batch_does_not_come_back(_):
    ledger = Ledger()
    a, b, c = (ledger.load(hh(v), "replace")["batch_id"] for v in (1, 2, 3))
    ledger.undo(b)
    ledger.undo(c)
    assert ",1,kWh" in ledger.shows()[0]
    ledger.undo(a)
    equal(ledger.shows()[0].count("\n"), 1, "lines when all are undone")


@case
def meters_go_and_come_with_their_imports(_):
    one, two = meters.mpans(2)
    ledger = Ledger()
    a = ledger.load(hh(1, meter=one))["batch_id"]
    b = ledger.load(hh(1, meter=two))["batch_id"]
    equal(ledger.undo(a)["meters"], 1, "meters")
    equal(ledger.shows()[1], [(two,)], "meters seen")
    refuses(ledger, 1, f"There is no meter {one}", "readings-export", "--to", "-", "--meter", one)
    c = ledger.load(hh(1, meter=one, day="2025-11-08"))["batch_id"]
    equal(ledger.shows()[1], [(one,), (two,)], "found again by another import")
    ledger.redo(a)
    ledger.undo(c)
    equal(ledger.shows()[1], [(one,), (two,)], "still spoken of")
    ledger.undo(b)
    equal(ledger.shows()[1], [(one,)], "meters seen at the end")


# ---- sites ----

FIELDS = "company_id", "address", "floor_area", "latitude", "is_active"


def sites(ledger):
    """The properties that can be seen, but for the one that takes meters."""
    rows = sqlite3.connect(f"file:{ledger.db}?mode=ro", uri=True).execute(
        f"SELECT name, {', '.join(FIELDS)} FROM properties WHERE is_undone = 0 AND is_default = 0 ORDER BY name").fetchall()
    return rows


def load_sites(ledger, text, policy="actual-wins"):
    p = ledger.s.call("import", "--from", ledger.put("sites.csv", text), "--type", "sites", "--on-conflict", policy, "--json")
    return json.loads(p.stdout)


def one_history_of_sites(seed):
    rnd = random.Random(seed)
    ledger, batches, told = Ledger(), [], []
    for _ in range(rnd.randint(4, 9)):
        live, dead = [b for b in batches if b["live"]], [b for b in batches if not b["live"]]
        deed = rnd.choice(("import", "import", "undo", "undo", "redo"))
        count = None
        if deed == "undo" and live or deed == "redo" and dead:
            b = rnd.choice(live if deed == "undo" else dead)
            act = ledger.undo if deed == "undo" else ledger.redo
            foreseen, done = act(b["id"], "--dry-run"), act(b["id"])
            for k in ("days", "days_removed", "days_changed", "days_added", "days_unchanged"):
                equal(done[k], foreseen[k], f"seed {seed}: {k} as foreseen")
        else:
            deed = "import"
            columns = rnd.sample(FIELDS, rnd.randint(1, len(FIELDS)))
            rows = [",".join([name, *(rnd.choice(("", "1", "0")) for _ in columns)]) for name in rnd.sample("ABCA", 3)]
            b = {"text": "\n".join([",".join(["Name", *columns]), *rows]) + "\n", "policy": rnd.choice(POLICIES)}
            count = load_sites(ledger, b["text"], b["policy"])
            b["id"] = count["batch_id"]
            batches.append(b)
        b["live"] = deed != "undo"
        told.append(f"{deed} {batches.index(b)}")
        fresh = Ledger()
        for other in batches:
            if other["live"]:
                expected = load_sites(fresh, other["text"], other["policy"])
        equal(sites(ledger), sites(fresh), f"seed {seed}: {', '.join(told)}")
        if count:
            equal({k: count[k] for k in COUNTS}, {k: expected[k] for k in COUNTS}, f"seed {seed}: {', '.join(told)}")
        fresh.keep.cleanup()
    ledger.keep.cleanup()


@case
def random_histories_of_sites(_):
    for i in range(ARGS.rounds):
        one_history_of_sites(ARGS.seed + i)


@case
def sites_and_the_meters_in_them(_):
    ledger = Ledger()
    text = ("Site Name;Company ID;Lat.;Longitude;Floor Area;Active;Created\nHill House;7;51,5;-0.12;120.5;yes;2024-02-01\n"
            "Low Barn;;91;0;1;1;\n;1;1;1;1;1;\nMill;;;;;perhaps;\n")
    bad = load_sites(ledger, text)
    equal([(e["row"], e["code"]) for e in bad["errors"]], [(3, "BAD_LATITUDE"), (4, "MISSING_NAME"), (5, "BAD_FLAG")], "errors")
    equal((bad["import_type"], bad["new"], bad["imported_rows"], bad["failed_rows"]), ("sites", 1, 1, 3), "counts")
    equal(sites(ledger), [("Hill House", "7", None, 120500000, 51500000, 1)], "sites")
    again = load_sites(ledger, text)
    equal((again["identical"], again["imported_rows"], again["unchanged_rows"]), (1, 0, 1), "a second time")
    ledger.undo(again["batch_id"])
    number = sqlite3.connect(ledger.db).execute("SELECT id FROM properties WHERE name = 'Hill House'").fetchone()[0]
    ledger.s.run("import", "--from", ledger.put("in.csv", hh(1)), "--property", number)
    equal(ledger.undo(bad["batch_id"])["days_removed"], 0, "removed, with a meter in it")
    equal(sites(ledger), [("Hill House", None, None, None, None, 1)], "the site with its meter")
    before = ledger.db.read_bytes()
    ledger.s.call("import", "--from", ledger.put("dry.csv", "name\nNew\n"), "--type", "sites", "--dry-run")
    equal(ledger.db.read_bytes() == before, True, "the database's bytes after a dry run")
    refuses(ledger, 1, "not a file of sites", "import", "--from", ledger.put("in.csv", hh(1)), "--type", "sites")
    refuses(ledger, 1, "not a meter file", "import", "--from", ledger.put("dry.csv", "name,address\nA,B\n"))


@case
def an_undo_that_failed_half_way_is_not_cleaned_up(_):
    ledger = Ledger()
    a = ledger.load(hh(1))["batch_id"]
    ledger.undo(a)
    ledger.redo(a)
    db = sqlite3.connect(ledger.db, isolation_level=None)
    db.execute("UPDATE jobs SET completed_at = 1")
    db.execute("UPDATE jobs SET undone_at = 2 WHERE batch_id = ?", (a,))  # asked for, and no day has been settled
    db.execute("UPDATE jobs SET status = 'failed', processed_rows = 0, resume_offset = 0 WHERE import_type = 'redo'")
    work = db.execute("SELECT batch_id FROM jobs WHERE status = 'failed'").fetchone()[0]
    ledger.s.run("jobs-cleanup", "--older-than", "0")
    equal(db.execute("SELECT cleaned_at FROM jobs WHERE batch_id = ?", (a,)).fetchone(), (None,), "cleaned up")
    ledger.s.run("job-retry", work)
    ledger.s.work()
    equal(ledger.shows()[0].count("\n"), 1, "lines once the undo has come to its end")
    ledger.s.run("jobs-cleanup", "--older-than", "0")
    assert db.execute("SELECT cleaned_at FROM jobs WHERE batch_id = ?", (a,)).fetchone()[0], "and now it is"
    db.close()


@case
def a_dry_run_changes_nothing(_):
    ledger = Ledger()
    a = ledger.load(hh(1))["batch_id"]
    before = ledger.db.read_bytes()
    equal(ledger.undo(a, "--dry-run")["days_removed"], 1, "days removed")
    equal(ledger.db.read_bytes() == before, True, "the database's bytes")


@case
def what_is_refused(_):
    ledger = Ledger()
    a = ledger.load(hh(1))["batch_id"]
    refuses(ledger, 1, "has not been undone", "import-redo", a)
    done = ledger.undo(a)
    refuses(ledger, 1, "has been undone already", "import-undo", a)
    refuses(ledger, 1, "Only an import", "import-undo", done["job_batch_id"])
    refuses(ledger, 1, "There is no job", "import-undo", "no-such-batch")
    refuses(ledger, 1, "not stopped half way", "job-cancel", done["job_batch_id"])
    ledger.redo(a)
    db = sqlite3.connect(ledger.db)
    for change, words in (("dry_run = 1", "dry run"), ("status = 'queued'", "still under way"),
                          ("cleaned_at = 1", "cleaned up")):
        db.execute(f"UPDATE jobs SET {change} WHERE batch_id = ?", (a,))
        db.commit()
        refuses(ledger, 1, words, "import-undo", a)
        db.execute("UPDATE jobs SET dry_run = 0, status = 'completed', cleaned_at = NULL WHERE batch_id = ?", (a,))
        db.commit()
    db.close()
    ledger.undo(a)


if __name__ == "__main__":
    sys.exit(0 if run_cases(None) else 1)
