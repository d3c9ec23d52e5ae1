#!/usr/bin/env python3
"""make: the ten-year file: a backup as a program of a certain schema wrote it, kept so that every later program is held to
reading it. `make.py OUT` fills a new storage by the command line and the API, makes a backup of it, OUT.zip, and
writes down in OUT.json what must be found after a restore (found.py).

schema-1.zip and schema-1.json were made by `make.py schema-1` with the program as of commit b001e94 (schema 1, before any
release). They are never made anew: a later schema gets a file of its own beside them. What goes in is always the same;
times, ids of jobs and salts are of the day on which it was made.

Ten years of half hours of one meter and of daily totals of another, exported energy, gas by volume and a register; imports that
overlap, one undone, redone, one left undone; edits; two cars of one model; tariffs, sessions, drafts; settings, one of
them sealed; presets, schedules, a token; files that failed and rows that were rejected. The sums of the readings are
worked out here a second time, without the program.
"""
import datetime
import json
import shutil
import sys
import tempfile
from decimal import Decimal
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parents[1] / "cgi"), str(HERE.parents[1] / "server")]
from cgi import Storage  # noqa: E402
from found import PASSWORDS, Person, history, look, readings  # noqa: E402

HEADER = "meter,channel,interval_start,interval_minutes,value,unit,quality\n"
MAIN, DAILY, GAS, REGISTER = "1700000000011", "1700000000028", "1700000000030", "1700000000045"
LARGEST = 600_000
NOTE = '"said ""again"", twice"'


def days(first, last):
    first, last = (datetime.date.fromisoformat(d) for d in (first, last))
    return [first + datetime.timedelta(n) for n in range((last - first).days + 1)]


def half_hours(first, last, more="0", channel="import"):
    """Of MAIN, in UTC: 50 of a day's shapes that come again, so that ten years pack into little."""
    return [(MAIN, channel, f"{day}T{i // 2:02}:{i % 2 * 30:02}:00Z", 30,
             Decimal((i * 7 + day.month * 3 + day.weekday() // 5 * 11) % 23) / 8 + Decimal(more), "kWh", "E" if (day.month, day.day) == (1, 1) else "A")
            for day in days(first, last) for i in range(48)]


def text(rows):
    return HEADER + "".join(f"{m},{c},{at},{n},{v},{u},{q}\n" for m, c, at, n, v, u, q in rows)


def put(storage, name, content, *options, fails=False):
    """As ada, by the command line."""
    path = Path(storage.folder.name, name)
    path.write_text(content)
    p = storage.run("wattledger", "import", "--from", str(path), "--user", "ada@example.org", "--json", *options)
    assert (p.returncode == 1) == fails, (name, p.returncode, p.stdout[:500], p.stderr)
    report = json.loads(p.stdout) if p.stdout else {}
    return report.get("batch_id")


def people(storage):
    p = storage.run("wattledger", "admin-create", "--email", "admin@example.org", "--name", "Åsa Admin", "--password-stdin",
                    input=PASSWORDS["admin@example.org"] + "\n")
    assert p.returncode == 0, p.stderr
    admin = Person(storage, "admin@example.org")
    for name in ("ada", "bob"):
        email = f"{name}@example.org"
        admin.call("POST", "/api/users/", {"email": email, "name": name.capitalize(), "role": "editor", "password": PASSWORDS[email]})
    ada, bob = Person(storage, "ada@example.org"), Person(storage, "bob@example.org")
    ada.call("PATCH", "/api/users/me", {"phone": "+44 20 7946 0000", "time_zone": "Europe/London"})
    return ada, bob


def places(ada, bob):
    mill = ada.call("POST", "/api/properties/", {"name": "Mill House, \"old\"", "address": "1 Mill Lane, Bath", "postcode": "BA1 1AA", "floor_area": "120.5",
                                                 "latitude": "51.381", "longitude": "-2.359", "time_zone": "Europe/London"})["id"]
    ada.call("POST", f"/api/properties/{mill}/members", {"email": "bob@example.org", "role": "viewer"})
    barn = bob.call("POST", "/api/properties/", {"name": "=Barn"})["id"]
    bob.call("POST", f"/api/properties/{barn}/meters", {"identifier": "BARN-1", "time_zone": "Europe/Berlin"})
    made = {i: ada.call("POST", f"/api/properties/{mill}/meters", {"identifier": i, "time_zone": "Europe/London", **more})["id"] for i, more in (
        (MAIN, {"name": "Main"}), (DAILY, {"name": "Daily"}), (GAS, {"name": "Gas"}),
        (REGISTER, {"name": "Workshop", "meter_type": "SUB_METER", "sub_meter_kind": "PHYSICAL"}))}
    ada.call("POST", f"/api/properties/{mill}/meters", {"identifier": "REST", "meter_type": "SUB_METER", "sub_meter_kind": "VIRTUAL",
                                                       "formula": f"M{made[MAIN]} - M{made[REGISTER]}"})
    ada.call("POST", f"/api/meters/{made[MAIN]}/identifiers", {"identifier": "OLD-1", "to": "2014-12-31"})
    return made


def ledger(storage, ada, made):
    """The imports, their undo and redo, and the edits. What MAIN's readings must then be, worked out here."""
    ten, later = half_hours("2015-01-01", "2024-12-31"), half_hours("2024-07-01", "2025-06-30", "1.25")
    early, out = half_hours("2025-01-01", "2025-03-31", "7"), half_hours("2023-01-01", "2023-12-31", "0.5", "export")
    put(storage, "ten-years.csv", text(ten))
    second = put(storage, "later.csv", text(later), "--on-conflict", "replace")
    undone = put(storage, "early.csv", text(early), "--on-conflict", "replace")
    put(storage, "export.csv", text(out))
    put(storage, "daily.csv", text([(DAILY, "import", f"{d}T00:00:00Z" if d.month in (1, 2, 12) else f"{d}", 1440, (d.toordinal() * 3) % 40, "kWh", "A")
                                    for d in days("2015-01-01", "2015-02-28")]))
    put(storage, "days.csv", "MPAN,Date,Reading\n" + "".join(f"{DAILY},{d},{d.toordinal() * 3 % 40}.5\n" for d in days("2015-03-01", "2024-12-31")))
    put(storage, "gas.csv", text([(GAS, "volume", f"{d}T00:00:00Z", 30, "0.125", "m3", "") for d in days("2020-01-01", "2020-01-31")]))
    put(storage, "register.csv", text([(REGISTER, "import", f"{y}-{m:02}-01T00:00:00Z", 0, (y - 2015) * 1200 + m * 100, "kWh", "A")
                                       for y in range(2015, 2025) for m in range(1, 13)]))
    put(storage, "rejected.csv", f"MPAN,Date,Reading\n{DAILY},2025-01-01,5\n{DAILY},2025-99-01,6\n{DAILY},2025-01-03,\"=1+1\"\n", fails=True)
    put(storage, "prose.csv", "Dear Sir,\nno readings today.\n", fails=True)
    put(storage, "sites.csv", "name,company_id,floor_area,site_type\nQuay,7,1200.5,office\nPier,8,,\n", "--type", "sites")
    for command, batch in (("import-undo", second), ("import-redo", second), ("import-undo", undone)):
        storage.cli(command, batch)
    asked = ("--meter", MAIN, "--user", "ada@example.org")
    storage.cli("readings-set", *asked, "--start", "2016-05-01T00:00:00Z", "--end", "2016-05-02T00:00:00Z", "--value", "0.333", "--reason",
                "=the \"clamp\" had slipped", "--interval-minutes", "30")
    storage.cli("readings-exclude", *asked, "--start", "2017-05-01T00:00:00Z", "--end", "2017-05-01T06:00:00Z", "--reason", "fuse out",
                "--interval-minutes", "30")
    edit = json.loads(storage.cli("edit-list", "--meter", MAIN, "--json"))["items"][-1]["id"]
    storage.cli("edit-undo", str(edit))
    storage.cli("edit-redo", str(edit))
    ada.call("POST", f"/api/meters/{made[REGISTER]}/events", {"at": "2024-12-15T10:00:00Z", "kind": "exchange", "final_value": "12500", "first_value": "3",
                                                             "note": "new meter"})
    shown = {r[2]: r[4] for r in ten} | {r[2]: r[4] for r in later}
    for at in shown:
        if at.startswith("2016-05-01T"):
            shown[at] = Decimal("0.333")
    for i in range(12):
        del shown[f"2017-05-01T{i // 2:02}:{i % 2 * 30:02}:00Z"]
    return shown


def charging(storage, ada):
    zoe = ada.call("POST", "/api/cars", {"name": "Zoe (hers)", "registration": "AB12 CDE", "battery_kwh": "52", "efficiency_mpkwh": "3.9"})["id"]
    ada.call("POST", "/api/cars", {"name": "Zoe (his)", "registration": "AB12 CDF", "battery_kwh": "52"})
    for tariff in ({"from_day": "2015-01-01", "per_kwh": "0.075"}, {"from_day": "2020-01-01", "network": "Fast Co", "per_kwh": "0.5", "per_minute": "0.01"},
                   {"from_day": "2022-01-01", "car_id": zoe, "per_kwh": "0.1", "per_session": "1"}):
        ada.call("POST", "/api/tariffs", tariff)
    rows = "".join(f"20{15 + i // 4}-{i % 4 * 3 + 1:02}-14,{9000 + i * 137},{'AC' if i % 3 else 'DC'},{'home' if i % 3 else 'Services'},{'' if i % 3 else 'Fast Co'},"
                   f"{10 + i % 9}.{i % 10},{'' if i % 5 else '0.25'},{30 + i},{'-3.5' if i % 7 == 0 else ''},{NOTE if i % 8 == 0 else ''},Zoe ({'hers' if i % 2 else 'his'})\n"
                   for i in range(40))
    head = "date,odometer,charge_type,location_label,charge_network,charge_delivered_kwh,cost_per_kwh,duration_mins,ambient_temp_c,notes,car\n"
    for name, lines in (("sessions.csv", rows), ("sessions-again.csv", "".join(rows.splitlines(True)[:2]))):
        path = Path(storage.folder.name, name)
        path.write_text(head + lines)
        storage.cli("sessions-import", "--from", str(path), "--user", "ada@example.org")
    ada.call("POST", "/api/sessions", {"car_id": zoe, "status": "active", "date": "2025-06-01", "started_at": "2025-06-01T18:00:00Z", "notes": "still on the cable"})
    ada.call("POST", "/api/drafts", {"form": "session", "fields": {"location_label": "Thunder Alley", "notes": 'Front oil 650\n"as typed"', "odometer": "twelve"}})


def furniture(storage):
    """Settings, presets, schedules, an export, a token."""
    for key, value in (("api_per_minute", "100000"), ("stale_days", "9"), ("default_time_zone", "Europe/London"), ("petrol_price_p_per_litre", "131.9")):
        storage.cli("settings-set", key, value)
    storage.cli("settings-set", "home_aliases_csv", "home,Haus am Bach", "--user", "ada@example.org")
    p = storage.run("wattledger", "settings-set", "fetch_authorization", "-", "--user", "ada@example.org", input="Bearer of-ten-years\n")
    assert p.returncode == 0, p.stderr
    sample = Path(storage.folder.name, "portal.csv")
    sample.write_text("MPAN,Date,Reading\n1700000000011,03/04/2025,5\n")
    storage.cli("preset-save", "Portal", "--from", str(sample), "--date-order", "mdy")
    storage.cli("schedule-add", "--address", "https://data.example.org/readings.csv", "--cron", "30 6 * * *", "--preset", "Portal", "--user", "ada@example.org")
    storage.cli("export-schedule-add", "--cron", "0 6 1 * *", "--period", "last_month", "--meter", MAIN, "--keep", "2", "--user", "ada@example.org")
    storage.cli("export-run", "--meter", MAIN, "--from", "2016-01-01", "--to-date", "2016-01-31", "--shape", "wide", "--user", "ada@example.org")
    return storage.cli("token-create", "--user", "ada@example.org", "--name", "meter reader", "--scope", "read,import").strip()


def prove(shown, read):
    """The program's readings of MAIN are ours."""
    for year in range(2015, 2026):
        ours = [v for at, v in shown.items() if at.startswith(str(year))]
        theirs = read[f"{MAIN} import 30 kWh {year}"]
        assert (len(ours), sum(ours)) == (theirs["count"], Decimal(theirs["sum"])), (year, len(ours), sum(ours), theirs)


def main(out):
    out = Path(out)
    assert not out.with_suffix(".zip").exists(), "it is there, and is never made anew"
    with Storage() as storage:
        ada, bob = people(storage)
        made = places(ada, bob)
        shown = ledger(storage, ada, made)
        charging(storage, ada)
        token = furniture(storage)
        prove(shown, readings(storage))
        storage.cli("backup-create", "--to", str(out.with_suffix(".zip")))
        assert out.with_suffix(".zip").stat().st_size < LARGEST, out.with_suffix(".zip").stat().st_size
        found = look(storage, token)
        expected = {"token": token, "sealed key": (storage.dir / "keys/sealed.key").read_text(), "found": found, "history": history(storage, found)}
        out.with_suffix(".json").write_text(json.dumps(expected, indent=1, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main(sys.argv[1])
