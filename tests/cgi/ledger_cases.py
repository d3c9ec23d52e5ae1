#!/usr/bin/env python3
"""ledger_cases: properties, meters and readings over the API, and who may do what (D's list; DECISIONS 13 and 21).

    ledger_cases.py [case…]
"""
import datetime
import json
import re
import sys
from pathlib import Path
from urllib.parse import urlencode

sys.path.insert(0, str(Path(__file__).resolve().parent))
from cgi import Client, Storage  # noqa: E402
from cases import case, equal, run_cases  # noqa: E402
from world import HH, PASSWORD, World, daily, metered, upload  # noqa: E402


@case
def a_property_from_its_making_to_its_end(w):
    reply = w.call("ada", "POST", "/api/properties/", {"display_name": "Mill House", "postcode": "BA1 1AA", "latitude": "51.5"}, 201)
    p = reply.json()
    equal((p["name"], p["postcode"], p["latitude"], p["my_role"], p["owner_email"], p["is_active"]),
          ("Mill House", "BA1 1AA", "51.5", "owner", "ada@example.org", True))
    equal(reply.header("Location"), f"/api/properties/{p['id']}")
    tag = reply.header("ETag")
    path = f"/api/properties/{p['id']}"
    changed = w.call("ada", "PATCH", path, {"name": "Mill Barn"}, 200, If_Match=tag)
    equal((changed.json()["name"], changed.json()["postcode"]), ("Mill Barn", "BA1 1AA"), "what is not said stays")
    w.call("ada", "PATCH", path, {"name": "Late"}, 412, If_Match=tag)
    equal(w.call("ada", "PATCH", path, {"postcode": None}, 200).json()["postcode"], None, "null clears")
    w.meter("ada", p["id"], "1700000000001")
    w.call("ada", "DELETE", path, None, 409)
    equal(w.call("ada", "DELETE", path + "?cascade=true", None, 200).json()["is_active"], False)
    assert p["id"] not in [x["id"] for x in w.call("ada", "GET", "/api/properties/").json()["items"]]
    assert p["id"] in [x["id"] for x in w.call("ada", "GET", "/api/properties/?include_inactive=true").json()["items"]]
    assert p["id"] in [x["id"] for x in w.call("ada", "GET", "/api/properties?is_active=false").json()["items"]]
    equal(w.call("ada", "GET", path + "/meters").json()["total"], 0)
    equal(w.call("ada", "POST", path + "/restore?cascade=true", {}, 200).json()["is_active"], True)
    equal(w.call("ada", "GET", path + "/meters").json()["total"], 1)


@case
def bad_input_names_its_field(w):
    p = w.property("ada", "Bad input")["id"]
    tries = [
        ("/api/properties/", {"name": ""}, "name"), ("/api/properties/", {}, "name"), ("/api/properties/", {"name": "x" * 201}, "name"),
        ("/api/properties/", {"name": "a\nb"}, "name"), ("/api/properties/", {"name": 7}, "name"),
        ("/api/properties/", {"name": "x", "time_zone": "Mars"}, "time_zone"), ("/api/properties/", {"name": "x", "colour": "red"}, "colour"),
        ("/api/properties/", {"name": "x", "latitude": "91"}, "latitude"), ("/api/properties/", {"name": "x", "floor_area": -1}, "floor_area"),
        (f"/api/properties/{p}/meters", {}, "identifier"), (f"/api/properties/{p}/meters", {"identifier": "x" * 65}, "identifier"),
        (f"/api/properties/{p}/meters", {"identifier": "a", "meter_type": "BIG"}, "meter_type"),
        (f"/api/properties/{p}/meters", {"identifier": "a", "meter_type": "SUB_METER", "sub_meter_kind": "X"}, "sub_meter_kind"),
        (f"/api/properties/{p}/meters", {"identifier": "a", "meter_type": "MAIN_METER", "sub_meter_kind": "PHYSICAL"}, "sub_meter_kind"),
        (f"/api/properties/{p}/meters", {"identifier": "a", "sub_meter_kind": "VIRTUAL"}, "formula"),
        (f"/api/properties/{p}/meters", {"identifier": "a", "time_zone": "Europe/Nowhere"}, "time_zone"),
        ("/api/meters/", {"identifier": "a"}, "property_id"),
    ]
    for path, body, field in tries:
        reply = w.call("ada", "POST", path, body)
        assert reply.status in (400, 422), (path, body, reply)
        assert f'"#/{field}"' in reply.text or f'"{field}"' in reply.text, (body, reply.text)
    for path in ("/api/properties/0", "/api/properties/x", "/api/properties/99999999", "/api/meters/-1", "/api/meters/99999999"):
        w.call("ada", "GET", path, None, 404)
    for query in ("limit=0", "limit=100000", "offset=-1", "is_active=perhaps", "colour=red"):
        assert w.call("ada", "GET", f"/api/properties/?{query}").status in (400, 422), query


@case
def lists_are_searched_and_paged(w):
    for i in range(7):
        w.property("bob", f"Paged {i}", address="50% Lane" if i == 3 else "High Street")
    first = w.call("bob", "GET", "/api/properties/?search=pAGED&limit=3", None, 200)
    equal((first.json()["total"], first.json()["limit"], first.json()["offset"], len(first.json()["items"])), (7, 3, 0, 3))
    link = first.header("Link")
    assert 'rel="next"' in link and 'rel="prev"' not in link and "search=pAGED" in link, link
    after = w.call("bob", "GET", re.search("<(.*?)>", link).group(1)).json()
    equal([x["name"] for x in after["items"]], ["Paged 3", "Paged 4", "Paged 5"])
    equal(w.call("bob", "GET", "/api/properties/?search=50%25").json()["total"], 1)
    equal(w.call("bob", "GET", "/api/properties/?search=nothing+like+it").json(), {"items": [], "total": 0, "limit": 50, "offset": 0})


@case
def meters_of_all_kinds(w):
    p = w.property("ada", "Kinds", time_zone="Europe/Berlin")["id"]
    main = w.meter("ada", p, "1700000000011", name="Intake")
    equal((main["meter_type"], main["sub_meter_kind"], main["time_zone"]), ("MAIN_METER", None, "Europe/Berlin"))
    sub = w.meter("ada", p, "S-1", meter_type="SUB_METER")
    equal(sub["sub_meter_kind"], "PHYSICAL")
    w.meter("ada", p, "V-1", sub_meter_kind="VIRTUAL", formula=f"M{main['id']} - M{sub['id']}")
    path = f"/api/properties/{p}/meters"
    equal([m["identifier"] for m in w.call("ada", "GET", path).json()["items"]], ["1700000000011", "S-1", "V-1"], "the main one first")
    equal(w.call("ada", "GET", path + "?meter_type=SUB_METER").json()["total"], 2)
    equal(w.call("ada", "GET", path + "?sub_meter_kind=VIRTUAL").json()["total"], 1)
    equal(w.call("ada", "GET", path + "?search=intake").json()["total"], 1)
    w.call("ada", "POST", path, {"identifier": "S-1"}, 409)
    equal(w.call("ada", "DELETE", f"/api/meters/{sub['id']}", None, 200).json()["is_active"], False)
    equal(w.call("ada", "GET", path + "?is_active=false").json()["total"], 1)
    equal(w.call("ada", "POST", f"/api/meters/{sub['id']}/restore", {}, 200).json()["is_active"], True)
    more = w.call("ada", "POST", f"/api/meters/{sub['id']}/identifiers", {"identifier": "OLD-1", "to": "2020-12-31"}, 201).json()
    equal((more["identifier"], more["from"], more["to"]), ("OLD-1", None, "2020-12-31"))
    w.call("ada", "POST", path, {"identifier": "OLD-1"}, 409)
    equal(w.call("ada", "GET", "/api/meters/?search=old-1").json()["items"][0]["id"], sub["id"])
    w.call("ada", "DELETE", f"/api/meters/{sub['id']}/identifiers/{more['id']}", None, 204)
    equal(w.call("ada", "GET", f"/api/meters/{sub['id']}/identifiers").json()["total"], 0)


@case
def somebody_elses_thing_is_not_there(w):
    p = w.property("ada", "Private")["id"]
    m = w.meter("ada", p, "PRIVATE-1")["id"]
    gets = [f"/api/properties/{p}", f"/api/properties/{p}/meters", f"/api/properties/{p}/members", f"/api/meters/{m}",
            f"/api/meters/{m}/identifiers"]
    writes = [("PATCH", f"/api/properties/{p}", {"name": "mine"}), ("DELETE", f"/api/properties/{p}?cascade=true", None),
              ("POST", f"/api/properties/{p}/restore", {}), ("POST", f"/api/properties/{p}/meters", {"identifier": "x"}),
              ("POST", f"/api/properties/{p}/members", {"email": "bob@example.org", "role": "editor"}),
              ("PATCH", f"/api/meters/{m}", {"name": "mine"}), ("DELETE", f"/api/meters/{m}", None),
              ("POST", f"/api/meters/{m}/restore", {}), ("POST", f"/api/meters/{m}/identifiers", {"identifier": "y"}),
              ("POST", "/api/meters/", {"identifier": "z", "property_id": p})]
    for path in gets:
        w.call("bob", "GET", path, None, 404)
        w.call("vic", "GET", path, None, 404)
        w.call("admin", "GET", path, None, 200)
    for method, path, body in writes:
        w.call("bob", method, path, body, 404)
        w.call("vic", method, path, body, 403)
    assert "PRIVATE-1" not in w.call("bob", "GET", "/api/meters/").text
    # a member may see, and change as the role says
    w.call("ada", "POST", f"/api/properties/{p}/members", {"email": "bob@example.org", "role": "viewer"}, 200)
    w.call("bob", "GET", f"/api/meters/{m}", None, 200)
    for method, path, body in writes:
        w.call("bob", method, path, body, 403)
    w.call("ada", "POST", f"/api/properties/{p}/members", {"email": "bob@example.org", "role": "editor"}, 200)
    w.call("bob", "PATCH", f"/api/meters/{m}", {"name": "shared"}, 200)
    w.call("bob", "DELETE", f"/api/properties/{p}?cascade=true", None, 403)
    w.call("bob", "POST", f"/api/properties/{p}/members", {"email": "vic@example.org"}, 403)
    w.call("ada", "POST", f"/api/properties/{p}/members", {"email": "vic@example.org", "role": "editor"}, 200)
    w.call("vic", "GET", f"/api/properties/{p}", None, 200)
    w.call("vic", "PATCH", f"/api/meters/{m}", {"name": "no"}, 403)
    # handed on: the former owner stays as an editor
    w.call("ada", "POST", f"/api/properties/{p}/members", {"email": "bob@example.org", "role": "owner"}, 200)
    equal([(x["email"], x["role"]) for x in w.call("bob", "GET", f"/api/properties/{p}/members").json()["items"]],
          [("bob@example.org", "owner"), ("ada@example.org", "editor"), ("vic@example.org", "editor")])
    w.call("ada", "DELETE", f"/api/properties/{p}?cascade=true", None, 403)
    w.call("ada", "DELETE", f"/api/properties/{p}/members/{w.sql('SELECT id FROM users WHERE name = ?', 'ada')[0][0]}", None, 204)
    w.call("ada", "GET", f"/api/properties/{p}", None, 404)


@case
def an_import_lands_where_its_maker_may_write(w):
    mine, shared = w.property("ada", "Ada's")["id"], w.property("bob", "Bob's")["id"]
    w.meter("ada", mine, "1700000000101")
    w.meter("bob", shared, "1700000000101")
    seen = lambda who, meter: [(m["property_name"], m["days"]) for m in
                               w.call(who, "GET", f"/api/meters/?search={meter}").json()["items"]]
    job = upload(w, "ada", "a.csv", daily(("1700000000101", "2025-01-01", 1), ("1700000000102", "2025-01-01", 2)))
    equal((job["imported_rows"], job["meters_new"]), (2, 1))
    equal(seen("ada", "1700000000101"), [("Ada's", 1)])
    equal(seen("bob", "1700000000101"), [("Bob's", 0)])
    equal(seen("ada", "1700000000102"), [("Unassigned meters", 1)])
    equal(seen("bob", "1700000000102"), [])
    reply = upload(w, "bob", "b.csv", daily(("1700000000103", "2025-01-01", 1)), property=mine)
    equal(reply.status, 404)
    w.call("bob", "POST", f"/api/properties/{shared}/members", {"email": "ada@example.org", "role": "editor"}, 200)
    job = upload(w, "ada", "c.csv", daily(("1700000000101", "2025-01-02", 1)))
    equal(job["failed_rows"], 1, "two of that name are hers to write now")
    errors = w.call("ada", "GET", f"/api/import/jobs/{job['batch_id']}/errors.csv").text
    assert "AMBIGUOUS_METER" in errors and "Ada's" in errors and "Bob's" in errors, errors
    job = upload(w, "ada", "d.csv", daily(("1700000000101", "2025-01-02", 1)), property=shared)
    equal((job["failed_rows"], seen("bob", "1700000000101")), (0, [("Bob's", 1)]))
    w.call("bob", "GET", f"/api/import/jobs/{job['batch_id']}", None, 404)
    w.call("ada", "POST", f"/api/meters/{w.call('ada', 'GET', '/api/meters/?search=1700000000102').json()['items'][0]['id']}/identifiers",
           {"identifier": "OLD-102"}, 201)
    equal(upload(w, "ada", "e.csv", daily(("OLD-102", "2025-01-02", 1)))["meters_new"], 0, "another identifier of a meter")
    equal(seen("ada", "1700000000102"), [("Unassigned meters", 2)])


@case
def readings_of_a_range(w):
    p = w.property("ada", "Ranges")["id"]
    m = w.meter("ada", p, "1700000000201", time_zone="Europe/London")["id"]
    hh = "MPAN,Date," + ",".join(f"HH{i:02}" for i in range(1, 49)) + "\n" + \
        "".join(f"1700000000201,2025-07-{d:02}," + ",".join(f"{d}.{i:02}" for i in range(1, 49)) + "\n" for d in (1, 2, 3))
    equal(upload(w, "ada", "hh.csv", hh)["imported_rows"], 3)
    path = f"/api/readings/meter/{m}/range"
    day = w.call("ada", "GET", f"{path}?start_date=2025-07-02&end_date=2025-07-02", None, 200).json()
    equal((day["total"], day["items"][0], day["items"][-1]["reading_timestamp"]),
          (48, {"meter_id": m, "channel": "import", "interval_minutes": 30, "unit": "kWh",
                "reading_timestamp": "2025-07-01T23:00:00Z", "value": "2.01", "quality": None}, "2025-07-02T22:30:00Z"))
    part = w.call("ada", "GET", f"{path}?start_date=2025-07-02T00:00:00Z&end_date=2025-07-02T01:00:00%2B00:00").json()
    equal([i["value"] for i in part["items"]], ["2.03", "2.04"], "half-open")
    zoned = w.call("ada", "GET", f"{path}?start_date=2025-07-02T01:00:00&end_date=2025-07-02T02:00:00&time_zone=Europe/London").json()
    equal(zoned["items"], part["items"])
    page = w.call("ada", "GET", f"{path}?start_date=2025-07-01&end_date=2025-07-03&limit=10&offset=44")
    equal(([i["value"] for i in page.json()["items"]][:5], page.json()["total"]), (["1.45", "1.46", "1.47", "1.48", "2.01"], 144))
    assert "offset=54" in page.header("Link") and "start_date=2025-07-01" in page.header("Link"), page.header("Link")
    equal(w.call("ada", "GET", f"/api/readings/property/{p}/range?start_date=2025-07-01&end_date=2025-07-03").json()["total"], 144)
    equal(w.call("ada", "GET", "/api/readings?meter=1700000000201&from=2025-07-01&to=2025-07-01").json()["total"], 48)
    equal(w.call("ada", "GET", f"{path}?start_date=2024-01-01&end_date=2024-02-01").json(), {"items": [], "total": 0, "limit": 20000, "offset": 0})
    for query in ("start_date=2025-07-02", "end_date=2025-07-02", "start_date=2025-07-03&end_date=2025-07-02",
                  "start_date=2025-07-02T00:00:00Z&end_date=2025-07-02T00:00:00Z", "start_date=2025-07-02T00:00:00&end_date=2025-07-03",
                  "start_date=x&end_date=2025-07-03", "end_date=2025-07-03", "start_date=1900-01-01&end_date=2025-07-03", "start_date=2025-02-30&end_date=2025-07-03",
                  "start_date=2025-03-30T01:30:00&end_date=2025-04-01&time_zone=Europe/London",
                  "start_date=2025-10-26T01:30:00&end_date=2025-11-01&time_zone=Europe/London",
                  "start_date=2025-07-01&end_date=2025-07-02&limit=20001"):
        assert w.call("ada", "GET", f"{path}?{query}").status in (400, 422), query
        if "limit" not in query:
            assert w.call("ada", "GET", f"/api/readings/property/{p}/summary?{query}").status in (400, 422), query
            assert w.call("ada", "GET", f"/api/meters/{m}/consumption?{query}").status in (400, 422), query
    w.call("bob", "GET", f"{path}?start_date=2025-07-01&end_date=2025-07-02", None, 404)
    w.call("bob", "GET", f"/api/readings/property/{p}/range?start_date=2025-07-01&end_date=2025-07-02", None, 404)
    w.call("bob", "GET", "/api/readings?meter=1700000000201&from=2025-07-01&to=2025-07-01", None, 404)


@case
def readings_that_are_entered(w):
    p = w.property("ada", "Entered")["id"]
    m = w.meter("ada", p, "R-1")["id"]
    at = lambda day, value: {"meter_id": m, "reading_timestamp": f"2025-03-{day:02}T12:00:00Z", "value": value}
    first = w.call("ada", "POST", "/api/readings/", at(1, "100.5"), 201).json()
    equal((first["value"], first["recorded_by"], first["outcome"], first["decreased"], first["warning"]),
          ("100.5", "ada@example.org", "new", False, None))
    equal(w.call("ada", "POST", "/api/readings/", at(1, 100.5), 201).json()["outcome"], "identical", "a JSON number too")
    for value in (0, "0", "999999999.999", 999999999.999):
        w.call("ada", "POST", "/api/readings/", {**at(2, value), "channel": "generation"}, 201)
    for body, field in ((at(3, -1), "value"), (at(3, "-0.001"), "value"), (at(3, "1000000000"), "value"), (at(3, "x"), "value"), (at(3, "1e400"), "value"),
                        (at(3, True), "value"), (at(3, None), "value"), ({"meter_id": m, "value": 1}, "reading_timestamp"),
                        ({**at(3, 1), "reading_timestamp": "2025-03-03T12:00:00"}, "reading_timestamp"),
                        ({**at(3, 1), "reading_timestamp": "2999-03-03T12:00:00Z"}, "reading_timestamp"),
                        ({**at(3, 1), "quality": "X"}, "quality"), ({**at(3, 1), "recorded_by": "me"}, "recorded_by"),
                        ({"reading_timestamp": "2025-03-03T12:00:00Z", "value": 1}, "meter_id")):
        reply = w.call("ada", "POST", "/api/readings/", body)
        assert reply.status in (400, 422) and field in reply.text, (body, reply)
    w.call("ada", "POST", "/api/readings/", {**at(3, 1), "meter_id": 999999}, 404)
    w.call("bob", "POST", "/api/readings/", at(3, 1), 404)
    w.call("vic", "POST", "/api/readings/", at(3, 1), 403)
    less = w.call("ada", "POST", "/api/readings/", at(5, "90"), 201).json()
    assert less["decreased"] and "exchange" in less["warning"], less
    got = w.call("ada", "GET", f"/api/readings/meter/{m}/range?start_date=2025-03-01&end_date=2025-03-31&channel=import").json()
    equal([(i["reading_timestamp"], i["value"], i["interval_minutes"], i["quality"]) for i in got["items"]],
          [("2025-03-01T12:00:00Z", "100.5", 0, "A"), ("2025-03-05T12:00:00Z", "90", 0, "A")])
    jobs = w.call("ada", "GET", "/api/import/jobs").text
    assert first["batch_id"] not in jobs, "an entry is no import"
    w.storage.cli("import-undo", less["batch_id"])
    equal(w.call("ada", "GET", f"/api/readings/meter/{m}/range?start_date=2025-03-05&end_date=2025-03-31&channel=import").json()["total"], 0)


@case
def many_readings_at_once(w):
    p = w.property("bob", "Bulk")["id"]
    main = w.meter("bob", p, "MAIN")["id"]
    subs = [w.meter("bob", p, f"SUB-{i}", meter_type="SUB_METER", name=f"Flat {i}")["id"] for i in (1, 2)]
    bulk = lambda at, value, *parts: {"property_id": p, "reading_timestamp": at, "main_meter_value": value,
                                      "submeter_readings": [{"meter_id": m, "value": v} for m, v in zip(subs, parts)]}
    empty = w.call("bob", "GET", f"/api/readings/property/{p}/summary", None, 200).json()
    equal((empty["property_id"], empty["reading_timestamp"], empty["unmetered"], [m["value"] for m in empty["submeters"]]), (p, None, None, [None, None]))
    none = w.call("bob", "GET", f"/api/readings/property/{w.property('bob', 'Nothing')['id']}/summary", None, 200).json()
    equal(({k for k in none}, none["main_meter"], none["submeters"]), ({k for k in empty}, None, []), "the same shape")
    made = w.call("bob", "POST", "/api/readings/bulk", bulk("2025-04-01T00:00:00Z", "1000", "300", 200), 201).json()
    equal((made["total"], len({i["batch_id"] for i in made["items"]})), (3, 1))
    s = w.call("bob", "GET", f"/api/readings/property/{p}/summary").json()
    equal((s["reading_timestamp"], s["main_meter"]["value"], [m["value"] for m in s["submeters"]], s["unmetered"], s["unmetered_is_negative"]),
          ("2025-04-01T00:00:00Z", "1000", ["300", "200"], "500", False))
    reply = w.call("bob", "POST", "/api/readings/bulk", bulk("2025-04-02T00:00:00Z", "1010", "-1", "5"))
    assert reply.status in (400, 422) and "value" in reply.text, reply
    equal(w.call("bob", "GET", f"/api/readings/property/{p}/range?start_date=2025-04-02&end_date=2025-04-03").json()["total"], 0, "all or nothing")
    w.call("bob", "POST", "/api/readings/bulk", bulk("2025-05-01T00:00:00Z", "1300", "500", "310"), 201)
    s = w.call("bob", "GET", f"/api/readings/property/{p}/summary?start_date=2025-04-01T00:00:00Z&end_date=2025-05-01T00:00:00Z").json()
    equal((s["main_meter"]["value"], [m["value"] for m in s["submeters"]], s["unmetered"], s["unmetered_is_negative"], s["unmetered_coverage"]),
          ("300", ["200", "110"], "-10", True, "1"))
    half = w.call("bob", "GET", f"/api/meters/{main}/consumption?start_date=2025-04-16T00:00:00Z&end_date=2025-05-16T00:00:00Z").json()
    equal((half["consumption"], half["unit"], half["coverage"]), ("150", "kWh", "0.5"))
    w.call("ada", "POST", "/api/readings/bulk", bulk("2025-06-01T00:00:00Z", "1", "1", "1"), 404)
    for body, field in ((bulk("2025-06-01T00:00:00Z", None, "1"), "main_meter_value"),
                        ({**bulk("2025-06-01T00:00:00Z", "1", "1"), "property_id": w.property("bob", "Another")["id"]}, "main_meter_value"),
                        ({"property_id": w.property("bob", "A third")["id"], "reading_timestamp": "2025-06-01T00:00:00Z",
                          "submeter_readings": [{"meter_id": subs[0], "value": 1}]}, "submeter_readings/0/meter_id")):
        reply = w.call("bob", "POST", "/api/readings/bulk", body)
        assert reply.status == 422 and field in reply.text, (body, reply)
    w.call("ada", "GET", f"/api/readings/property/{p}/summary", None, 404)
    v = w.meter("bob", p, "REST", sub_meter_kind="VIRTUAL", formula=f"M{main} - M{subs[0]} - 0.5*M{subs[1]}")["id"]
    equal(w.call("bob", "GET", f"/api/meters/{v}/consumption?start_date=2025-04-01T00:00:00Z&end_date=2025-05-01T00:00:00Z").json()["consumption"], "45")
    for formula in ("", "M", "M1 +", f"M{main} * M{main}", "M999999", f"M{v}", f"M{main} M{main}", "2", "M" + "9" * 40):
        reply = w.call("bob", "POST", f"/api/properties/{p}/meters", {"identifier": "F", "sub_meter_kind": "VIRTUAL", "formula": formula})
        assert reply.status in (400, 422) and "formula" in reply.text, (formula, reply)


@case
def a_meter_is_exchanged(w):
    p = w.property("ada", "Exchange")["id"]
    m = w.meter("ada", p, "X-1")["id"]
    enter = lambda at, value: w.call("ada", "POST", "/api/readings/", {"meter_id": m, "reading_timestamp": at, "value": value}, 201).json()
    between = lambda a, b: w.call("ada", "GET", f"/api/meters/{m}/consumption?start_date={a}&end_date={b}", None, 200).json()
    enter("2025-01-01T00:00:00Z", 99900)
    enter("2025-01-11T00:00:00Z", 99950)
    event = {"at": "2025-01-16T00:00:00Z", "kind": "exchange", "final_value": 99980, "first_value": "7.5", "note": "new meter"}
    made = w.call("ada", "POST", f"/api/meters/{m}/events", event, 201).json()
    equal((made["final_value"], made["first_value"], made["channel"], made["recorded_by"]), ("99980", "7.5", "import", "ada@example.org"))
    w.call("ada", "POST", f"/api/meters/{m}/events", event, 409)
    equal(enter("2025-01-21T00:00:00Z", "27.5")["decreased"], False, "the exchange explains it")
    equal(between("2025-01-01T00:00:00Z", "2025-01-21T00:00:00Z")["consumption"], "100", "50 + 30 + 20")
    equal(between("2025-01-11T00:00:00Z", "2025-01-16T00:00:00Z")["consumption"], "30")
    equal(between("2025-01-16T00:00:00Z", "2025-01-21T00:00:00Z")["consumption"], "20")
    equal(between("2025-01-06T00:00:00Z", "2025-01-18T12:00:00Z")["consumption"], "65", "25 + 30 + 10")
    w.call("ada", "POST", f"/api/meters/{m}/events", {"at": "2025-01-22T00:00:00Z", "kind": "rollover", "final_value": "100", "first_value": 0}, 201)
    enter("2025-01-23T00:00:00Z", "2.5")
    equal(between("2025-01-21T00:00:00Z", "2025-01-23T00:00:00Z")["consumption"], "75")
    n = w.meter("ada", p, "X-2")["id"]
    tell = lambda at, final, first: w.call("ada", "POST", f"/api/meters/{n}/events", {"at": at, "kind": "exchange", "final_value": final, "first_value": first}, 201)
    of = lambda a, b: w.call("ada", "GET", f"/api/meters/{n}/consumption?start_date={a}&end_date={b}", None, 200).json()["consumption"]
    w.call("ada", "POST", "/api/readings/", {"meter_id": n, "reading_timestamp": "2025-02-11T00:00:00Z", "value": 30}, 201)
    tell("2025-02-01T00:00:00Z", 500, 10)
    equal(of("2025-02-01T00:00:00Z", "2025-02-11T00:00:00Z"), "20", "what the new one showed first")
    tell("2025-02-21T00:00:00Z", 36, 0)
    equal(of("2025-02-16T00:00:00Z", "2025-02-21T00:00:00Z"), "3", "what the old one showed last")
    equal(of("2025-02-22T00:00:00Z", "2025-02-23T00:00:00Z"), None)
    equal(between("2024-01-01T00:00:00Z", "2024-01-02T00:00:00Z"), {"meter_id": m, "start": "2024-01-01T00:00:00Z", "end": "2024-01-02T00:00:00Z",
                                                                    "consumption": None, "unit": None, "coverage": "0"})
    for left_out in ("at", "kind", "final_value"):
        reply = w.call("ada", "POST", f"/api/meters/{m}/events", {k: v for k, v in event.items() if k != left_out})
        assert reply.status == 422 and left_out in reply.text, (left_out, reply)
    c = Client(w.storage)
    c.login("ada@example.org", PASSWORD)
    form = next(f for f in c.get(f"/admin/meters/{m}/details").forms() if "final_value" in f.fields)
    reply = c.request("POST", form.action, urlencode({**form.fields, "at": "2024-01-05T10:00", "kind": "exchange", "final_value": " "}).encode(),
                      {"Content-Type": "application/x-www-form-urlencoded"})
    assert reply.status == 422 and "showed last" in reply.text, reply.status
    for body, field in (({**event, "kind": "explosion"}, "kind"), ({**event, "final_value": None}, "final_value"), ({**event, "at": None}, "at"), ({**event, "final_value": -1}, "final_value"),
                        ({**event, "kind": "rollover"}, "final_value"), ({**event, "colour": 1}, "colour")):
        reply = w.call("ada", "POST", f"/api/meters/{m}/events", body)
        assert reply.status in (400, 422) and field in reply.text, (body, reply)
    w.call("bob", "GET", f"/api/meters/{m}/events", None, 404)
    w.call("bob", "DELETE", f"/api/meters/{m}/events/{made['id']}", None, 404)
    w.call("ada", "DELETE", f"/api/meters/{m}/events/{made['id']}", None, 204)
    equal(w.call("ada", "GET", f"/api/meters/{m}/events").json()["total"], 1)


@case
def what_a_formula_names_stays_there(w):
    p, m = metered(w, "ada", "Named", "1700000000311", "2025-01-07")
    q = w.property("ada", "Elsewhere")["id"]
    sub = w.meter("ada", p, "N-1", meter_type="SUB_METER")["id"]
    v = w.meter("ada", p, "N-V", sub_meter_kind="VIRTUAL", formula=f"M{m} - M{sub}")["id"]
    w.call("ada", "PATCH", f"/api/meters/{sub}", {"property_id": q}, 409)
    w.call("ada", "PATCH", f"/api/meters/{sub}", {"sub_meter_kind": "VIRTUAL", "formula": f"M{m}"}, 409)
    w.call("ada", "PATCH", f"/api/meters/{v}", {"property_id": q}, 422)
    w.call("ada", "PATCH", f"/api/meters/{v}", {"formula": f"M{m} * 2"}, 200)
    equal(w.call("ada", "PATCH", f"/api/meters/{sub}", {"property_id": q}, 200).json()["property_id"], q)
    # one that an import found stays as long as it is named, though the import is undone
    job = upload(w, "ada", "n.csv", daily(("1700000000312", "2025-01-07", 5)), property=p)
    found = w.call("ada", "GET", "/api/meters/?search=1700000000312").json()["items"][0]["id"]
    w.call("ada", "PATCH", f"/api/meters/{v}", {"formula": f"M{m} - M{found}"}, 200)
    through = lambda: w.call("ada", "GET", f"/api/meters/{v}/consumption?start_date=2025-01-07&end_date=2025-01-07", None, 200).json()
    equal((through()["consumption"], through()["coverage"]), ("43", "1"))
    w.storage.cli("import-undo", job["batch_id"])
    equal((w.call("ada", "GET", f"/api/meters/{found}").status, through()["consumption"]), (200, None))
    equal(w.call("ada", "GET", f"/api/readings/property/{p}/summary", None, 200).json()["unmetered"], None)


@case
def a_meter_that_went_with_its_import_can_be_added(w):
    p = w.property("ada", "Went")["id"]
    m = w.meter("ada", p, "1700000000341")["id"]
    job = upload(w, "ada", "w.csv", daily(("1700000000342", "2025-01-07", 5)), property=p)
    w.storage.cli("import-undo", job["batch_id"])
    path = f"/api/properties/{p}/meters"
    equal(w.call("ada", "GET", path).json()["total"], 1)
    reply = w.call("ada", "PATCH", f"/api/meters/{m}", {"identifier": "1700000000342"}, 409)
    assert "was undone" in reply.text, reply.text
    reply = w.call("ada", "POST", path, {"identifier": "1700000000342", "time_zone": "Asia/Tokyo"}, 409)
    assert "time_zone" in reply.text, reply.text
    made = w.call("ada", "POST", path, {"identifier": "1700000000342", "name": "Mine", "meter_type": "SUB_METER"}, 201).json()
    equal((made["name"], made["meter_type"], made["sub_meter_kind"], made["is_active"], made["days"]), ("Mine", "SUB_METER", "PHYSICAL", True, 0))
    w.call("ada", "POST", f"/api/import/jobs/{job['batch_id']}/redo", {})
    w.storage.work()
    equal(w.call("ada", "GET", f"/api/meters/{made['id']}").json()["days"], 1, "its readings come back to it")


@case
def a_property_is_handed_on_with_names_that_are_free(w):
    p, q = w.property("ada", "Names")["id"], w.property("bob", "Bob's names")["id"]
    w.meter("ada", p, "NAME-1")
    m = w.meter("bob", q, "NAME-2")["id"]
    alias = w.call("bob", "POST", f"/api/meters/{m}/identifiers", {"identifier": "NAME-1"}, 201).json()["id"]
    hand = lambda status: w.call("ada", "POST", f"/api/properties/{p}/members", {"email": "bob@example.org", "role": "owner"}, status)
    assert "NAME-1" in hand(409).text
    w.call("bob", "DELETE", f"/api/meters/{m}/identifiers/{alias}", None, 204)
    hand(200)


@case
def a_virtual_meter_has_no_readings_of_its_own(w):
    p, m = metered(w, "ada", "Virtual", "1700000000351", "2025-01-07")
    v = w.meter("ada", p, "1700000000352", sub_meter_kind="VIRTUAL", formula=f"2 * M{m}")["id"]
    job = upload(w, "ada", "v.csv", daily(("1700000000352", "2025-01-07", 5), ("1700000000351", "2025-01-08", 5)), property=p)
    equal((job["imported_rows"], job["failed_rows"]), (1, 1))
    assert "VIRTUAL_METER" in w.call("ada", "GET", f"/api/import/jobs/{job['batch_id']}/errors.csv").text
    reply = w.call("ada", "POST", "/api/readings/", {"meter_id": v, "reading_timestamp": "2025-01-07T00:00:00Z", "value": 1}, 422)
    assert "virtual" in reply.text, reply.text


@case
def a_zone_that_days_are_cut_in_stays(w):
    p, m = metered(w, "ada", "Cut", "1700000000321")
    equal(w.call("ada", "PATCH", f"/api/meters/{m}", {"time_zone": "Asia/Tokyo"}, 200).json()["time_zone"], "Asia/Tokyo")
    w.call("ada", "PATCH", f"/api/meters/{m}", {"time_zone": "Europe/London"}, 200)
    job = upload(w, "ada", "z.csv", HH + "1700000000321,2025-07-01" + ",1" * 48 + "\n")
    w.storage.cli("import-undo", job["batch_id"])
    w.call("ada", "PATCH", f"/api/meters/{m}", {"time_zone": "Asia/Tokyo"}, 409)


@case
def nothing_new_in_a_property_that_was_removed(w):
    p, q = w.property("ada", "Gone")["id"], w.property("ada", "There")["id"]
    m = w.meter("ada", q, "GONE-1")["id"]
    w.call("ada", "DELETE", f"/api/properties/{p}", None, 200)
    w.call("ada", "POST", f"/api/properties/{p}/meters", {"identifier": "GONE-2"}, 409)
    w.call("ada", "PATCH", f"/api/meters/{m}", {"property_id": p}, 409)


@case
def a_property_of_more_meters_than_a_page_shows(w):
    p, m = metered(w, "ada", "Many", "1700000000331", "2025-01-07")
    for i in range(600):
        w.sql("INSERT INTO meters (property_id, identifier, meter_type, sub_meter_kind, time_zone, created_at) VALUES (?, ?, 'SUB_METER', 'PHYSICAL', 'UTC', 1)",
              p, f"MANY-{i:03}")
    job = upload(w, "ada", "many.csv", daily(*((f"MANY-{i:03}", "2025-01-07", "0.5") for i in range(600))), property=p)
    equal((job["failed_rows"], job["meters_new"]), (0, 0))
    s = w.call("ada", "GET", f"/api/readings/property/{p}/summary?start_date=2025-01-07&end_date=2025-01-07", None, 200).json()
    equal((len(s["submeters"]), s["unmetered"]), (600, "-252"), "48 less 600 halves: none is left out")
    w.call("ada", "GET", f"/api/readings/property/{p}/summary?start_date=1980-01-01&end_date=2029-12-30", None, 200)
    c = Client(w.storage)
    c.login("ada@example.org", PASSWORD)
    page = c.get(f"/admin/properties/{p}").text
    assert "101 further meters" in page and "the first of 601" in page, page[:2000]


@case
def half_hours_and_daily_totals_are_never_added(w):
    p = w.property("ada", "Totals", time_zone="Europe/London")["id"]
    m = w.meter("ada", p, "1700000000301")["id"]
    hh = "MPAN,Date," + ",".join(f"HH{i:02}" for i in range(1, 49)) + "\n1700000000301,2025-07-01" + ",1" * 48 + "\n" + \
        "1700000000301,2025-07-02" + ",1" * 40 + "," * 8 + "\n"
    upload(w, "ada", "hh.csv", hh)
    upload(w, "ada", "daily.csv", daily(("1700000000301", "2025-07-01", 50), ("1700000000301", "2025-07-02", 60), ("1700000000301", "2025-07-03", 70)))
    got = w.call("ada", "GET", f"/api/meters/{m}/consumption?start_date=2025-07-01&end_date=2025-07-03", None, 200).json()
    equal((got["consumption"], got["coverage"]), ("178", "1"), "48 of the half hours, which are complete, 60 and 70 of the totals")
    equal(w.call("ada", "GET", f"/api/meters/{m}/consumption?start_date=2025-07-01T00:15&end_date=2025-07-01T01:15&time_zone=Europe/London")
          .json()["consumption"], "2", "half of two and one whole half hour")


@case
def ones_own_profile_and_password(w):
    w.property("bob", "Profile")
    me = w.call("bob", "GET", "/api/users/me", None, 200).json()
    equal((me["email"], me["role"], me["phone"], me["default_property_id"]), ("bob@example.org", "editor", None, None))
    assert "password" not in json.dumps(me)
    mine = w.call("bob", "GET", "/api/users/me/properties", None, 200).json()["items"]
    changed = w.call("bob", "PATCH", "/api/users/me", {"phone": "+44 (0)20 7946 0000", "time_zone": "Europe/Berlin", "default_property_id": mine[0]["id"]}, 200).json()
    equal((changed["phone"], changed["time_zone"], changed["default_property_id"], changed["name"]),
          ("+44 (0)20 7946 0000", "Europe/Berlin", mine[0]["id"], "bob"))
    foreign = w.property("ada", "Not bob's")["id"]
    for body, field in (({"phone": "call me"}, "phone"), ({"time_zone": "Mars"}, "time_zone"), ({"default_property_id": foreign}, "default_property_id"),
                        ({"default_meter_id": 999999}, "default_meter_id"), ({"name": ""}, "name"), ({"role": "admin"}, "role"), ({"email": "x@y.z"}, "email")):
        reply = w.call("bob", "PATCH", "/api/users/me", body)
        assert reply.status in (400, 422) and field in reply.text, (body, reply)
    login = lambda password, email="bob@example.org": w.by["bob"].__class__(w.storage).request(
        "POST", "/api/auth/login", json.dumps({"email": email, "password": password}).encode(), {"Content-Type": "application/json"})
    got = login(PASSWORD)
    equal((got.status, got.json()["token_type"]), (200, "bearer"), got.text)
    token = Client(w.storage, token=got.json()["access_token"])
    equal(token.get("/api/users/me").json()["email"], "bob@example.org")
    equal(login("wrong password, quite").status, 401)
    equal(login(PASSWORD, "nobody@example.org").status, 401)
    change = lambda current, new: w.call("bob", "POST", "/api/auth/change-password", {"current_password": current, "new_password": new})
    for current, new, field in ((PASSWORD + "x", "a new and better one", "current_password"), (PASSWORD, "short", "new_password"),
                                (PASSWORD, "password1234", "new_password"), (PASSWORD, PASSWORD, "new_password"), (PASSWORD, "aaaaaaaaaaaaaaaa", "new_password")):
        reply = change(current, new)
        assert reply.status in (400, 422) and f"{field}" in reply.text, (new, reply)
    equal(change(PASSWORD, " with blanks at its ends ").status, 204)
    equal(token.get("/api/users/me").status, 401, "who was signed in with the old password is so no more")
    equal(w.call("bob", "GET", "/api/users/me").status, 200, "a token with a name of its own is no session")
    equal(login(PASSWORD).status, 401)
    mine, other = (Client(w.storage, token=login(" with blanks at its ends ").json()["access_token"]) for _ in range(2))
    again = {"current_password": " with blanks at its ends ", "new_password": PASSWORD}
    equal(mine.request("POST", "/api/auth/change-password", json.dumps(again).encode(), {"Content-Type": "application/json"}).status, 204)
    equal((mine.get("/api/users/me").status, other.get("/api/users/me").status), (200, 401), "but where it was changed")
    equal(mine.request("POST", "/api/auth/logout", b"{}", {"Content-Type": "application/json"}).status, 204)
    equal(mine.get("/api/users/me").status, 401)


@case
def users_and_tokens(w):
    for who in ("ada", "vic"):
        w.call(who, "GET", "/api/users/", None, 403)
        w.call(who, "POST", "/api/users/", {"email": "x@example.org", "password": "a long enough one"}, 403)
    made = w.call("admin", "POST", "/api/users/", {"email": "New@Example.org", "name": "Nell", "role": "editor", "password": "a long enough one"}, 201).json()
    equal((made["email"], made["role"], made["is_active"]), ("new@example.org", "editor", True))
    w.call("admin", "POST", "/api/users/", {"email": "new@example.org", "password": "a long enough one"}, 409)
    equal(w.call("admin", "GET", "/api/users/?search=NELL").json()["total"], 1)
    for body, field in (({"email": "nonsense", "password": "a long enough one"}, "email"), ({"email": "<a@b.c>", "password": "a long enough one"}, "email"), ({"email": "a@b.c", "password": "short"}, "password"),
                        ({"email": "a@b.c", "password": "a long enough one", "role": "king"}, "role")):
        reply = w.call("admin", "POST", "/api/users/", body)
        assert reply.status in (400, 422) and field in reply.text, (body, reply)
    path = f"/api/users/{made['id']}"
    w.call("admin", "PATCH", path, {"role": "viewer", "password": "short"}, 422)
    equal(w.call("admin", "GET", path).json()["role"], "editor", "all or nothing")
    equal(w.call("admin", "PATCH", path, {"is_active": False}, 200).json()["is_active"], False)
    equal(w.call("admin", "PATCH", path, {"is_active": True, "role": "viewer"}, 200).json()["role"], "viewer")
    me = w.call("admin", "GET", "/api/users/me").json()["id"]
    w.call("admin", "PATCH", f"/api/users/{me}", {"role": "editor"}, 409)
    w.call("admin", "PATCH", f"/api/users/{me}", {"is_active": False}, 409)
    made = w.call("ada", "POST", "/api/tokens/", {"name": "mine", "scope": "read", "expires_days": 7}, 201).json()["token"]
    read = Client(w.storage, token=made)
    equal(read.get("/api/users/me").status, 200)
    equal(read.request("POST", "/api/tokens/", b'{"name":"more","scope":"import"}', {"Content-Type": "application/json"}).status, 403)
    w.call("ada", "POST", "/api/tokens/", {"name": "more", "scope": "admin"}, 403)
    tokens = w.call("ada", "GET", "/api/tokens/").json()["items"]
    equal({t["user_email"] for t in tokens}, {"ada@example.org"})
    assert made not in json.dumps(tokens)
    mine = next(t["id"] for t in tokens if t["name"] == "mine")
    w.call("bob", "DELETE", f"/api/tokens/{mine}", None, 404)
    w.call("ada", "DELETE", f"/api/tokens/{mine}", None, 204)
    equal(read.get("/api/users/me").status, 401)


@case
def the_dashboard(w):
    p = w.property("admin", "Dashboard")["id"]
    m = w.meter("admin", p, "1700000000401", time_zone="Europe/London")["id"]
    upload(w, "admin", "hh.csv", "MPAN,Date," + ",".join(f"HH{i:02}" for i in range(1, 49)) + "\n1700000000401,2020-07-01" + ",1" * 40 + "," * 8 + "\n")
    summary = lambda: next(x for x in w.call("admin", "GET", "/api/users/me/dashboard", None, 200).json()["properties_summary"] if x["id"] == p)
    equal(summary(), {"id": p, "name": "Dashboard", "meters_count": 1, "readings_this_month": 0, "latest_reading": "2020-07-01T18:30:00Z"})
    now = datetime.datetime.now(datetime.timezone.utc).replace(microsecond=0).isoformat().replace("+00:00", "Z")
    w.call("admin", "POST", "/api/readings/", {"meter_id": m, "reading_timestamp": now, "value": 5}, 201)
    equal((summary()["readings_this_month"], summary()["latest_reading"]), (1, now))
    all_of_it = w.call("admin", "GET", "/api/users/me/dashboard").json()
    equal(all_of_it["properties_count"], len(all_of_it["properties_summary"]))
    equal(all_of_it["latest_reading_date"], now)
    vic = w.call("vic", "GET", "/api/users/me/dashboard").json()
    assert p not in [x["id"] for x in vic["properties_summary"]]


@case
def names_hold_nothing_that_cannot_be_seen(w):
    for text in ("a\u0085b", "a\u2028b", "evil\u202egpj", "a\u2066b"):
        reply = w.call("ada", "POST", "/api/properties/", {"name": text}, 422).json()
        assert "control character" in reply["detail"], reply
    w.property("ada", "Caf\u00e9 \u200e\u4e2d")


@case
def a_meter_that_is_given_away_takes_its_other_identifiers_along(w):
    mine, theirs = w.property("ada", "From")["id"], w.property("bob", "To")["id"]
    m = w.meter("ada", mine, "MOVE-1")["id"]
    w.call("ada", "POST", f"/api/meters/{m}/identifiers", {"identifier": "MOVE-OLD"}, 201)
    w.call("bob", "POST", f"/api/properties/{theirs}/members", {"email": "ada@example.org", "role": "editor"}, 200)
    w.meter("bob", theirs, "MOVE-OLD")
    equal(w.call("ada", "PATCH", f"/api/meters/{m}", {"property_id": theirs}, 409).json()["errors"][0]["field"], "identifier")


@case
def a_malformed_address_of_the_api_is_answered_as_by_it(w):
    reply = w.by["ada"].get("/api/%00")
    equal((reply.status, reply.header("Content-Type")), (400, "application/problem+json"), reply.text[:200])
    w.call("ada", "POST", "/api/exports", {"property_id": 0}, 422)


def main():
    with Storage() as storage:
        sys.exit(0 if run_cases(World(storage), only=sys.argv[1:]) else 1)


if __name__ == "__main__":
    main()
