#!/usr/bin/env python3
"""backup_cases: backups that are kept, made, verified and restored by jobs; over the API and on the pages, with real workers.

    backup_cases.py [case…]
"""
import hashlib
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
from cgi import Client, Storage  # noqa: E402
from cases import BUILD, case, equal, run_cases  # noqa: E402
from world import PASSWORD, World, metered, no_worker  # noqa: E402

METER = "1700000000501"
DAY = 86400


def ended(w, job, status="completed"):
    """The job, once the worker has been."""
    for _ in range(200):
        w.storage.work()
        now = w.call("admin", "GET", f"/api/backup-jobs/{job['job_id']}", None, 200).json()
        if now["status"] not in ("queued", "processing"):
            equal(now["status"], status, str(now))
            return now
        time.sleep(0.02)
    raise AssertionError(f"the job does not end: {now}")


def make(w, **given):
    reply = w.call("admin", "POST", "/api/backups", given, 202)
    job = ended(w, reply.json())
    equal(reply.header("Location"), f"/api/backup-jobs/{job['job_id']}")
    return w.call("admin", "GET", f"/api/backups/{job['backup_id']}", None, 200).json()


def ask(w, b, verb, body=None, status="completed"):
    return ended(w, w.call("admin", "POST", f"/api/backups/{b['id']}/{verb}", body or {}, 202).json(), status)


def restore(w, b, mode, status="completed", **more):
    return ask(w, b, "restore", {"mode": mode, "confirm": mode, **more}, status)


def get(w, b, status=200):
    return w.call("admin", "GET", f"/api/backups/{b['id']}", None, status).json()


def folder(w):
    return w.storage.dir / "backups"


def clear(w):
    w.sql("DELETE FROM backup_jobs")
    w.sql("DELETE FROM jobs WHERE kind IN ('backup', 'restore')")
    w.sql("DELETE FROM backups")
    for f in folder(w).iterdir():
        f.unlink()


def properties(w):
    return [p["name"] for p in w.call("admin", "GET", "/api/properties/").json()["items"]]


@case
def set_up(w):
    w.house, w.m = metered(w, "ada", "House", METER, "2024-03-01", "2024-03-02")


@case
def one_is_made_listed_and_downloaded(w):
    b = make(w)
    file = folder(w) / b["name"]
    whole = file.read_bytes()
    equal((b["origin"], b["user_email"], b["size"], b["sha256"], b["is_encrypted"], b["only_user"], b["failure"], b["in_use"]),
          ("person", "admin@example.org", len(whole), hashlib.sha256(whole).hexdigest(), False, None, None, False))
    assert b["verified_at"] and b["total_rows"] > 10 and b["schema_version"] >= 2, b
    assert b["name"].startswith("wattledger-20") and b["name"].endswith(".zip"), b
    page = w.call("admin", "GET", "/api/backups?limit=1", None, 200).json()
    equal((page["total"], page["items"]), (1, [b]))
    path = f"/api/backups/{b['id']}/download"
    reply = w.call("admin", "GET", path, None, 200)
    equal((reply.body, reply.header("Content-Type"), reply.header("ETag")), (whole, "application/zip", f'"{b["sha256"]}"'))
    assert b["name"] in reply.header("Content-Disposition")
    w.call("admin", "GET", path, None, 304, If_None_Match=reply.header("ETag"))
    part = w.call("admin", "GET", path, None, 206, Range="bytes=10-19", If_Range=reply.header("ETag"))
    equal((part.body, part.header("Content-Range")), (whole[10:20], f"bytes 10-19/{len(whole)}"))
    equal(w.call("admin", "GET", path, None, 200, Range="bytes=10-19", If_Range='"other"').body, whole, "another file since")
    w.call("admin", "GET", path, None, 416, Range=f"bytes={len(whole)}-")
    equal([f.name for f in folder(w).iterdir()], [b["name"]], "nothing else is left")


@case
def jobs_of_backups_are_not_among_imports(w):
    kinds = {j["kind"] for j in w.call("admin", "GET", "/api/import/jobs?limit=100", None, 200).json()["items"]}
    equal(kinds, {"import"})
    jobs = w.call("admin", "GET", "/api/backup-jobs", None, 200).json()
    equal([(j["mode"], j["status"], j["progress_percent"], j["report"]) for j in jobs["items"]], [("create", "completed", 100, None)])


@case
def others_see_nothing_of_it(w):
    b = w.call("admin", "GET", "/api/backups", None, 200).json()["items"][0]
    for who in ("ada", "vic"):
        for method, path in (("GET", "/api/backups"), ("POST", "/api/backups"), ("GET", f"/api/backups/{b['id']}"), ("DELETE", f"/api/backups/{b['id']}"),
                             ("GET", f"/api/backups/{b['id']}/download"), ("POST", f"/api/backups/{b['id']}/restore"), ("GET", "/api/backup-jobs")):
            w.call(who, method, path, {} if method == "POST" else None, 403)
    for path in ("/api/backups/999", "/api/backups/999/download", "/api/backup-jobs/none"):
        w.call("admin", "GET", path, None, 404)
    for verb, body in (("verify", {}), ("restore", {"mode": "merge", "dry_run": True})):
        w.call("admin", "POST", f"/api/backups/999/{verb}", body, 404)


@case
def a_damaged_one_is_found_and_says_so(w):
    clear(w)
    b = make(w)
    w.sql("UPDATE backups SET verified_at = 1")
    ask(w, b, "verify")
    assert get(w, b)["verified_at"] > "2024", "verified again"
    file = folder(w) / b["name"]
    whole = file.read_bytes()
    file.write_bytes(whole[:200] + bytes([whole[200] ^ 1]) + whole[201:])
    job = ask(w, b, "verify", status="failed")
    got = get(w, b)
    equal(got["failure"], job["error_message"])
    assert got["failure"], got
    file.write_bytes(whole)
    ask(w, b, "verify")
    equal(get(w, b)["failure"], None, "whole again")
    file.unlink()
    ask(w, b, "verify", status="failed")
    equal(get(w, b)["failure"], "Its file is not there any more.")
    w.call("admin", "GET", f"/api/backups/{b['id']}/download", None, 404)
    w.call("admin", "DELETE", f"/api/backups/{b['id']}", None, 204)
    get(w, b, 404)


@case
def one_under_a_passphrase(w):
    clear(w)
    w.call("admin", "POST", "/api/backups", {"passphrase": "short"}, 422)
    b = make(w, passphrase=PASSWORD)
    equal((b["is_encrypted"], bool(b["verified_at"])), (True, True))
    equal(w.sql("SELECT passphrase FROM backup_jobs"), [("",)], "not kept")
    equal(w.call("admin", "GET", f"/api/backups/{b['id']}/download", None, 200).header("Content-Type"), "application/octet-stream")
    w.sql("UPDATE backups SET verified_at = 1")
    ask(w, b, "verify")
    assert get(w, b)["verified_at"] > "2024", "its bytes are those that they were"
    ask(w, b, "verify", {"passphrase": PASSWORD})
    job = ask(w, b, "verify", {"passphrase": "another one"}, "failed")
    assert "passphrase" in job["error_message"], job
    equal(get(w, b)["failure"], None, "nothing is said of the backup")
    assert "passphrase" in w.call("admin", "POST", f"/api/backups/{b['id']}/restore", {"mode": "merge", "dry_run": True}, 422).text
    report = restore(w, b, "replace", dry_run=True, passphrase=PASSWORD)["report"]
    equal(sum(t["added"] + t["changed"] for t in report["tables"] if t["name"] == "properties"), 0, str(report))


@case
def a_users_data_alone(w):
    clear(w)
    assert "user" in w.call("admin", "POST", "/api/backups", {"user": "nobody@example.org"}, 422).text
    b = make(w, user="ada@example.org")
    equal(b["only_user"], "ada@example.org")
    job = restore(w, b, "replace", "failed")
    assert "ada@example.org" in job["error_message"], job


@case
def what_is_not_confirmed_is_not_done(w):
    clear(w)
    b = make(w)
    path = f"/api/backups/{b['id']}/restore"
    for body, field in (({}, "mode"), ({"mode": "both"}, "mode"), ({"mode": "replace"}, "confirm"), ({"mode": "replace", "confirm": "merge"}, "confirm"),
                        ({"mode": "merge", "confirm": "Merge"}, "confirm"), ({"mode": "merge", "colour": 1}, "colour")):
        reply = w.call("admin", "POST", path, body, 422)
        assert f'"#/{field}"' in reply.text, (body, reply.text)
    equal(w.call("admin", "GET", "/api/backup-jobs", None, 200).json()["total"], 1)


@case
def a_dry_run_says_what_would_change(w):
    clear(w)
    b = make(w)
    w.property("ada", "After it")
    report = restore(w, b, "replace", dry_run=True)["report"]
    tables = {t["name"]: t for t in report["tables"]}
    equal((tables["properties"]["removed"], tables["properties"]["added"]), (1, 0), str(tables["properties"]))
    equal(report["backup_before"], None)
    assert "After it" in properties(w)
    w.backup = b


@case
def replacing_puts_back_what_there_was(w):
    b = w.backup
    job = restore(w, b, "replace")
    assert "After it" not in properties(w) and "House" in properties(w)
    kept = [x for x in w.call("admin", "GET", "/api/backups", None, 200).json()["items"] if x["origin"] == "restore"]
    equal((len(kept), job["backup_id"], job["user_email"], job["report"]["backup_before"]), (1, b["id"], "admin@example.org", kept[0]["name"]))
    assert kept[0]["verified_at"] and kept[0]["sha256"], kept
    equal(get(w, b)["sha256"], b["sha256"], "the list goes along")
    equal(w.sql("SELECT COUNT(*) FROM jobs WHERE status IN ('queued', 'processing')"), [(0,)])
    restore(w, kept[0], "replace")
    assert "After it" in properties(w), "and there again"
    equal(sorted(f.suffix for f in folder(w).iterdir()), [".zip"] * 3)


if __name__ == "__main__":
    with Storage() as storage:
        sys.exit(run_cases(World(storage)))
