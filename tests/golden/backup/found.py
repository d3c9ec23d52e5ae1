"""found: what an installation holds, seen through its public faces (the command line and the API), in terms that outlive
any schema: names, counts, sums, what an undo would do. make.py writes it down beside the ten-year file;
tests/server/backup_kept_cases.py holds what today's program shows against it. Nothing here may be taken away; more may come.
"""
import csv
import io
import json
import sys
from decimal import Decimal
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
sys.path[:0] = [str(ROOT / "tests/cgi"), str(ROOT / "tests/server")]
from cgi import Client  # noqa: E402

PASSWORDS = {"admin@example.org": "the admin of ten years", "ada@example.org": "ada keeps the ledger", "bob@example.org": "bob has a barn too"}
JOB = ("kind", "filename", "import_type", "status", "dry_run", "total_rows", "imported_rows", "unchanged_rows", "failed_rows", "intervals_new",
       "intervals_identical", "intervals_changed", "on_conflict", "user_email", "undone_at", "completed_at", "error_message")
EDIT = ("action", "start", "end", "value", "quality", "reason", "made_by", "intervals", "intervals_changed", "undone_at")
PROPERTY = ("id", "name", "owner_email", "company_id", "address", "postcode", "site_type", "floor_area", "latitude", "longitude", "time_zone")
METER = ("id", "identifier", "name", "meter_type", "sub_meter_kind", "formula", "time_zone", "is_active", "property_name", "created_at")
CAR = ("id", "name", "registration", "battery_kwh", "efficiency_mpkwh", "petrol_mpg", "is_active", "sessions_count", "last_odometer", "user_email")
TARIFF = ("car", "network", "from_day", "per_kwh", "per_minute", "per_session")
SCHEDULE = ("address", "cron", "is_enabled", "preset", "import_type", "on_conflict", "time_zone", "user_email")
EXPORT_SCHEDULE = ("period", "cron", "shape", "format", "meter", "keep", "is_enabled", "user_email")


def some(record, keys):
    return {k: record[k] for k in keys if k in record}


def by(key, records):
    """Whatever their order is."""
    return {r[key]: r for r in records}


class Person:
    """Somebody who signs in with their password."""

    def __init__(self, storage, email, token=None):
        self.client = Client(storage, token=token)
        if not token:
            self.client.token = self.call("POST", "/api/auth/login", {"email": email, "password": PASSWORDS[email]})["access_token"]

    def call(self, method, path, body=None, statuses=(200, 201, 202)):
        text = None if body is None else json.dumps(body).encode()
        reply = self.client.request(method, path, text, {} if text is None else {"Content-Type": "application/json"})
        assert reply.status in statuses, f"{method} {path}: {reply.status} {reply.text[:300]}"
        return reply.json()

    def all(self, path, keys):
        return [some(r, keys) for r in self.call("GET", path)["items"]]


def readings(storage):
    """By series and year: how many, their sum, how many of each quality."""
    by = {}
    for r in csv.DictReader(io.StringIO(storage.cli("readings-export", "--to", "-", "--shape", "long"))):
        key = f"{r['meter']} {r['channel']} {r['interval_minutes']} {r['unit']} {r['interval_start'][:4]}"
        one = by.setdefault(key, {"count": 0, "sum": Decimal(0), "qualities": {}})
        one["count"] += 1
        one["sum"] += Decimal(r["value"])
        one["qualities"][r["quality"]] = one["qualities"].get(r["quality"], 0) + 1
    for one in by.values():
        one["sum"] = f"{one['sum'].normalize():f}"
    return by


def settings(storage, user=()):
    """Those that somebody has set; defaults may change."""
    listed = json.loads(storage.cli("settings-list", "--json", *user))
    items = listed["items"] if isinstance(listed, dict) else listed
    return {s["key"]: s["value"] for s in items if s["is_set"]}


def sessions(storage):
    rows = list(csv.DictReader(io.StringIO(storage.cli("sessions-export", "--to", "-", "--all-columns"))))
    return [{k: r[k] for k in ("date", "odometer", "car", "charge_type", "charge_delivered_kwh", "cost_per_kwh", "total_cost_gbp", "location_label",
                               "charge_network", "notes", "status", "ambient_temp_c", "started_at", "ended_at")} for r in rows]


def jobs(admin):
    """With the rows that were rejected, where there are some."""
    found = {}
    for job in admin.call("GET", "/api/import/jobs?limit=100")["items"]:
        whole = admin.call("GET", f"/api/import/jobs/{job['batch_id']}")
        one = some(whole, JOB)
        if whole["failed_rows"]:
            one["errors"] = admin.client.get(f"/api/import/jobs/{job['batch_id']}/errors.csv").text.splitlines()
        found[job["batch_id"]] = one
    return found


def foreseen(ada, found):
    """What the undo, or the redo, of each import would do."""
    out = {}
    for batch, job in found.items():
        if (job["kind"], job["status"], job["user_email"]) == ("import", "completed", "ada@example.org"):
            what = "redo" if job["undone_at"] else "undo"
            said = ada.call("POST", f"/api/import/jobs/{batch}/{what}?dry_run=1", {})
            out[batch] = {"would": what, **{k: v for k, v in said.items() if k.startswith(("days", "meters", "cars"))}}
    return out


def look(storage, token):
    """Everything. `token`: one of ada's, which must still be good."""
    admin, ada, bob = (Person(storage, email) for email in PASSWORDS)
    meters, properties = (by(key, admin.all(path, keys)) for key, path, keys in (
        ("identifier", "/api/meters/", METER), ("name", "/api/properties/", PROPERTY)))
    of_meters = lambda what, keys: {i: admin.all(f"/api/meters/{m['id']}/{what}", keys) for i, m in meters.items()}
    found = jobs(admin)
    return {
        "users": by("email", admin.all("/api/users/", ("id", "email", "name", "role", "is_active", "phone", "time_zone"))),
        "token of": Person(storage, "", token).call("GET", "/api/users/me")["email"],
        "tokens": [t for t in ada.all("/api/tokens/", ("name", "scopes")) if t["name"] == "meter reader"],
        "properties": properties,
        "members": {n: by("email", admin.all(f"/api/properties/{p['id']}/members", ("email", "role"))) for n, p in properties.items()},
        "seen by bob": sorted(m["identifier"] for m in bob.all("/api/meters/", METER)),
        "meters": meters,
        "identifiers": of_meters("identifiers", ("identifier", "from", "to")),
        "events": of_meters("events", ("at", "kind", "channel", "final_value", "first_value", "note")),
        "edits": of_meters("edits", EDIT),
        "consumption": {i: some(admin.call("GET", f"/api/meters/{m['id']}/consumption?start_date=2016-02-01T00:00:00Z&end_date=2017-02-01T00:00:00Z"),
                                ("consumption", "unit", "coverage")) for i, m in meters.items()},
        "readings": readings(storage),
        "jobs": found,
        "foreseen": foreseen(ada, found),
        "exports": ada.all("/api/exports", ("shape", "format", "status", "record_count", "user_email")),
        "cars": by("name", ada.all("/api/cars", CAR)),
        "tariffs": by("from_day", ada.all("/api/tariffs", TARIFF)),
        "sessions": sessions(storage),
        "active sessions": [s for s in ada.all("/api/sessions", ("id", "car", "date", "status", "notes")) if s["status"] == "active"],
        "drafts": [some(ada.call("GET", f"/api/drafts/{d['id']}"), ("id", "form", "fields")) for d in ada.all("/api/drafts", ("id",))],
        "settings": settings(storage),
        "settings of ada": settings(storage, ("--user", "ada@example.org")),
        "presets": sorted(p["name"] for p in ada.call("GET", "/api/import/presets")["items"]),
        "schedules": ada.all("/api/import/schedules", SCHEDULE),
        "export schedules": ada.all("/api/export/schedules", EXPORT_SCHEDULE),
    }


def batch_of(found, filename):
    return next(batch for batch, j in found["jobs"].items() if (j["kind"], j["filename"]) == ("import", filename))


def history(storage, found):
    """What undo and redo still do: the readings after each step. It changes the storage."""
    ada, after = Person(storage, "ada@example.org"), {}
    edit = json.loads(storage.cli("edit-list", "--meter", "1700000000011", "--json"))["items"][0]["id"]
    for name, argv in (("the undone one is redone", ("import-redo", batch_of(found, "early.csv"))),
                       ("the edit is undone", ("edit-undo", str(edit))),
                       ("the second import is undone", ("import-undo", batch_of(found, "later.csv"))),
                       ("the sessions are undone", ("import-undo", batch_of(found, "sessions.csv")))):
        storage.cli(*argv)
        sums = {k: v["sum"] for k, v in readings(storage).items() if k.startswith("1700000000011 import")}
        after[name] = {"sums": sums, "sessions": len(sessions(storage)), "cars": [c["name"] for c in ada.all("/api/cars", CAR) if c["is_active"]]}
    return after
