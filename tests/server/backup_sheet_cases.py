#!/usr/bin/env python3
"""backup_sheet_cases: each table of a backup opened by LibreOffice as it is: what a spreadsheet makes of a cell is what was written.

The sheet is looked at as LibreOffice understood it (flat ODF), cell by cell: a text is that text, a number is that number,
a date that day, and nowhere is a formula, a link or an error. The character set is said, and the rest as its window has it: without a
window LibreOffice 7.4 takes every CSV for Windows-1252, with a byte order mark or without. A text that is nothing but a number
(0012) is a number of that value there, as in any CSV, and exact to 15 digits.
"""
import csv
import io
import shutil
import subprocess
import sys
import zipfile
from decimal import Decimal
from pathlib import Path
from xml.etree import ElementTree

from archives import backup, full, sql
from cases import ROOT, Skip, case, equal, run_cases

OFFICE, TABLE, TEXT = ("{urn:oasis:names:tc:opendocument:xmlns:%s:1.0}" % n for n in ("office", "table", "text"))
CELLS_MAX = 300_000
ENDLESS = str((1 << 63) - 1)  # of the bookkeeping of jobs: "behind the end"; more than a spreadsheet can count
# What somebody may have typed and a spreadsheet would love to have a meaning of its own.
TYPED = ["=HYPERLINK(\"http://example.org/\";\"x\")", "+1+1", "-2+3", "@SUM(1;2)", "=cmd|' /C calc'!A0", "\t=1+1", "\r=1+1", "1/2", "3-4", "MAR1", "TRUE", "1e5", "50%", "€5", "10:30",
         "two\nlines", "comma, \"quote\" and ; semicolon", "Ωμέγα 🚗", "' quoted", "#REF!", "http://example.org/", "   ", "0012", "1.50", "31/12/2025", "2025-12-31", ".5"]


def paragraphs(cell):
    """Its lines as text; runs of blanks are elements in ODF."""
    def words(e):
        out = e.text or ""
        for child in e:
            tag = child.tag.removeprefix(TEXT)
            out += " " * int(child.get(TEXT + "c", 1)) if tag == "s" else "\t" if tag == "tab" else "\n" if tag == "line-break" else words(child)
            out += child.tail or ""
        return out
    return "\n".join(words(p) for p in cell.findall(TEXT + "p"))


def sheet(path, folder):
    """[[cell]] of what LibreOffice made of a file; a cell is (type, value, text), and None if it is blank."""
    subprocess.run(["soffice", "--headless", f"-env:UserInstallation=file://{folder}/office", "--infilter=CSV:44,34,76,1,,0,false,false", "--convert-to", "fods",
                    "--outdir", folder, path], check=True, capture_output=True, timeout=180)
    rows, cells = [], 0
    for row in ElementTree.parse(folder / (path.stem + ".fods")).iter(TABLE + "table-row"):
        out = []
        for c in row:
            if c.tag not in (TABLE + "table-cell", TABLE + "covered-table-cell"):
                continue
            assert c.get(TABLE + "formula") is None, f"a formula: {c.get(TABLE + 'formula')}"
            assert c.find(".//" + TEXT + "a") is None, f"a link: {paragraphs(c)}"
            kind = c.get(OFFICE + "value-type")
            one = kind and (kind, c.get(OFFICE + "value") or c.get(OFFICE + "date-value"), paragraphs(c))
            times = int(c.get(TABLE + "number-columns-repeated", 1))
            out += [one] * (times if one else min(times, 100))
        cells += len(out)
        assert cells < CELLS_MAX, "more cells than were written"
        times = int(row.get(TABLE + "number-rows-repeated", 1))
        rows += [out] * (times if any(out) else min(times, 10))
    return rows


def means(cell, wrote):
    """Is that what we wrote?"""
    if cell is None:
        return wrote == ""
    kind, value, text = cell
    if kind == "string":
        return text == wrote.replace("\r\n", "\n").replace("\r", "\n")
    if kind == "float":
        return wrote == ENDLESS or Decimal(value) == Decimal(wrote)
    return kind == "date" and value.removesuffix("T00:00:00") == wrote


def check(archive, folder, only=None):
    read = 0
    with zipfile.ZipFile(archive) as z:
        for name in z.namelist():
            if not name.endswith(".csv") or (only and name not in only):
                continue
            path = folder / name
            path.write_bytes(z.read(name))
            wrote = list(csv.reader(io.StringIO(path.read_bytes().decode(), newline="")))
            got = sheet(path, folder)
            for r, (cells, row) in enumerate(zip(got, wrote)):
                for c, text in enumerate(row):
                    cell = cells[c] if c < len(cells) else None
                    assert means(cell, text), f"{name} row {r + 1} {wrote[0][c]}: {text[:100]!r} is read as {cell}"
                assert not any(cells[len(row):]), f"{name} row {r + 1}: more cells than were written"
            assert len(got) >= len(wrote) and not any(any(row) for row in got[len(wrote):]), f"{name}: {len(got)} rows instead of {len(wrote)}"
            read += 1
    return read


def needed():
    if not shutil.which("soffice"):
        raise Skip("no LibreOffice here")


@case
def each_table_is_read_as_it_was_written(_):
    needed()
    s = full()
    for i, text in enumerate(TYPED):
        sql(s, "INSERT INTO charging_sessions (public_id, car_id, status, day, odometer, notes, location_label, created_at, updated_at) "
               "VALUES (?, 1, 'closed', ?, ?, ?, ?, 1, 1)", f"typed-{i}", 20000 + i, 500 + i, text, text)
    equal(check(backup(s), s.folder) > 25, True)


@case
def and_so_is_a_backup_of_ten_years(_):
    needed()
    s = full()
    check(ROOT / "tests/golden/backup/schema-1.zip", Path(s.folder), ("days.csv", "charging_sessions.csv", "jobs.csv", "audit.csv", "register_readings.csv"))


if __name__ == "__main__":
    sys.exit(0 if run_cases(None, only=sys.argv[1:]) else 1)
