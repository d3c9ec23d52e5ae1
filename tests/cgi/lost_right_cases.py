#!/usr/bin/env python3
"""lost_right_cases: what somebody asked for, or had done, while they might, and may not any more (DECISIONS 21).

No worker runs beside the web program here: a job waits until the case lets one work.

    lost_right_cases.py [case…]
"""
import shutil
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
from cgi import Storage  # noqa: E402
from cases import BUILD, case, equal, run_cases  # noqa: E402
from matrix_cases import Alone  # noqa: E402
from world import HH, World, metered  # noqa: E402

METER = "1700000000951"


class Shared(World):
    """A property of Ada's with a meter, of which Bob is a member or not."""

    def __init__(self, storage):
        super().__init__(storage)
        storage.cli("settings-set", "sync_wait_seconds", "0")
        self.property_id, self.m = metered(self, "ada", "Shared", METER, "2025-01-07")
        Alone.program = storage.dir.parent / "bin"
        Alone.program.mkdir()
        shutil.copy(BUILD / "wattledger.cgi", Alone.program)
        self.by["bob"] = Alone(storage, token=self.by["bob"].token)
        self.bob = self.sql("SELECT id FROM users WHERE name = 'bob'")[0][0]

    def join(self, role="editor"):
        self.call("ada", "POST", f"/api/properties/{self.property_id}/members", {"email": "bob@example.org", "role": role}, 200)

    def leave(self):
        self.call("ada", "DELETE", f"/api/properties/{self.property_id}/members/{self.bob}", None, 204)

    def bob_is(self, **what):
        self.call("admin", "PATCH", f"/api/users/{self.bob}", what, 200)

    def through(self):
        return self.call("ada", "GET", f"/api/meters/{self.m}/consumption?start_date=2025-01-08&end_date=2025-01-08").json()["consumption"]

    def queue(self, value, meter=METER):
        """Bob's import of a day. Its batch."""
        text = HH + f"{meter},2025-01-08" + f",{value}" * 48 + "\n"
        fields = {"property": self.property_id, "on_conflict": "replace"}
        parts = "".join(f'--b\r\nContent-Disposition: form-data; name="{k}"\r\n\r\n{v}\r\n' for k, v in fields.items())
        body = f'{parts}--b\r\nContent-Disposition: form-data; name="file"; filename="b.csv"\r\n\r\n{text}\r\n--b--\r\n'
        return self.by["bob"].request("POST", "/api/import/jobs", body.encode(), {"Content-Type": "multipart/form-data; boundary=b"}).json()["batch_id"]


@case
def an_import_that_was_queued(w):
    for lose, have in ((w.leave, w.join), (lambda: w.join("viewer"), w.join), (lambda: w.bob_is(role="viewer"), lambda: w.bob_is(role="editor")),
                       (lambda: w.bob_is(is_active=False), lambda: w.bob_is(is_active=True))):
        w.join()
        batches = [w.queue(2), w.queue(2, "1700000000952")]
        lose()
        w.storage.work()
        for batch in batches:
            job = w.call("admin", "GET", f"/api/import/jobs/{batch}").json()
            equal((job["status"], job["attempts"] < 2, "may not import" in (job["error_message"] or "")), ("failed", True, True), str(job))
        equal((w.through(), w.call("ada", "GET", "/api/meters/?search=1700000000952").json()["total"]), (None, 0))
        have()
        w.leave()


@case
def an_import_that_can_be_undone(w):
    w.join()
    batch = w.queue(2)
    w.storage.work()
    entry = w.call("bob", "POST", "/api/readings/", {"meter_id": w.m, "reading_timestamp": "2024-01-01T00:00:00Z", "value": 7}, 201).json()["batch_id"]
    for lose in (w.leave, lambda: w.join("viewer")):
        lose()
        for what in ("undo", "undo?dry_run=1"):
            w.call("bob", "POST", f"/api/import/jobs/{batch}/{what}", {}, 403)
            w.call("bob", "POST", f"/api/import/jobs/{entry}/{what}", {}, 403)
    equal(w.through(), "96")
    w.join()
    w.call("bob", "POST", f"/api/import/jobs/{batch}/undo", {}, 202)
    w.storage.work()
    w.leave()
    w.call("bob", "POST", f"/api/import/jobs/{batch}/redo", {}, 403)
    equal(w.through(), None)


@case
def an_export_that_was_queued(w):
    w.join()
    ids = [w.call("bob", "POST", "/api/exports", {"shape": "long", "format": "csv", **more}, 202).json()["job_id"]
           for more in ({}, {"property_id": w.property_id}, {"meter": METER})]
    w.leave()
    w.storage.work()
    equal([w.call("bob", "GET", f"/api/exports/{i}").json()["reading_count"] for i in ids], [0, 0, 0])


@case
def a_meter_is_given_away_by_its_owner_alone(w):
    w.join()
    away, near = w.property("bob", "Bob's")["id"], w.property("ada", "Ada's")["id"]
    w.call("ada", "POST", f"/api/properties/{near}/members", {"email": "bob@example.org", "role": "editor"}, 200)
    w.call("bob", "PATCH", f"/api/meters/{w.m}", {"property_id": away}, 403)
    w.call("bob", "PATCH", f"/api/meters/{w.m}", {"property_id": near}, 200)
    w.call("bob", "PATCH", f"/api/meters/{w.m}", {"property_id": w.property_id}, 200)
    w.leave()


def main():
    with Storage() as storage:
        sys.exit(0 if run_cases(Shared(storage), only=sys.argv[1:]) else 1)


if __name__ == "__main__":
    main()
