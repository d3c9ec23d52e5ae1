#!/usr/bin/env python3
"""edit_cases: a range of a meter's readings set or excluded with a reason, over the API and on the page (DECISIONS 10, 21).

What becomes of edits among imports, undos and redos is tests/server/undo_cases.py.

    edit_cases.py [case…]
"""
import re
import sys
from pathlib import Path
from urllib.parse import urlencode

sys.path.insert(0, str(Path(__file__).resolve().parent))
from cgi import Client, Storage  # noqa: E402
from cases import case, equal, run_cases  # noqa: E402
from world import PASSWORD, World, metered, upload  # noqa: E402

def ask(action="exclude", **more):
    return {"start": "2025-01-07T10:00:00Z", "end": "2025-01-07T12:00:00Z", "action": action, "reason": "the fuse was out", **more}


def total(w, m, who="ada"):
    return w.call(who, "GET", f"/api/readings/meter/{m}/range?start_date=2025-01-07&end_date=2025-01-07", None, 200).json()["total"]


@case
def an_edit_from_its_making_to_its_end(w):
    p, m = metered(w, "ada", "Edits", "1700000000601", "2025-01-07", "2025-01-08")
    path = f"/api/meters/{m}/edits"
    equal(w.call("ada", "GET", path, None, 200).json(), {"items": [], "total": 0, "limit": 50, "offset": 0})
    out = w.call("ada", "POST", path, ask(), 201).json()
    equal({k: out[k] for k in ("meter_id", "channel", "unit", "interval_minutes", "start", "end", "action", "value", "quality", "reason",
                               "intervals", "intervals_changed", "made_by", "taken_out_at")},
          {"meter_id": m, "channel": "import", "unit": "kWh", "interval_minutes": 30, "start": "2025-01-07T10:00:00Z",
           "end": "2025-01-07T12:00:00Z", "action": "exclude", "value": None, "quality": None, "reason": "the fuse was out",
           "intervals": 4, "intervals_changed": 4, "made_by": "ada@example.org", "taken_out_at": None})
    equal(total(w, m), 44)
    through = w.call("ada", "GET", f"/api/meters/{m}/consumption?start_date=2025-01-07&end_date=2025-01-07", None, 200).json()
    equal((through["consumption"], through["coverage"][:5]), ("44", "0.916"))
    set_ = w.call("ada", "POST", path, ask("set", value="2.5", start="2025-01-07T11:00:00Z"), 201).json()
    equal((set_["value"], set_["quality"], set_["intervals"], set_["intervals_changed"]), ("2.5", "S", 2, 2))
    equal(total(w, m), 46)
    equal([e["id"] for e in w.call("ada", "GET", path).json()["items"]], [set_["id"], out["id"]], "newest first")
    equal(w.call("ada", "GET", path + "?limit=1").json()["total"], 2)
    gone = w.call("ada", "DELETE", f"{path}/{out['id']}", None, 200).json()
    assert gone["taken_out_at"]
    equal(total(w, m), 48, "the original shows again, beside what was set over it")
    w.call("ada", "DELETE", f"{path}/{out['id']}", None, 409)
    equal(w.call("ada", "POST", f"{path}/{out['id']}/restore", {}, 200).json()["taken_out_at"], None)
    w.call("ada", "POST", f"{path}/{out['id']}/restore", {}, 409)
    equal(total(w, m), 46)
    w.call("ada", "POST", f"/api/import/jobs/{out['batch_id']}/undo", {}, 202)
    w.storage.work()
    equal(total(w, m), 48, "by its batch, as an import")
    seen = signed_in(w, "ada")
    for page in ("", "/redo"):
        equal(seen.get(f"/admin/imports/status/{out['batch_id']}{page}").status, 200)


@case
def a_year_of_minutes(w):
    """As much as an edit can cover."""
    p, m = metered(w, "ada", "Minutes", "1700000000607")
    upload(w, "ada", "minutes.csv", "meter,channel,interval_start,interval_minutes,value,unit,quality\n1700000000607,import,2024-06-01T00:00:00Z,1,1,kWh,A\n")
    path = f"/api/meters/{m}/edits"
    span = {"start": "2024-01-01T00:00:00Z", "end": "2025-01-01T00:00:00Z"}
    made = w.call("ada", "POST", path, ask("set", value="0.001", **span), 201).json()
    equal((made["intervals"], made["intervals_changed"]), (366 * 1440, 366 * 1440))
    w.call("ada", "POST", path, ask(start="2024-01-01T00:00:00Z", end="2025-01-01T00:01:00Z"), 422)
    hidden = w.call("ada", "POST", path, ask(**span), 201).json()
    count = lambda: w.call("ada", "GET", f"/api/readings/meter/{m}/range?start_date=2024-01-01&end_date=2025-01-02&limit=1", None, 200).json()["total"]
    equal((hidden["intervals_changed"], count()), (366 * 1440, 0))
    w.call("ada", "DELETE", f"{path}/{hidden['id']}", None, 200)
    equal(count(), 366 * 1440)
    w.call("ada", "DELETE", f"{path}/{made['id']}", None, 200)
    equal(count(), 1)


@case
def the_largest_numbers_that_there_are(w):
    p, m = metered(w, "ada", "Extremes", "1700000000608", "2025-01-07")
    path, c = f"/api/meters/{m}/edits", signed_in(w, "ada")
    for value in ("9223372036854.775807", "-9223372036854.775807"):
        made = w.call("ada", "POST", path, ask("set", value=value), 201).json()
        page = c.get(f"/admin/meters/{m}")
        equal((page.status, sum(d.count("M") for d in re.findall(r'class="h\d" d="([^"]*)"', page.text))), (200, 48), "each in the heat map")
        for other in (f"/admin/properties/{p}", "/admin", "/admin/quality"):
            equal(c.get(other).status, 200)
        w.call("ada", "DELETE", f"{path}/{made['id']}", None, 200)


@case
def bad_edits_name_their_field(w):
    p, m = metered(w, "ada", "Bad edits", "1700000000602", "2025-01-07")
    upload(w, "ada", "day.csv", "MPAN,Date,Reading\n1700000000602,2025-01-07,48\n")
    hh = {"interval_minutes": 30}
    for change, field in (({"start": None, **hh}, "start"), ({"end": None, **hh}, "end"), ({"end": "2025-01-07T10:00:00Z", **hh}, "start"),
                          ({"start": "2025-01-07T10:00:00"}, "start"), ({"end": "2026-02-01T00:00:00Z", **hh}, "end"),
                          ({"start": "2099-01-01T00:00:00Z", "end": "2099-01-02T00:00:00Z", **hh}, "end"), ({"action": "delete", **hh}, "action"),
                          ({"action": "set", **hh}, "value"), ({"action": "set", "value": None, **hh}, "value"), ({"action": "set", "value": "1", "quality": "X", **hh}, "quality"),
                          ({"action": "set", "value": "1", "quality": "U", **hh}, "quality"), ({"value": "1", **hh}, "value"),
                          ({"quality": "S", **hh}, "quality"), ({"reason": " ", **hh}, "reason"), ({"reason": "x" * 401, **hh}, "reason"),
                          ({"reason": "a\nb", **hh}, "reason"), ({}, "interval_minutes"), ({"interval_minutes": 15}, "interval_minutes"),
                          ({"channel": "export"}, "channel"), ({"interval_minutes": 1440}, "start"), ({"colour": "red", **hh}, "colour"),
                          ({"start": "2025-01-07T10:01:00Z", "end": "2025-01-07T10:29:00Z", **hh}, "start")):
        reply = w.call("ada", "POST", f"/api/meters/{m}/edits", ask(**change), 422)
        assert f'"#/{field}"' in reply.text, (change, reply.text)
    equal(w.call("ada", "GET", f"/api/meters/{m}/edits").json()["total"], 0)
    equal(w.sql("SELECT COUNT(*) FROM jobs WHERE kind = 'edit' AND id NOT IN (SELECT job_id FROM edits)")[0][0], 0, "nothing is left of them")


@case
def an_edit_of_days(w):
    """A daily series, and days whose clock changes."""
    p, m = metered(w, "ada", "Days", "1700000000603")
    upload(w, "ada", "day.csv", "MPAN,Date,Reading\n" + "".join(f"1700000000603,2025-{d},5\n" for d in ("03-29", "03-30", "03-31", "10-25", "10-26", "10-27")))
    path = f"/api/meters/{m}/edits"
    for start, end, n in (("2025-03-29T00:00:00Z", "2025-03-30T23:00:00Z", 2), ("2025-10-25T22:59:59Z", "2025-10-25T23:00:01Z", 1)):
        equal(w.call("ada", "POST", path, ask(start=start, end=end), 201).json()["intervals"], n)
    left = w.call("ada", "GET", f"/api/readings/meter/{m}/range?start_date=2025-03-01&end_date=2025-11-01").json()["items"]
    equal([i["reading_timestamp"][:10] for i in left], ["2025-03-30", "2025-10-24", "2025-10-27"])


@case
def who_may_edit(w):
    p, m = metered(w, "ada", "Whose", "1700000000604", "2025-01-07")
    path = f"/api/meters/{m}/edits"
    made = w.call("ada", "POST", path, ask(), 201).json()
    one = f"{path}/{made['id']}"
    for who, read, write in (("bob", 404, 404), ("vic", 404, 403)):
        w.call(who, "GET", path, None, read)
        w.call(who, "POST", path, ask(), write)
        w.call(who, "DELETE", one, None, write)
        w.call(who, "POST", one + "/restore", {}, write)
    w.call("ada", "POST", f"/api/properties/{p}/members", {"email": "bob@example.org", "role": "viewer"}, 200)
    equal(w.call("bob", "GET", path, None, 200).json()["total"], 1)
    w.call("bob", "POST", path, ask(), 403)
    w.call("bob", "DELETE", one, None, 403)
    w.call("ada", "POST", f"/api/properties/{p}/members", {"email": "bob@example.org", "role": "editor"}, 200)
    w.call("bob", "DELETE", one, None, 200)
    equal(total(w, m), 48, "an editor of the property takes out another's edit")
    q, other = metered(w, "ada", "Another", "1700000000605", "2025-01-07")
    w.call("ada", "DELETE", f"/api/meters/{other}/edits/{made['id']}", None, 404)
    w.call("ada", "DELETE", f"{path}/999999", None, 404)


def signed_in(w, who):
    c = Client(w.storage)
    c.login(f"{who}@example.org", PASSWORD)
    return c


@case
def edits_on_the_page(w):
    p, m = metered(w, "ada", "Page", "1700000000606", "2025-01-07", "2025-01-08")
    c = signed_in(w, "ada")
    page = c.get(f"/admin/meters/{m}?from=2025-01-07&to=2025-01-08")
    assert 'value="2025-01-07T00:00"' in page.text and 'value="2025-01-09T00:00"' in page.text, "the form starts with the days that are shown"
    action = re.search(r'action="([^"]*/edits[^"]*)"', page.text).group(1).replace("&amp;", "&")
    csrf = re.search(r'name="csrf" value="([^"]+)"', page.text).group(1)
    send = lambda path, **fields: c.request("POST", path, urlencode({"csrf": csrf, **fields}).encode(),
                                            {"Content-Type": "application/x-www-form-urlencoded", "Sec-Fetch-Site": "same-origin"})
    form = {"start": "2025-01-07T10:00", "end": "2025-01-07T12:00", "what": "exclude", "value": "", "reason": "the <fuse> was out"}
    for change, words in (({"reason": ""}, "Say why"), ({"what": "S"}, "which value"), ({"value": "1"}, "has no value"), ({"start": "soon"}, "instant"),
                          ({"value": "x", "what": "S"}, "a number"), ({"end": "2025-01-07T09:00"}, "at or after its end")):
        again = send(action, **{**form, **change})
        equal(again.status, 422, words)
        assert words in again.text and "Load profile" in again.text, (words, again.text[:200])
    done = send(action, **form)
    equal((done.status, done.header("Location")), (303, action.replace("/edits", "")))
    page = c.get(done.header("Location"))
    row = re.search(r"<tr>\s*<td>2025-01-07 10:00</td><td>2025-01-07 12:00</td>.*?</tr>", page.text, re.S).group(0)
    assert "excluded" in row and "the &lt;fuse&gt; was out" in row and "ada@example.org" in row and "4 of 30 min, import" in row, row
    equal(total(w, m), 44)
    out = re.search(r'action="([^"]+)"', row).group(1).replace("&amp;", "&")
    assert "taken out" in c.get(send(out).header("Location")).text
    equal(total(w, m), 48)
    assert "taken out already" in send(out).text
    send(out, restore="1")
    equal(total(w, m), 44)
    send(action, **{**form, "what": "E", "value": "2.5", "start": "2025-01-07T11:00"})
    assert "set to 2.5 kWh (E)" in c.get(f"/admin/meters/{m}").text
    w.call("ada", "POST", f"/api/properties/{p}/members", {"email": "vic@example.org", "role": "viewer"}, 200)
    seen = signed_in(w, "vic").get(f"/admin/meters/{m}").text
    assert "set to 2.5 kWh (E)" in seen and "Take out" not in seen and "Edit the readings" not in seen


def main():
    with Storage() as storage:
        sys.exit(0 if run_cases(World(storage), only=sys.argv[1:]) else 1)


if __name__ == "__main__":
    main()
