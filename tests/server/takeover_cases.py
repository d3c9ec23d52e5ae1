#!/usr/bin/env python3
"""takeover_cases: a backup takes the place of everything while the site is in use.

    takeover_cases.py [nginx|apache|apache-cgi] [case…]

Two instances that have nothing in common but the names of two people, whose numbers differ: what a process, a request
or a job carries over from the one into the other shows. Ada's token is in both, the tokens `here` and `there` are in one.
"""
import http.client
import json
import os
import re
import shutil
import socket
import sqlite3
import sys
import tempfile
import threading
import time
from pathlib import Path

from cases import BUILD, ROOT, case, equal, run_cases
import meters
from client import Client, multipart
from seeds import SEED_HH
from serve import SERVERS, Site

ADA, BOB, PASSWORD = "ada@example.org", "bob@example.org", "correct horse battery staple"
TURNS = 3


class World:
    """A site whose content is `here`; put("there") and put("here") replace it."""

    def __init__(self, server, folder):
        self.site = Site(BUILD, Path(folder, "storage"), server, wake=False).start()
        self.storage = self.site.storage
        self.folder = Path(folder, "archives")
        self.folder.mkdir(mode=0o777)
        self.folder.chmod(0o777)
        self.site.cli("settings-set", "login_per_account", "100000")
        self.site.cli("settings-set", "login_per_address", "100000")
        self.site.cli("settings-set", "api_per_minute", "1000000")
        self.people(ADA, BOB)
        self.tokens = {"both": self.token_of(ADA), "here": self.token_of(ADA)}
        both = self.sql("SELECT secret_hash FROM tokens ORDER BY id")[0][0]
        self.fill("here")
        for table in ("tokens", "meters", "properties", "users"):
            self.sql(f"DELETE FROM {table}")
        self.people(BOB, ADA)
        self.tokens["there"] = self.token_of(ADA)
        self.sql("INSERT INTO tokens (user_id, name, secret_hash, scopes, created_at) "
                 "SELECT id, 'both', ?, 'admin', 1 FROM users WHERE email = ?", both, ADA)
        self.fill("there")
        self.put("here")

    def sql(self, text, *args):
        db = sqlite3.connect(self.storage / "wattledger.db", timeout=20)
        try:
            with db:
                return db.execute(text, args).fetchall()
        finally:
            db.close()

    def files(self):
        return sorted(p.name for p in (self.storage / "uploads").iterdir())

    def client(self, token=None):
        return Client(self.site.url, token and self.tokens[token])

    def people(self, *emails):
        for email in emails:
            self.site.cli("admin-create", "--email", email, "--password-stdin", given=PASSWORD + "\n")

    def token_of(self, email):
        return self.site.cli("token-create", "--user", email, "--name", "t", "--scope", "admin")[1].split()[-1]

    def fill(self, name):
        """A property of Ada's, and an archive of it all."""
        ada = self.sql("SELECT id FROM users WHERE email = ?", ADA)[0][0]
        self.sql("INSERT INTO properties (name, owner_id, created_at) VALUES (?, ?, 1)", f"House {name}", ada)
        self.site.cli("backup-create", "--to", str(self.folder / f"{name}.zip"))

    def put(self, name):
        self.site.cli("backup-restore", "--from", str(self.folder / f"{name}.zip"), "--mode", "replace", "--yes")

    def api(self, token, method, path, body=None, **headers):
        return Client(self.site.url, self.tokens.get(token, token)).request(
            method, path, None if body is None else json.dumps(body).encode(),
            {"Content-Type": "application/json", **headers})

    def ended(self, job, seconds=30):
        """What has become of a job of backups, or of an import."""
        path = f"/api/backup-jobs/{job['job_id']}" if "job_id" in job else f"/api/import/jobs/{job['batch_id']}"
        until = time.monotonic() + seconds
        while job["status"] in ("queued", "processing") and time.monotonic() < until:
            time.sleep(0.05)
            reply = self.api("both", "GET", path)
            assert reply.status == 200, reply
            job = reply.json()
        return job

    def upload(self, name, data, **fields):
        kind, body = multipart({"type": "hh", **fields}, {"file": (name, data, "text/csv")})
        return self.client("both").request("POST", "/api/import/jobs", body, {"Content-Type": kind}).json()

    def signed_in(self, email=ADA):
        c = self.client()
        equal(c.login(email, PASSWORD).status, 200, "signing in")
        return c

    def names(self, reply):
        return re.findall(r"House (\w+)", reply.text)

    def half_sent(self, method, path, headers, body):
        """A request of which half has been sent. Returns what sends the rest and gives the reply."""
        s = socket.create_connection(("127.0.0.1", self.site.port), 60)
        s.sendall(f"{method} {path} HTTP/1.1\r\nHost: 127.0.0.1:{self.site.port}\r\nContent-Length: {len(body)}\r\n".encode()
                  + b"".join(f"{k}: {v}\r\n".encode() for k, v in headers.items()) + b"\r\n" + body[:len(body) // 2])

        def rest():
            s.sendall(body[len(body) // 2:])
            r = http.client.HTTPResponse(s)
            r.begin()
            text = r.read().decode("utf-8", "replace")
            s.close()
            return r.status, text
        return rest


def cookies(client):
    return "; ".join(f"{k}={v}" for k, v in client.cookies.items())


class Reader(threading.Thread):
    """Reads on one connection after the other until it is told to stop: [(began, ended, status, names)]."""

    def __init__(self, w, path, headers):
        super().__init__(daemon=True)
        self.w, self.path, self.headers = w, path, headers
        self.seen, self.stop = [], threading.Event()
        self.start()

    def run(self):
        c = http.client.HTTPConnection("127.0.0.1", self.w.site.port, timeout=60)
        while not self.stop.is_set():
            began = time.monotonic()
            try:
                c.request("GET", self.path, headers=self.headers)
                r = c.getresponse()
                status, text = r.status, r.read().decode()
            except (OSError, http.client.HTTPException) as e:
                status, text = repr(e), ""
                c.close()
            self.seen.append((began, time.monotonic(), status, re.findall(r"House (\w+)", text)))

    def end(self):
        self.stop.set()
        self.join()
        return self.seen


@case
def who_reads_meanwhile_sees_the_old_or_the_new(w):
    session = w.signed_in()
    bearer = {t: {"Authorization": "Bearer " + w.tokens[t]} for t in w.tokens}
    paths = ("/api/properties", "/api/backup-jobs", "/api/users", "/api/import/jobs")
    readers = {t: [Reader(w, p, bearer[t]) for p in paths[:1] * 2 + (paths if t == "both" else ())] for t in bearer}
    pages = [Reader(w, p, {"Cookie": cookies(session)}) for p in ("/admin/properties", "/admin", "/admin/backups")]
    turns = []  # (began, ended, what there is then)
    time.sleep(0.3)
    for i in range(2 * TURNS):
        name = ("there", "here")[i % 2]
        began = time.monotonic()
        w.put(name)
        turns.append((began, time.monotonic(), name))
        time.sleep(0.3)
    seen = {t: [s for r in readers[t] for s in r.end()] for t in readers}
    pages = [s for r in pages for s in r.end()]

    def there_was(began, ended):
        """What may have been there in this time."""
        before = [n for _, e, n in turns if e < began]
        return {before[-1] if before else "here"} | {n for b, e, n in turns if b < ended and e > began}
    for began, ended, status, names in seen["both"]:
        assert status == 200 and set(names) <= there_was(began, ended), ("both", status, names, there_was(began, ended))
    for token in ("here", "there"):
        for began, ended, status, names in seen[token]:
            can = there_was(began, ended)
            assert status == 200 and set(names) <= {token} & can or status == 401 and can != {token}, (token, status, names, can)
    for began, ended, status, names in pages:
        before = ended <= turns[0][0]
        assert status == 200 if before else status in (200, 303) and (status == 303 or began < turns[0][1]), (status, before)
    print(f"{sum(map(len, seen.values()))} replies of the API, {len(pages)} pages, {len(turns)} takeovers of "
          f"{max(e - b for b, e, _ in turns):.2f} s at most")
    equal(session.get("/admin").status, 303, "the session of before")


@case
def a_request_that_came_before_does_nothing_after(w):
    """Its sender's number is somebody else's in the new database."""
    files = {"file": ("late.csv", SEED_HH.encode() * 200, "text/csv")}
    for name, other in (("there", "here"), ("here", "there")):
        session = w.signed_in()
        token = {"Authorization": "Bearer " + w.tokens[other]}
        csrf = next(f for f in session.get("/admin/imports").forms() if "file" in f.types).fields["csrf"]
        kind, form = multipart({"type": "auto", "background": "1"}, files)
        page_kind, page_form = multipart({"csrf": csrf, "type": "auto", "background": "1"}, files)
        rests = [w.half_sent("POST", "/api/import/jobs", {**token, "Content-Type": kind}, form),
                 w.half_sent("POST", "/api/properties", {**token, "Content-Type": "application/json"}, b'{"name": "Late house"}'),
                 w.half_sent("POST", "/admin/imports", {"Cookie": cookies(session), "Content-Type": page_kind, "Origin": w.site.url},
                             page_form)]
        time.sleep(0.3)
        w.put(name)
        before = w.sql("SELECT COUNT(*) FROM jobs")
        for status, text in [rest() for rest in rests]:
            # Apache may have waited for all of it: then it is a request of somebody who has not signed in
            assert status == 401 or (status == 303 and w.site.server == "apache"), (status, text[-600:])
        equal(w.sql("SELECT COUNT(*) FROM jobs"), before, "jobs")
        equal(w.sql("SELECT COUNT(*) FROM properties WHERE name = 'Late house'"), [(0,)])
        equal(w.files(), [], "files")


@case
def a_resumable_upload_of_before_is_not_there(w):
    c = w.client(token="both")
    begun = w.api("both", "POST", "/api/import/uploads", {"filename": "c.csv", "size": 200}).json()
    where = "/api/import/uploads/" + begun["id"]
    chunk = {"Content-Type": "application/octet-stream"}
    equal(c.request("PUT", where + "?offset=0", b"x" * 100, chunk).status, 200)
    w.put("there")
    for reply in (c.request("PUT", where + "?offset=100", b"x" * 100, chunk), c.get(where),
                  w.api("both", "POST", where + "/finish", {})):
        equal((reply.status, "There is no such upload" in reply.text), (404, True), reply)
    part = w.storage / "uploads" / f"{begun['id']}.part"
    assert part.exists()
    os.utime(part, (1, 1))
    (w.storage / "run/cleaned").unlink(missing_ok=True)
    for _ in range(100):
        if not part.exists():
            break
        time.sleep(0.1)
    assert not part.exists(), "it is not swept"
    w.put("here")


@case
def a_key_that_was_used_before_is_new(w):
    body, key = {"name": "House of a key"}, {"Idempotency-Key": "one"}
    first = w.api("both", "POST", "/api/properties", body, **key)
    again = w.api("both", "POST", "/api/properties", body, **key)
    equal((first.status, again.json()["id"]), (201, first.json()["id"]))
    w.put("there")
    other = w.api("both", "POST", "/api/properties", body, **key)
    equal((other.status, other.header("Idempotency-Replayed")), (201, None), other)
    w.put("here")


@case
def a_form_of_before_comes_back_as_it_was_typed(w):
    session = w.signed_in()
    page = session.get("/admin/properties/new")
    page = page if page.status == 200 else session.get("/admin/properties")
    w.put("there")
    reply = session.submit(page, {"name": "Typed <before>"}, follow=False)
    equal(reply.status, 401)
    assert "Typed" in reply.text, reply.text[-800:]
    back = session.submit(reply, {"email": ADA, "password": PASSWORD})
    assert back.status == 200 and "Typed &lt;before&gt;" in back.text, back
    equal(w.sql("SELECT COUNT(*) FROM properties WHERE name LIKE 'Typed%'"), [(0,)])
    w.put("here")


@case
def a_download_goes_on(w):
    made = w.ended(w.api("both", "POST", "/api/backups", {}).json())
    where, size = f"/api/backups/{made['backup_id']}", 64 << 20
    with open(w.storage / "backups" / made["backup_name"], "r+b") as f:
        f.truncate(size)  # more than fits into the buffers between
    w.sql("UPDATE backups SET size = ? WHERE id = ?", size, made["backup_id"])
    c = http.client.HTTPConnection("127.0.0.1", w.site.port, timeout=60)
    c.request("GET", where + "/download", headers={"Authorization": "Bearer " + w.tokens["both"]})
    r = c.getresponse()
    first = len(r.read(65536))
    w.put("there")
    equal((r.status, first + len(r.read())), (200, size))
    w.put("here")
    equal(w.api("both", "DELETE", where).status, 204)


@case
def an_import_under_way_goes_with_what_there_was(w):
    """The worker lives on, and does what is asked of it next."""
    data = meters.wide(w.folder / "big.csv", meters.mpans(40), meters.days(365)).read_bytes()
    worker = w.site.pids("worker")
    for name in ("there", "here"):
        job = w.upload("big.csv", data, background="1")
        for _ in range(400):
            if w.api("both", "GET", f"/api/import/jobs/{job['batch_id']}").json()["processed_rows"]:
                break
            time.sleep(0.02)
        w.put(name)
        equal(w.api("both", "GET", f"/api/import/jobs/{job['batch_id']}").status, 404)
        equal(w.sql("SELECT (SELECT COUNT(*) FROM days) + (SELECT COUNT(*) FROM jobs WHERE kind = 'import')"), [(0,)])
        equal(w.ended(w.upload("next.csv", SEED_HH.encode()))["status"], "completed")
        equal(w.sql("SELECT COUNT(*) FROM jobs WHERE status IN ('queued', 'processing')"), [(0,)])
    equal(w.site.pids("worker"), worker, "the worker")
    w.put("here")


@case
def a_job_that_replaces_everything_is_found_again(w):
    """Asked for on the page, by a session that ends with it; and by the API, whose token goes on."""
    kind, body = multipart({}, {"file": ("there.zip", (w.folder / "there.zip").read_bytes(), "application/zip")})
    kept = w.client("both").request("POST", "/api/backup-uploads", body, {"Content-Type": kind}).json()
    for _ in range(2):
        asked = w.api("both", "POST", f"/api/backups/{kept['id']}/restore", {"mode": "replace", "confirm": "replace"})
        equal(asked.status, 202, asked)
        done = w.ended(asked.json())
        equal((done["status"], done["mode"], done["user_email"]), ("completed", "replace", ADA))
        equal(w.names(w.api("both", "GET", "/api/properties")), ["there"])
    w.put("here")


@case
def a_backup_of_the_first_schema(w):
    path = ROOT / "tests/golden/backup/schema-1.zip"
    want = json.loads(path.with_suffix(".json").read_text())
    shutil.copy(path, w.folder / "first.zip")
    (w.folder / "first.zip").chmod(0o644)
    readers = [Reader(w, p, {"Authorization": "Bearer " + t}) for t in (want["token"], w.tokens["both"]) for p in
               ("/api/properties", "/api/meters", "/api/import/jobs")]
    time.sleep(0.3)
    w.put("first")
    time.sleep(0.3)
    w.put("here")
    time.sleep(0.3)
    counts = {}
    for r in readers:
        for _, _, status, _ in r.end():
            counts[status] = counts.get(status, 0) + 1
    print(f"replies: {counts}")
    equal(set(counts), {200, 401})


def main():
    server = sys.argv[1] if sys.argv[1:] and sys.argv[1] in SERVERS else "nginx"
    only = [a for a in sys.argv[1:] if a not in SERVERS]
    with tempfile.TemporaryDirectory(prefix="wattledger-takeover-") as folder:
        os.chmod(folder, 0o755)
        w = World(server, folder)
        try:
            good = run_cases(w, only=only)
            if not good:
                print(w.site.logs()[-3000:])
        finally:
            w.site.stop()
    sys.exit(0 if good else 1)


if __name__ == "__main__":
    main()
