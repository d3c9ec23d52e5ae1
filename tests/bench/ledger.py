"""ledger: a year of 1,000 meters: its readings, dashboard and property page, as a client waits for them.

The peer reads the same year from a table with a row a half hour, by Python's sqlite3, and writes the same JSON.
"""
import datetime
import json
import sqlite3
import statistics
import subprocess
import sys
import time
import urllib.request

import meters
from client import Client
from serve import Site, free_port

FIRST = datetime.date(2023, 1, 1)
PEER = r"""
import http.server, json, sqlite3, sys
db = sqlite3.connect(sys.argv[2], check_same_thread=False)
class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    def do_GET(self):
        rows = db.execute("SELECT meter_id, channel, minutes, unit, at, value, quality FROM readings WHERE meter_id = 7 "
                          "AND at >= ? AND at < ? ORDER BY at", ("2023-01-01", "2024-01-01")).fetchall()
        names = ("meter_id", "channel", "interval_minutes", "unit", "reading_timestamp", "value", "quality")
        body = json.dumps({"items": [dict(zip(names, r)) for r in rows], "total": len(rows)}).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
    def log_message(self, *_):
        pass
http.server.ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), Handler).serve_forever()
"""


def peer_db(path):
    """Twenty meters, so that the index has something to choose from."""
    db = sqlite3.connect(path)
    db.execute("CREATE TABLE readings (meter_id INTEGER, channel TEXT, minutes INTEGER, unit TEXT, at TEXT, value TEXT, quality TEXT)")
    start = datetime.datetime(2023, 1, 1)
    for m in range(20):
        db.executemany("INSERT INTO readings VALUES (?, 'import', 30, 'kWh', ?, ?, 'A')",
                       ((m, (start + datetime.timedelta(minutes=30 * i)).isoformat() + "Z", f"{i % 900 / 1000:.3f}") for i in range(17520)))
    db.execute("CREATE INDEX readings_at ON readings (meter_id, at)")
    db.commit()
    db.close()


def hundred(storage):
    """100 of the meters become the sub-meters of one main meter, of a property of their own. Its number."""
    db = sqlite3.connect(storage / "wattledger.db")
    with db:
        made = db.execute("INSERT INTO properties (name, created_at) VALUES ('A hundred', 0) RETURNING id").fetchone()[0]
        db.execute("UPDATE meters SET property_id = ? WHERE id IN (SELECT id FROM meters ORDER BY id LIMIT 101)", (made,))
        db.execute("UPDATE meters SET meter_type = 'SUB_METER', sub_meter_kind = 'PHYSICAL' WHERE property_id = ? AND id <> "
                   "(SELECT MIN(id) FROM meters WHERE property_id = ?)", (made, made))
    db.close()
    return made


def waits(bench, url, *headers):
    """Milliseconds for one client after the other."""
    return 1000 / bench.wrk(url, *headers, connections=1)


def run(bench, email, password):
    path = bench.top / "ledger.csv"
    meters.wide(path, meters.mpans(1000), meters.days(365, FIRST))
    storage = bench.storage("ledger")
    bench.cli(storage, "import", "--from", path)
    token = bench.account(storage)
    bench.cli(storage, "settings-set", "api_per_minute", "10000000")
    place = hundred(storage)
    count = sqlite3.connect(storage / "wattledger.db").execute("SELECT SUM(intervals_new) FROM jobs").fetchone()[0]
    bench.fact("ledger", f"1,000 meters, {count:,} readings, {(storage / 'wattledger.db').stat().st_size / 1e6:.0f} MB")
    peer_db(bench.top / "peer.db")
    port = free_port()
    peer = subprocess.Popen([sys.executable, "-c", PEER, str(port), str(bench.top / "peer.db")])
    try:
        with Site(bench.build, storage, worker=False, wake=False) as site:
            c = Client(site.url)
            c.login(email, password)
            cookie = "Cookie: " + "; ".join(f"{k}={v}" for k, v in c.cookies.items())
            bearer = f"Authorization: Bearer {token}"
            year = f"{site.url}/api/readings?meter={meters.mpans(1)[0]}&from=2023-01-01T00:00:00Z&to=2024-01-01T00:00:00Z"
            reply = Client(site.url, token).get(year.removeprefix(site.url))
            assert reply.json()["total"] >= 17518, reply.text[-100:]
            for _ in range(100):
                try:
                    theirs = urllib.request.urlopen(f"http://127.0.0.1:{port}/").read()
                    break
                except OSError:
                    time.sleep(0.05)
            assert json.loads(theirs)["total"] == 17520
            ours, peers = [], []
            for _ in range(3):
                ours.append(waits(bench, year, bearer))
                peers.append(waits(bench, f"http://127.0.0.1:{port}/"))
            a, b = statistics.median(ours), statistics.median(peers)
            bench.fact("a year of a meter as JSON", f"{len(reply.body):,} bytes; Python and sqlite3 take {b:.1f} ms for {len(theirs):,}")
            bench.figure("a year of a meter as JSON, with its transfer", a, "under 5 ms", a < 5, " ms")
            bench.figure("a year of a meter as JSON: faster than Python and sqlite3", b / a, "at least 5", b / a >= 5, " x")
            for name, where, header in (("dashboard of 1,000 meters", "/api/users/me/dashboard", bearer),
                                        ("dashboard of 1,000 meters, the page", "/admin", cookie),
                                        ("page of a property with 100 sub-meters", f"/admin/properties/{place}", cookie)):
                ms = waits(bench, site.url + where, header)
                bench.figure(name, ms, "under 50 ms", ms < 50, " ms")
    finally:
        peer.terminate()
        peer.wait(10)
