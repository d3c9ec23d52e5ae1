#!/usr/bin/env python3
"""matrix_cases: every route times everybody: nobody, a viewer, an editor who owns the things, one who has nothing to do
with them, one who may look at them, an admin; and tokens of each scope.

    matrix_cases.py [handler…]

The routes are read from lib/web/routes.def. What each answers follows from LEAST below (which says again, from the
address alone, what the access column must say) and from whose thing its address names; a row that this file knows no thing or body for fails, so nobody adds an address without saying whose it
is. Somebody who may must get past every check of rights (2xx, 3xx, or words about the body: 4xx but for 401, 403, 404).
The database is put back after each write that may have done something.
"""
import json
import re
import shutil
import sys
from pathlib import Path
from urllib.parse import urlencode

sys.path.insert(0, str(Path(__file__).resolve().parent))
import cgi  # noqa: E402
from cgi import Client, Storage  # noqa: E402
from cases import BUILD, equal  # noqa: E402
from world import PASSWORD, World, upload  # noqa: E402

ROOT = Path(__file__).resolve().parents[2]
ROUTE = re.compile(r'^ROUTE\((\w+),\s*"([^"]*)",\s*(\w+),\s*(\w+),\s*([^,]*),', re.M)
ROLES = {"OPEN": 0, "PUBLIC": 0, "READ": 1, "EXPORT": 1, "IMPORT": 2, "ADMIN": 3}
ROLE = {"nobody": 0, "viewer": 1, "owner": 2, "other": 2, "guest": 2, "admin": 3}
EMAIL = {"viewer": "vic", "owner": "ada", "other": "bob", "guest": "gus", "admin": "admin"}
SCOPES = ("read", "import", "export", "admin")
WHEN = "2024-01-05T10:00:00Z"
FROM_TO = "start_date=2024-03-01&end_date=2024-03-02"

# Who may come at all: the first row whose method and address match.
LEAST = [
    ("GET", r"/(healthz|readyz|api/openapi\.json|static/.*)", "OPEN"),
    (".*", r"/|/login|/setup|/docs.*|/redoc|/api/docs|/api/auth/login", "PUBLIC"),
    (".*", r"/api/users/me.*|/api/auth/.*|/admin/profile.*|/logout|/(api|admin)/tokens.*", "READ"),
    (".*", r"/(api|admin)/settings", "READ"),
    (".*", r"/(api|admin)/(users|imports/files|settings|audit|doctor|webhooks|backups|backup-jobs|backup-uploads).*", "ADMIN"),
    (".*", r".*/exports?(/.*)?", "EXPORT"),
    ("GET", r"/admin/sessions/new", "IMPORT"),
    ("GET", r"/(api/import|admin/imports)/(presets|schedules|uploads|.*(preview|undo|redo)).*|/admin/imports", "IMPORT"),
    ("GET", r".*", "READ"),
    (".*", r".*", "IMPORT"),
]
# Whose is what an address names? First match. `property`: a property's, so its members may look (a guest) and change
# it (the owner); `own`: one person's, and an admin's; `private`: one person's alone; `shared`: everybody's with the
# role, but only its maker and an admin change it; `free`: it names nothing that belongs to anybody.
THINGS = [
    (r"/(api|admin)/(properties|meters)/\{|/api/readings/(meter|property)/\{", "property"),
    (r"/api/import/jobs/\{batch\}|/admin/imports/(status/)?\{batch\}", "own"),
    (r"/api/import/uploads/\{|/drafts/\{", "private"),
    (r"/imports?/presets/\{", "shared"),
    (r"/api/import/schedules/\{|/exports?/.*\{|/(api|admin)/(tokens|cars|tariffs|sessions)/\{", "own"),
    (r"/api/users/\{|/static/\{|/backup(s|-jobs|s/jobs)/\{", "free"),
]
# What its body or query names, where the address names nothing.
NAMED = {"api_report_charger", "api_sessions_post", "page_sessions_post", "api_meters_post", "api_readings_post", "api_readings_bulk", "api_readings"}
# Not there any more, once there is an admin.
CLOSED = {"page_setup", "page_setup_post"}
# A job that is not there is no error in the export API of source C.
SAYS_NOT_FOUND = {"api_export_status"}
QUERY = {"api_report_charger": "meter_id={meter}&year=2025", "page_session_month": "month=2025-01", "api_readings": "meter=1700000000501&from=2024-03-01&to=2024-03-02", "api_readings_meter": FROM_TO,
         "api_readings_property": FROM_TO, "api_meter_consumption": FROM_TO, "api_upload_put": "offset=0",
         "page_meter_edits_post": "series={series}"}
METER = {"identifier": "NEW-1", "name": "New"}
EVENT = {"at": WHEN, "kind": "exchange", "final_value": "3", "first_value": "0"}
SHOWN = {"at": "2024-01-05T10:00", "kind": "exchange", "final_value": "3", "first_value": "0", "note": ""}
DRAFT = {"form": "session", "fields": {"notes": "x"}}
FORM_METER = {"identifier": "NEW-2", "name": "", "meter_type": "MAIN_METER", "sub_meter_kind": "", "formula": "", "time_zone": ""}
# The body of each route that writes: JSON of the API, a form's fields of a page. MULTIPART: a file.
MULTIPART = object()
BODIES = {
    "api_jobs_post": MULTIPART, "api_preview_post": {}, "api_preview_import": {}, "api_job_cancel": {}, "api_job_retry": {},
    "api_job_undo": {}, "api_job_redo": {}, "api_uploads_post": {"filename": "a.csv", "size": 5}, "api_upload_put": b"MPAN,",
    "api_upload_finish": {}, "api_presets_post": {"wattledger_preset": 1, "name": "P", "header": "MPAN,Day", "answers": {"unit": "kWh"}}, "api_schedules_post": {"address": "https://example.org/", "cron": "0 1 * * *"},
    "api_schedule_run": {}, "api_properties_post": {"name": "P"}, "api_property_patch": {"name": "P"}, "api_property_restore": {},
    "api_property_meters_post": METER, "api_property_members_post": {"email": "bob@example.org", "role": "viewer"},
    "api_meters_post": {"property_id": "{property}", **METER}, "api_meter_patch": {"name": "M"}, "api_meter_restore": {},
    "api_meter_identifiers_post": {"identifier": "ELSE"}, "api_meter_events_post": EVENT,
    "api_meter_edits_post": {"start": "2024-03-01T00:00:00Z", "end": "2024-03-02T00:00:00Z", "action": "exclude", "reason": "why"},
    "api_meter_edit_restore": {}, "api_readings_post": {"meter_id": "{meter}", "reading_timestamp": WHEN, "value": 1},
    "api_readings_bulk": {"readings": [{"meter_id": "{meter}", "reading_timestamp": WHEN, "value": 1}]},
    "api_export_csv": {"smart_meter_id": "1700000000501", "start_datetime": "2024-03-01T00:00:00Z", "end_datetime": "2024-03-02T00:00:00Z"},
    "api_cars_post": {"name": "Another"}, "api_car_patch": {"registration": "AB12 CDE"}, "api_car_restore": {},
    "api_drafts_post": DRAFT, "api_draft_put": {"fields": {"notes": "x"}}, "api_draft_promote": {"status": "active"},
    "page_drafts_post": {"draft_form": "session", "draft_subject": "", "notes": "x"}, "page_draft_discard": {},
    "api_tariffs_post": {"from_day": "2025-01-01", "per_kwh": "1"}, "api_sessions_post": {"car_id": "{car}", "date": "2025-02-01", "odometer": 2, "charge_type": "AC", "charge_delivered_kwh": 1},
    "api_session_patch": {"notes": "x"}, "api_exports_post": {}, "api_me_patch": {"phone": "1"}, "api_users_post": {"email": "new@example.org", "password": PASSWORD, "role": "viewer"},
    "api_user_patch": {"name": "N"}, "api_login": {"email": "ada@example.org", "password": PASSWORD}, "api_logout": {},
    "api_change_password": {"current_password": PASSWORD, "new_password": "another horse battery"}, "api_tokens_post": {"name": "t", "scope": "read"},
    "page_setup_post": {"token": "x"}, "page_login_post": {"email": "ada@example.org", "password": PASSWORD}, "page_logout_post": {},
    "page_imports_post": MULTIPART, "page_presets_post": {"do": "rename", "id": "{preset}", "name": "Q"},
    "page_schedules_post": {"do": "run", "id": "{schedule}"}, "page_preview_post": {"do": "again"}, "page_status_cancel": {}, "page_status_retry": {},
    "page_undo_post": {}, "page_redo_post": {}, "page_status_file_remove": {}, "page_properties_post": {"name": "P"},
    "page_property_post": {"name": "P", "version": "1"}, "page_property_meter_post": FORM_METER, "page_property_member_post": {"email": "bob@example.org", "role": "viewer"},
    "page_property_entry": {"at": "2024-01-05T10:00", "value_{meter}": "1"}, "page_property_remove": {"cascade": "1"},
    "page_meter_remove": {}, "page_meter_details_post": {"version": "1", **FORM_METER}, "page_meter_identifiers_post": {"identifier": "ELSE", "from": "", "to": ""},
    "page_meter_events_post": SHOWN, "page_sessions_post": {"car_id": "{car}", "date": "2025-02-02", "odometer": "3", "charge_type": "AC", "charge_delivered_kwh": "1", "status": "closed"},
    "page_session_post": {"version": "1", "notes": "x"}, "page_session_remove": {}, "page_cars_post": {"name": "Yet another"}, "page_tariffs_post": {"from_day": "2025-01-02", "per_kwh": "1"},
    "page_exports_post": {"shape": "long", "format": "csv"}, "page_export_remove": {},
    "page_meter_edits_post": {"start": "2024-03-01T00:00", "end": "2024-03-02T00:00", "what": "exclude", "value": "", "reason": "why"},
    "api_export_schedules_post": {"cron": "0 6 * * *", "period": "last_month"}, "api_export_schedule_patch": {"keep": 3}, "api_export_schedule_run": {},
    "page_export_schedules_post": {"do": "run", "id": "{export_schedule}"},
    "api_settings_patch": {"petrol_mpg": "50"}, "api_settings_instance_patch": {"stale_days": "8"},
    "page_settings_post": {"petrol_mpg": "50"}, "page_settings_instance_post": {"stale_days": "8"},
    "api_backups_post": {}, "api_backup_verify": {}, "api_backup_restore": {"mode": "merge", "dry_run": True}, "api_backup_job_cancel": {}, "api_backup_job_retry": {}, "api_backup_uploads_post": MULTIPART,
    "page_backups_post": {}, "page_backups_upload": MULTIPART, "page_backup_verify": {}, "page_backup_remove": {}, "page_backup_restore_post": {"mode": "replace"},
    "page_backup_job_cancel": {}, "page_backup_job_retry": {}, "page_backup_job_restore": {"confirm": "x"},
    "page_meter_edit_post": {}, "page_profile_post": {"name": "N"}, "page_profile_password": {"current_password": PASSWORD, "new_password": "another horse battery", "again": "another horse battery"},
    "page_tokens_post": {"name": "t"}, "page_users_post": {"email": "new@example.org", "password": PASSWORD, "role": "viewer"},
}
# Pages whose forms name the thing in the body.
OWN_IN_FORM = {"page_schedules_post": "own", "page_export_schedules_post": "own", "page_presets_post": "shared"}


class Alone(Client):
    """The web program without a worker beside it: nothing writes but what is asked."""

    program = None

    def raw(self, env, body=b"", argv=()):
        kept, cgi.BUILD = cgi.BUILD, Alone.program
        try:
            return super().raw(env, body, argv)
        finally:
            cgi.BUILD = kept


class Matrix(World):
    def __init__(self, storage):
        super().__init__(storage)
        storage.cli("settings-set", "sync_wait_seconds", "0")
        storage.cli("settings-set", "exports_per_hour", "100000")
        self.make_things()
        Alone.program = storage.dir.parent / "bin"
        Alone.program.mkdir()
        shutil.copy(BUILD / "wattledger.cgi", Alone.program)
        self.person = {"nobody": Alone(storage)}
        self.token = {"nobody": Alone(storage)}
        self.csrf = {"nobody": self.token_of(self.person["nobody"].get("/login"))}
        for who, name in EMAIL.items():
            self.person[who] = Alone(storage)
            self.person[who].login(f"{name}@example.org", PASSWORD)
            self.csrf[who] = self.token_of(self.person[who].get("/admin"))
            self.token[who] = Alone(storage, token=self.secret(name, "admin" if who == "admin" else "read,import,export"))
        self.scoped = {scope: Alone(storage, token=self.secret("admin", scope)) for scope in SCOPES}
        storage.work()
        self.sql("PRAGMA wal_checkpoint(TRUNCATE)")
        self.kept = storage.dir.parent / "kept"
        shutil.copytree(storage.dir, self.kept)

    @staticmethod
    def token_of(page):
        return re.search('name="csrf" value="([^"]+)"', page.text)[1]

    def secret(self, name, scope):
        return self.storage.cli("token-create", "--user", f"{name}@example.org", "--name", "m", "--scope", scope).strip()

    def make_things(self):
        p = self.storage.run("wattledger", "admin-create", "--email", "gus@example.org", "--name", "gus", "--password-stdin", input=PASSWORD + "\n")
        equal(p.returncode, 0, p.stderr)
        self.sql("UPDATE users SET role = 'editor' WHERE email = 'gus@example.org'")
        ids = self.ids = {}
        made = lambda path, body, key="id", status=201: self.call("ada", "POST", path, body, status).json()[key]
        ids["property"] = made("/api/properties/", {"name": "Matrix"})
        ids["meter"] = made("/api/meters/", {"property_id": ids["property"], "identifier": "1700000000501"})
        self.call("ada", "POST", f"/api/properties/{ids['property']}/members", {"email": "gus@example.org", "role": "viewer"}, 200)
        member = {"email": "meg@example.org", "name": "Meg", "role": "viewer", "password": PASSWORD}
        ids["user"] = self.call("admin", "POST", "/api/users/", member, 201).json()["id"]
        self.call("ada", "POST", f"/api/properties/{ids['property']}/members", {"email": "meg@example.org", "role": "viewer"}, 200)
        ids["batch"] = upload(self, "ada", "m.csv", "MPAN,Date,Reading\n1700000000501,2024-03-01,1.5\n1700000000501,2024-03-02,1.5\n1700000000501,x,1\n")["batch_id"]
        meter = f"/api/meters/{ids['meter']}"
        ids["series"] = self.sql("SELECT id FROM series")[0][0]
        ids["identifier"] = made(meter + "/identifiers", {"identifier": "OLD"})
        ids["event"] = made(meter + "/events", {**EVENT, "at": "2023-01-01T00:00:00Z"})
        ids["edit"] = made(meter + "/edits", BODIES["api_meter_edits_post"])
        ids["upload"] = made("/api/import/uploads", {"filename": "a.csv", "size": 5})
        self.call("ada", "POST", "/api/import/presets", {"wattledger_preset": 1, "name": "Mine", "header": "MPAN,Date", "answers": {"unit": "kWh"}}, 201)
        ids["preset"] = self.sql("SELECT id FROM presets")[0][0]
        ids["schedule"] = made("/api/import/schedules", {"address": "https://example.org/", "cron": "0 1 1 1 *"})
        ids["export_schedule"] = made("/api/export/schedules", {"cron": "0 6 1 1 *", "period": "month_to_date"})
        ids["job_id"] = made("/api/exports", {}, "job_id", 202)
        ids["backup_job"] = self.call("admin", "POST", "/api/backups", {}, 202).json()["job_id"]
        self.storage.work()
        ids["backup_id"] = self.sql("SELECT id FROM backups")[0][0]
        ids["token"] = self.sql("SELECT t.id FROM tokens t JOIN users u ON u.id = t.user_id WHERE u.email = 'ada@example.org'")[0][0]
        ids["car"] = made("/api/cars", {"name": "Zoe"})
        ids["tariff"] = made("/api/tariffs", {"car_id": ids["car"], "from_day": "2025-01-01", "per_kwh": "1"})
        ids["session"] = made("/api/sessions", {"car_id": ids["car"], "date": "2025-01-01", "odometer": 1, "charge_type": "AC", "charge_delivered_kwh": 1})
        ids["draft"] = made("/api/drafts", {"form": "session", "fields": {"car_id": str(ids["car"]), "date": "2025-03-01"}})
        ids["name"] = "app.css"

    def put_back(self):
        for tail in ("-wal", "-shm"):
            (self.storage.dir / f"wattledger.db{tail}").unlink(missing_ok=True)
        shutil.copytree(self.kept, self.storage.dir, dirs_exist_ok=True)

    # ---- a request ----

    def address(self, route):
        kind = route.path.split("/")[2] if route.path.count("/") > 1 else ""
        which = {"properties": "property", "meters": "meter", "users": "user", "tokens": "token", "cars": "car", "tariffs": "tariff", "exports": "job_id",
                 "readings": "property" if "/property/" in route.path else "meter"}.get(kind)
        which = "export_schedule" if "/export/schedules" in route.path else which or ("preset" if "/presets/" in route.path else "schedule")
        path = re.sub(r"\{(\w+)\}", lambda m: str(self.ids[which if m[1] == "id" else "backup_job" if "/backup-jobs/" in route.path or "/backups/jobs/" in route.path else m[1]]), route.path)
        return path + ("?" + QUERY[route.handler].format(**self.ids) if route.handler in QUERY else "")

    def filled(self, value):
        if isinstance(value, dict):
            return {k.replace("{meter}", str(self.ids["meter"])): self.filled(v) for k, v in value.items()}
        if isinstance(value, list):
            return [self.filled(v) for v in value]
        m = re.fullmatch(r"\{(\w+)\}", value) if isinstance(value, str) else None
        return self.ids[m[1]] if m else value

    def ask(self, client, route, csrf):
        body, headers = None, {}
        if route.method in ("POST", "PUT", "PATCH"):
            body = self.filled(BODIES[route.handler])
            if body is MULTIPART:
                fields = {} if "API" in route.flags else {"csrf": csrf}
                body = "".join(f'--b\r\nContent-Disposition: form-data; name="{k}"\r\n\r\n{v}\r\n' for k, v in fields.items()).encode()
                body += b'--b\r\nContent-Disposition: form-data; name="file"; filename="f.csv"\r\n\r\nMPAN,Date\r\n--b--\r\n'
                headers["Content-Type"] = "multipart/form-data; boundary=b"
            elif isinstance(body, bytes):
                headers["Content-Type"] = "application/octet-stream"
            elif "API" in route.flags:
                body, headers["Content-Type"] = json.dumps(body).encode(), "application/json"
            else:
                body = urlencode({**body, "csrf": csrf}).encode()
                headers["Content-Type"] = "application/x-www-form-urlencoded"
        return client.request(route.method, self.address(route), body, headers)


class Route:
    def __init__(self, m):
        self.method, self.path, self.handler, self.access, flags = m.groups()
        self.flags = flags.replace("|", " ").split()
        self.api = "API" in self.flags
        self.thing = next((kind for pattern, kind in THINGS if re.search(pattern, self.path)), None)
        if self.handler in NAMED:
            self.thing = "own" if self.handler.endswith("_sessions_post") else "property"
        self.thing = OWN_IN_FORM.get(self.handler, self.thing)
        self.least = next(least for method, path, least in LEAST if re.fullmatch(method, self.method) and re.fullmatch(path, self.path))

    def unknown(self):
        """What this file does not know of it."""
        if self.access != self.least:
            return f"routes.def says {self.access}, LEAST {self.least}"
        if "{" in self.path and not self.thing:
            return "whose is what its address names? THINGS"
        if self.method in ("POST", "PUT", "PATCH") and self.handler not in BODIES:
            return "what is its body? BODIES"
        return None

    def refused(self, who, scopes=SCOPES):
        """The status that the row and the thing's owner say, or None: they may."""
        if self.handler in CLOSED:
            return 404
        if ROLES[self.least] == 0:
            return None
        if who == "nobody":
            return 401 if self.api or "BODY_FORM" in self.flags else 303
        if ROLE[who] < ROLES[self.least]:
            return 403
        need = self.least.lower()
        if need not in scopes and "admin" not in scopes:
            return 403
        return self.refused_thing(who)

    def refused_thing(self, who):
        writes = self.method != "GET"
        if self.handler in SAYS_NOT_FOUND or who == "owner":
            return None
        if self.thing == "property":
            return None if who == "admin" else 404 if who != "guest" else 403 if writes else None
        if self.thing == "own":
            return None if who == "admin" else 404
        if self.thing == "private":
            return 404
        if self.thing == "shared":
            return 403 if writes and who != "admin" else None
        return None


def routes():
    return [Route(m) for m in ROUTE.finditer((ROOT / "lib/web/routes.def").read_text())]


def hold(w, route, client, who, name, scopes=SCOPES):
    want, cookies = route.refused(who, scopes), dict(client.cookies)
    reply = w.ask(client, route, w.csrf.get(who, ""))
    where = f"{name}: {route.method} {route.path}: {reply.status} {reply.text[:160] if route.api else reply.header('Location')}"
    if want is None:
        assert reply.status not in (401, 403, 404) and reply.status < 500, where
        assert who != "nobody" or reply.header("Location") is None or ROLES[route.least] == 0, where
        if route.method != "GET":
            w.put_back()
            client.cookies = cookies
    else:
        assert reply.status == want, f"{where}; expected {want}"
        assert want != 303 or "/login" in reply.header("Location"), where


def everybody(w, route):
    equal(route.unknown(), None, f"{route.method} {route.path}")
    clients = w.token if route.api else w.person
    for who in ("nobody", "viewer", "other", "guest", "admin", "owner"):
        hold(w, route, clients[who], who, who)
    for scope in SCOPES if route.api else ():
        hold(w, route, w.scoped[scope], "admin", f"the scope {scope}", (scope,))


def main():
    all_of_them = [r for r in routes() if not sys.argv[1:] or r.handler in sys.argv[1:]]
    with Storage() as storage:
        world = Matrix(storage)
        failed = 0
        for route in all_of_them:
            try:
                everybody(world, route)
                print(f"ok {route.method} {route.path}", flush=True)
            except (AssertionError, KeyError) as e:
                failed += 1
                world.put_back()
                print(f"not ok {route.method} {route.path}: {route.handler}: {str(e)[:400]}".replace("\n", " "), flush=True)
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
