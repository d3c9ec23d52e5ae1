#!/usr/bin/env python3
"""export_cases: exports: the document of source C line by line, our own API, and what a kill in the middle leaves.

    export_cases.py [case…]
"""
import contextlib
import datetime
import io
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
import zipfile
from pathlib import Path
from urllib.parse import urlencode

sys.path.insert(0, str(Path(__file__).resolve().parent))
from cgi import Client, Storage  # noqa: E402
from cases import BUILD, Skip, case, equal, run_cases  # noqa: E402
from world import PASSWORD, World, no_worker, upload  # noqa: E402
import meters  # noqa: E402

METER = "1700000000501"
UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")
HH = "MPAN,Date," + ",".join(f"HH{i:02}" for i in range(1, 49)) + "\n"
ASK = {"smart_meter_id": METER, "start_datetime": "2024-01-01T00:00:00Z", "end_datetime": "2024-01-31T23:59:59Z", "format": "csv"}
HEADER = "timestamp,smart_meter_id,energy_kwh,power_kw,voltage_v,current_a"


def ask(w, who="ada", status=200, **change):
    body = {k: v for k, v in {**ASK, **change}.items() if v is not ...}
    return w.call(who, "POST", "/api/export/csv", body, status)


def status_of(w, job, who="ada"):
    return w.call(who, "GET", f"/api/export/status/{job}", None, 200).json()


def ended(w, job, who="ada"):
    """Works, and waits for another worker that may be at it."""
    for _ in range(200):
        w.storage.work()
        got = status_of(w, job, who)
        if got["status"] != "pending":
            return got
        time.sleep(0.05)
    raise AssertionError(got)


def export(w, who="ada", **wanted):
    job = w.call(who, "POST", "/api/exports", wanted, 202).json()
    for _ in range(200):
        w.storage.work()
        got = w.call(who, "GET", f"/api/exports/{job['job_id']}", None, 200).json()
        if got["status"] not in ("queued", "processing"):
            return got
        time.sleep(0.05)
    raise AssertionError(got)


def text_of(w, got, who="ada"):
    return w.call(who, "GET", got["file_url"], None, 200).text


def january(value="0.5"):
    return HH + "".join(f"{METER},2024-01-{d:02}" + f",{value}" * 48 + "\n" for d in range(1, 32)) + \
        f"{METER},2024-02-01" + ",7" * 48 + "\n"


@case
def set_up(w):
    w.property_id = w.property("ada", "Exported", time_zone="Europe/London")["id"]
    w.meter("ada", w.property_id, METER)
    equal(upload(w, "ada", "january.csv", january())["imported_rows"], 32)
    w.storage.cli("settings-set", "exports_per_hour", "100000")


# ---- C's document ----

@case
def create_answers_200_pending_with_a_uuid(w):
    with no_worker(w):
        reply = ask(w)
        got = reply.json()
        equal(list(got), ["job_id", "status", "message"])
        assert UUID.fullmatch(got["job_id"]), got
        equal((got["status"], got["message"]), ("pending", "Export job created successfully"))
        equal(reply.header("Content-Type"), "application/json")
        w.job = got["job_id"]


@case
def a_pending_job_says_so(w):
    with no_worker(w):
        job = ask(w).json()["job_id"]
        got = status_of(w, job)
        equal(list(got), ["job_id", "status", "message", "created_at", "updated_at"])
        equal((got["job_id"], got["status"], got["message"]), (job, "pending", "Job is being processed"))
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", got["created_at"]), got
        equal(got["created_at"], got["updated_at"])


@case
def a_processing_job_is_pending_too(w):
    with no_worker(w):
        job = ask(w).json()["job_id"]
        w.sql("UPDATE jobs SET status = 'processing', started_at = queued_at + 2, lease_slot = 3 WHERE batch_id = ?", job)
        got = status_of(w, job)
        equal(got["status"], "pending")
        assert got["updated_at"] > got["created_at"], got
        w.sql("UPDATE jobs SET status = 'queued', lease_slot = NULL WHERE batch_id = ?", job)


@case
def a_completed_job_has_its_file_info(w):
    got = ended(w, w.job)
    equal(list(got), ["job_id", "status", "message", "created_at", "updated_at", "file_info"])
    equal((got["status"], got["message"]), ("completed", "Export completed successfully"))
    info = got["file_info"]
    equal(list(info), ["filename", "download_url", "file_size_bytes", "record_count", "export_period"])
    equal(info["filename"], f"smart_meter_{METER}_20240101_20240131.csv")
    equal(info["download_url"], f"/api/export/download/{w.job}")
    equal(info["record_count"], 31 * 48)
    equal(info["export_period"], {"start": ASK["start_datetime"], "end": ASK["end_datetime"]})
    body = w.call("ada", "GET", info["download_url"], None, 200).body
    equal(len(body), info["file_size_bytes"])
    equal(body.count(b"\n"), 1 + info["record_count"])


@case
def the_download_has_its_headers_and_columns(w):
    reply = w.call("ada", "GET", f"/api/export/download/{w.job}", None, 200)
    equal(reply.header("Content-Type"), "text/csv; charset=utf-8")
    equal(reply.header("Content-Disposition"), f'attachment; filename="smart_meter_{METER}_20240101_20240131.csv"')
    lines = reply.text.splitlines()
    equal(lines[0], HEADER)
    equal(lines[1], f"2024-01-01T00:00:00Z,{METER},0.5,1,,", "0.5 kWh in half an hour is 1 kW; nobody recorded the others")
    equal(lines[-1].split(",")[0], "2024-01-31T23:30:00Z")


@case
def a_download_can_be_continued(w):
    path = f"/api/export/download/{w.job}"
    whole = w.call("ada", "GET", path, None, 200)
    tag, size = whole.header("ETag"), len(whole.body)
    equal(whole.header("Accept-Ranges"), "bytes")
    for asked, want, at in (("bytes=10-19", whole.body[10:20], f"10-19"), (f"bytes={size - 5}-", whole.body[-5:], f"{size - 5}-{size - 1}"),
                            ("bytes=-7", whole.body[-7:], f"{size - 7}-{size - 1}"), (f"bytes=5-{size * 2}", whole.body[5:], f"5-{size - 1}")):
        reply = w.call("ada", "GET", path, None, 206, Range=asked, If_Range=tag)
        equal((reply.body, reply.header("Content-Range")), (want, f"bytes {at}/{size}"), asked)
    equal(w.call("ada", "GET", path, None, 416, Range=f"bytes={size}-").header("Content-Range"), f"bytes */{size}")
    equal(w.call("ada", "GET", path, None, 200, Range="bytes=1-2", If_Range='"another"').body, whole.body)
    equal(w.call("ada", "GET", path, None, 200, Range="bytes=1-2,4-5").body, whole.body, "several ranges: the whole")
    w.call("ada", "GET", path, None, 304, If_None_Match=tag)
    head = w.by["ada"].request("HEAD", path)
    equal((head.status, head.header("Content-Length"), head.body), (200, str(size), b""))


@case
def the_range_is_half_open(w):
    got = ended(w, ask(w, start_datetime="2024-01-31T23:00:00Z", end_datetime="2024-02-01T00:00:00Z").json()["job_id"])
    equal(got["file_info"]["record_count"], 2)
    equal(got["file_info"]["filename"], f"smart_meter_{METER}_20240131_20240201.csv")
    text = w.call("ada", "GET", got["file_info"]["download_url"], None, 200).text
    equal([line.split(",")[0] for line in text.splitlines()[1:]], ["2024-01-31T23:00:00Z", "2024-01-31T23:30:00Z"])
    got = ended(w, ask(w, start_datetime="2024-01-31T23:01:00Z", end_datetime="2024-02-01T00:00:01Z").json()["job_id"])
    equal(got["file_info"]["record_count"], 2, "an interval belongs to the range that holds its begin: 23:30 and 00:00")
    got = ended(w, ask(w, start_datetime="2024-01-01T01:00:00+01:00", end_datetime="2024-01-01T02:00:00.000+01:00").json()["job_id"])
    equal((got["file_info"]["record_count"], got["file_info"]["export_period"]),
          (2, {"start": "2024-01-01T00:00:00Z", "end": "2024-01-01T01:00:00Z"}))


@case
def a_range_without_readings_is_a_file_of_its_header(w):
    got = ended(w, ask(w, start_datetime="2020-01-01T00:00:00Z", end_datetime="2020-01-01T00:10:00Z").json()["job_id"])
    equal((got["status"], got["file_info"]["record_count"]), ("completed", 0))
    equal(w.call("ada", "GET", got["file_info"]["download_url"], None, 200).text, HEADER + "\n")


@case
def an_unknown_meter_is_accepted_and_the_job_fails(w):
    job = ask(w, smart_meter_id="999").json()["job_id"]
    got = ended(w, job)
    equal(list(got), ["job_id", "status", "message", "created_at", "updated_at", "error"])
    equal((got["status"], got["message"]), ("failed", "Export failed"))
    equal(got["error"], {"code": "SMART_METER_NOT_FOUND", "message": "Smart meter with ID '999' not found",
                         "details": "The specified smart meter does not exist in the system"})
    reply = w.call("ada", "GET", f"/api/export/download/{job}", None, 404)
    equal(reply.header("Content-Type"), "application/problem+json")


@case
def a_foreign_meter_is_as_unknown(w):
    got = ended(w, ask(w, "bob").json()["job_id"], "bob")
    equal(got["error"]["code"], "SMART_METER_NOT_FOUND")
    equal(got["error"]["message"], f"Smart meter with ID '{METER}' not found")


@case
def a_cancelled_job_is_failed(w):
    with no_worker(w):
        job = ask(w).json()["job_id"]
        equal(w.call("ada", "DELETE", f"/api/exports/{job}", None, 202).json()["status"], "cancelled")
    got = status_of(w, job)
    equal((got["status"], got["message"], got["error"]["code"]), ("failed", "Export failed", "CANCELLED"))


@case
def a_job_that_is_not_there_is_200_not_found(w):
    for job in ("00000000-0000-4000-8000-000000000000", "nonsense", "x" * 90):
        equal(status_of(w, job), {"status": "not_found", "message": f"Job with ID '{job}' not found"})
        w.call("ada", "GET", f"/api/export/download/{job}", None, 404)


@case
def somebody_elses_job_is_not_there(w):
    equal(status_of(w, w.job, "bob"), {"status": "not_found", "message": f"Job with ID '{w.job}' not found"})
    w.call("bob", "GET", f"/api/export/download/{w.job}", None, 404)
    w.call("bob", "GET", f"/api/exports/{w.job}", None, 404)
    w.call("bob", "GET", f"/api/exports/{w.job}/file", None, 404)
    w.call("bob", "DELETE", f"/api/exports/{w.job}", None, 404)
    equal(status_of(w, w.job, "admin")["status"], "completed", "an admin sees all")
    assert w.job not in w.call("bob", "GET", "/api/exports").text


@case
def invalid_input_is_400(w):
    future = (datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(days=2)).strftime("%Y-%m-%dT%H:%M:%SZ")
    before = w.call("ada", "GET", "/api/exports").json()["total"]
    tries = [
        ({"smart_meter_id": ...}, "smart_meter_id"), ({"smart_meter_id": 123}, "smart_meter_id"), ({"smart_meter_id": ""}, "smart_meter_id"),
        ({"smart_meter_id": None}, "smart_meter_id"), ({"smart_meter_id": ["123"]}, "smart_meter_id"), ({"smart_meter_id": "a\nb"}, "smart_meter_id"),
        ({"smart_meter_id": "x" * 300}, "smart_meter_id"),
        ({"start_datetime": ...}, "start_datetime"), ({"end_datetime": ...}, "end_datetime"), ({"start_datetime": 1704067200}, "start_datetime"),
        ({"start_datetime": None}, "start_datetime"),
        ({"start_datetime": "yesterday"}, "start_datetime"), ({"start_datetime": "2024-13-01T00:00:00Z"}, "start_datetime"),
        ({"start_datetime": "2024-02-30T00:00:00Z"}, "start_datetime"), ({"start_datetime": "01/01/2024 00:00"}, "start_datetime"),
        ({"end_datetime": "2024-01-31T25:00:00Z"}, "end_datetime"), ({"end_datetime": "2024-01-31T23:59:59"}, "end_datetime"),
        ({"start_datetime": "2024-01-02T00:00:00Z", "end_datetime": "2024-01-01T00:00:00Z"}, "end_datetime"),
        ({"end_datetime": ASK["start_datetime"]}, "end_datetime"),
        ({"end_datetime": "2024-01-01T00:00:59Z"}, "end_datetime"),
        ({"end_datetime": "2025-01-01T00:00:01Z"}, "end_datetime"), ({"start_datetime": "2023-01-01T00:00:00Z", "end_datetime": "2024-01-02T00:00:00Z"}, "end_datetime"),
        ({"start_datetime": "2026-01-01T00:00:00Z", "end_datetime": future}, "end_datetime"), ({"start_datetime": future, "end_datetime": future}, "start_datetime"),
        ({"format": "xlsx"}, "format"), ({"format": "CSV"}, "format"), ({"format": None}, "format"), ({"format": 1}, "format"),
        ({"colour": "red"}, "colour"),
    ]
    for change, field in tries:
        reply = ask(w, "ada", 400, **change)
        equal(reply.header("Content-Type"), "application/problem+json", str(change))
        got = reply.json()
        equal((got["status"], got["errors"][0]["field"], got["errors"][0]["pointer"]), (400, field, f"#/{field}"), str(change))
    for body in (b"", b"{", b"[]", b'"x"', b'{"smart_meter_id":"1","smart_meter_id":"2"}'):
        reply = w.by["ada"].request("POST", "/api/export/csv", body, {"Content-Type": "application/json"})
        equal((reply.status, reply.header("Content-Type")), (400, "application/problem+json"), str(body))
    equal(w.call("ada", "GET", "/api/exports").json()["total"], before, "nothing was queued")


@case
def a_year_and_a_minute_are_allowed(w):
    with no_worker(w):
        for start, end in (("2024-01-01T00:00:00Z", "2025-01-01T00:00:00Z"), ("2023-03-01T00:00:00Z", "2024-03-01T00:00:00Z"),
                           ("2024-02-29T00:00:00Z", "2025-03-01T00:00:00Z"), ("2024-01-01T00:00:00Z", "2024-01-01T00:01:00Z")):
            job = ask(w, start_datetime=start, end_datetime=end, format=...).json()["job_id"]
            w.call("ada", "DELETE", f"/api/exports/{job}", None, 202)


@case
def the_same_request_sent_again_is_one_export(w):
    for path, body, status in (("/api/export/csv", ASK, 200), ("/api/exports", {"meter": METER}, 202)):
        first = w.call("ada", "POST", path, body, status, Idempotency_Key="again-" + path)
        equal(w.call("ada", "POST", path, body, status, Idempotency_Key="again-" + path).json()["job_id"], first.json()["job_id"], path)


@case
def several_at_once(w):
    jobs = [ask(w, start_datetime=f"2024-01-{d:02}T00:00:00Z", end_datetime=f"2024-01-{d + 1:02}T00:00:00Z").json()["job_id"] for d in range(1, 13)]
    equal(len(set(jobs)), 12)
    for job in jobs:
        equal(ended(w, job)["file_info"]["record_count"], 48)


@case
def who_may_export(w):
    for path, method in (("/api/export/csv", "POST"), ("/api/exports", "GET"), (f"/api/export/status/{w.job}", "GET")):
        nobody = w.by["ada"].token
        try:
            w.by["ada"].token = None
            w.call("ada", method, path, ASK if method == "POST" else None, 401)
        finally:
            w.by["ada"].token = nobody
    token = w.storage.cli("token-create", "--user", "ada@example.org", "--name", "r", "--scope", "read,import").strip()
    kept, w.by["ada"].token = w.by["ada"].token, token
    try:
        ask(w, "ada", 403)
        w.call("ada", "GET", "/api/exports", None, 403)
    finally:
        w.by["ada"].token = kept
    w.call("ada", "POST", f"/api/properties/{w.property_id}/members", {"email": "vic@example.org", "role": "viewer"})
    equal(ended(w, ask(w, "vic").json()["job_id"], "vic")["file_info"]["record_count"], 31 * 48, "a viewer of the property")


@case
def what_somebody_may_not_see_any_more_is_not_exported(w):
    with no_worker(w):
        job = ask(w, "vic").json()["job_id"]
        own = w.call("vic", "POST", "/api/exports", {"meter": METER}, 202).json()["job_id"]
        user = w.sql("SELECT id FROM users WHERE email = 'vic@example.org'")[0][0]
        w.call("ada", "DELETE", f"/api/properties/{w.property_id}/members/{user}", None, 204)
    equal(ended(w, job, "vic")["error"]["code"], "SMART_METER_NOT_FOUND")
    ended(w, own, "vic")
    equal(w.call("vic", "GET", f"/api/exports/{own}").json()["reading_count"], 0)
    with no_worker(w):
        job = ask(w, "bob").json()["job_id"]
        w.sql("UPDATE users SET is_active = 0 WHERE email = 'bob@example.org'")
    w.storage.work()
    got = ended(w, job, "admin")
    w.sql("UPDATE users SET is_active = 1 WHERE email = 'bob@example.org'")
    equal((got["status"], got["error"]["code"]), ("failed", "EXPORT_FAILED"))


# ---- our own API ----

@case
def exports_in_every_shape(w):
    for shape, rows in (("long", 32 * 48), ("wide", 32), ("openwatts", 32 * 48)):
        got = export(w, shape=shape, property_id=w.property_id)
        equal((got["status"], got["shape"], got["format"], got["record_count"], got["reading_count"]), ("completed", shape, "csv", rows, 32 * 48))
        equal(got["filename"], f"readings_{shape}_property_{w.property_id}.csv")
        text = text_of(w, got)
        equal((text.count("\n"), len(text)), (rows + 1, got["file_size_bytes"]))
        equal(upload(w, "ada", "again.csv", text, property=w.property_id)["imported_rows"], 0, f"{shape} imports as unchanged")
    long = text_of(w, export(w, meter=METER))
    equal(long, w.storage.cli("readings-export", "--to", "-", "--meter", METER), "as on the command line")


@case
def a_range_of_days_or_of_instants(w):
    got = export(w, meters=[METER], shape="wide", **{"from": "2024-01-31", "to": "2024-02-01"})
    equal((got["record_count"], got["filename"]), (2, f"readings_wide_{METER}_20240131_20240201.csv"), "the last day is included")
    got = export(w, meters=[METER], shape="wide", **{"from": "2024-01-31T12:00:00Z", "to": "2024-02-01T00:30:00Z"})
    lines = text_of(w, got).splitlines()
    equal((got["reading_count"], lines[1], lines[2]), (25, f"{METER},2024-01-31" + "," * 24 + ",0.5" * 24, f"{METER},2024-02-01,7" + "," * 47))
    equal(export(w, **{"from": "2024-02-01"})["reading_count"], 48)
    equal(export(w, shape="openwatts", **{"to": "2024-01-01T00:30:00Z"})["record_count"], 1)


@case
def what_cannot_be_exported_names_its_field(w):
    for body, field in (({"shape": "round"}, "shape"), ({"format": "pdf"}, "format"), ({"from": "2024-02-01", "to": "2024-01-01"}, "to"),
                        ({"from": "2024-02-01", "to": "2024-02-02T00:00:00Z"}, "to"), ({"from": "soon"}, "from"), ({"to": "2024-01-01T10:00"}, "to"),
                        ({"meters": []}, "meters"), ({"meters": [1.5]}, "meters"), ({"meter": METER, "meters": [METER]}, "meters"), ({"colour": 1}, "colour"),
                        ({"from": "2024-01-01T00:00:00Z", "to": "2024-01-01T00:00:00Z"}, "to"), ({"property_id": "1"}, "property_id"), ({"property_id": -1}, "property_id"), ({"property_id": 0}, "property_id")):
        reply = w.call("ada", "POST", "/api/exports", body, 422)
        equal(reply.json()["errors"][0]["field"], field, str(body))
    for body in ({"meter": "no such"}, {"meter": 999999}, {"property_id": 999999}):
        w.call("ada", "POST", "/api/exports", body, 404)
    w.call("bob", "POST", "/api/exports", {"meter": METER}, 404)
    w.call("bob", "POST", "/api/exports", {"property_id": w.property_id}, 404)


@case
def the_list_is_paged_and_ends(w):
    first = w.call("ada", "GET", "/api/exports?limit=2", None, 200)
    got = first.json()
    equal((got["limit"], got["offset"], len(got["items"])), (2, 0, 2))
    assert got["total"] > 10 and 'rel="next"' in first.header("Link"), first.headers
    item = got["items"][0]
    assert item["user_email"] == "ada@example.org" and "file_path" not in item and "user_id" not in item, item
    path = w.sql("SELECT file_path FROM jobs WHERE batch_id = ?", item["job_id"])[0][0]
    assert (w.storage.dir / path).exists()
    equal(oct((w.storage.dir / path).stat().st_mode & 0o777), "0o600")
    w.call("ada", "DELETE", f"/api/exports/{item['job_id']}", None, 204)
    assert not (w.storage.dir / path).exists(), "its file goes with it"
    w.call("ada", "GET", f"/api/exports/{item['job_id']}", None, 404)
    equal(status_of(w, item["job_id"])["status"], "not_found")
    equal(w.call("ada", "GET", "/api/exports").json()["total"], got["total"] - 1)
    w.call("ada", "GET", "/api/exports?colour=red", None, 400)


@case
def exports_are_limited_an_hour(w):
    w.storage.cli("settings-set", "exports_per_hour", "2")
    try:
        until = time.time() % 3600
        if until > 3590:
            time.sleep(3605 - until)
        replies = [w.call("bob", "POST", "/api/export/csv", ASK) for _ in range(80)]
        late = [r for r in replies if r.status == 429]
        assert late and all(r.status in (200, 429) for r in replies), [r.status for r in replies]
        assert 1 <= int(late[0].header("Retry-After")) <= 3600
        equal(late[0].json()["status"], 429)
        ask(w, "ada", 400, format="pdf")
        w.call("bob", "POST", "/api/exports", {}, 429)
    finally:
        w.storage.cli("settings-set", "exports_per_hour", "100000")
    w.storage.work()


@case
def old_exports_are_cleaned_up(w):
    got = export(w, shape="wide")
    path = w.storage.dir / w.sql("SELECT file_path FROM jobs WHERE batch_id = ?", got["job_id"])[0][0]
    stray = [w.storage.dir / "exports" / n for n in ("left.part", "left")]
    for f in stray:
        f.write_text("half")
        os.utime(f, (time.time() - 2 * 86400,) * 2)
    w.sql("UPDATE jobs SET completed_at = completed_at - 8 * 86400 WHERE batch_id = ?", got["job_id"])
    (w.storage.dir / "run/cleaned").unlink(missing_ok=True)
    w.storage.work()
    for _ in range(100):
        if not path.exists() and not any(f.exists() for f in stray):
            break
        time.sleep(0.05)
    assert not path.exists() and not any(f.exists() for f in stray)
    w.call("ada", "GET", f"/api/exports/{got['job_id']}", None, 404)
    assert w.call("ada", "GET", "/api/exports").json()["total"] > 0, "younger ones stay"


# ---- D's export (item 11) and workbooks ----

COLUMNS = "timestamp,meter_name,meter_type,value,recorded_by"


def sheet(body):
    """The first sheet's rows as (reference, style, kind, text) cells."""
    with zipfile.ZipFile(io.BytesIO(body)) as z:
        text = z.read("xl/worksheets/sheet1.xml").decode()
        assert z.testzip() is None
    rows = []
    for row in re.findall(r"<row [^>]*>(.*?)</row>", text):
        cells = re.findall(r'<c r="([A-Z]+)\d+"(?: s="(\d+)")?(?: t="(\w+)")?>(?:<is><t[^>]*>(.*?)</t></is>|<v>(.*?)</v>)</c>', row)
        rows.append([(style, kind, a or b) for _, style, kind, a, b in cells])
    assert "<f>" not in text, "a formula"
    return rows


@case
def a_propertys_readings_as_csv(w):
    p = w.d11 = w.property("ada", "D11", time_zone="Europe/London")["id"]
    main = w.meter("ada", p, "=1+1", name='=HYPERLINK("x")')["id"]
    sub = w.meter("ada", p, "D11-SUB", meter_type="SUB_METER")["id"]
    for meter, value in ((main, "1000.5"), (sub, "12.25")):
        w.call("ada", "POST", "/api/readings/", {"meter_id": meter, "reading_timestamp": "2025-03-01T10:00:00Z", "value": value}, 201)
    reply = w.call("ada", "GET", f"/api/readings/property/{p}/export?format=csv&start_date=2025-03-01&end_date=2025-03-01", None, 200)
    equal(reply.header("Content-Type"), "text/csv; charset=utf-8")
    equal(reply.header("Content-Disposition"), f'attachment; filename="readings_property_{p}_20250301_20250301.csv"')
    equal(reply.text, COLUMNS + "\n"
          + '2025-03-01T10:00:00Z,"\'=HYPERLINK(""x"")",MAIN_METER,1000.5,ada@example.org\n'
          + "2025-03-01T10:00:00Z,D11-SUB,SUB_METER,12.25,ada@example.org\n")
    whole = w.call("ada", "GET", f"/api/readings/property/{p}/export", None, 200).text
    equal(whole, reply.text, "no range: everything")
    equal(w.call("ada", "GET", f"/api/readings/property/{p}/export?start_date=2025-03-01T10:00:01Z&end_date=2025-03-02").text, COLUMNS + "\n")
    upload(w, "admin", "hh.csv", HH + "D11-SUB,2025-03-01" + ",0.25" * 48 + "\n", property=p)
    lines = w.call("ada", "GET", f"/api/readings/property/{p}/export?start_date=2025-03-01&end_date=2025-03-01&interval_minutes=30").text.splitlines()
    equal((len(lines), lines[1]), (49, "2025-03-01T00:00:00Z,D11-SUB,SUB_METER,0.25,admin@example.org"))


@case
def a_propertys_readings_as_a_workbook(w):
    reply = w.call("ada", "GET", f"/api/readings/property/{w.d11}/export?format=xlsx&interval_minutes=0", None, 200)
    equal(reply.header("Content-Type"), "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")
    assert reply.header("Content-Disposition").endswith('.xlsx"'), reply.header("Content-Disposition")
    rows = sheet(reply.body)
    equal([text for _, _, text in rows[0]], ["timestamp (UTC)", "meter_name", "meter_type", "value", "recorded_by"])
    at, name, _, value, by = rows[1]
    assert at[0] and not at[1] and abs(float(at[2]) - 45717 - 10 / 24) < 1e-9, "a real date"
    equal((name[1], name[2]), ("inlineStr", "=HYPERLINK(&quot;x&quot;)" if "&quot;" in name[2] else '=HYPERLINK("x")'))
    equal((value[1], value[2]), ("", "1000.5"), "a number")
    equal(by[2], "ada@example.org")


@case
def a_propertys_export_is_refused(w):
    path = f"/api/readings/property/{w.d11}/export"
    w.call("bob", "GET", path, None, 404)
    w.call("ada", "GET", "/api/readings/property/999999/export", None, 404)
    for query in ("format=pdf", "start_date=2025-03-01", "end_date=2025-03-01", "start_date=2025-03-02&end_date=2025-03-01", "colour=red",
                  "start_date=soon&end_date=2025-03-01", "start_date=2025-03-01T10:00&end_date=2025-03-02"):
        assert w.call("ada", "GET", f"{path}?{query}").status in (400, 422), query
    w.storage.cli("settings-set", "exports_per_hour", "1")
    try:
        replies = [w.call("ada", "GET", path) for _ in range(3)]
        equal(replies[-1].status, 429)
        assert int(replies[-1].header("Retry-After")) > 0
    finally:
        w.storage.cli("settings-set", "exports_per_hour", "100000")
    equal(w.by["ada"].request("HEAD", path).status, 200)


@case
def every_shape_as_a_workbook(w):
    for shape in ("long", "wide", "wide15", "openwatts"):
        got = export(w, shape=shape, format="xlsx", property_id=w.property_id)
        equal((got["status"], got["error_message"]), ("completed", None))
        body = w.call("ada", "GET", got["file_url"], None, 200).body
        equal(len(body), got["file_size_bytes"])
        rows = sheet(body)
        equal(len(rows), got["record_count"] + 1)
        path = Path(w.storage.folder.name, shape + ".xlsx")
        path.write_bytes(body)
        report = json.loads(w.storage.cli("import", "--from", str(path), "--property", str(w.property_id), "--json"))
        equal((report["imported_rows"], report["failed_rows"]), (0, 0), f"{shape} imports as unchanged")


@case
def libreoffice_sees_numbers_and_dates(w):
    if not shutil.which("soffice"):
        raise Skip("no LibreOffice here")
    folder = Path(w.storage.folder.name)
    for shape, want in (("wide", f"{METER},2024-01-01" + ",0.5" * 48), ("long", f"{METER},import,2024-01-01 00:00:00,30,0.5,kWh,"),
                        ("openwatts", f"2024-01-01 00:00:00,{METER},0.5,1,,")):
        subprocess.run(["soffice", "--headless", f"-env:UserInstallation=file://{folder}/office", "--convert-to", "csv", "--outdir", folder / "lo",
                        folder / f"{shape}.xlsx"], check=True, capture_output=True, timeout=120)
        equal((folder / f"lo/{shape}.csv").read_text().splitlines()[1], want, shape)


# ---- the page ----

@case
def the_page_exports_and_removes(w):
    c = Client(w.storage)
    c.login("ada@example.org", PASSWORD)
    meter = w.call("ada", "GET", f"/api/meters/?search={METER}").json()["items"][0]["id"]
    assert f"/admin/exports?meter={METER}" in c.get(f"/admin/meters/{meter}").text
    assert f"/admin/exports?property_id={w.property_id}" in c.get(f"/admin/properties/{w.property_id}").text
    page = c.get(f"/admin/exports?meter={METER}&property={w.property_id}")
    form = next(f for f in page.forms() if f.action and f.action.endswith("/admin/exports"))
    equal((form.fields["meter"], form.fields.get("shape")), (METER, "long"))
    for fields, words in (({"meter": "nobody's"}, "no meter of this number"), ({"from": "2024-02-01", "to": "2024-01-01"}, "before"), ({"from": "x"}, "a day such as"),
                          ({"shape": "round"}, "A shape is"), ({"property_id": "x"}, "whole number")):
        reply = c.request("POST", "/admin/exports", urlencode({**form.fields, **fields}).encode(), {"Content-Type": "application/x-www-form-urlencoded"})
        assert reply.status == 422 and words in reply.text, (fields, reply.status, words)
    with no_worker(w):
        reply = c.request("POST", "/admin/exports", urlencode({**form.fields, "shape": "wide", "from": "2024-01-01"}).encode(),
                          {"Content-Type": "application/x-www-form-urlencoded"})
        equal((reply.status, reply.header("Location")), (303, "/admin/exports"))
        assert "Waiting" in c.get("/admin/exports").text
    job = w.call("ada", "GET", "/api/exports?limit=1").json()["items"][0]["job_id"]
    ended(w, job)
    page = c.get("/admin/exports")
    assert f"/admin/exports/{job}/file" in page.text and f"readings_wide_{METER}_20240101.csv" in page.text
    assert c.get(f"/admin/exports/{job}/file").text.startswith("MPAN,Date,HH01")
    form = next(f for f in page.forms() if f.action and f.action.endswith(f"/{job}/remove"))
    equal(c.request("POST", form.action, urlencode(form.fields).encode(), {"Content-Type": "application/x-www-form-urlencoded"}).status, 303)
    equal(c.get(f"/admin/exports/{job}/file").status, 404)


# ---- killed ----

def start_worker(w):
    return subprocess.Popen([BUILD / "wattledger-worker", "--once"], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                            stderr=subprocess.DEVNULL, env={**os.environ, "WATTLEDGER_STORAGE": str(w.storage.dir)})


def begun(w, job):
    """Bytes of the unfinished file."""
    with contextlib.suppress(FileNotFoundError):
        return max((f.stat().st_size for f in (w.storage.dir / "exports").glob(f"{job}*.part")), default=-1)
    return -1


@case
def a_kill_in_the_middle_leaves_no_half_file(w):
    big = w.property("ada", "Large")["id"]
    mpans = meters.mpans(60)
    file = meters.wide(Path(w.storage.folder.name, "large.csv"), mpans, meters.days(365))
    w.storage.cli("import", "--from", str(file), "--property", str(big))
    want = w.storage.cli("readings-export", "--to", "-", "--property", str(big))
    with no_worker(w):
        job = w.call("ada", "POST", "/api/exports", {"property_id": big}, 202).json()["job_id"]
        time.sleep(0.5)  # the worker that it has woken finds no slot
    kills = 0
    for take in range(1, 9):
        p = start_worker(w)
        until = time.monotonic() + 10
        while time.monotonic() < until and p.poll() is None and begun(w, job) < take * 5_000_000:
            pass
        kills += p.poll() is None
        p.send_signal(signal.SIGKILL)
        p.wait()
        got = w.call("ada", "GET", f"/api/exports/{job}", None, 200).json()
        if got["status"] == "completed":
            break
        reply = w.call("ada", "GET", f"/api/exports/{job}/file")
        assert reply.status == 404 or reply.text == want, (reply.status, len(reply.text))
    assert kills > 2, kills
    for _ in range(100):
        w.storage.work()
        got = w.call("ada", "GET", f"/api/exports/{job}", None, 200).json()
        if got["status"] == "completed":
            break
    equal((got["status"], got["reading_count"]), ("completed", want.count("\n") - 1))
    text = w.call("ada", "GET", got["file_url"], None, 200).text
    assert text == want, "the file is whole"
    left = [f.name for f in (w.storage.dir / "exports").glob(f"{job}*")]
    equal(len(left), 1, f"what the killed ones had begun is gone: {left}")
    w.big, w.big_text = big, want


@case
def a_term_signal_puts_it_back_and_a_cancel_ends_it(w):
    with no_worker(w):
        job = w.call("ada", "POST", "/api/exports", {"property_id": w.big}, 202).json()["job_id"]
        time.sleep(0.5)
    p = start_worker(w)
    while p.poll() is None and begun(w, job) < 0:
        pass
    p.send_signal(signal.SIGTERM)
    p.wait(20)
    state = w.sql("SELECT status FROM jobs WHERE batch_id = ?", job)[0][0]
    assert state in ("queued", "completed"), state
    assert not list((w.storage.dir / "exports").glob(f"{job}*.part"))
    with no_worker(w):
        if state == "queued":
            equal(w.call("ada", "DELETE", f"/api/exports/{job}", None, 202).json()["status"], "cancelled")
            equal(w.call("ada", "GET", f"/api/exports/{job}").json()["error_code"], "CANCELLED")
    w.call("ada", "DELETE", f"/api/exports/{job}", None, 204)


def main():
    with Storage() as storage:
        sys.exit(0 if run_cases(World(storage), only=sys.argv[1:]) else 1)


if __name__ == "__main__":
    main()
