#!/usr/bin/env python3
"""merge_cases: a backup beside what there is: nothing twice, nothing of others touched, and twice is as once.

    merge_cases.py [case…]
"""
import json
import random
import sys

from archives import backup, content, digest, fresh, full, restore, sql
from cases import case, equal, run_cases
from seeds import SEED_HH

SEEDS = 6
PASSWORD = b"correct horse battery staple\n"


def merge(s, path, *more, code=0):
    p = s.call("backup-restore", "--from", path, "--mode", "merge", "--json", *more)
    equal(p.returncode, code, p.stderr)
    return {t.pop("name"): t for t in json.loads(p.stdout)["tables"]} if not code else p.stderr.decode()


def changes(report):
    return {name: {k: v for k, v in t.items() if v and k != "left"} for name, t in report.items()
            if t["added"] or t["changed"] or t["removed"]}


def admin(s, email="ada@example.org"):
    s.call("admin-create", "--email", email, "--password-stdin", input=PASSWORD)


@case
def what_is_there_already_stays_as_it_is(_):
    s = full()
    a, before = backup(s), content(s)
    for more in ((), ("--dry-run",), ()):
        equal(changes(merge(s, a, *more)), {}, more)
        equal(content(s), before)


@case
def into_an_empty_instance_it_is_the_same_and_twice_changes_nothing(_):
    s = full()
    a = backup(s)
    t = fresh()
    dry = merge(t, a, "--dry-run")
    equal(sql(t, "SELECT COUNT(*) FROM users"), [(0,)])
    equal(merge(t, a), dry)
    equal(content(t), digest(a))
    once = content(t)
    equal(changes(merge(t, a)), {})
    equal(content(t), once)
    equal(sql(t, "PRAGMA foreign_key_check"), [])
    assert not list((t.folder / "storage/backups").iterdir())


@case
def a_preset_of_a_name_that_somebody_else_has_is_left_out_and_told(_):
    s, t = fresh(), fresh()
    put = "INSERT INTO presets (name, name_key, fingerprint, header, import_type, answers, user_id, created_at) VALUES (?, ?, '', 'a', 'hh', ?, ?, 1)"
    admin(s)
    for name in ("Mine", "Half\thours"):
        sql(s, put, name, name.lower(), '{"of":"ada"}', 1)
    sql(s, put, "Everybody's", "everybody's", "{}", None)
    admin(t, "bob@example.org")
    for name in ("half\thours", "everybody's"):
        sql(t, put, name, name, '{"of":"bob"}', 1)
    for _ in range(2):
        p = t.call("backup-restore", "--from", backup(s), "--mode", "merge", "--json")
        notes = json.loads(p.stdout)["notes"]
        equal([n.split(" is left out")[0] for n in notes], ["The preset Half hours of ada@example.org", "The preset Everybody's of nobody"])
        equal(sql(t, "SELECT name_key FROM presets WHERE answers LIKE '%ada%'"), [("mine",)])
    again = t.call("backup-restore", "--from", backup(t), "--mode", "merge", "--json")
    equal(json.loads(again.stdout)["notes"], [])


@case
def beside_other_things_nothing_of_them_is_touched(_):
    s = full()
    a = backup(s)
    t = fresh()
    admin(t, "bob@example.org")
    sql(t, "UPDATE users SET role = 'editor'")
    (t.folder / "hh.csv").write_text(SEED_HH.replace("1.5", "2.5"))
    t.run("import", "--from", t.folder / "hh.csv", "--user", "bob@example.org")
    sql(t, "INSERT INTO cars (user_id, name, name_key, created_at) VALUES (1, 'Zoe', 'zoe', 1), (NULL, 'Zoe 2', 'zoe 2', 9)")
    bob = [sql(t, f"SELECT * FROM {table} ORDER BY 1, 2") for table in ("users", "meters", "days", "jobs", "series", "cars")]
    report = merge(t, a)
    there = [sql(t, f"SELECT * FROM {table} ORDER BY 1, 2") for table in ("users", "meters", "days", "jobs", "series", "cars")]
    for was, now in zip(bob, there):
        assert set(was) <= set(now), (set(was) - set(now))
    equal(report["cars"]["added"], 1)  # the other Zoe is bob's; Zoe 2 is everybody's and here already
    equal(sql(t, "PRAGMA foreign_key_check"), [])
    equal(changes(merge(t, a)), {})
    # its readings are those of the backup's
    equal(readings(t, 1), readings(s, 1))
    # and an undo that was possible there is possible here
    batch = sql(s, "SELECT batch_id FROM jobs WHERE undone_at IS NOT NULL")[0][0]
    t.run("import-redo", batch)
    s.run("import-redo", batch)
    equal(readings(t, 1), readings(s, 1))


def readings(s, number):
    """What shows of the meter of that many-th identifier of nobody's property: channel, day, data."""
    return sql(s, "SELECT m.identifier, r.channel, r.interval_minutes, d.day, d.data FROM days d JOIN series r ON r.id = d.series_id "
                  "JOIN meters m ON m.id = r.meter_id JOIN properties p ON p.id = m.property_id WHERE p.owner_id IS NULL ORDER BY 1, 2, 3, 4")


@case
def what_was_changed_since_comes_back_and_what_is_new_stays(_):
    s = full()
    a = backup(s)
    sql(s, "UPDATE cars SET battery_kwh = 1000000, version = 7 WHERE name = 'Zoe'")
    sql(s, "DELETE FROM charging_sessions WHERE public_id = 'id-3'")
    sql(s, "UPDATE charging_sessions SET notes = 'changed' WHERE public_id = 'id-4'")
    sql(s, "UPDATE properties SET name = 'renamed'")
    sql(s, "UPDATE users SET role = 'viewer', password_hash = 'new', name = 'Somebody'")
    sql(s, "INSERT INTO cars (name, name_key, created_at) VALUES ('New', 'new', 5)")
    sql(s, "DELETE FROM drafts")
    sql(s, "UPDATE settings SET value = '77' WHERE key = 'stale_days'")
    equal(changes(merge(s, a)), {"users": {"changed": 1}, "settings": {"changed": 1}, "properties": {"changed": 1}, "cars": {"changed": 1},
                                 "charging_sessions": {"added": 1, "changed": 1}, "drafts": {"added": 1}})
    equal(sql(s, "SELECT name, battery_kwh, version FROM cars ORDER BY name"), [("New", None, 1), ("Zoe", 52000000, 8), ("Zoe 2", None, 1)])
    equal(sql(s, "SELECT role, password_hash FROM users"), [("viewer", "new")])  # a merge lets nobody in
    assert sql(s, "SELECT name FROM users") != [("Somebody",)]
    assert sql(s, "SELECT name FROM properties") != [("renamed",)]
    equal(sql(s, "SELECT value FROM settings WHERE key = 'stale_days'"), [("9",)])
    equal(changes(merge(s, a)), {})


@case
def what_was_undone_since_stays_undone_and_is_said(_):
    s = full()
    a = backup(s)
    batch = sql(s, "SELECT batch_id FROM jobs WHERE undone_at IS NULL AND imported_rows > 0 ORDER BY id LIMIT 1")[0][0]
    s.run("import-undo", batch)
    shows = s.export("long")
    p = s.call("backup-restore", "--from", a, "--mode", "merge")
    assert p.returncode == 0 and b"undone here since, and stay so until they are redone: 1." in p.stdout, p
    equal(s.export("long"), shows)
    s.run("import-redo", batch)
    p = s.call("backup-restore", "--from", a, "--mode", "merge")
    assert p.returncode == 0 and b"undone" not in p.stdout, p


@case
def what_was_corrected_since_stays_corrected(_):
    s = full()
    a = backup(s)
    (s.folder / "later.csv").write_text(SEED_HH.replace("1.5", "9.5"))
    s.run("import", "--from", s.folder / "later.csv", "--on-conflict", "replace")
    shows = s.export("long")
    equal(changes(merge(s, a)), {})
    equal(s.export("long"), shows)
    # in an instance that has the correction alone, the backup's readings are laid on top, and can be undone
    t = fresh()
    (t.folder / "later.csv").write_text(SEED_HH.replace("1.5", "9.5"))
    t.run("import", "--from", t.folder / "later.csv")
    alone = t.export("long")
    merge(t, a)
    for (batch,) in sql(t, "SELECT batch_id FROM jobs WHERE kind = 'import' AND undone_at IS NULL AND dry_run = 0 AND id > 1 AND imported_rows > 0 ORDER BY id"):
        t.run("import-undo", batch)
    for (batch,) in sql(t, "SELECT j.batch_id FROM edits e JOIN jobs j ON j.id = e.job_id"):
        t.call("readings-undo", batch)
    equal([line for line in t.export("long").splitlines() if b"1700000000001" not in line][:3], [line for line in alone.splitlines()][:3])


@case
def two_of_one_name_stay_two(_):
    s = fresh()
    admin(s)
    sql(s, "INSERT INTO properties (name, owner_id, created_at) VALUES ('Flat', 1, 10), ('Flat', 1, 20)")
    sql(s, "INSERT INTO meters (property_id, identifier, time_zone, created_at) VALUES (1, 'A', 'Europe/London', 1), (2, 'B', 'Europe/London', 1)")
    sql(s, "INSERT INTO cars (user_id, name, name_key, registration, created_at) VALUES (1, 'Zoe', 'zoe', 'AA', 1), (1, 'Zoe (2)', 'zoe (2)', 'BB', 1)")
    a = backup(s)
    t = fresh()
    admin(t)
    sql(t, "INSERT INTO properties (name, owner_id, created_at) VALUES ('Flat', 1, 20)")
    merge(t, a)
    equal(sql(t, "SELECT p.name, p.created_at, m.identifier FROM properties p JOIN meters m ON m.property_id = p.id ORDER BY m.identifier"),
          [("Flat", 10, "A"), ("Flat", 20, "B")])
    equal(sql(t, "SELECT COUNT(*) FROM properties"), [(2,)])
    equal(sql(t, "SELECT registration FROM cars ORDER BY 1"), [("AA",), ("BB",)])
    equal(changes(merge(t, a)), {})


@case
def sealed_settings_are_closed_anew_or_said(_):
    s = fresh()
    admin(s, "zed@example.org")
    admin(s)
    s.call("settings-set", "fetch_authorization", "-", "--user", "ada@example.org", input=b"Bearer secret-of-ada")
    sealed = sql(s, "SELECT value FROM settings WHERE user_id = 2")
    assert sealed and b"secret" not in sealed[0][0].encode(), sealed
    a = backup(s)
    # the same keys, another number of the user
    t = fresh()
    (t.folder / "storage/keys/sealed.key").unlink()
    (t.folder / "storage/keys/sealed.key").write_bytes((s.folder / "storage/keys/sealed.key").read_bytes())
    admin(t)
    p = t.call("backup-restore", "--from", a, "--mode", "merge")
    assert p.returncode == 0 and b"sealed" not in p.stdout, p
    assert sql(t, "SELECT user_id FROM settings") == [(1,)] and sql(t, "SELECT value FROM settings") != sealed
    equal(changes(merge(t, a)), {})
    equal(t.call("settings-rekey").returncode, 0)  # which opens it
    # other keys: it is said, and the rest is there
    u = fresh()
    p = u.call("backup-restore", "--from", a, "--mode", "merge")
    assert p.returncode == 0 and "“Authorization of fetches” was sealed under a key".encode() in p.stdout, p
    equal(sql(u, "SELECT COUNT(*) FROM users"), [(2,)])
    equal(sql(u, "SELECT COUNT(*) FROM settings"), [(0,)])
    w = fresh()
    p = restore(w, a)
    assert p.returncode == 0 and "of ada@example.org was sealed under a key".encode() in p.stdout, p
    equal(content(w), digest(a))


@case
def one_users_backup_put_back_at_once_changes_nothing(_):
    """Not even where it had to leave out what of others its rows refer to."""
    s = full()
    admin(s, "bob@example.org")
    bob = sql(s, "SELECT id FROM users WHERE email = 'bob@example.org'")[0][0]
    sql(s, "UPDATE properties SET owner_id = 1")
    place, meter = sql(s, "SELECT property_id, id FROM meters")[0]
    sql(s, "UPDATE users SET role = 'editor', default_property_id = ?, default_meter_id = ? WHERE id = ?", place, meter, bob)
    sql(s, "INSERT INTO property_members VALUES (?, ?, 'editor')", bob, place)
    sql(s, "INSERT INTO cars (user_id, name, name_key, created_at) VALUES (?, 'Bob''s', 'bob''s', 5)", bob)
    sql(s, "INSERT INTO charging_sessions (public_id, car_id, status, day, meter_id, created_at, updated_at) SELECT 'bob', MAX(id), 'closed', 5, ?, 1, 1 FROM cars", meter)
    for where in (place, None):
        sql(s, "INSERT INTO schedules (user_id, address, cron, import_type, property_id, next_run_at, created_at) "
               "VALUES (?, 'https://example.org/', '0 5 * * *', 'auto', ?, 4000000000, 9)", bob, where)
        sql(s, "INSERT INTO export_schedules (user_id, shape, format, property_id, period, cron, keep, next_run_at, created_at) "
               "VALUES (?, 'long', 'csv', ?, 'yesterday', '0 5 * * *', 3, 4000000000, 9)", bob, where)
    a, before = s.folder / "bob.zip", content(s)
    s.run("backup-create", "--to", a, "--user", "bob@example.org")
    equal(changes(merge(s, a)), {})
    equal(content(s), before)
    # a schedule that was changed and switched off since is the same one, and stays off
    sql(s, "UPDATE schedules SET cron = '0 6 * * *', is_enabled = 0, next_run_at = NULL")
    equal(changes(merge(s, a)), {"schedules": {"changed": 2}})
    equal(sql(s, "SELECT cron, is_enabled, next_run_at, property_id FROM schedules ORDER BY id"), [("0 5 * * *", 0, None, place), ("0 5 * * *", 0, None, None)])


@case
def a_setting_that_was_taken_back_stays_so(_):
    s = full()
    sql(s, "UPDATE settings SET value = NULL")
    a = backup(s)
    equal(changes(merge(s, a)), {})
    equal(sql(s, "SELECT DISTINCT value FROM settings"), [(None,)])


@case
def what_cannot_be_put_together_is_said_and_nothing_changes(_):
    s, t = fresh(), fresh()
    for one in (s, t):
        (one.folder / "hh.csv").write_text(SEED_HH)
        one.run("import", "--from", one.folder / "hh.csv")
    sql(s, "UPDATE meters SET time_zone = 'Europe/Berlin'")
    before = content(t)
    assert "time zone Europe/London here and in Europe/Berlin" in merge(t, backup(s), code=1)
    equal(content(t), before)
    sql(s, "UPDATE meters SET time_zone = 'Europe/London'")
    sql(s, "UPDATE series SET unit = 'm3'")
    assert "in kWh here and in m3 in the backup" in merge(t, backup(s, "b.zip"), code=1)
    equal(content(t), before)


def some_imports(rng, name):
    """Files of a few meters and days that contradict each other: (name, text, policy, undone)."""
    out = []
    for i in range(rng.randint(3, 7)):
        rows = ["MPAN,Date,Quality," + ",".join(f"HH{h:02}" for h in range(1, 49))]
        for meter in rng.sample(METERS, rng.randint(1, len(METERS))):
            for day in rng.sample(range(1, 8), rng.randint(1, 4)):
                blank = rng.random() < 0.5
                cells = ["" if blank and rng.random() < 0.4 else str(rng.randint(1, 9)) for _ in range(48)]
                rows.append(f"{meter},2025-01-{day:02},{rng.choice('AE')}," + ",".join(cells))
        out.append((f"{name}{i}.csv", "\n".join(rows) + "\n", rng.choice(["actual-wins", "replace", "keep"]), rng.random() < 0.3))
    return out


METERS = ("1700000000001", "1700000000002", "2000000000003")


def play(s, imports):
    undone = []
    for name, text, policy, undo in imports:
        (s.folder / name).write_text(text)
        batch = json.loads(s.run("import", "--from", s.folder / name, "--type", "hh", "--on-conflict", policy, "--json"))["batch_id"]
        undone += [batch] if undo else []
    for batch in undone:
        s.run("import-undo", batch)


@case
def batches_of_two_instances_lie_as_if_imported_one_after_the_other(_):
    for seed in range(SEEDS):
        rng = random.Random(seed)
        here, there = some_imports(rng, "h"), some_imports(rng, "t")
        s, t, u = fresh(), fresh(), fresh()
        play(s, there)
        a = backup(s)
        play(t, here)
        play(u, [(n, text, policy, False) for n, text, policy, _ in here + there])
        for i, (name, _, _, undo) in enumerate(here + there):
            if undo:
                u.run("import-undo", sql(u, "SELECT batch_id FROM jobs WHERE filename LIKE ?", "%" + name)[0][0])
        foreseen = merge(t, a, "--dry-run")
        equal(merge(t, a), foreseen, seed)
        equal(t.export("long"), u.export("long"), f"seed {seed}")
        equal(changes(merge(t, a)), {}, seed)
        # any of them can still be undone and redone
        for n, batch in sql(t, "SELECT filename, batch_id FROM jobs WHERE kind = 'import' ORDER BY id"):
            if rng.random() < 0.5:
                verb = "import-redo" if sql(t, "SELECT undone_at FROM jobs WHERE batch_id = ?", batch)[0][0] else "import-undo"
                t.run(verb, batch)
                u.run(verb, sql(u, "SELECT batch_id FROM jobs WHERE kind = 'import' AND filename = ?", n)[0][0])
        equal(t.export("long"), u.export("long"), f"seed {seed}, after undos")
        # and what came after the backup stays on top of it
        shows = s.export("long")
        later = some_imports(rng, "l")
        play(s, later)
        after = s.export("long")
        equal({k: v for k, v in changes(merge(s, a)).items()}, {}, seed)
        equal(s.export("long"), after, seed)
        assert shows


if __name__ == "__main__":
    sys.exit(0 if run_cases(None, only=sys.argv[1:]) else 1)
