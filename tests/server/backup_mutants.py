#!/usr/bin/env python3
"""backup_mutants: archives that are not what they were, or never were what they say, against backup-verify and backup-restore.

    backup_mutants.py                    2,000 of them; prints its seed
    backup_mutants.py --seed S --count N the same again, or more
    backup_mutants.py --only WORD        those whose name holds the word
    backup_mutants.py --keep DIR         what fails is kept there

How it is judged. A mutant is one of three:
  damaged  bytes or entries were changed and the manifest was not made to fit, or does not fit. It is refused; or it is
           accepted, then its digest and what a restore makes of it are those of the archive that it was made from (a
           flip in a time stamp of the ZIP, say).
  forged   the manifest fits what was changed: it is another archive. It is refused; or a restore makes exactly what it says
           (a backup of the result has the same sums), which every command can work with.
  hostile  bombs, links, paths and ambiguous ZIPs. Never restored.
Whatever is refused is refused with one sentence and exit code 1, in under a second, with less than 48 MiB, and the
storage is the same byte for byte. The two limits are left out with the sanitizers.
"""
import argparse
import collections
import csv
import hashlib
import io
import itertools
import json
import multiprocessing
import os
import random
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import zipper
from archives import full, sql
from cases import BUILD
from zipper import Entry, build, entries_of

SECONDS, MEMORY = 1.0, 48 << 10  # KiB
SANITIZED = "san" in BUILD.parts
TEXTS = ["", "0", "-1", "1", "9223372036854775807", "9223372036854775808", "99999999999999999999999", "1e9", "0x10", "1.5", "NaN", "+1", " 1", "00", "-0", "5.",
         "=1+1", "'", "'=1", "\\", "\\N", "x", "x0", "xyz", "x00", "2025-02-30", "0000-00-00", "9999-12-31", "2025-01-01T00:00:00Z", "2025-01-01T24:00:00Z",
         "2025-01-01T00:00:00+01:00", "1 2 3", "1A _ 2E", "_", "_ _", "1  2", "1Z" * 9, "y" * 9000, "é", "\x00", "\x7f", "a\nb", 'a"b', "admin", "completed", "closed"]
NUMBERS = [0, -1, 1, 2, 7, 1 << 31, 1 << 53, (1 << 63) - 1, 1 << 63, -(1 << 63), 10 ** 30, 1.5, 1e300, True, None, "1", "", [], {}, "x" * 500]


# ---- archives ----

def signed(files, **more):
    """The same files with a manifest that fits them: what a forger would write."""
    m = {**json.loads(files["manifest.json"]), **more}
    m["entries"] = [{"name": n, "rows": max(0, d.count(b"\r\n") - 1) if n.endswith(".csv") else 0, "size": len(d), "sha256": hashlib.sha256(d).hexdigest()}
                    for n, d in files.items() if n != "manifest.json"]
    return {**files, "manifest.json": json.dumps(m, indent=1).encode()}


def packed(files, **more):
    return build(entries_of(files, **more))


class Maker:
    """(name, kind, bytes), from one random generator."""

    def __init__(self, rng, whole, other, count):
        self.rng, self.count = rng, count
        self.data = Path(whole).read_bytes()
        self.files, self.other = zipper.read(whole), zipper.read(other)
        self.tables = [n for n in self.files if n.endswith(".csv") and self.files[n].count(b"\r\n") > 1]

    # -- bytes --

    def bytewise(self):
        rng, data = self.rng, self.data
        at, n = rng.randrange(len(data)), rng.choice((1, 2, 4, 22, 100, 1000))
        what = rng.choice(("flip",) * 6 + ("overwrite", "cut", "insert", "delete", "repeat", "swap", "zeros", "end flip", "end flip"))
        if what == "end flip":  # the list of entries is a small part of the whole, and the part that most hangs on
            at = max(0, len(data) - 1 - rng.randrange(2600))
        b = {"flip": lambda: data[:at] + bytes([data[at] ^ 1 << rng.randrange(8)]) + data[at + 1:],
             "end flip": lambda: data[:at] + bytes([data[at] ^ 1 << rng.randrange(8)]) + data[at + 1:],
             "overwrite": lambda: data[:at] + rng.randbytes(n) + data[at + n:], "cut": lambda: data[:at],
             "insert": lambda: data[:at] + rng.randbytes(n) + data[at:], "delete": lambda: data[:at] + data[at + n:],
             "repeat": lambda: data[:at] + data[at:at + n] + data[at:], "zeros": lambda: data[:at] + bytes(n) + data[at + n:],
             "swap": lambda: data[at:] + data[:at]}[what]()
        return f"{what} at {at}", "damaged", b

    # -- entries --

    def cells(self, name):
        return list(csv.reader(io.StringIO(self.files[name].decode(), newline="")))

    def changed_cell(self):
        """A table with another text in one of its cells, as a spreadsheet would write it."""
        name = self.rng.choice(self.tables)
        rows = self.cells(name)
        r, c = self.rng.randrange(1, len(rows)), self.rng.randrange(len(rows[0]))
        text = self.rng.choice(TEXTS)
        if self.rng.random() < 0.3:
            text = self.rng.choice(rows[self.rng.randrange(1, len(rows))])
        rows[r][c] = text
        out = io.StringIO(newline="")
        csv.writer(out).writerows(rows)
        return f"{name} row {r} {rows[0][c]} = {text[:20]!r}", {**self.files, name: out.getvalue().encode()}

    def changed_table(self):
        rng, name = self.rng, self.rng.choice(self.tables)
        lines = self.files[name].split(b"\r\n")
        i = rng.randrange(len(lines) - 1)
        what, changed = rng.choice((
            ("a row less", lines[:i] + lines[i + 1:]), ("a row twice", lines[:i] + lines[i:i + 1] + lines[i:]), ("rows in another order", lines[:1] + lines[-2:0:-1] + lines[-1:]),
            ("no rows", lines[:1] + [b""]), ("nothing", []), ("no line end", lines[:-1]), ("a cell more", [x + b"," if k == i else x for k, x in enumerate(lines)]),
            ("a blank line", lines[:i] + [b""] + lines[i:]), ("another header", [lines[0].swapcase()] + lines[1:]), ("a BOM", [b"\xef\xbb\xbf" + lines[0]] + lines[1:]),
            ("no UTF-8", lines[:i] + [lines[i] + b"\xff\xfe"] + lines[i + 1:]), ("an open quote", lines[:i] + [lines[i] + b'"'] + lines[i + 1:])))
        table = b"\r\n".join(changed)
        if rng.random() < 0.1:
            what, table = "bare line feeds", self.files[name].replace(b"\r\n", b"\n")
        return f"{name}: {what}", {**self.files, name: table}

    def other_entries(self):
        rng, files = self.rng, dict(self.files)
        names = list(files)
        a, b = rng.sample(names, 2)
        what = rng.choice(("swapped", "of another archive", "missing", "more", "renamed", "another case", "a folder"))
        if what == "swapped":
            files[a], files[b] = files[b], files[a]
        elif what == "of another archive":
            files[a] = self.other[a]
        elif what == "missing":
            del files[a]
        elif what == "more":
            files[a + ".bak"] = files[a]
        elif what == "a folder":
            files[a + "/"] = b""
        else:
            files = {(n.upper() if what == "another case" else n + "x") if n == a else n: d for n, d in files.items()}
        same = files == self.files
        return f"{what}: {a}, {b}", "same" if same else "damaged", packed(files)

    def damaged_table(self):
        name, files = self.rng.choice((self.changed_cell, self.changed_table))()
        return name + ", the manifest left", "damaged", packed(files)

    def forged_table(self):
        name, files = self.rng.choice((self.changed_cell, self.changed_cell, self.changed_table))()
        return name + ", signed", "forged", packed(signed(files))

    # -- the manifest --

    def manifest(self):
        rng, m = self.rng, json.loads(self.files["manifest.json"])
        key = rng.choice((*m, "entries", "entries", "entries", "text", "text", "twice"))
        name = f"manifest: {key}"
        if key == "text":
            text = self.files["manifest.json"]
            at = rng.randrange(len(text))
            text = text[:at] + rng.choice((b"", b'"', b"\0", b"{", b"\\u0000", b"1e999", b"\xff", b"/**/", b",", b"0")) + text[at + rng.randrange(3):]
        elif key == "twice":
            again = rng.choice(('"entries": []', '"schema_version": 1', '"schema_version": 9999', '"wattledger_backup": 1', '"entries": null'))
            name += " " + again
            text = b"{" + again.encode() + b"," + self.files["manifest.json"].lstrip().removeprefix(b"{")
        else:
            if key == "entries":
                e = rng.choice(m["entries"])
                field = rng.choice((*e, "row less", "row twice", "row more", "order"))
                name += f" {e['name']} {field}"
                if field in e:
                    e[field] = rng.choice(NUMBERS) if field in ("rows", "size") else rng.choice(NUMBERS + ["../" + str(e[field]), str(e[field]).upper(), "0" * 64, "\x1b[2J", "a\nb"])
                elif field == "row less":
                    m["entries"].remove(e)
                elif field == "order":
                    rng.shuffle(m["entries"])
                else:
                    m["entries"].append(dict(e) if field == "row twice" else {**e, "name": "more.csv"})
            else:
                m[key] = rng.choice(NUMBERS + ["2025-02-30T00:00:00Z", "9.9.9"])
                name += f" = {str(m[key])[:30]}"
            text = json.dumps(m).encode()
        return name, "manifest", packed({**self.files, "manifest.json": text})

    # -- the ZIP --

    def zips(self):
        """Each once: a name, an archive, and its kind if it is not a damaged one."""
        some = lambda: entries_of(self.files)

        def one(**more):
            entries = some()
            for k, v in more.items():
                setattr(entries[3], k, v)
            return entries
        for flag, words in ((1, "encrypted"), (0x41, "strongly encrypted"), (0x2000, "masked headers"), (8, "sizes behind it, which are not there")):
            yield words, build(one(flags=flag))
        for method in (1, 6, 9, 12, 14, 93, 95, 97, 99, 0xffff):
            yield f"method {method}", build(one(method=method, packed=b"x" * 50))
        yield "stored, said to be deflated", build(one(packed=self.files["users.csv"]))
        yield "deflated, said to be stored", build(one(method=0, packed=zipper.deflate(b"x" * 100)))
        yield "a link", build(one(attributes=zipper.LINK, data=b"/etc/passwd"))
        yield "a link that is not listed", build(some() + [Entry(b"link", b"/etc/passwd", attributes=zipper.LINK)])
        yield "a device", build(some() + [Entry(b"device", b"", attributes=0o020600 << 16)])
        for name in (b"../cars.csv", b"/etc/cron.d/x", b"a/../../cars.csv", b"..\\cars.csv", b"C:cars.csv", b"C:\\cars.csv", b"\\\\host\\x", b"./cars.csv", b"cars.csv\0.txt", b"", b"\x01",
                     b"x" * 300, b"x" * 65535, b"/" * 200, b"..", b".", b"CARS.CSV", b"cars.csv ", b"cars.csv.", b"con", b"\xff\xfe", b"a\nb", b"\x1b[2J"):
            yield f"a name {name[:20]!r}", build(some() + [Entry(name, b"x\r\n")])
            f = {n: d for n, d in self.files.items() if n != "cars.csv"} | {name.decode("latin-1"): self.files["cars.csv"]}
            yield f"a name in the manifest {name[:20]!r}", build([Entry(n.encode("latin-1"), d) for n, d in signed(f).items()]), "forged"
            yield f"another name at the entry {name[:20]!r}", build(one(local_name=name))
        for words, entries in (("twice the same", some() + some()[3:4]), ("twice, another content", some() + [Entry(b"cars.csv", b"x\r\n")]),
                               ("two manifests", some() + [Entry(b"manifest.json", b"{}")]), ("none", []), ("only a manifest", [e for e in some() if e.name == b"manifest.json"])):
            yield words, build(entries)
        yield "the list twice", build(some(), repeat_list=2)
        for words, more in (("a count too small", {"count": 3}), ("a count too large", {"count": 63}), ("a list too long", {"list_size": 60000}), ("a list elsewhere", {"list_at": 0}),
                            ("a list far away", {"list_at": 0xfffffff0}), ("bytes before", {"before": b"MZ" * 50}), ("bytes between", {"between": b"x" * 100})):
            yield words, build(some(), **more)
        for words, more in (("a CRC", {"crc": 0}), ("a size", {"size": 7}), ("a packed size", {"packed_size": 7}), ("an offset", {"at": 5}), ("an offset of another", {"at": 0}),
                            ("a huge size", {"size": 0xffffffff}), ("a huge packed size", {"packed_size": 0xffffffff}), ("all huge", {"size": 0xfffffffe, "packed_size": 0xfffffffe, "at": 0xfffffffe}),
                            ("64 bits that are not there", {"size": 0xffffffff, "packed_size": 0xffffffff, "at": 0xffffffff}),
                            ("64 bits, 16 EiB", {"size": 0xffffffff, "extra": b"\1\0\x08\0" + b"\xff" * 8}), ("an extra field cut off", {"extra": b"\1\0\xff\xff"}),
                            ("an extra field at the entry", {"local_extra": b"\1\0\x10\0" + b"\xff" * 16})):
            yield "wrong: " + words, build(one(**more))
        honest = build(some())
        other = packed(self.other)
        yield "another archive in its comment", build(some(), comment=other)
        yield "two archives, one behind the other", honest + other
        yield "an end in the comment", build(some(), comment=b"PK\5\6" + bytes(18))
        yield "a comment full of ends", build(some(), comment=(b"PK\5\6" + bytes(18)) * 2900)
        yield "a million empty blocks", build(one(packed=b"\0\0\0\xff\xff" * (1 << 20) + zipper.deflate(some()[3].data)))
        yield "an end of 64 bits that lies", build(some(), big=True, count=1 << 40)
        yield "an end of 64 bits elsewhere", build(some(), big=True, list_at=1 << 62)
        yield "an end of 64 bits with a huge list", build(some(), big=True, list_size=1 << 62)

    def bombs(self):
        """(name, bytes): each a way to ask for much more than was sent."""
        files = self.files

        def table(data, name="cars.csv"):
            f = signed({**files, name: data})
            return build([Entry(n.encode(), d, packed=zipper.thick(d) if n == name else None) for n, d in f.items()])
        head = files["cars.csv"].split(b"\r\n")[0] + b"\r\n"
        yield "ratio 1000", packed(signed({**files, "cars.csv": bytes(50 << 20)}))
        yield "ratio 190", table(b"0" * (24 << 20))
        yield "a line of 24 MiB", table(head + b"1," + b"x" * (24 << 20))
        yield "12 million columns", table(head + b"," * (12 << 20) + b"\r\n")
        yield "12 million names of columns", table(b"x," * (6 << 20) + b"\r\n")
        yield "16 million quotes", table(head + b'1,"' + b'"' * (16 << 20))
        yield "16 million pairs of quotes", table(head + b'1,"' + b'""' * (8 << 20) + b'"\r\n')
        yield "blank lines", table(head + b"\r\n" * (12 << 20))
        yield "a blob without end", table(files["tokens.csv"] + b"9,1,t,x" + b"00" * (8 << 20), "tokens.csv")
        yield "readings without end", table(files["days.csv"] + b"1,2030-01-01,1," + b"1 " * (8 << 20), "days.csv")
        yield "a number without end", table(head + b"9" * (16 << 20) + b"\r\n")
        inner = build([Entry(b"0", bytes(20 << 20))])
        for _ in range(5):
            inner = build([Entry(b"%d.zip" % i, inner) for i in range(10)])
        yield "nested", packed(signed({**files, "cars.csv": inner}))
        yield "nested, an entry more", build(entries_of(files) + [Entry(b"inner.zip", inner)])
        yield "entries that lie over each other", zipper.quoting(60, bytes(1 << 20))
        shared = entries_of(files)
        for e in shared[1:]:
            e.at = 0
        yield "all entries are one", build(shared)
        yield "it holds itself", self.itself()
        yield "65 entries", build([Entry(b"%d" % i) for i in range(65)])
        yield "60,000 entries", build([Entry(b"%d" % i) for i in range(60000)])
        yield "100,000 entries, 64 bits", build([Entry(b"%d" % i) for i in range(100000)], big=True)
        yield "100,000 entries, said to be 3", build([Entry(b"%d" % i) for i in range(60000)], count=3)
        yield "names of 65,535 bytes", build([Entry(bytes([65 + i]) * 65535) for i in range(26)])
        yield "extra fields of 65,535 bytes", build([Entry(b"%d" % i, extra=b"zz\xfb\xff" + bytes(65531)) for i in range(60)])
        yield "comments of 65,535 bytes", build([Entry(b"%d" % i, comment=bytes(65535)) for i in range(60)], comment=bytes(65535))
        yield "a terabyte, 64 bits", build([*entries_of(files)[:-1], Entry(b"x", b"", size=0xffffffff, packed_size=0xffffffff, extra=struct_64(1 << 40, 1 << 40))], big=True)
        yield "blocks that never end", build([Entry(n.encode(), d, packed=b"\0\0\0\xff\xff" * (1 << 20) if n == "users.csv" else None) for n, d in files.items()])
        many = b'{"wattledger_backup":1,"schema_version":1,"created_at":"2025-01-01T00:00:00Z","app_version":"1","entries":['
        for words, text in (("deep arrays", b"[" * 250000), ("deep objects", b'{"a":' * 50000), ("deep entries", many + b"[" * 200000), ("a long text", b'{"wattledger_backup":"' + b"x" * 250000 + b'"}'),
                            ("many keys", b"{" + b",".join(b'"%d":0' % i for i in range(24000)) + b"}"), ("many empty arrays", b"[" + b"[]," * 80000 + b"[]]"),
                            ("a long number", b'{"wattledger_backup":' + b"9" * 250000 + b"}"), ("many entries", many + b"{}," * 80000 + b"{}]}"),
                            ("escapes", b'{"wattledger_backup":"' + b"\\u0041" * 40000 + b'"}'), ("blanks", b" " * 250000 + b"{}"), ("1 MiB", many + b" " * (1 << 20) + b"]}"),
                            ("24 MiB", b"[" + b"1," * (12 << 20) + b"1]")):
            yield f"JSON: {words}", build([Entry(n.encode(), text if n == "manifest.json" else d, packed=zipper.thick(text) if n == "manifest.json" else None) for n, d in files.items()])

    def itself(self):
        e = Entry(b"a.zip", b"x" * 100, method=zipper.STORE)
        size = len(build([e]))
        e.size = e.packed_size = size
        return build([e])

    def all(self):
        for words, data in self.bombs():
            yield "bomb: " + words, "hostile", data
        for words, data, *kind in self.zips():
            yield "ZIP: " + words, *(kind or ["damaged"]), data
        ways = (self.bytewise,) * 10 + (self.other_entries,) * 2 + (self.damaged_table,) * 2 + (self.forged_table,) * 4 + (self.manifest,) * 4
        while True:
            yield self.rng.choice(ways)()


def struct_64(size, packed_size):
    return b"\1\0\x10\0" + size.to_bytes(8, "little") + packed_size.to_bytes(8, "little")


# ---- what becomes of one ----

class Wrong(Exception):
    pass


class Trial:
    """Two storages of a process's own: one that must stay as it is, and one to restore into."""

    def __init__(self, base, good):
        self.folder = tempfile.TemporaryDirectory(prefix="wattledger-mutants-")
        self.top = Path(self.folder.name)
        self.kept, self.scratch = self.top / "kept", self.top / "scratch"
        self.base, self.good = base, good
        shutil.copytree(base, self.scratch)
        self.renew()
        self.path = self.top / "mutant.zip"
        self.slowest = self.largest = 0

    def renew(self):
        shutil.rmtree(self.kept, ignore_errors=True)
        shutil.copytree(self.base, self.kept)
        self.before = self.state(self.kept)

    def state(self, storage):
        return {str(p.relative_to(storage)): hashlib.sha256(p.read_bytes()).hexdigest() for p in storage.rglob("*")
                if p.is_file() and "run" not in p.parts and p.suffix != ".log" and p.stat().st_size}

    def run(self, storage, *args):
        p = subprocess.run([BUILD / "tests/measure", self.top / "measured", BUILD / "wattledger", *map(str, args)], stdin=subprocess.DEVNULL,
                           capture_output=True, env={**os.environ, "WATTLEDGER_STORAGE": str(storage)}, timeout=120)
        seconds, kib, status = (self.top / "measured").read_text().split()
        return int(status), p.stdout, p.stderr, float(seconds), int(kib)

    def tried(self, storage, *args):
        """Accepted? With what it printed. A refusal is one: said, in time, in little memory."""
        status, out, err, seconds, kib = self.run(storage, *args, "--from", self.path, "--json")
        if not SANITIZED and kib >= MEMORY:
            raise Wrong(f"{args[0]}: {kib} KiB: {err[-300:]!r}")
        self.largest = max(self.largest, kib)
        if status == 0:
            return json.loads(out)
        text = err.decode("utf-8", "replace")
        if status != 1 or not text.startswith("wattledger: ") or not text.endswith(".\n") or not text[:-1].isprintable() or out:
            raise Wrong(f"{args[0]}: exit {status}: {text[-500:]!r} {out[:200]!r}")
        for _ in range(2):  # the machine may have been busy
            if seconds < SECONDS:
                break
            seconds = min(seconds, self.run(storage, *args, "--from", self.path)[3])
        if not SANITIZED and seconds >= SECONDS:
            raise Wrong(f"{args[0]}: {seconds:.2f} s to say {text!r}")
        self.slowest = max(self.slowest, seconds)
        return None

    def sums(self, storage):
        """Of a new backup: what the storage holds."""
        made = self.top / "made.zip"
        made.unlink(missing_ok=True)
        status, _, err, *_ = self.run(storage, "backup-create", "--to", made)
        if status:
            raise Wrong(f"no backup of what was restored: {err!r}")
        return {e["name"]: e["sha256"] for e in json.loads(zipper.read(made)["manifest.json"])["entries"] if e["name"] != "audit.csv"}

    def unchanged(self, storage, before, what):
        after = self.state(storage)
        if after != before:
            raise Wrong(f"{what}: changed: {[k for k in {*after, *before} if after.get(k) != before.get(k)]}")

    def restored(self):
        """Into the other storage: what it then holds, or None: it was refused, and nothing changed."""
        before = self.state(self.scratch)
        if not self.tried(self.scratch, "backup-restore", "--mode", "replace", "--yes"):
            self.unchanged(self.scratch, before, "restore")
            return None
        db = sqlite3.connect(self.scratch / "wattledger.db")
        if db.execute("PRAGMA foreign_key_check").fetchall() or db.execute("PRAGMA integrity_check").fetchall() != [("ok",)]:
            raise Wrong("what was restored does not hold together")
        db.close()
        for f in (self.scratch / "backups").iterdir():
            f.unlink()
        return self.sums(self.scratch)

    def judge(self, name, kind, data, n):
        self.path.write_bytes(data)
        verified = self.tried(self.kept, "backup-verify")
        accepted = bool(verified)
        if kind == "forged":
            made = self.restored()
            if made and not verified:
                raise Wrong("restored, though backup-verify refuses it")
            if made:
                said = {e["name"]: e["sha256"] for e in verified["tables"] if e["name"] != "audit.csv"}
                if made != said:
                    raise Wrong(f"restored as something else: {[k for k in said if made.get(k) != said[k]]}")
                self.works()
            return "restored as it says" if made else "whole, not restored" if accepted else "refused"
        if kind == "hostile" or not accepted:
            if kind == "hostile" or n % 3 == 0:
                if self.tried(self.kept, "backup-restore", "--mode", "merge" if n % 4 == 1 else "replace", "--yes" if n % 2 else "--dry-run"):
                    raise Wrong("restored")
            self.unchanged(self.kept, self.before, name)
            return "whole, not restored" if accepted else "refused"
        if kind != "manifest" and verified["digest"] != self.good["digest"]:
            raise Wrong(f"accepted with another content: {verified['digest']}")
        made = self.restored()
        if made is not None and made != self.good["sums"]:
            raise Wrong("restored as something else")
        if made and {e["name"]: e["rows"] for e in verified["tables"]} != self.good["rows"]:
            raise Wrong("restored, though the manifest counts other rows")
        return "the same content" if made else "whole, not restored"

    def works(self):
        """What was accepted can be worked with."""
        for args in (("readings-export", "--to", "-", "--shape", "long"), ("sessions-export", "--to", "-", "--all-columns"), ("jobs", "--json"), ("settings-list",),
                     ("audit-list",), ("schedule-list",), ("export-schedule-list",), ("user-list",), ("token-list",)):
            status, _, err, *_ = self.run(self.scratch, *args)
            if status not in (0, 1):
                raise Wrong(f"then {args[0]} ends with {status}: {err[-300:]!r}")


def begin(base, good, folder):
    global trial, keep  # of this process
    trial, keep = Trial(base, good), folder


def one(job):
    n, (name, kind, data) = job
    try:
        return name, kind, trial.judge(name, kind, data, n), None, trial.slowest, trial.largest
    except (Wrong, OSError, ValueError, KeyError, subprocess.TimeoutExpired) as e:
        trial.renew()
        if keep:
            shutil.copy(trial.path, Path(keep, f"{n}.zip"))
        return name, kind, "wrong", f"{type(e).__name__}: {e}"[:600], trial.slowest, trial.largest


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(1 << 32))
    parser.add_argument("--count", type=int, default=300 if SANITIZED else 2000)
    parser.add_argument("--only", default="")
    parser.add_argument("--keep")
    args = parser.parse_args()
    print(f"seed {args.seed}")
    begun = time.monotonic()
    storage, another = full(), full()
    whole, other = storage.folder / "whole.zip", another.folder / "other.zip"
    another.run("settings-set", "stale_days", "77")
    for s, path in ((storage, whole), (another, other)):
        sql(s, "UPDATE drafts SET fields = '{\"notes\":\"short\"}'")  # few bytes, so that most of them mean something
        sql(s, "UPDATE charging_sessions SET notes = 'short', location_label = 'x' WHERE LENGTH(notes) > 5000")
        s.run("backup-create", "--to", path)
    manifest = json.loads(zipper.read(whole)["manifest.json"])
    good = {"digest": json.loads(storage.run("backup-verify", "--from", whole, "--json"))["digest"],
            "sums": {e["name"]: e["sha256"] for e in manifest["entries"] if e["name"] != "audit.csv"},
            "rows": {e["name"]: e["rows"] for e in manifest["entries"]}}
    made = itertools.islice(enumerate(Maker(random.Random(args.seed), whole, other, args.count).all()), args.count)
    wanted = (m for m in made if args.only in m[1][0])
    ends, failed, slowest, largest = collections.Counter(), 0, 0, 0
    with multiprocessing.Pool(os.cpu_count(), begin, (storage.folder / "storage", good, args.keep)) as pool:
        for name, kind, end, wrong, seconds, kib in pool.imap_unordered(one, wanted, chunksize=4):
            ends[f"{kind}: {end}"] += 1
            slowest, largest = max(slowest, seconds), max(largest, kib)
            if wrong:
                failed += 1
                print(f"not ok {name}: {' '.join(wrong.split())} (--seed {args.seed})", flush=True)
    for end, n in sorted(ends.items()):
        print(f"{n:5} {end}")
    print(f"the slowest refusal {slowest:.2f} s, the largest {largest / 1024:.1f} MiB; {time.monotonic() - begun:.0f} s")
    if not failed:
        print(f"ok {sum(ends.values())} archives, none accepted with another content than it says")
    return 1 if failed or not ends else 0


if __name__ == "__main__":
    sys.exit(main())
