#!/usr/bin/env python3
"""schedule_cases: files that are fetched at set times: once, by the rules for requests to the outside, or not at all."""
import json
import os
import random
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from urllib.parse import urlencode

from cases import BUILD, ROOT, case, equal, run_cases
from https import Https, certificates
from queued import EMAIL, PASSWORD, queue
from seeds import SEED_HH

sys.path.insert(1, str(ROOT / "tests/cgi"))
from cgi import Client  # noqa: E402

GOOD = SEED_HH.encode()


def good(request):
    if request.headers.get("If-None-Match") == '"one"':
        return 304, {"ETag": '"one"'}, b""
    return 200, {"ETag": '"one"', "Last-Modified": "Fri, 07 Nov 2025 10:30:00 GMT"}, GOOD


def endless(_):
    return 200, {}, iter(lambda: b"x" * 65536, None)


def slow(_):
    def pieces():
        while True:
            time.sleep(0.1)
            yield b"x"
    return 200, {}, pieces()


class World:
    def __init__(self):
        self.top = tempfile.TemporaryDirectory(prefix="wattledger-schedule-")
        certificates(self.top.name)
        self.web = Https(self.top.name)
        self.web.paths.update({
            "/good.csv": good, "/endless.csv": endless, "/slow.csv": slow,
            "/large.csv": lambda r: (200, {"Content-Length": str(2 << 20)}, b"x"),
            "/cut.csv": lambda r: (200, {"Content-Length": "5000"}, GOOD[:100]),
            "/prose.csv": lambda r: (200, {"ETag": '"prose"'}, b"Dear Sir,\nno readings today.\n"),
            "/empty.csv": lambda r: (200, {}, b""),
            "/moved.csv": lambda r: (302, {"Location": "/good.csv"}, b"over there"),
            "/broken.csv": lambda r: (500, {}, b"MPAN,Date"),
            "/locked.csv": lambda r: (403, {}, b"secret words"),
        })
        self.base = Path(self.top.name, "base")
        queue(BUILD, self.base, [])
        self.cases = 0

    def fresh(self, base=None, private=1):
        """A copy of a storage folder whose fetches may reach our server, unless told otherwise."""
        self.cases += 1
        self.dir = self.storage = Path(self.top.name, f"storage-{self.cases}")
        shutil.copytree(base or self.base, self.storage)
        self.web.asked.clear()
        if not base:
            self.must("settings-set", "fetch_ca_file", str(Path(self.top.name, "ca.pem")))
            self.must("settings-set", "fetch_allow_private", str(private))

    def env(self, **more):
        return {**os.environ, "WATTLEDGER_STORAGE": str(self.storage), **more}

    def cli(self, *args, **env):
        return subprocess.run([BUILD / "wattledger", *args], capture_output=True, text=True, env=self.env(**env), timeout=60)

    def must(self, *args):
        p = self.cli(*args)
        equal(p.returncode, 0, f"{args[0]}: {p.stderr}")
        return p.stdout

    def add(self, path, cron="0 0 1 1 *", *options, host="localhost"):
        return json.loads(self.must("schedule-add", "--json", "--address", self.web.url(path, host), "--cron", cron, *options))

    def schedules(self):
        return json.loads(self.must("schedule-list", "--json"))

    def sql(self, text, *args):
        db = sqlite3.connect(self.storage / "wattledger.db", timeout=20)
        try:
            with db:
                return db.execute(text, args).fetchall()
        finally:
            db.close()

    def due(self):
        """All of them, for ten days."""
        self.sql("UPDATE schedules SET next_run_at = ?", int(time.time()) - 864000)

    def worker(self, **env):
        p = subprocess.run([BUILD / "wattledger-worker", "--once"], env=self.env(**env), capture_output=True, timeout=60)
        if not env:
            equal(p.returncode, 0, f"worker's exit ({p.stderr[-300:]})")

    def run_due(self):
        self.due()
        self.worker()
        return self.schedules()[0]

    def jobs(self, columns="filename, status, origin, user_id"):
        return self.sql(f"SELECT {columns} FROM jobs ORDER BY id")

    def uploads(self):
        return sorted(p.name for p in (self.storage / "uploads").iterdir())


@case
def what_is_due_is_fetched_once(w):
    w.fresh()
    s = w.add("/good.csv?token=1", "*/5 * * * *", "--on-conflict", "replace", "--user", EMAIL)
    w.worker()
    equal((w.web.asked, w.jobs()), ([], []), "not due yet")
    s = w.run_due()
    equal(w.jobs(), [("good.csv", "completed", f"schedule {s['id']}", 1)])
    equal(w.jobs("imported_rows, on_conflict"), [(1, "replace")])
    equal(s["last_batch"], w.jobs("batch_id")[0][0])
    equal(s["last_outcome"], f"Fetched {len(GOOD)} bytes; their import was queued.")
    assert s["next_run_at"] > s["last_run_at"], s
    w.worker()
    equal([p for p, _ in w.web.asked], ["/good.csv?token=1"], "once for all the times that were missed")


@case
def what_a_restore_has_replaced_meanwhile_is_nobody_s(w):
    """The number of the schedule is another schedule's now."""
    w.fresh()
    kept = str(Path(w.top.name, "kept.zip"))
    w.add("/good.csv")
    w.must("backup-create", "--to", kept)
    w.sql("UPDATE schedules SET address = ?", w.web.url("/during.csv"))

    def during(_):
        w.must("backup-restore", "--from", kept, "--mode", "replace", "--yes")
        return 200, {}, GOOD
    w.web.paths["/during.csv"] = during
    s = w.run_due()
    equal((w.web.asked[0][0], s["address"], s["last_outcome"]), ("/during.csv", w.web.url("/good.csv"), None))
    equal((w.jobs(), w.uploads()), ([], []))


@case
def what_has_not_changed_is_no_job(w):
    w.fresh()
    w.add("/good.csv")
    w.run_due()
    s = w.run_due()
    equal(len(w.jobs()), 1)
    equal(s["last_outcome"], "It has not changed since it was imported last.")
    sent = w.web.asked[1][1]
    equal((sent["if-none-match"], sent["if-modified-since"]), ('"one"', "Fri, 07 Nov 2025 10:30:00 GMT"))
    out = w.must("schedule-run", str(s["id"]))
    assert "import was queued" in out, out
    assert "if-none-match" not in w.web.asked[2][1], "asked for by hand, it is fetched in any case"
    equal(len(w.uploads()), 2)


@case
def its_sessions_go_to_the_car_that_it_names(w):
    w.fresh()
    w.web.paths["/sessions.csv"] = lambda r: (200, {}, b"date,odometer,charge_type,charge_delivered_kwh\n2025-01-02,100,AC,7.5\n")
    w.sql("INSERT INTO cars (user_id, name, name_key, created_at) VALUES (1, 'Zoe', 'zoe', 1), (1, 'Leaf', 'leaf', 1)")
    equal(w.add("/sessions.csv", "0 0 1 1 *", "--car", "Leaf", "--type", "sessions")["car"], "Leaf")
    s = w.run_due()
    assert "queued" in s["last_outcome"], s
    equal(w.sql("SELECT c.name FROM charging_sessions s JOIN cars c ON c.id = s.car_id"), [("Leaf",)], w.jobs("status, error_message"))


@case
def failures_are_told_in_a_sentence(w):
    w.fresh()
    w.must("settings-set", "upload_max_mib", "1")
    w.must("settings-set", "fetch_max_seconds", "2")
    for path, words in (("/moved.csv", "sends us to another address (302)"), ("/none.csv", "404: it has no such file"),
                        ("/broken.csv", "status 500"), ("/locked.csv", "403: it does not let us"), ("/prose.csv", "meter"),
                        ("/empty.csv", "The file is empty."), ("/large.csv", "larger than the limit of 1 MiB"),
                        ("/endless.csv", "larger than the limit of 1 MiB"), ("/cut.csv", "could not be fetched"),
                        ("/slow.csv", "could not be fetched: Operation timed out")):
        w.sql("DELETE FROM schedules")
        w.add(path)
        s = w.run_due()
        assert words in s["last_outcome"] and "secret" not in s["last_outcome"], (path, s["last_outcome"])
        assert s["next_run_at"], s
        equal((w.jobs(), w.uploads()), ([], []), path)
    equal([p for p, _ in w.web.asked].count("/good.csv"), 0, "no redirect is followed")
    w.sql("DELETE FROM schedules")
    s = w.add("/prose.csv")
    w.run_due()
    w.run_due()
    assert "if-none-match" not in w.web.asked[-1][1], "what was refused is not taken for known"
    p = w.cli("schedule-run", str(s["id"]))
    equal(p.returncode, 1)
    assert p.stderr and "queued" not in p.stdout, p
    p = w.cli("schedule-run", "77")
    assert p.returncode == 1 and "no schedule 77" in p.stderr, p


@case
def private_addresses_are_refused_as_the_socket_is_opened(w):
    w.fresh(private=0)
    for host in ("localhost", "127.0.0.1", "[::1]", "[::ffff:127.0.0.1]", "0.0.0.0", "2130706433", "10.255.255.1", "169.254.169.254"):
        w.sql("DELETE FROM schedules")
        w.add("/good.csv", host=host)
        start = time.monotonic()
        s = w.run_due()
        assert "private network" in s["last_outcome"], (host, s["last_outcome"])
        assert time.monotonic() - start < 3, host
    equal((w.web.asked, w.jobs()), ([], []))


@case
def the_owner_s_authorization_goes_to_the_hosts_they_name(w):
    w.fresh()
    seal = lambda text, user=EMAIL: subprocess.run([BUILD / "wattledger", "settings-set", "fetch_authorization", "-", "--user", user],
                                                   input=text + "\n", text=True, env=w.env(), check=True)
    w.add("/good.csv", "0 0 1 1 *", "--user", EMAIL)
    w.run_due()
    assert "authorization" not in w.web.asked[0][1]
    seal("Bearer s3cret-for-us")
    equal(w.run_due()["last_outcome"], "It has not changed since it was imported last.")
    equal(w.web.asked[1][1]["authorization"], "Bearer s3cret-for-us")
    w.must("settings-set", "fetch_authorization_hosts", "data.example.org other.example.org", "--user", EMAIL)
    w.run_due()
    assert "authorization" not in w.web.asked[2][1], "not one of the hosts"
    w.must("settings-set", "fetch_authorization_hosts", "data.example.org LOCALHOST", "--user", EMAIL)
    w.run_due()
    equal(w.web.asked[3][1]["authorization"], "Bearer s3cret-for-us")
    w.sql("UPDATE schedules SET address = ?", w.web.url("/moved.csv", "localhost"))
    w.run_due()
    equal([p for p, _ in w.web.asked[4:]], ["/moved.csv"], "it does not go along to another address")
    for file in w.storage.rglob("*"):
        assert not file.is_file() or b"s3cret" not in file.read_bytes(), file


@case
def a_sealed_row_that_was_moved_or_altered_does_not_open(w):
    w.fresh()
    w.must("settings-set", "petrol_mpg", "50", "--user", EMAIL)
    other = "INSERT INTO users (email, name, role, password_hash, created_at) VALUES ('eve@example.org', 'Eve', 'editor', 'x', 1)"
    w.sql(other)
    subprocess.run([BUILD / "wattledger", "settings-set", "fetch_authorization", "-", "--user", "eve@example.org"], input="Bearer of-eve\n",
                   text=True, env=w.env(), check=True)
    w.add("/good.csv", "0 0 1 1 *", "--user", EMAIL)
    w.sql("INSERT INTO settings (user_id, key, value) SELECT 1, key, value FROM settings WHERE key = 'fetch_authorization'")
    s = w.run_due()
    assert "cannot be opened: its row in the database was altered, or belongs somewhere else" in s["last_outcome"], s
    sealed = lambda: w.sql("SELECT value FROM settings WHERE key = 'fetch_authorization' AND user_id = 1")[0][0]
    put = lambda text: w.sql("UPDATE settings SET value = ? WHERE key = 'fetch_authorization' AND user_id = 1", text)
    subprocess.run([BUILD / "wattledger", "settings-set", "fetch_authorization", "-", "--user", EMAIL], input="Bearer mine\n", text=True,
                   env=w.env(), check=True)
    good = sealed()
    for bad in (good[:-1] + ("0" if good[-1] != "0" else "1"), good[:20], good + "00", "", "x", good.split(":")[1], good.replace(":", ":z")):
        put(bad)
        s = w.run_due()
        assert "cannot be opened" in s["last_outcome"], (bad, s)
    put("00000000" + good[8:])
    assert "the key 00000000, which keys/sealed.key" in w.run_due()["last_outcome"]
    equal(w.web.asked, [], "nothing is fetched without it")
    put(good)
    w.run_due()
    equal(w.web.asked[-1][1]["authorization"], "Bearer mine")
    key = w.storage / "keys/sealed.key"
    old = key.read_text()
    key.unlink()
    p = subprocess.run([BUILD / "wattledger", "settings-set", "fetch_authorization", "-", "--user", EMAIL], input="Bearer new\n", text=True,
                       capture_output=True, env=w.env())
    assert p.returncode == 1 and "wattledger init makes it" in p.stderr, p
    w.must("init")
    assert "sealed with the key" in w.run_due()["last_outcome"]
    key.unlink()
    key.write_text(old + "11111111 " + "ab" * 32 + "\n")
    w.run_due()
    equal(w.web.asked[-1][1]["authorization"], "Bearer mine", "a key that was kept opens, the last one closes")
    subprocess.run([BUILD / "wattledger", "settings-set", "fetch_authorization", "-", "--user", EMAIL], input="Bearer next\n", text=True,
                   env=w.env(), check=True)
    assert sealed().startswith("11111111:"), sealed()
    # a new key: all or nothing, and older keys stay
    w.sql("INSERT INTO settings (user_id, key, value) VALUES (3, 'fetch_authorization', ?)", sealed())
    p = w.cli("settings-rekey")
    assert p.returncode == 1 and "Authorization of fetches of user 3 cannot be opened" in p.stderr, p
    w.sql("DELETE FROM settings WHERE user_id = 3")
    equal(w.must("settings-rekey"), "Sealed anew: 2.\n")
    assert not sealed().startswith("11111111:") and oct(key.stat().st_mode & 0o777) == "0o400"
    w.run_due()
    equal(w.web.asked[-1][1]["authorization"], "Bearer next")


@case
def certificates_count_and_proxies_do_not(w):
    w.fresh()
    w.add("/good.csv")
    w.must("settings-set", "fetch_ca_file", "")
    s = w.run_due()
    assert "could not be fetched" in s["last_outcome"] and "certificate" in s["last_outcome"].lower(), s["last_outcome"]
    w.must("settings-set", "fetch_ca_file", str(Path(w.top.name, "ca.pem")))
    w.due()
    w.worker(https_proxy="http://127.0.0.1:9", HTTPS_PROXY="http://127.0.0.1:9", ALL_PROXY="http://127.0.0.1:9")
    equal(len(w.jobs()), 1)


@case
def what_cannot_be_a_schedule(w):
    w.fresh()
    for address, cron, options, words in (
            ("http://example.org/a.csv", "0 0 * * *", (), "begins with https://"),
            ("https://", "0 0 * * *", (), "names no host"), ("https://user:word@example.org/", "0 0 * * *", (), "password out of"),
            ("https://example.org/a b", "0 0 * * *", (), "%XX"), ("https://example.org/" + "a" * 2000, "0 0 * * *", (), "at most"),
            ("https://example.org/", "60 0 * * *", (), "minute"), ("https://example.org/", "0 0 31 feb *", (), "never comes"),
            ("https://example.org/", "0 0 * *", (), "five fields"),
            ("https://example.org/", "0 0 * * *", ("--preset", "none such"), "no preset"),
            ("https://example.org/", "0 0 * * *", ("--on-conflict", "perhaps"), "On conflict"),
            ("https://example.org/", "0 0 * * *", ("--property", "99"), "no property"),
            ("https://example.org/", "0 0 * * *", ("--user", "nobody@example.org"), "nobody@example.org")):
        p = w.cli("schedule-add", "--address", address, "--cron", cron, *options)
        assert p.returncode == 1 and words in p.stderr, (address, cron, options, p.returncode, p.stderr)
    equal(w.schedules(), [])


@case
def of_an_owner_who_may_not_import_nothing_is_fetched_for_good(w):
    w.fresh()
    w.add("/good.csv")
    w.sql("UPDATE users SET role = 'viewer'")
    s = w.run_due()
    assert "role does not allow" in s["last_outcome"], s
    w.sql("UPDATE users SET is_active = 0")
    s = w.run_due()
    assert "is closed" in s["last_outcome"], s
    equal((w.jobs(), w.uploads()), ([], []))


@case
def the_page_and_the_api(w):
    w.fresh()
    admin = Client(w)
    admin.env["HTTP_SEC_FETCH_SITE"] = "same-origin"
    admin.login(EMAIL, PASSWORD)
    page = admin.get("/admin/imports/schedules")
    assert "Nothing is fetched yet." in page.text and "Europe/London" in page.text, page

    def post(follow=True, **fields):
        csrf = next(f.fields["csrf"] for f in admin.get("/admin/imports/schedules").forms() if f.has("csrf", "address"))
        reply = admin.request("POST", "/admin/imports/schedules", urlencode({"csrf": csrf, **fields}).encode(),
                              {"Content-Type": "application/x-www-form-urlencoded"})
        return admin.follow(reply) if follow else reply
    reply = admin.submit(page, {"do": "add", "address": "http://x", "cron": "0 7 * * mon", "meter": "me", "on_conflict": "keep"})
    equal(reply.status, 422)
    assert 'value="http://x"' in reply.text and 'value="0 7 * * mon"' in reply.text and "begins with https" in reply.text, reply.text[reply.text.index("new-schedule"):]
    reply = post(do="add", address=w.web.url("/good.csv"), cron="0 7 * * mon", meter="", on_conflict="keep", preset="")
    assert reply.status == 200 and w.web.url("/good.csv") in reply.text, reply.text[:3000]
    s, = w.schedules()
    equal((s["on_conflict"], s["user_email"], s["preset"]), ("keep", EMAIL, None))
    equal(post(do="pause", id=s["id"]).status, 200)
    equal(w.schedules()[0]["is_enabled"], False)
    w.sql("UPDATE schedules SET next_run_at = 1")
    w.worker()
    equal(w.web.asked, [], "a paused one")
    equal(post(do="run", id=s["id"]).status, 409)
    post(do="resume", id=s["id"])
    equal(w.schedules()[0]["is_enabled"], True)
    equal(post(do="run", id=s["id"]).status, 200)
    until = time.monotonic() + 20
    while not w.schedules()[0]["last_batch"] and time.monotonic() < until:
        time.sleep(0.1)  # the page has started the worker
    text = admin.get("/admin/imports/schedules").text
    assert "import was queued" in text and "/admin/imports/status/" + w.schedules()[0]["last_batch"] in text, text
    equal(admin.request("POST", "/admin/imports/schedules", urlencode({"do": "remove", "id": s["id"]}).encode(),
                        {"Content-Type": "application/x-www-form-urlencoded"}).status, 403, "without the token")
    post(do="remove", id=s["id"])
    equal(w.schedules(), [])

    def api(token, method, path, body=None):
        return Client(w, token=token).request(method, "/api/import/schedules" + path,
                                              json.dumps(body).encode() if body is not None else None,
                                              {"Content-Type": "application/json"} if body is not None else {})
    importer = w.must("token-create", "--user", EMAIL, "--name", "t", "--scope", "read,import").strip()
    reader = w.must("token-create", "--user", EMAIL, "--name", "r").strip()
    equal(api(reader, "GET", "").status, 403)
    reply = api(importer, "POST", "", {"address": w.web.url("/good.csv"), "cron": "0 7 * * *", "unit": "Wh", "strict": True})
    equal(reply.status, 201, reply.text)
    made = reply.json()
    equal((made["answers"], made["strict"], made["property"]), ({"unit": "Wh"}, True, None))
    for body, status in (({"address": "x"}, 422), ({"address": "https://a.example/", "cron": "x"}, 422), ({"wrong": 1}, 400),
                         ({"address": "https://a.example/", "cron": "0 0 * * *", "dry_run": True}, 400)):
        equal(api(importer, "POST", "", body).status, status, str(body))
    equal(api(importer, "GET", "").json()["total"], 1)
    equal(api(importer, "POST", f"/{made['id']}/run", {}).status, 202)
    w.sql("INSERT INTO users (email, name, role, password_hash, created_at) VALUES ('e@example.org', 'E', 'editor', '', 1)")
    other = w.must("token-create", "--user", "e@example.org", "--name", "e", "--scope", "read,import").strip()
    equal(api(other, "GET", "").json()["total"], 0)
    equal([api(other, m, f"/{made['id']}{p}", b).status for m, p, b in (("DELETE", "", None), ("POST", "/run", {}))], [404, 404])
    equal(api(importer, "DELETE", f"/{made['id']}").status, 204)
    equal(api(importer, "DELETE", f"/{made['id']}").status, 404)


@case
def killed_at_any_write_nothing_is_lost_or_doubled(w):
    w.fresh()
    w.add("/good.csv")
    w.due()
    base, count = w.storage, Path(w.top.name, "count")
    shim = str(BUILD / "tests/faultshim.so")
    w.fresh(base)
    w.worker(LD_PRELOAD=shim, FAULT_COUNT=str(count))
    calls = int(count.read_text())
    seed = random.randrange(1 << 32)
    rnd = random.Random(seed)
    print(f"{calls} calls, seed {seed}")
    for mode in ("kill", "torn", "eio", "enospc"):
        for n in sorted(rnd.sample(range(1, calls + 1), min(calls, 60 if mode == "kill" else 12))):
            w.fresh(base)
            w.worker(LD_PRELOAD=shim, FAULT_MODE=mode, FAULT_N=str(n))
            if mode in ("eio", "enospc"):
                w.sql("UPDATE schedules SET next_run_at = 1 WHERE last_batch IS NULL")
            for _ in range(2):
                w.worker()
                for batch, in w.sql("SELECT batch_id FROM jobs WHERE status = 'failed'"):
                    w.cli("job-retry", batch)
            where = f"{mode} at {n} of {calls}"
            equal(w.jobs("filename, status, imported_rows, unchanged_rows"), [("good.csv", "completed", 1, 0)], where)
            equal(w.sql("PRAGMA integrity_check"), [("ok",)], where)
            equal([(f"uploads/{n}",) for n in w.uploads() if n in str(w.jobs("file_path"))], w.jobs("file_path"), where)
            shutil.rmtree(w.storage)


if __name__ == "__main__":
    world = World()
    try:
        passed = run_cases(world, only=sys.argv[1:])
    finally:
        world.web.close()
    sys.exit(0 if passed else 1)
