#!/usr/bin/env python3
"""backup_cases: backups that are kept, made, verified and restored by jobs; over the API and on the pages, with real workers.

    backup_cases.py [case…]
"""
import fcntl
import hashlib
import re
import sys
import time
from pathlib import Path
from urllib.parse import urlencode

sys.path.insert(0, str(Path(__file__).resolve().parent))
from cgi import Client, Storage  # noqa: E402
from cases import case, equal, run_cases  # noqa: E402
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


def watched(w, job):
    """The same without a wait for the jobs of others."""
    for _ in range(400):
        now = w.call("admin", "GET", f"/api/backup-jobs/{job['job_id']}", None, 200).json()
        if now["status"] not in ("queued", "processing"):
            equal(now["status"], "completed", str(now))
            return now
        time.sleep(0.05)
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
    for f in list(folder(w).iterdir()):
        f.unlink(missing_ok=True)


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
    reply = w.call("admin", "POST", f"/api/backups/{b['id']}/restore", {"mode": "replace", "dry_run": True}, 422)
    assert "ada@example.org alone" in reply.text and '"#/mode"' in reply.text, reply.text
    page = browser(w, "admin")
    where = f"/admin/backups/{b['id']}/restore"
    reply = page.submit(page.get(where), {"mode": "replace"})
    assert reply.status == 422 and "ada@example.org alone" in reply.text, reply.text
    restore(w, b, "merge", "completed")


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


@case
def merging_brings_back_what_is_missing_and_nothing_else(w):
    clear(w)
    p = w.property("ada", "Merged")
    whole, mine = make(w), make(w, user="ada@example.org")
    w.call("ada", "PATCH", f"/api/properties/{p['id']}", {"name": "Renamed"}, 200)
    w.sql("DELETE FROM days")
    w.property("bob", "Kept")
    report = restore(w, mine, "merge", dry_run=True)["report"]
    equal({t["name"]: t["added"] for t in report["tables"]}["days"], 2, str(report))
    equal(w.sql("SELECT COUNT(*) FROM days"), [(0,)])
    for b in (mine, whole):
        job = restore(w, b, "merge")
        equal((w.sql("SELECT COUNT(*) FROM days"), job["report"]["backup_before"]), ([(2,)], None))
        assert "Kept" in properties(w)
    equal(w.by["admin"].get("/api/backups").status, 200, "nobody is signed out")
    report = restore(w, whole, "merge")["report"]
    equal(sum(t["added"] + t["changed"] + t["removed"] for t in report["tables"] if t["name"] != "audit"), 0, str(report))
    equal(len(list(folder(w).iterdir())), 2)


@case
def an_admin_whom_the_backup_does_not_know(w):
    clear(w)
    b = make(w)
    for name in ("dan", "eve"):
        w.call("admin", "POST", "/api/users", {"email": f"{name}@example.org", "password": PASSWORD, "role": "admin"}, 201)
    # in the database of then the next user has the number that eve has now
    w.by["eve"] = Client(w.storage, token=w.storage.cli("token-create", "--user", "eve@example.org", "--name", "t", "--scope", "admin").strip())
    job = w.call("eve", "POST", f"/api/backups/{b['id']}/restore", {"mode": "replace", "confirm": "replace"}, 202).json()
    job = ended(w, job)
    equal((job["user_email"], w.sql("SELECT COUNT(*) FROM users WHERE email LIKE 'eve%'")), (None, [(0,)]))
    equal(w.by["eve"].get("/api/backups").status, 401)
    rows = w.sql("SELECT user_id, actor FROM audit WHERE action = 'backup.restore' ORDER BY id DESC LIMIT 1")
    equal(rows, [(None, "eve@example.org")], "a number of then would be somebody else's")
    again = make(w)
    restore(w, again, "replace", dry_run=True)
    kept = next(x for x in w.call("admin", "GET", "/api/backups", None, 200).json()["items"] if x["origin"] == "restore")
    restore(w, kept, "replace")
    equal(w.sql("SELECT COUNT(*) FROM users WHERE email LIKE 'eve%'"), [(1,)])


@case
def what_another_worker_was_doing_goes_on_from_the_backup(w):
    clear(w)
    b = make(w)
    held = w.sql("SELECT MAX(lease_token) FROM jobs")[0][0]
    w.sql("INSERT INTO jobs (batch_id, kind, status, filename, file_path, import_type, on_conflict, queued_at, lease_token, lease_slot) "
          "VALUES ('then', 'import', 'processing', 'then.csv', 'uploads/none.csv', 'hh', 'keep', 1, 5, 31)")
    with open(w.storage.dir / "run/slot-31.lock", "a") as slot:
        fcntl.flock(slot, fcntl.LOCK_EX)  # a worker lives that has it
        c = w.call("admin", "POST", "/api/backups", {}, 202).json()
        c = get(w, {"id": watched(w, c)["backup_id"]})
        job = w.call("admin", "POST", f"/api/backups/{c['id']}/restore", {"mode": "replace", "confirm": "replace"}, 202).json()
        watched(w, job)
        token = w.sql("SELECT lease_token FROM jobs WHERE batch_id = 'then'")[0][0]
        assert token > max(5, held), f"{token}: what the other worker holds is worth nothing any more"
    w.storage.work()
    equal(w.sql("SELECT status FROM jobs WHERE batch_id = 'then'"), [("failed",)], "another one took it, and its file is not there")
    w.sql("DELETE FROM jobs WHERE batch_id = 'then'")
    restore(w, b, "replace", dry_run=True)


def multipart(text, **fields):
    """The body and headers of a form with a file."""
    parts = "".join(f'--b\r\nContent-Disposition: form-data; name="{k}"\r\n\r\n{v}\r\n' for k, v in fields.items()).encode()
    file = b'--b\r\nContent-Disposition: form-data; name="file"; filename="../../mine.zip"\r\n\r\n' + text + b"\r\n--b--\r\n"
    return parts + file, {"Content-Type": "multipart/form-data; boundary=b"}


def upload(w, text, status=201, **fields):
    reply = w.by["admin"].request("POST", "/api/backup-uploads", *multipart(text, **fields))
    equal(reply.status, status, reply.text)
    w.storage.work()
    return reply.json()


@case
def one_from_elsewhere_is_kept_and_verified(w):
    clear(w)
    b = make(w)
    sealed = make(w, passphrase=PASSWORD)
    whole, secret = [(folder(w) / x["name"]).read_bytes() for x in (b, sealed)]
    up = get(w, upload(w, whole))
    equal((up["origin"], up["sha256"], up["digest"], up["failure"], up["user_email"]), ("upload", b["sha256"], b["digest"], None, "admin@example.org"))
    assert up["verified_at"] and up["name"].startswith("uploaded-") and (folder(w) / up["name"]).exists(), up
    closed = get(w, upload(w, secret))
    equal((closed["is_encrypted"], closed["verified_at"], closed["failure"], closed["sha256"]), (True, None, None, sealed["sha256"]), "nobody can say more of it")
    opened = get(w, upload(w, secret, passphrase=PASSWORD))
    equal((opened["is_encrypted"], bool(opened["verified_at"]), opened["digest"]), (True, True, sealed["digest"]))
    junk = get(w, upload(w, b"no archive at all"))
    assert junk["failure"] and not junk["verified_at"], junk
    for text, fields, field in ((whole, {"colour": "red"}, "colour"), (b"", {}, "file")):
        assert field in w.by["admin"].request("POST", "/api/backup-uploads", *multipart(text, **fields)).text
    equal(w.by["ada"].request("POST", "/api/backup-uploads", *multipart(whole)).status, 403)
    w.storage.cli("settings-set", "upload_max_mib", "1")
    equal(w.by["admin"].request("POST", "/api/backup-uploads", *multipart(b"x" * (2 << 20))).status, 413)
    w.storage.cli("settings-unset", "upload_max_mib")
    equal([f for f in (w.storage.dir / "uploads").iterdir() if f.suffix == ".part"], [])
    restore(w, up, "replace", dry_run=True)


@case
def what_is_in_the_folder_comes_onto_the_list(w):
    clear(w)
    w.storage.cli("backup-create", "--to", str(folder(w) / "mine.zip"))
    (folder(w) / "before-restore-20261101-120000.zip").write_bytes((folder(w) / "mine.zip").read_bytes())
    (folder(w) / "elsewhere.zip").symlink_to("/etc/passwd")
    (folder(w) / "notes.txt").write_text("not a backup")
    w.storage.work()
    w.storage.work()
    items = w.call("admin", "GET", "/api/backups", None, 200).json()["items"]
    equal(sorted((b["name"], b["origin"], b["sha256"], b["verified_at"]) for b in items),
          [("before-restore-20261101-120000.zip", "restore", None, None), ("mine.zip", "person", None, None)])
    for b in items:
        ask(w, b, "verify")
        assert get(w, b)["sha256"] and get(w, b)["verified_at"]
    file = folder(w) / "mine.zip"
    file.unlink()
    file.symlink_to("/etc/passwd")
    mine = next(b for b in items if b["name"] == "mine.zip")
    w.call("admin", "GET", f"/api/backups/{mine['id']}/download", None, 404)
    ask(w, mine, "verify", status="failed")
    w.call("admin", "DELETE", f"/api/backups/{mine['id']}", None, 204)
    assert Path("/etc/passwd").exists() and not file.is_symlink()


@case
def a_restore_is_not_tried_again_without_being_confirmed(w):
    clear(w)
    b = make(w)
    for mode in ("merge", "replace"):
        with no_worker(w):
            job = w.call("admin", "POST", f"/api/backups/{b['id']}/restore", {"mode": mode, "confirm": mode}, 202).json()
            w.call("admin", "POST", f"/api/backup-jobs/{job['job_id']}/cancel", {}, 200)
            for jobs in ("/api/backup-jobs", "/api/import/jobs"):
                reply = w.call("admin", "POST", f"{jobs}/{job['job_id']}/retry", {}, 409)
                assert "confirmed each time" in reply.text, reply.text
            assert f'href="/admin/backups/{b["id"]}/restore"' in browser(w).get(f"/admin/backups/jobs/{job['job_id']}").text
            look = w.call("admin", "POST", f"/api/backups/{b['id']}/restore", {"mode": mode, "dry_run": True}, 202).json()
            w.call("admin", "POST", f"/api/backup-jobs/{look['job_id']}/cancel", {}, 200)
            w.call("admin", "POST", f"/api/backup-jobs/{look['job_id']}/retry", {}, 202)
        ended(w, look)


@case
def jobs_of_backups_are_not_imports(w):
    """A token for less than everything sees and changes none of them, and a page of imports leads to their own."""
    clear(w)
    b = make(w)
    for scope in ("read", "import", "read,import,export"):
        w.by["less"] = Client(w.storage, token=w.storage.cli("token-create", "--user", "admin@example.org", "--name", "t", "--scope", scope).split()[-1])
        refused = (403, 404) if scope == "read" else (404,)
        with no_worker(w):
            jobs = [w.call("admin", "POST", "/api/backups", {}, 202).json()["job_id"],
                    w.call("admin", "POST", f"/api/backups/{b['id']}/restore", {"mode": "merge", "dry_run": True}, 202).json()["job_id"]]
            for path in [f"/api/import/jobs/{j}" for j in jobs]:
                asked = [w.call("less", "POST", f"{path}/{a}", {}) for a in ("cancel", "retry", "undo", "redo", "preview", "import")]
                asked += [w.call("less", "GET", path + part) for part in ("", "/preview", "/errors.csv")]
                for reply in asked + [w.call("less", "DELETE", f"{path}/file")]:
                    assert reply.status in refused or (reply.status, scope) == (403, "import"), (scope, reply)
            equal(w.sql("SELECT COUNT(*) FROM jobs WHERE status = 'queued'"), [(2,)])
            for job in jobs:
                reply = browser(w).get(f"/admin/imports/status/{job}")
                equal((reply.status, reply.header("Location")), (303, f"/admin/backups/jobs/{job}"))
                w.call("admin", "POST", f"/api/backup-jobs/{job}/cancel", {}, 200)


@case
def a_job_is_cancelled_and_tried_again(w):
    clear(w)
    with no_worker(w):
        job = w.call("admin", "POST", "/api/backups", {"passphrase": PASSWORD}, 202).json()
        sealed = w.sql("SELECT passphrase FROM backup_jobs")[0][0]
        assert sealed and PASSWORD not in sealed, sealed
        equal(w.call("admin", "POST", f"/api/backup-jobs/{job['job_id']}/cancel", {}, 200).json()["status"], "cancelled")
        equal(w.sql("SELECT passphrase FROM backup_jobs"), [("",)])
        w.call("admin", "POST", f"/api/backup-jobs/{job['job_id']}/cancel", {}, 409)
        assert "passphrase" in w.call("admin", "POST", f"/api/backup-jobs/{job['job_id']}/retry", {}, 409).text
        job = w.call("admin", "POST", "/api/backups", {}, 202).json()
        w.call("admin", "POST", f"/api/backup-jobs/{job['job_id']}/cancel", {}, 200)
        equal(w.call("admin", "POST", f"/api/backup-jobs/{job['job_id']}/retry", {}, 202).json()["status"], "queued")
    b = get(w, {"id": ended(w, job)["backup_id"]})
    with no_worker(w):
        w.call("admin", "POST", f"/api/backups/{b['id']}/verify", {}, 202)
        equal(get(w, b)["in_use"], True)
        w.call("admin", "DELETE", f"/api/backups/{b['id']}", None, 409)
    w.storage.work()


@case
def cancelled_at_any_moment_it_is_there_or_not(w):
    clear(w)
    ends = set()
    for i in range(8):
        job = w.call("admin", "POST", "/api/backups", {"passphrase": PASSWORD}, 202).json()
        for _ in range(1000):
            if w.sql("SELECT 1 FROM jobs WHERE batch_id = ? AND status <> 'queued'", job["job_id"]):
                break
        time.sleep(i * 0.004)
        w.sql("UPDATE jobs SET cancel_requested = 1 WHERE batch_id = ?", job["job_id"])
        w.storage.work()
        ends.add(w.call("admin", "GET", f"/api/backup-jobs/{job['job_id']}", None, 200).json()["status"])
        listed = [b["name"] for b in w.call("admin", "GET", "/api/backups", None, 200).json()["items"]]
        equal(sorted(f.name for f in folder(w).iterdir()), sorted(listed))
        equal(w.sql("SELECT COUNT(*) FROM backup_jobs WHERE passphrase <> ''"), [(0,)])
    print(f"ended as {sorted(ends)}")
    assert "cancelled" in ends and not ends & {"queued", "processing", "failed"}, ends


@case
def cancelled_at_the_last_moment_nothing_is_left(w):
    clear(w)
    # as somebody would who clicks while the result is being written down
    w.sql("CREATE TRIGGER late AFTER INSERT ON backups BEGIN UPDATE jobs SET cancel_requested = 1 WHERE kind = 'backup' AND status = 'processing'; END")
    job = w.call("admin", "POST", "/api/backups", {}, 202).json()
    ended(w, job, "cancelled")
    w.sql("DROP TRIGGER late")
    equal((w.call("admin", "GET", "/api/backups", None, 200).json()["total"], list(folder(w).iterdir())), (0, []))


@case
def who_asked_and_may_no_more_gets_none(w):
    clear(w)
    with no_worker(w):
        job = w.call("admin", "POST", "/api/backups", {}, 202).json()
        w.sql("UPDATE users SET role = 'viewer' WHERE email = 'admin@example.org'")
    w.storage.work()
    w.sql("UPDATE users SET role = 'admin' WHERE email = 'admin@example.org'")
    equal((ended(w, job, "failed")["error_message"], list(folder(w).iterdir())), ("Backups are for admins.", []))


# ---- the pages ----

def browser(w, name="admin"):
    person = Client(w.storage)
    person.login(f"{name}@example.org", PASSWORD)
    return person


def csrf(page):
    return re.search('name="csrf" value="([^"]+)"', page.text)[1]


def post(person, page, path, status=303, **fields):
    reply = person.request("POST", path, urlencode({"csrf": csrf(page), **fields}).encode(), {"Content-Type": "application/x-www-form-urlencoded"})
    equal(reply.status, status, reply.text[-600:])
    return reply


@case
def from_making_one_to_restoring_it_on_pages(w):
    clear(w)
    person = browser(w)
    page = person.get("/admin/backups")
    assert "No backups yet" in page.text
    assert 'id="passphrase-error"' in post(person, page, "/admin/backups", 422, passphrase="short").text
    post(person, page, "/admin/backups", user="", passphrase="")
    w.storage.work()
    page = person.get("/admin/backups")
    b = w.call("admin", "GET", "/api/backups", None, 200).json()["items"][0]
    assert b["name"] in page.text and b["sha256"] in page.text and "verified" in page.text
    at = f"/admin/backups/{b['id']}"
    equal(person.get(f"{at}/file").body, (folder(w) / b["name"]).read_bytes())
    post(person, page, f"{at}/verify")
    w.storage.work()
    w.property("ada", "On the page")
    how = person.get(f"{at}/restore")
    looked = post(person, how, f"{at}/restore", mode="replace").header("Location")
    w.storage.work()
    page = person.get(looked)
    assert "Nothing has been changed yet" in page.text and "Properties" in page.text
    assert 'id="confirm-error"' in post(person, page, f"{looked}/restore", 422, confirm="yes", password=PASSWORD).text
    assert 'id="password-error"' in post(person, page, f"{looked}/restore", 422, confirm="replace", password="wrong").text
    assert "On the page" in properties(w)
    done = post(person, page, f"{looked}/restore", confirm="replace", password=PASSWORD).header("Location")
    w.storage.work()
    assert "On the page" not in properties(w)
    equal(person.get(done).status, 303, "signed out")
    person = browser(w)
    page = person.get(done)
    assert "Everything is as it was in the backup" in page.text and "before-restore-" in page.text
    equal(post(person, page, f"{looked}/restore", 404, confirm="replace", password=PASSWORD).status, 404, "that look is of before")
    post(person, page, f"{at}/remove")
    get(w, b, 404)


@case
def pages_take_a_file_and_are_for_admins(w):
    clear(w)
    b = make(w)
    person = browser(w)
    page = person.get("/admin/backups")
    whole = (folder(w) / b["name"]).read_bytes()
    equal(person.request("POST", "/admin/backups/upload", *multipart(whole)).status, 403, "without a token")
    equal(person.request("POST", "/admin/backups/upload", *multipart(whole, csrf=csrf(page))).status, 303)
    w.storage.work()
    equal(w.call("admin", "GET", "/api/backups", None, 200).json()["total"], 2)
    for name in ("ada", "vic"):
        other = browser(w, name)
        assert "/admin/backups" not in other.get("/admin").text
        for path in ("/admin/backups", f"/admin/backups/{b['id']}/file", f"/admin/backups/{b['id']}/restore"):
            equal(other.get(path).status, 403, path)


if __name__ == "__main__":
    with Storage() as storage:
        sys.exit(0 if run_cases(World(storage), only=sys.argv[1:]) else 1)
