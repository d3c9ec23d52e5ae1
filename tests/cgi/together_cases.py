#!/usr/bin/env python3
"""together_cases: several who write at the same moment.

All of them are let as far as the database's write lock, which the case holds; then it lets go. So whatever they looked
at before they had the lock is as old as it can be.

    together_cases.py [case…]
"""
import sqlite3
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
from cgi import Storage  # noqa: E402
from cases import case, equal, run_cases  # noqa: E402
from world import World, metered  # noqa: E402


def together(w, *calls):
    """Statuses, in rising order."""
    db = sqlite3.connect(w.storage.dir / "wattledger.db", timeout=20, isolation_level=None)
    db.execute("BEGIN IMMEDIATE")
    with ThreadPoolExecutor(len(calls)) as all_of_them:
        asked = [all_of_them.submit(w.call, *c) for c in calls]
        time.sleep(0.3)
        db.close()
        return sorted(a.result().status for a in asked)


@case
def one_of_two_gets_the_name(w):
    p, q = (w.property("ada", name)["id"] for name in ("One", "Two"))
    a, b = w.meter("ada", p, "T-A")["id"], w.meter("ada", q, "T-B")["id"]
    equal(together(w, *[("ada", "POST", f"/api/properties/{x}/meters", {"identifier": "T-NEW"}) for x in (p, q)]), [201, 409])
    equal(together(w, *[("ada", "POST", f"/api/meters/{x}/identifiers", {"identifier": "T-ALIAS"}) for x in (a, b)]), [201, 409])
    equal(together(w, *[("ada", "PATCH", f"/api/meters/{x}", {"identifier": "T-SAME"}) for x in (a, b)]), [200, 409])


@case
def formulas_do_not_name_each_other(w):
    p = w.property("ada", "Circle")["id"]
    a, b = (w.meter("ada", p, f"T-C{x}", meter_type="SUB_METER")["id"] for x in (1, 2))
    made = together(w, *[("ada", "PATCH", f"/api/meters/{x}", {"sub_meter_kind": "VIRTUAL", "formula": f"M{y}"}) for x, y in ((a, b), (b, a))])
    assert made in ([200, 409], [200, 422]), made


@case
def a_removed_property_has_no_active_meter(w):
    p = w.property("ada", "Going")["id"]
    m = w.meter("ada", p, "T-G")["id"]
    w.call("ada", "DELETE", f"/api/meters/{m}", None, 200)
    equal(together(w, ("ada", "DELETE", f"/api/properties/{p}"), ("ada", "POST", f"/api/meters/{m}/restore", {})), [200, 409])
    active = w.call("ada", "GET", f"/api/properties/{p}").json()["is_active"]
    equal(w.call("ada", "GET", f"/api/meters/{m}").json()["is_active"], active)


@case
def one_who_is_disabled_stays_so(w):
    u = w.call("admin", "POST", "/api/users/", {"email": "t@example.org", "password": "a long enough one", "role": "editor"}, 201).json()["id"]
    equal(together(w, *[("admin", "PATCH", f"/api/users/{u}", x) for x in ({"name": "T"}, {"is_active": False}, {"role": "viewer"})]), [200] * 3)
    now = w.call("admin", "GET", f"/api/users/{u}").json()
    equal((now["name"], now["is_active"], now["role"]), ("T", False, "viewer"))
    equal(together(w, *[("ada", "PATCH", "/api/users/me", x) for x in ({"phone": "1"}, {"time_zone": "Europe/Berlin"})]), [200] * 2)
    now = w.call("ada", "GET", "/api/users/me").json()
    equal((now["phone"], now["time_zone"]), ("1", "Europe/Berlin"))


@case
def a_property_has_one_owner_and_forgets_nobody(w):
    p = w.property("ada", "Handed on")["id"]
    equal(together(w, *[("ada", "POST", f"/api/properties/{p}/members", {"email": f"{x}@example.org", "role": "owner"}) for x in ("bob", "vic")]), [200, 403])
    equal([x["role"] for x in w.call("admin", "GET", f"/api/properties/{p}/members").json()["items"]], ["owner", "editor"])


@case
def an_edit_is_taken_out_once(w):
    p, m = metered(w, "ada", "Twice", "1700000000901", "2025-01-07")
    edit = {"start": "2025-01-07T10:00:00Z", "end": "2025-01-07T12:00:00Z", "action": "set", "value": 7, "reason": "why"}
    made = w.call("ada", "POST", f"/api/meters/{m}/edits", edit, 201).json()["id"]
    path = f"/api/meters/{m}/edits/{made}"
    equal(together(w, *[("ada", "DELETE", path)] * 2), [200, 409])
    equal(together(w, *[("ada", "POST", path + "/restore", {})] * 2), [200, 409])
    equal(w.call("ada", "GET", f"/api/meters/{m}/consumption?start_date=2025-01-07&end_date=2025-01-07").json()["consumption"], "72")


def main():
    with Storage() as storage:
        sys.exit(0 if run_cases(World(storage), only=sys.argv[1:]) else 1)


if __name__ == "__main__":
    main()
