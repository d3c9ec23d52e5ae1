#!/usr/bin/env python3
"""backup_kept_cases: backups that older programs have written are restored by this one, and everything is found again: by what
it means (tests/golden/backup/found.py), not by its bytes. Each SCHEMA.zip of tests/golden/backup is held against its
SCHEMA.json; make.py there says how they came about.
"""
import json
import sys
from pathlib import Path

from cases import ROOT, case, equal, run_cases

sys.path[:0] = [str(ROOT / "tests/golden/backup"), str(ROOT / "tests/cgi")]
from cgi import Storage  # noqa: E402
from found import history, look  # noqa: E402
from golden import differs  # noqa: E402

KEPT = sorted((ROOT / "tests/golden/backup").glob("*.zip"))
MAY_GROW = {"jobs", "foreseen"}  # what a restore leaves of itself


def restore(storage, zip_path, mode):
    return json.loads(storage.cli("backup-restore", "--from", str(zip_path), "--mode", mode, "--yes", "--json"))


def restored(zip_path):
    storage = Storage()
    restore(storage, zip_path, "replace")
    return storage


def unnumbered(found):
    """Without the numbers that a merge may give anew, and what refers to them."""
    if isinstance(found, dict):
        return {k: unnumbered(v) for k, v in found.items() if k not in ("id", "formula")}
    return [unnumbered(v) for v in found] if isinstance(found, list) else found


def compare(want, got):
    for what, expected in want.items():
        wrong = differs(expected, got.get(what), what)
        assert not wrong, wrong
        if isinstance(expected, dict) and what not in MAY_GROW:
            equal(set(got[what]), set(expected), what)


@case
def all_of_it_is_found_again():
    assert KEPT, "no backup of an older program is kept"
    for path in KEPT:
        want = json.loads(path.with_suffix(".json").read_text())
        storage = restored(path)
        with storage:
            found = look(storage, want["token"])
            compare(want["found"], found)
            after = differs(want["history"], history(storage, found))
            assert not after, after
            storage.cli("audit-list", "--verify")


@case
def merged_into_an_empty_one_it_is_found_as_well():
    """But for what is sealed, whose key is not there; and a second merge changes nothing."""
    for path in KEPT:
        want = json.loads(path.with_suffix(".json").read_text())
        del want["found"]["settings of ada"]["fetch_authorization"]
        with Storage() as storage:
            assert "Authorization" in "".join(restore(storage, path, "merge")["notes"])
            found = look(storage, want["token"])
            compare(unnumbered(want["found"]), found)
            again = restore(storage, path, "merge")["tables"]
            equal([t for t in again if t["added"] or t["changed"] or t["removed"]], [])
            after = differs(want["history"], history(storage, found))
            assert not after, after


@case
def it_is_verified_and_a_dry_run_changes_nothing():
    for path in KEPT:
        with Storage() as storage:
            storage.cli("backup-verify", "--from", str(path))
            storage.cli("backup-restore", "--from", str(path), "--mode", "replace", "--dry-run")
            equal(json.loads(storage.cli("user-list", "--json")), [])


@case
def what_is_sealed_opens_with_its_key_and_stays_without_it():
    for path in KEPT:
        key = json.loads(path.with_suffix(".json").read_text())["sealed key"]
        storage = restored(path)
        with storage:
            p = storage.run("wattledger", "settings-rekey")
            assert p.returncode == 1, "sealed anew without its key"
            keys = storage.dir / "keys/sealed.key"
            keys.chmod(0o600)
            keys.write_text(key + keys.read_text())
            keys.chmod(0o400)
            equal(storage.cli("settings-rekey"), "Sealed anew: 1.\n")


@case
def a_backup_of_it_restores_to_the_same():
    for path in KEPT:
        want = json.loads(path.with_suffix(".json").read_text())
        storage = restored(path)
        with storage:
            again = Path(storage.folder.name, "again.zip")
            storage.cli("backup-create", "--to", str(again))
            other = restored(again)
            with other:
                compare(want["found"], look(other, want["token"]))


if __name__ == "__main__":
    sys.exit(0 if run_cases(only=sys.argv[1:]) else 1)
