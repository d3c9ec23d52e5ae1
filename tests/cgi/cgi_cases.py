#!/usr/bin/env python3
"""cgi_cases: the web program's own rules, one process a request.

What a server's behaviour could hide is here: the stub, sub-paths, HTTPS and its cookies, short bodies, wild addresses,
the order of multipart fields, JSON that is not. What a person does is in tests/server/http_cases.py.

    cgi_cases.py [case…]
"""
import csv as csv_module
import json
import os
import re
import sqlite3
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from urllib.parse import unquote

sys.path.insert(0, str(Path(__file__).resolve().parent))
from cgi import CONFIG, Client, Storage, parse  # noqa: E402
from cases import BUILD, case, equal, run_cases  # noqa: E402
from client import multipart  # noqa: E402

EMAIL, PASSWORD = "admin@example.org", "correct horse battery staple"
HH = "MPAN, Date, " + ", ".join(f"HH{i:02}" for i in range(1, 49)) + "\n" + \
     "1234567890123, 2025-11-07, " + ", ".join(f"{i / 10}" for i in range(1, 49)) + "\n"
FORM = "application/x-www-form-urlencoded"
CSP = ("default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; connect-src "
       "'self'; manifest-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'")
HEADERS = {"Content-Security-Policy": CSP, "X-Content-Type-Options": "nosniff", "X-Frame-Options": "DENY",
           "Referrer-Policy": "same-origin", "Cross-Origin-Opener-Policy": "same-origin",
           "Cross-Origin-Resource-Policy": "same-origin"}


class World:
    """One storage with an admin for all cases; those that need another make their own."""

    def __init__(self, storage):
        self.storage = storage
        self.admin = Client(storage)

    def stranger(self, **more):
        return Client(self.storage, **more)

    def setting(self, key, value):
        db = sqlite3.connect(self.storage.dir / "wattledger.db")
        with db:
            db.execute("INSERT OR REPLACE INTO settings (user_id, key, value) VALUES (0, ?, ?)", (key, str(value)))
        db.close()

    def uploads(self):
        return sorted(p.name for p in (self.storage.dir / "uploads").iterdir())


def admin_of(storage, **more):
    c = Client(storage, **more)
    token = (storage.dir / "setup-token.txt").read_text().strip()
    reply = c.setup(token, EMAIL, PASSWORD)
    assert reply.status == 200, reply
    return c


def problem(reply, status):
    equal((reply.status, reply.header("Content-Type")), (status, "application/problem+json"), str(reply))
    body = reply.json()
    equal(body["status"], status)
    assert body["type"] and body["title"] and body["detail"] and body["request_id"] == reply.header("X-Request-ID"), body
    return body


def csrf_of(c, page="/admin/imports"):
    return next(f.fields["csrf"] for f in c.get(page).forms() if "csrf" in f.fields)


def js(c, method, path, value=None, csrf=None, **headers):
    headers = {k.replace("_", "-"): v for k, v in headers.items()}
    if csrf:
        headers["X-CSRF-Token"] = csrf
    body = json.dumps(value).encode() if value is not None else b""
    return c.request(method, path, body, {"Content-Type": "application/json", **headers})


@case
def setup_first_then_never_again(w):
    token = (w.storage.dir / "setup-token.txt").read_text().strip()
    equal(w.stranger().get("/admin").header("Location"), "/setup")
    equal(w.stranger().get("/login").header("Location"), "/setup")
    reply = w.stranger().setup(token, EMAIL, "short")
    assert reply.status == 422 and f'value="{EMAIL}"' in reply.text and 'id="password-error"' in reply.text, reply
    assert "short" not in reply.text.split("<main")[1], "a password comes back"
    equal(w.admin.setup(token, EMAIL, PASSWORD).status, 200)
    equal(w.stranger().get("/setup").status, 404)
    w.setting("login_per_account", 100000)
    w.setting("login_per_address", 100000)


@case
def every_answer_carries_the_headers(w):
    for c in (w.admin, w.stranger()):
        for method, path in (("GET", "/"), ("GET", "/login"), ("GET", "/admin"), ("GET", "/nowhere"), ("TRACE", "/admin"),
                             ("GET", "/api/import/jobs"), ("GET", "/static/app.css"), ("GET", "/static/none"),
                             ("GET", "/%00"), ("GET", "/healthz"), ("POST", "/admin/imports"), ("PUT", "/login"),
                             ("GET", "/admin/meters/7"), ("GET", "/admin/imports/jobs?limit=x")):
            reply = c.request(method, path, b"")
            for name, want in HEADERS.items():
                equal(reply.header(name), want, f"{name} of {method} {path}")
            assert reply.header("Permissions-Policy") and reply.header("X-Request-ID"), path
            if not path.startswith("/static/app"):
                equal(reply.header("Cache-Control"), "no-store", path)
            equal(reply.header("Strict-Transport-Security"), None, path)


@case
def a_page_holds_no_inline_script_or_style(w):
    for path in ("/login", "/admin", "/admin/imports", "/admin/imports/jobs", "/admin/meters", "/nowhere"):
        text = (w.stranger() if path == "/login" else w.admin).get(path).text
        assert not re.search(r"<script(?![^>]*src=)|<style|\sstyle=|\son\w+=", text), path
        equal(len(re.findall(r"<h1[ >]", text)), 1, f"h1 of {path}")
        assert '<html lang="en">' in text and 'href="#main"' in text and "{{" not in text, path


@case
def request_ids(w):
    equal(w.admin.get("/admin", **{"X-Request-ID": "a.b-c_1"}).header("X-Request-ID"), "a.b-c_1")
    for bad in ("", "a b", "x" * 65, "a\tb", "é", "<b>"):
        got = w.admin.get("/admin", **{"X-Request-ID": bad}).header("X-Request-ID")
        assert got != bad and re.fullmatch(r"[0-9a-f]{32}", got), got


@case
def addresses(w):
    equal(w.admin.get("/admin/imports/jobs?status=").status, 200)
    equal(w.admin.get("http://localhost/admin").status, 200, "absolute form")
    for path, status in (("/%00", 400), ("/a%2fb", 404), ("/..", 400), ("/static/%2e%2e/x", 400), ("/%ff", 400), ("/%c0%af", 400),
                         ("/%zz", 400), ("/a%", 400), ("/" + "a" * 5000, 400), ("/a\\b", 400), ("/%5c", 400), ("/%0a", 400),
                         ("", 400), ("*", 400), ("/admin/", 404), ("//admin", 404), ("/?" + "a=1&" * 300, 400),
                         ("/admin?a=%ff", 400), ("/admin?a=%00", 400), ("/admin/meters/0x1", 404),
                         ("/admin/meters/99999999999999999999", 404)):
        equal(w.admin.get(path).status, status, path[:40])
    env = w.admin.variables("GET", "/healthz")
    del env["REQUEST_URI"]
    equal(parse(w.admin.raw(env)[1], "").status, 400, "without REQUEST_URI")


@case
def methods(w):
    for method, path, allow in (("TRACE", "/admin", "GET, HEAD"), ("OPTIONS", "/admin/imports", "GET, HEAD, POST"),
                                ("DELETE", "/login", "GET, HEAD, POST"), ("BREW", "/healthz", "GET, HEAD"),
                                ("get", "/healthz", "GET, HEAD")):
        reply = w.admin.request(method, path)
        equal((reply.status, reply.header("Allow")), (405, allow), f"{method} {path}")
    reply = w.admin.request("HEAD", "/admin")
    equal((reply.status, reply.body), (200, b""))
    assert int(reply.header("Content-Length")) > 1000


@case
def sign_in_leads_back_and_only_to_us(w):
    c = w.stranger()
    reply = c.get("/admin/imports/jobs?status=failed&limit=5")
    equal(reply.header("Location"), "/login?next=%2Fadmin%2Fimports%2Fjobs%3Fstatus%3Dfailed%26limit%3D5")
    page = c.get(reply.header("Location"))
    reply = c.submit(page, {"email": EMAIL, "password": PASSWORD}, follow=False)
    equal(reply.header("Location"), "/admin/imports/jobs?status=failed&limit=5")
    equal(w.stranger().get("/admin/meters?q=" + "%41" * 1300).header("Location"), "/login", "too long to lead back")
    for evil in ("//evil.example/", "https://evil.example/", "/\\evil.example", "javascript:alert(1)", "/a\r\nX: y", ""):
        c = w.stranger()
        reply = c.submit("/login", {"email": EMAIL, "password": PASSWORD, "next": evil}, follow=False)
        equal((reply.status, reply.header("Location")), (303, "/admin"), evil)
        equal(reply.header("X"), None)


@case
def a_delay_does_not_tell_who_exists(w):
    def account(email):
        subprocess.run([BUILD / "wattledger", "admin-create", "--email", email, "--password-stdin"], check=True,
                       env={**os.environ, "WATTLEDGER_STORAGE": str(w.storage.dir)},
                       input=b"a horse of another colour\n", capture_output=True)

    def answers(email, times):
        """What so many wrong passwords within one second of the clock are told; None when it took longer."""
        time.sleep(1.02 - time.time() % 1)
        second, got = int(time.time()), []
        for _ in range(times):
            c = w.stranger()
            c.get("/login")
            reply = c.submit("/login", {"email": email, "password": "wrong wrong wrong"})
            got.append((reply.status, reply.header("Retry-After"), re.findall(r'role="alert">([^<]*)', reply.text)))
        return got if int(time.time()) == second else None

    def told(kind, prepare):
        """Six attempts and, a second later, three more: delays are whole seconds, so each group has one for itself,
        and a machine too slow for that begins again with another address."""
        for n in range(20):
            email = f"{kind}{n}@example.org"
            prepare(email)
            groups = answers(email, 6), answers(email, 3)
            if None not in groups:
                return groups[0] + groups[1]
        raise AssertionError("no second was long enough")
    w.setting("login_per_account", 100000)
    w.setting("login_per_address", 100000)
    known = told("known", account)
    equal(told("nobody", lambda email: None), known, "what an unknown address is told")
    equal([a[0] for a in known], [401] * 5 + [429, 401, 429, 429])


@case
def csrf(w):
    c = w.admin
    page = c.get("/admin")
    token = next(f.fields["csrf"] for f in page.forms() if f.action == "/logout")

    def logout(body, **headers):
        return c.request("POST", "/logout", body.encode(), {"Content-Type": FORM, **headers})
    for body in ("", "csrf=", "csrf=" + "0" * 64, "csrf=" + token[:-1]):
        equal(logout(body).status, 403, body)
    for headers in ({"Origin": "https://evil.example"}, {"Origin": "null"}, {"Sec-Fetch-Site": "cross-site"},
                    {"Sec-Fetch-Site": "same-site"}):
        equal(logout("csrf=" + token, **headers).status, 403, headers)
    other = w.stranger()
    other.login(EMAIL, PASSWORD)
    equal(logout("csrf=" + csrf_of(other)).status, 403, "another session's")
    equal(c.get("/admin").status, 200, "still signed in")
    equal(logout("csrf=" + token, Origin="http://localhost", **{"Sec-Fetch-Site": "same-origin"}).status, 303)
    equal(c.get("/admin").status, 303, "signed out")
    equal(c.login(EMAIL, PASSWORD).status, 200)
    problem(js(c, "POST", "/api/import/uploads", {"filename": "a", "size": 1}), 403)


@case
def a_refused_form_keeps_what_was_typed(w):
    body = "csrf=old&email=a%40b.example&password=secret-secret&next=%2Fadmin%22%3E%3Cb%3E"
    reply = w.stranger().request("POST", "/login", body.encode(), {"Content-Type": FORM})
    equal(reply.status, 403)
    assert 'value="a@b.example"' in reply.text and "secret-secret" not in reply.text and "<b>" not in reply.text, reply.text
    reply = w.stranger().request("POST", "/login", body.encode(), {"Content-Type": FORM, "Origin": "https://evil.example"})
    assert reply.status == 403 and "a@b.example" not in reply.text, "typed by another site"
    reply = w.stranger().request("POST", "/admin/imports/status/x/cancel", b"csrf=1&note=mine", {"Content-Type": FORM})
    assert reply.status == 401 and 'name="carried" value="note=mine"' in reply.text, "signed out meanwhile"


@case
def https_cookies_and_headers(w):
    with Storage("") as s:
        plain = Client(s).get("/login")
        equal(plain.status, 403, "plain HTTP outside development")
        assert not any(k == "Set-Cookie" for k, _ in plain.headers)
        c = admin_of(s, https=True)
        assert all(n.startswith("__Host-") for n in c.cookies), c.cookies
        reply = c.get("/admin")
        assert reply.header("Strict-Transport-Security"), "HSTS"
        equal(Client(s).get("/healthz").status, 200, "health is asked for over plain HTTP")
        cookie = next(v for k, v in Client(s, https=True).get("/login").headers if k == "Set-Cookie")
        equal(cookie.split("; ")[1:], ["Path=/", "Secure", "HttpOnly", "SameSite=Lax"])
    with Storage("base_url = https://energy.example/energy\n") as s:
        c = Client(s, https=True)
        reply = c.get("/energy/admin")
        equal(reply.header("Location"), "/energy/setup")
        page = c.get("/energy/setup")
        assert 'action="/energy/setup"' in page.text and 'href="/energy/static/app.css?v=' in page.text, page.text
        assert all(n.startswith("__Secure-") for n in c.cookies), c.cookies
        assert "Path=/energy/" in next(v for k, v in page.headers if k == "Set-Cookie")
        plain = Client(s).get("/energy/admin?x=1")
        equal((plain.status, plain.header("Location")), (308, "https://energy.example/energy/admin?x=1"))
        env = {**Client(s).variables("GET", "/"), "REQUEST_URI": "http://evil.example/energy/admin?x=1"}
        plain = parse(w.admin.raw(env)[1], "")
        equal((plain.status, plain.header("Location")), (308, "https://energy.example/energy/admin?x=1"), "absolute form")


@case
def the_stub_and_what_is_none(w):
    with tempfile.TemporaryDirectory() as folder, Storage(ready=True) as other:
        stub = Path(folder, "wattledger.cgi")
        stub.write_text(f"#!{BUILD}/wattledger.cgi\nstorage: {other.dir}\n")
        trap = Path(folder, "trap")
        trap.write_text("storage: /nowhere\n")
        env = {**w.admin.variables("GET", "/healthz"), "SCRIPT_FILENAME": str(stub)}
        del env["WATTLEDGER_STORAGE"]
        log = other.dir / "logs/web.jsonl"
        equal(parse(w.admin.raw(env, argv=[stub])[1], "").status, 200, "the stub")
        size = log.stat().st_size
        reply = parse(w.admin.raw(env, argv=[trap])[1], "")
        equal(reply.status, 503, "a file that the server does not run")
        equal(parse(w.admin.raw(env, argv=["--storage", str(other.dir)])[1], "").status, 503, "an option")
        equal(parse(w.admin.raw(env)[1], "").status, 503, "nothing")
        equal(log.stat().st_size, size, "the other storage was not touched")
        for name, value in HEADERS.items():
            equal(reply.header(name), value, name)


@case
def a_storage_without_a_database_gets_one(w):
    with Storage(ready=False) as s:
        equal(Client(s).get("/static/app.css").status, 200)
        reply = Client(s).get("/admin")
        assert reply.status == 503 and "<h1" in reply.text and reply.header("Retry-After"), reply
        for _ in range(100):  # the worker that was woken makes it
            if Client(s).get("/healthz").status == 200:
                break
            time.sleep(0.05)
        equal(Client(s).get("/admin").header("Location"), "/setup")
        equal(admin_of(s).get("/admin").status, 200, "set up")


@case
def a_storage_that_cannot_be_opened_tells_only_the_log(w):
    with Storage(ready=False) as s:
        (s.dir / "wattledger.conf").write_text("mode = development\ncolour = red\n")
        env = Client(s).variables("GET", "/login")
        for bad in (env, {**env, "WATTLEDGER_STORAGE": str(s.dir / "nowhere")}, {**env, "WATTLEDGER_STORAGE": "/"}):
            code, out, err = w.admin.raw(bad)
            reply = parse(out, "/login")
            equal((code, reply.status), (0, 503), reply)
            assert "nowhere" not in reply.text and "colour" not in reply.text, reply.text
            assert b"nowhere" in err or b"line 2" in err or b" / " in err, err
        equal([p.name for p in s.dir.iterdir()], ["wattledger.conf"])


@case
def static_files(w):
    link = re.search(r'href="(/static/app.css\?v=([0-9a-f]{16}))"', w.stranger().get("/nowhere").text)
    reply = w.stranger().get(link[1])
    equal((reply.status, reply.header("Content-Type"), reply.header("Cache-Control")),
          (200, "text/css; charset=utf-8", "public, max-age=31536000, immutable"))
    equal(w.stranger().get("/static/app.css?v=old").header("Cache-Control"), "public, max-age=300")
    reply = w.stranger().get(link[1], **{"If-None-Match": f'"{link[2]}"'})
    equal((reply.status, reply.body), (304, b""))
    equal(w.stranger().get("/static/app.js").header("Content-Type"), "text/javascript; charset=utf-8")


def send(w, fields, files, c=None, **env):
    """A multipart form as it is given, the parts in this order."""
    c = c or w.admin
    boundary = "bound"
    out = b""
    for name, value in [*fields, *files]:
        name, filename = name if isinstance(name, tuple) else (name, None)
        file = f'; filename="{filename}"\r\nContent-Type: text/csv' if filename is not None else ""
        out += f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"{file}\r\n\r\n'.encode() + \
            (value if isinstance(value, bytes) else value.encode()) + b"\r\n"
    out += f"--{boundary}--\r\n".encode()
    return c.request("POST", env.pop("path", "/admin/imports"), env.pop("body", out),
                     {"Content-Type": f"multipart/form-data; boundary={boundary}", **env})


@case
def uploads_in_any_order(w):
    token, file = csrf_of(w.admin), (("file", "a.csv"), HH)
    for fields in ([("csrf", token), ("background", "1"), file], [file, ("background", "1"), ("csrf", token)],
                   [("background", "1"), file, ("type", "hh"), ("csrf", token), ("preset", ""), ("property", "")]):
        reply = send(w, fields, [])
        equal(reply.status, 303, fields[0][0])
        assert re.fullmatch(r"/admin/imports/status/[0-9a-f-]{36}", reply.header("Location")), reply
    w.storage.work()
    page = w.admin.get(reply.header("Location"))
    assert "Completed" in page.text, page


@case
def uploads_that_are_refused_leave_nothing(w):
    token, file = csrf_of(w.admin), (("file", "a.csv"), HH)
    before, jobs = w.uploads(), w.admin.jobs()["total"]
    tries = [
        (403, [("csrf", "0" * 64), file]), (403, [file]), (403, [file, ("csrf", "x")]),
        (422, [("csrf", token)]), (422, [("csrf", token), (("file", ""), "")]), (422, [("csrf", token), (("file", "a.csv"), "")]),
        (400, [("csrf", token), *[file] * 20]), (400, [("csrf", token), file, ("colour", "red"), file]),
        (422, [("csrf", token), (("file", "a.csv"), ""), (("file", "b.csv"), b"\x89PNG\r\n")]),
        (422, [("csrf", token), ("type", "xml"), file]), (422, [("csrf", token), file, ("dry_run", "perhaps")]),
        (422, [("csrf", token), ("preset", "mine"), file]), (422, [("csrf", token), file, ("property", "-1")]),
        (422, [("csrf", token), file, ("meter", "x")]), (422, [("csrf", token), file, ("on_conflict", "fight")]),
        (422, [("csrf", token), file, ("time_zone", "Mars/Base")]), (422, [("csrf", token), file, ("time_zone", "localtime")]),
        (400, [("csrf", token), ("type", "hh"), ("type", "daily"), file]), (404, [("csrf", token), file, ("property", "999")]), (400, [("csrf", token), ("type", "h" * 2000), file]),
        (400, [("csrf", token), *[("type", "hh")] * 30, file]), (422, [("csrf", token), (("file", "a.csv"), b"PK\x03\x04" + b"x" * 99)]),
    ]
    for status, fields in tries:
        reply = send(w, fields, [])
        equal(reply.status, status, f"{fields[1:]}"[:120])
        assert any(f.has("file") for f in reply.forms()), "the form"
        assert re.search(r'role="alert"[^>]*>[^<]', reply.text), f"no message for {fields[1:]}"[:120]
        equal((w.uploads(), w.admin.jobs()["total"]), (before, jobs), f"left behind by {fields[1:]}"[:120])


@case
def several_files_in_one_form(w):
    token, jobs = csrf_of(w.admin), w.admin.jobs()["total"]
    files = [(("file", name), HH.replace("2025-11-07", day)) for name, day in (("a.csv", "2023-01-01"), ("b.csv", "2023-01-02"))]
    reply = send(w, [("csrf", token), files[0], ("dry_run", "1"), files[1]], [])
    equal((reply.status, reply.header("Location")), (303, "/admin/imports/jobs"))
    both = w.admin.jobs()["items"][:2]
    equal({j["filename"] for j in both}, {"a.csv", "b.csv"})
    equal([j["dry_run"] for j in both], [True, True], "an option is said for all of them, wherever it stands")
    before = w.uploads()
    reply = send(w, [("csrf", token), files[0], (("file", "<i>.csv"), "no meter here"), files[1]], [])
    equal((reply.status, w.admin.jobs()["total"] - jobs, len(w.uploads()) - len(before)), (422, 4, 2))
    assert "2 of 3 files were taken" in reply.text and "&lt;i&gt;.csv" in reply.text, reply
    reply = send(w, [("background", "true"), files[0], (("file", "bad.csv"), ""), files[1]], [], path="/api/import/jobs",
                 **{"X-CSRF-Token": token})
    equal(reply.status, 202)
    equal([j["filename"] for j in reply.json()["items"]], ["a.csv", "b.csv"])
    equal([(f["filename"], f["detail"]) for f in reply.json()["refused"]], [("bad.csv", "The file is empty.")])
    reply = send(w, [files[0], files[1]], [], path="/api/import/jobs", **{"X-CSRF-Token": token})
    w.storage.work()
    assert all(j["status"] in ("completed", "queued", "processing") for j in reply.json()["items"]), reply
    page = send(w, [("csrf", token), (("file", "a.csv"), ""), (("file", "b.csv"), "")], [])
    assert "None of the 2 files was taken. a.csv: The file is empty." in page.text, page


@case
def kept_files_are_listed_and_removed(w):
    c, before = w.admin, w.uploads()
    batches = []
    for name in ("kept <1>.csv", "kept 2.csv"):
        kind, body = multipart({"csrf": csrf_of(c), "background": "1"}, {"file": (name, HH.encode(), "text/csv")})
        batches.append(c.request("POST", "/admin/imports", body, {"Content-Type": kind}).header("Location").rsplit("/", 1)[1])
    equal(len(w.uploads()), len(before) + 2)
    page = c.get("/admin/imports/files")
    assert page.status == 200 and "kept &lt;1&gt;.csv" in page.text and "for 90 days" in page.text, page

    def remove(batch):
        form = next(f for f in c.get("/admin/imports/files").forms() if f.action.endswith(f"{batch}/file/remove"))
        return c.request("POST", form.action, f"csrf={form.fields['csrf']}".encode(), {"Content-Type": FORM})

    def state(batch, status):
        db = sqlite3.connect(w.storage.dir / "wattledger.db", timeout=20)
        with db:
            db.execute("UPDATE jobs SET status = ? WHERE batch_id = ?", (status, batch))
        db.close()
    until = time.monotonic() + 20
    while any(c.get(f"/api/import/jobs/{b}").json()["status"] != "completed" for b in batches) and time.monotonic() < until:
        time.sleep(0.05)
    state(batches[0], "queued")
    reply = remove(batches[0])
    state(batches[0], "completed")
    assert reply.status == 409 and "needs its file still" in reply.text, reply
    equal(c.get(f"/api/import/jobs/{batches[0]}").json()["file_kept"], True)
    equal(remove(batches[0]).status, 303)
    equal(c.get(f"/api/import/jobs/{batches[0]}").json()["file_kept"], False)
    token = csrf_of(c)
    equal(js(c, "DELETE", f"/api/import/jobs/{batches[1]}/file", None, token).json()["file_kept"], False)
    problem(js(c, "DELETE", f"/api/import/jobs/{batches[1]}/file", None, token), 409)
    equal(w.uploads(), before, "what is left")
    assert "kept 2.csv" not in c.get("/admin/imports/files").text
    equal(w.stranger().get("/admin/imports/files").status, 303, "for a stranger")


@case
def a_client_that_left_is_no_upload(w):
    token = csrf_of(w.admin)
    kind, body = multipart({"csrf": token, "background": "1"}, {"file": ("a.csv", HH.encode() * 500, "text/csv")})
    before, jobs = w.uploads(), w.admin.jobs()["total"]
    for cut in (0, 10, 300, 70000, len(body) - 30, len(body) - 1):
        env = w.admin.variables("POST", "/admin/imports", body, {"Content-Type": kind})
        reply = parse(w.admin.raw(env, body[:cut])[1], "")
        assert 400 <= reply.status < 500, f"{cut} bytes: {reply.status}"
        equal((w.uploads(), w.admin.jobs()["total"]), (before, jobs), f"left behind by {cut} bytes")
    reply = w.admin.request("POST", "/admin/imports", body[:-40], {"Content-Type": kind}, chunked=True)
    assert 400 <= reply.status < 500, "chunked, cut off"
    equal((w.uploads(), w.admin.jobs()["total"]), (before, jobs))
    equal(w.admin.request("POST", "/admin/imports", body, {"Content-Type": kind}, chunked=True).status, 303, "chunked, whole")


@case
def too_large_is_said_before_reading(w):
    env = w.admin.variables("POST", "/admin/imports", b"", {"Content-Type": "multipart/form-data; boundary=x",
                                                            "Content-Length": str(600 << 20)})
    reply = parse(w.admin.raw(env)[1], "")
    assert reply.status == 413 and "512 MiB" in reply.text, reply
    env = w.admin.variables("POST", "/login", b"", {"Content-Type": FORM, "Content-Length": str(2 << 20)})
    equal(parse(w.stranger().raw(env)[1], "").status, 413, "a form")


@case
def a_form_of_another_kind(w):
    equal(w.stranger().request("POST", "/login", b"{}", {"Content-Type": "application/json"}).status, 415)
    equal(w.stranger().request("POST", "/login", b"a=%zz", {"Content-Type": FORM}).status, 400)
    equal(w.stranger().request("POST", "/login", b"&".join(b"a=1" for _ in range(300)), {"Content-Type": FORM}).status, 400)


@case
def resumable(w):
    c, token = w.admin, csrf_of(w.admin)
    before = w.uploads()
    data = HH.encode() * 40
    begun = js(c, "POST", "/api/import/uploads", {"filename": "ü.csv", "size": len(data)}, token)
    equal(begun.status, 201, begun)
    where = begun.header("Location")
    equal(where, "/api/import/uploads/" + begun.json()["id"])
    equal(begun.json()["offset"], 0)

    def put(offset, piece, length=None):
        env = c.variables("PUT", f"{where}?offset={offset}", piece, {"X-CSRF-Token": token})
        env["CONTENT_LENGTH"] = str(length if length is not None else len(piece))
        return parse(c.raw(env, piece)[1], where)
    equal(put(0, data[:1000]).json()["offset"], 1000)
    reply = put(0, data[:1000])
    equal((reply.status, reply.json()["offset"]), (409, 1000), "the same chunk again")
    equal(put(1000, data[1000:1500], 9000).status, 400, "a chunk that was cut off")
    equal(c.get(where).json()["offset"], 1500, "is kept as far as it came")
    equal(put(1500, data[1500:] + b"more").status, 413, "more than was announced")
    offset = c.get(where).json()["offset"]
    env = c.variables("PUT", f"{where}?offset={offset}", None, {"X-CSRF-Token": token})
    equal(parse(c.raw(env)[1], "").status, 411, "without a length")
    problem(js(c, "POST", where + "/finish", {}, token), 409)
    problem(js(c, "POST", where + "/finish", {"type": 1.5}, token), 400)
    problem(js(c, "POST", where + "/finish", {"type": "xml"}, token), 422)
    equal(put(offset, data[offset:]).json()["offset"], len(data))
    for options in ({"time_zone": "Mars/Base"}, {"on_conflict": "fight"}, {"property": 999}, {"type": "xml"}):
        assert js(c, "POST", where + "/finish", options, token).status in (404, 422), options
        equal(c.get(where).json()["offset"], len(data), f"lost by {options}")
    problem(c.request("PUT", where + "?offset=0", b"x", {}), 403)
    done = js(c, "POST", where + "/finish", {"background": True}, token)
    equal((done.status, done.json()["filename"]), (202, "ü.csv"), done)
    equal(done.header("Location"), "/api/import/jobs/" + done.json()["batch_id"])
    problem(c.get(where), 404)
    for body in ({}, {"filename": "a"}, {"size": 5}, {"filename": "a", "size": "5"}, {"filename": "a", "size": 5, "x": 1},
                 {"filename": "a", "size": -1}, {"filename": "a", "size": 1 << 50}, [1]):
        assert js(c, "POST", "/api/import/uploads", body, token).status in (400, 413, 422), body
    reply = c.request("POST", "/api/import/uploads", b'{"filename":"a"', {"Content-Type": "application/json", "X-CSRF-Token": token})
    problem(reply, 400)
    dropped = js(c, "POST", "/api/import/uploads", {"filename": "b", "size": 5}, token).header("Location")
    equal(c.request("DELETE", dropped, None, {"X-CSRF-Token": token}).status, 204)
    problem(c.get(dropped), 404)
    equal(len(w.uploads()), len(before) + 1)


@case
def two_requests_never_write_one_upload(w):
    """One that is still sending holds the upload; another of the same offset is refused and nothing is mixed."""
    c, token = w.admin, csrf_of(w.admin)
    data = HH.encode() * 40
    where = js(c, "POST", "/api/import/uploads", {"filename": "two.csv", "size": len(data)}, token).header("Location")
    half, other = data[:4000], b"x" * 4000
    env = c.variables("PUT", f"{where}?offset=0", half, {"X-CSRF-Token": token})
    slow = subprocess.Popen([BUILD / "wattledger.cgi"], env=env, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    slow.stdin.write(half[:2000])
    slow.stdin.flush()
    time.sleep(0.3)
    body = problem(c.request("PUT", f"{where}?offset=0", other, {"X-CSRF-Token": token}), 409)
    assert "Another request" in body["detail"], body
    problem(js(c, "POST", where + "/finish", {}, token), 409)
    problem(c.request("DELETE", where, None, {"X-CSRF-Token": token}), 409)
    equal(c.get(where).status, 200, "asking is free")
    equal(parse(slow.communicate(half[2000:], timeout=20)[0], where).json()["offset"], 4000)
    body = problem(c.request("PUT", f"{where}?offset=0", other, {"X-CSRF-Token": token}), 409)
    equal((body["offset"], body["size"]), (4000, len(data)))
    equal(c.request("PUT", f"{where}?offset=4000", data[4000:], {"X-CSRF-Token": token}).json()["offset"], len(data))
    name = where.rsplit("/", 1)[1]
    equal((w.storage.dir / f"uploads/{name}.part").read_bytes(), data, "what was stored")
    equal(c.request("DELETE", where, None, {"X-CSRF-Token": token}).status, 204)


@case
def the_list_as_json(w):
    w.storage.work()
    first = w.admin.get("/api/import/jobs?limit=2")
    body = first.json()
    equal((len(body["items"]), body["limit"], body["offset"]), (2, 2, 0))
    assert body["total"] > 3, body
    equal(first.header("Link"), '</api/import/jobs?limit=2&offset=2>; rel="next"')
    second = w.admin.get("/api/import/jobs?limit=2&offset=2&status=completed")
    assert 'rel="prev"' in second.header("Link") and "status=completed" in second.header("Link"), second.headers
    job = body["items"][0]
    equal(list(job)[:16], ["id", "batch_id", "filename", "import_type", "status", "dry_run", "total_rows", "processed_rows",
                           "imported_rows", "failed_rows", "progress_percent", "queued_at", "started_at", "completed_at",
                           "user_name", "user_email"], "the source's fields, in its order")
    assert re.fullmatch(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d", job["queued_at"]), job
    empty = w.admin.jobs("?status=failed&limit=7")
    assert isinstance(empty["items"], list) and empty["limit"] == 7, empty
    for query in ("limit=0", "limit=101", "limit=x", "offset=-1", "status=no"):
        got = problem(w.admin.get("/api/import/jobs?" + query), 422)
        equal(got["errors"][0]["field"], query.split("=")[0])
    problem(w.admin.get("/api/import/jobs?colour=red"), 400)
    problem(w.admin.get("/api/import/jobs/none"), 404)


@case
def a_meter_and_its_days(w):
    link = re.search(r'href="(/admin/meters/\d+)"', w.admin.get("/admin/meters?q=12345678").text)[1]
    page = w.admin.get(link).text
    assert "<svg" in page and "4.8" in page and "47:30" not in page and "23:30" in page, page
    equal(page.count("<tr><td><time"), 48, "readings of the day")
    assert "No meter has" in w.admin.get("/admin/meters?q=%3Cb%3E").text
    for query, status in (("from=2025-11-07&to=2025-11-07", 200), ("from=2025-11-01&to=2025-11-08", 200), ("from=x", 422),
                          ("from=2025-11-08&to=2025-11-07", 422), ("from=1999-01-01&to=2025-11-07", 422),
                          ("series=999", 404), ("from=2020-01-01&to=2020-01-02", 200), ("from=9999-12-31", 200)):
        equal(w.admin.get(f"{link}?{query}").status, status, query)


@case
def readings_too_large_to_add_up(w):
    row = HH.splitlines()[0] + "\n2000000000220, 2025-11-07, " + ", ".join(["9223372036854.775807"] * 48) + "\n"
    send(w, [("csrf", csrf_of(w.admin)), ("background", "1")], [(("file", "large.csv"), row)])
    w.storage.work()
    link = re.search(r'href="(/admin/meters/\d+)"', w.admin.get("/admin/meters?q=2000000000220").text)[1]
    page = w.admin.get(link).text
    equal((page.count("9223372036854.775807</td>"), page.count("too large"), len(re.findall(r">-\d", page))), (48, 2, 0))


@case
def a_meter_with_registers_alone(w):
    text = "Meter,Read Date,Meter Reading,Type\n" + "".join(f"REG-1,2025-{m:02}-13 08:15,{1000 + m},A\n" for m in range(6, 12))
    send(w, [("csrf", csrf_of(w.admin)), ("background", "1")], [(("file", "registers.csv"), text)])
    w.storage.work()
    link = re.search(r'href="(/admin/meters/\d+)"', w.admin.get("/admin/meters?q=REG-1").text)[1]
    page = w.admin.get(link).text
    row = re.search(r"<tr><td>import</td>.*", page)[0]
    for word in (">6<", "2025-11-13T08:15:00Z", "2025-11-13 08:15", ">1011<", "kWh", "actual"):
        assert word in row, row
    assert "no readings yet" not in page, page


@case
def rejected_days_of_nem12_keep_their_records(w):
    def day(date, *values):
        return ",".join(["300", date, *values])
    whole = ["1.5"] * 48 + ["V", "", "", "20251108000000", ""]
    text = "\n".join(["100,NEM12,202511071030,MDA1,Ret1", "200,NEMMENDED1,E1,1,E1,,METSER1,kWh,30,", day("20251105", *whole),
                      "400,1,48,E64,77,", day("20251106", "x", *whole[1:]), "400,1,2,E64,77,", "400,3,48,A,,",
                      day("20251107", *whole[:20]), "900", ""])

    def load(text):
        reply = send(w, [("csrf", csrf_of(w.admin)), ("background", "1")], [(("file", "nem12.csv"), text)])
        w.storage.work()
        job = reply.header("Location").replace("/admin/imports/status/", "/api/import/jobs/")
        counts = w.admin.get(job).json()
        return (counts["imported_rows"], counts["failed_rows"]), w.admin.get(job + "/errors.csv").text
    counts, errors = load(text)
    equal(counts, (1, 2), "imported and failed at first")
    equal((errors.count("200,NEMMENDED1"), errors.count("400,"), errors.count("400,1,48")), (2, 2, 0), errors)
    equal(load(errors)[0], (0, 2), "not mended")
    mended = errors.replace(",x,", ",2,")
    assert mended != errors, errors
    counts, errors = load(mended)
    equal(counts, (1, 1), "one mended")
    cut = day("20251107", *whole[:20])
    assert cut in errors, errors
    equal(load(errors.replace(cut, day("20251107", *whole[:48], "A", "", "", "20251108000000", "")))[0], (1, 0), "both mended")


@case
def warnings_are_on_the_page(w):
    text = "MPAN, Date, Reading\n1234567890123, 2025-11-01, 1\n1234567890123, 2025-11-02, 2\n"
    reply = send(w, [("csrf", csrf_of(w.admin)), ("background", "1")], [(("file", "warned.csv"), text)])
    w.storage.work()
    page = w.admin.get(reply.header("Location")).text
    assert "Line 2: The check digit of the MPAN 1234567890123 is not right" in page and "(2 times)" in page, page[:3000]


@case
def long_and_short_days(w):
    def day(mpan, date, n):
        return f"{mpan},{date}," + ",".join(["1"] * n) + "\n"
    head = "MPAN,Date," + ",".join(f"HH{i:02}" for i in range(1, 51)) + "\n"
    text = head + day("2000000000006", "2025-10-26", 50) + day("2000000000006", "2025-03-30", 46)
    reply = send(w, [("csrf", csrf_of(w.admin)), ("background", "1")], [(("file", "dst.csv"), text)])
    w.storage.work()
    equal(w.admin.get(reply.header("Location").replace("/admin/imports/status/", "/api/import/jobs/")).json()["imported_rows"], 2)
    link = re.search(r'href="(/admin/meters/\d+)"', w.admin.get("/admin/meters?q=2000000000006").text)[1]
    long_day = w.admin.get(link + "?from=2025-10-26&to=2025-10-26").text
    equal(long_day.count("<tr><td><time"), 50)
    assert ">01:00 +01:00<" in long_day and ">01:00 +00:00<" in long_day, "the hour that comes twice"
    short_day = w.admin.get(link + "?from=2025-03-30&to=2025-03-30").text
    equal(short_day.count("<tr><td><time"), 46)
    assert ">01:00<" not in short_day and ">02:00<" in short_day, "the hour that does not exist"


def errors_of(w, name, text):
    """Uploads and imports a file; its job's errors.csv."""
    reply = send(w, [("csrf", csrf_of(w.admin)), ("background", "1")], [(("file", name), text)])
    w.storage.work()
    return reply.header("Location"), w.admin.get(reply.header("Location") + "/errors.csv")


@case
def rejected_rows_keep_their_columns(w):
    """A row that was cut off gets its missing cells, so that what we add is never taken for a reading."""
    for mark, quote in ((",", ""), (";", ""), (",", '"')):
        head = mark.join(["MPAN", "Date"] + [f"HH{i:02}" for i in range(1, 49)])
        short = mark.join(f"{quote}{c}{quote}" for c in ("2000000000113", "2025-01-01", "2", "x"))
        long = mark.join(["2000000000113", "31/02/2025"] + ["1"] * 48)
        _, reply = errors_of(w, "short.csv", head + "\n" + short + "\n" + long + "\n")
        rows = list(csv_module.reader(reply.text.splitlines(), delimiter=mark))
        equal([len(r) for r in rows], [54] * 3, reply.text)
        equal([r[50:53:2] for r in rows[1:]], [["2", "SHORT_ROW"], ["3", "NO_SUCH_DATE"]])
        assert reply.text.splitlines()[1].startswith(short), "its own bytes come first"


@case
def many_long_errors_are_all_there_or_the_answer_is_a_failure(w):
    where, reply = errors_of(w, "bad.csv", HH + HH.splitlines()[1].replace("2025-11-07", "2025-02-31") + "\n")
    equal(reply.text.count("\r\n"), 2)
    db = sqlite3.connect(w.storage.dir / "wattledger.db")
    with db:
        db.execute("INSERT INTO job_errors (job_id, severity, row, col, code, subject, message, line, times) WITH RECURSIVE "
                   "n(i) AS (SELECT 10 UNION ALL SELECT i + 1 FROM n WHERE i < 1000) SELECT (SELECT MAX(job_id) FROM job_errors), "
                   "'error', i, '', 'BAD_DATE', i, 'no', CAST(printf('%060000d', 7) AS BLOB), 1 FROM n")
    db.close()
    reply = w.admin.get(where + "/errors.csv")
    equal((reply.text.count("\r\n"), reply.header("Content-Length")), (2 + 991, str(len(reply.body))))
    path = w.storage.dir / "wattledger.db"
    whole = path.read_bytes()
    with open(path, "r+b") as f:
        f.seek(len(whole) // 2 // 4096 * 4096)
        f.write(b"\xff" * 300000)
    try:
        equal(w.admin.get(where + "/errors.csv").status, 500, "what cannot be read to its end")
    finally:
        path.write_bytes(whole)
        db = sqlite3.connect(path)
        with db:
            db.execute("DELETE FROM job_errors WHERE message = 'no'")
        db.close()


@case
def names_of_files_are_cut_and_cleaned(w):
    bad = HH + HH.splitlines()[1].replace("2025-11-07", "2025-02-31") + "\n"
    for name in ("ü" * 300 + ".csv", "a\tb\x1b[31m\x7f\x85.csv", "日" * 200):
        where, reply = errors_of(w, name, bad)
        shown = w.admin.get(where.replace("/admin/imports/status/", "/api/import/jobs/")).json()["filename"]
        assert len(shown.encode()) <= 255 and shown.isprintable(), shown
        sent = reply.header("Content-Disposition").split("''")[1]
        equal(unquote(sent, errors="strict"), shown + ".errors.csv")


@case
def the_status_page_renews_itself(w):
    reply = send(w, [("csrf", csrf_of(w.admin)), ("background", "1"), ("dry_run", "on")], [(("file", "<b>&.csv"), HH)])
    where = reply.header("Location")
    page = w.admin.get(where)
    job = w.admin.get(where.replace("/admin/imports/status/", "/api/import/jobs/")).json()
    if job["status"] == "queued":
        equal(page.header("Refresh"), "5")
        w.admin.cookies["wattledger-js"] = "1"
        equal(w.admin.get(where).header("Refresh"), None, "the script does it")
        del w.admin.cookies["wattledger-js"]
    assert "<b>&" not in page.text and "http-equiv" not in page.text
    w.storage.work()
    page = w.admin.get(where)
    equal(page.header("Refresh"), None, "done")
    assert "nothing was stored" in page.text, "dry run"


@case
def the_log_has_a_line_a_request(w):
    w.admin.get("/admin/meters?q=secret", **{"X-Request-ID": "find-me"})
    line = next(json.loads(l) for l in reversed((w.storage.dir / "logs/web.jsonl").read_text().splitlines()) if "find-me" in l)
    equal((line["event"], line["method"], line["path"], line["status"], line["request"]),
          ("request", "GET", "/admin/meters", 200, "find-me"))
    assert line["user"] > 0 and "ms" in line


def main():
    with Storage(CONFIG) as storage:
        sys.exit(0 if run_cases(World(storage), only=sys.argv[1:]) else 1)


if __name__ == "__main__":
    main()
