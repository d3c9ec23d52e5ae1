#!/usr/bin/env python3
"""charge_csv_cases: files of charging sessions over browser upload and API: whose they are, how they are looked at, undone and
downloaded (DECISIONS 20, 21, 22, 28). What the files say is tests/golden/sessions-*; the commands are in charging_cases.py.

    charge_csv_cases.py [case…]
"""
import csv
import io
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
from cgi import Client, Storage  # noqa: E402
from cases import case, equal, run_cases  # noqa: E402
from world import PASSWORD, World, upload  # noqa: E402

HEADER = "date,odometer,charge_type,charge_delivered_kwh,car\n"
CPS = "Start Date,Start Time,End Date,End Time,Total kWh,Site\n15/01/2025,08:12,15/01/2025,09:47,12.34,Leith\n16/01/2025,08:00,16/01/2025,08:20,20,Leith\n"


def line(date, odometer, car="", kwh=10):
    return f"{date},{odometer},AC,{kwh},{car}\n"


def cars(w, who):
    return {k["name"]: k["id"] for k in w.call(who, "GET", "/api/cars", None, 200).json()["items"] if k["user_email"] == f"{who}@example.org"}


def sessions(w, who, query=""):
    return w.call(who, "GET", "/api/sessions?limit=100" + query, None, 200).json()["items"]


def exported(w, who, query=""):
    reply = w.call(who, "GET", "/api/sessions/export?" + query, None, 200)
    equal(reply.header("content-type"), "text/csv; charset=utf-8")
    return list(csv.reader(io.StringIO(reply.text)))


@case
def a_file_is_found_out_and_is_its_users(w):
    job = upload(w, "ada", "s.csv", HEADER + line("2025-01-01", 100, "Zoe") + line("2025-01-02", 110, "Leaf") + line("2025-01-03", 120))
    equal([job[k] for k in ("import_type", "imported_rows", "failed_rows", "new")], ["sessions", 2, 1, 2])
    errors = w.call("ada", "GET", f"/api/import/jobs/{job['batch_id']}/errors.csv", None, 200).text
    equal([r[5:8] for r in csv.reader(io.StringIO(errors))][1:], [["4", "car", "WHICH_CAR"]])
    equal(sorted(cars(w, "ada")), ["Leaf", "Zoe"])
    equal((sessions(w, "bob"), cars(w, "bob")), ([], {}))
    again = upload(w, "ada", "s.csv", HEADER + line("2025-01-01", 100, "zoe"))
    equal([again[k] for k in ("imported_rows", "unchanged_rows", "identical")], [0, 1, 1])
    w.call("bob", "POST", f"/api/import/jobs/{job['batch_id']}/undo", {}, 404)


@case
def the_car_that_is_said(w):
    ids = cars(w, "ada")
    one = "date,odometer,charge_type,charge_delivered_kwh\n2025-02-0{0},{0},AC,1\n"
    equal(upload(w, "ada", "s.csv", one.format(1), car="leaf")["imported_rows"], 1)
    equal(upload(w, "ada", "s.csv", one.format(2), car=str(ids["Zoe"]))["imported_rows"], 1)
    equal({s["odometer"]: s["car"] for s in sessions(w, "ada", "&from=2025-02-01&to=2025-02-28")}, {1: "Leaf", 2: "Zoe"})
    for who, said in (("ada", "Nobody"), ("bob", str(ids["Zoe"])), ("bob", "Zoe")):
        job = upload(w, who, "s.csv", one.format(3), car=said)
        equal((job["status"], job["imported_rows"]), ("failed", 0), job)
        assert "There is no car" in job["error_message"], job
    equal(upload(w, "admin", "s.csv", one.format(4), car=str(ids["Zoe"]))["imported_rows"], 1, "an admin may")
    equal([s["car"] for s in sessions(w, "ada", "&from=2025-02-04&to=2025-02-04")], ["Zoe"])


@case
def it_is_looked_at_first(w):
    reply = upload(w, "bob", "cps.csv", CPS, preview="1")
    look = w.call("bob", "GET", f"/api/import/jobs/{reply['batch_id']}/preview", None, 200).json()
    said = " ".join(look["read_as"])
    for words in ("Charging sessions", "ChargePlace Scotland", "does not say AC or DC", "names no car", "no odometer"):
        assert words in said, (words, said)
    equal([r["becomes"] for r in look["rows"]], ["2025-01-15, Car 1: 12.34 kWh AC, Leith", "2025-01-16, Car 1: 20 kWh DC, Leith"])
    equal(([look["job"][k] for k in ("new", "imported_rows", "dry_run")], cars(w, "bob")), ([2, 2, True], {}))
    page = w.by["bob"].request("GET", f"/admin/imports/{reply['batch_id']}/preview")
    assert page.status in (200, 401, 303), page.status
    w.call("bob", "POST", f"/api/import/jobs/{reply['batch_id']}/import", {"car": ""}, 202)
    w.storage.work()
    equal((list(cars(w, "bob")), [(s["charge_type"], s["charge_network"]) for s in sessions(w, "bob")]),
          (["Car 1"], [("DC", "ChargePlace Scotland"), ("AC", "ChargePlace Scotland")]))
    equal(upload(w, "bob", "cps.csv", CPS)["identical"], 2)


@case
def undo_leaves_what_a_person_has_changed(w):
    job = upload(w, "ada", "u.csv", HEADER + line("2025-03-01", 1000, "Undone") + line("2025-03-02", 1010, "Undone"))
    mine = sessions(w, "ada", "&from=2025-03-02&to=2025-03-02")[0]
    w.call("ada", "PATCH", f"/api/sessions/{mine['id']}", {"notes": "mine"}, 200)
    address = f"/api/import/jobs/{job['batch_id']}"
    seen = w.call("ada", "POST", address + "/undo?dry_run=1", {}, 200).json()
    equal([seen[k] for k in ("days", "days_removed", "days_unchanged", "sessions_edited", "cars")], [2, 1, 1, 1, 0])
    w.call("ada", "POST", address + "/undo", {}, 202)
    w.storage.work()
    equal([s["notes"] for s in sessions(w, "ada", "&from=2025-03-01&to=2025-03-31")], ["mine"])
    w.call("ada", "DELETE", f"/api/sessions/{mine['id']}", None, 204)
    w.call("ada", "POST", address + "/redo", {}, 202)
    w.storage.work()
    equal([s["odometer"] for s in sessions(w, "ada", "&from=2025-03-01&to=2025-03-31")], [1000])


@case
def the_name_of_a_car_that_went_can_be_used(w):
    job = upload(w, "ada", "n.csv", HEADER + line("2025-04-01", 1, "Ghost") + line("2025-04-01", 2, "Spirit"))
    ids = cars(w, "ada")
    w.call("ada", "POST", f"/api/import/jobs/{job['batch_id']}/undo", {}, 202)
    w.storage.work()
    assert not {"Ghost", "Spirit"} & set(cars(w, "ada"))
    for name in ("Ghost", "Spirit"):
        w.call("ada", "GET", f"/api/cars/{ids[name]}", None, 404)
    made = w.call("ada", "POST", "/api/cars", {"name": "ghost", "battery_kwh": 40}, 201).json()
    equal((made["name"], made["battery_kwh"], made["sessions_count"]), ("ghost", "40", 0))
    other = w.call("ada", "POST", "/api/cars", {"name": "Phantom"}, 201).json()["id"]
    w.call("ada", "PATCH", f"/api/cars/{other}", {"name": "Spirit"}, 200)
    w.call("ada", "POST", f"/api/import/jobs/{job['batch_id']}/redo", {}, 202)
    w.storage.work()
    equal(sorted((s["odometer"], s["car"]) for s in sessions(w, "ada", "&from=2025-04-01&to=2025-04-01")), [(1, "ghost"), (2, f"Spirit ({ids['Spirit']})")])


@case
def the_download_has_the_filters_of_the_list(w):
    rows = exported(w, "ada", "from=2025-01-01&to=2025-01-31")
    equal((len(rows[0]), [r[0] for r in rows[1:]], [r[16] for r in rows[1:]]), (20, ["2025-01-01", "2025-01-02"], ["Zoe", "Leaf"]))
    zoe = cars(w, "ada")["Zoe"]
    rows = exported(w, "ada", f"car_id={zoe}&from=2025-01-01&to=2025-01-31")
    equal((len(rows[0]), len(rows)), (14, 2))
    equal(len(exported(w, "ada", f"car_id={zoe}&all_columns=1")[0]), 20)
    equal(len(exported(w, "bob")), 3)
    equal(len(exported(w, "bob", "network=chargeplace&place=nowhere")), 1)
    w.call("ada", "POST", "/api/sessions", {"car_id": zoe, "date": "2025-05-01", "status": "active"}, 201)
    equal(len(exported(w, "ada", "from=2025-05-01")), 1, "closed ones alone")
    w.call("bob", "GET", f"/api/sessions/export?car_id={zoe}", None, 404)
    w.call("ada", "GET", "/api/sessions/export?from=soon", None, 422)
    w.call("ada", "GET", "/api/sessions/export?all_columns=2", None, 422)
    w.call("ada", "GET", "/api/sessions/export?state=active", None, 400)


@case
def the_pages_say_sessions(w):
    c = Client(w.storage)
    c.login("ada@example.org", PASSWORD)
    page = c.get("/admin/sessions?from=2025-01-01&to=2025-01-31")
    at = page.text.index("Export CSV")
    href = page.text[page.text.rindex('href="', 0, at) + 6:page.text.rindex('"', 0, at)].replace("&amp;", "&")
    reply = c.get(href)
    equal((reply.header("content-type"), reply.text.count("\n")), ("text/csv; charset=utf-8", 3))
    assert "attachment" in reply.header("content-disposition"), reply.headers
    assert 'value="sessions"' in c.get("/admin/imports").text
    job = upload(w, "ada", "p.csv", HEADER + line("2025-01-01", 100, "Zoe", 11) + line("2025-01-02", 110, "Leaf"))
    text = c.get(f"/admin/imports/status/{job['batch_id']}").text
    assert ">Charging sessions</h2>" in text and ">Readings</h2>" not in text, text
    text = c.get(f"/admin/imports/status/{job['batch_id']}/undo").text
    assert "Sessions that go" in text and "Days that go" not in text, text


def main():
    with Storage() as storage:
        sys.exit(0 if run_cases(World(storage), only=sys.argv[1:]) else 1)


if __name__ == "__main__":
    main()
