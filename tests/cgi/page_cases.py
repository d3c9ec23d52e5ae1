#!/usr/bin/env python3
"""page_cases: pages as people without JavaScript use them: forms open in two tabs, periods compared, edits taken out.

    page_cases.py [case…]
"""
import datetime
import html
import re
import sys
from pathlib import Path
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

sys.path.insert(0, str(Path(__file__).resolve().parent))
from cgi import Client, Storage  # noqa: E402
from cases import case, equal, run_cases  # noqa: E402
from world import PASSWORD, World, metered, upload  # noqa: E402


def signed_in(w, who):
    c = Client(w.storage)
    c.login(f"{who}@example.org", PASSWORD)
    return c


def form_of(page, form_id):
    """The address and the fields of a form, as a browser would send them."""
    text = re.search(rf'<form [^>]*id="{form_id}".*?</form>', page.text, re.S).group(0)
    fields = {}
    for tag in re.findall(r"<input [^>]*>", text):
        value = re.search(r'value="([^"]*)"', tag)
        fields[re.search(r'name="([^"]*)"', tag).group(1)] = html.unescape(value.group(1)) if value else ""
    for name, options in re.findall(r'<select [^>]*name="([^"]*)"[^>]*>(.*?)</select>', text, re.S):
        chosen = re.search(r'value="([^"]*)" selected', options) or re.search(r'value="([^"]*)"', options)
        fields[name] = chosen.group(1)
    return re.search(r'action="([^"]*)"', text).group(1), fields


def send(c, address, fields):
    return c.request("POST", address, urlencode(fields).encode(),
                     {"Content-Type": "application/x-www-form-urlencoded", "Sec-Fetch-Site": "same-origin"})


def rows_that_differ(page):
    part = re.search(r'<div class="notice warn".*?</div>\s*<p>', page.text, re.S).group(0)
    return [tuple(html.unescape(re.sub(r"<[^>]*>", "", cell)) for cell in re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row))
            for row in re.findall(r"<tr>(.*?)</tr>", part)][1:]


@case
def a_property_in_two_tabs(w):
    p = w.property("ada", "Mill", postcode="BA1 1AA", floor_area="120.5")["id"]
    w.call("ada", "POST", f"/api/properties/{p}/members", {"email": "bob@example.org", "role": "editor"}, 200)
    a, b = signed_in(w, "ada"), signed_in(w, "bob")
    where = f"/admin/properties/{p}"
    address, ours = form_of(a.get(where), "details")
    _, theirs = form_of(b.get(where), "details")
    equal((ours["version"], ours["floor_area"]), ("1", "120.5"))
    equal(send(a, address, {**ours, "name": "Mill <House>", "postcode": ""}).status, 303)
    refused = send(b, address, {**theirs, "name": "Mill Barn", "floor_area": "120.50"})
    equal(refused.status, 412)
    equal(rows_that_differ(refused), [("Name", "Mill Barn", "Mill <House>"), ("Postcode", "BA1 1AA", "(nothing)")], "120.50 is 120.5")
    equal(w.call("ada", "GET", f"/api{where[6:]}", None, 200).json()["name"], "Mill <House>", "nothing was stored")
    assert "Save mine anyway" in refused.text
    _, again = form_of(refused, "details")
    equal((again["version"], again["name"], again["postcode"]), ("2", "Mill Barn", "BA1 1AA"))
    # refused for another reason, a form stays as old as it is
    wrong = send(b, address, {**theirs, "floor_area": "large"})
    equal((wrong.status, form_of(wrong, "details")[1]["version"]), (422, "1"))
    # somebody was faster once more
    send(a, address, {**form_of(a.get(where), "details")[1], "address": "1 Mill Lane"})
    equal(send(b, address, again).status, 412)
    _, again = form_of(send(b, address, again), "details")
    equal(send(b, address, again).status, 303)
    now = w.call("ada", "GET", f"/api{where[6:]}", None, 200).json()
    equal((now["name"], now["postcode"], now["address"], now["version"]), ("Mill Barn", "BA1 1AA", None, 4))
    equal(send(b, address, again).status, 303, "sent twice: it is saved as it says")
    equal(w.call("ada", "GET", f"/api{where[6:]}", None, 200).json()["version"], 4)
    for bad in ("", "x", "0"):
        equal(send(b, address, {**again, "version": bad}).status, 422)
    del again["version"]
    equal(send(b, address, again).status, 422)


@case
def a_meter_in_two_tabs(w):
    p, m = metered(w, "ada", "Two tabs", "1700000000701", "2025-01-07")
    q = w.property("ada", "Elsewhere")["id"]
    c = signed_in(w, "ada")
    where = f"/admin/meters/{m}/details"
    address, one = form_of(c.get(where), "details")
    two = dict(one)
    equal(send(c, address, {**one, "name": "Cellar", "property_id": q}).status, 303)
    refused = send(c, address, {**two, "name": "Attic", "meter_type": "SUB_METER"})
    equal(refused.status, 412)
    equal(rows_that_differ(refused), [("Name", "Attic", "Cellar"), ("It is", "a sub-meter", "the main meter"),
                                      ("Property", "Two tabs", "Elsewhere")])
    _, again = form_of(refused, "details")
    equal((again["name"], again["meter_type"], again["property_id"]), ("Attic", "SUB_METER", str(p)), "the form holds what was typed")
    equal(send(c, address, again).status, 303)
    now = w.call("ada", "GET", f"/api/meters/{m}", None, 200).json()
    equal((now["name"], now["meter_type"], now["property_id"], now["version"]), ("Attic", "SUB_METER", p, 3))
    # one that may no longer be changed is told so, not compared
    w.call("ada", "POST", f"/api/properties/{p}/members", {"email": "bob@example.org", "role": "editor"}, 200)
    b = signed_in(w, "bob")
    _, theirs = form_of(b.get(where), "details")
    w.call("ada", "POST", f"/api/properties/{p}/members", {"email": "bob@example.org", "role": "viewer"}, 200)
    equal(send(b, address, theirs).status, 403)


@case
def a_day_that_is_wholly_excluded_counts_nowhere(w):
    p, m = metered(w, "ada", "Excluded", "1700000000702", "2025-01-07", "2025-01-08", "2025-01-09")
    c = signed_in(w, "ada")

    def exclude(first, last):
        fields = form_of(c.get(f"/admin/meters/{m}?from={first}&to={last}"), "new-edit")
        return c.follow(send(c, html.unescape(fields[0]), {**fields[1], "what": "exclude", "reason": "never was"}))

    def seen():
        """Days, first and last by the meter, then the last day by each of the others."""
        meter = w.call("ada", "GET", f"/api/meters/{m}", None, 200).json()
        listed = w.call("ada", "GET", f"/api/properties/{p}/meters", None, 200).json()["items"][0]
        equal(listed, meter, "the list says what the meter says")
        board = w.call("ada", "GET", "/api/users/me/dashboard", None, 200).json()
        last = next(x for x in board["properties_summary"] if x["id"] == p)["latest_reading"]
        summary = w.call("ada", "GET", f"/api/readings/property/{p}/summary", None, 200).json()
        stale = w.call("ada", "GET", f"/api/quality?meter_id={m}&kind=stale", None, 200).json()
        return (meter["days"], meter["first_day"], meter["last_day"], last and last[:10], summary["reading_timestamp"] and summary["reading_timestamp"][:10],
                [f["first_day"] for f in stale["items"]])

    equal(seen(), (3, "2025-01-07", "2025-01-09", "2025-01-09", "2025-01-10", ["2025-01-10"]))
    exclude("2025-01-09", "2025-01-09")
    equal(seen(), (2, "2025-01-07", "2025-01-08", "2025-01-08", "2025-01-09", ["2025-01-09"]))
    page = c.get(f"/admin/meters/{m}")
    assert ">2025-01-08</a></span>" in page.text and "2 of" not in page.text.split("Days</h2>")[0], "the page's last day"
    exclude("2025-01-07", "2025-01-07")
    equal(seen()[:3], (1, "2025-01-08", "2025-01-08"))
    page = exclude("2025-01-08", "2025-01-08")
    equal(page.status, 200)
    equal(seen(), (0, None, None, None, None, []))
    assert "No readings of this meter show" in page.text, "nothing is left"
    w.call("ada", "PATCH", f"/api/meters/{m}", {"time_zone": "Asia/Tokyo"}, 409)
    # the edits can still be seen, and taken out
    row = re.findall(r'<form method="post" action="([^"]*/edits/[0-9]+)">', page.text)
    equal((len(row), "new-edit" in page.text), (3, False))
    csrf = re.search(r'name="csrf" value="([^"]+)"', page.text).group(1)
    page = c.follow(send(c, row[-1], {"csrf": csrf}))
    assert "taken out" in page.text and "Load profile of 2025-01-09" in page.text
    equal(seen(), (1, "2025-01-09", "2025-01-09", "2025-01-09", "2025-01-10", ["2025-01-10"]))


@case
def an_edit_is_undone_as_an_edit(w):
    p, m = metered(w, "ada", "Words", "1700000000703", "2025-01-07")
    edit = w.call("ada", "POST", f"/api/meters/{m}/edits", {"start": "2025-01-07T00:00:00Z", "end": "2025-01-08T00:00:00Z", "action": "set",
                                                           "value": "2", "reason": "why"}, 201).json()
    c = signed_in(w, "ada")
    where = f"/admin/imports/status/{edit['batch_id']}"
    page = c.get(where).text
    assert "Undo the edit…" in page and "Readings set" in page and "Rows of the file" not in page and "<progress" not in page, page
    page = c.get(where + "/undo").text
    for words in ("Undo an edit", "Undo this edit?", "The edit is taken out", "Undo the edit<", "Days of the edit"):
        assert words in page, words
    assert "import" not in re.search(r"<h1>.*</main>", page, re.S).group(0).replace("/admin/imports/", ""), page
    csrf = re.search(r'name="csrf" value="([^"]+)"', page).group(1)
    equal(send(c, where + "/undo", {"csrf": csrf}).status, 303)
    w.storage.work()
    page = c.get(where + "/redo").text
    assert "Redo this edit?" in page and "Redo the edit<" in page


def half_hours(identifier, first, days, value):
    """A file of London's half hours: `value` of the local day's number and the clock time."""
    utc, london = datetime.timezone.utc, ZoneInfo("Europe/London")
    at = datetime.datetime.combine(first, datetime.time(), london).astimezone(utc)
    end = datetime.datetime.combine(first + datetime.timedelta(days), datetime.time(), london).astimezone(utc)
    rows = []
    while at < end:
        local = at.astimezone(london)
        rows.append(f"{identifier},import,{at:%Y-%m-%dT%H:%M:%SZ},30,{value((local.date() - first).days, f'{local:%H:%M}')},kWh,A\n")
        at += datetime.timedelta(minutes=30)
    return "meter,channel,interval_start,interval_minutes,value,unit,quality\n" + "".join(rows)


def tables(page):
    """The rows of the tables of both periods: {what: cells}, and those by clock time or by day."""
    def rows(text):
        return [[html.unescape(re.sub(r"<[^>]*>", "", c)).strip() for c in re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row, re.S)]
                for row in re.findall(r"<tr>(.*?)</tr>", text, re.S)][1:]
    totals = re.search(r'<table class="compared">.*?</table>', page, re.S).group(0)
    detail = re.search(r"<details>.*?</details>", page, re.S)
    return {row[0]: row[1:] for row in rows(totals)}, rows(detail.group(0)) if detail else None


@case
def a_day_beside_another(w):
    """The k-th interval is not what stands beside the k-th, but the one of the same clock time."""
    p, m = metered(w, "ada", "Clocks", "1700000000704")
    upload(w, "ada", "a.csv", half_hours("1700000000704", datetime.date(2025, 10, 24), 5, lambda k, clock: 1 if clock != "06:00" else 5 + k))
    upload(w, "ada", "b.csv", half_hours("1700000000704", datetime.date(2025, 3, 29), 2, lambda k, clock: 2))
    c = signed_in(w, "ada")
    where = f"/admin/meters/{m}"
    page = c.get(where + "?from=2025-10-25&to=2025-10-25&compare=before").text
    totals, by_clock = tables(page)
    equal(totals["Total, kWh"], ["53", "52", "+1", "+1.9 %"])
    equal(next(r for r in by_clock if r[0] == "06:00"), ["06:00", "6", "5", "+1"])
    assert 'class="line other"' in page and "The dashed line is 2025-10-24" in page and "data-readings" not in page
    assert re.search(r'Earlier|href="[^"]*from=2025-10-24&amp;to=2025-10-24&amp;compare=before"', page), "steps keep it"
    # 25 hours beside 24, then 24 beside 25
    totals, by_clock = tables(c.get(where + "?from=2025-10-26&to=2025-10-26&compare=before").text)
    equal((totals["Total, kWh"], totals["Known of the time"]), (["56", "53", "+3", "+5.7 %"], ["100.0 %", "100.0 %", "", ""]))
    equal([r for r in by_clock if r[0].startswith("01:")],
          [["01:00 +01:00", "1", "1", "0"], ["01:30 +01:00", "1", "1", "0"], ["01:00 +00:00", "1", "–", ""], ["01:30 +00:00", "1", "–", ""]])
    equal(next(r for r in by_clock if r[0] == "06:00")[1:], ["7", "6", "+1"])
    page = c.get(where + "?from=2025-10-27&to=2025-10-27&compare=before").text
    totals, by_clock = tables(page)
    equal((totals["Total, kWh"], len(by_clock)), (["55", "56", "−1", "−1.8 %"], 48))
    equal(next(r for r in by_clock if r[0] == "06:00")[1:], ["8", "7", "+1"])
    assert "2 intervals of 2025-10-26 have a clock time that 2025-10-27 does not have" in page
    # 23 hours
    page = c.get(where + "?from=2025-03-30&to=2025-03-30&compare=before").text
    totals, by_clock = tables(page)
    equal((totals["Total, kWh"], len(by_clock)), (["92", "96", "−4", "−4.2 %"], 46))
    equal(totals["A day, kWh"], ["96", "96", "0", "0.0 %"], "of 24 hours")
    assert "2 intervals of 2025-03-29 have a clock time" in page
    # one that is typed; one of which nothing is known
    totals, _ = tables(c.get(where + "?from=2025-10-25&to=2025-10-25&compare=from&compare_from=2025-10-28").text)
    equal(totals["Total, kWh"][:3], ["53", "56", "−3"])
    totals, _ = tables(c.get(where + "?from=2025-10-25&to=2025-10-25&compare=year").text)
    equal((totals["Total, kWh"], totals["Known of the time"][:2]), (["53", "–", "", ""], ["100.0 %", "0.0 %"]))
    for bad in ("compare=never", "compare=from", "compare=from&compare_from=soon", "compare=from&compare_from=9999-12-30"):
        equal(c.get(f"{where}?from=2025-10-25&to=2025-10-25&{bad}").status, 422, bad)
    assert "<details>" not in c.get(where + "?from=2025-10-25&to=2025-10-25&compare=&compare_from=2025-10-01").text


@case
def months_beside_months(w):
    """Whole months are compared with whole months; other days with as many days."""
    p, m = metered(w, "ada", "Months", "1700000000705")
    upload(w, "ada", "a.csv", half_hours("1700000000705", datetime.date(2024, 1, 1), 150, lambda k, clock: 1))
    upload(w, "ada", "b.csv", half_hours("1700000000705", datetime.date(2023, 2, 20), 15, lambda k, clock: 3))
    c = signed_in(w, "ada")

    def compared(first, last, how, where=f"/admin/meters/{m}"):
        page = c.get(f"{where}?from={first}&to={last}&{how}").text
        totals, days = tables(page)
        label = re.search(r'<th scope="col" class="num">[^<]*</th><th scope="col" class="num">([^<]*)</th><th scope="col" class="num">Difference', page).group(1)
        return label, totals, days

    for where in (f"/admin/meters/{m}", f"/admin/properties/{p}"):
        label, totals, days = compared("2024-03-01", "2024-03-31", "compare=before", where)
        equal((label, totals["Total, kWh"], totals["Days"][:2]), ("2024-02-01 to 2024-02-29", ["1486", "1392", "+94", "+6.8 %"], ["31", "29"]), where)
        equal(totals["A day, kWh"], ["48", "48", "0", "0.0 %"], "31 days of which one has 23 hours")
        equal((len(days), days[28], days[29]), (31, ["2024-03-29", "48", "2024-02-29", "48", "0"], ["2024-03-30", "48", "", "–", ""]))
        label, totals, _ = compared("2024-02-01", "2024-02-29", "compare=year", where)
        equal((label, totals["Total, kWh"][1], totals["Known of the time"][1]), ("2023-02-01 to 2023-02-28", str(9 * 144), "32.1 %"))
    equal(compared("2024-02-29", "2024-02-29", "compare=year")[0], "2023-02-28")
    equal(compared("2024-02-20", "2024-03-05", "compare=year")[0], "2023-02-20 to 2023-03-05")
    equal(compared("2024-03-05", "2024-03-11", "compare=before")[0], "2024-02-27 to 2024-03-04")
    equal(compared("2024-03-01", "2024-03-31", "compare=from&compare_from=2024-02-01")[0], "2024-02-01 to 2024-02-29")
    equal(compared("2024-03-01", "2024-03-31", "compare=from&compare_from=2024-02-02")[0], "2024-02-02 to 2024-03-03")
    page = c.get(f"/admin/properties/{p}?from=2024-03-01&to=2024-03-31&compare=before").text
    assert "Load profile of 2024-03-01 to 2024-03-31" in page and 'class="line other"' in page
    q = w.meter("ada", p, "1700000000706", time_zone="Europe/London")["id"]
    w.call("ada", "POST", "/api/readings/", {"meter_id": q, "reading_timestamp": "2020-01-01T00:00:00Z", "value": 1}, 201)
    page = c.get(f"/admin/properties/{p}?from=2024-03-01&to=2024-03-31&compare=before").text
    equal(tables(page)[0]["Total, kWh"][:2], ["1486", "1392"])
    assert "Of 1 of the 2: of the others nothing is known" in page
    page = c.get(f"/admin/properties/{p}?from=2020-03-01&to=2020-03-31").text
    assert 'name="from" value="2020-03-01"' in page and "Load profile of" not in page, "the form stays, there is nothing to draw"


def main():
    with Storage() as storage:
        sys.exit(0 if run_cases(World(storage), only=sys.argv[1:]) else 1)


if __name__ == "__main__":
    main()
