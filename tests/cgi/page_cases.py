#!/usr/bin/env python3
"""page_cases: pages as people without JavaScript use them: forms open in two tabs, periods compared, edits taken out.

    page_cases.py [case…]
"""
import html
import re
import sys
from pathlib import Path
from urllib.parse import urlencode

sys.path.insert(0, str(Path(__file__).resolve().parent))
from cgi import Client, Storage  # noqa: E402
from cases import case, equal, run_cases  # noqa: E402
from world import PASSWORD, World, metered  # noqa: E402


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


def main():
    with Storage() as storage:
        sys.exit(0 if run_cases(World(storage), only=sys.argv[1:]) else 1)


if __name__ == "__main__":
    main()
