"""backup_sealed_cases: backups under a passphrase, and of one user's data alone, by the command line.

    backup_sealed_cases.py [case…]
"""
import base64
import csv
import ctypes
import ctypes.util
import io
import json
import os
import pty
import random
import re
import signal
import sqlite3
import subprocess
import sys
import time
import zipfile

from archives import digest, fresh, full, restore, sql
from cases import BUILD, case, equal, run_cases
from seeds import SEED_HH

SEED = 20261122
WORD = "correct horse battery staple"
HEAD, FRAME = 52, 65536 + 17


def large(s):
    """Some frames of what cannot be packed."""
    rng = random.Random(SEED)
    for i in range(60):
        sql(s, "UPDATE charging_sessions SET notes = ? WHERE id = ?", base64.b64encode(rng.randbytes(6000)).decode(), i + 1)
    for i in range(60):
        sql(s, "INSERT INTO charging_sessions (public_id, car_id, status, day, odometer, notes, created_at, updated_at) VALUES (?, 1, 'closed', ?, ?, ?, 1, 1)",
            f"more-{i}", 1000 + i, 1000 + i, base64.b64encode(rng.randbytes(6000)).decode())
    return s


def word(s, text=WORD, name="word.txt"):
    path = s.folder / name
    path.write_text(text + "\nanother line\n")
    return path


def sealed(s, name="sealed.zip", *more):
    path = s.folder / name
    s.run("backup-create", "--to", path, "--passphrase-file", word(s), *more)
    return path


def verify(s, path, *more):
    return s.call("backup-verify", "--from", path, "--json", *more)


def left(s):
    return sorted(f.name for f in [*(s.folder / "storage/backups").iterdir(), *s.folder.glob("*.part")])


def opened(data, passphrase):
    """By what envelope.h says, and libsodium alone."""
    lib = ctypes.CDLL(ctypes.util.find_library("sodium") or "libsodium.so.23")
    assert data[:12] == b"wattledger\0\x01", data[:12]
    key = ctypes.create_string_buffer(32)
    word = passphrase.encode()
    equal(lib.crypto_pwhash_argon2id(key, ctypes.c_ulonglong(32), word, ctypes.c_ulonglong(len(word)), data[12:28], ctypes.c_ulonglong(2),
                                     ctypes.c_size_t(19 << 20), 2), 0)
    state = ctypes.create_string_buffer(64)
    equal(lib.crypto_secretstream_xchacha20poly1305_init_pull(state, data[28:52], key), 0)
    plain, tags = b"", []
    for at in range(HEAD, len(data), FRAME):
        frame, tag = data[at:at + FRAME], ctypes.c_ubyte()
        out = ctypes.create_string_buffer(len(frame))
        equal(lib.crypto_secretstream_xchacha20poly1305_pull(state, out, None, ctypes.byref(tag), frame, ctypes.c_ulonglong(len(frame)), data[:28],
                                                             ctypes.c_ulonglong(28)), 0)
        plain += out.raw[:len(frame) - 17]
        tags.append(tag.value)
    equal(tags, [0] * (len(tags) - 1) + [3], "tags of the frames")
    return plain


@case
def what_is_sealed_opens_with_its_passphrase_alone(_):
    s = large(full())
    plain = s.folder / "plain.zip"
    s.run("backup-create", "--to", plain)
    a = sealed(s)
    data = a.read_bytes()
    equal(a.stat().st_mode & 0o777, 0o600)
    assert len(data) > HEAD + 3 * FRAME, len(data)
    inside = s.folder / "inside.zip"
    inside.write_bytes(opened(data, WORD))
    equal(digest(inside), digest(plain))
    for text in (b"PK\x03\x04", b"PK\x05\x06", b"users.csv", b"ada@example.org", b"manifest", WORD.encode()):
        assert text not in data, text
    p = verify(s, a, "--passphrase-file", word(s))
    equal(p.returncode, 0, p.stderr)
    said, of_plain = json.loads(p.stdout), json.loads(verify(s, plain).stdout)
    equal((said["is_encrypted"], of_plain["is_encrypted"], said["size"]), (True, False, len(data)))
    equal((said["digest"], said["rows"]), (of_plain["digest"], of_plain["rows"] + 1))  # the audit log
    equal(json.loads(s.run("backup-create", "--to", s.folder / "told.zip", "--passphrase-file", word(s), "--json"))["is_encrypted"], True)
    # the passphrase by standard input; one that is not needed
    equal(s.call("backup-verify", "--from", a, "--passphrase-file", "-", input=WORD.encode() + b"\r\n").returncode, 0)
    equal(verify(s, plain, "--passphrase-file", word(s)).returncode, 0)
    for text in (WORD + " ", WORD[:-1], "Correct" + WORD[7:], "x" * 1024):
        p = verify(s, a, "--passphrase-file", word(s, text, "wrong.txt"))
        equal((p.returncode, p.stdout), (1, b""))
        assert b"The passphrase is not the one that the backup was encrypted with, or the file is damaged." in p.stderr, p.stderr
    p = verify(s, a)
    assert p.returncode == 2 and b"The backup is encrypted" in p.stderr.replace(b"the backup", b"The backup"), p
    equal(left(s), [])


@case
def two_envelopes_of_one_content_differ(_):
    s = full()
    a, b = sealed(s, "a.zip"), sealed(s, "b.zip")
    x, y = a.read_bytes(), b.read_bytes()
    assert x[12:28] != y[12:28] and x[28:52] != y[28:52]
    assert len({x[i:i + 16] for i in range(HEAD, len(x) - 16)} & {y[i:i + 16] for i in range(HEAD, len(y) - 16)}) == 0
    x, y = (json.loads(verify(s, f, "--passphrase-file", word(s)).stdout)["digest"] for f in (a, b))
    equal(x, y)


@case
def an_altered_envelope_is_refused(_):
    s = large(full())
    data, other = sealed(s).read_bytes(), sealed(s, "other.zip").read_bytes()
    frames = [data[at:at + FRAME] for at in range(HEAD, len(data), FRAME)]
    head, n = data[:HEAD], len(frames)
    assert n > 4, n
    mutants = {
        "two frames swapped": head + b"".join([frames[0], frames[2], frames[1], *frames[3:]]), "a frame less": head + b"".join([frames[0], *frames[2:]]),
        "a frame twice": head + b"".join([frames[0], frames[0], *frames[1:]]), "the first frame less": head + b"".join(frames[1:]),
        "the last frame less": head + b"".join(frames[:-1]), "the last frame alone": head + frames[-1], "the head alone": head, "half a head": head[:30],
        "a byte less": data[:-1], "a byte more": data + b"\0", "the last frame twice": data + frames[-1], "another one behind it": data + other,
        "another head": other[:HEAD] + data[HEAD:], "a frame of another": head + b"".join([frames[0], other[HEAD + FRAME:HEAD + 2 * FRAME], *frames[2:]]),
        "another salt": data[:12] + other[12:28] + data[28:], "a newer version": data[:11] + b"\x02" + data[12:], "version 0": data[:11] + b"\0" + data[12:],
        "no magic": b"W" + data[1:], "something before": b"x" + data, "only the magic": b"wattledger\0"}
    mutants |= {f"cut at {at}": data[:at] for at in (0, 11, 12, 28, 51, HEAD, HEAD + 1, HEAD + 16, HEAD + 17, HEAD + FRAME - 1, HEAD + FRAME + 1)}
    rng = random.Random(SEED)
    for i in range(60):
        at, bit = rng.randrange(len(data)) if i > 30 else i * 2, 1 << rng.randrange(8)
        mutants[f"flipped {bit} at {at}"] = data[:at] + bytes([data[at] ^ bit]) + data[at + 1:]
    path, key = s.folder / "mutant.zip", word(s)
    for name, mutant in mutants.items():
        path.write_bytes(mutant)
        begun = time.monotonic()
        p = verify(s, path, "--passphrase-file", key)
        assert p.returncode == 1 and re.match(rb"wattledger: [A-Z][^\n]*\.\n\Z", p.stderr) and not p.stdout, (name, p)
        assert time.monotonic() - begun < 2, name
    p = verify(s, s.folder / "sealed.zip", "--passphrase-file", key)
    equal((p.returncode, left(s)), (0, []), p.stderr)


@case
def a_sealed_backup_is_restored(_):
    s, t = full(), fresh()
    a = sealed(s)
    p = restore(t, a)
    equal(p.returncode, 2)
    p = restore(t, a, "--passphrase-file", word(t, "wrong, all of it"))
    equal(p.returncode, 1)
    equal(sql(t, "SELECT COUNT(*) FROM users"), [(0,)])
    p = restore(t, a, "--passphrase-file", word(t))
    equal(p.returncode, 0, p.stderr)
    equal(sql(t, "SELECT * FROM days ORDER BY 1, 2"), sql(s, "SELECT * FROM days ORDER BY 1, 2"))


@case
def a_passphrase_has_8_to_1024_bytes(_):
    s = full()
    for text, fine in (("", False), ("1234567", False), ("12345678", True), ("x" * 1024, True), ("x" * 1025, False), ("x" * 5000, False)):
        path = s.folder / "p.zip"
        p = s.call("backup-create", "--to", path, "--passphrase-file", word(s, text))
        assert (p.returncode == 0) == fine == path.exists(), (text[:20], p)
        path.unlink(missing_ok=True)
    p = s.call("backup-create", "--to", path, "--passphrase-file", s.folder / "none.txt")
    assert p.returncode == 1 and b"none.txt cannot be read" in p.stderr, p
    p = s.call("backup-create", "--to", path, "--encrypt")
    assert p.returncode == 2 and b"on a terminal" in p.stderr and not path.exists(), p
    equal(left(s), [])


def on_a_terminal(s, args, answers):
    """What it showed, and how it ended."""
    master, slave = pty.openpty()
    p = subprocess.Popen([BUILD / "wattledger", *map(str, args)], env=s.env, stdin=slave, stdout=slave, stderr=slave, start_new_session=True)
    os.close(slave)
    shown = b""
    for answer in answers:
        while b": " not in shown.split(b"\n")[-1]:
            shown += os.read(master, 1000)
        time.sleep(0.1)
        os.write(master, answer.encode() + b"\n")
        shown += os.read(master, 1000)
    try:
        while piece := os.read(master, 1000):
            shown += piece
    except OSError:
        pass
    os.close(master)
    return p.wait(), shown


@case
def a_terminal_is_asked_and_shows_nothing(_):
    s = full()
    path = s.folder / "asked.zip"
    code, shown = on_a_terminal(s, ["backup-create", "--to", path, "--encrypt"], [WORD, "something else"])
    assert code == 2 and b"differ" in shown and not path.exists(), shown
    code, shown = on_a_terminal(s, ["backup-create", "--to", path, "--encrypt"], [WORD, WORD])
    assert code == 0 and b"encrypted" in shown and b"horse" not in shown, shown
    code, shown = on_a_terminal(s, ["backup-verify", "--from", path], [WORD])
    assert code == 0 and b"Whole and sound" in shown and b"horse" not in shown, shown
    code, shown = on_a_terminal(s, ["backup-verify", "--from", path], ["not that one"])
    assert code == 1 and b"not the one" in shown, shown


@case
def nothing_is_left_by_what_failed_or_was_killed(_):
    s = large(full())
    path, key = s.folder / "k.zip", word(s)
    begun = time.monotonic()
    sealed(s)
    whole = time.monotonic() - begun
    equal(left(s), [])
    p = s.call("backup-create", "--to", s.folder / "sealed.zip", "--passphrase-file", key)
    assert p.returncode == 1 and b"there already" in p.stderr, p
    equal(s.call("backup-create", "--to", s.folder / "no/such/k.zip", "--passphrase-file", key).returncode, 1)
    equal(s.call("backup-create", "--to", path, "--passphrase-file", key, "--user", "nobody@example.org").returncode, 1)
    equal(left(s), [])
    rng = random.Random(SEED)
    to = s.folder / "storage/backups/k.zip"

    def cut_short(by, *more):
        p = subprocess.Popen([BUILD / "wattledger", "backup-create", "--to", to, *more], env=s.env, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
        time.sleep(rng.uniform(0, 1.1 * whole))
        p.send_signal(by)
        said = p.communicate()[1]
        there = to.exists()
        if there:
            equal(verify(s, to, "--passphrase-file", key).returncode, 0)
            to.unlink()
        return p.returncode, there, said
    for i in range(40):
        cut_short(signal.SIGKILL, *(["--passphrase-file", key] if i % 2 else []))
    assert left(s), "no kill has left anything"
    (s.folder / "storage/backups/my.partial.zip").write_text("mine")
    for f in (s.folder / "storage/backups").iterdir():
        os.utime(f, (1, 1))
    s.run("backup-create", "--to", path)
    equal(left(s), ["my.partial.zip"])
    for _ in range(15):
        code, there, said = cut_short(signal.SIGINT, "--passphrase-file", key)
        assert (code, there) in ((0, True), (-signal.SIGINT, False)) or (code == 1 and not there and b"Interrupted" in said), (code, there, said)
        equal(left(s), ["my.partial.zip"])


# ---- one user's data ----

ADA, BOB = "lovelace@example.org", "babbage@elsewhere.example"  # names that no hash can hold


def two():
    """Two users who have to do with each other's things; files have nobody's name."""
    s = fresh()
    for email, name in ((ADA, "Ada Lovelace"), (BOB, "Bob Babbage")):
        s.call("admin-create", "--email", email, "--name", name, "--password-stdin", input=b"correct horse battery staple\n")
        s.run("token-create", "--user", email, "--name", f"token of {name}")
    sql(s, "UPDATE users SET role = 'editor'")
    ids = {e: i for i, e in sql(s, "SELECT id, email FROM users")}
    mine = {}
    for k, (email, mpan) in enumerate(((ADA, "1700000000001"), (BOB, "1900000000009"))):
        first = email.split("@")[0]
        text = re.sub(r"\b1\d{12}\b", mpan, SEED_HH)
        (s.folder / f"hh{k}.csv").write_text(text)
        (s.folder / f"more{k}.csv").write_text(text.replace("1.5", "2.5"))
        (s.folder / f"bad{k}.csv").write_text(f"MPAN,Date,Reading\n{mpan},2024-01-01,5\n{mpan},2024-99-01,{first} was here\n")
        s.import_json("--from", s.folder / f"hh{k}.csv", "--user", email)
        mine[email] = sql(s, "SELECT id FROM properties WHERE owner_id = ?", ids[email])[0][0], mpan
    for by, of in ((BOB, ADA), (ADA, BOB)):
        first, (prop, mpan) = by.split("@")[0], mine[of]
        n = 0 if of == ADA else 1
        sql(s, "INSERT INTO property_members (user_id, property_id, role) VALUES (?, ?, 'editor')", ids[by], prop)
        code, report = s.import_json("--from", s.folder / f"more{n}.csv", "--user", by, "--property", prop, "--on-conflict", "replace")
        assert report["changed"] > 0, report
        s.import_json("--from", s.folder / f"bad{n}.csv", "--user", by, "--property", prop)
        day = sql(s, "SELECT MIN(d.day) FROM days d JOIN series r ON r.id = d.series_id JOIN meters m ON m.id = r.meter_id WHERE m.property_id = ?", prop)[0][0]
        start = time.strftime("%Y-%m-%d", time.gmtime(day * 86400))
        s.run("readings-exclude", "--meter", mpan, "--start", f"{start}T01:00:00Z", "--end", f"{start}T02:00:00Z", "--reason", "a fault", "--interval-minutes",
              30, "--user", by)
        meter = sql(s, "SELECT id FROM meters WHERE property_id = ?", prop)[0][0]
        sql(s, "INSERT INTO meter_events (meter_id, at, kind, channel, final_value, first_value, user_id, created_at) VALUES (?, 5, 'exchange', 'import', 1, 2, ?, 1)",
            meter, ids[by])
        job = sql(s, "SELECT MAX(id) FROM jobs WHERE user_id = ?", ids[by])[0][0]
        register = sql(s, "INSERT INTO series (meter_id, channel, interval_minutes, unit) VALUES (?, 'import', 0, 'kWh') RETURNING id", meter)[0][0]
        sql(s, "INSERT INTO register_readings (series_id, at, job_id, value, quality) VALUES (?, 7, ?, 1, 'A')", register, job)
        sql(s, "INSERT INTO site_layers (property_id, job_id, address) VALUES (?, ?, '1 High Street'), (?, 0, NULL)", prop, job, prop)
        s.run("import-undo", report["batch_id"])
        sql(s, "INSERT INTO meter_identifiers (meter_id, identifier) VALUES (?, ?)", meter, f"other-{mpan}")
        sql(s, "INSERT INTO settings (user_id, key, value) VALUES (?, 'home', ?)", ids[by], f"home of {first}")
        sql(s, "UPDATE users SET default_property_id = ?, default_meter_id = ? WHERE id = ?", prop, meter, ids[by])
        sql(s, "INSERT INTO presets (name, name_key, fingerprint, header, import_type, answers, user_id, created_at) VALUES (?, ?, '', 'a,b', 'hh', '{}', ?, 1)",
            f"preset of {first}", first, ids[by])
        sql(s, "INSERT INTO schedules (user_id, address, cron, import_type, property_id, next_run_at, created_at) VALUES (?, ?, '0 6 * * *', 'auto', ?, 9, 1)",
            ids[by], f"https://{first}.example/a.csv", prop)
        sql(s, "INSERT INTO export_schedules (user_id, shape, format, property_id, period, cron, keep, next_run_at, created_at) VALUES "
               "(?, 'long', 'csv', ?, 'days', '0 6 * * *', 3, 9, 1)", ids[by], mine[by][0])
        sql(s, "INSERT INTO cars (user_id, name, name_key, created_at) VALUES (?, ?, ?, 1)", ids[by], f"car of {first}", first)
        car = sql(s, "SELECT id FROM cars WHERE user_id = ?", ids[by])[0][0]
        sql(s, "INSERT INTO charging_tariffs (user_id, car_id, network, from_day, per_kwh, created_at) VALUES (?, ?, ?, 1, 5, 1)", ids[by], car, f"net of {first}")
        sql(s, "INSERT INTO charging_sessions (public_id, car_id, status, day, odometer, notes, meter_id, created_at, updated_at) VALUES (?, ?, 'closed', 1, 2, ?, ?, 1, 1)",
            f"session of {first}", car, f"notes of {first}", meter)
        session = sql(s, "SELECT id FROM charging_sessions WHERE car_id = ?", car)[0][0]
        sql(s, "INSERT INTO charging_stated (session_id, job_id) SELECT ?, MAX(id) FROM jobs WHERE user_id = ?", session, ids[of])
        sql(s, "INSERT INTO drafts (id, user_id, form, subject, title, fields, created_at, updated_at) VALUES (?, ?, 'session', '', ?, '{}', 1, 1)",
            f"draft-{first}", ids[by], f"draft of {first}")
        sql(s, "INSERT INTO sessions (user_id, secret_hash, created_at, last_seen_at, agent) VALUES (?, ?, 1, 1, ?)", ids[by], first.encode(), f"browser of {first}")
    s.run("settings-set", "stale_days", "9")
    s.run("export-run", "--user", BOB)
    s.run("export-run", "--user", ADA)
    return s, ids, mine


def tables(path):
    with zipfile.ZipFile(path) as z:
        return {n.removesuffix(".csv"): list(csv.DictReader(io.StringIO(z.read(n).decode(), newline=""))) for n in z.namelist() if n.endswith(".csv")}


def references_hold(s, t):
    db = sqlite3.connect(":memory:")
    db.execute("PRAGMA ignore_check_constraints = 1")
    for (text,) in sql(s, "SELECT sql FROM sqlite_master WHERE type = 'table' AND sql IS NOT NULL AND name NOT LIKE 'sqlite%'"):
        db.execute(text)
    for name, rows in t.items():
        for r in rows:
            db.execute(f"INSERT INTO {name} ({', '.join(r)}) VALUES ({', '.join('?' * len(r))})", [v or None if k.endswith("_id") or k == "made_by_job" else v for k, v in r.items()])
    equal(db.execute("PRAGMA foreign_key_check").fetchall(), [])
    jobs = {r["id"] for r in t["jobs"]} | {"", "0"}
    for name, column in (("days", "job_id"), ("day_layers", "job_id"), ("register_readings", "job_id"), ("job_series", "job_id"), ("site_layers", "job_id"),
                         ("charging_stated", "job_id"), ("properties", "made_by_job"), ("meters", "made_by_job"), ("jobs", "target_id"), ("jobs", "follows_id")):
        assert {r[column] for r in t[name]} <= jobs, (name, column)


@case
def one_users_data_alone(_):
    s, ids, mine = two()
    for me, you in ((ADA, BOB), (BOB, ADA)):
        path = s.folder / f"{me}.zip"
        said = json.loads(s.run("backup-create", "--to", path, "--user", me, "--json"))
        equal((said["only_user"], json.loads(verify(s, path).stdout)["only_user"]), (me, me))
        with zipfile.ZipFile(path) as z:
            equal(json.loads(z.read("manifest.json"))["only_user"], me)
            for n in z.namelist():
                for text in (you.split("@")[0], *sql(s, "SELECT name FROM users WHERE email = ?", you)[0]):
                    assert text.lower().encode() not in z.read(n).lower(), (n, text, z.read(n)[:2000])
        t = tables(path)
        references_hold(s, t)
        equal([u["email"] for u in t["users"]], [me])
        equal({k: len(t[k]) for k in ("tokens", "settings", "properties", "meters", "presets", "schedules", "export_schedules", "cars", "charging_tariffs",
                                      "charging_sessions", "charging_stated", "drafts", "meter_events", "meter_identifiers", "audit", "property_members")},
              {"tokens": 1, "settings": 1, "properties": 1, "meters": 1, "presets": 1, "schedules": 1, "export_schedules": 1, "cars": 1, "charging_tariffs": 1,
               "charging_sessions": 1, "charging_stated": 1, "drafts": 1, "meter_events": 1, "meter_identifiers": 1, "audit": 0,
               "property_members": sql(s, "SELECT COUNT(*) FROM property_members m JOIN properties p ON p.id = m.property_id WHERE p.owner_id = ? AND m.user_id = ?",
                                       ids[me], ids[me])[0][0]})
        owned = "SELECT r.id FROM series r JOIN meters m ON m.id = r.meter_id WHERE m.property_id = ?"
        for name in ("days", "day_layers", "job_series", "edits", "register_readings"):
            want = sql(s, f"SELECT COUNT(*) FROM {name} WHERE series_id IN ({owned})", mine[me][0])[0][0]
            assert want and len(t[name]) == want, (name, len(t[name]), want)
        equal(len(t["site_layers"]), 2)
        # of the other's jobs: those that brought something into this property, without a name
        theirs = [j for j in t["jobs"] if j["user_id"] != str(ids[me])]
        assert theirs and all(j["user_id"] == "" and j["filename"] and not j["file_path"] for j in theirs), theirs
        equal({j["kind"] for j in theirs}, {"import", "edit"})
        own = {j["id"] for j in t["jobs"] if j["user_id"] == str(ids[me])}
        equal(len(own), sql(s, "SELECT COUNT(*) FROM jobs WHERE user_id = ?", ids[me])[0][0])
        assert t["job_errors"] and {e["job_id"] for e in t["job_errors"]} <= own
        # what pointed into the other's property points nowhere, and is off
        equal((t["schedules"][0]["property_id"], t["schedules"][0]["is_enabled"], t["schedules"][0]["next_run_at"]), ("", "0", ""))
        equal((t["export_schedules"][0]["property_id"], t["export_schedules"][0]["is_enabled"]), (str(mine[me][0]), "1"))
        equal((t["users"][0]["default_property_id"], t["users"][0]["default_meter_id"], t["charging_sessions"][0]["meter_id"]), ("", "", ""))
    equal(left(s), [])
    p = verify(s, sealed(s, "both.zip", "--user", ADA), "--passphrase-file", word(s))
    equal((json.loads(p.stdout)["is_encrypted"], json.loads(p.stdout)["only_user"]), (True, ADA))
    equal(s.call("backup-create", "--to", s.folder / "n.zip", "--user", "99").returncode, 1)


@case
def one_users_sealed_data_is_merged_and_never_replaces(_):
    s, _, _ = two()
    t = fresh()
    shown = ("SELECT r.channel, r.interval_minutes, d.day, d.data FROM days d JOIN series r ON r.id = d.series_id JOIN meters m ON m.id = r.meter_id "
             "JOIN properties p ON p.id = m.property_id JOIN users u ON u.id = p.owner_id WHERE u.email = ? ORDER BY 1, 2, 3")
    for me in (ADA, BOB):
        path = sealed(s, f"{me}.zip", "--user", me)
        p = restore(t, path, "--passphrase-file", word(t))
        assert p.returncode == 1 and b"it can be merged" in p.stderr, p
        for _ in range(2):
            p = t.call("backup-restore", "--from", path, "--mode", "merge", "--passphrase-file", word(t), "--json")
            equal(p.returncode, 0, p.stderr)
        equal({(k["added"], k["changed"]) for k in json.loads(p.stdout)["tables"]}, {(0, 0)})
        assert sql(s, shown, me) and sql(t, shown, me) == sql(s, shown, me)
    equal((sql(t, "PRAGMA foreign_key_check"), left(t)), ([], []))


@case
def jobs_of_backups_are_in_no_backup(_):
    s = full()
    for kind in ("backup", "restore"):
        sql(s, "INSERT INTO jobs (batch_id, kind, status, filename, file_path, import_type, on_conflict, queued_at) VALUES (?, ?, 'processing', 'x', '', '', '', 1)",
            kind, kind)
    path = s.folder / "j.zip"
    s.run("backup-create", "--to", path)
    equal({j["kind"] for j in tables(path)["jobs"]} & {"backup", "restore"}, set())
    equal(sql(s, "SELECT COUNT(*) FROM jobs WHERE kind IN ('backup', 'restore')"), [(2,)])


if __name__ == "__main__":
    sys.exit(0 if run_cases(None, only=sys.argv[1:]) else 1)
