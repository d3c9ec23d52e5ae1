"""backups: a year of 1,000 meters into an archive and back, beside `sqlite3 DB .backup` and `zip`, which people use instead.

The peer's archive holds the database file and nothing proves it: no sums, no second reading, and it is of use to this program
alone. Its restore is unpacking it. Ours is read again as a whole before it is called done, and a restore is held against the archive.
"""
import datetime
import json
import statistics

import meters

FIRST = datetime.date(2023, 1, 1)
SIZE, MEMORY = 60, 48  # MB of the archive, MiB of memory


def changed(bench, storage, archive):
    """Rows that a merge would still change."""
    report = json.loads(bench.cli(storage, "backup-restore", "--from", archive, "--mode", "merge", "--dry-run", "--json"))
    return sum(t["added"] + t["changed"] for t in report["tables"] if t["name"] != "audit")


def run(bench):
    path, archive, peer = bench.top / "backup.csv", bench.top / "ours.zip", bench.top / "peer.db"
    meters.wide(path, meters.mpans(1000), meters.days(365, FIRST))
    storage = bench.storage("backup-of")
    bench.cli(storage, "import", "--from", path)
    path.unlink()
    db = storage / "wattledger.db"
    ours, theirs, peaks = [], [], []
    for _ in range(min(3, bench.runs)):
        archive.unlink(missing_ok=True)
        seconds, kib = bench.command(storage, "backup-create", "--to", archive)
        ours.append(seconds)
        peaks.append(kib)
        for old in (peer, peer.with_suffix(".zip")):
            old.unlink(missing_ok=True)
        theirs.append(bench.measure("sqlite3", db, f".backup {peer}")[0] + bench.measure("zip", "-q", "-j", peer.with_suffix(".zip"), peer)[0])
    a, b, size = statistics.median(ours), statistics.median(theirs), archive.stat().st_size / 1e6
    bench.fact("backup-create of 1,000 meters x 1 year", f"{a:.1f} s, {size:.1f} MB of {db.stat().st_size / 1e6:.0f} MB; sqlite3 .backup and zip {b:.1f} s, "
               f"{peer.with_suffix('.zip').stat().st_size / 1e6:.1f} MB")
    bench.figure("size of the archive", size, f"under {SIZE} MB", size < SIZE, " MB")
    bench.figure("backup-create, beside sqlite3 .backup and zip", a / b, "at most 4", a / b <= 4, " x")
    bench.figure("backup-create, memory", max(peaks) / 1024, f"under {MEMORY} MiB", max(peaks) / 1024 < MEMORY, " MiB")
    word = bench.top / "word.txt"
    word.write_text("correct horse battery staple\n")
    for name, limit, argv in (("backup-create under a passphrase", None, ("backup-create", "--to", bench.top / "sealed.zip", "--passphrase-file", word)),
                              ("backup-verify", 5, ("backup-verify", "--from", archive))):
        seconds, kib = bench.command(storage, *argv)
        bench.fact(name, f"{seconds:.1f} s (peak {kib / 1024:.1f} MiB)")
        if limit:
            bench.figure(name, seconds, f"under {limit} s", seconds < limit, " s")
    for mode in ("replace", "merge"):
        into = bench.storage("backup-into")
        seconds, kib = bench.command(into, "backup-restore", "--from", archive, "--mode", mode, "--yes")
        bench.fact(f"backup-restore --mode {mode}, into an empty one", f"{seconds:.1f} s (peak {kib / 1024:.1f} MiB)")
        bench.figure(f"backup-restore --mode {mode}", seconds, "under 60 s", seconds < 60, " s")
    seconds, kib = bench.command(into, "backup-restore", "--from", archive, "--mode", "merge", "--yes")
    bench.fact("backup-restore --mode merge, where all of it is there", f"{seconds:.1f} s (peak {kib / 1024:.1f} MiB)")
    left = changed(bench, into, archive)
    bench.figure("rows that another merge would change", left, "none", left == 0)
