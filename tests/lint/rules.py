"""rules: the house rules that a machine can hold, one function each.

A rule takes the tree and yields (file, line, why). It looks at text, not at meaning: comments and strings are
blanked out first where they would deceive it. What a rule cannot see (a handler that does policy) stays with the
reader. Each rule has a bad example in selftest.py that it must catch, and a good one that it must let pass.
"""
import re
import subprocess
from functools import cached_property
from pathlib import Path

# Which rooms a room may include: pointing down, and not over the fence (ARCHITECTURE: "Includes point down").
MAY_SEE = {
    "base": {"base"},
    "codec": {"base", "codec"},
    "db": {"base", "db"},
    "app": {"base", "codec", "db", "app"},
    "web": {"base", "codec", "app", "web"},
    "cli": {"base", "codec", "db", "app", "cli"},
    "cgi-bin": {"base", "codec", "db", "app", "web", "cli"},
}
# Each outside library has one home.
HOMES = {
    "sqlite3.h": {"lib/db/driver_sqlite.c"},
    "libpq-fe.h": {"lib/db/driver_pgsql.c"},
    "zip.h": {"lib/codec/zip.c"},
    "xlsxwriter.h": {"lib/codec/xlsx_write.c"},
    "jansson.h": {"lib/codec/json.c"},
    "sodium.h": {"lib/app/crypto.c"},
    "fcgiapp.h": {"lib/web/transport_fcgi.c"},
    "fcgi_stdio.h": set(),
    "ctemplate/": {"lib/web/view.cc"},
    "curl/": {"lib/app/http.c"},
    "expat.h": {"lib/codec/xml.c"},
    "zlib.h": {"lib/codec/gzip.c"},
}
BANNED = re.compile(r"(?<![\w.>])(strcpy|strcat|stpcpy|sprintf|vsprintf|gets|strtok|system|popen|alloca|atoi|atol|"
                    r"setjmp|longjmp)\s*\(")
SQL_WORDS = re.compile(r"\b(SELECT\s+[\w*(,. ]+\s+FROM|SELECT\s+\w+\(|INSERT\s+INTO|UPDATE\s+\w+\s+SET|DELETE\s+FROM|"
                       r"CREATE\s+TABLE|DROP\s+TABLE|ALTER\s+TABLE|PRAGMA\s+\w)")
FILE_LINES, FUNCTION_LINES = 600, 60


def blank(text, strings=True):
    """The text with comments (and strings) blanked, line for line."""
    def gone(m):
        t = m.group(0)
        if t[0] in "\"'" and not strings:
            return t
        return re.sub(r"[^\n]", " ", t) if t[0] == "/" else t[0] + re.sub(r"[^\n]", " ", t[1:-1]) + t[-1]
    return re.sub(r'/\*.*?\*/|//[^\n]*|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\'', gone, text, flags=re.S)


class Tree:
    def __init__(self, root):
        self.root = Path(root)
        self.cache = {}

    def read(self, name):
        if name not in self.cache:
            self.cache[name] = (self.root / name).read_text(errors="replace")
        return self.cache[name]

    def files(self, folders, endings):
        found = []
        for folder in folders:
            found += [p for p in (self.root / folder).rglob("*") if p.suffix in endings and p.is_file()]
        return sorted(str(p.relative_to(self.root)) for p in found)

    @cached_property
    def code(self):
        return self.files(("lib", "cgi-bin"), {".c", ".h", ".cc", ".def"})

    @cached_property
    def all_code(self):
        return self.code + self.files(("tests",), {".c", ".h"})

    @cached_property
    def templates(self):
        return self.files(("templates",), {".tpl"})

    def allowed(self):
        """tests/lint/allow: `rule path[:function]  reason`, one a line."""
        path = self.root / "tests/lint/allow"
        lines = path.read_text().splitlines() if path.exists() else []
        return {tuple(l.split()[:2]) for l in lines if l.strip() and not l.startswith("#")}


def line_of(text, at):
    return text.count("\n", 0, at) + 1


def room(name):
    parts = name.split("/")
    return parts[1] if parts[0] == "lib" else parts[0]


def layers(tree):
    for name in tree.code:
        for m in re.finditer(r'^#\s*include\s+"([^"]+)"', tree.read(name), re.M):
            line, target = line_of(tree.read(name), m.start()), m[1]
            if "/" not in target:
                yield name, line, f'"{target}" does not name its room'
            elif target.split("/")[0] not in MAY_SEE[room(name)]:
                yield name, line, f"{room(name)} must not see {target}"


def banned(tree):
    for name in tree.all_code:
        text = blank(tree.read(name))
        for m in BANNED.finditer(text):
            yield name, line_of(text, m.start()), f"{m[1]}() is banned"


def homes(tree):
    for name in tree.code:
        for m in re.finditer(r"^#\s*include\s+<([^>]+)>", tree.read(name), re.M):
            for header, files in HOMES.items():
                hit = m[1].startswith(header) if header.endswith("/") else m[1] == header
                if hit and name not in files:
                    home = ", ".join(sorted(files)) or "no file"
                    yield name, line_of(tree.read(name), m.start()), f"<{m[1]}> belongs to {home}"


def spans(text, opening):
    """From each match of `opening`, which ends in "(", to the parenthesis that closes it."""
    bare = blank(text)
    for m in re.finditer(opening, bare):
        depth, at = 1, m.end()
        while depth and at < len(bare):
            depth += {"(": 1, ")": -1}.get(bare[at], 0)
            at += 1
        yield m.start(), at


def sql_place(tree):
    for name in tree.code:
        if room(name) == "db":
            continue
        text = blank(tree.read(name), strings=False)
        rows = []
        if room(name) == "app":  # a row, or a #define that rows share
            rows = [*spans(text, r"\bSQL2?\("),
                    *(m.span() for m in re.finditer(r"^#\s*define(?:[^\n]*\\\n)*[^\n]*", text, re.M))]
        for m in re.finditer(r'"(?:\\.|[^"\\\n])*"', text):
            if SQL_WORDS.search(m[0]) and not any(a <= m.start() < b for a, b in rows):
                yield name, line_of(text, m.start()), "SQL belongs into a SQL() row of lib/app"


def audit_only_grows(tree):
    """Rows of the audit log are added, by one file, and never changed or removed."""
    for name in tree.code:
        text = blank(tree.read(name), strings=False)
        for m in re.finditer(r'\b(UPDATE|DELETE\s+FROM|INTO|TRUNCATE|DROP\s+TABLE)[\s"]+audit\b', text):
            if m[1] != "INTO" or name != "lib/app/audit.c":
                yield name, line_of(text, m.start()), "the audit log is only added to, by audit_add"


def first_comment(tree):
    for name in tree.all_code:
        if not tree.read(name).startswith("/*"):
            yield name, 1, "a file opens with the comment that is its design"


def autoescape(tree):
    for name in tree.templates:
        if not re.match(r'\{\{%AUTOESCAPE context="[A-Z]+"[^}]*\}\}', tree.read(name)):
            yield name, 1, 'line 1 must be {{%AUTOESCAPE context="HTML"}}'


def template_none(tree):
    for name in tree.templates:
        for m in re.finditer(r"\{\{[^}]*:none\b", tree.read(name)):
            yield name, line_of(tree.read(name), m.start()), ":none turns escaping off"


def template_query(tree):
    for name in tree.templates:
        text = tree.read(name)
        for m in re.finditer(r'\b(?:href|src|action|formaction)\s*=\s*"([^"]*)"', text, re.I):
            query = m[1].partition("?")[2]
            for v in re.finditer(r"\{\{([A-Za-z_]\w*)((?::\w+(?:=\w+)?)*)\}\}", query):
                if not re.search(r":(u|url_query_escape)\b", v[2]):
                    yield name, line_of(text, m.start()), f"{{{{{v[1]}}}}} in a query needs :u"


def template_inline(tree):
    for name in tree.templates:
        text = tree.read(name)
        tests = ((r"<script\b(?![^>]*\bsrc=)", "inline script"), (r"<style\b", "inline style"),
                 (r"<[^>{}]*\sstyle\s*=", "style attribute"), (r"<[^>]*\son[a-z]+\s*=", "event handler"),
                 (r"javascript:", "javascript: address"))
        for pattern, why in tests:
            for m in re.finditer(pattern, text, re.I):
                yield name, line_of(text, m.start()), f"{why}: the Content-Security-Policy forbids it"


def functions(text):
    """(name, first line, lines) of each function: our brace style opens and closes one in column 0."""
    lines = blank(text).splitlines()
    start = None
    for i, line in enumerate(lines):
        if line.startswith("{"):
            start = i
        elif line.startswith("}") and start is not None:
            head = " ".join(lines[max(0, start - 3):start])
            names = re.findall(r"(\w+)\s*\(", head)
            yield names[-1] if names else "?", start + 1, i - start - 1
            start = None


def lengths(tree):
    allowed = tree.allowed()
    for name in tree.code:
        text = tree.read(name)
        n = text.count("\n")
        if n > FILE_LINES and ("lengths", name) not in allowed:
            yield name, n, f"{n} lines; a room holds {FILE_LINES}"
        if name.endswith((".c", ".cc")):
            for function, line, n in functions(text):
                if n > FUNCTION_LINES and ("lengths", f"{name}:{function}") not in allowed:
                    yield name, line, f"{function} has {n} lines; {FUNCTION_LINES} are enough"


def statics(tree):
    """No globals: what a function needs is in its ctx. A file-scope variable that is not const is one."""
    allowed = tree.allowed()
    for name in tree.code:
        if not name.endswith((".c", ".cc")):
            continue
        for i, line in enumerate(blank(tree.read(name)).splitlines()):
            m = re.match(r"(?:static\s+)?(?!typedef\b|extern\b|return\b|struct\s+\w+\s*\{|enum\b|using\b|namespace\b|\w+_fn\b)"
                         r"(?:const\s+|volatile\s+|_Thread_local\s+|struct\s+|unsigned\s+)*\w+(?:\s|\*|const\b)+(\w+)(?:\[[^\]]*\])*\s*(?:=.*|;)$",
                         line)
            if m and "const" not in line[:m.start(1)].split("*")[-1] and ("statics", f"{name}:{m[1]}") not in allowed:
                yield name, i + 1, f"{m[1]} is a global that can change"


def readme_map(tree):
    readme = tree.read("README.md") if (tree.root / "README.md").exists() else ""
    rooms = [p.name for p in (tree.root / "lib").iterdir() if p.is_dir()]
    rooms += [n for n in ("cgi-bin", "templates", "static", "httpd-conf", "storage", "tests") if
              (tree.root / n).is_dir()]
    for name in sorted(rooms):
        if not re.search(rf"^\W*(?:lib/)?{re.escape(name)}/", readme, re.M):
            yield "README.md", 1, f"the map of the rooms does not mention {name}/"


def places(tree):
    """Nothing of one machine: its folders, its package hosts."""
    for name in tree.all_code + tree.templates + tree.files(("httpd-conf", "static", "tests"), {
            ".py", ".js", ".sh", ".conf", ".service", ".css", ".md"}) + ["Makefile", "package-lock.json"]:
        if name.startswith("tests/lint/") or not (tree.root / name).exists():
            continue
        for m in re.finditer(r"/" + r"work/|/home/[a-z]+/src|registry\.npm|://[\w.]+/npm/", tree.read(name)):
            yield name, line_of(tree.read(name), m.start()), f"{m[0]} is a place on one machine"


def api_rows(tree):
    """Each route of the API is described by exactly one row of api.def, each of its parameters by one of params.def."""
    web = {name: tree.read(f"lib/web/{name}") if (tree.root / "lib/web" / name).exists() else ""
           for name in ("routes.def", "api.def", "params.def")}
    params = re.findall(r"^PARAM\((\w+)", web["params.def"], re.M)
    ops = re.findall(r"^OP\((\w+)", web["api.def"], re.M)
    routes = []
    for m in re.finditer(r'^ROUTE\(\w+,\s*"([^"]*)",\s*(\w+),\s*\w+,\s*([^,]*),', web["routes.def"], re.M):
        if re.search(r"\bAPI\b", m[3]):
            routes.append(m[2])
            line = line_of(web["routes.def"], m.start())
            if ops.count(m[2]) != 1 or routes.count(m[2]) != 1:
                yield "lib/web/routes.def", line, f"{m[2]} needs one row in api.def (and one route with the flag API)"
            for name in set(re.findall(r"\{(\w+)\}", m[1])) - set(params):
                yield "lib/web/routes.def", line, f"{{{name}}} needs a row in params.def"
    for m in re.finditer(r'^OP\((\w+),\s*\w+,\s*"([^"]*)"', web["api.def"], re.M):
        line = line_of(web["api.def"], m.start())
        if m[1] not in routes:
            yield "lib/web/api.def", line, f"{m[1]} has no route with the flag API"
        for name in {w.rstrip("!") for w in m[2].split()} - set(params):
            yield "lib/web/api.def", line, f"{name} needs a row in params.def"


NOT_BACKED_UP = {"migrations", "sessions", "uploads", "inbox", "repeats", "backups", "backup_jobs"}


def schema_of(tree):
    """The columns of each table, in their order, after each migration: [(number, {table: [column]})]."""
    tables, out = {}, []
    for path in sorted((tree.root / "lib/db/sql").glob("*.sql")) if (tree.root / "lib/db/sql").exists() else []:
        text = re.sub(r"--.*", "", path.read_text())
        for m in re.finditer(r"^CREATE TABLE (\w+) \((.*?)^\)", text, re.M | re.S):
            lines = [line.split() for line in m[2].splitlines()]
            tables[m[1]] = [w[0] for w in lines if len(w) > 1 and not w[0].isupper()]
        for m in re.finditer(r"^ALTER TABLE (\w+) ADD COLUMN (\w+)", text, re.M):
            tables[m[1]] = tables[m[1]] + [m[2]]
        out.append((int(path.name[:4]), dict(tables)))
    return out


def backup_rows(tree):
    """Each table of each schema, each of its columns in its order, has its place in a backup of that schema."""
    name = "lib/app/backup/tables.def"
    text = tree.read(name) if (tree.root / name).exists() else ""
    rows = [(m[1], int(m[2]), int(m[3]), line_of(text, m.start()), re.findall(r"\(\w+, (\w+)\)", m[4])) for m in
            re.finditer(r"^BACKUP_(?:THING|ROWS)\((\w+), (\d+), (\d+),(.*?)\)$(?=\n(?:BACKUP|\Z)|\Z)", text, re.M | re.S)]
    for number, tables in schema_of(tree):
        for table, columns in tables.items():
            there = [r for r in rows if r[0] == table and r[1] <= number and (not r[2] or number <= r[2])]
            if table not in NOT_BACKED_UP and (len(there) != 1 or there[0][4] != columns):
                yield name, there[0][3] if there else 1, f"in schema {number} {table} has the columns {' '.join(columns)}"


def tool(tree, argv, pattern):
    """Runs a program in the tree; each output line that matches `pattern` is a finding."""
    p = subprocess.run(argv, cwd=tree.root, capture_output=True, text=True)
    hits = [re.match(pattern, l) for l in (p.stdout + p.stderr).splitlines()]
    hits = [m for m in hits if m]
    for m in hits:
        yield m[1], int(m[2]), m[3]
    if p.returncode and not hits:
        yield argv[0], 0, (p.stdout + p.stderr).strip()[:500] or f"exit {p.returncode}"


def clang_format(tree):
    if tree.all_code:
        sources = [n for n in tree.all_code if not n.endswith(".def")]
        seen = set()
        for name, line, why in tool(tree, ["clang-format", "--dry-run", "-Werror", "-style=file", *sources],
                                    r"(\S+?):(\d+):\d+: error: (.*)"):
            if name not in seen:
                seen.add(name)
                yield name, line, f"{why} (make format)"


def cppcheck(tree):
    sources = [n for n in tree.code if n.endswith((".c", ".cc"))]
    if sources:
        yield from tool(tree, ["cppcheck", "--quiet", "--std=c11", "-j2", "--enable=warning,performance,portability",
                               "--inline-suppr", "--error-exitcode=1", "--suppress=missingIncludeSystem",
                               "--suppress=normalCheckLevelMaxBranches", "--suppress=unknownMacro", "--suppress=uninitvar",
                               "--suppress=legacyUninitvar", "--suppress=uninitStructMember",
                               "--suppress=comparePointers:lib/db/driver_sqlite.c",
                               # it cannot paste behind an argument that is a list
                               "--suppress=preprocessorErrorDirective:lib/app/backup/tables.c",
                               "--template={file}:{line}:{id}: {message}", "-Ilib", "-D_GNU_SOURCE", *sources],
                        r"(\S+?):(\d+):(.*)")


def shellcheck(tree):
    scripts = [n for n in tree.files(("tests", "httpd-conf", ".ci"), {".sh", ""}) if
               tree.read(n).startswith(("#!/bin/sh", "#!/bin/bash"))]
    if scripts:
        yield from tool(tree, ["shellcheck", "-f", "gcc", *scripts], r"(\S+?):(\d+):\d+: (.*)")


RULES = {f.__name__: f for f in (layers, banned, homes, sql_place, audit_only_grows, first_comment, autoescape, template_none,
                                 template_query, template_inline, lengths, statics, readme_map, places, api_rows, backup_rows,
                                 clang_format, cppcheck, shellcheck)}
