#!/usr/bin/env python3
"""preview_cases: a file is looked at, corrected, counted, imported; its rejected rows are mended; presets come back.

    preview_cases.py [case…]
"""
import json
import re
import sqlite3
import sys
import time
from pathlib import Path
from urllib.parse import urlencode

sys.path.insert(0, str(Path(__file__).resolve().parent))
from cgi import CONFIG, Client, Storage  # noqa: E402
from cases import case, equal, run_cases  # noqa: E402
from client import multipart  # noqa: E402

EMAIL, PASSWORD = "admin@example.org", "correct horse battery staple"
DAILY = "MPAN,Date,Reading\n" + "".join(f"1700000099730,{d:02}/04/2025,{d}.5\n" for d in range(1, 10))


class World:
    def __init__(self, storage):
        self.storage, self.admin = storage, Client(storage)
        token = (storage.dir / "setup-token.txt").read_text().strip()
        self.admin.setup(token, EMAIL, PASSWORD)

    def csrf(self):
        return next(f.fields["csrf"] for f in self.admin.get("/admin").forms() if f.action == "/logout")

    def upload(self, text, name="a.csv", **fields):
        kind, body = multipart({"csrf": self.csrf(), **fields}, {"file": (name, text.encode(), "text/csv")})
        return self.admin.request("POST", "/admin/imports", body, {"Content-Type": kind})

    def look(self, text, name="a.csv", **fields):
        """Uploads a file to be looked at first; returns its batch."""
        reply = self.upload(text, name, preview="1", background="1", **fields)
        equal(reply.status, 303, reply.text[:2000])
        return re.fullmatch(r"/admin/imports/([0-9a-f-]{36})/preview", reply.header("Location"))[1]

    def preview(self, batch):
        reply = self.admin.get(f"/api/import/jobs/{batch}/preview")
        equal(reply.status, 200, reply.text)
        return json.loads(reply.text)

    def post(self, batch, **fields):
        return self.form(f"/admin/imports/{batch}/preview", fields)

    def form(self, path, fields):
        body = urlencode({"csrf": self.csrf(), **fields}).encode()
        return self.admin.follow(self.admin.request("POST", path, body,
                                                    {"Content-Type": "application/x-www-form-urlencoded"}))

    def call(self, method, path, data=None, client=None):
        """A request of the API with the session's token; its reply."""
        client = client or self.admin
        token = next(f.fields["csrf"] for f in client.get("/admin").forms() if f.action == "/logout")
        headers = {"X-CSRF-Token": token, **({"Content-Type": "application/json"} if data is not None else {})}
        return client.request(method, path, None if data is None else json.dumps(data).encode(), headers)

    def sql(self, statement, *args):
        db = sqlite3.connect(self.storage.dir / "wattledger.db", isolation_level=None)
        try:
            return db.execute(statement, args).fetchall()
        finally:
            db.close()

    def another(self, email, role):
        """Somebody else, signed in."""
        p = self.storage.run("wattledger", "admin-create", "--email", email, "--name", role, "--password-stdin", input=PASSWORD + "\n")
        equal(p.returncode, 0, p.stderr)
        self.sql("UPDATE users SET role = ? WHERE email = ?", role, email)
        client = Client(self.storage)
        client.login(email, PASSWORD)
        return client

    def job(self, batch):
        self.storage.work()
        return json.loads(self.admin.get(f"/api/import/jobs/{batch}").text)


@case
def looked_at_corrected_and_imported(w):
    batch = w.look(DAILY)
    p = w.preview(batch)
    equal((p["readable"], p["found"]["date_order"], len(p["doubts"]), len(p["rows"])), (True, "dmy", 1, 9))
    equal(p["rows"][0]["becomes"], "1700000099730: 2025-04-01, the day: 1.5 kWh")
    equal([c["used_as"] for c in p["columns"]], ["Meter", "Date", "Reading"])
    page = w.admin.get(f"/admin/imports/{batch}/preview")
    assert "Please check" in page.text and 'name="date_order"' in page.text, page
    job = w.job(batch)
    equal((job["status"], job["dry_run"], job["new"], job["meters_new"], job["meters_known"]), ("completed", True, 9, 1, 0))
    equal(w.post(batch, do="again", date_order="mdy").status, 200)
    p = w.preview(batch)
    equal((p["found"]["date_order"], p["answers"], p["doubts"]), ("mdy", {"date_order": "mdy"}, []))
    equal(p["rows"][1]["becomes"], "1700000099730: 2025-02-04, the day: 2.5 kWh")
    equal(w.job(batch)["new"], 9)
    equal(json.loads(w.admin.get("/api/import/jobs").text)["total"], 1)
    reply = w.post(batch, do="import", date_order="mdy")
    assert f"/admin/imports/status/{batch}" in reply.url, reply.url
    job = w.job(batch)
    equal((job["status"], job["dry_run"], job["new"], job["imported_rows"]), ("completed", False, 9, 9))
    out = w.storage.cli("readings-export", "--to", "-")
    assert "2025-02-03" in out or "2025-02-04" in out, out[:400]
    equal(w.post(batch, do="import").status, 409, "imported twice")
    equal(w.job(batch)["new"], 9)


@case
def what_cannot_be_read_is_kept_for_answers(w):
    batch = w.look("a;b;c\n1700000099730;x;2025-04-01;7,5\n")
    p = w.preview(batch)
    assert not p["readable"] and "no header" in p["why_not"], p
    equal(w.job(batch)["status"], "failed")
    assert "cannot be read like this" in w.admin.get(f"/admin/imports/{batch}/preview").text
    w.post(batch, do="again", type="daily", header_line="0", meter_column="1", date_column="3", value_column="4",
           delimiter="semicolon")
    p = w.preview(batch)
    assert not p["readable"], p  # the first line is no record
    batch = w.look("1700000099730;x;2025-04-01;7,5\n1700000099730;x;2025-04-02;8,5\n")
    assert not w.preview(batch)["readable"]
    w.post(batch, do="again", type="daily", header_line="0", meter_column="1", date_column="3", value_column="4")
    p = w.preview(batch)
    equal((p["readable"], p["rows"][1]["becomes"]), (True, "1700000099730: 2025-04-02, the day: 8.5 kWh"))
    equal(w.job(batch)["new"], 2)


@case
def bad_answers_are_refused(w):
    batch = w.look(DAILY)
    reply = w.post(batch, do="again", date_order="sideways")
    assert reply.status == 422 and "cannot be an answer" in reply.text, reply
    w.post(batch, do="again", meter_column="9")
    p = w.preview(batch)
    assert not p["readable"] and "no column" in p["why_not"], p
    reply = w.admin.request("POST", f"/api/import/jobs/{batch}/preview", json.dumps({"date_order": 7}).encode(),
                            {"Content-Type": "application/json", "X-CSRF-Token": w.csrf()})
    equal(reply.status, 422, reply.text)
    equal(w.post(batch, do="discard").status, 200)
    equal(w.admin.get(f"/api/import/jobs/{batch}/preview").status, 409)


@case
def a_preset_is_kept_and_found_again(w):
    batch = w.look(DAILY, preset="none")
    reply = w.post(batch, do="save", date_order="mdy", unit="MWh", preset_name="My supplier")
    assert reply.status == 200 and "Kept as the preset" in reply.text, reply
    again = w.look(DAILY.replace(",", ";").replace("MPAN", '"MPAN"'))
    p = w.preview(again)
    equal((p["answers"], p["job"]["preset"]), ({"date_order": "mdy", "unit": "MWh"}, "My supplier"))
    equal(p["rows"][1]["becomes"], "1700000099730: 2025-02-04, the day: 2500 kWh")
    equal(w.preview(w.look(DAILY, preset="none"))["answers"], {})
    equal(w.preview(w.look(DAILY, preset="my SUPPLIER", date_order="dmy"))["answers"], {"date_order": "dmy", "unit": "MWh"})
    reply = w.upload(DAILY, preset="nix")
    assert reply.status == 422 and "no preset" in reply.text, reply
    presets = json.loads(w.admin.get("/api/import/presets").text)
    equal((presets["total"], presets["items"][0]["name"], presets["items"][0]["answers"]["unit"]), (1, "My supplier", "MWh"))
    number = presets["items"][0]["id"]
    file = w.admin.get(f"/admin/imports/presets/{number}/file")
    equal(json.loads(file.text)["answers"], {"date_order": "mdy", "unit": "MWh"})
    equal(w.form("/admin/imports/presets", {"id": str(number), "name": "Other", "do": "rename"}).status, 200)
    assert "Other" in w.admin.get("/admin/imports/presets").text
    w.form("/admin/imports/presets", {"id": str(number), "name": "x", "do": "delete"})
    assert "no preset yet" in w.admin.get("/admin/imports/presets").text
    headers = {"Content-Type": "application/json", "X-CSRF-Token": w.csrf()}
    equal(w.admin.request("POST", "/api/import/presets", file.body, headers).status, 201)
    equal(w.preview(w.look(DAILY))["job"]["preset"], "My supplier")


@case
def mended_rows_follow_their_import(w):
    text = DAILY.replace(",3.5", ",three").replace("MPAN,Date", "Meter,Day").replace("099730", "099731")
    first = w.look(text, preset="none", date_order="mdy")
    w.post(first, do="import", date_order="mdy")
    job = w.job(first)
    equal((job["unchanged_rows"] + job["imported_rows"], job["failed_rows"]), (8, 1))
    errors = w.admin.get(f"/admin/imports/status/{first}/errors.csv").text
    assert "Upload the mended rows" in w.admin.get(f"/admin/imports/status/{first}").text
    reply = w.upload(errors.replace("three", "3.5"), "mended.csv", fixes=first)
    second = reply.header("Location").rsplit("/", 1)[1]
    job = w.job(second)
    equal((job["status"], job["imported_rows"], job["failed_rows"], job["follows"]), ("completed", 1, 0, first))
    assert f"/admin/imports/status/{first}" in w.admin.get(f"/admin/imports/status/{second}").text
    assert "2025-03-04" in w.storage.cli("readings-export", "--to", "-", "--shape", "long"), "the day of the first answers"


@case
def what_is_imported_later_lies_on_top(w):
    text = DAILY.replace("099730", "099732")
    first = w.look(text, preset="none", date_order="dmy")
    equal(w.job(first)["new"], 9)
    mends = w.upload("Meter,Day,Value\n", fixes=first).header("Location")  # refused or not: it may follow a dry run
    between = w.upload(text.replace(".5\n", ".7\n"), preset="none", date_order="dmy").header("Location").rsplit("/", 1)[1]
    equal(w.job(between)["new"], 9, mends)
    w.post(first, do="import", date_order="dmy", on_conflict="replace")
    job = w.job(first)
    equal((job["status"], job["changed"]), ("completed", 9))
    shows = [r for r in w.storage.cli("readings-export", "--to", "-", "--shape", "long").splitlines() if "099732" in r]
    equal([r.split(",")[4] for r in shows], [f"{d}.5" for d in range(1, 10)], "what the counts have promised")
    listed = [j["batch_id"] for j in json.loads(w.admin.get("/api/import/jobs").text)["items"]]
    equal((listed.index(first) < listed.index(between), listed.count(first)), (True, 1))
    w.storage.cli("import-undo", first)
    shows = [r for r in w.storage.cli("readings-export", "--to", "-", "--shape", "long").splitlines() if "099732" in r]
    equal([r.split(",")[4] for r in shows], [f"{d}.7" for d in range(1, 10)], "after the undo")


@case
def what_is_tried_again_later_lies_on_top(w):
    text = DAILY.replace("099730", "099739")
    first = w.look(text, preset="none", date_order="dmy")
    w.job(first)
    w.sql("UPDATE jobs SET dry_run = 0, on_conflict = 'replace', status = 'failed', processed_rows = 0, resume_offset = 0, "
          "imported_rows = 0, intervals_new = 0, error_message = 'No.' WHERE batch_id = ?", first)  # as if it had never come to a row
    between = w.upload(text.replace(".5\n", ".7\n"), preset="none", date_order="dmy").header("Location").rsplit("/", 1)[1]
    equal(w.job(between)["new"], 9)
    equal(w.call("POST", f"/api/import/jobs/{first}/retry", {}).status, 200)
    equal(w.job(first)["changed"], 9)
    shows = [r for r in w.storage.cli("readings-export", "--to", "-", "--shape", "long").splitlines() if "099739" in r]
    equal([r.split(",")[4] for r in shows], [f"{d}.5" for d in range(1, 10)], "what its counts say")


@case
def a_count_gives_way_to_the_import(w):
    """The import is asked for while a worker counts, with rejected rows in each piece."""
    rows = "".join(f"MID-COUNT-{i % 60},2025-04-{d:02},{h:02}:{m:02},{'x' if (i + d + h) % 9 == 0 else i % 7}\n"
                   for i in range(60) for d in range(1, 29) for h in range(24) for m in (0, 30))
    batch = w.look("Meter,Date,Time,Reading\n" + rows, preset="none")
    equal(w.call("POST", f"/api/import/jobs/{batch}/import", {}).status, 202)
    for _ in range(100):
        job = w.job(batch)
        if job["status"] == "completed":
            break
        time.sleep(0.1)
    equal((job["status"], job["dry_run"], job["processed_rows"]), ("completed", False, rows.count("\n")))
    for log in (w.storage.dir / "logs").iterdir():
        wrong = [line for line in log.read_text().splitlines() if '"level":"error"' in line and "FOREIGN KEY" in line]
        equal(wrong, [], log.name)


@case
def what_was_looked_at_is_what_is_imported(w):
    text = DAILY.replace("099730", "099733")
    batch = w.look(text, preset="none")
    equal(w.call("POST", f"/api/import/jobs/{batch}/preview", {"date_order": "mdy", "unit": "MWh"}).status, 202)
    equal(w.job(batch)["import_type"], "auto", "a dry run does not settle the type")
    equal(w.call("POST", f"/api/import/jobs/{batch}/preview", {"unit": ""}).status, 202)
    equal(w.preview(batch)["answers"], {"date_order": "mdy"}, "one taken back, one left out")
    for wrong in ({"dry_run": True}, {"background": True}, {"preview": True}, {"fixes": batch}, {"no_such": 1}):
        equal(w.call("POST", f"/api/import/jobs/{batch}/import", wrong).status, 400, wrong)
    equal(w.job(batch)["dry_run"], True)
    equal(w.call("POST", f"/api/import/jobs/{batch}/import", {}).status, 202)
    equal((w.preview(batch)["answers"], w.job(batch)["new"]), ({"date_order": "mdy"}, 9))
    equal(w.call("POST", f"/api/import/jobs/{batch}/import", {}).status, 409, "twice")


@case
def what_cannot_be_read_is_not_imported(w):
    batch = w.look(DAILY.replace("099730", "099740"), preset="none", date_order="dmy")
    equal(w.post(batch, do="import", value_column="9").status, 422)
    reply = w.call("POST", f"/api/import/jobs/{batch}/import", {"value_column": "9"})
    assert reply.status == 422 and "no column" in reply.text, reply
    equal((w.job(batch)["dry_run"], w.preview(batch)["readable"]), (True, True), "it can be corrected still")
    equal(w.call("POST", f"/api/import/jobs/{batch}/import", {}).status, 202)
    equal(w.job(batch)["status"], "completed")


@case
def what_the_form_has_no_field_for_stays(w):
    w.sql("INSERT INTO properties (name, created_at) VALUES ('Mill', 1)")
    number = w.sql("SELECT id FROM properties WHERE name = 'Mill'")[0][0]
    batch = w.look(DAILY.replace("099730", "099734"), preset="none", property=str(number), strict="1")
    equal(w.job(batch)["status"], "failed", "the order of dates is open")
    w.post(batch, do="again", date_order="dmy")
    job = w.job(batch)
    equal((job["status"], job["strict"]), ("completed", True))
    w.post(batch, do="import", date_order="dmy")
    w.job(batch)
    equal(w.sql("SELECT property_id FROM meters WHERE identifier = '1700000099734'"), [(number,)], "its property")


@case
def a_type_that_was_found_out_does_not_bind(w):
    text = "Meter,Date,Reading\n" + "".join(f"1700000099735,2025-04-{d:02},{1000 + 7 * d}\n" for d in range(1, 20))
    batch = w.look(text, preset="none", values="consumption")
    w.job(batch)
    page = w.admin.get(f"/admin/imports/{batch}/preview")
    fields = next(f for f in page.forms() if f.action and f.action.endswith("/preview")).fields
    equal(fields["type"], "auto", "what the form says of the type")
    w.post(batch, do="again", **{**fields, "values": "register"})
    p = w.preview(batch)
    assert p["readable"] and "register at" in p["rows"][0]["becomes"], p["rows"][:1]


@case
def what_is_discarded_keeps_no_file(w):
    for counted in (True, False):
        batch = w.look(DAILY, preset="none")
        path = w.sql("SELECT file_path FROM jobs WHERE batch_id = ?", batch)[0][0]
        if counted:
            w.job(batch)
        w.post(batch, do="discard")
        job = w.job(batch)
        equal((job["file_kept"], job["status"] in ("cancelled", "completed")), (False, True), job["status"])
        equal((w.storage.dir / path).exists(), False, "the file")
        assert batch not in w.admin.get("/admin/imports/files").text
        equal(w.post(batch, do="import", date_order="dmy").status, 409)
        equal(w.call("POST", f"/api/import/jobs/{batch}/retry", {}).status, 409, "tried again")
    batch = w.look(DAILY, preset="none", date_order="dmy")
    equal(w.call("POST", f"/api/import/jobs/{batch}/import", {}).status, 202)
    equal(w.post(batch, do="discard").status, 409, "what has been acknowledged is not discarded")
    equal(w.job(batch)["status"], "completed")
    batch = w.look(DAILY, preset="none", date_order="dmy")
    w.job(batch)
    equal(w.call("DELETE", f"/api/import/jobs/{batch}/file").status, 200)
    equal(w.call("POST", f"/api/import/jobs/{batch}/import", {}).status, 409, "without its file")


@case
def what_nobody_imports_is_cleaned_by_age(w):
    text = DAILY.replace("099730", "099741")
    counted, unreadable, imported = w.look(text, preset="none"), w.look("a;b\n1;2\n", preset="none"), w.look(text, preset="none", date_order="dmy")
    w.call("POST", f"/api/import/jobs/{imported}/import", {})
    w.storage.work()
    paths = [w.sql("SELECT file_path FROM jobs WHERE batch_id = ?", b)[0][0] for b in (counted, unreadable, imported)]
    w.sql("UPDATE jobs SET completed_at = completed_at - 3 * 86400 WHERE batch_id IN (?, ?, ?)", counted, unreadable, imported)
    w.storage.cli("jobs-cleanup", "--older-than", "2")
    for batch, path in zip((counted, unreadable, imported), paths):
        equal(((w.storage.dir / path).exists(), w.job(batch)["file_kept"]), (False, False), path)
        equal(w.admin.get(f"/api/import/jobs/{batch}/preview").status, 409)
        equal(w.call("POST", f"/api/import/jobs/{batch}/import", {}).status, 409)
        equal(w.admin.get(f"/admin/imports/status/{batch}").status, 200)
    equal(w.call("POST", f"/api/import/jobs/{unreadable}/retry", {}).status, 409, "the file of a failed one is gone")


@case
def somebody_elses_is_not_found(w):
    batch = w.look(DAILY, preset="none", date_order="dmy")
    w.job(batch)
    other = w.another("other@example.org", "editor")
    for path in (f"/admin/imports/{batch}/preview", f"/api/import/jobs/{batch}/preview", f"/api/import/jobs/{batch}",
                 f"/admin/imports/status/{batch}", f"/admin/imports/status/{batch}/errors.csv",
                 f"/admin/imports/status/{batch}/undo", f"/api/import/jobs/{batch}/errors.csv"):
        equal(other.get(path).status, 404, path)
    for act in ("preview", "import", "undo", "redo", "cancel", "retry"):
        equal(w.call("POST", f"/api/import/jobs/{batch}/{act}", {}, other).status, 404, act)
    equal(w.call("DELETE", f"/api/import/jobs/{batch}/file", None, other).status, 404)
    equal(other.get("/admin/imports/files").status, 403)
    token = next(f.fields["csrf"] for f in other.get("/admin").forms() if f.action == "/logout")
    for act in ("again", "import", "discard", "save"):
        body = urlencode({"csrf": token, "do": act, "preset_name": "Mine"}).encode()
        reply = other.request("POST", f"/admin/imports/{batch}/preview", body, {"Content-Type": "application/x-www-form-urlencoded"})
        equal(reply.status, 404, act)
    equal(w.job(batch)["file_kept"], True)
    viewer = w.another("viewer@example.org", "viewer")
    for path in (f"/admin/imports/{batch}/preview", f"/api/import/jobs/{batch}/preview", "/api/import/presets"):
        equal(viewer.get(path).status, 403, path)


@case
def hostile_presets_are_refused(w):
    good = {"wattledger_preset": 1, "name": "P", "header": "a,b", "type": "daily", "time_zone": None, "answers": {"unit": "Wh"}}
    equal(w.call("POST", "/api/import/presets", good).status, 201)
    for change in ({"more": 1}, {"name": 7}, {"name": ""}, {"name": "x" * 61}, {"name": "a\u0007"}, {"name": "none"}, {"name": "a/b"},
                   {"answers": {"unit": 7}}, {"answers": {"unit": "stones"}}, {"answers": {"no_such": "1"}}, {"answers": []},
                   {"answers": {f"n{i}": "" for i in range(60000)}}, {"type": "no_such"}, {"time_zone": "../etc/passwd"},
                   {"wattledger_preset": 2}, {"wattledger_preset": "1"}, {"header": "h" * 70000}, {"header": ["a"]}):
        reply = w.call("POST", "/api/import/presets", {**good, **change})
        assert reply.status in (400, 422), (str(change)[:60], reply)
    long = "x," * 32000
    number = w.call("POST", "/api/import/presets", {**good, "name": "Long", "header": long}).header("Location").rsplit("/", 1)[1]
    equal(json.loads(w.admin.get(f"/api/import/presets/{number}").text)["header"], long, "exported whole")
    other = w.another("third@example.org", "editor")
    equal(w.call("DELETE", f"/api/import/presets/{number}", None, other).status, 403, "somebody else's")
    equal(w.call("POST", "/api/import/presets", {**good, "name": "LONG"}, other).status, 409, "somebody else's name")
    equal(w.call("DELETE", f"/api/import/presets/{number}").status, 204)
    equal(w.call("DELETE", f"/api/import/presets/{number}").status, 404)


@case
def a_preset_of_a_file_without_a_header(w):
    batch = w.look("1700000099730,01/04/2025,7.5\n1700000099730,02/04/2025,8.5\n", preset="none")
    answers = dict(type="daily", header_line="0", meter_column="1", date_column="2", value_column="3", date_order="dmy")
    reply = w.post(batch, do="save", preset_name="No header", **answers)
    equal(reply.status, 200, re.findall('role="alert">(.*?)</p', reply.text))
    kept = next(p for p in json.loads(w.admin.get("/api/import/presets").text)["items"] if p["name"] == "No header")
    equal((kept["fingerprint"], kept["header"]), ("", ""))
    reply = w.call("POST", f"/api/import/jobs/{w.look(DAILY, preset='none')}/preview", {"preset": "no such"})
    equal(reply.status, 422, "a preset that is not there")


@case
def a_preset_that_does_not_fit_is_named(w):
    text = "Supply,Day,Amount\n1700000099738,01/04/2025,7.5\n"
    preset = {"wattledger_preset": 1, "name": "Gone", "header": text.splitlines()[0], "answers": {"value_column": "Energy"}}
    equal(w.call("POST", "/api/import/presets", preset).status, 201)
    reply = w.upload(text)
    assert reply.status == 422 and "The preset “Gone” was used" in reply.text.replace("&quot;Gone&quot;", "“Gone”"), reply.text
    reply = w.upload(text, preset="Gone")
    assert reply.status == 422 and "was used" not in reply.text, "who named it knows"


@case
def a_preset_is_of_the_header_that_was_chosen(w):
    text = "Report,for,Hill House\nMPAN,Date,Reading\n1700000099736,01/04/2025,7.5\n"
    batch = w.look(text, preset="none", header_line="1")
    equal(w.preview(batch)["readable"], False)
    equal(w.post(batch, do="save", preset_name="Second line", header_line="2").status, 200)
    kept = next(p for p in json.loads(w.admin.get("/api/import/presets").text)["items"] if p["name"] == "Second line")
    equal(kept["header"], "MPAN,Date,Reading")


@case
def what_is_open_for_long_is_not_read_to_its_end(w):
    batch = w.look("MPAN,Date,Reading\n" + "\n" * 20_000_000 + "1700000099737,01/04/2025,7.5\n", preset="none")
    p = w.preview(batch)
    equal((p["readable"], p["rows"]), (True, []), "a sample of the head")


def main():
    with Storage(CONFIG) as storage:
        sys.exit(0 if run_cases(World(storage), only=sys.argv[1:]) else 1)


if __name__ == "__main__":
    main()
