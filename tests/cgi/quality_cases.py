#!/usr/bin/env python3
"""quality_cases: what /admin/quality and /api/quality find in readings, kind by kind, and for whom.

    quality_cases.py [case…]
"""
import datetime
import re
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
from cgi import Client, Storage  # noqa: E402
from cases import case, equal, run_cases  # noqa: E402
from world import HH, PASSWORD, World, daily, metered, upload  # noqa: E402

LONG = "meter,channel,interval_start,interval_minutes,value,unit,quality\n"
COLUMNS = "kind", "first_day", "last_day", "count", "worst"


def rows(meter, day, *values, minutes=30, flag="A", channel="import"):
    """From midnight UTC of a winter's day on; None: missing."""
    at = datetime.datetime.fromisoformat(day + "T00:00:00")
    return "".join(f"{meter},{channel},{at + datetime.timedelta(minutes=i * minutes):%Y-%m-%dT%H:%M:%SZ},{minutes},{v},kWh,{flag}\n"
                   for i, v in enumerate(values) if v is not None)


def found(w, m, who="ada", **query):
    """The findings of a meter, but for the one that all of these old readings share."""
    more = "".join(f"&{k}={v}" for k, v in query.items())
    items = w.call(who, "GET", f"/api/quality?meter_id={m}{more}", None, 200).json()["items"]
    return [tuple(i[c] for c in COLUMNS) for i in items if i["kind"] != "stale"]


def holding(w, name, identifier, text):
    p, m = metered(w, "ada", name, identifier)
    job = upload(w, "ada", "long.csv", LONG + text)
    equal(job["failed_rows"], 0, str(job))
    return p, m


DAY = [1, 2] * 24


@case
def gaps_between_the_first_and_the_last(w):
    m = "1700000000701"
    text = rows(m, "2025-01-07", *[None] * 10, *DAY[10:]) + rows(m, "2025-01-08", *DAY[:40], None, None, *DAY[42:46], None, None) + \
        rows(m, "2025-01-09", *DAY) + rows(m, "2025-01-12", *DAY[:20]) + rows(m, "2025-01-20", *DAY[:20])
    _, m = holding(w, "Gaps", m, text)
    equal(found(w, m), [("gap", "2025-01-08", "2025-01-08", 4, None), ("gap", "2025-01-10", "2025-01-20", 48 * 2 + 28 + 48 * 7, None)][:1] +
          [("gap", "2025-01-10", "2025-01-19", 48 * 2 + 28 + 48 * 7, None)], "runs on days that follow one another are one")
    equal(found(w, m, first_day="2025-01-11", last_day="2025-01-14"), [("gap", "2025-01-11", "2025-01-14", 48 + 28 + 96, None)], "cut by the range")
    equal(found(w, m, first_day="2024-01-11", last_day="2025-01-06"), [])
    equal(found(w, m, first_day="2025-01-21", last_day="2025-01-22"), [], "behind the last")


@case
def flags_zeros_negatives_and_outliers(w):
    m = "1700000000702"
    text = rows(m, "2025-01-07", *DAY, flag="E") + rows(m, "2025-01-08", *DAY[:3], flag="E") + rows(m, "2025-01-08", *[None] * 3, *DAY[3:]) + \
        rows(m, "2025-01-09", *DAY, flag="S") + rows(m, "2025-01-10", *DAY, flag="U") + \
        rows(m, "2025-01-11", *DAY[:24], *[0] * 24) + rows(m, "2025-01-12", *[0] * 24, *DAY[24:]) + rows(m, "2025-01-13", *[0] * 45, 1, 1, 1) + \
        rows(m, "2025-01-14", *[-1, -2.5, *DAY[2:]]) + rows(m, "2025-01-15", *DAY[:47], -0.001) + \
        rows(m, "2025-01-20", *DAY[:20], 900, 12, 14, *DAY[23:])
    _, number = holding(w, "Flags", m, text)
    rest = [f for f in found(w, number) if f[0] != "gap"]
    equal(rest, [("estimated", "2025-01-07", "2025-01-08", 51, None), ("substituted", "2025-01-09", "2025-01-09", 48, None),
                 ("unknown", "2025-01-10", "2025-01-10", 48, None), ("zeros", "2025-01-11", "2025-01-12", 48, None),
                 ("negative", "2025-01-14", "2025-01-15", 3, "-2.5"), ("outlier", "2025-01-20", "2025-01-20", 2, "900")])
    summary = w.call("ada", "GET", f"/api/quality/summary?meter_id={number}", None, 200).json()
    equal({k: summary[k] for k in ("first_day", "last_day", "series", "gap", "estimated", "zeros", "negative", "outlier", "total", "stale")},
          {"first_day": "2024-10-23", "last_day": "2025-01-20", "series": 1, "gap": 1, "estimated": 1, "zeros": 1, "negative": 1, "outlier": 1,
           "total": 0, "stale": 1})
    page = w.call("ada", "GET", f"/api/quality?meter_id={number}&limit=2&offset=1", None, 200)
    equal((page.json()["total"], len(page.json()["items"])), (8, 2))
    assert 'rel="next"' in page.header("Link"), page.header("Link")
    only = w.call("ada", "GET", f"/api/quality?meter_id={number}&kind=outlier", None, 200).json()
    equal((only["total"], only["items"][0]["href"]), (1, f"/admin/meters/{number}?series={only['items'][0]['series_id']}&from=2025-01-20&to=2025-01-20"))


@case
def zeros_of_a_meter_that_is_always_zero(w):
    m = "1700000000703"
    _, number = holding(w, "Zeros", m, rows(m, "2025-01-07", *[0] * 96) + rows("1700000000704", "2025-01-07", *[1] * 24, *[0] * 45, *[1] * 27))
    equal(found(w, number), [])
    other = w.call("ada", "GET", "/api/meters/?search=1700000000704").json()["items"][0]["id"]
    equal(found(w, other), [], "22.5 hours")
    days = "1700000000705"
    upload(w, "ada", "days.csv", daily(*((days, f"2025-01-{d:02}", 0 if d in (8, 9) else 5) for d in range(7, 12))))
    number = w.call("ada", "GET", f"/api/meters/?search={days}").json()["items"][0]["id"]
    equal(found(w, number), [("zeros", "2025-01-08", "2025-01-09", 2, None)], "daily totals")


@case
def totals_that_disagree(w):
    m = "1700000000706"
    p, number = holding(w, "Totals", m, "".join(rows(m, f"2025-01-{d:02}", *DAY[:48 if d != 9 else 47]) for d in range(7, 12)) +
                        rows(m, "2025-01-11", *[1] * 48, channel="export"))
    upload(w, "ada", "days.csv", daily((m, "2025-01-07", 72), (m, "2025-01-08", 72.04), (m, "2025-01-09", 71), (m, "2025-01-10", 70), (m, "2025-01-11", 75.5)))
    equal([f for f in found(w, number) if f[0] != "gap"], [("total", "2025-01-10", "2025-01-11", 2, "3.5")])
    item = w.call("ada", "GET", f"/api/quality?meter_id={number}&kind=total").json()["items"][0]
    equal(item["interval_minutes"], 30, "the days' intervals are what one wants to see")


@case
def stale_meters(w):
    p, number = metered(w, "ada", "Stale", "1700000000707", "2025-01-07")
    today = datetime.date.today()
    item = w.call("ada", "GET", f"/api/quality?meter_id={number}&kind=stale", None, 200).json()["items"][0]
    equal((item["first_day"], item["last_day"], item["count"]), ("2025-01-08", str(today), (today - datetime.date(2025, 1, 7)).days))
    assert item["href"].endswith("from=2025-01-07&to=2025-01-07"), item["href"]
    never = w.meter("ada", p, "1700000000708")["id"]
    equal(w.call("ada", "GET", f"/api/quality?meter_id={never}").json()["total"], 0, "one that has never said anything is not stale")
    ago = lambda days: (datetime.datetime.now(datetime.timezone.utc) - datetime.timedelta(days=days)).strftime("%Y-%m-%dT%H:%M:%SZ")
    register = w.meter("ada", p, "1700000000709")["id"]
    w.call("ada", "POST", "/api/readings/", {"meter_id": register, "reading_timestamp": ago(9), "value": 5}, 201)
    item = w.call("ada", "GET", f"/api/quality?meter_id={register}", None, 200).json()["items"][0]
    equal((item["kind"], item["count"], item["href"]), ("stale", 9, f"/admin/meters/{register}"))
    w.call("ada", "POST", "/api/readings/", {"meter_id": register, "reading_timestamp": ago(3), "value": 6}, 201)
    equal(w.call("ada", "GET", f"/api/quality?meter_id={register}").json()["total"], 0)
    w.storage.cli("settings-set", "stale_days", "2")
    equal(w.call("ada", "GET", f"/api/quality?meter_id={register}").json()["total"], 1)
    w.storage.cli("settings-set", "stale_days", "7")


@case
def an_exclusion_takes_findings_away(w):
    m = "1700000000710"
    _, number = holding(w, "Mended", m, rows(m, "2025-01-07", *DAY) + rows(m, "2025-01-08", *DAY[:20], 900, -3, *DAY[22:]) + rows(m, "2025-01-09", *DAY))
    equal([f[0] for f in found(w, number)], ["negative", "outlier"])
    made = w.call("ada", "POST", f"/api/meters/{number}/edits", {"start": "2025-01-08T10:00:00Z", "end": "2025-01-08T11:00:00Z", "action": "exclude",
                                                                 "reason": "a spike"}, 201).json()
    equal(found(w, number), [("gap", "2025-01-08", "2025-01-08", 2, None)], "it is missing, and says so")
    w.call("ada", "POST", f"/api/meters/{number}/edits", {"start": "2025-01-08T10:00:00Z", "end": "2025-01-08T11:00:00Z", "action": "set", "value": "1.5",
                                                          "reason": "a spike"}, 201)
    equal(found(w, number), [("substituted", "2025-01-08", "2025-01-08", 2, None)])
    w.call("ada", "DELETE", f"/api/meters/{number}/edits/{made['id']}", None, 200)
    equal(found(w, number), [("substituted", "2025-01-08", "2025-01-08", 2, None)])


@case
def bad_questions_name_their_field(w):
    for query, field in (("first_day=x", "first_day"), ("last_day=2025-02-30", "last_day"), ("first_day=2025-02-01&last_day=2025-01-01", "first_day"),
                         ("first_day=2020-01-01&last_day=2025-01-01", "first_day"), ("kind=odd", "kind"), ("meter_id=x", "meter_id"),
                         ("limit=0", "limit")):
        reply = w.call("ada", "GET", f"/api/quality?{query}", None, 422)
        assert f'"{field}"' in reply.text, (query, reply.text)
    w.call("ada", "GET", "/api/quality?property_id=999999", None, 404)
    w.call("ada", "GET", "/api/quality/summary?meter_id=999999", None, 404)


@case
def who_finds_what(w):
    p, m = metered(w, "ada", "Hers", "1700000000711", "2025-01-07", "2025-01-09")
    mine = lambda who: [i["meter_id"] for i in w.call(who, "GET", "/api/quality?limit=1000", None, 200).json()["items"]]
    assert m in mine("ada") and m in mine("admin")
    assert m not in mine("bob") and m not in mine("vic")
    for who in ("bob", "vic"):
        w.call(who, "GET", f"/api/quality?meter_id={m}", None, 404)
        w.call(who, "GET", f"/api/quality/summary?property_id={p}", None, 404)
    w.call("ada", "POST", f"/api/properties/{p}/members", {"email": "vic@example.org", "role": "viewer"}, 200)
    equal(mine("vic").count(m), 2, "a gap, and stale")
    equal(w.call("vic", "GET", f"/api/quality/summary?property_id={p}").json()["gap"], 1)
    w.call("ada", "DELETE", f"/api/meters/{m}", None, 200)
    assert m not in mine("ada"), "a removed meter is nobody's worry"


def signed_in(w, who):
    c = Client(w.storage)
    c.login(f"{who}@example.org", PASSWORD)
    return c


@case
def the_page(w):
    c = signed_in(w, "vic")
    w.sql("DELETE FROM property_members WHERE user_id = (SELECT id FROM users WHERE name = 'vic')")
    assert "There are no readings yet" in c.get("/admin/quality").text
    c = signed_in(w, "ada")
    page = c.get("/admin/quality?from=2025-01-01&to=2025-01-31&property=&kind=")
    equal(page.status, 200, page.text[:300])
    assert re.search(r'aria-current="page">\s*All', page.text) and "Outliers" in page.text and "href" in page.text
    for href in {h.replace("&amp;", "&") for h in re.findall(r'href="(/admin/(?:quality|meters)[^"]*)"', page.text)}:
        equal(c.get(href).status, 200, href)
    only = c.get("/admin/quality?from=2025-01-01&to=2025-01-31&kind=outlier").text
    assert "very high" in only and "<td>missing</td>" not in only
    assert "nothing of this kind" in c.get("/admin/quality?from=2024-01-01&to=2024-01-31&kind=outlier").text
    equal(c.get("/admin/quality?from=x").status, 422)
    equal(c.get("/admin/quality?meter=999999").status, 404)


@case
def many_meters_are_quick(w):
    """200 meters with 90 days of half hours: well under a second of server time."""
    day = ",".join(str(1 + i % 7 / 10) for i in range(48))
    text = HH + "".join(f"18{i:011},{datetime.date(2024, 1, 1) + datetime.timedelta(d)},{day}\n" for i in range(200) for d in range(90) if (i, d) != (7, 50))
    equal(upload(w, "bob", "many.csv", text)["imported_rows"], 200 * 90 - 1)
    began = time.monotonic()
    reply = w.call("bob", "GET", "/api/quality?kind=gap", None, 200).json()
    took = time.monotonic() - began
    equal(reply["total"], 1)
    print(f"200 meters x 90 days: {took * 1000:.0f} ms with the start of the program")
    assert took < 1, took


def main():
    with Storage() as storage:
        sys.exit(0 if run_cases(World(storage), only=sys.argv[1:]) else 1)


if __name__ == "__main__":
    main()
