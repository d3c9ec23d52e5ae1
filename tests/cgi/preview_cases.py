#!/usr/bin/env python3
"""preview_cases: a file is looked at, corrected, counted, imported; its rejected rows are mended; presets come back.

    preview_cases.py [case…]
"""
import json
import re
import sys
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


def main():
    with Storage(CONFIG) as storage:
        sys.exit(0 if run_cases(World(storage), only=sys.argv[1:]) else 1)


if __name__ == "__main__":
    main()
