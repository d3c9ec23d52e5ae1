#!/usr/bin/env python3
"""backup_schedule_cases: backups at set times, which of them stay, and which is verified again.

    backup_schedule_cases.py [case…]
"""
import datetime
import fcntl
import os
import subprocess
import sys
import time
from pathlib import Path
from zoneinfo import ZoneInfo

sys.path.insert(0, str(Path(__file__).resolve().parent))
from cgi import Storage  # noqa: E402
from cases import BUILD, case, equal, run_cases  # noqa: E402
from world import PASSWORD, World  # noqa: E402

DAY = 86400
LONDON = ZoneInfo("Europe/London")


def folder(w):
    return w.storage.dir / "backups"


def clear(w):
    w.sql("DELETE FROM backup_jobs")
    w.sql("DELETE FROM jobs WHERE kind IN ('backup', 'restore')")
    w.sql("DELETE FROM backups")
    for f in folder(w).iterdir():
        f.unlink()


def ago(w, seconds):
    """The schedule was set, and did its last, so long ago."""
    at = int(time.time()) - seconds
    w.sql("UPDATE settings SET changed_at = ? WHERE key = 'backup_cron'", at)
    w.sql("UPDATE jobs SET queued_at = MIN(queued_at, ?) WHERE kind = 'backup'", at)
    w.sql("UPDATE backups SET added_at = MIN(added_at, ?)", at)


def made(w):
    return w.sql("SELECT status, user_id, error_message FROM jobs WHERE kind = 'backup' AND origin = 'schedule' ORDER BY id")


def kept(w):
    return w.sql("SELECT name FROM backups ORDER BY added_at DESC, id DESC")


@case
def the_time_is_checked(w):
    for wrong in ("now", "61 * * * *", "0 0 30 2 *"):
        p = w.storage.run("wattledger", "settings-set", "backup_cron", wrong)
        assert p.returncode == 1 and "cron expression" in p.stderr, p
        w.call("admin", "PATCH", "/api/settings/instance", {"backup_cron": wrong}, 422)
    w.call("ada", "PATCH", "/api/settings/instance", {"backup_cron": "0 3 * * *"}, 403)
    w.storage.cli("settings-set", "backup_cron", "0 3 * * *")
    w.storage.work()
    equal(made(w), [], "not yet")
    page = w.call("admin", "GET", "/api/settings/instance", None, 200).json()["items"]
    equal(next(s["value"] for s in page if s["key"] == "backup_cron"), "0 3 * * *")


@case
def however_many_were_missed_it_is_one(w):
    ago(w, 9 * DAY)
    w.storage.work()
    w.storage.work()
    equal(made(w), [("completed", None, None)])
    equal(w.sql("SELECT origin, user_id, failure FROM backups"), [("schedule", None, None)])
    w.storage.work()
    equal(len(made(w)), 1)


@case
def it_is_the_clock_of_the_installation(w):
    clear(w)
    for zone, hours in (("Pacific/Kiritimati", 14), ("Pacific/Honolulu", -10)):
        local = datetime.datetime.now(ZoneInfo(zone))
        w.storage.cli("settings-set", "default_time_zone", zone)
        w.storage.cli("settings-set", "backup_cron", f"{local.minute} {local.hour} * * *")
        clear(w)
        ago(w, 120)
        w.storage.work()
        equal(len(made(w)), 1, zone)
    w.storage.cli("settings-unset", "default_time_zone")
    w.storage.cli("settings-set", "backup_cron", "0 3 * * *")


@case
def two_workers_and_one_under_way(w):
    clear(w)
    ago(w, 3 * DAY)
    w.sql("INSERT INTO jobs (batch_id, kind, status, filename, file_path, import_type, on_conflict, queued_at, origin, lease_slot) "
          "VALUES ('x', 'backup', 'processing', 'backup', '', 'create', 'keep', 1, 'schedule', 31)")
    w.sql("INSERT INTO backup_jobs (job_id, mode) SELECT id, 'create' FROM jobs WHERE batch_id = 'x'")
    with open(w.storage.dir / "run/slot-31.lock", "a") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        p = w.storage.run("wattledger-worker", "--once")
        equal((p.returncode, len(made(w))), (0, 1), "the one before is not done yet")
    clear(w)
    ago(w, 3 * DAY)
    env = {**os.environ, "WATTLEDGER_STORAGE": str(w.storage.dir)}
    both = [subprocess.Popen([BUILD / "wattledger-worker", "--once"], env=env) for _ in range(3)]
    equal([p.wait(60) for p in both], [0, 0, 0])
    w.storage.work()
    equal(len(made(w)), 1)


@case
def under_the_passphrase_of_the_settings(w):
    clear(w)
    p = w.storage.run("wattledger", "settings-set", "backup_passphrase", "-", input=PASSWORD + "\n")
    equal(p.returncode, 0, p.stderr)
    assert PASSWORD not in str(w.sql("SELECT * FROM settings")), "sealed"
    page = w.call("admin", "GET", "/api/settings/instance", None, 200).json()["items"]
    row = next(s for s in page if s["key"] == "backup_passphrase")
    equal((row["value"], row["is_sealed"], row["is_set"]), (None, True, True))
    ago(w, 3 * DAY)
    w.storage.work()
    equal([s[0] for s in made(w)], ["completed"])
    equal(w.sql("SELECT is_encrypted FROM backups"), [(1,)])
    key = w.storage.dir / "keys/sealed.key"
    whole = key.read_bytes()
    key.chmod(0o600)
    key.write_bytes(b"")
    ago(w, 3 * DAY)
    w.storage.work()
    key.write_bytes(whole)
    equal([s[0] for s in made(w)], ["completed", "failed"], "never in the clear instead")
    assert made(w)[1][2], made(w)
    w.storage.cli("settings-unset", "backup_passphrase")


def shelve(w, name, at, origin="schedule", verified=True, failure=None):
    (folder(w) / name).write_bytes(b"x")
    w.sql("INSERT INTO backups (name, origin, added_at, size, sha256, verified_at, failure) VALUES (?, ?, ?, 1, 'x', ?, ?)",
          name, origin, int(at.timestamp()), int(time.time()) if verified else None, failure)


def one_is_due(w):
    """A minute's schedule, for one backup."""
    w.storage.cli("settings-set", "backup_cron", "* * * * *")
    w.sql("UPDATE settings SET changed_at = 1 WHERE key = 'backup_cron'")
    w.storage.work()
    w.storage.cli("settings-set", "backup_cron", "")


@case
def the_newest_of_days_weeks_and_months_stay(w):
    clear(w)
    for key, n in (("daily", 3), ("weekly", 2), ("monthly", 2)):
        w.storage.cli("settings-set", f"backup_keep_{key}", str(n))
    noon = datetime.datetime.now(LONDON).replace(hour=12, minute=0, second=0, microsecond=0)
    days = [noon - datetime.timedelta(days=n) for n in range(1, 120)]
    for d in days:
        shelve(w, f"{d:%Y%m%d}-a.zip", d.replace(hour=1))
        shelve(w, f"{d:%Y%m%d}-b.zip", d)
    shelve(w, "person.zip", noon - datetime.timedelta(days=400), "person")
    shelve(w, "upload.zip", noon - datetime.timedelta(days=400), "upload", False)
    one_is_due(w)
    equal([s[0] for s in made(w)], ["completed"])
    names = [n for n, in kept(w)]
    assert names[0].startswith("wattledger-"), names
    today = datetime.datetime.now(LONDON).date()
    want, of = [], lambda key: dict.fromkeys(key(d) for d in [today] + [x.date() for x in days])
    for key, n in ((lambda d: d, 3), (lambda d: d.isocalendar()[:2], 2), (lambda d: (d.year, d.month), 2)):
        for period in list(of(key))[:n]:
            want.append(next(d for d in [today] + [x.date() for x in days] if key(d) == period))
    want = [f"{d:%Y%m%d}-b.zip" for d in sorted(set(want), reverse=True) if d != today]
    equal(names[1:-2], want)
    equal(set(names[-2:]), {"person.zip", "upload.zip"})
    equal(sorted(f.name for f in folder(w).iterdir()), sorted(names))


@case
def what_is_damaged_takes_nobodys_place_and_the_last_whole_one_stays(w):
    clear(w)
    for key, n in (("daily", 1), ("weekly", 0), ("monthly", 0)):
        w.storage.cli("settings-set", f"backup_keep_{key}", str(n))
    noon = datetime.datetime.now(LONDON).replace(hour=12, minute=0, second=0, microsecond=0)
    shelve(w, "damaged.zip", noon + datetime.timedelta(days=2), failure="broken")
    shelve(w, "unread.zip", noon + datetime.timedelta(days=1), "restore", False)
    shelve(w, "old.zip", noon - datetime.timedelta(days=30))
    w.sql("UPDATE backups SET origin = 'restore'") # or the schedule would have been at work in two days' time
    one_is_due(w)
    names = [n for n, in kept(w)]
    equal(names[:2], ["damaged.zip", "unread.zip"])
    assert len(names) == 3 and names[2].startswith("wattledger-"), names


@case
def the_one_verified_longest_ago_is_verified_again(w):
    clear(w)
    for key in ("daily", "weekly", "monthly"):
        w.storage.cli("settings-unset", f"backup_keep_{key}")
    ids = []
    for _ in range(2):
        job = w.call("admin", "POST", "/api/backups", {}, 202).json()
        w.storage.work()
        ids.append(w.call("admin", "GET", f"/api/backup-jobs/{job['job_id']}", None, 200).json()["backup_id"])
    week = int(time.time()) - 8 * DAY
    w.sql("UPDATE backups SET verified_at = ? WHERE id = ?", week, ids[0])
    w.sql("UPDATE backups SET verified_at = ? WHERE id = ?", week - DAY, ids[1])
    name = w.sql("SELECT name FROM backups WHERE id = ?", ids[1])[0][0]
    (folder(w) / name).write_bytes(b"rotten")
    one_is_due(w)
    w.storage.work()
    equal(w.sql("SELECT verified_at FROM backups WHERE id = ?", ids[0])[0][0], week, "one at a time")
    assert w.sql("SELECT failure FROM backups WHERE id = ?", ids[1])[0][0], "and what is found is written down"
    page = w.call("admin", "GET", "/api/backups", None, 200).json()["items"]
    assert next(b for b in page if b["id"] == ids[1])["failure"], page


if __name__ == "__main__":
    with Storage() as storage:
        sys.exit(0 if run_cases(World(storage), only=sys.argv[1:]) else 1)
