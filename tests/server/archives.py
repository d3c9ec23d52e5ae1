"""archives: storages with something of everything, their backups, and what is in those. For the cases of backups."""
import hashlib
import io
import json
import sqlite3
import tempfile
import time
import zipfile

import cases  # noqa: it says where the next two are
from golden import Storage
from seeds import SEED_DAILY, SEED_HH

ODD = ["", "plain", "=1+1", "'=x", "'", "''", "\\", "\\N", "a\nb\r\nc", 'say "hi", please', " blanks ", "tab\there", "Ωμέγα 🚗", "x" * 9000]


def fresh():
    folder = tempfile.TemporaryDirectory(prefix="wattledger-backup-")
    s = Storage(folder.name)
    s.keep = folder
    s.db = s.folder / "storage/wattledger.db"
    return s


def sql(s, text, *args):
    db = sqlite3.connect(s.db, timeout=20)
    with db:
        rows = db.execute(text, args).fetchall()
    db.close()
    return rows


def full():
    """A storage with something in every table that a few commands can fill, and the odd texts."""
    s = fresh()
    s.call("admin-create", "--email", "ada@example.org", "--password-stdin", input=b"correct horse battery staple\n")
    s.run("token-create", "--user", "ada@example.org", "--name", "t")
    (s.folder / "hh.csv").write_text(SEED_HH)
    (s.folder / "daily.csv").write_text(SEED_DAILY)
    (s.folder / "other.csv").write_text(SEED_HH.replace("1.5", "1.75"))
    (s.folder / "bad.csv").write_text("MPAN,Date,Reading\n1700000000001,2024-01-01,5\n1700000000001,2024-99-01,5\n")
    for name in ("hh", "daily", "bad"):
        s.import_json("--from", s.folder / f"{name}.csv")
    _, report = s.import_json("--from", s.folder / "other.csv", "--on-conflict", "replace")
    s.run("import-undo", report["batch_id"])
    s.run("settings-set", "stale_days", "9")
    meter = sql(s, "SELECT identifier FROM meters ORDER BY id LIMIT 1")[0][0]
    day = sql(s, "SELECT MIN(day) FROM days")[0][0]
    start = time.strftime("%Y-%m-%d", time.gmtime(day * 86400))
    s.run("readings-exclude", "--meter", meter, "--start", f"{start}T01:00:00Z", "--end", f"{start}T02:00:00Z", "--reason", "=why", "--interval-minutes", 30)
    sql(s, "INSERT INTO cars (name, name_key, battery_kwh, created_at) VALUES ('Zoe', 'zoe', 52000000, 1), ('Zoe 2', 'zoe 2', NULL, 2)")
    for i, text in enumerate(ODD):
        sql(s, "INSERT INTO charging_sessions (public_id, car_id, status, day, odometer, charge_type, charge_delivered_kwh, ambient_temp_c, notes, "
               "location_label, created_at, updated_at) VALUES (?, 1, 'closed', ?, ?, 'AC', ?, ?, ?, ?, 1, 1)",
            f"id-{i}", -3 + i, i + 1, 1000001 * i, -500000 if i % 2 else None, text, text)
    sql(s, "INSERT INTO drafts (id, user_id, form, subject, title, fields, created_at, updated_at) VALUES ('d', 1, 'session', '', '', ?, 1, 1)",
        json.dumps({"notes": '"' * 31000}))
    return s


def digest(path):
    with zipfile.ZipFile(path) as z:
        return [e for e in json.loads(z.read("manifest.json"))["entries"] if e["name"] != "audit.csv"]  # it tells of backups


def backup(s, name="a.zip"):
    path = s.folder / name
    path.unlink(missing_ok=True)
    s.run("backup-create", "--to", path)
    return path


def content(s):
    return digest(backup(s, "content.zip"))


def restore(s, path, *more):
    return s.call("backup-restore", "--from", path, "--mode", "replace", "--yes", *more)


def remade(path, change):
    """The archive with other entries."""
    with zipfile.ZipFile(path) as z:
        entries = {i.filename: z.read(i) for i in z.infolist()}
    change(entries)
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as z:
        for name, data in entries.items():
            z.writestr(name, data)
    return out.getvalue()


def signed(entries):
    """A manifest that fits the entries: what a forger would write."""
    m = json.loads(entries["manifest.json"])
    m["entries"] = [{"name": n, "rows": d.count(b"\n"), "size": len(d), "sha256": hashlib.sha256(d).hexdigest()}
                    for n, d in entries.items() if n != "manifest.json"]
    entries["manifest.json"] = json.dumps(m).encode()


def edit_manifest(entries, **more):
    entries["manifest.json"] = json.dumps({**json.loads(entries["manifest.json"]), **more}).encode()


def forged(name, old, new):
    def change(entries):
        assert old in entries[name], (name, old)
        entries[name] = entries[name].replace(old, new, 1)
        signed(entries)
    return change
