#!/usr/bin/env python3
"""backup_cases: everything into a ZIP and back, by the command line (source A, PRODUCT 8).

    backup_cases.py [case…]
"""
import csv
import io
import json
import os
import random
import re
import signal
import subprocess
import sys
import time
import zipfile
from pathlib import Path

from archives import ODD, backup, content, digest, edit_manifest, forged, fresh, full, remade, restore, signed, sql
from cases import BUILD, ROOT, case, equal, run_cases
from seeds import SEED_DAILY

SEED = 20261121
FLIPS = 300
NOT_KEPT = {"migrations", "sessions", "uploads", "inbox", "repeats", "backups", "backup_jobs"}


@case
def the_tables_are_those_of_the_schema(_):
    s = fresh()
    text = (ROOT / "lib/app/backup/tables.def").read_text()
    tables = {}
    for name, rest in re.findall(r"^BACKUP_\w+\((\w+), \d+, 0,(.*?)\)$(?=\nBACKUP|\n*\Z)", text, re.M | re.S):
        tables[name] = re.findall(r"\(\w+, (\w+)\)", rest + ")")
    there = {n for (n,) in sql(s, "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%'")}
    equal(set(tables) | NOT_KEPT, there)
    for name, columns in tables.items():
        equal(columns, [r[1] for r in sql(s, f"PRAGMA table_info({name})")], name)


@case
def what_is_restored_makes_the_same_backup(_):
    s = full()
    a = backup(s)
    entries = {e["name"]: e["rows"] for e in digest(a)}
    assert all(entries[f"{t}.csv"] > 0 for t in ("users", "tokens", "jobs", "meters", "days", "day_layers", "job_errors", "edits", "settings", "cars")), entries
    equal(entries["charging_sessions.csv"], len(ODD))
    t = fresh()
    p = restore(t, a, "--json")
    equal(p.returncode, 0, p.stderr)
    equal(content(t), digest(a))
    for table in ("users", "charging_sessions", "days", "day_layers", "jobs", "edits"):
        equal(sql(t, f"SELECT * FROM {table} ORDER BY 1, 2, 3"), sql(s, f"SELECT * FROM {table} ORDER BY 1, 2, 3"), table)
    equal(json.loads(t.run("backup-verify", "--from", a, "--json"))["digest"], json.loads(p.stdout)["digest"])
    audit = t.run("audit-list", "--verify").decode()
    assert "backup.restore" in t.run("audit-list").decode(), audit
    # the undone import comes back as it would have there
    batch = sql(t, "SELECT batch_id FROM jobs WHERE undone_at IS NOT NULL")[0][0]
    t.run("import-redo", batch)
    s.run("import-redo", batch)
    equal(t.export("long"), s.export("long"))


@case
def replacing_keeps_what_there_was(_):
    s, t = full(), full()
    a = backup(s)
    sql(t, "DELETE FROM charging_sessions")
    before = content(t)
    dry = restore(t, a, "--dry-run")
    equal((dry.returncode, content(t)), (0, before), dry.stderr)
    assert not list((t.folder / "storage/backups").iterdir())
    equal(restore(t, a).returncode, 0)
    equal(content(t), digest(a))
    kept = list((t.folder / "storage/backups").iterdir())
    equal(len(kept), 1)
    equal(digest(kept[0]), before)
    p = t.call("backup-restore", "--from", a, "--mode", "replace")
    equal((p.returncode, content(t)), (1, digest(a)))
    assert b"--yes" in p.stderr
    # what was kept is on the list of backups, beside those that were on it, and no worker's lease of before holds any more
    sql(t, "INSERT INTO backups (id, name, origin, added_at, size, sha256) VALUES (9, 'kept.zip', 'schedule', 1, 2, 'x')")
    sql(t, "INSERT INTO jobs (batch_id, kind, status, filename, file_path, import_type, on_conflict, queued_at, lease_token, lease_slot) "
           "VALUES ('b', 'import', 'processing', 'f', '/f', 'hh', 'keep', 1, 41, 3)")
    b = backup(t, "b.zip")
    equal(restore(t, b).returncode, 0)
    equal(sql(t, "SELECT name, origin FROM backups ORDER BY id")[:2], [(kept[0].name, "restore"), ("kept.zip", "schedule")])
    equal(sql(t, "SELECT COUNT(*), COUNT(verified_at), MIN(size) > 0 FROM backups WHERE origin = 'restore'"), [(2, 2, 1)])
    listed = json.loads(t.run("backup-list", "--json"))
    equal([(b["name"], b["origin"]) for b in listed if b["name"] == "kept.zip"], [("kept.zip", "schedule")])
    assert f"{kept[0].name}  {kept[0].stat().st_size} bytes  made 2" in t.run("backup-list").decode(), listed
    equal(sql(t, "SELECT status, lease_slot FROM jobs WHERE batch_id = 'b'"), [("queued", None)])
    assert sql(t, "SELECT lease_token > 41 FROM jobs WHERE batch_id = 'b'")[0][0]


@case
def what_is_not_whole_is_refused_and_changes_nothing(_):
    s = full()
    a, before = backup(s), content(s)
    data = a.read_bytes()
    changes = {
        "an entry more": lambda e: e.update({"more.csv": b"x\n"}), "an entry less": lambda e: e.pop("cars.csv"), "no manifest": lambda e: e.pop("manifest.json"),
        "another content": lambda e: e.update({"cars.csv": e["cars.csv"].replace(b"Zoe", b"Joe")}), "swapped": lambda e: e.update({"cars.csv": e["users.csv"], "users.csv": e["cars.csv"]}),
        "a newer schema": lambda e: edit_manifest(e, schema_version=9999), "no schema": lambda e: edit_manifest(e, schema_version=0),
        "another format": lambda e: edit_manifest(e, wattledger_backup=2), "no JSON": lambda e: e.update({"manifest.json": b"{"}), "no date": lambda e: edit_manifest(e, created_at="soon"),
        "a header that differs": forged("cars.csv", b"registration", b"plate"), "a number that is none": forged("cars.csv", b"52,", b"5x2,"),
        "a row too long": forged("cars.csv", b"zoe,", b"zoe,,"), "a car of nobody": forged("charging_sessions.csv", b"id-1,1,", b"id-1,77,"),
        "the same key twice": forged("cars.csv", b"\r\n2,", b"\r\n1,"), "readings that are none": forged("days.csv", b" 1.6 ", b" 1.6.6 "),
        "another spelling": forged("cars.csv", b"52,", b"52.0,"), "a table less, signed": lambda e: (e.pop("cars.csv"), signed(e)),
        "a path": lambda e: (e.update({"../cars.csv": e["cars.csv"]}), signed(e)), "a bomb": lambda e: (e.update({"cars.csv": b"0" * 50_000_000}), signed(e))}
    mutants = [(name, remade(a, change)) for name, change in changes.items()]
    mutants += [(f"cut at {at}", data[:at]) for at in (0, 1, 100, len(data) // 2, len(data) - 1)] + [("something before", b"x" * 10 + data)]
    accepted = []
    path = s.folder / "mutant.zip"
    for name, mutant in mutants:
        path.write_bytes(mutant)
        begun = time.monotonic()
        p = restore(s, path)
        assert p.returncode == 1 and p.stderr.startswith(b"wattledger: ") and time.monotonic() - begun < 2, (name, p.returncode, p.stderr)
    rng = random.Random(SEED)
    for _ in range(FLIPS):
        at, bit = rng.randrange(len(data)), 1 << rng.randrange(8)
        path.write_bytes(data[:at] + bytes([data[at] ^ bit]) + data[at + 1:])
        p = s.call("backup-verify", "--from", path, "--json")
        if p.returncode == 0:
            accepted.append((at, bit, json.loads(p.stdout)["digest"]))
    good = json.loads(s.run("backup-verify", "--from", a, "--json"))["digest"]
    assert all(d == good for _, _, d in accepted), f"seed {SEED}: content changed unseen: {accepted}"
    equal(content(s), before)


@case
def an_archive_commands_no_file_and_no_terminal(_):
    s = full()
    sql(s, "DELETE FROM drafts")  # they pack too densely for a ZIP made by hand
    clean = backup(s)
    sql(s, "INSERT INTO jobs (batch_id, kind, user_id, status, filename, file_path, import_type, on_conflict, queued_at, completed_at) "
           "VALUES ('there', ?, 1, 'completed', 'x.csv', ?, 'auto', 'replace', 1, 1)", "import", "uploads/x.csv")
    for kind, path in (("import", "uploads/../wattledger.conf"), ("import", "uploads/"), ("import", "wattledger.db"), ("import", "uploads/.x"),
                       ("export", "keys/instance.key"), ("export", "/etc/passwd"), ("edit", "/etc/passwd"), ("import", "exports/x.csv")):
        sql(s, "UPDATE jobs SET kind = ?, file_path = ? WHERE batch_id = 'there'", kind, path)
        a = backup(s, "forged.zip")
        for mode in ("merge", "replace"):
            p = fresh().call("backup-restore", "--from", a, "--mode", mode, "--yes")
            assert p.returncode == 1 and b"the job there has a file of another place" in p.stderr, (kind, path, p)
    for kind, path in (("import", "uploads/x.csv"), ("import", "/home/x.csv"), ("import", "-"), ("export", "exports/x.csv"), ("undo", "")):
        sql(s, "UPDATE jobs SET kind = ?, file_path = ? WHERE batch_id = 'there'", kind, path)
        equal(restore(fresh(), backup(s, "fine.zip")).returncode, 0, path)
    for table, column in (("meters", "identifier"), ("series", "channel"), ("series", "unit")):
        old = sql(s, f"SELECT {column} FROM {table} WHERE id = 1")[0][0]
        for length, code in ((70000, 1), (257, 1), (256, 0)):
            sql(s, f"UPDATE {table} SET {column} = ? WHERE id = 1", "x" * length)
            p = restore(fresh(), backup(s, "long.zip"))
            equal((p.returncode, b"is longer than 256 bytes" in p.stderr), (code, code == 1), (table, column, length))
        if (table, column) != ("meters", "identifier"):
            sql(s, f"UPDATE {table} SET {column} = ? WHERE id = 1", "x" * 70000)
            p = s.call("readings-export", "--shape", "long", "--to", s.folder / "long.csv")
            assert p.returncode == 1 and b"too long for an export" in p.stderr, p
        sql(s, f"UPDATE {table} SET {column} = ? WHERE id = 1", old)
    escape = "\x1b]0;x\x07\x1b[31mu"
    path = s.folder / "mutant.zip"
    path.write_bytes(remade(clean, lambda e: edit_manifest(e, only_user=escape, app_version=escape)))
    for p in (s.call("backup-verify", "--from", path), restore(s, path), s.call("backup-restore", "--from", path, "--mode", "merge", "--dry-run")):
        assert b"\x1b" not in p.stdout + p.stderr and b"\x07" not in p.stdout + p.stderr, p


@case
def numbers_of_rows_leave_room_for_more(_):
    s = full()
    sql(s, "DELETE FROM drafts")
    a, path = backup(s), s.folder / "mutant.zip"
    for number in (b"9223372036854775807", b"9007199254740993", b"0", b"-1"):
        path.write_bytes(remade(a, forged("cars.csv", b"\r\n2,", b"\r\n" + number + b",")))
        p = restore(s, path)
        assert p.returncode == 1 and b"cars.csv, line 3, column id" in p.stderr, (number, p)


@case
def two_restores_at_once_lose_nothing(_):
    s = full()
    a = backup(s)
    for _ in range(6):
        t = fresh()
        sql(t, "INSERT INTO cars (name, name_key, created_at) VALUES ('Precious', 'precious', 1)")
        both = [subprocess.Popen([BUILD / "wattledger", "backup-restore", "--from", a, "--mode", "replace", "--yes"], env=t.env,
                                 stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) for _ in range(2)]
        assert 0 in [p.wait() for p in both]
        kept = [b"Precious" in zipfile.ZipFile(f).read("cars.csv") for f in (t.folder / "storage/backups").glob("before-restore-*.zip")]
        assert any(kept), f"what there was is in none of {len(kept)} archives"


@case
def a_job_under_way_does_not_go_on_in_the_database_that_took_over(_):
    """A worker that holds the lease of a job of that number, in an archive made in the middle of it."""
    s = full()
    sql(s, "UPDATE jobs SET status = 'processing', lease_token = 7, lease_slot = 3 WHERE id = 1")
    sql(s, "INSERT INTO backups (name, origin, added_at, size, sha256) VALUES ('a.zip', 'upload', 5, 6, 'x')")
    a = backup(s)
    equal(restore(s, a).returncode, 0)
    equal(sql(s, "SELECT status, lease_token > 7, lease_slot FROM jobs WHERE id = 1"), [("queued", 1, None)])
    equal(sql(s, "SELECT name, origin, added_at FROM backups WHERE origin = 'upload'"), [("a.zip", "upload", 5)])


@case
def what_is_put_on_the_list_during_a_replace_stays_on_it(_):
    s = full()
    a = backup(s)
    begun = time.monotonic()
    equal(restore(s, a).returncode, 0)
    whole, rng = time.monotonic() - begun, random.Random(SEED)
    for i in range(12):
        p = subprocess.Popen([BUILD / "wattledger", "backup-restore", "--from", a, "--mode", "replace", "--yes"], env=s.env,
                             stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        time.sleep(rng.uniform(0.3, 1) * whole)
        sql(s, "INSERT INTO backups (name, origin, added_at, size, sha256) VALUES (?, 'upload', 5, 6, 'x')", f"{i}.zip")
        equal(p.wait(), 0)
        equal(sql(s, "SELECT origin FROM backups WHERE name = ?", f"{i}.zip"), [("upload",)], i)
    equal(sql(s, "SELECT COUNT(*) FROM audit WHERE action = 'backup.restore'"), [(1,)])


@case
def killed_at_any_moment_it_is_the_old_or_the_new(_):
    s, t = full(), fresh()
    a, new = backup(s), digest(backup(s))
    (t.folder / "daily.csv").write_text(SEED_DAILY)
    t.import_json("--from", t.folder / "daily.csv")
    old_path = backup(t, "old.zip")
    old = digest(old_path)
    rng = random.Random(SEED)
    begun = time.monotonic()
    equal(restore(t, a).returncode, 0)
    whole = time.monotonic() - begun
    seen = set()
    for _ in range(40):
        equal(restore(t, old_path).returncode, 0)
        p = subprocess.Popen([BUILD / "wattledger", "backup-restore", "--from", a, "--mode", "replace", "--yes"], env=t.env,
                             stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        time.sleep(rng.uniform(0, 1.2 * whole))
        p.send_signal(signal.SIGKILL)
        p.wait()
        now = content(t)
        assert now in (old, new), "neither the old nor the new"
        seen.add(now == new)
    equal(sql(t, "PRAGMA integrity_check"), [("ok",)])
    for f in (t.folder / "storage/backups").iterdir():
        if f.suffix == ".zip":
            t.run("backup-verify", "--from", f)


@case
def a_backup_is_made_beside_writers(_):
    s = full()
    stop = s.folder / "stop"
    writer = subprocess.Popen([sys.executable, "-c", f"""
import pathlib, subprocess
n = 0
while not pathlib.Path({str(stop)!r}).exists():
    n += 1
    subprocess.run([{str(BUILD / 'wattledger')!r}, "settings-set", "stale_days", str(1 + n % 3000)], check=True)
"""], env=s.env)
    for i in range(10):
        a = backup(s, f"{i}.zip")
        t = fresh()
        equal(restore(t, a).returncode, 0)
    stop.touch()
    equal(writer.wait(), 0)


@case
def a_replace_comes_through_while_somebody_writes_without_end(_):
    s = full()
    a = backup(s)
    for _ in range(3):
        before = {p.name for p in (s.folder / "storage/backups").glob("before-*")}
        stop = s.folder / "stop"
        # what was acknowledged is in the archive of what there was, or came after the takeover
        writer = subprocess.Popen([sys.executable, "-c", f"""
import pathlib, sqlite3
db = sqlite3.connect({str(s.db)!r}, timeout=30, isolation_level=None)
db.execute("PRAGMA synchronous = OFF")
n = 0
while not pathlib.Path({str(stop)!r}).exists():
    n += 1
    db.execute("INSERT INTO drafts (id, user_id, form, subject, title, fields, created_at, updated_at) VALUES (hex(randomblob(8)), 1, 'session', '', ?, '{{}}', 1, 1)", (str(n),))
    print(n, flush=True)
"""], stdout=subprocess.PIPE)
        for _ in range(5):
            writer.stdout.readline()
        p = restore(s, a)
        stop.touch()
        acknowledged = [int(n) for n in writer.communicate()[0].split()]
        equal((p.returncode, writer.returncode), (0, 0), p.stderr)
        stop.unlink()
        kept, = {p.name for p in (s.folder / "storage/backups").glob("before-*")} - before
        with zipfile.ZipFile(s.folder / "storage/backups" / kept) as z:
            there = {int(r["title"]) for r in csv.DictReader(io.TextIOWrapper(z.open("drafts.csv"), "utf-8")) if r["title"]}
        there |= {int(t) for (t,) in sql(s, "SELECT title FROM drafts WHERE title <> ''")}
        assert len(acknowledged) > 5 and set(acknowledged) <= there, set(acknowledged) - there
        time.sleep(1.1)  # names are of the second


@case
def what_cannot_be_written_is_said(_):
    s = full()
    a = backup(s)
    p = s.call("backup-create", "--to", a)
    equal(p.returncode, 1)
    assert b"there already" in p.stderr, p.stderr
    equal(s.call("backup-create").returncode, 2)
    equal(s.call("backup-restore", "--from", a, "--mode", "sideways", "--yes").returncode, 2)
    p = s.call("backup-verify", "--from", s.folder)
    assert p.returncode == 1 and b"Is a directory" in p.stderr, p
    p = s.call("backup-create", "--to", s.folder / "none/a.zip")
    assert p.returncode == 1 and b"The folder" in p.stderr and b"No such file" in p.stderr, p
    # through a pipe and back, with nothing left behind
    p = s.call("backup-create", "--to", "-")
    equal((p.returncode, p.stderr), (0, b""))
    equal(s.call("backup-verify", "--from", "-", input=p.stdout).returncode, 0)
    equal(s.call("backup-create", "--to", "-", "--json").returncode, 2)
    assert not list((s.folder / "storage/backups").iterdir())
    # what a killed one left beside its archive goes with the next one; what is younger, or somebody else's, does not
    old = [s.folder / n for n in ("x.zip." + "0a" * 16 + ".part", "x.zip." + "0b" * 16 + ".part.Ab12", "mine.part", ".hidden", "y.zip." + "0c" * 16 + ".part")]
    for f in old:
        f.write_bytes(b"left")
        os.utime(f, (1, 1))
    os.utime(old[-1])
    s.run("backup-create", "--to", s.folder / "swept.zip")
    equal([f.exists() for f in old], [False, False, True, True, True])
    old[-1].unlink()
    old[2].unlink()
    for what in ("backup-create --to -", f"backup-verify --from {a}"):
        p = subprocess.run(["sh", "-c", f"{BUILD}/wattledger {what} >&-"], env=s.env, capture_output=True, timeout=60)
        equal(p.returncode, 1, "nobody got it")
        assert b"written: Bad file descriptor" in p.stderr, p.stderr
    equal(s.call("backup-verify", "--from", s.folder / "nothing").returncode, 1)
    (s.folder / "storage/backups").rmdir()
    equal(s.call("backup-create", "--to", s.folder / "no-folder.zip").returncode, 0)
    left = [f for f in s.folder.rglob("*") if ".part" in f.name or (f.parent.name == "backups" and f.suffix == ".db")]
    equal(left, [])


if __name__ == "__main__":
    sys.exit(0 if run_cases(None, only=sys.argv[1:]) else 1)
