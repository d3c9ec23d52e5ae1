#!/usr/bin/env python3
"""charging_cases: charging sessions in and out as CSV, by the command line (source A's commands, PRODUCT 2; DECISIONS 10, 19,
20, 22, 28).

    charging_cases.py                      a sample, for make test
    charging_cases.py --seed S --rounds N  the same sample again, or a longer one
"""
import argparse
import csv
import io
import json
import os
import random
import signal
import sqlite3
import subprocess
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "cgi"))
from cases import BUILD, case, equal, run_cases  # noqa: E402
from golden import Storage  # noqa: E402

HEADER = ("date,odometer,charge_type,charge_power_kw,location_label,charge_network,charge_delivered_kwh,duration_mins,cost_per_kwh,"
          "total_cost_gbp,soc_from,soc_to,ambient_temp_c,notes")
MORE = "preconditioning_used,preconditioning_events,car,started_at,ended_at,status"
ARGS = argparse.ArgumentParser()
ARGS.add_argument("--seed", type=int, default=random.SystemRandom().randrange(1 << 32))
ARGS.add_argument("--rounds", type=int, default=6)
ARGS = ARGS.parse_args()
SHORT = "date,odometer,charge_type,charge_delivered_kwh,car\n"


class Garage:
    """A storage of its own, and the commands on it."""

    def __init__(self):
        self.keep = tempfile.TemporaryDirectory(prefix="wattledger-charging-")
        self.s = Storage(self.keep.name)
        self.folder = Path(self.keep.name)
        self.db = self.folder / "storage/wattledger.db"

    def put(self, text, name="in.csv"):
        path = self.folder / name
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return path

    def load(self, text, *options, code=None):
        p = self.s.call("sessions-import", "--from", self.put(text), "--json", *options)
        report = json.loads(p.stdout)
        equal(p.returncode, code if code is not None else 1 if report["failed_rows"] else 0, p.stderr)
        return report

    def out(self, *options):
        return self.s.run("sessions-export", "--to", "-", *options).decode()

    def undo(self, batch, what="undo", *options):
        return json.loads(self.s.run(f"import-{what}", batch, "--json", *options))

    def sql(self, text, *args):
        with sqlite3.connect(self.db, timeout=20) as db:
            return db.execute(text, args).fetchall()

    def user(self, name, role="editor"):
        self.s.call("admin-create", "--email", f"{name}@example.org", "--password-stdin", input=b"correct horse battery staple\n")
        self.sql("UPDATE users SET role = ? WHERE email = ?", role, f"{name}@example.org")
        return self.sql("SELECT id FROM users WHERE email = ?", f"{name}@example.org")[0][0]


def of(report, *keys):
    return [report[k] for k in keys]


def counts(report):
    return tuple(report[k] for k in ("new", "identical", "kept", "failed_rows"))


def line(date, odometer=100, kwh=10, car="", kind="AC"):
    return f"{date},{odometer},{kind},{kwh},{car}\n"


# ---- source A's areas ----

A_FILE = HEADER + '''
2025-01-07,12000,AC,7.2,Home,,30,250,0.075,,20,80,-3.5,"two
lines, ""quoted"""
2025-01-09,12100,DC,50,Services,Gridserve,40.123,45,,31.69,10,80,,
2025-01-05,11900,AC,,,,12.5,,,,,,,'=1+1
'''


@case
def a_round_trip_has_equal_counts_and_bytes(_):
    g, h = Garage(), Garage()
    report = g.load(A_FILE)
    equal(counts(report), (3, 0, 0, 0))
    equal([(w["code"], w["row"]) for w in report["warnings"]], [("NEW_CAR", 2)])
    first = g.out()
    rows = list(csv.reader(io.StringIO(first)))
    equal(",".join(rows[0]), HEADER)
    equal([r[0] for r in rows[1:]], ["2025-01-05", "2025-01-07", "2025-01-09"], "oldest first")
    equal((rows[2][9], rows[2][12], rows[2][13]), ("2.25", "-3.5", 'two\nlines, "quoted"'))
    equal((rows[3][9], rows[1][9], rows[1][13]), ("31.69", "", "'=1+1"))
    equal(counts(h.load(first)), (3, 0, 0, 0))
    equal(h.out(), first)
    equal(h.sql("SELECT cost_computed FROM charging_sessions ORDER BY day"), [(0,), (1,), (0,)], "what was computed")


@case
def imported_twice_nothing_changes_and_it_is_counted(_):
    g = Garage()
    g.load(A_FILE)
    before = g.out("--all-columns"), g.sql("SELECT id, version, updated_at FROM charging_sessions ORDER BY id")
    for text in (A_FILE, g.out(), g.out("--all-columns"), A_FILE.replace("40.123,", "40.123000,")):
        report = g.load(text)
        equal((counts(report), report["imported_rows"], report["unchanged_rows"]), ((0, 3, 0, 0), 0, 3))
    differs = g.load(A_FILE.replace("Gridserve", "Osprey").replace(",80,-3.5", ",81,-3.5"))
    equal(counts(differs), (0, 1, 2, 0))
    equal([(w["row"], w["column"], w["code"]) for w in differs["warnings"]], [(2, "soc_to", "DIFFERS"), (4, "charge_network", "DIFFERS")])
    equal((g.out("--all-columns"), g.sql("SELECT id, version, updated_at FROM charging_sessions ORDER BY id")), before)


@case
def exit_codes_streams_and_files(_):
    g = Garage()
    for args in (("sessions-export",), ("sessions-import",), ("sessions-import", "--from", "x", "--to", "y"), ("sessions-export", "--to", "-", "--from", "soon"),
                 ("sessions-export", "--to", "-", "--from", "2025-02-01", "--to-date", "2025-01-01")):
        equal(g.s.call(*args).returncode, 2, args)
    for args in (("sessions-import", "--from", g.folder / "none.csv"), ("sessions-export", "--to", "-", "--car", "Nobody"),
                 ("sessions-export", "--to", "-", "--user", "9"), ("sessions-import", "--from", g.put("a,b\n1,2\n")), ("sessions-import", "--from", g.put(""))):
        equal(g.s.call(*args).returncode, 1, args)
    equal(g.out(), HEADER + "\n", "an export of nothing")
    p = g.s.call("sessions-import", "--from", "-", input=A_FILE.encode())
    equal((p.returncode, b"3 new" in p.stdout), (0, True), p.stdout)
    to = g.folder / "out.csv"
    to.write_text("old")
    equal(json.loads(g.s.run("sessions-export", "--to", to, "--json"))["exported_rows"], 3)
    equal(to.read_text(), g.out())
    equal(sorted(x.name for x in g.folder.glob("*.part")), [])


@case
def rejected_rows_go_beside_the_file_and_come_back_mended(_):
    g = Garage()
    bad = A_FILE.replace("12100,DC", "-1,DC").replace(",12.5,", ",much,")
    beside = g.folder / "in.csv.errors.csv"
    for dry in ((), ("--dry-run",)):
        beside.unlink(missing_ok=True)
        report = g.load(bad, *dry)
        equal([(e["row"], e["column"], e["code"]) for e in report["errors"]],
              [(4, "odometer", "BAD_ODOMETER"), (5, "charge_delivered_kwh", "BAD_CHARGE_DELIVERED_KWH")])
        rows = list(csv.reader(io.StringIO(beside.read_text())))
        equal((rows[0][:14], rows[0][14:], [r[14:17] for r in rows[1:]]),
              (HEADER.split(","), ["line", "column", "code", "message"],
               [["4", "odometer", "BAD_ODOMETER"], ["5", "charge_delivered_kwh", "BAD_CHARGE_DELIVERED_KWH"]]))
    mended = beside.read_text().replace(",-1,", ",12100,").replace(",much,", ",12.5,")
    equal(counts(g.load(mended)), (2, 0, 0, 0))
    equal(counts(g.load(A_FILE)), (0, 3, 0, 0))


@case
def a_dry_run_says_just_what_the_import_does_and_writes_nothing(_):
    g = Garage()
    g.load(A_FILE)
    text = A_FILE.replace("Gridserve", "Osprey") + "2025-02-01,1,AC,,,,1,,,,,,,\n" * 2 + "2025-02-01,1,AC,,,,1,,,,,,,x\n,,,,,,,,,,,,,y\n"
    before = g.db.read_bytes()
    dry = g.load(text, "--dry-run")
    equal(g.db.read_bytes() == before, True, "the database's bytes")
    done = g.load(text)
    equal((counts(dry), dry["batch_id"]), (counts(done), None))
    equal(counts(done), (1, 3, 2, 1))
    strip = lambda notes: [(w["row"], w["column"], w["code"]) for w in notes]  # noqa: E731
    equal((strip(dry["warnings"]), strip(dry["errors"])), (strip(done["warnings"]), strip(done["errors"])))


# ---- whose ----

@case
def the_car_of_a_row(_):
    g = Garage()
    equal(counts(g.load(SHORT + line("2025-01-01", car="Zoe"))), (1, 0, 0, 0))
    equal(counts(g.load("date,odometer,charge_type,charge_delivered_kwh\n2025-01-02,110,AC,1\n")), (1, 0, 0, 0))
    equal(g.sql("SELECT name FROM cars"), [("Zoe",)], "the only one")
    report = g.load(SHORT + line("2025-01-03", 120, car="Leaf") + line("2025-01-04", 130, car="zOE") + line("2025-01-05", 140))
    equal((counts(report), [(e["row"], e["code"]) for e in report["errors"]]), ((2, 0, 0, 1), [(4, "WHICH_CAR")]))
    equal(g.sql("SELECT k.name, COUNT(*) FROM cars k JOIN charging_sessions s ON s.car_id = k.id GROUP BY 1 ORDER BY 1"), [("Leaf", 1), ("Zoe", 3)])
    one = "date,odometer,charge_type,charge_delivered_kwh\n2025-02-0{},{},AC,1\n"
    equal(counts(g.load(one.format(1, 200), "--car", "leaf")), (1, 0, 0, 0))
    equal(counts(g.load(one.format(2, 210), "--car", "1")), (1, 0, 0, 0))
    for car, why in (("Nobody", "no car \"Nobody\""), ("99", "no car \"99\"")):
        report = g.load(one.format(3, 220), "--car", car, code=1)
        assert why in report["error_message"], report
    equal(g.out("--car", "Leaf").count("\n"), 3)
    equal(g.out("--car", "1", "--from", "2025-01-02", "--to-date", "2025-01-04").count("\n"), 3)
    equal(g.out().splitlines()[0], HEADER + "," + MORE, "of several cars")
    equal(g.out("--car", "Leaf").splitlines()[0], HEADER, "of one")
    equal(g.out("--car", "Leaf", "--all-columns").splitlines()[0], HEADER + "," + MORE, "of one, asked for")


@case
def the_sessions_of_users(_):
    g = Garage()
    ada, bob = g.user("ada"), g.user("bob")
    for who, day in (("ada", 1), ("bob", 2)):
        equal(counts(g.load(SHORT + line(f"2025-01-0{day}", car="Zoe"), "--user", f"{who}@example.org")), (1, 0, 0, 0))
    equal(g.sql("SELECT user_id, name FROM cars ORDER BY 1"), [(ada, "Zoe"), (bob, "Zoe")])
    equal(g.out("--user", str(ada)).count("\n"), 2)
    equal(g.load(SHORT + line("2025-01-01", car="Zoe"), "--user", str(bob))["new"], 1, "another key: another car")
    everybody = g.out()
    equal([(e["row"], e["code"]) for e in g.load(everybody)["errors"]], [(2, "AMBIGUOUS_CAR"), (3, "AMBIGUOUS_CAR"), (4, "AMBIGUOUS_CAR")])
    report = g.load("date,odometer,charge_type,charge_delivered_kwh\n2025-03-01,1,AC,1\n", "--user", str(bob), "--car", "1", code=1)
    assert "no car" in report["error_message"], report
    g.sql("UPDATE cars SET name = 'Leaf', name_key = 'leaf' WHERE user_id = ?", bob)
    equal(counts(g.load(g.out())), (0, 3, 0, 0), "the system finds everybody's cars")


# ---- export > import > export ----

WORDS = ("", "Home", "Ünïcødé 東京", "=SUM(A1)", "+44", "-dash", "@cmd", "'quoted", "''=x", "a,b", 'say "hi"', "semi;colon", "tab\there", "€ £")
NOTES = WORDS + ("two\nlines", "three\r\n\r\nlines", "\"\"", "=1\n=2", "x" * 5000, "'", ",,,", "\u2028", "trailing\n.")


def decimal(rnd, most, places=6):
    return rnd.choice(("", "0", f"{rnd.randrange(most)}.{rnd.randrange(10 ** places):0{places}}".rstrip("0").rstrip(".")))


def generated(rnd, n, cars):
    out = io.StringIO()
    w = csv.writer(out)
    w.writerow((HEADER + "," + MORE).split(","))
    for i in range(n):
        soc = sorted(rnd.sample(range(101), 2)) if rnd.random() < 0.5 else ("", "")
        start = rnd.randrange(1 << 30)
        has = rnd.random()
        price, kwh = decimal(rnd, 2, 4), decimal(rnd, 80) or "1"
        guard = lambda s: "'" + s if s.lstrip("'")[:1] in tuple("=+-@\t\r") and s else s  # noqa: E731
        w.writerow([f"20{rnd.randrange(10, 30)}-{rnd.randrange(1, 13):02}-{rnd.randrange(1, 29):02}", rnd.choice(("", 1000 + i)) if has < 0.7 else 1000 + i, rnd.choice(("AC", "DC")),
                    decimal(rnd, 300, 3), guard(rnd.choice(WORDS)).replace("\t", " "), guard(rnd.choice(WORDS)).replace("\t", " "), kwh, rnd.choice(("", rnd.randrange(600))), price,
                    rnd.choice(("", decimal(rnd, 50, 2))), *soc, rnd.choice(("", "0", "-12.5", "31.25")), guard(rnd.choice(NOTES)),
                    rnd.choice("01"), rnd.choice(("", "0", "3")), rnd.choice(cars), f"2024-01-{rnd.randrange(1, 29):02}T{start % 24:02}:00:{i % 60:02}Z" if has < 0.7 else "",
                    f"2024-01-30T00:00:{i % 60:02}Z" if has < 0.4 else "", "closed"])
    return out.getvalue()


def round_trip(seed):
    rnd = random.Random(seed)
    cars = rnd.sample(("Zoe", "Leaf", "Ünï", "=Car", "A, \"B\""), rnd.randint(1, 4))
    g, h = Garage(), Garage()
    report = g.load(generated(rnd, rnd.randint(50, 300), cars).replace("'=Car", "=Car").replace(",=Car,", ",'=Car,"))
    equal(report["failed_rows"], 0, f"seed {seed}: {report['errors'][:3]}")
    first = g.s.run("sessions-export", "--to", "-", "--all-columns")
    equal(h.load(first)["failed_rows"], 0, f"seed {seed}")
    second = h.s.run("sessions-export", "--to", "-", "--all-columns")
    at = next((i for i, (a, b) in enumerate(zip(first, second)) if a != b), min(len(first), len(second)))
    equal(second[at:at + 200], first[at:at + 200], f"seed {seed}: byte {at}")
    equal(second == first, True, f"seed {seed}")
    equal(counts(h.load(first))[0::2], (0, 0), f"seed {seed}: a second time")
    if len(cars) == 1:
        plain = g.s.run("sessions-export", "--to", "-")
        equal(counts(g.load(plain))[0::2], (0, 0), f"seed {seed}: the plain export")
    g.keep.cleanup()
    h.keep.cleanup()


@case
def what_is_exported_imports_and_exports_as_the_same_bytes(_):
    for i in range(ARGS.rounds):
        round_trip(ARGS.seed + i)


@case
def an_odometer_is_needed_where_there_is_no_start(_):
    g = Garage()
    report = g.load("date,odometer,charge_type,charge_delivered_kwh\n2025-01-02,,AC,1\n2025-01-03,7,AC,1\n")
    equal([(e["row"], e["column"], e["code"]) for e in report["errors"]], [(2, "odometer", "MISSING_ODOMETER")])
    equal(g.out().count("\n"), 2)
    equal(counts(g.load("date,odometer,charge_type,charge_delivered_kwh,started_at\n2025-01-02,,AC,1,2025-01-02T08:00:00Z\n")), (1, 0, 0, 0))
    plain = g.out()  # not asked for, but without it the session could not be read again
    assert "started_at" in plain.splitlines()[0], plain
    equal(counts(g.load(plain)), (0, 2, 0, 0))


# ---- undo and redo ----

def shown(g):
    return g.out("--all-columns"), g.sql("SELECT name FROM cars WHERE is_undone = 0 ORDER BY name")


def one_history(seed):
    """After any sequence of imports, undos and redos the ledger shows what one shows that has only seen the live imports."""
    rnd = random.Random(seed)
    g, batches, told = Garage(), [], []
    for _ in range(rnd.randint(5, 11)):
        live, dead = [b for b in batches if b["live"]], [b for b in batches if not b["live"]]
        deed = rnd.choice(("import", "undo", "undo", "redo"))
        if deed == "undo" and live or deed == "redo" and dead:
            b = rnd.choice(live if deed == "undo" else dead)
            foreseen, done = g.undo(b["id"], deed, "--dry-run"), g.undo(b["id"], deed)
            for k in ("days", "days_removed", "days_added", "days_unchanged", "cars", "sessions_edited"):
                equal(done[k], foreseen[k], f"seed {seed}: {k} as foreseen, {told}")
        else:
            deed = "import"
            rows = [line(f"2025-01-0{d}", d, d, rnd.choice(("Zoe", "Leaf", "Kona"))) for d in rnd.sample(range(1, 8), rnd.randint(1, 4))]
            b = {"text": SHORT + "".join(rows)}
            b["id"] = g.load(b["text"])["batch_id"]
            batches.append(b)
        b["live"] = deed != "undo"
        told.append(f"{deed} {batches.index(b)}")
        fresh = Garage()
        for other in batches:
            if other["live"]:
                fresh.load(other["text"])
        (rows, cars), (want, want_cars) = shown(g), shown(fresh)
        equal((sorted(rows.splitlines()), cars), (sorted(want.splitlines()), want_cars), f"seed {seed}: {', '.join(told)}")
        fresh.keep.cleanup()
    g.keep.cleanup()


@case
def random_histories_of_sessions(_):
    for i in range(ARGS.rounds):
        one_history(ARGS.seed + i)


@case
def what_a_person_has_changed_stays(_):
    g = Garage()
    batch = g.load(SHORT + line("2025-01-01", 1, car="Zoe") + line("2025-01-02", 2, car="Zoe") + line("2025-01-03", 3, car="Leaf"))["batch_id"]
    g.sql("UPDATE charging_sessions SET is_edited = 1, version = 2, notes = 'mine' WHERE odometer = 2")
    foreseen = g.undo(batch, "undo", "--dry-run")
    equal(of(foreseen, "days", "days_removed", "days_unchanged", "sessions_edited", "cars"), [3, 2, 1, 1, 1])
    text = g.s.run("import-undo", batch, "--dry-run").decode()
    assert "changed by hand: 1" in text and "Cars that go with it: 1" in text, text
    equal(of(g.undo(batch), "days_removed", "sessions_edited", "cars"), [2, 1, 1])
    equal(shown(g)[1], [("Zoe",)])
    equal([r[1] for r in csv.reader(io.StringIO(g.out()))][1:], ["2"])
    equal(g.undo(batch, "redo")["days_added"], 2)
    equal(shown(g)[1], [("Leaf",), ("Zoe",)])


@case
def a_key_that_was_taken_meanwhile_keeps_the_undone_one_out(_):
    g = Garage()
    first = g.load(SHORT + line("2025-01-01", 1, car="Zoe"))["batch_id"]
    g.undo(first)
    g.load(SHORT + line("2025-01-01", 1, car="Zoe").replace("AC", "DC"))
    equal(of(g.undo(first, "redo"), "days_added", "days_unchanged"), [0, 1])
    equal(g.sql("SELECT charge_type FROM charging_sessions WHERE is_undone = 0"), [("DC",)])


@case
def a_car_that_something_else_refers_to_stays(_):
    g = Garage()
    batch = g.load(SHORT + line("2025-01-01", 1, car="Zoe"))["batch_id"]
    g.sql("INSERT INTO charging_tariffs (car_id, network, from_day, per_kwh, created_at) SELECT id, '', 0, 1, 0 FROM cars")
    equal(of(g.undo(batch), "days_removed", "cars"), [1, 0])
    equal(shown(g)[1], [("Zoe",)])


@case
def clean_up_ends_the_undo(_):
    g = Garage()
    gone = g.load(SHORT + line("2025-01-01", 1, car="Zoe"))["batch_id"]
    g.load(SHORT + line("2025-01-02", 2, car="Leaf"))
    g.undo(gone)
    g.sql("UPDATE jobs SET queued_at = 1, completed_at = 1")
    g.s.run("jobs-cleanup", "--older-than", "1")
    equal(g.sql("SELECT odometer FROM charging_sessions"), [(2,)])
    equal(g.sql("SELECT name FROM cars"), [("Leaf",)])


# ---- killed ----

@case
def killed_at_any_moment_it_is_run_again_and_nothing_is_twice(_):
    rnd = random.Random(ARGS.seed)
    text = SHORT + "".join(line(f"20{i // 360 % 20 + 10:02}-{i // 30 % 12 + 1:02}-{i % 28 + 1:02}", i + 1, i % 70 + 1, f"Car {i % 3}") for i in range(23000))
    g, kills, before = Garage(), 0, 0
    path = g.put(text)
    for i in range(30):
        p = subprocess.Popen([BUILD / "wattledger", "sessions-import", "--from", path, "--json"], env=g.s.env, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        try:
            out, _ = p.communicate(timeout=0.03 + rnd.random() * 0.05 + i * 0.03)
            break
        except subprocess.TimeoutExpired:
            os.kill(p.pid, signal.SIGKILL)
            p.communicate()
            kills += 1
        found = g.sql("SELECT COUNT(*) FROM charging_sessions")[0][0]
        equal((found >= before, found % 5000 in (0, 3000)), (True, True), f"seed {ARGS.seed}: {found} sessions after a kill: whole batches")
        before = found
    report = json.loads(out)
    assert kills, "it was too quick to be killed"
    equal((report["failed_rows"], report["new"] + report["identical"]), (0, 23000))
    equal(g.sql("SELECT COUNT(*) FROM charging_sessions"), [(23000,)])
    equal(g.sql("PRAGMA integrity_check"), [("ok",)])
    fresh = Garage()
    fresh.load(text)
    equal(sorted(g.out().splitlines()) == sorted(fresh.out().splitlines()), True, "the sessions of a run that was not killed")


if __name__ == "__main__":
    print(f"--seed {ARGS.seed} --rounds {ARGS.rounds}", flush=True)
    sys.exit(0 if run_cases(None) else 1)
