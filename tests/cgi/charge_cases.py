#!/usr/bin/env python3
"""charge_cases: cars, tariffs and charging sessions over the API (source A; PRODUCT 3, DECISIONS 20, 21, 28).

    charge_cases.py [case…]
"""
import re
import sys
from decimal import ROUND_HALF_EVEN, Decimal
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
from cgi import Client, Storage  # noqa: E402
from cases import case, equal, run_cases  # noqa: E402
from world import HH, PASSWORD, World, upload  # noqa: E402


def car(w, who, name, **more):
    return w.call(who, "POST", "/api/cars", {"name": name, **more}, 201).json()


def said(**more):
    return {"date": "2025-01-07", "odometer": 12000, "charge_type": "AC", "charge_delivered_kwh": "30", **more}


def charge(w, who, code=201, **more):
    return w.call(who, "POST", "/api/sessions", said(**more), code)


def refused(w, field, words, **more):
    reply = charge(w, "ada", 422, **more).json()
    equal(reply["errors"][0]["field"], field, reply)
    assert words in reply["detail"] or words in reply["errors"][0]["detail"], reply


@case
def a_car_from_its_making_to_its_end(w):
    k = car(w, "ada", "Zoe", registration="AB12 CDE", battery_kwh="52")
    equal((k["name"], k["registration"], k["battery_kwh"], k["efficiency_mpkwh"], k["sessions_count"], k["last_odometer"], k["version"]),
          ("Zoe", "AB12 CDE", "52", None, 0, None, 1))
    equal(w.call("ada", "POST", "/api/cars", {"name": "ZOE"}, 409).json()["errors"][0]["field"], "name")
    equal(w.call("ada", "POST", "/api/cars", {"name": ""}, 422).json()["errors"][0]["field"], "name")
    equal(w.call("ada", "POST", "/api/cars", {"name": "X", "battery_kwh": 0}, 422).json()["errors"][0]["field"], "battery_kwh")
    equal(w.call("ada", "PATCH", f"/api/cars/{k['id']}", {"efficiency_mpkwh": 3.9}, 200, If_Match='"v1"').json()["efficiency_mpkwh"], "3.9")
    w.call("ada", "PATCH", f"/api/cars/{k['id']}", {"name": "Y"}, 412, If_Match='"v1"')
    for method, path, body in (("GET", "", None), ("PATCH", "", {"name": "Mine"}), ("DELETE", "", None), ("POST", "/restore", {})):
        w.call("bob", method, f"/api/cars/{k['id']}{path}", body, 404)
    assert k["id"] not in [x["id"] for x in w.call("bob", "GET", "/api/cars", None, 200).json()["items"]]
    assert k["id"] in [x["id"] for x in w.call("admin", "GET", "/api/cars", None, 200).json()["items"]]
    charge(w, "ada", car_id=k["id"])
    w.call("ada", "DELETE", f"/api/cars/{k['id']}", None, 204)
    equal(w.call("ada", "GET", f"/api/cars/{k['id']}", None, 200).json()["is_active"], False)
    equal(w.call("ada", "POST", f"/api/cars/{k['id']}/restore", {}, 200).json()["is_active"], True)
    k = car(w, "ada", "Gone")
    w.call("ada", "DELETE", f"/api/cars/{k['id']}", None, 204)
    w.call("ada", "GET", f"/api/cars/{k['id']}", None, 404)


@case
def what_a_session_must_and_may_hold(w):
    k = car(w, "ada", "Rules")["id"]
    for field, words, more in (
            ("date", "missing", {"date": None}), ("date", "such as 2025-11-07", {"date": "2025-02-30"}), ("odometer", "missing", {"odometer": None}),
            ("odometer", "whole number", {"odometer": 0}), ("odometer", "whole number", {"odometer": -5}), ("odometer", "whole", {"odometer": 1.5}),
            ("charge_type", "AC or DC", {"charge_type": "three-phase"}), ("charge_type", "missing", {"charge_type": ""}),
            ("charge_delivered_kwh", "missing", {"charge_delivered_kwh": None}), ("charge_delivered_kwh", "kWh", {"charge_delivered_kwh": "-0.1"}),
            ("soc_from", "percent", {"soc_from": 101}), ("soc_to", "below", {"soc_from": 50, "soc_to": 40}),
            ("duration_mins", "minutes", {"duration_mins": -1}), ("ambient_temp_c", "Celsius", {"ambient_temp_c": 900}),
            ("cost_per_kwh", "pounds", {"cost_per_kwh": "-1"}), ("total_cost_gbp", "pounds", {"total_cost_gbp": "-1"}),
            ("ended_at", "before", {"started_at": "2025-01-07T10:00:00Z", "ended_at": "2025-01-07T09:00:00Z"}),
            ("started_at", "no start", {"ended_at": "2025-01-07T09:00:00Z"}), ("notes", "characters", {"notes": "x" * 10001}),
            ("status", "active or closed", {"status": "draft"}), ("colour", "no field", {"colour": "red"})):
        refused(w, field, words, car_id=k, **more)
    w.call("ada", "POST", "/api/sessions", said(car_id=k, meter_id=424242), 404)
    s = charge(w, "ada", car_id=k, charge_type="dc", ambient_temp_c="-3.5", notes='two\n"lines"', preconditioning_used=True,
               preconditioning_events=0, soc_from=0, soc_to=0).json()
    equal((s["charge_type"], s["ambient_temp_c"], s["notes"], s["preconditioning_used"], s["preconditioning_events"], s["soc_from"], s["duration_mins"]),
          ("DC", "-3.5", 'two\n"lines"', True, 0, 0, None))


@case
def the_total_is_as_said_or_computed_to_the_penny(w):
    k = car(w, "ada", "Money")["id"]
    s = charge(w, "ada", car_id=k, cost_per_kwh="0.075", charge_delivered_kwh="10.2").json()
    equal((s["total_cost_gbp"], s["cost_computed"]), (str(Decimal("0.765").quantize(Decimal("0.01"), ROUND_HALF_EVEN)), True))
    s = w.call("ada", "PATCH", f"/api/sessions/{s['id']}", {"charge_delivered_kwh": "20"}, 200).json()
    equal((s["total_cost_gbp"], s["cost_computed"]), ("1.5", True))
    s = w.call("ada", "PATCH", f"/api/sessions/{s['id']}", {"total_cost_gbp": "1.234"}, 200).json()
    s = w.call("ada", "PATCH", f"/api/sessions/{s['id']}", {"charge_delivered_kwh": "30"}, 200).json()
    equal((s["total_cost_gbp"], s["cost_computed"]), ("1.234", False))
    equal(w.call("ada", "PATCH", f"/api/sessions/{s['id']}", {"total_cost_gbp": None}, 200).json()["total_cost_gbp"], "2.25")
    equal(charge(w, "ada", car_id=k, odometer=12100).json()["total_cost_gbp"], None)
    tariff = lambda status=201, **more: w.call("ada", "POST", "/api/tariffs", {"from_day": "2025-01-01", **more}, status)
    equal(tariff(422, per_kwh=None).json()["errors"][0]["field"], "per_kwh")
    tariff(per_kwh="0.30")
    tariff(car_id=k, per_kwh="0.10", per_session="1")
    tariff(network="Fast Co", per_kwh="0.50", per_minute="0.01")
    tariff(network="fast co", from_day="2025-02-01", per_kwh="0.60", per_minute="0.01")
    cost = lambda **more: charge(w, "ada", car_id=k, odometer=int(more.pop("at")), charge_delivered_kwh="20", **more).json()["total_cost_gbp"]
    equal([cost(at=13000), cost(at=13100, charge_network="FAST CO", duration_mins=30), cost(at=13200, charge_network="Fast Co"),
           cost(at=13300, date="2025-02-01", charge_network="Fast Co", duration_mins=0), cost(at=13400, date="2024-12-31")],
          ["3", "10.3", None, "12", None])
    equal(charge(w, "ada", car_id=k, odometer=13500, charge_delivered_kwh="2.3", charge_network="Fast Co", location_label="home").json()["total_cost_gbp"], "1.75")
    other = car(w, "ada", "Other car")["id"]
    equal(charge(w, "ada", car_id=other, charge_delivered_kwh="10").json()["total_cost_gbp"], "3")
    w.call("bob", "POST", "/api/tariffs", {"from_day": "2025-01-01", "car_id": k, "per_kwh": 1}, 404)
    equal(w.call("bob", "GET", "/api/tariffs", None, 200).json()["total"], 0)
    t = w.call("ada", "GET", "/api/tariffs", None, 200).json()
    equal(t["total"], 4)
    w.call("bob", "DELETE", f"/api/tariffs/{t['items'][0]['id']}", None, 404)
    for x in t["items"]:
        w.call("ada", "DELETE", f"/api/tariffs/{x['id']}", None, 204)


@case
def a_session_is_there_once(w):
    k = car(w, "ada", "Once")["id"]
    s = charge(w, "ada", car_id=k).json()
    charge(w, "ada", 409, car_id=k, charge_delivered_kwh="30.000000", notes="again")
    other = charge(w, "ada", car_id=k, charge_delivered_kwh="30.000001").json()
    w.call("ada", "PATCH", f"/api/sessions/{other['id']}", {"charge_delivered_kwh": "30"}, 409)
    w.call("ada", "DELETE", f"/api/sessions/{s['id']}", None, 204)
    equal(w.call("ada", "PATCH", f"/api/sessions/{other['id']}", {"charge_delivered_kwh": "30"}, 200).json()["version"], 2)
    w.call("ada", "PATCH", f"/api/sessions/{other['id']}", {"notes": "x"}, 412, If_Match='"v1"')


@case
def miles_efficiency_and_petrol(w):
    k = car(w, "ada", "Miles")["id"]
    charge(w, "ada", car_id=k, date="2025-03-01", odometer=1000, charge_delivered_kwh="40", total_cost_gbp="4")
    charge(w, "ada", car_id=k, date="2025-03-03", odometer=1200, charge_delivered_kwh="50", total_cost_gbp="5")
    charge(w, "ada", car_id=k, date="2025-03-02", odometer=1100, charge_delivered_kwh="30", location_label="Home charger")
    charge(w, "ada", car_id=k, date="2025-03-04", odometer=1150, charge_delivered_kwh="10", location_label="Homebase car park")
    items = w.call("ada", "GET", f"/api/sessions?car_id={k}", None, 200).json()["items"]
    equal([(s["date"], s["miles"], s["efficiency_mpkwh"], s["efficiency_from"], s["is_baseline"], s["is_home"]) for s in items],
          [("2025-03-04", None, "4.1", "default", False, False), ("2025-03-03", 100, "2", "odometer", False, False),
           ("2025-03-02", 100, "3.33", "odometer", False, True), ("2025-03-01", None, "4.1", "default", True, False)])
    petrol = (Decimal(100) / 60 * Decimal("4.54609") * Decimal("1.289")).quantize(Decimal("0.01"), ROUND_HALF_EVEN)
    equal((items[1]["petrol_cost_gbp"], items[1]["saving_gbp"]), (str(petrol), str(petrol - 5)))
    # an earlier one comes: the baseline is another
    charge(w, "ada", car_id=k, date="2025-02-01", odometer=900, charge_delivered_kwh="20")
    items = w.call("ada", "GET", f"/api/sessions?car_id={k}", None, 200).json()["items"]
    equal([(s["is_baseline"], s["miles"]) for s in items[-2:]], [(False, 100), (True, None)])


@case
def lists_filter_and_page(w):
    k, other = car(w, "ada", "List")["id"], car(w, "ada", "List 2")["id"]
    for i in range(5):
        charge(w, "ada", car_id=k, date=f"2025-05-{i + 1:02}", odometer=2000 + i, charge_network="Volts" if i % 2 else None,
               location_label=f"Place {i}")
    charge(w, "ada", car_id=other, date="2025-05-03", status="active", odometer=None, charge_delivered_kwh=None, charge_type=None)
    days = lambda query: [s["date"][-2:] for s in w.call("ada", "GET", "/api/sessions?" + query, None, 200).json()["items"]]
    equal(days(f"car_id={k}"), ["05", "04", "03", "02", "01"])
    equal(days(f"car_id={k}&from=2025-05-02&to=2025-05-04"), ["04", "03", "02"])
    equal(days(f"car_id={k}&network=volt"), ["04", "02"])
    equal(days(f"car_id={k}&place=PLACE%203"), ["04"])
    equal(days(f"car_id={other}&state=active"), ["03"])
    equal(days(f"car_id={other}&state=closed"), [])
    page = w.call("ada", "GET", f"/api/sessions?car_id={k}&limit=2&offset=2", None, 200)
    equal((page.json()["total"], len(page.json()["items"])), (5, 2))
    assert 'rel="next"' in page.header("Link") and 'rel="prev"' in page.header("Link")
    w.call("ada", "GET", "/api/sessions?from=soon", None, 422)
    w.call("ada", "GET", "/api/sessions?from=2025-05-02&to=2025-05-01", None, 422)
    w.call("bob", "GET", f"/api/sessions?car_id={k}", None, 404)
    equal(w.call("bob", "GET", "/api/sessions", None, 200).json(), {"items": [], "total": 0, "limit": 50, "offset": 0})


@case
def an_active_session_is_closed(w):
    k = car(w, "ada", "Active")["id"]
    s = w.call("ada", "POST", "/api/sessions", {"car_id": k, "date": "2025-06-01", "status": "active", "started_at": "2025-06-01T20:00:00Z"}, 201).json()
    equal((s["status"], s["odometer"], s["charge_delivered_kwh"]), ("active", None, None))
    equal(w.call("ada", "PATCH", f"/api/sessions/{s['id']}", {"status": "closed"}, 422).json()["errors"][0]["field"], "odometer")
    done = w.call("ada", "PATCH", f"/api/sessions/{s['id']}", {"status": "closed", "odometer": 5, "charge_type": "AC", "charge_delivered_kwh": 3,
                                                              "ended_at": "2025-06-02T01:00:00Z"}, 200).json()
    equal((done["id"], done["status"], done["date"]), (s["id"], "closed", "2025-06-01"))
    w.call("ada", "PATCH", f"/api/sessions/{s['id']}", {"status": "active"}, 409)


@case
def the_car_may_be_named_or_be_the_only_one(w):
    equal(charge(w, "bob", 422).json()["errors"][0]["field"], "car_id")
    k = car(w, "bob", "Only")["id"]
    equal(charge(w, "bob").json()["car_id"], k)
    car(w, "bob", "Second")
    assert "several" in charge(w, "bob", 422, odometer=1).json()["detail"]
    equal(charge(w, "bob", odometer=2, car="ONLY").json()["car_id"], k)
    charge(w, "bob", 404, odometer=3, car="Nobody's")


@case
def months_and_years_by_car(w):
    k, other = car(w, "ada", "Report")["id"], car(w, "ada", "Report 2")["id"]
    # over midnight and a month's end: of the day on which it began
    charge(w, "ada", car_id=k, date="2024-12-31", odometer=100, charge_delivered_kwh="10", started_at="2024-12-31T22:00:00Z",
           ended_at="2025-01-01T06:00:00Z", total_cost_gbp="1.5")
    charge(w, "ada", car_id=k, date="2025-01-31", odometer=150, charge_delivered_kwh="20", started_at="2025-01-31T23:30:00Z",
           ended_at="2025-02-01T03:00:00Z", total_cost_gbp="2", location_label="house")
    charge(w, "ada", car_id=k, date="2025-01-01", odometer=120, charge_delivered_kwh="5.5")
    charge(w, "ada", car_id=other, date="2025-01-15", odometer=9, charge_delivered_kwh="1")
    w.call("ada", "POST", "/api/sessions", {"car_id": k, "date": "2025-01-20", "status": "active"}, 201)
    report = lambda query: w.call("ada", "GET", "/api/reports/sessions?" + query, None, 200).json()["items"]
    rows = [(p["year"], p["month"], p["car"], p["sessions"], p["kwh"], p["cost"], p["priced"], p["miles"], p["efficiency_mpkwh"], p["home_kwh"])
            for p in report(f"car_id={k}&year=2025")]
    equal(rows, [(2025, 1, "Report", 2, "25.5", "2", 1, 50, "1.96", "20")])
    equal([(p["year"], p["month"], p["kwh"]) for p in report(f"car_id={k}")], [(2024, None, "10"), (2025, None, "25.5")])
    equal(sorted((p["month"], p["car"]) for p in report("year=2025") if p["car"].startswith("Report")), [(1, "Report"), (1, "Report 2")])
    w.call("bob", "GET", f"/api/reports/sessions?car_id={k}&year=2025", None, 404)
    sums = w.call("ada", "GET", f"/api/sessions?car_id={k}&from=2025-01-01&to=2025-01-31&state=closed", None, 200).json()
    equal(sums["total"], 2)


@case
def a_charger_beside_its_sessions(w):
    k = car(w, "ada", "Charger")["id"]
    p = w.property("ada", "Garage")["id"]
    m = w.meter("ada", p, "CHARGER-1", meter_type="SUB_METER", time_zone="Europe/London")["id"]
    day = lambda date, values: f"CHARGER-1,{date}," + ",".join(str(values.get(i, 0.01)) for i in range(48)) + "\n"
    # 1: timed, 22:00 to 02:00 over midnight; 2: a day only; 5: nobody's; 10: a session that the meter did not see
    text = (day("2025-01-31", {i: 3.5 for i in range(44, 48)}) + day("2025-02-01", {i: 3.5 for i in range(0, 4)}) +
            day("2025-02-02", {20: 3, 21: 3}) + day("2025-02-05", {10: 2, 11: 2.5}) + day("2025-02-10", {}))
    equal(upload(w, "ada", "charger.csv", HH + text)["imported_rows"], 5)
    said = dict(car_id=k, meter_id=m)
    charge(w, "ada", **said, date="2025-01-31", odometer=10, charge_delivered_kwh="26", started_at="2025-01-31T22:00:00Z", ended_at="2025-02-01T02:00:00Z")
    charge(w, "ada", **said, date="2025-02-02", odometer=20, charge_delivered_kwh="5.5")
    lost = charge(w, "ada", **said, date="2025-02-10", odometer=30, charge_delivered_kwh="8").json()["id"]
    dark = charge(w, "ada", **said, date="2025-03-10", odometer=40, charge_delivered_kwh="9").json()["id"]
    charge(w, "ada", car_id=k, date="2025-02-05", odometer=25, charge_delivered_kwh="4.2")
    out = w.call("ada", "GET", f"/api/reports/charger?meter_id={m}&year=2025", None, 200).json()
    months = [(x["sessions"], x["sessions_kwh"], x["meter_kwh"], x["difference_kwh"]) for x in out["months"][:4]]
    january, february = "14.44", str(Decimal("14.44") + Decimal("6.46") + Decimal("4.96") + Decimal("0.48"))
    equal(months, [(1, "26", january, "-11.56"), (2, "13.5", february, str(Decimal(february) - Decimal("13.5"))), (1, "9", None, None), (0, "0", None, None)])
    equal([(x["id"], x["found_kwh"]) for x in out["not_carried"]], [(lost, "0.48"), (dark, None)])
    equal(out["not_explained"], [{"start": "2025-02-05T05:00:00Z", "end": "2025-02-05T06:00:00Z", "kwh": "4.5"}])
    # a session at home is of the meter that its user's setting names
    w.sql("INSERT INTO settings (user_id, key, value) SELECT id, 'home_charger_meter', ? FROM users WHERE email = 'ada@example.org'", str(m))
    charge(w, "ada", car_id=k, date="2025-02-05", odometer=26, charge_delivered_kwh="4.4", location_label="My house")
    out = w.call("ada", "GET", f"/api/reports/charger?meter_id={m}&year=2025", None, 200).json()
    equal((out["not_explained"], out["months"][1]["sessions"]), ([], 3))
    w.call("bob", "GET", f"/api/reports/charger?meter_id={m}&year=2025", None, 404)
    w.call("ada", "GET", f"/api/reports/charger?meter_id={m}", None, 422)


@case
def a_charger_over_the_ends_of_a_year(w):
    k = car(w, "ada", "New Year")["id"]
    p = w.property("ada", "Year's end")["id"]
    m = w.meter("ada", p, "CHARGER-2", meter_type="SUB_METER", time_zone="Europe/London")["id"]
    day = lambda date, *hot: f"CHARGER-2,{date}," + ",".join("3.5" if i in hot else "0.01" for i in range(48)) + "\n"
    equal(upload(w, "ada", "ends.csv", HH + day("2023-12-31", 47) + day("2024-01-01", *range(7)) + day("2024-12-31", *range(40, 48)))["imported_rows"], 3)
    charge(w, "ada", car_id=k, meter_id=m, date="2023-12-31", odometer=10, charge_delivered_kwh="26", started_at="2023-12-31T23:30:00Z", ended_at="2024-01-01T03:30:00Z")
    ledger = lambda year: w.call("ada", "GET", f"/api/reports/charger?meter_id={m}&year={year}", None, 200).json()
    before, after = ledger(2023), ledger(2024)
    equal((before["not_carried"], before["not_explained"], before["months"][11]["sessions"], before["months"][11]["meter_kwh"]), ([], [], 1, "3.97"))
    equal(([x["start"] for x in after["not_explained"]], after["months"][0]["sessions"]), (["2024-12-31T20:00:00Z"], 0))
    equal((after["months"][11]["meter_kwh"], ledger(2025)["months"][0]["meter_kwh"]), ("28.4", None))


@case
def the_longest_notes_and_the_most_sessions(w):
    k = car(w, "ada", "Talkative")["id"]
    m = w.meter("ada", w.property("ada", "Talk")["id"], "CHARGER-3", meter_type="SUB_METER")["id"]
    db = "INSERT INTO charging_sessions (public_id, car_id, status, day, odometer, charge_type, charge_delivered_kwh, cost_computed, notes, " \
         "preconditioning_used, created_at, updated_at, meter_id) WITH RECURSIVE i(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM i WHERE n < ?) " \
         "SELECT 'talk-' || ? || n, ?, 'closed', 19000 + n % 28, n, 'AC', 1000000, 0, ?, 0, 1, 1, ? FROM i"
    w.sql(db, 1000, "a", k, "\U0001f600" * 10000, m)
    year = lambda: w.call("ada", "GET", f"/api/reports/sessions?year=2022&car_id={k}", None, 200).json()["items"]
    equal(sum(x["sessions"] for x in year()), 1000)
    items = w.call("ada", "GET", f"/api/sessions?car_id={k}&limit=100", None, 200).json()["items"]
    equal({x["notes"] for x in items}, {"\U0001f600" * 10000})
    w.call("ada", "GET", f"/api/sessions?car_id={k}&limit=101", None, 422)
    w.sql("DELETE FROM charging_sessions WHERE car_id = ?", k)
    w.sql(db, 5001, "b", k, "\x01" * 10000, m)
    equal(len(w.call("ada", "GET", f"/api/sessions?car_id={k}&limit=100", None, 200).json()["items"]), 100)
    equal(sum(x["sessions"] for x in w.call("ada", "GET", f"/api/reports/charger?meter_id={m}&year=2022", None, 200).json()["months"]), 5001)
    w.sql("DELETE FROM charging_sessions WHERE car_id = ?", k)


@case
def what_comes_to_too_much_is_not_known(w):
    k = car(w, "ada", "Extreme", petrol_mpg="0.00001")["id"]
    s = charge(w, "ada", car_id=k, charge_delivered_kwh="100000", cost_per_kwh="1000", odometer=1).json()
    equal((s["total_cost_gbp"], s["cost_computed"]), (None, False))
    for i in range(3):
        s = charge(w, "ada", car_id=k, date=f"2025-01-0{8 + i % 2}", odometer=3000000 * (i + 1), charge_delivered_kwh="1", total_cost_gbp="1000000").json()
        equal((s["petrol_cost_gbp"], s["saving_gbp"], s["total_cost_gbp"]), (None, None, "1000000"))
    year = w.call("ada", "GET", f"/api/reports/sessions?year=2025&car_id={k}", None, 200).json()["items"]
    equal((year[0]["cost"], year[0]["petrol_cost_gbp"]), ("3000000", "0"))
    charge(w, "ada", car_id=k, date="2025-02-01", odometer=6000401, charge_delivered_kwh="199.99999")
    s = w.call("ada", "GET", f"/api/sessions?car_id={k}&from=2025-02-01", None, 200).json()["items"][0]
    equal((s["miles"], s["efficiency_mpkwh"]), (401, "2.01"), "rounded once: 2.0050001 is no 2.005")


@case
def what_is_not_to_be_chosen_any_more_stays_as_it_was(w):
    k, other = car(w, "bob", "Sold")["id"], car(w, "bob", "Another")["id"]
    p = w.property("ada", "Let")["id"]
    m = w.meter("ada", p, "CHARGER-4", meter_type="SUB_METER")["id"]
    w.call("ada", "POST", f"/api/properties/{p}/members", {"email": "bob@example.org", "role": "editor"}, 200)
    s = charge(w, "bob", car_id=k, meter_id=m).json()
    bob = w.sql("SELECT id FROM users WHERE email = 'bob@example.org'")[0][0]
    w.call("ada", "DELETE", f"/api/properties/{p}/members/{bob}", None, 204)
    w.call("bob", "DELETE", f"/api/cars/{k}", None, 204)
    equal(w.call("bob", "PATCH", f"/api/sessions/{s['id']}", {"notes": "mine"}, 200).json()["meter_id"], m)
    charge(w, "bob", 404, car_id=k, meter_id=m, odometer=12001)
    w.call("ada", "GET", f"/api/sessions/{s['id']}", None, 404)
    c = Client(w.storage)
    c.login("bob@example.org", PASSWORD)
    chosen = lambda path: re.findall(r'<option value="([^"]*)" selected', c.request("GET", path).text)
    equal(chosen(f"/admin/sessions/{s['id']}"), [str(k), str(m)], "the form sends them as they are")
    assert str(k) not in chosen("/admin/sessions/new"), "a new one is of a car that is there"
    equal(w.call("bob", "PATCH", f"/api/sessions/{s['id']}", {"car_id": other, "meter_id": None}, 200).json()["meter_id"], None)
    w.call("bob", "PATCH", f"/api/sessions/{s['id']}", {"meter_id": m}, 404)
    s = charge(w, "bob", car_id=other, date="1960-01-07", started_at="1960-01-07T10:00:00Z", odometer=1).json()
    equal((s["started_at"], s["ended_at"]), ("1960-01-07T10:00:00Z", None))


@case
def a_charger_of_minutes_is_put_together(w):
    k = car(w, "ada", "Minutes")["id"]
    p = w.property("ada", "Minute garage")["id"]
    m = w.meter("ada", p, "CHARGER-MIN", meter_type="SUB_METER", time_zone="UTC")["id"]
    rows = "".join(f"CHARGER-MIN,2025-03-04T{h:02}:{i:02}:00Z,{'0.1' if 10 <= h < 12 else '0.001'}\n" for h in range(24) for i in range(60))
    equal(upload(w, "ada", "minutes.csv", "MPAN,Start,kWh\n" + rows)["failed_rows"], 0)
    charge(w, "ada", car_id=k, meter_id=m, date="2025-03-04", odometer=10, charge_delivered_kwh="5.5", started_at="2025-03-04T10:00:00Z", ended_at="2025-03-04T11:00:00Z")
    out = w.call("ada", "GET", f"/api/reports/charger?meter_id={m}&year=2025", None, 200).json()
    equal((out["interval_minutes"], out["months"][2]["meter_kwh"], out["not_carried"]), (1, "13.32", []))
    equal(out["not_explained"], [{"start": "2025-03-04T11:00:00Z", "end": "2025-03-04T12:00:00Z", "kwh": "6"}])


def main():
    with Storage() as storage:
        sys.exit(0 if run_cases(World(storage), only=sys.argv[1:]) else 1)


if __name__ == "__main__":
    main()
