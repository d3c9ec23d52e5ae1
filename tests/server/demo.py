"""demo: what `make run DEMO=1` starts with: an admin, and sample files that the real worker has imported.

The files go in through the upload form, like a person's: half hours with blanks after the commas, daily totals with
semicolons, and a file in which three rows are wrong, so that there is an error to look at.
"""
import datetime
import sys
import tempfile
import time
from pathlib import Path

sys.path[:0] = [str(Path(__file__).resolve().parents[1] / "bench")]
import meters  # noqa: E402
from client import Client  # noqa: E402

EMAIL, PASSWORD = "demo@example.org", "a demo of wattledger"


def sample_files(folder):
    """[(name, bytes)]: the last 120 days up to yesterday."""
    dates = meters.days(120, datetime.date.today() - datetime.timedelta(120))
    three = meters.mpans(3)
    hh = meters.wide(Path(folder, "hh"), three[:2], dates, seed=7, comma=", ").read_bytes()
    daily = meters.daily(Path(folder, "daily"), three[2:], dates, seed=8, comma=";").read_bytes()
    rows = meters.wide(Path(folder, "bad"), [three[2]], dates[:30], seed=9).read_text().splitlines()
    cells = rows[4].split(",")
    rows[4] = ",".join(cells[:9] + ["estimated?"] + cells[10:])
    rows[11] = rows[11].replace(rows[11].split(",")[1], "31/02/2025")
    rows[20] = ",".join(rows[20].split(",")[:20])
    return [("riverside-house-half-hourly.csv", hh), ("workshop-daily.csv", daily),
            ("workshop-half-hourly-with-errors.csv", ("\n".join(rows) + "\n").encode())]


def fill(site, seconds=60):
    """Makes the admin and imports the files, unless that was done before. Returns (e-mail, password)."""
    made = site.cli("admin-create", "--email", EMAIL, "--name", "Demo admin", "--password-stdin",
                    given=PASSWORD + "\n", check=False)[0] == 0
    if made:
        c = Client(site.url)
        c.login(EMAIL, PASSWORD)
        with tempfile.TemporaryDirectory() as folder:
            for name, data in sample_files(folder):
                c.upload(name, data, background="1")
        until = time.monotonic() + seconds
        while time.monotonic() < until and any(j["status"] in ("queued", "processing") for j in c.jobs()["items"]):
            time.sleep(0.1)
    return EMAIL, PASSWORD
