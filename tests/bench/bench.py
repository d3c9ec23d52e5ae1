#!/usr/bin/env python3
"""bench: speed and memory, side by side with what people would use instead, in one run on one machine.

Each figure is the median of several runs; peers and ours take turns, so that a slow minute of the machine hits both.
The limits are the product's promise; a figure beyond its limit makes the exit status 1. `--runs N`, `--only WORD`.
What is compared with what stands beside each figure. Disadvantage: wrk, nginx and the programs share the two cores, so
requests per second are relative figures.
"""
import argparse
import json
import os
import re
import shutil
import socket
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
sys.path[:0] = [str(ROOT / "tests/server")]
import backups  # noqa: E402
import ledger  # noqa: E402
import meters  # noqa: E402
from client import Client  # noqa: E402
from serve import Site, free_port  # noqa: E402

EMAIL, PASSWORD = "bench@example.org", "correct horse battery staple"
LONG_METERS = {"one label": 335, "date and time": 335, "UTC": 302}  # 217 MB each
READINGS = 200 * (365 * 48 - 2)  # a year has a short day
JOURNAL = ("PRAGMA journal_mode=truncate", "PRAGMA synchronous=full")
PEER_NGINX = """daemon off; {user} pid {run}/peer.pid; error_log {run}/peer.log; worker_processes 1;
events {{ worker_connections 512; }}
http {{ access_log off; client_body_temp_path {run}/t1; fastcgi_temp_path {run}/t2; proxy_temp_path {run}/t3;
uwsgi_temp_path {run}/t4; scgi_temp_path {run}/t5;
server {{ listen 127.0.0.1:{hello}; location / {{ include /etc/nginx/fastcgi_params; fastcgi_pass unix:{run}/hello.sock; }} }}
server {{ listen 127.0.0.1:{php}; location / {{ include /etc/nginx/fastcgi_params; fastcgi_pass unix:{run}/php.sock;
  fastcgi_param SCRIPT_FILENAME {here}/jobs.php; }} }} }}
"""
PHP_FPM = """[global]
error_log = {run}/fpm.log
daemonize = no
[bench]
listen = {run}/php.sock
listen.mode = 0666
{user}
pm = static
pm.max_children = 4
clear_env = no
"""


class Bench:
    def __init__(self, build, runs, only):
        self.build, self.runs, self.only = Path(build).resolve(), runs, only
        self.top = Path(tempfile.mkdtemp(prefix="wattledger-bench-"))
        self.rows, self.kept = [], {}

    # -- measuring --

    def measure(self, *argv, env=None, out=None):
        """(seconds, peak KiB) of a command that must succeed."""
        result = self.top / "measured"
        with open(out or os.devnull, "wb") as f:
            p = subprocess.run([self.build / "tests/measure", result, *map(str, argv)], stdin=subprocess.DEVNULL,
                               stdout=f, stderr=subprocess.PIPE, env={**os.environ, **(env or {})})
        words, error = result.read_text().split(), p.stderr.decode()
        if int(words[2]):
            raise RuntimeError(f"{argv}: exit {words[2:]}: {error[-500:]}")
        return float(words[0]), int(words[1])

    def figure(self, name, value, limit, good, unit=""):
        self.rows.append((name, f"{value:,.3g}{unit}" if value < 100 else f"{value:,.0f}{unit}", limit,
                          "ok" if good else "MISSED"))
        print("  ".join(self.rows[-1]), flush=True)

    def fact(self, name, value):
        self.rows.append((name, value, "", ""))
        print(f"{name}  {value}", flush=True)

    def storage(self, name):
        path = self.top / name
        shutil.rmtree(path, ignore_errors=True)
        self.cli(path, "init", "--development")
        return path

    def cli(self, storage, *args, given=None):
        return subprocess.run([self.build / "wattledger", *args], env={**os.environ, "WATTLEDGER_STORAGE": str(storage)},
                              input=given, capture_output=True, text=True, check=True).stdout

    # -- importing --

    def make_files(self):
        self.csv = self.top / "year.csv"
        meters.wide(self.csv, meters.mpans(200), meters.days(365, meters.datetime.date(2023, 1, 1)))
        self.fact("file", f"{self.csv.stat().st_size / 1e6:.1f} MB, 73,000 rows, {READINGS:,} readings")

    def make_more(self, times):
        """The same days for so many times the meters."""
        more = self.top / "more.csv"
        own = meters.mpans(200)
        with open(more, "wb") as out:
            for k in range(times):
                others = dict(zip((m.encode() for m in own), (m.encode() for m in meters.mpans(200, 300000000000 + 10000 * k))))
                with open(self.csv, "rb") as f:
                    head = f.readline()
                    if k == 0:
                        out.write(head)
                    for line in f:
                        out.write(others[line[:13]] + line[13:])
        return more

    def command(self, storage, *args, out=None):
        """measure() of ours."""
        return self.measure(self.build / "wattledger", *args, env={"WATTLEDGER_STORAGE": str(storage)}, out=out)

    def raw_import(self, path):
        raw = self.top / "raw.db"
        raw.unlink(missing_ok=True)
        return self.measure("sqlite3", raw, "-cmd", JOURNAL[0], "-cmd", JOURNAL[1], "-cmd", ".mode csv",
                            f".import {path} raw")

    def long(self):
        for form, count in LONG_METERS.items():
            path, ours, theirs = self.top / "long.csv", [], []
            rows = meters.long(path, meters.mpans(count), meters.days(365, meters.datetime.date(2023, 1, 1)), form)
            for _ in range(self.runs if form == "one label" else 2):
                storage = self.storage("long")
                ours.append(self.command(storage, "import", "--from", path))
                theirs.append(self.raw_import(path)[0])
            count = sqlite3.connect(storage / "wattledger.db").execute("SELECT intervals_new FROM jobs").fetchone()[0]
            assert count == rows, f"{count} of {rows} readings stored"
            a, b = statistics.median(t for t, _ in ours), statistics.median(theirs)
            self.fact(f"long file, {form}", f"{path.stat().st_size / 1e6:.0f} MB, {rows:,} rows; wattledger {a:.3f} s "
                      f"(peak {max(m for _, m in ours) / 1024:.1f} MiB), sqlite3 .import {b:.3f} s")
            self.figure(f"long file, {form}: time of sqlite3's raw .import", a / b, "at most 0.4", a / b <= 0.4, " x")

    def imports(self):
        ours, theirs, php = [], [], []
        for i in range(self.runs):
            storage = self.storage("import")
            ours.append(self.command(storage, "import", "--from", self.csv))
            theirs.append(self.raw_import(self.csv))
            if i < 2:
                self.peer = self.top / "php.db"
                self.peer.unlink(missing_ok=True)
                php.append(self.measure("php", HERE / "import.php", self.csv, self.peer))
        count = sqlite3.connect(self.peer).execute("SELECT count(*) FROM readings").fetchone()[0]
        assert count == READINGS, f"the PHP peer stored {count}"
        a, b, c = (statistics.median(t for t, _ in x) for x in (ours, theirs, php))
        self.full = self.top / "full"
        shutil.rmtree(self.full, ignore_errors=True)
        (self.top / "import").rename(self.full)
        self.fact("wattledger import", f"{a:.3f} s (peak {max(m for _, m in ours) / 1024:.1f} MiB)")
        self.fact("sqlite3 .import, raw text", f"{b:.3f} s")
        self.fact("PHP script", f"{c:.3f} s")
        self.fact("database", f"{(self.full / 'wattledger.db').stat().st_size / 1e6:.1f} MB; sqlite3 "
                  f"{(self.top / 'raw.db').stat().st_size / 1e6:.1f} MB; PHP {self.peer.stat().st_size / 1e6:.1f} MB")
        self.figure("import: time of sqlite3's raw .import", a / b, "at most 1.5", a / b <= 1.5, " x")
        self.figure("import: faster than PHP", c / a, "at least 10", c / a >= 10, " x")
        self.figure("import: faster than the source system (490 s)", 490 / a, "", True, " x")

    # -- undoing --

    def batch(self, storage, *args):
        """(seconds, batch id) of an import."""
        seconds, _ = self.command(storage, "import", "--json", *args, out=self.top / "report")
        return seconds, json.loads((self.top / "report").read_text())["batch_id"]

    def undo(self):
        """An import is undone in no more time than it took: alone, under a second one that says the same, and over a
        first one that says something else of every day."""
        other = meters.wide(self.top / "other.csv", meters.mpans(200), meters.days(365, meters.datetime.date(2023, 1, 1)), 2)
        for name, files, which in (("the only import", [self.csv], 0), ("the first of two that are the same", [self.csv] * 2, 0),
                                   ("the second of two that differ every day", [self.csv, other], 1)):
            imports, undos = [], []
            for _ in range(self.runs):
                storage = self.storage("undo")
                done = [self.batch(storage, "--from", f, "--on-conflict", "replace") for f in files]
                imports.append(done[which][0])
                undos.append(self.command(storage, "import-undo", done[which][1])[0])
            a, b = statistics.median(undos), statistics.median(imports)
            self.fact(f"undo of {name}", f"{a:.3f} s, the import {b:.3f} s")
            self.figure(f"undo of {name}: time of the import", a / b, "at most 1", a / b <= 1, " x")

    def exports(self):
        query = ("SELECT m.mpan, 'import', strftime('%Y-%m-%dT%H:%M:%SZ', r.at, 'unixepoch'), 30, r.value, 'kWh', '' "
                 "FROM readings r JOIN meters m ON m.id = r.meter_id ORDER BY r.meter_id, r.at")
        ours, theirs = [], []
        for i in range(self.runs):
            ours.append(self.command(self.full, "readings-export", "--shape", "long", "--to", self.top / "ours.csv"))
            if i < 3:
                theirs.append(self.measure("sqlite3", "-csv", self.peer, query, out=self.top / "theirs.csv"))
        lines = [sum(1 for _ in open(self.top / f"{n}.csv", "rb")) for n in ("ours", "theirs")]
        assert lines[0] == lines[1] + 1 == READINGS + 1, f"rows exported: {lines}"
        a, b = (statistics.median(t for t, _ in x) for x in (ours, theirs))
        self.fact("wattledger readings-export", f"{a:.3f} s (peak {max(m for _, m in ours) / 1024:.1f} MiB)")
        self.fact("sqlite3 -csv", f"{b:.3f} s")
        self.figure("export: faster than sqlite3 -csv", b / a, "at least 5", b / a >= 5, " x")

    def export(self):
        """A year of 1,000 meters in each shape, beside what sqlite3 makes of one row a reading of a fifth of them."""
        storage, more = self.storage("thousand"), self.make_more(5)
        self.cli(storage, "import", "--from", more)
        more.unlink()
        peer = self.top / "rows.db"
        sqlite3.connect(peer).executescript(
            "CREATE TABLE meters (id INTEGER PRIMARY KEY, mpan TEXT); CREATE TABLE readings (meter_id INTEGER, at INTEGER, value "
            "REAL, PRIMARY KEY (meter_id, at)) WITHOUT ROWID; WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n "
            f"WHERE i < {READINGS // 200 - 1}), m(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM m WHERE i < 200) INSERT INTO readings "
            "SELECT m.i, 1672531200 + 1800 * n.i, (n.i * 37 % 9000) / 1000.0 FROM m, n; INSERT INTO meters SELECT DISTINCT meter_id, "
            "CAST(2000123400000 + meter_id AS TEXT) FROM readings;")
        query = ("SELECT m.mpan, 'import', strftime('%Y-%m-%dT%H:%M:%SZ', r.at, 'unixepoch'), 30, r.value, 'kWh', '' "
                 "FROM readings r JOIN meters m ON m.id = r.meter_id ORDER BY r.meter_id, r.at")
        rates = {}
        for shape in ("long", "wide", "openwatts"):
            got = [self.command(storage, "export-run", "--shape", shape) for _ in range(min(3, self.runs))]
            seconds, peak = statistics.median(t for t, _ in got), max(m for _, m in got)
            rates[shape] = 5 * READINGS / seconds
            self.fact(f"export of {5 * READINGS:,} readings, {shape}", f"{seconds:.2f} s, peak {peak / 1024:.1f} MiB")
            self.figure(f"export, {shape}: readings a second", rates[shape] / 1e6, "at least 5 M", rates[shape] >= 5e6, " M")
            self.figure(f"export, {shape}: memory", peak / 1024, "at most 32 MiB", peak <= 32 * 1024, " MiB")
            for f in (storage / "exports").iterdir():
                f.unlink()
        theirs = [self.measure("sqlite3", "-csv", peer, query)[0] for _ in range(min(3, self.runs))]
        self.figure("export, long: rate of sqlite3 -csv", rates["long"] / (READINGS / statistics.median(theirs)), "at least 5",
                    rates["long"] * statistics.median(theirs) >= 5 * READINGS, " x")
        seconds, peak = self.command(storage, "export-run", "--shape", "wide", "--format", "xlsx")
        self.fact("the same as a workbook, wide", f"{seconds:.1f} s")
        self.figure("export, workbook: memory", peak / 1024, "at most 32 MiB", peak <= 32 * 1024, " MiB")

    # -- the web --

    def account(self, storage):
        self.cli(storage, "admin-create", "--email", EMAIL, "--name", "Bench", "--password-stdin", given=PASSWORD + "\n")
        return self.cli(storage, "token-create", "--user", EMAIL, "--name", "b", "--scope", "admin").split()[-1]

    def hundred_jobs(self, storage):
        db = sqlite3.connect(storage / "wattledger.db")
        columns = [r[1] for r in db.execute("PRAGMA table_info(jobs)") if r[1] not in ("id", "batch_id")]
        have = db.execute("SELECT count(*) FROM jobs").fetchone()[0]
        for i in range(100 - have):
            db.execute(f"INSERT INTO jobs (batch_id, {','.join(columns)}) SELECT ?, {','.join(columns)} FROM jobs "
                       "WHERE id = (SELECT min(id) FROM jobs)", (f"550e8400-e29b-41d4-a716-{i:012d}",))
        db.commit()
        db.close()

    def wrk(self, url, *headers, seconds=4, connections=8):
        argv = ["wrk", "-t1", f"-c{connections}", f"-d{seconds}s", *sum((["-H", h] for h in headers), []), url]
        out = subprocess.run(argv, capture_output=True, text=True, check=True).stdout
        if "Non-2xx" in out:
            raise RuntimeError(out)
        return float(re.search(r"Requests/sec:\s+([\d.]+)", out)[1])

    def start_peers(self, storage):
        """nginx with 4 hello processes and a PHP-FPM of 4 workers."""
        run, ports = self.top / "peers", (free_port(), free_port())
        run.mkdir(mode=0o755)
        root = os.geteuid() == 0
        listener = socket.socket(socket.AF_UNIX)
        listener.bind(str(run / "hello.sock"))
        listener.listen(128)
        found = [subprocess.Popen([self.build / "tests/hello.fcgi"], stdin=listener.fileno()) for _ in range(4)]
        listener.close()
        (run / "fpm.conf").write_text(PHP_FPM.format(run=run, user="user = root\ngroup = root" if root else ""))
        (run / "nginx.conf").write_text(PEER_NGINX.format(run=run, here=HERE, hello=ports[0], php=ports[1],
                                                          user="user root;" if root else ""))
        fpm = sorted(Path("/usr/sbin").glob("php-fpm[0-9]*"))[-1]
        found.append(subprocess.Popen([fpm, "-n", "-d", "extension=pdo", "-d", "extension=pdo_sqlite",
                                       "-d", "zend_extension=opcache", "-d", "opcache.enable=1", "-F", "-y",
                                       run / "fpm.conf", *(["-R"] if root else [])], stderr=subprocess.DEVNULL,
                                      env={**os.environ, "BENCH_DB": str(storage / "wattledger.db")}))
        found.append(subprocess.Popen(["/usr/sbin/nginx", "-e", run / "peer.log", "-c", run / "nginx.conf"]))
        for port in ports:
            for _ in range(100):
                try:
                    if Client(f"http://127.0.0.1:{port}").get("/").status == 200:
                        break
                except OSError:
                    pass
                time.sleep(0.05)
            else:
                raise RuntimeError(f"a peer does not answer: {Client(f'http://127.0.0.1:{port}').get('/')}")
        return found, [f"http://127.0.0.1:{p}/" for p in ports]

    def pages(self):
        storage = self.full
        self.account(storage)
        self.hundred_jobs(storage)
        with Site(self.build, storage, worker=False, wake=False) as site:
            c = Client(site.url)
            c.login(EMAIL, PASSWORD)
            cookie = "Cookie: " + "; ".join(f"{k}={v}" for k, v in c.cookies.items())
            url = site.url + "/admin/imports/jobs?limit=100"
            page = c.get(url)
            shown = page.text.count("/admin/imports/status/")
            assert page.status == 200 and shown >= 100, f"{shown} jobs on the page ({page.status})"
            peers, (hello, php) = self.start_peers(storage)
            try:
                text = Client(php).get("/").text
                assert text.count("/admin/imports/status/") >= 100, text[:300]
                ours, least, peer = [], [], []
                for _ in range(max(3, self.runs // 2)):
                    ours.append(self.wrk(url, cookie))
                    least.append(self.wrk(hello))
                    peer.append(self.wrk(php, cookie))
            finally:
                for p in peers:
                    p.terminate()
                for p in peers:
                    p.wait(10)
            a, b, d = (statistics.median(x) for x in (ours, least, peer))
            self.fact("job list, 100 jobs", f"{a:,.0f} requests/s, {len(page.body):,} bytes")
            self.fact("hello, libfcgi", f"{b:,.0f} requests/s")
            self.fact("PHP-FPM, the same rows", f"{d:,.0f} requests/s, {len(text):,} bytes")
            self.figure("page: share of the hello program's rate", a / b, "at least 0.2", a / b >= 0.2)
            self.figure("page: faster than PHP-FPM", a / d, "at least 1.5", a / d >= 1.5, " x")
            largest = 0
            for _ in range(50):
                if largest >= 40000:
                    break
                largest += int(self.wrk(url, cookie, seconds=2) * 2)
            sizes = [int(re.search(r"VmRSS:\s+(\d+)", Path(f"/proc/{p}/status").read_text())[1])
                     for p in site.pids("wattledger.fcgi")]
            self.figure("memory of a web process after 10,000 requests", max(sizes) / 1024, "under 24 MiB",
                        max(sizes) < 24 * 1024, " MiB")

    # -- memory of the worker, and pages while it works --

    def queued(self, name, path):
        """A storage with the file uploaded and queued, by a site without a worker."""
        storage = self.storage(name)
        token = self.account(storage)
        with Site(self.build, storage, worker=False, wake=False) as site:
            reply = subprocess.run(["curl", "-sS", "-f", "-H", f"Authorization: Bearer {token}", "-F", "background=1",
                                    "-F", f"file=@{path}", site.url + "/api/import/jobs"], capture_output=True, text=True)
            if reply.returncode:
                raise RuntimeError(f"upload: {reply.stderr} {reply.stdout}")
        return storage

    def worker(self):
        ten = self.make_more(10)
        for name, path, runs in (("the file", self.csv, 1), ("10 times the file", ten, 1)):
            storage = self.queued("queued", path)
            seconds, peak = self.measure(self.build / "wattledger-worker", "--once",
                                         env={"WATTLEDGER_STORAGE": str(storage)})
            status = sqlite3.connect(storage / "wattledger.db").execute(
                "SELECT status, imported_rows FROM jobs").fetchone()
            assert status == ("completed", 73000 * (10 if path == ten else 1)), status
            self.fact(f"worker, {name}", f"{seconds:.2f} s")
            self.figure(f"memory of the worker, {name}", peak / 1024, "at most 32 MiB", peak <= 32 * 1024, " MiB")
        storage = self.queued("queued", ten)
        with Site(self.build, storage, worker=False, wake=False) as site:
            c = Client(site.url)
            c.login(EMAIL, PASSWORD)
            times, done = [], threading.Event()

            def visit():
                own = Client(site.url)
                own.cookies = dict(c.cookies)
                n = 0
                while not done.is_set():
                    path = ("/admin/imports/jobs", "/admin", "/admin/meters", "/admin/imports")[n % 4]
                    start = time.monotonic()
                    assert own.get(path).status == 200
                    times.append(time.monotonic() - start)
                    n += 1
                    time.sleep(0.01)
            visitors = [threading.Thread(target=visit) for _ in range(2)]
            for v in visitors:
                v.start()
            time.sleep(0.2)
            seconds, _ = self.measure(self.build / "wattledger-worker", "--once",
                                      env={"WATTLEDGER_STORAGE": str(storage)})
            done.set()
            for v in visitors:
                v.join()
            times.sort()
            p99 = times[int(len(times) * 0.99)] * 1000
            self.fact("while 730,000 rows are imported", f"{len(times)} pages in {seconds:.1f} s, median "
                      f"{times[len(times) // 2] * 1000:.1f} ms, slowest {times[-1] * 1000:.0f} ms")
            self.figure("pages while an import runs, 99th percentile", p99, "under 100 ms", p99 < 100, " ms")

    def close(self):
        shutil.rmtree(self.top, ignore_errors=True)
        widths = [max(len(r[i]) for r in self.rows) for i in range(4)]
        print("\n" + "\n".join("  ".join(c.ljust(w) for c, w in zip(r, widths)).rstrip() for r in self.rows))
        missed = [r[0] for r in self.rows if r[3] == "MISSED"]
        print(f"\n{len([r for r in self.rows if r[3] == 'ok'])} limits kept, {len(missed)} missed")
        return 1 if missed else 0


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--build", default=ROOT / "build")
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--only", choices=("long", "imports", "exports", "export", "undo", "pages", "worker", "ledger", "backups"))
    args = parser.parse_args()
    b = Bench(args.build, args.runs, args.only)
    try:
        if args.only in (None, "long"):
            b.long()
        if args.only not in ("long", "ledger", "backups"):
            b.make_files()
        if args.only in (None, "imports", "exports", "pages"):
            b.imports()
        for step in ("exports", "export", "undo", "pages", "worker"):
            if args.only in (None, step):
                getattr(b, step)()
        if args.only in (None, "ledger"):
            ledger.run(b, EMAIL, PASSWORD)
        if args.only in (None, "backups"):
            backups.run(b)
    finally:
        status = b.close()
    sys.exit(status)


if __name__ == "__main__":
    main()
