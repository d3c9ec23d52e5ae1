"""world: some people with tokens of their own, and what they do over the API."""
import contextlib
import fcntl
import json
import sqlite3
import time

from cgi import Client
from cases import equal

PASSWORD = "correct horse battery staple"


class World:
    """An admin (by token), and an editor, another editor and a viewer who have tokens of their own."""

    def __init__(self, storage):
        self.storage = storage
        self.by = {}
        for key in ("api_per_minute", "login_per_account", "login_per_address"):
            storage.cli("settings-set", key, "100000")
        for name, role in (("admin", "admin"), ("ada", "editor"), ("bob", "editor"), ("vic", "viewer")):
            p = storage.run("wattledger", "admin-create", "--email", f"{name}@example.org", "--name", name,
                            "--password-stdin", input=PASSWORD + "\n")
            assert p.returncode == 0, p.stderr
            self.sql("UPDATE users SET role = ? WHERE email = ?", role, f"{name}@example.org")
            scope = "admin" if role == "admin" else "read,import,export"
            token = storage.cli("token-create", "--user", f"{name}@example.org", "--name", "t", "--scope", scope).strip()
            self.by[name] = Client(storage, token=token)

    def sql(self, text, *args):
        db = sqlite3.connect(self.storage.dir / "wattledger.db", timeout=20)
        with db:
            rows = db.execute(text, args).fetchall()
        db.close()
        return rows

    def call(self, who, method, path, body=None, status=None, **headers):
        text = json.dumps(body).encode() if body is not None else None
        reply = self.by[who].request(method, path, text if text is not None else (b"" if method != "GET" else None),
                                     {**({"Content-Type": "application/json"} if text is not None else {}),
                                      **{k.replace("_", "-"): v for k, v in headers.items()}})
        if status is not None:
            equal(reply.status, status, f"{who} {method} {path}: {reply.text[:300]}")
        return reply

    def property(self, who, name, **more):
        return self.call(who, "POST", "/api/properties/", {"name": name, **more}, 201).json()

    def meter(self, who, property_id, identifier, **more):
        return self.call(who, "POST", f"/api/properties/{property_id}/meters", {"identifier": identifier, **more}, 201).json()


def upload(w, who, name, text, **fields):
    """Over the API; waits for the worker. The job."""
    parts = "".join(f'--b\r\nContent-Disposition: form-data; name="{k}"\r\n\r\n{v}\r\n' for k, v in fields.items())
    body = f'{parts}--b\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n\r\n{text}\r\n--b--\r\n'
    reply = w.by[who].request("POST", "/api/import/jobs", body.encode(), {"Content-Type": "multipart/form-data; boundary=b"})
    if reply.status >= 300:
        return reply
    w.storage.work()
    return w.call(who, "GET", f"/api/import/jobs/{reply.json()['batch_id']}", None, 200).json()


@contextlib.contextmanager
def no_worker(w):
    """Nobody gets a slot: what is queued stays queued."""
    (w.storage.dir / "run").mkdir(exist_ok=True)
    held = [open(w.storage.dir / f"run/slot-{i}.lock", "a") for i in range(4)]
    for f in held:
        for _ in range(400):
            try:
                fcntl.flock(f, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                time.sleep(0.05)
    try:
        yield
    finally:
        for f in held:
            f.close()


def daily(*rows):
    return "MPAN,Date,Reading\n" + "".join(f"{mpan},{day},{value}\n" for mpan, day, value in rows)


HH = "MPAN,Date," + ",".join(f"HH{i:02}" for i in range(1, 49)) + "\n"


def metered(w, who, name, identifier, *days):
    """A property and a meter in it, with a 1 in each half hour of the days: their numbers."""
    p = w.property(who, name)["id"]
    m = w.meter(who, p, identifier, time_zone="Europe/London")["id"]
    if days:
        equal(upload(w, who, "hh.csv", HH + "".join(f"{identifier},{day}" + ",1" * 48 + "\n" for day in days))["imported_rows"], len(days))
    return p, m
