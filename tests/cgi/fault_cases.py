#!/usr/bin/env python3
"""fault_cases: the web program dies, or its disk fails, at a write of what somebody does to the ledger.

Each thing that is done is done once without a fault; then the n-th write, fsync, truncate, rename or unlink of it goes
wrong (tests/fault/faultshim.c) on a copy of the same storage. Afterwards it must be done whole or not at all, whole where
the reply said so, and doing it again must bring it to its end. (Jobs of the worker: tests/fault/fault.py.)

    fault_cases.py               a sample; its seed is printed, SEED=123 in the environment takes another
    fault_cases.py --all [deed]  every write
"""
import json
import os
import random
import shutil
import sqlite3
import subprocess
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
from cgi import Client, Storage, parse  # noqa: E402
from cases import BUILD, equal  # noqa: E402
from world import PASSWORD, World, metered  # noqa: E402

MODES = ("kill", "torn", "eio", "enospc", "full")
SAMPLE = 4  # of each mode
WHEN = "2025-02-01T00:00:00Z"
EDIT = {"start": "2025-01-07T10:00:00Z", "end": "2025-01-08T12:00:00Z", "action": "set", "value": 7, "reason": "why"}
# What there is, without numbers and times that differ from one run to the next.
STATE = {
    "meters": "SELECT identifier, name, is_active, version, property_id FROM meters",
    "properties": "SELECT id, name, is_active, owner_id FROM properties",
    "members": "SELECT user_id, property_id, role FROM property_members",
    "series": "SELECT meter_id, channel, interval_minutes FROM series",
    "days": "SELECT series_id, day, data FROM days",
    "layers": "SELECT series_id, day, data FROM day_layers",
    "registers": "SELECT series_id, at, value, quality FROM register_readings",
    "events": "SELECT meter_id, at, final_value FROM meter_events",
    "edits": "SELECT series_id, start_at, end_at, value FROM edits",
    "jobs": "SELECT kind, status, undone_at IS NULL FROM jobs",
    "exports": "SELECT shape, meters, property_id FROM exports",
    "users": "SELECT email, role, is_active FROM users",
    "sessions": "SELECT user_id FROM sessions",
    "settings": "SELECT user_id, key, CASE WHEN key = 'fetch_authorization' THEN 'sealed' ELSE value END FROM settings WHERE value IS NOT NULL",
    "audit": "SELECT id, actor, action, subject, detail FROM audit",
    "drafts": "SELECT title, fields, version FROM drafts",
    "charging": "SELECT public_id, status FROM charging_sessions",
    "tokens": "SELECT name, revoked_at IS NULL FROM tokens",
}


class Faulty(Client):
    """Its program meets a fault. The reply's status is 0 where it died."""

    def ask(self, method, path, body):
        self.env["WATTLEDGER_STORAGE"] = str(self.storage.dir)
        env = self.variables(method, path, body, {"Content-Type": "application/json", "If-Match": "*"})
        p = subprocess.run([self.program, "/none"], input=body, env=env, capture_output=True, timeout=60)
        return parse(p.stdout, path)


class Trials:
    def __init__(self, storage):
        self.storage = storage
        w = self.w = World(storage)
        self.p, self.m = metered(w, "ada", "Faults", "1700000000961", "2025-01-07", "2025-01-08")
        self.q = w.property("ada", "Other")["id"]
        self.sub = w.meter("ada", self.p, "F-SUB", meter_type="SUB_METER")["id"]
        w.meter("ada", self.q, "F-OTHER")
        self.edit = w.call("ada", "POST", f"/api/meters/{self.m}/edits", EDIT, 201).json()["id"]
        Client(storage).request("POST", "/api/auth/login", json.dumps({"email": "vic@example.org", "password": PASSWORD}).encode(),
                                {"Content-Type": "application/json"})
        self.vic = w.sql("SELECT id FROM users WHERE name = 'vic'")[0][0]
        car = w.call("ada", "POST", "/api/cars", {"name": "Zoe"}, 201).json()["id"]
        typed = {"form": "session", "fields": {"car_id": str(car), "date": "2025-01-07", "notes": "typed"}}
        self.draft = w.call("ada", "POST", "/api/drafts", typed, 201).json()["id"]
        alone = storage.dir.parent / "bin"
        alone.mkdir()
        shutil.copy(BUILD / "wattledger.cgi", alone)
        self.program = alone / "wattledger.cgi"
        w.sql("DELETE FROM settings WHERE key LIKE 'last_%'")
        self.kept = storage.dir.parent / "kept"
        shutil.copytree(storage.dir, self.kept)
        self.count = storage.dir.parent / "count"

    def deeds(self):
        m, p, q = self.m, self.p, self.q
        at = lambda meter, value: {"meter_id": meter, "reading_timestamp": WHEN, "value": value}
        return {
            "an entry": ("ada", "POST", "/api/readings/", at(m, 5)),
            "entries at once": ("ada", "POST", "/api/readings/bulk", {"readings": [at(m, 5), at(self.sub, 6), {**at(m, 7), "channel": "export"}]}),
            "an exchange": ("ada", "POST", f"/api/meters/{m}/events", {"at": WHEN, "kind": "exchange", "final_value": 5}),
            "an edit": ("ada", "POST", f"/api/meters/{m}/edits", {**{k: v for k, v in EDIT.items() if k != "value"}, "action": "exclude"}),
            "taking an edit out": ("ada", "DELETE", f"/api/meters/{m}/edits/{self.edit}", None),
            "a meter": ("ada", "POST", f"/api/properties/{p}/meters", {"identifier": "F-NEW"}),
            "a meter changed": ("ada", "PATCH", f"/api/meters/{self.sub}", {"name": "Changed"}),
            "a property removed": ("ada", "DELETE", f"/api/properties/{q}?cascade=true", None),
            "a property handed on": ("ada", "POST", f"/api/properties/{q}/members", {"email": "bob@example.org", "role": "owner"}),
            "a user changed": ("admin", "PATCH", f"/api/users/{self.vic}", {"role": "editor", "is_active": False}),
            "a password reset": ("admin", "PATCH", f"/api/users/{self.vic}", {"password": "another horse battery"}),
            "settings": ("ada", "PATCH", "/api/settings", {"petrol_mpg": "44", "home_aliases_csv": "barn", "fetch_authorization": "Bearer x"}),
            "settings of all": ("admin", "PATCH", "/api/settings/instance", {"stale_days": 9, "petrol_mpg": None}),
            "a draft": ("ada", "POST", "/api/drafts", {"form": "session", "fields": {"notes": "x" * 9000}}),
            "a draft saved again": ("ada", "PUT", f"/api/drafts/{self.draft}", {"fields": {"notes": "x" * 9000}}),
            "a draft that becomes a session": ("ada", "POST", f"/api/drafts/{self.draft}/promote", {"status": "active"}),
            "an export": ("ada", "POST", "/api/exports", {"property_id": p, "shape": "long", "format": "csv"}),
        }

    def fresh(self):
        shutil.rmtree(self.storage.dir)
        shutil.copytree(self.kept, self.storage.dir)

    def state(self):
        db = sqlite3.connect(self.storage.dir / "wattledger.db", timeout=20)
        equal(db.execute("PRAGMA integrity_check").fetchall(), [("ok",)])
        equal(db.execute("PRAGMA foreign_key_check").fetchall(), [])
        state = {name: sorted(db.execute(sql).fetchall(), key=repr) for name, sql in STATE.items()}
        state["password"] = db.execute("SELECT password_hash FROM users WHERE id = ?", (self.vic,)).fetchone()[0] != self.password
        db.close()
        self.storage.cli("audit-list", "--verify")
        return state

    def do(self, deed, **env):
        who, method, path, body = deed
        env["ASAN_OPTIONS"] = "verify_asan_link_order=0:detect_leaks=0"
        c = Faulty(self.storage, token=self.w.by[who].token, env=env)
        c.program = self.program
        return c.ask(method, path, json.dumps(body).encode() if body is not None else b"" if method != "GET" else None)

    def trial(self, deed, mode, n, before, after, name):
        self.fresh()
        where = f"{name}: {mode} at {n}"
        reply = self.do(deed, LD_PRELOAD=str(BUILD / "tests/faultshim.so"), FAULT_MODE=mode, FAULT_N=str(n))
        now = self.state()
        if now not in (before, after) and name == "taking an edit out":  # the worker goes on with it
            self.storage.work()
            now = self.state()
        assert now in (before, after), f"{where}: half done: {[k for k in now if now[k] not in (before[k], after[k])] or 'mixed'}"
        if 200 <= reply.status < 300:
            assert now == after, f"{where}: {reply.status}, and not done"
        elif reply.status:
            assert reply.status in (500, 503, 507), f"{where}: {reply.status} {reply.text[:200]}"
        elif mode not in ("kill", "torn"):
            raise AssertionError(f"{where}: died")
        if now == before:
            again = self.do(deed)
            assert 200 <= again.status < 300, f"{where}, again: {again.status} {again.text[:200]}"
            equal(self.state(), after, f"{where}, again")

    def all_of(self, name, deed, rnd):
        self.fresh()
        self.password = self.w.sql("SELECT password_hash FROM users WHERE id = ?", self.vic)[0][0]
        before = self.state()
        reply = self.do(deed, LD_PRELOAD=str(BUILD / "tests/faultshim.so"), FAULT_COUNT=str(self.count))
        assert 200 <= reply.status < 300, (name, reply.status, reply.text)
        after, calls = self.state(), int(self.count.read_text())
        assert after != before, name
        for mode in MODES:
            some = range(1, calls + 1) if rnd is None else sorted(rnd.sample(range(1, calls + 1), min(calls, SAMPLE)))
            for n in some:
                self.trial(deed, mode, n, before, after, name)
        return calls


def main():
    seed = int(os.environ.get("SEED", "0")) or random.SystemRandom().randrange(1, 10 ** 6)
    rnd, failed = None if "--all" in sys.argv else random.Random(seed), 0
    print(f"# SEED={seed}")
    with Storage() as storage:
        t = Trials(storage)
        for name, deed in t.deeds().items():
            if not all(word in ("--all", name) for word in sys.argv[1:]):
                continue
            try:
                print(f"ok {name}: {t.all_of(name, deed, rnd)} writes", flush=True)
            except AssertionError as e:
                failed += 1
                print(f"not ok {name}: {str(e)[:500]}".replace("\n", " "), flush=True)
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
