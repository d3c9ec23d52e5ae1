#!/usr/bin/env python3
"""export_schedule_cases: exports at set times: asked for once, as their owner, of the right days; by API, page and command.

    export_schedule_cases.py [case…]
"""
import contextlib
import datetime
import json
import os
import re
import subprocess
import sys
import time
from pathlib import Path
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

sys.path.insert(0, str(Path(__file__).resolve().parent))
from cgi import Client, Storage  # noqa: E402
from cases import BUILD, case, equal, run_cases  # noqa: E402
from world import HH, PASSWORD, World, metered, no_worker, upload  # noqa: E402

METER = "1700000000501"
PATH = "/api/export/schedules"
DAY = 86400


def make(w, who="ada", status=201, **fields):
    reply = w.call(who, "POST", PATH, {"cron": "0 6 * * *", "period": "last_month", **fields}, status)
    return reply.json() if status == 201 else reply


def get(w, s, who="ada"):
    return w.call(who, "GET", f"{PATH}/{s['id']}", None, 200).json()


def clear(w):
    w.sql("DELETE FROM export_schedules")
    w.sql("DELETE FROM jobs WHERE kind = 'export'")


def run_due(w, s, at=None, who="ada"):
    """Due since `at`; the worker comes."""
    w.sql("UPDATE export_schedules SET next_run_at = ? WHERE id = ?", at or int(time.time()) - 5, s["id"])
    w.storage.work()
    return get(w, s, who)


def exports(w, s):
    return w.sql("SELECT j.status, j.user_id, x.range_from, x.range_to, x.shape, x.format, x.property_id, x.meters FROM exports x "
                 "JOIN jobs j ON j.id = x.job_id WHERE x.schedule_id = ? ORDER BY j.id", s["id"])


def local(at, zone):
    return datetime.datetime.fromtimestamp(at, ZoneInfo(zone))


def at(text):
    return datetime.datetime.fromisoformat(text.replace("Z", "+00:00")).timestamp()


@case
def set_up(w):
    w.storage.cli("settings-set", "exports_per_hour", "100000")
    yesterday = datetime.date.today() - datetime.timedelta(days=1)
    w.days = [yesterday - datetime.timedelta(days=n) for n in range(5)]
    w.house, w.m = metered(w, "ada", "House", METER, *sorted(map(str, w.days)))
    w.ada = w.sql("SELECT id FROM users WHERE email = 'ada@example.org'")[0][0]


@case
def what_is_due_is_asked_for_once_as_its_owner(w):
    s = make(w, period="days", days=2, property_id=w.house, shape="wide", format="csv")
    equal((s["property_name"], s["time_zone"], s["keep"], s["is_enabled"], s["last_run_at"]), ("House", "Europe/London", 12, True, None))
    w.storage.work()
    equal(exports(w, s), [], "not due yet")
    got = run_due(w, s)
    today = local(time.time(), "Europe/London").date()
    want = ("completed", w.ada, str(today - datetime.timedelta(days=2)), str(today - datetime.timedelta(days=1)), "wide", "csv", w.house, None)
    equal(exports(w, s), [want])
    assert got["next_run_at"] > got["last_run_at"], got
    equal((got["last_job_status"], got["last_job_error"], got["version"]), ("completed", None, 2))
    assert got["last_outcome"].startswith("The export readings_wide_property_"), got
    job = w.call("ada", "GET", f"/api/exports/{got['last_job_id']}", None, 200).json()
    equal((job["schedule_id"], job["record_count"], job["user_email"]), (s["id"], 2, "ada@example.org"))
    equal(w.call("ada", "GET", job["file_url"], None, 200).text.count("\n"), 3)
    w.storage.work()
    equal(len(exports(w, s)), 1)


@case
def times_that_were_missed_are_one_export_of_the_last(w):
    clear(w)
    s = make(w, cron="30 2 * * *", period="days", days=1, meter=METER)
    run_due(w, s, int(time.time()) - 9 * DAY)
    now = local(time.time(), "Europe/London")
    due = now.date() if (now.hour, now.minute) >= (2, 30) else now.date() - datetime.timedelta(days=1)
    equal([e[2:4] for e in exports(w, s)], [(str(due - datetime.timedelta(days=1)),) * 2])
    w.storage.work()
    equal(len(exports(w, s)), 1)


@case
def days_are_those_of_the_zone(w):
    clear(w)
    p = w.property("ada", "Far", time_zone="Pacific/Kiritimati")["id"]
    s = make(w, property_id=p, period="month_to_date", cron="15 7 * * *")
    equal(s["time_zone"], "Pacific/Kiritimati")
    next_at = local(at(s["next_run_at"]), "Pacific/Kiritimati")
    equal((next_at.hour, next_at.minute), (7, 15))
    run_due(w, s)
    today = local(time.time(), "Pacific/Kiritimati").date()
    # due five seconds ago: the last time of the expression may be further back than that, but not the due one
    equal(exports(w, s)[0][2:4], (str(today.replace(day=1)), str(today)))
    w.sql("UPDATE users SET time_zone = 'America/New_York' WHERE email = 'ada@example.org'")
    equal(make(w)["time_zone"], "America/New_York", "all one sees: one's own clock")
    w.sql("UPDATE users SET time_zone = NULL WHERE email = 'ada@example.org'")


@case
def an_owner_who_lost_it_gets_a_sentence_and_no_data(w):
    clear(w)
    w.call("ada", "POST", f"/api/properties/{w.house}/members", {"email": "bob@example.org", "role": "viewer"}, 200)
    bob = w.sql("SELECT id FROM users WHERE email = 'bob@example.org'")[0][0]
    s = make(w, "bob", property_id=w.house, period="days", days=3)
    m = make(w, "bob", meter=METER, period="days", days=3)
    equal(run_due(w, s, who="bob")["last_job_status"], "completed")
    w.call("ada", "DELETE", f"/api/properties/{w.house}/members/{bob}", None, 204)
    for one, thing in ((s, "property"), (m, "meter")):
        got = run_due(w, one, who="bob")
        assert got["last_outcome"].startswith(f"The {thing} that it exports is not there any more, or is not bob@example.org's"), got
        equal((got["property_name"], got["meter"]), (None, None), "nor its name")
        assert got["next_run_at"], got
    equal((len(exports(w, s)), len(exports(w, m))), (1, 0))
    w.call("bob", "POST", f"{PATH}/{s['id']}/run", {}, 409)
    equal(w.call("bob", "PATCH", f"{PATH}/{s['id']}", {"is_enabled": False}, 200).json()["is_enabled"], False, "it can be paused still")
    everything = make(w, "bob", period="days", days=3, shape="wide")
    got = run_due(w, everything, who="bob")
    equal(w.call("bob", "GET", f"/api/exports/{got['last_job_id']}", None, 200).json()["record_count"], 0, "all that he sees is nothing now")
    w.sql("UPDATE users SET is_active = 0 WHERE email = 'bob@example.org'")
    got = run_due(w, everything, who="admin")
    equal(got["last_outcome"], "The account of its owner is closed.")
    equal(len(exports(w, everything)), 1)
    w.sql("UPDATE users SET is_active = 1 WHERE email = 'bob@example.org'")


@case
def what_was_removed_is_said(w):
    clear(w)
    p, m = metered(w, "ada", "Shed", "SHED-1")
    by_meter, by_property = make(w, meter_id=m), make(w, property_id=p)
    both = make(w, meter="SHED-1", property_id=p)
    w.call("ada", "PATCH", f"/api/meters/{m}", {"property_id": w.house}, 200)
    equal(run_due(w, both)["last_outcome"], "The meter SHED-1 belongs to another property now. Choose again, or remove this schedule.")
    w.call("ada", "DELETE", f"/api/meters/{m}", None, 200)
    equal(run_due(w, by_meter)["last_outcome"], "The meter SHED-1 was removed. Restore it, or remove this schedule.")
    w.call("ada", "DELETE", f"/api/properties/{p}?cascade=true", None, 200)
    equal(run_due(w, by_property)["last_outcome"], "The property Shed was removed. Restore it, or remove this schedule.")


@case
def one_that_is_not_done_leaves_the_next_out(w):
    clear(w)
    s = make(w)
    with no_worker(w):
        equal(w.call("ada", "POST", f"{PATH}/{s['id']}/run", {}, 202).json()["last_job_status"], "queued")
        w.call("ada", "POST", f"{PATH}/{s['id']}/run", {}, 409)
    w.sql("UPDATE jobs SET not_before_at = ? WHERE kind = 'export'", int(time.time()) + 1000)
    got = run_due(w, s)
    equal(got["last_outcome"], "The export before it is not done yet: this one was left out.")
    equal(len(exports(w, s)), 1)


@case
def run_now_pause_resume_remove(w):
    clear(w)
    s = make(w, cron="0 0 1 1 *")
    first = w.call("ada", "POST", f"{PATH}/{s['id']}/run", {}, 202, Idempotency_Key="now").json()
    equal(first["next_run_at"], s["next_run_at"], "its next time stays")
    equal(w.call("ada", "POST", f"{PATH}/{s['id']}/run", {}, 202, Idempotency_Key="now").json()["last_job_id"], first["last_job_id"])
    w.storage.work()
    equal(len(exports(w, s)), 1)
    paused = w.call("ada", "PATCH", f"{PATH}/{s['id']}", {"is_enabled": False}, 200).json()
    equal((paused["is_enabled"], paused["next_run_at"]), (False, None))
    equal(run_due(w, s)["last_run_at"], first["last_run_at"], "a paused one is never due")
    resumed = w.call("ada", "PATCH", f"{PATH}/{s['id']}", {"is_enabled": True}, 200).json()
    equal(resumed["next_run_at"], s["next_run_at"])
    w.call("ada", "DELETE", f"{PATH}/{s['id']}", None, 204)
    w.call("ada", "DELETE", f"{PATH}/{s['id']}", None, 404)
    equal(w.call("ada", "GET", f"/api/exports/{first['last_job_id']}", None, 200).json()["schedule_id"], None, "its export stays")


@case
def changes_are_of_the_version_that_was_seen(w):
    clear(w)
    s = make(w, period="days", days=9, keep=3)
    tag = w.call("ada", "GET", f"{PATH}/{s['id']}", None, 200).header("ETag")
    equal(tag, '"v1"')
    reply = w.call("ada", "PATCH", f"{PATH}/{s['id']}", {"period": "last_week", "cron": "5 4 * * mon"}, 200, If_Match=tag)
    equal((reply.header("ETag"), reply.json()["days"], reply.json()["keep"]), ('"v2"', None, 3))
    w.call("ada", "PATCH", f"{PATH}/{s['id']}", {"keep": 5}, 412, If_Match=tag)
    run_due(w, s)
    w.call("ada", "PATCH", f"{PATH}/{s['id']}", {"keep": 5}, 412, If_Match='"v2"')
    due = int(time.time()) - 3
    w.sql("UPDATE export_schedules SET next_run_at = ?", due)
    w.call("ada", "PATCH", f"{PATH}/{s['id']}", {"keep": 5}, 200)
    equal(w.sql("SELECT next_run_at FROM export_schedules"), [(due,)], "what is due stays due")
    equal(w.call("ada", "PATCH", f"{PATH}/{s['id']}", {"meter": METER}, 200).json()["meter_id"], w.m)
    equal(w.call("ada", "PATCH", f"{PATH}/{s['id']}", {"meter": None}, 200).json()["meter_id"], None)
    first = make(w, status=201)
    key = w.call("ada", "POST", PATH, {"cron": "0 6 * * *", "period": "last_month"}, 201, Idempotency_Key="one").json()["id"]
    equal(w.call("ada", "POST", PATH, {"cron": "0 6 * * *", "period": "last_month"}, 201, Idempotency_Key="one").json()["id"], key)
    assert key != first["id"]


@case
def what_cannot_be_one_is_said(w):
    clear(w)
    for fields, field, words in (
            ({"cron": ...}, "cron", "Say when"), ({"cron": "60 0 * * *"}, "cron", "minute"), ({"cron": "0 0 31 feb *"}, "cron", "never comes"),
            ({"cron": "0 0 * *"}, "cron", "five fields"), ({"cron": "*/5 0 * * *"}, "cron", "at most once an hour"), ({"cron": "0 " * 90}, "cron", "at most 100"),
            ({"period": ...}, "period", "A period is"), ({"period": "fortnight"}, "period", "A period is"), ({"period": "days"}, "days", "from 1 to 3660"),
            ({"period": "days", "days": 0}, "days", "from 1"), ({"period": "days", "days": 4000}, "days", "3660"), ({"days": 4}, "days", "leave it out"),
            ({"days": "4"}, "days", "whole number"), ({"shape": "round"}, "shape", "wide, wide15, long or openwatts"), ({"format": "pdf"}, "format", "csv or xlsx"),
            ({"keep": 0}, "keep", "From 1 to 1000"), ({"keep": 1001}, "keep", "From 1"), ({"keep": None}, "keep", "null"),
            ({"cron": None}, "cron", "Say when"), ({"period": None}, "period", "A period is"), ({"shape": None}, "shape", "A shape is"),
            ({"meter": "none such"}, "meter", "no meter of this number"), ({"colour": 1}, "colour", "no field")):
        body = {k: v for k, v in {"cron": "0 6 * * *", "period": "last_month", **fields}.items() if v is not ...}
        reply = w.call("ada", "POST", PATH, body)
        assert reply.status in (400, 422), (fields, reply.status)
        got = reply.json()
        assert got["errors"][0]["field"] == field and words in got["detail"], (fields, got)
    other = w.property("ada", "Other")["id"]
    equal(make(w, status=422, meter=METER, property_id=other).json()["errors"][0]["detail"], "This meter belongs to another property.")
    for who, fields in (("bob", {"property_id": w.house}), ("bob", {"meter_id": w.m}), ("ada", {"property_id": 99999})):
        make(w, who, 404, **fields)
    equal(make(w, "bob", 422, meter=METER).json()["errors"][0]["field"], "meter")
    equal(w.call("ada", "GET", PATH).json()["total"], 0)
    for _ in range(50):
        make(w)
    reply = make(w, status=409)
    assert "at most 50" in reply.text, reply.text
    listed = w.call("ada", "GET", PATH + "?limit=20&offset=40", None, 200)
    equal((len(listed.json()["items"]), listed.json()["total"]), (10, 50))


@case
def whose_it_is(w):
    clear(w)
    s = make(w)
    path = f"{PATH}/{s['id']}"
    for method, where, body in (("GET", path, None), ("PATCH", path, {"keep": 1}), ("DELETE", path, None), ("POST", path + "/run", {})):
        w.call("bob", method, where, body, 404)
    equal(w.call("bob", "GET", PATH).json()["total"], 0)
    equal(w.call("admin", "GET", PATH).json()["total"], 1)
    w.call("vic", "POST", PATH, {"cron": "0 6 * * *", "period": "last_month"}, 201)


# ---- what is kept ----

def files(w, s):
    return [p for p, in w.sql("SELECT j.file_path FROM exports x JOIN jobs j ON j.id = x.job_id WHERE x.schedule_id = ? AND j.status = 'completed' "
                              "ORDER BY j.id", s["id"])]


@case
def the_newest_files_are_kept_however_old(w):
    clear(w)
    s = make(w, period="days", days=1, keep=3)
    other = make(w, period="days", days=1, keep=1)
    run_due(w, other)
    seen = []
    for n in range(5):
        run_due(w, s)
        seen += files(w, s)[-1:]
        equal(files(w, s), seen[-3:], f"after {n + 1}")
    on_disk = {f"exports/{f.name}" for f in (w.storage.dir / "exports").iterdir()}
    assert set(seen[-3:]) <= on_disk and not set(seen[:2]) & on_disk, (seen, on_disk)
    equal(len(files(w, other)), 1)
    w.sql("UPDATE jobs SET completed_at = completed_at - 400 * 86400 WHERE kind = 'export'")
    w.sql("UPDATE jobs SET status = 'failed' WHERE file_path = ?", seen[3])
    clean(w)
    equal(files(w, s), [seen[2], seen[4]], "exports_kept_days is not about them, but about what failed")
    w.call("ada", "PATCH", f"{PATH}/{s['id']}", {"keep": 1}, 200)
    clean(w)
    equal(files(w, s), seen[4:])
    w.call("ada", "DELETE", f"{PATH}/{s['id']}", None, 204)
    clean(w)
    assert not (w.storage.dir / seen[4]).exists(), "of a schedule that is no more, the days count"


def clean(w):
    (w.storage.dir / "run/cleaned").unlink(missing_ok=True)
    w.storage.work()


@case
def two_workers_at_once_ask_once(w):
    clear(w)
    made = [make(w, period="days", days=1) for _ in range(10)]
    w.sql("UPDATE export_schedules SET next_run_at = ?", int(time.time()) - DAY)
    env = {**os.environ, "WATTLEDGER_STORAGE": str(w.storage.dir)}
    for p in [subprocess.Popen([BUILD / "wattledger-worker", "--once"], env=env) for _ in range(4)]:
        equal(p.wait(60), 0)
    w.storage.work()
    equal([len(exports(w, s)) for s in made], [1] * 10)


# ---- the page and the commands ----

def post(c, path, fields):
    return c.request("POST", path, urlencode(fields).encode(), {"Content-Type": "application/x-www-form-urlencoded"})


@case
def the_page(w):
    clear(w)
    c = Client(w.storage)
    c.login("ada@example.org", PASSWORD)
    page = c.get("/admin/exports")
    assert "No scheduled exports yet." in page.text
    form = next(f for f in page.forms() if f.action and f.action.endswith("/admin/exports/schedules"))
    equal((form.fields["keep"], form.fields["cron"], form.fields["period"]), ("12", "0 6 1 * *", "last_month"))
    good = {**form.fields, "do": "add", "property_id": w.house, "meter": METER, "period": "days", "days": "14", "cron": "0 7 * * mon", "shape": "wide", "format": "xlsx", "keep": "4"}
    for wrong, error, words in (({"cron": "0 7 * * someday"}, "schedule-cron-error", "weekday"), ({"days": "many"}, "schedule-days-error", "whole number"),
                                ({"days": ""}, "schedule-days-error", "from 1 to 3660"), ({"meter": "nobody's"}, "schedule-meter-error", "no meter of this number"),
                                ({"keep": "0"}, "schedule-keep-error", "From 1 to 1000"), ({"period": "x"}, "schedule-period-error", "A period is")):
        sent = {**good, **wrong}
        reply = post(c, "/admin/exports/schedules", sent)
        equal(reply.status, 422, str(wrong))
        said = re.search(f'id="{error}" role="alert">([^<]*)<', reply.text)
        assert said and words in said[1], (wrong, said and said[1])
        equal(reply.text.count('role="alert"'), 1, str(wrong))
        assert '<details class="card" open>' in reply.text, "the form is open"
        again = next(f for f in reply.forms() if f.action and f.action.endswith("/admin/exports/schedules") and f.has("cron"))
        for name in ("cron", "days", "keep"):
            equal(again.fields[name], sent[name], f"{name} with {wrong}")
        assert f'value="{w.house}" selected' in reply.text[reply.text.index("new-schedule"):], "the property is chosen still"
    reply = post(c, "/admin/exports/schedules", {**good, "property_id": "99999", "meter": ""})
    assert reply.status == 404 and "There is no property 99999." in reply.text and 'value="0 7 * * mon"' in reply.text, reply.status
    reply = post(c, "/admin/exports", {**{k: v for k, v in form.fields.items() if k == "csrf"}, "shape": "long", "format": "csv", "meter": "nobody's"})
    assert reply.status == 422 and 'id="schedule-meter-error"' not in reply.text and 'id="meter-error"' in reply.text
    reply = post(c, "/admin/exports/schedules", good)
    equal((reply.status, reply.header("Location")), (303, "/admin/exports#scheduled"))
    s, = w.call("ada", "GET", PATH).json()["items"]
    equal([s[k] for k in ("property_id", "meter", "period", "days", "cron", "shape", "format", "keep", "is_enabled")],
          [w.house, METER, "days", 14, "0 7 * * mon", "wide", "xlsx", 4, True])
    text = c.get("/admin/exports").text
    assert f"Meter {METER} of House" in text and "The last 14 days" in text and "the newest 4 are kept" in text, text
    do = lambda act: post(c, "/admin/exports/schedules", {"csrf": form.fields["csrf"], "id": s["id"], "do": act})
    equal(do("pause").status, 303)
    assert "paused" in c.get("/admin/exports").text and not get(w, s)["is_enabled"]
    with no_worker(w):
        equal(do("run").status, 303, "a paused one, too")
        reply = do("run")
        assert reply.status == 409 and "is not done yet" in reply.text, reply.status
    w.storage.work()
    got = get(w, s)
    text = c.get("/admin/exports").text
    assert f"/admin/exports/{got['last_job_id']}/file" in text and '<span class="tag">scheduled</span>' in text
    equal(do("resume").status, 303)
    equal(do("dance").status, 422)
    equal(post(c, "/admin/exports/schedules", {"csrf": form.fields["csrf"], "id": "x", "do": "run"}).status, 422)
    equal(do("remove").status, 303)
    equal(do("remove").status, 404)
    # the number of days is in the form always, and says nothing about last month
    equal(post(c, "/admin/exports/schedules", {**good, "period": "last_month", "days": "x"}).status, 303)


@case
def the_commands(w):
    clear(w)
    cli = lambda *args: w.storage.run("wattledger", *args)
    out = w.storage.cli("export-schedule-add", "--cron", "0 6 1 * *", "--period", "last_month", "--meter", METER, "--user", "ada@example.org", "--keep", "2", "--json")
    s = json.loads(out)
    equal((s["meter_id"], s["user_email"], s["keep"]), (w.m, "ada@example.org", 2))
    assert "T06:00:00Z" in w.storage.cli("export-schedule-add", "--cron", "0 6 1 1 *", "--period", "days", "--days", "3", "--format", "xlsx")
    text = w.storage.cli("export-schedule-list")
    assert f"meter {METER}" in text and "Last month" in text and "all properties" in text and "last never" in text, text
    equal(len(json.loads(w.storage.cli("export-schedule-list", "--json"))), 2)
    assert "was asked for" in w.storage.cli("export-schedule-run", str(s["id"]))
    w.storage.work()
    assert "Its last job: completed" in w.storage.cli("export-schedule-list")
    assert "paused" in w.storage.cli("export-schedule-pause", str(s["id"])) and "it is paused" in w.storage.cli("export-schedule-list")
    assert "the next time is" in w.storage.cli("export-schedule-resume", str(s["id"]))
    w.storage.cli("export-schedule-remove", str(s["id"]))
    for args, code, words in ((("export-schedule-remove", "77"), 1, "no scheduled export 77"), (("export-schedule-run", "x"), 2, "its number"),
                              (("export-schedule-add", "--cron", "0 6 1 * *"), 2, "--period"), (("export-schedule-add", "--period", "last_week", "--cron", "1 2 3"), 1, "five fields"),
                              (("export-schedule-add", "--period", "last_week", "--cron", "0 1 * * *", "--keep", "0"), 1, "From 1 to 1000"),
                              (("export-schedule-add", "--period", "last_week", "--cron", "0 1 * * *", "--days", "many"), 2, "whole number"),
                              (("export-schedule-add", "--period", "last_week", "--cron", "0 1 * * *", "--meter", "none"), 1, "none"),
                              (("export-schedule-add", "--period", "last_week", "--cron", "0 1 * * *", "--user", "no@example.org"), 1, "no@example.org")):
        p = cli(*args)
        assert p.returncode == code and words in p.stderr, (args, p.returncode, p.stderr)
    assert "at most once an hour" in w.storage.cli("export-schedule-add", "--help")


def main():
    with Storage() as storage:
        sys.exit(0 if run_cases(World(storage), only=sys.argv[1:]) else 1)


if __name__ == "__main__":
    main()
