#!/usr/bin/env python3
"""make_wrapped: makes the golden files that are not plain text, the same bytes every time: workbooks, gzip, UTF-16, NULs.

Run it in this folder after a change to it; what it makes is committed, so that the tests need nothing but the files.
"""
import gzip
import zipfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
MPAN = "1700051910531"
HEADER = ["MPAN", "Date"] + [f"HH{i:02d}" for i in range(1, 49)]
DAYS = [("2025-11-07", 45968), ("2025-11-08", 45969)]  # and their numbers in a workbook of 1900


def values(day):
    return [f"{day}.{i:02d}" for i in range(1, 49)]


CSV = "\r\n".join([",".join(HEADER)] + [",".join([MPAN, d, *values(k)]) for k, (d, _) in enumerate(DAYS)]) + "\r\n"


def column(i):
    return (chr(64 + i // 26) if i >= 26 else "") + chr(65 + i % 26)


def cell(row, i, v, style):
    at = f'r="{column(i)}{row}"'
    if isinstance(v, str):
        v = v.replace("&", "&amp;").replace("<", "&lt;").replace("\n", "&#10;")
        return f'<c {at} t="inlineStr"><is><t xml:space="preserve">{v}</t></is></c>'
    return f'<c {at} s="{style}"><v>{v}</v></c>'


def sheet(rows):
    """rows: lists of text, numbers, (date, ) or None."""
    out = ""
    for r, row in enumerate(rows, 1):
        cells = "".join(cell(r, i, v[0] if isinstance(v, tuple) else v, 1 if isinstance(v, tuple) else 0)
                        for i, v in enumerate(row) if v is not None)
        if cells:
            out += f'<row r="{r}">{cells}</row>'
    return ('<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
            f"{out}</sheetData></worksheet>")


def workbook(name, sheets, from_1904=False):
    """sheets: [(name, state, rows)]"""
    types, listed, related = "", "", ""
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    rel = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    for i, (title, state, _) in enumerate(sheets, 1):
        listed += f'<sheet name="{title}" sheetId="{i}" state="{state}" r:id="rId{i}"/>'
        related += f'<Relationship Id="rId{i}" Type="{rel}/worksheet" Target="worksheets/sheet{i}.xml"/>'
        types += (f'<Override PartName="/xl/worksheets/sheet{i}.xml" ContentType="application/vnd.openxmlformats-'
                  'officedocument.spreadsheetml.worksheet+xml"/>')
    related += f'<Relationship Id="rId99" Type="{rel}/styles" Target="styles.xml"/>'
    ns = "http://schemas.openxmlformats.org/package/2006"
    parts = {
        "[Content_Types].xml": f'<Types xmlns="{ns}/content-types"><Default Extension="rels" ContentType="application/vnd.'
                               f'openxmlformats-package.relationships+xml"/>{types}</Types>',
        "_rels/.rels": f'<Relationships xmlns="{ns}/relationships"><Relationship Id="rId1" Type="{rel}/officeDocument" '
                       'Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook xmlns="{main}" xmlns:r="{rel}"><workbookPr date1904="{int(from_1904)}"/>'
                           f"<sheets>{listed}</sheets></workbook>",
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{ns}/relationships">{related}</Relationships>',
        "xl/styles.xml": f'<styleSheet xmlns="{main}"><cellXfs count="2"><xf numFmtId="0"/><xf numFmtId="14"/></cellXfs>'
                         "</styleSheet>",
    }
    for i, (_, _, rows) in enumerate(sheets, 1):
        parts[f"xl/worksheets/sheet{i}.xml"] = sheet(rows)
    with zipfile.ZipFile(HERE / name, "w", zipfile.ZIP_DEFLATED) as z:
        for part, text in parts.items():
            z.writestr(zipfile.ZipInfo(part, (1980, 1, 1, 0, 0, 0)), text, zipfile.ZIP_DEFLATED)


def put(name, data):
    (HERE / name).write_bytes(data)


def main():
    header = [*HEADER[:5], "HH04\n(kWh)", *HEADER[6:]]  # a line end in a cell is no new line
    days = [[MPAN, (serial,), *[float(v) for v in values(k)]] for k, (_, serial) in enumerate(DAYS)]
    numbers = [[int(MPAN), *row[1:]] for row in days]
    title = ["Half hours, exported"]
    workbook("xlsx.xlsx", [("Data", "visible", [HEADER, *days])])
    workbook("xlsx-hidden-first.xlsx", [("Notes", "hidden", [["nothing"]]), ("Kept", "visible", [title, [], header, *numbers])])
    workbook("xlsx-1904.xlsx", [("Data", "visible", [HEADER, *[[r[0], (r[1][0] - 1462,), *r[2:]] for r in days]])], True)
    second = [("Cover", "visible", [["A cover"]]), ("Half hours", "visible", [HEADER, *days])]
    for name in ("xlsx-sheet-by-name.xlsx", "xlsx-sheet-by-number.xlsx", "xlsx-sheet-first.xlsx", "xlsx-no-such-sheet.xlsx"):
        workbook(name, second)
    texts = [["meter", "date", "reading", "unit"], ['="0123"', "2025-11-07", "1.5", "kWh"], ["'0124", (45968,), 2.5, "kWh"],
             ["=1+2", (45968,), 3.5, "kWh"], ["0125", (45968,), "7,5", "kWh"], [7.22e15, (45968,), 1, "kWh"]]
    workbook("xlsx-texts.xlsx", [("Data", "visible", texts)])
    whole = (HERE / "xlsx.xlsx").read_bytes()
    put("xlsx-cut.xlsx", whole[:len(whole) // 2])
    put("gzip-xlsx.gz", gzip.compress(whole, mtime=0))
    packed = gzip.compress(CSV.encode(), mtime=0)
    put("gzip.gz", packed)
    put("gzip-members.gz", gzip.compress(CSV[:300].encode(), mtime=0) + gzip.compress(CSV[300:].encode(), mtime=0))
    put("gzip-utf16.gz", gzip.compress(CSV.encode("utf-16"), mtime=0))
    put("gzip-cut.gz", packed[:-9])
    put("gzip-damaged.gz", packed[:-8] + bytes([packed[-8] ^ 1]) + packed[-7:])
    put("gzip-picture.gz", gzip.compress(b"\x89PNG\r\n\x1a\n" + bytes(99), mtime=0))
    put("gzip-twice.gz", gzip.compress(packed, mtime=0))
    put("gzip-bomb.gz", gzip.compress(bytes(5_000_000), mtime=0))
    put("utf16-le-bom.csv", b"\xff\xfe" + CSV.encode("utf-16-le"))
    put("utf16-be-bom.csv", b"\xfe\xff" + CSV.encode("utf-16-be"))
    put("utf16-le.csv", CSV.encode("utf-16-le"))
    put("utf16-be.csv", CSV.encode("utf-16-be"))
    put("utf16-cut.csv", CSV.encode("utf-16-le")[:-1])
    put("nuls.csv", CSV.replace("\r\n", "\r\n\0").replace("0.1", "0\0.1").encode() + bytes(20))
    put("encoding-asked.csv", ("Meter,Date,Reading\r\nK\u00fcche 1,2025-11-07,1.5\r\n").encode("cp1252"))


if __name__ == "__main__":
    main()
