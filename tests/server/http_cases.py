#!/usr/bin/env python3
"""http_cases: the same cases against nginx + FastCGI, Apache + mod_fcgid and Apache + plain CGI.

    http_cases.py nginx|apache|apache-cgi [case…]

One site for all cases, in their order, with a worker; the first cases set it up. `w` is the world they share.
"""
import json
import os
import re
import secrets
import signal
import socket
import sqlite3
import sys
import tempfile
import time
from pathlib import Path
from urllib.parse import urlencode

from cases import BUILD, Skip, case, equal, run_cases
import meters
from seeds import SEED_DAILY, SEED_HH
from client import Client, multipart
from serve import Site

EMAIL, PASSWORD = "admin@example.org", "correct horse battery staple"
HEADERS = {"x-content-type-options": "nosniff", "x-frame-options": "DENY", "referrer-policy": "same-origin",
           "cross-origin-opener-policy": "same-origin", "cross-origin-resource-policy": "same-origin"}
JOB_FIELDS = ("id batch_id filename import_type status dry_run total_rows processed_rows imported_rows failed_rows "
              "progress_percent queued_at started_at completed_at user_name user_email").split()


class World:
    def __init__(self, server, folder):
        self.server = server
        self.site = Site(BUILD, Path(folder, "storage"), server, wake=False).start()
        self.storage = self.site.storage
        self.admin = Client(self.site.url)

    def client(self, **more):
        return Client(self.site.url, **more)

    def sql(self, text, *args):
        db = sqlite3.connect(self.storage / "wattledger.db", timeout=20)
        try:
            with db:
                return db.execute(text, args).fetchall()
        finally:
            db.close()

    def setting(self, key, value):
        self.site.cli("settings-set", key, str(value))

    def left(self):
        """What an upload may leave behind: files and jobs."""
        return sorted(p.name for p in (self.storage / "uploads").iterdir()), self.sql("SELECT count(*) FROM jobs")

    def token(self, scope):
        return self.site.cli("token-create", "--user", EMAIL, "--name", "t", "--scope", scope)[1].split()[-1]

    def job(self, batch):
        return self.admin.get(f"/api/import/jobs/{batch}").json()

    def wait(self, batch, seconds=30):
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            job = self.job(batch)
            if job["status"] in ("completed", "failed", "cancelled"):
                return job
            time.sleep(0.05)
        raise AssertionError(f"not finished after {seconds} s: {job}")

    def raw(self, head, body=b"", end=True):
        """Bytes as they are, for what http.client would not send. Returns all that comes back."""
        with socket.create_connection(("127.0.0.1", self.site.port), 30) as s:
            s.sendall(head.encode() + body)
            if end:
                s.shutdown(socket.SHUT_WR)
            out = b""
            try:
                while piece := s.recv(65536):
                    out += piece
            except OSError:
                pass
            return out.decode("utf-8", "replace")


def case_of_processes(f):
    """Plain CGI has no process that lives longer than a request."""
    return f if sys.argv[1] == "apache-cgi" else case(f)


def batch_of(reply):
    m = re.search(r"/status/([0-9a-f-]{36})", reply.url)
    assert m, f"not a job's page: {reply}"
    return m[1]


def check_headers(reply):
    for name, want in HEADERS.items():
        equal((reply.header(name) or "").upper(), want.upper(), f"{name} of {reply.url} ({reply.status})")
    csp = reply.header("Content-Security-Policy") or ""
    for part in ("default-src 'none'", "script-src 'self'", "frame-ancestors 'none'", "base-uri 'none'"):
        assert part in csp, f"CSP of {reply.url} ({reply.status}): {csp!r}"
    assert reply.header("X-Request-ID"), f"no X-Request-ID on {reply.url} ({reply.status})"
    assert reply.header("Permissions-Policy"), f"no Permissions-Policy on {reply.url}"
    if not reply.url.startswith("/static/"):
        equal(reply.header("Cache-Control"), "no-store", f"Cache-Control of {reply.url}")


@case
def before_there_is_an_admin(w):
    equal(w.client().get("/healthz").status, 200, "/healthz")
    reply = w.client().get("/admin")
    equal((reply.status, reply.header("Location")), (303, "/setup"), "a page leads to the set-up")


@case
def setup_needs_the_token_and_happens_once(w):
    token_file = w.storage / "setup-token.txt"
    token = token_file.read_text().strip()
    assert w.client().setup("0" * 32, EMAIL, PASSWORD).status in (403, 422), "a wrong token"
    reply = w.client().setup(token, EMAIL, "short")
    assert reply.status == 422 and 'value="' + EMAIL in reply.text, "a short password keeps the form's content"
    w.setting("login_per_account", 100000)
    w.setting("login_per_address", 100000)
    w.setting("api_per_minute", 1000000)
    equal(w.admin.setup(token, EMAIL, PASSWORD).status, 200, "the right token")
    assert not token_file.exists(), "the token's file is still there"
    equal(w.client().get("/setup").status, 404, "/setup afterwards")
    equal(w.client().request("POST", "/setup", b"token=" + token.encode(),
                             {"Content-Type": "application/x-www-form-urlencoded"}).status in (403, 404), True)


@case
def login_and_one_answer_to_all_that_is_wrong(w):
    wrong = [w.client().login(EMAIL, "not the password!"), w.client().login("nobody@example.org", PASSWORD)]
    equal([r.status for r in wrong], [401, 401], "wrong password, unknown user")
    words = [re.sub(r'value="[^"]*"', "", r.text) for r in wrong]
    equal(words[0], words[1], "the two answers")
    c = w.client()
    equal(c.login(EMAIL, PASSWORD).status, 200, "right")
    equal(c.get("/admin").status, 200, "/admin")


@case
def logout_ends_the_session(w):
    c = w.client()
    c.login(EMAIL, PASSWORD)
    old = dict(c.cookies)
    assert c.get("/logout").status in (404, 405), "GET /logout must do nothing"
    form = next(f for f in c.get("/admin").forms() if f.action and f.action.endswith("/logout"))
    c.request("POST", form.action, "&".join(f"{k}={v}" for k, v in form.fields.items()).encode(),
              {"Content-Type": "application/x-www-form-urlencoded"})
    c.cookies = old
    equal(c.get("/admin").status, 303, "the old cookie")


@case
def cookies_are_guarded(w):
    c = w.client()
    c.get("/login")
    reply = c.submit("/login", {"email": EMAIL, "password": PASSWORD}, follow=False)
    cookies = [v for k, v in reply.headers if k.lower() == "set-cookie"]
    assert cookies and all("HttpOnly" in v and "SameSite=Lax" in v and "Path=/" in v for v in cookies), cookies


@case
def headers_on_every_answer(w):
    for c in (w.admin, w.client()):
        for path in ("/", "/login", "/setup", "/admin", "/admin/imports", "/admin/imports/jobs", "/admin/meters",
                     "/admin/imports/status/x", "/nowhere", "/api/import/jobs", "/api/import/jobs/x", "/api/nowhere",
                     "/healthz", "/readyz", "/static/nothing.css", "/admin/imports/jobs?status=nonsense"):
            reply = c.get(path)
            assert reply.status < 500 or path == "/readyz", reply
            check_headers(reply)
    check_headers(w.admin.request("DELETE", "/admin/imports"))
    check_headers(w.admin.request("POST", "/admin/imports", b"x", {"Content-Type": "text/plain"}))


@case
def static_files_are_hashed_and_kept(w):
    page = w.admin.get("/admin").text
    names = re.findall(r'(?:href|src)="(/static/[^"]+)"', page)
    assert names, "the page links no static file"
    for name in names:
        reply = w.client().get(name)
        equal(reply.status, 200, name)
        assert "immutable" in (reply.header("Cache-Control") or ""), f"{name}: {reply.header('Cache-Control')}"


@case
def methods_that_do_not_belong(w):
    assert w.client().request("TRACE", "/admin").status in (403, 405, 501), "TRACE"
    equal(w.admin.request("PUT", "/admin/imports", b"").status, 405, "PUT on a page")
    reply = w.admin.request("HEAD", "/admin/imports")
    equal((reply.status, reply.body), (200, b""), "HEAD")


@case
def cross_site_and_unsigned_forms_are_refused(w):
    page = w.admin.get("/admin/imports")
    before = w.left()
    form = next(f for f in page.forms() if f.has("file"))
    kind, body = multipart(form.fields, {"file": ("a.csv", SEED_HH.encode(), "text/csv")})
    for headers in ({"Origin": "https://evil.example"}, {"Sec-Fetch-Site": "cross-site"}):
        equal(w.admin.request("POST", "/admin/imports", body, {"Content-Type": kind, **headers}).status, 403, headers)
    for value in (None, "0" * 64):
        fields = {k: v for k, v in form.fields.items() if k != "csrf"}
        if value:
            fields["csrf"] = value
        kind, body = multipart(fields, {"file": ("a.csv", SEED_HH.encode(), "text/csv")})
        equal(w.admin.request("POST", "/admin/imports", body, {"Content-Type": kind}).status, 403, f"token {value}")
    equal(w.left(), before, "left behind")


@case
def the_seeds_two_files_through_the_form(w):
    for name, text, rows, kind in (("hh.csv", SEED_HH, 1, "hh"), ("daily.csv", SEED_DAILY, 1, "daily")):
        reply = w.admin.upload(name, text.encode())
        equal(reply.status, 200, name)
        job = w.wait(batch_of(reply))
        equal((job["status"], job["imported_rows"], job["failed_rows"], job["filename"], job["import_type"]),
              ("completed", rows, 0, name, kind))
    page = w.admin.get("/admin/meters")
    link = re.search(r'href="(/admin/meters/\d+)', page.text)
    assert "1234567890123" in page.text and link, "the meter is not on the list"
    meter = w.admin.get(link[1])
    equal(meter.status, 200, "the meter's page")
    assert "<svg" in meter.text and "6.2" in meter.text, "no profile or no readings on the meter's page"


@case
def job_json_has_the_sources_fields(w):
    jobs = w.admin.jobs()
    items = jobs["items"] if isinstance(jobs, dict) else jobs
    assert len(items) >= 2, jobs
    job = w.job(items[0]["batch_id"])
    for name in JOB_FIELDS:
        assert name in job, f"{name} is missing in {sorted(job)}"
    assert re.fullmatch(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d", job["queued_at"]), job["queued_at"]
    equal((job["progress_percent"], job["user_email"], job["dry_run"]), (100.0, EMAIL, False))
    assert all(j["status"] == "completed" for j in w.admin.jobs("?status=completed")["items"])
    equal(len(w.admin.jobs("?limit=1")["items"]), 1, "limit")
    reply = w.admin.get("/api/import/jobs?status=nonsense")
    equal((reply.status, reply.header("Content-Type")), (422, "application/problem+json"))


@case
def a_file_above_mod_fcgids_limit(w):
    path = meters.wide(w.storage.parent / "big.csv", meters.mpans(8), meters.days(365))
    assert path.stat().st_size > 700_000, path.stat().st_size
    job = w.wait(batch_of(w.admin.upload("big.csv", path.read_bytes(), background="1")))
    equal((job["status"], job["total_rows"], job["imported_rows"]), ("completed", 2920, 2920))
    job = w.wait(batch_of(w.admin.upload("big.csv", path.read_bytes(), background="1")))
    equal((job["status"], job["processed_rows"], job["imported_rows"]), ("completed", 2920, 0), "again")


@case
def without_background_the_result_is_there_at_once(w):
    reply = w.admin.upload("hh.csv", SEED_HH.encode(), background=None)
    equal(w.job(batch_of(reply))["status"], "completed", "status when the page comes")
    equal(reply.header("Refresh"), None, "Refresh of a finished job")


@case
def a_dry_run_stores_nothing(w):
    counts = w.sql("SELECT count(*) FROM meters"), w.sql("SELECT count(*) FROM days")
    text = SEED_HH.replace("1234567890123", "2000000000006")
    job = w.wait(batch_of(w.admin.upload("dry.csv", text.encode(), dry_run="1")))
    equal((job["status"], job["dry_run"], job["total_rows"]), ("completed", True, 1))
    equal((w.sql("SELECT count(*) FROM meters"), w.sql("SELECT count(*) FROM days")), counts, "the ledger")


@case
def bad_rows_are_shown_and_downloaded(w):
    line = "1234567890123, 31/02/2025" + ", 1" * 48
    job = w.wait(batch_of(w.admin.upload("bad <b>.csv", (SEED_HH + line + "\n").encode())))
    equal((job["status"], job["failed_rows"]), ("completed", 1))
    page = w.admin.get(f"/admin/imports/status/{job['batch_id']}")
    assert "31/02/2025" in page.text and "<b>" not in page.text.split("<main")[1].split("</main>")[0], "escaping"
    for path in (f"/admin/imports/status/{job['batch_id']}/errors.csv", f"/api/import/jobs/{job['batch_id']}/errors.csv"):
        reply = w.admin.get(path)
        equal(reply.status, 200, path)
        rows = reply.text.splitlines()
        assert rows[0].startswith("MPAN, Date, HH01") and rows[1].startswith(line), rows[:2]
        assert "attachment" in (reply.header("Content-Disposition") or ""), "it is shown, not downloaded"


@case
def uploads_that_are_no_csv_leave_nothing(w):
    before = w.left()
    for name, data in (("a.csv", b"\x89PNG\r\n\x1a\n" + bytes(3000)), ("a.csv", b"<!DOCTYPE html><html>no</html>"),
                       ("a.csv", b""), ("a.csv", b"PK\x03\x04" + bytes(3000)), ("a.csv", b"\0" * 5000)):
        reply = w.admin.upload(name, data)
        assert reply.status in (400, 413, 415, 422), f"{data[:8]}: {reply.status}"
        assert reply.forms() and 'role="alert"' in reply.text, f"{data[:8]}: no form with a message"
        equal(w.left(), before, f"left behind by {data[:8]}")
    reply = w.admin.submit("/admin/imports", {}, {}, needs=["file"])
    assert reply.status in (400, 422), f"no file: {reply.status}"
    equal(w.left(), before, "left behind by a form without a file")


@case
def an_oversized_upload_is_refused(w):
    before = w.left()
    w.setting("upload_max_mib", 1)
    try:
        for size in (1_100_000, 5_000_000):
            reply = w.admin.upload("a.csv", (SEED_HH + "x" * 99 + "\n").encode() + b"1,2\n" * (size // 4))
            equal(reply.status, 413, f"{size} bytes")
            equal(w.left(), before, "left behind")
    finally:
        w.setting("upload_max_mib", 512)


@case
def a_truncated_upload_is_no_job(w):
    page = w.admin.get("/admin/imports")
    form = next(f for f in page.forms() if f.has("file"))
    kind, body = multipart(form.fields, {"file": ("cut.csv", SEED_HH.encode() * 2000, "text/csv")})
    before = w.left()
    cookie = "; ".join(f"{k}={v}" for k, v in w.admin.cookies.items())
    for size in (30_000, 200_000):
        w.raw(f"POST /admin/imports HTTP/1.1\r\nHost: 127.0.0.1:{w.site.port}\r\nContent-Type: {kind}\r\n"
              f"Cookie: {cookie}\r\nConnection: close\r\nX-Request-ID: cut-{size}\r\n"
              f"Content-Length: {len(body)}\r\n\r\n", body[:size])
        for _ in range(40):  # until the program is through with it; a server may also keep such a request to itself
            if f'"cut-{size}"' in (w.storage / "logs/web.jsonl").read_text():
                break
            time.sleep(0.1)
        equal(w.left(), before, f"left behind by {size} of {len(body)} bytes")


@case
def a_chunked_body_without_a_length(w):
    token = w.token("import,read")
    kind, body = multipart({"type": "auto"}, {"file": ("chunked.csv", SEED_HH.encode(), "text/csv")})
    reply = w.client(token=token).request("POST", "/api/import/jobs", body, {"Content-Type": kind}, chunked=True)
    assert reply.status in (201, 202, 411), reply
    if reply.status != 411:
        equal(w.wait(reply.json()["batch_id"])["status"], "completed")


def press(w, client, page, action):
    """Sends the form of a page that goes to this place."""
    form = next(f for f in page.forms() if f.action and f.action.endswith(action))
    return client.follow(client.request("POST", form.action, urlencode(form.fields).encode(),
                                        {"Content-Type": "application/x-www-form-urlencoded", "Origin": client.base,
                                         "Sec-Fetch-Site": "same-origin"}))


@case
def an_import_is_undone_and_redone(w):
    text = SEED_HH.replace("1234567890123", "2000000000105")
    batch = batch_of(w.admin.upload("to-undo.csv", text.encode()))
    w.wait(batch)
    own = f"/admin/imports/status/{batch}"
    assert "2000000000105" in w.admin.get("/admin/meters").text, "the meter is not there"
    assert f'href="{own}/undo"' in w.admin.get(own).text, "no link to the undo"
    page = w.admin.get(own + "/undo")
    equal(page.status, 200, "the undo's page")
    assert "Days that go" in page.text and "Meters that go with it" in page.text, page.text
    equal(w.job(batch)["undone_at"], None, "undone by looking")
    work = w.wait(batch_of(press(w, w.admin, page, "/undo")))
    equal((work["status"], work["kind"], work["import_type"], work["processed_rows"]), ("completed", "undo", "undo", 1))
    equal(w.admin.get(f"/admin/imports/status/{work['batch_id']}").status, 200, "the page of the work")
    assert "2000000000105" not in w.admin.get("/admin/meters").text, "the meter is still there"
    page = w.admin.get(own)
    assert "Undone" in page.text and f'href="{own}/redo"' in page.text, "the import's page does not say so"
    equal(w.admin.get(own + "/undo", ).status, 303, "undone already")

    api = w.client(token=w.token("import,read"))
    where = f"/api/import/jobs/{batch}"
    kind = {"Content-Type": "application/json"}
    equal(api.request("POST", where + "/undo", b"{}", kind).status, 409, "undone already")
    equal(api.request("POST", "/api/import/jobs/none/undo", b"{}", kind).status, 404, "no such job")
    equal(w.client(token=w.token("read")).request("POST", where + "/redo", b"{}", kind).status, 403, "a reader")
    found = api.request("POST", where + "/redo?dry_run=1", b"{}", kind)
    equal((found.status, found.json()["days_added"], found.json()["meters"]), (200, 1, 1), "foreseen")
    reply = api.request("POST", where + "/redo", b"{}", kind)
    equal(reply.status, 202, "redo")
    equal(w.wait(reply.json()["batch_id"])["status"], "completed", "redo")
    assert "2000000000105" in w.admin.get("/admin/meters").text, "the meter has not come back"
    work = w.wait(batch_of(press(w, w.admin, w.admin.get(own + "/undo"), "/undo")))
    page = w.admin.get(own + "/redo")
    assert "Days that come back" in page.text, page.text
    w.wait(batch_of(press(w, w.admin, page, "/redo")))
    equal(w.job(batch)["undone_at"], None, "redone")


@case
def the_days_of_a_meter_name_an_import_that_counts(w):
    text = SEED_HH.replace("1234567890123", "2000000000114").encode()
    batches = []
    for name in ("first.csv", "again.csv"):
        batches.append(batch_of(w.admin.upload(name, text)))
        w.wait(batches[-1])
    meter = re.search(r'href="(/admin/meters/\d+)"', w.admin.get("/admin/meters?q=2000000000114").text)[1]
    named = f"/admin/imports/status/{batches[0]}", f"/admin/imports/status/{batches[1]}"
    page = w.admin.get(meter).text
    before = [n in page.split("<table", 1)[1] for n in named]
    w.wait(batch_of(press(w, w.admin, w.admin.get(named[0] + "/undo"), "/undo")))
    page = w.admin.get(meter).text
    equal((before, [n in page.split("<table", 1)[1] for n in named]), ([True, False], [False, True]), "before and after")


@case
def tokens_open_the_api_and_nothing_else(w):
    reader, importer = w.token("read"), w.token("import")
    equal(w.client().get("/api/import/jobs").status, 401, "no token")
    equal(w.client(token="wl_" + "a" * 36).get("/api/import/jobs").status, 401, "a wrong token")
    damaged = reader[:-1] + ("a" if reader[-1] != "a" else "b")
    equal(w.client(token=damaged).get("/api/import/jobs").status, 401, "a damaged token")
    equal(w.client(token=reader).get("/api/import/jobs").status, 200, "a reader reads")
    equal(w.client().get("/api/import/jobs", **{"X-API-Key": reader}).status, 200, "X-API-Key")
    equal(w.client(token=reader).get("/admin").status, 303, "a token is no session")
    kind, body = multipart({"type": "hh"}, {"file": ("api.csv", SEED_HH.encode(), "text/csv")})
    reply = w.client(token=reader).request("POST", "/api/import/jobs", body, {"Content-Type": kind})
    equal(reply.status, 403, "a reader imports")
    reply = w.client(token=importer).request("POST", "/api/import/jobs", body, {"Content-Type": kind})
    assert reply.status in (201, 202), reply
    equal(w.wait(reply.json()["batch_id"])["status"], "completed", "an importer imports")


@case
def a_resumable_upload_in_chunks(w):
    path = w.storage.parent / "big.csv"
    data = (path if path.exists() else meters.wide(path, meters.mpans(8), meters.days(365))).read_bytes()[:400_000]
    data = data[:data.rindex(b"\n") + 1]
    c = w.client(token=w.token("import,read"))
    before = w.left()

    def js(method, where, value=None):
        return c.request(method, where, json.dumps(value).encode() if value is not None else b"",
                         {"Content-Type": "application/json"})
    begun = js("POST", "/api/import/uploads", {"filename": "chunks.csv", "size": len(data)})
    equal(begun.status, 201, begun)
    where = "/api/import/uploads/" + begun.json()["id"]

    def put(offset, piece):
        return c.request("PUT", f"{where}?offset={offset}", piece, {"Content-Type": "application/octet-stream"})
    half = 96 * 1024
    equal(put(0, data[:half]).json()["received"], half, "the first chunk")
    equal(put(2 * half, data[2 * half:]).status, 409, "a gap")
    equal(c.get(where).json()["received"], half, "how much is there")
    equal(js("POST", where + "/finish", {}).status, 409, "not whole yet")
    assert w.client(token=w.token("read")).get(where).status in (403, 404), "without the right"
    equal(put(half, data[half:]).json()["received"], len(data), "the rest, as one large body")
    done = js("POST", where + "/finish", {"type": "auto", "background": True})
    assert done.status in (201, 202), done
    job = w.wait(done.json()["batch_id"])
    equal((job["status"], job["failed_rows"], job["filename"]), ("completed", 0, "chunks.csv"))
    dropped = js("POST", "/api/import/uploads", {"filename": "b.csv", "size": 10}).json()["id"]
    equal(c.request("DELETE", "/api/import/uploads/" + dropped).status, 204, "drop")
    equal(len(w.left()[0]), len(before[0]) + 1, "files kept")


@case
def cancel_and_retry(w):
    worker = w.site.pids("worker")[0]
    os.kill(worker, signal.SIGSTOP)
    try:
        reply = w.admin.upload("late.csv", SEED_HH.replace("1.5,", "1.25,").encode(), background="1")
        batch = batch_of(reply)
        equal(w.job(batch)["status"], "queued")
        equal(w.admin.get(reply.url).header("Refresh"), "5", "Refresh of an active job")
        forms = {f.action.rsplit("/", 1)[1]: f for f in w.admin.get(reply.url).forms() if f.action}

        def press(name):
            form = forms[name] if name in forms else next(
                f for f in w.admin.get(reply.url).forms() if f.action and f.action.endswith(name))
            body = "&".join(f"{k}={v}" for k, v in form.fields.items()).encode()
            return w.admin.request("POST", form.action, body, {"Content-Type": "application/x-www-form-urlencoded"})
        equal(press("cancel").status, 303, "cancel")
        equal(w.job(batch)["status"], "cancelled")
        equal(press("cancel").status, 409, "cancel again")
        equal(press("retry").status, 303, "retry")
        equal(w.job(batch)["status"], "queued")
    finally:
        os.kill(worker, signal.SIGCONT)
    equal(w.wait(batch)["status"], "completed", "after the retry")


@case
def what_is_not_there(w):
    for path in ("/admin/imports/status/550e8400-e29b-41d4-a716-446655440000", "/admin/meters/999999", "/nowhere"):
        equal(w.admin.get(path).status, 404, path)
    reply = w.admin.get("/api/import/jobs/550e8400-e29b-41d4-a716-446655440000")
    equal((reply.status, reply.header("Content-Type")), (404, "application/problem+json"))
    equal(reply.json()["status"], 404)


@case
def hostile_addresses(w):
    for path in ("/admin/imports/status/%3Cscript%3Ealert(1)%3C/script%3E", "/%00", "/..%2f..%2fetc/passwd", "/%",
                 "/admin/meters/-1", "/admin/meters/99999999999999999999", "/admin/imports/jobs?limit=-1",
                 "/admin/imports/jobs?offset=99999999999999999999", "/" + "a" * 6000, "/?" + "a=b&" * 2000,
                 "/static/../lib", "/static/%2e%2e/%2e%2e/wattledger.conf", "/wattledger.fcgi/admin/../..", "/.htaccess",
                 "/wattledger.fcgi", "/wattledger.cgi"):
        head = w.raw(f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{w.site.port}\r\nConnection: close\r\n\r\n", end=False)
        status = int(head.split()[1]) if head.startswith("HTTP/") else 0
        assert 300 <= status < 500, f"{path[:60]}: {head[:80]!r}"
        assert "<script>alert" not in head, path


@case
def request_ids_reach_the_log(w):
    mine = "test-" + secrets.token_hex(8)
    reply = w.admin.get("/admin", **{"X-Request-ID": mine})
    equal(reply.header("X-Request-ID"), mine)
    log = "".join(p.read_text() for p in (w.storage / "logs").iterdir())
    assert mine in log, "not in the log"
    for line in log.splitlines():
        json.loads(line)
    assert PASSWORD not in log and "wl_" not in log, "a secret is in the log"
    bad = "x\"<>" + "y" * 500
    assert w.admin.get("/admin", **{"X-Request-ID": bad}).header("X-Request-ID") != bad, "a wild id is taken"


@case
def no_state_from_one_request_to_the_next(w):
    stranger = w.client()
    for i in range(60):
        equal(w.admin.get("/admin").status, 200, f"the admin, {i}")
        equal(stranger.get("/admin").status, 303, f"a stranger after the admin, {i}")
        equal(stranger.get("/api/import/jobs").status, 401, f"a stranger at the API, {i}")
        w.admin.get("/nowhere")
    assert EMAIL not in stranger.get("/login").text


@case_of_processes
def memory_stays_flat(w):
    if "san" in BUILD.parts:
        raise Skip("the sanitizers keep freed memory in quarantine")
    w.admin.get("/admin/imports/jobs")

    def resident():
        sizes = {}
        for pid in w.site.pids("wattledger.fcgi"):
            try:
                text = Path(f"/proc/{pid}/status").read_text()
            except OSError:
                continue
            sizes[pid] = int(re.search(r"VmRSS:\s+(\d+)", text)[1])
        return sizes

    def some(n):
        for i in range(n):
            w.admin.get(("/admin/imports/jobs", "/admin", "/admin/meters", "/login", "/nowhere")[i % 5])
    some(400)
    before = resident()
    some(1500)
    after = resident()
    assert before and after, "no FastCGI process found"
    for pid, size in after.items():
        assert pid not in before or size - before[pid] <= 512, f"grew from {before[pid]} to {size} KiB"
        assert size < 32 * 1024, f"{size} KiB"


@case_of_processes
def a_dead_process_is_replaced(w):
    for pid in w.site.pids("wattledger.fcgi")[:1]:
        os.kill(pid, signal.SIGKILL)
    time.sleep(1.5)
    for _ in range(10):
        equal(w.admin.get("/admin").status, 200)


@case
def an_upload_starts_a_worker(w):
    w.site.stop()
    w.site = Site(BUILD, w.storage, w.server, worker=False).start()
    w.admin = w.client()
    w.admin.login(EMAIL, PASSWORD)
    job = w.wait(batch_of(w.admin.upload("woken.csv", SEED_HH.encode(), background="1")), 15)
    equal(job["status"], "completed")


def main():
    server = sys.argv[1]
    with tempfile.TemporaryDirectory(prefix="wattledger-http-") as folder:
        os.chmod(folder, 0o755)
        w = World(server, folder)
        try:
            good = run_cases(w, only=sys.argv[2:])
            if not good:
                print(w.site.logs()[-3000:])
        finally:
            w.site.stop()
    sys.exit(0 if good else 1)


if __name__ == "__main__":
    main()
