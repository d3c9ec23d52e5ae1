#!/usr/bin/env python3
"""draft_cases: what is typed into long forms, kept before it is sent (source E's six classes of tests; PRODUCT 7).

    draft_cases.py [case…]
"""
import contextlib
import re
import sqlite3
import sys
from pathlib import Path
from urllib.parse import urlencode

sys.path.insert(0, str(Path(__file__).resolve().parent))
from cgi import Client, Storage  # noqa: E402
from cases import case, equal, run_cases  # noqa: E402
from world import PASSWORD, World  # noqa: E402

DAY = 86400
CHROME = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120.0 Safari/537.36"
IPHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.0 Mobile/15E148 Safari/604.1"
FORM = "application/x-www-form-urlencoded"
TYPED = {"location_label": "Thunder Alley", "notes": 'Front oil 650\n"as typed"', "odometer": "twelve"}


def save(w, who, code=201, fields=TYPED, **more):
    headers = more.pop("headers", {})
    return w.call(who, "POST", "/api/drafts", {"form": "session", "fields": fields, **more}, code, **headers)


def put(w, who, d, fields, code=200, version=None):
    return w.call(who, "PUT", f"/api/drafts/{d['id']}", {"fields": fields}, code, If_Match=f'"v{version or d["version"]}"')


def listed(w, who, query=""):
    return w.call(who, "GET", "/api/drafts" + query, None, 200).json()


def count(w):
    return w.sql("SELECT COUNT(*) FROM drafts")[0][0]


def forget(w):
    w.sql("DELETE FROM drafts")


def car(w, who):
    """One that the user has."""
    items = w.call(who, "GET", "/api/cars", None, 200).json()["items"]
    return next((k["id"] for k in items if k["name"] == "Zoe"), None) or w.call(who, "POST", "/api/cars", {"name": "Zoe"}, 201).json()["id"]


def good(w, who, **more):
    return {"car_id": str(car(w, who)), "date": "2025-01-07", "odometer": "12000", "charge_type": "AC", "charge_delivered_kwh": "30",
            "location_label": "Thunder Alley", **more}


def no_sessions(w):
    w.sql("DELETE FROM charging_sessions")


def browser(w, who="ada"):
    c = Client(w.storage)
    c.login(f"{who}@example.org", PASSWORD)
    return c


# ---- creation ----

@case
def creation_keeps_what_was_typed_right_or_wrong(w):
    d = save(w, "ada").json()
    equal((d["fields"], d["form"], d["subject"], d["title"], d["version"], d["forked_from"]), (TYPED, "session", "", "Thunder Alley", 1, None))
    equal(w.call("ada", "GET", f"/api/drafts/{d['id']}", None, 200).json()["fields"], TYPED)
    equal(count(w), 1)
    for body, field in (({"form": "letter", "fields": {}}, "form"), ({"form": "session"}, "fields"), ({"form": "session", "fields": {"a": 1}}, "fields"),
                        ({"form": "session", "fields": {}, "subject": "../x"}, "subject"), ({"form": "session", "fields": [], "x": 1}, "fields"),
                        ({"form": "session", "fields": {str(i): "" for i in range(257)}}, "fields"),
                        ({"form": "session", "fields": {}, "forked_from": "a\nb"}, "forked_from")):
        equal(w.call("ada", "POST", "/api/drafts", body, 422).json()["errors"][0]["field"] in (field, "x"), True, body)
    reply = save(w, "ada", 413, {"notes": "x" * 65530})
    assert "64 KiB" in reply.json()["detail"], reply.text
    equal(save(w, "ada", 201, {"notes": "x" * 65000}).status, 201)
    forget(w)


@case
def creation_then_update_is_the_same_row(w):
    d = save(w, "ada").json()
    e = put(w, "ada", d, {**TYPED, "odometer": "12000"}).json()
    equal((e["id"], e["version"], e["fields"]["odometer"], count(w)), (d["id"], 2, "12000", 1))
    equal(w.call("ada", "PUT", f"/api/drafts/{d['id']}", {"fields": {}}, 412).json()["status"], 412, "without If-Match")
    equal(w.call("ada", "PUT", f"/api/drafts/{d['id']}", {"fields": {}}, 200, If_Match="*").json()["title"], "Charging session")
    again = [save(w, "ada", headers={"Idempotency-Key": "one"}).json()["id"] for _ in range(2)]
    equal((again[0], count(w)), (again[1], 2), "a lost answer makes no second one")
    forget(w)


@case
def creation_tells_the_device(w):
    equal(save(w, "ada", headers={"User-Agent": CHROME}).json()["device"], "Chrome on Linux")
    equal(save(w, "ada", headers={"User-Agent": IPHONE}).json()["device"], "Safari on an iPhone")
    equal(save(w, "ada", headers={"User-Agent": "curl/8"}).json()["device"], None)
    d = save(w, "ada", device="  The garage\ntablet ").json()
    equal(d["device"], "The garage tablet")
    equal(w.call("ada", "PUT", f"/api/drafts/{d['id']}", {"fields": {}}, 200, If_Match='"v1"', User_Agent=IPHONE).json()["device"], "Safari on an iPhone")
    forget(w)


# ---- promotion ----

@case
def promotion_makes_it_a_session_under_its_id(w):
    no_sessions(w)
    d = save(w, "ada", fields=good(w, "ada")).json()
    s = w.call("ada", "POST", f"/api/drafts/{d['id']}/promote", {}, 201)
    equal((s.json()["id"], s.json()["status"], s.header("Location")), (d["id"], "closed", f"/api/sessions/{d['id']}"))
    equal((count(w), w.call("ada", "GET", f"/api/sessions/{d['id']}", None, 200).json()["location_label"]), (0, "Thunder Alley"))
    w.call("ada", "POST", f"/api/drafts/{d['id']}/promote", {}, 404)


@case
def promotion_goes_draft_active_closed(w):
    no_sessions(w)
    d = save(w, "ada", fields={"car_id": str(car(w, "ada")), "date": "2025-02-01"}).json()
    equal([s["id"] for s in w.call("ada", "GET", "/api/sessions", None, 200).json()["items"]], [], "a draft is in no list")
    s = w.call("ada", "POST", f"/api/drafts/{d['id']}/promote", {"status": "active"}, 201).json()
    equal((s["id"], s["status"]), (d["id"], "active"))
    s = w.call("ada", "PATCH", f"/api/sessions/{d['id']}", {"status": "closed", "odometer": 5, "charge_type": "AC", "charge_delivered_kwh": 3}, 200).json()
    equal((s["id"], s["status"]), (d["id"], "closed"))


@case
def promotion_that_is_refused_leaves_the_draft(w):
    no_sessions(w)
    d = save(w, "ada", fields=good(w, "ada", odometer="twelve")).json()
    path = f"/api/drafts/{d['id']}/promote"
    equal(w.call("ada", "POST", path, {}, 422).json()["errors"][0]["field"], "odometer")
    equal(w.call("ada", "POST", path, {"status": "draft"}, 422).json()["errors"][0]["field"], "odometer")
    d = put(w, "ada", d, good(w, "ada", charge_type="")).json()
    equal(w.call("ada", "POST", path, {}, 422).json()["errors"][0]["field"], "charge_type")
    d = put(w, "ada", d, good(w, "ada", colour="red")).json()
    equal(w.call("ada", "POST", path, {}, 422).json()["errors"][0]["field"], "colour")
    d = put(w, "ada", d, good(w, "ada", car_id="424242")).json()
    w.call("ada", "POST", path, {}, 404)
    d = put(w, "ada", d, good(w, "ada")).json()
    w.call("ada", "POST", path, {}, 412, If_Match='"v1"')
    equal((count(w), w.sql("SELECT COUNT(*) FROM charging_sessions")[0][0]), (1, 0))
    w.call("ada", "POST", path, {}, 201, If_Match=f'"v{d["version"]}"')
    d = save(w, "ada", fields=good(w, "ada")).json()
    w.call("ada", "POST", f"/api/drafts/{d['id']}/promote", {}, 409)
    d = save(w, "ada", form="property", subject="1").json()
    w.call("ada", "POST", f"/api/drafts/{d['id']}/promote", {}, 422)
    forget(w)


# ---- deletion ----

@case
def deletion_removes_it(w):
    d = save(w, "ada").json()
    w.call("ada", "DELETE", f"/api/drafts/{d['id']}", None, 412, If_Match='"v7"')
    w.call("ada", "DELETE", f"/api/drafts/{d['id']}", None, 204, If_Match='"v1"')
    equal(count(w), 0)


@case
def deletion_of_what_is_not_there(w):
    d = save(w, "ada").json()
    w.call("ada", "DELETE", f"/api/drafts/{d['id']}", None, 204)
    for method, path, body in (("DELETE", "", None), ("GET", "", None), ("PUT", "", {"fields": {}}), ("POST", "/promote", {})):
        reply = w.call("ada", method, f"/api/drafts/{d['id']}{path}", body, 404, If_Match="*")
        assert "sent or discarded" in reply.json()["detail"], reply.text


@case
def deletion_of_somebody_elses(w):
    d = save(w, "ada").json()
    for who in ("bob", "admin"):
        for method, path, body in (("DELETE", "", None), ("GET", "", None), ("PUT", "", {"fields": {}}), ("POST", "/promote", {})):
            w.call(who, method, f"/api/drafts/{d['id']}{path}", body, 404, If_Match="*")
        equal(listed(w, who)["total"], 0, who)
    w.call("vic", "POST", "/api/drafts", {"form": "session", "fields": {}}, 403)
    equal(listed(w, "vic")["total"], 0)
    equal(listed(w, "ada")["items"][0]["version"], 1)
    forget(w)


# ---- several ----

@case
def several_do_not_overwrite_each_other(w):
    a, b = save(w, "ada").json(), save(w, "ada", fields={"location_label": "Elsewhere"}).json()
    assert a["id"] != b["id"]
    put(w, "ada", b, {"location_label": "Elsewhere 2"})
    equal(w.call("ada", "GET", f"/api/drafts/{a['id']}", None, 200).json()["fields"], TYPED)
    forget(w)


@case
def several_tabs_of_one_draft_are_both_kept(w):
    a = save(w, "ada").json()
    put(w, "ada", a, {"location_label": "First tab"})
    assert "another tab" in put(w, "ada", a, {"location_label": "Second tab"}, 412).json()["detail"]
    b = save(w, "ada", fields={"location_label": "Second tab"}, forked_from=a["id"]).json()
    equal(b["forked_from"], a["id"])
    equal(sorted(d["title"] for d in listed(w, "ada")["items"]), ["First tab", "Second tab"])
    forget(w)


@case
def several_have_a_most(w):
    for i in range(100):
        w.sql("INSERT INTO drafts (id, user_id, form, subject, title, fields, created_at, updated_at) SELECT ?, id, 'session', '', 't', '{}', "
              "strftime('%s'), strftime('%s') FROM users WHERE email = 'ada@example.org'", f"x{i}")
    assert "100 drafts" in save(w, "ada", 409).json()["detail"]
    equal(save(w, "bob").status, 201)
    put(w, "ada", {"id": "x5", "version": 1}, TYPED)
    forget(w)


# ---- clean-up ----

def aged(w, who, days):
    d = save(w, who).json()
    w.sql("UPDATE drafts SET updated_at = updated_at - ? WHERE id = ?", days * DAY + 5, d["id"])
    return d["id"]


@case
def cleanup_takes_those_of_more_than_30_days(w):
    old, young = aged(w, "ada", 30), aged(w, "ada", 29)
    w.call("ada", "GET", f"/api/drafts/{old}", None, 404)
    equal([d["id"] for d in listed(w, "ada")["items"]], [young])
    equal([r[0] for r in w.sql("SELECT id FROM drafts")], [young])
    forget(w)


@case
def cleanup_leaves_sessions_alone(w):
    no_sessions(w)
    s = w.call("ada", "POST", "/api/sessions", {"car_id": car(w, "ada"), "date": "2020-01-01", "status": "active"}, 201).json()
    w.sql("UPDATE charging_sessions SET updated_at = 5, created_at = 5")
    aged(w, "ada", 90)
    equal(listed(w, "ada")["total"], 0)
    w.call("ada", "GET", f"/api/sessions/{s['id']}", None, 200)
    no_sessions(w)


@case
def cleanup_by_the_setting(w):
    one = aged(w, "ada", 3)
    w.storage.cli("settings-set", "drafts_kept_days", "2")
    equal(listed(w, "ada")["total"], 0)
    w.storage.cli("settings-set", "drafts_kept_days", "30")
    equal(w.sql("SELECT id FROM drafts WHERE id = ?", one), [])


@case
def cleanup_by_the_worker_of_those_who_never_come_back(w):
    aged(w, "bob", 40)
    (w.storage.dir / "run/cleaned").unlink(missing_ok=True)
    w.storage.work()
    equal(count(w), 0)


# ---- retrieval ----

@case
def retrieval_most_recent_first(w):
    ids = [save(w, "ada", fields={"location_label": f"Place {i}"}).json()["id"] for i in range(3)]
    for i, d in enumerate(ids):
        w.sql("UPDATE drafts SET updated_at = updated_at - ? WHERE id = ?", 120 * (i + 1), d)
    save(w, "ada", form="property", subject="7", fields={"name": "Mill"})
    page = listed(w, "ada", "?form=session&limit=2")
    equal(([d["title"] for d in page["items"]], page["total"]), (["Place 0", "Place 1"], 3))
    assert 118 <= page["items"][0]["age_seconds"] <= 125, page
    assert "fields" not in page["items"][0]
    equal([d["title"] for d in listed(w, "ada", "?form=session&offset=2")["items"]], ["Place 2"])
    equal(listed(w, "ada")["total"], 4)
    w.call("ada", "GET", "/api/drafts?form=letter", None, 422)
    forget(w)


@case
def retrieval_titles(w):
    k = str(car(w, "ada"))
    title = lambda form="session", **fields: save(w, "ada", form=form, fields=fields).json()["title"]
    equal([title(location_label=" Home ", car_id=k), title(car_id=k, date="2025-01-07"), title(date="2025-01-07"), title(car_id="x"), title()],
          ["Home", "Zoe, 2025-01-07", "2025-01-07", "Charging session", "Charging session"])
    equal([title("property", name="Mill"), title("meter", identifier="M-1"), title("export_schedule")], ["Mill", "M-1", "Scheduled export"])
    equal(len(title(location_label="ä" * 200).encode()), 120)
    other = str(car(w, "bob"))
    equal(title(car_id=other, date="2025-01-07"), "2025-01-07", "the name of another's car")
    forget(w)


@case
def retrieval_of_nothing(w):
    equal(listed(w, "bob"), {"items": [], "total": 0, "limit": 50, "offset": 0})
    w.call("bob", "GET", "/api/drafts/latest", None, 404)
    c = browser(w, "bob")
    assert "No drafts" in c.get("/admin/drafts").text


# ---- when the database cannot ----

@contextlib.contextmanager
def locked(w):
    db = sqlite3.connect(w.storage.dir / "wattledger.db", isolation_level=None, timeout=20)
    db.execute("BEGIN EXCLUSIVE")
    try:
        yield
    finally:
        db.execute("ROLLBACK")
        db.close()


@contextlib.contextmanager
def away(w):
    """The folder is there, the database is not."""
    kept = w.storage.dir.parent / "kept.db"
    (w.storage.dir / "wattledger.db").rename(kept)
    (w.storage.dir / "wattledger.conf").write_text("mode = development\nwake = off\n")
    try:
        yield
    finally:
        for tail in ("", "-journal"):
            (w.storage.dir / f"wattledger.db{tail}").unlink(missing_ok=True)
        kept.rename(w.storage.dir / "wattledger.db")
        (w.storage.dir / "wattledger.conf").write_text("mode = development\n")


@case
def offline_a_save_says_try_again(w):
    d = save(w, "ada").json()
    with locked(w):
        reply = w.call("ada", "PUT", f"/api/drafts/{d['id']}", {"fields": {"notes": "x"}}, None, If_Match='"v1"')
        equal(reply.status, 503, reply.text[:200])
    equal(w.call("ada", "GET", f"/api/drafts/{d['id']}", None, 200).json()["fields"], TYPED)
    put(w, "ada", d, {"notes": "x"})
    forget(w)


@case
def offline_a_promotion_is_all_or_nothing(w):
    no_sessions(w)
    d = save(w, "ada", fields=good(w, "ada")).json()
    w.sql("CREATE TRIGGER no_drop BEFORE DELETE ON drafts BEGIN SELECT RAISE(ABORT, 'no'); END")
    try:
        assert w.call("ada", "POST", f"/api/drafts/{d['id']}/promote", {}).status >= 400
        equal(w.sql("SELECT COUNT(*) FROM charging_sessions")[0][0], 0)
    finally:
        w.sql("DROP TRIGGER no_drop")
    w.sql("CREATE TRIGGER no_session BEFORE INSERT ON charging_sessions BEGIN SELECT RAISE(ABORT, 'no'); END")
    try:
        assert w.call("ada", "POST", f"/api/drafts/{d['id']}/promote", {}).status >= 400
        equal(count(w), 1)
    finally:
        w.sql("DROP TRIGGER no_session")
    w.call("ada", "POST", f"/api/drafts/{d['id']}/promote", {}, 201)
    no_sessions(w)


@case
def offline_a_list_needs_no_write(w):
    aged(w, "ada", 40)
    young = save(w, "ada").json()["id"]
    w.sql("CREATE TRIGGER no_drop BEFORE DELETE ON drafts BEGIN SELECT RAISE(ABORT, 'no'); END")
    try:
        equal([d["id"] for d in listed(w, "ada")["items"]], [young], "what is too old is not shown, whether it can go or not")
    finally:
        w.sql("DROP TRIGGER no_drop")
    forget(w)


@case
def offline_no_database_is_said(w):
    with away(w):
        for method, path, body in (("GET", "/api/drafts", None), ("POST", "/api/drafts", {"form": "session", "fields": {}})):
            reply = w.call("ada", method, path, body, 503)
            assert reply.header("Retry-After"), reply.headers


@case
def offline_the_form_comes_back_with_what_was_typed(w):
    no_sessions(w)
    c = browser(w)
    good_here, page = good(w, "ada"), c.get("/admin/sessions/new")
    with locked(w):
        reply = c.submit(page, {**good_here, "notes": "two\nlines", "status": "closed"})
        equal(reply.status, 503, "busy")
        assert 'value="Thunder Alley"' in reply.text and "two\nlines</textarea>" in reply.text, reply.text
    equal(w.sql("SELECT COUNT(*) FROM charging_sessions")[0][0], 0)
    equal(c.submit(reply, needs=["notes"], fields={"notes": "two\nlines"}, follow=False).status, 303)
    equal(w.sql("SELECT location_label, notes FROM charging_sessions"), [("Thunder Alley", "two\nlines")])
    no_sessions(w)


@case
def offline_a_damaged_draft_is_no_ones_end(w):
    save(w, "ada")
    w.sql("UPDATE drafts SET fields = '{'")
    c = browser(w)
    assert c.get("/admin/drafts").status == 200
    equal(c.get("/admin/sessions/new?new=1").status, 200)
    forget(w)


# ---- pages, as somebody without JavaScript meets them ----

def save_by_hand(c, page, **typed):
    """The button "Save draft" of the form that has these fields."""
    form = next(f for f in page.forms() if f.has("draft_form", *typed))
    return c.follow(c.request("POST", "/admin/drafts", urlencode({**form.fields, **typed}).encode(), {"Content-Type": FORM}))


def field(page, name):
    return next(f for f in page.forms() if f.has("draft_form")).fields.get(name)


@case
def a_page_saves_restores_and_discards(w):
    no_sessions(w)
    car(w, "ada")
    c = browser(w)
    page = save_by_hand(c, c.get("/admin/sessions/new"), location_label="Test Track 99", odometer="six hundred & fifty", notes="a\n<b>")
    assert "Restored from a draft" in page.text and "a\n&lt;b&gt;</textarea>" in page.text, page.text
    equal((field(page, "location_label"), field(page, "odometer"), field(page, "draft_version")), ("Test Track 99", "six hundred & fifty", "1"))
    again = c.get("/admin/sessions/new")
    equal((field(again, "location_label"), field(again, "draft")), ("Test Track 99", field(page, "draft")), "the only one is restored at once")
    page = save_by_hand(c, again, location_label="Test Track 100", notes="b")
    equal((count(w), field(page, "draft_version"), field(page, "location_label")), (1, "2", "Test Track 100"))
    equal(field(c.get("/admin/sessions/new?new=1"), "location_label"), "")
    assert "1 draft<" in c.get("/admin/sessions").text and "Test Track 100" in c.get("/admin/drafts").text
    c.request("POST", f"/admin/drafts/{field(page, 'draft')}/discard", urlencode({"csrf": field(page, "csrf")}).encode(), {"Content-Type": FORM})
    equal(count(w), 0)
    equal(field(c.get(f"/admin/sessions/new?draft={field(page, 'draft')}"), "location_label"), "", "one that is gone")


@case
def a_page_sends_a_draft_and_it_is_gone(w):
    no_sessions(w)
    c = browser(w)
    page = save_by_hand(c, c.get("/admin/sessions/new"), location_label="Thunder Alley")
    draft = field(page, "draft")
    refused = c.submit(page, {**good(w, "ada"), "odometer": "x", "status": "closed"})
    equal((refused.status, field(refused, "draft"), count(w)), (422, draft, 1), "refused: the draft stays")
    sent = c.submit(refused, {**good(w, "ada"), "status": "closed"}, follow=False)
    equal((sent.header("Location"), count(w)), (f"/admin/sessions/{draft}", 0))
    equal(c.submit(refused, {**good(w, "ada"), "status": "closed"}, follow=False).header("Location"), f"/admin/sessions/{draft}", "a second click")
    equal(c.get(f"/admin/sessions/new?draft={draft}").header("Location"), f"/admin/sessions/{draft}", "a tab that was left open is loaded again")
    other = c.submit(refused, {**good(w, "ada"), "odometer": "12001", "status": "closed"})
    assert other.status == 409 and "has been sent already" in other.text and field(other, "draft") == "", other.text
    equal(c.submit(other, {**good(w, "ada"), "odometer": "12001", "status": "closed"}, follow=False).status, 303)
    equal(len(w.sql("SELECT id FROM charging_sessions")), 2)


@case
def a_page_of_two_tabs(w):
    no_sessions(w)
    c = browser(w)
    first = save_by_hand(c, c.get("/admin/sessions/new"), location_label="Both")
    second = c.get("/admin/sessions/new")
    save_by_hand(c, first, location_label="The first tab")
    mine = save_by_hand(c, second, location_label="The second tab")
    assert "Both are kept" in mine.text and "The first tab" in mine.text, mine.text
    picker = c.get("/admin/sessions/new")
    assert re.search("The (second|first) tab.*last saved.*just now.*another version", picker.text, re.S) and "Start empty" in picker.text
    assert field(c.get("/admin/sessions/new?new=1"), "location_label") == ""
    # one is sent while the other tab has saved something else in the same draft: both stay
    stale = c.get(f"/admin/sessions/new?draft={field(mine, 'draft')}")
    save_by_hand(c, mine, location_label="Meanwhile")
    sent = c.submit(stale, {**good(w, "ada"), "status": "closed"}, follow=False)
    assert sent.status == 303 and f"?kept={field(mine, 'draft')}" in sent.header("Location")
    assert "was not overwritten" in c.follow(sent).text
    assert {"Meanwhile", "The first tab"} == {d["title"] for d in listed(w, "ada")["items"]}
    forget(w)
    no_sessions(w)


@case
def a_page_asks_for_an_active_session_first(w):
    no_sessions(w)
    c = browser(w)
    s = w.call("ada", "POST", "/api/sessions", {"car_id": car(w, "ada"), "date": "2025-02-01", "status": "active", "location_label": "Home"}, 201).json()
    save(w, "ada")
    text = c.get("/admin/sessions/new").text
    assert 0 < text.index("Still charging: Zoe, Home") < text.index("Thunder Alley") < text.index("Start empty"), text
    assert s["id"] in text
    equal(field(c.get("/admin/sessions/new?new=1"), "location_label"), "")
    assert "Still charging:" not in browser(w, "admin").get("/admin/sessions/new").text, "another's"
    forget(w)
    no_sessions(w)


@case
def a_page_of_something_stored(w):
    p = w.property("ada", "Mill", address="1 Mill Lane")["id"]
    m = w.meter("ada", p, "DRAFT-1")["id"]
    s = w.call("ada", "POST", "/api/sessions", {"car_id": car(w, "ada"), "date": "2025-02-01", "status": "active"}, 201).json()["id"]
    c = browser(w)
    for path, name, form in ((f"/admin/properties/{p}", "address", "property"), (f"/admin/meters/{m}/details", "name", "meter"),
                             (f"/admin/sessions/{s}", "location_label", "session")):
        page = save_by_hand(c, c.get(path), **{name: "Typed"})
        d = listed(w, "ada")["items"][0]
        equal((d["form"], page.url.split("?")[0]), (form, path))
        back = c.get(path)
        assert "Restored from a draft" in back.text and field(back, name) == "Typed", back.text
        equal(field(c.get(path + "?new=1"), name) == "Typed", False)
        equal(field(browser(w, "admin").get(path), name) == "Typed", False, "another's draft")
        sent = c.submit(back, {name: "Typed on"}, follow=False)
        equal((sent.status, count(w), field(c.get(path), name)), (303, 0, "Typed on"))
    # what is stored changes meanwhile: the draft's version is asked about, as ever
    save_by_hand(c, c.get(f"/admin/properties/{p}"), address="Mine")
    w.call("ada", "PATCH", f"/api/properties/{p}", {"address": "Theirs"}, 200)
    reply = c.submit(c.get(f"/admin/properties/{p}"), {"address": "Mine"})
    assert reply.status == 412 and "Theirs" in reply.text and "Mine" in reply.text
    equal((c.submit(reply, {"address": "Mine"}, follow=False).status, count(w)), (303, 0))
    no_sessions(w)


@case
def a_page_of_a_new_export_schedule(w):
    c = browser(w)
    page = save_by_hand(c, c.get("/admin/exports"), cron="0 7 * * mon", keep="lots")
    equal((page.url.split("?")[0], field(page, "cron"), field(page, "keep"), listed(w, "ada")["items"][0]["title"]), ("/admin/exports", "0 7 * * mon", "lots", "Scheduled export"))
    assert "Restored from a draft" in page.text and "<details class=\"card\" open>" in page.text
    refused = c.submit(page, {"cron": "0 7 * * mon", "keep": "lots", "do": "add"})
    equal((refused.status, count(w), field(refused, "keep")), (422, 1, "lots"))
    equal((c.submit(refused, {"cron": "0 7 * * mon", "keep": "3", "do": "add"}, follow=False).status, count(w)), (303, 0))
    assert "data-save-draft" not in browser(w, "vic").get("/admin/exports").text, "who may not write"


@case
def signed_out_meanwhile_loses_nothing(w):
    no_sessions(w)
    car(w, "ada")
    c = browser(w)
    page = c.get("/admin/sessions/new")
    w.sql("DELETE FROM sessions")
    ask = c.submit(page, {"location_label": 'Thunder "Alley"', "notes": "two\nlines & <more>", "odometer": "650", "status": "closed"})
    equal(ask.status, 401)
    assert "What you typed is kept" in ask.text and "<more>" not in ask.text
    wrong = c.submit(ask, {"email": "ada@example.org", "password": "wrong"})
    equal(wrong.status, 401)
    back = c.submit(wrong, {"email": "ada@example.org", "password": PASSWORD})
    assert back.url.startswith("/admin/sessions/new?draft="), back.url
    equal((field(back, "location_label"), field(back, "odometer")), ('Thunder "Alley"', "650"))
    assert "two\r\nlines &amp; &lt;more&gt;</textarea>" in back.text or "two\nlines &amp; &lt;more&gt;</textarea>" in back.text, back.text
    equal((w.sql("SELECT COUNT(*) FROM charging_sessions")[0][0], count(w)), (0, 1), "shown, not sent")
    forget(w)


@case
def signed_out_with_a_form_without_drafts(w):
    c = browser(w)
    page = c.get("/admin/cars")
    w.sql("DELETE FROM sessions")
    ask = c.submit(page, {"name": "Kept & shown", "registration": "AB1"}, needs=["battery_kwh"])
    equal(ask.status, 401)
    back = c.submit(ask, {"email": "ada@example.org", "password": PASSWORD})
    assert back.status == 200 and "nothing of it is stored yet" in back.text and 'value="Kept &amp; shown"' in back.text, back.text
    cars = lambda: [k["name"] for k in w.call("ada", "GET", "/api/cars", None, 200).json()["items"]]
    assert "Kept & shown" not in cars()
    equal(c.submit(back, {"name": "Kept & shown"}, follow=False).status, 303)
    assert "Kept & shown" in cars()


@case
def signed_out_and_somebody_elses_site(w):
    """Nothing that another site typed is carried, and a sign-in cannot be made to carry anything."""
    body = urlencode({"location_label": "theirs"}).encode()
    for headers in ({"Origin": "https://evil.example"}, {"Sec-Fetch-Site": "cross-site"}):
        reply = Client(w.storage).request("POST", "/admin/sessions", body, {"Content-Type": FORM, **headers})
        assert "theirs" not in reply.text and reply.status in (303, 403), reply
    login = {"email": "ada@example.org", "password": PASSWORD, "carried": "name=theirs", "carried_to": "/admin/cars"}
    c = Client(w.storage)
    equal(c.request("POST", "/login", urlencode(login).encode(), {"Content-Type": FORM}).status, 403, "without a token of this browser")
    for to in ("//evil.example/", "/\\evil", "https://evil.example/", "", "/a\nb"):
        c = Client(w.storage)
        form = next(f for f in c.get("/login").forms() if f.has("email"))
        reply = c.request("POST", "/login", urlencode({**form.fields, **login, "carried_to": to}).encode(), {"Content-Type": FORM})
        equal((reply.status, reply.header("Location")), (303, "/admin"), to)
    too_much = urlencode({"notes": "ä" * 60000}).encode()
    reply = Client(w.storage).request("POST", "/admin/sessions", too_much, {"Content-Type": FORM})
    assert reply.status == 401 and "in another tab" in reply.text and "ä" * 60000 in reply.text


def main():
    with Storage() as storage:
        sys.exit(0 if run_cases(World(storage), only=sys.argv[1:]) else 1)


if __name__ == "__main__":
    main()
