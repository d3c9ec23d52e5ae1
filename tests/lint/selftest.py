#!/usr/bin/env python3
"""selftest: each rule must catch its bad example, in the line that is bad, and let the good one pass."""
import sys
import tempfile
from pathlib import Path

from rules import RULES, Tree

HTML = '{{%AUTOESCAPE context="HTML"}}\n'
LONG = "/* x */\nint f(void);\nint f(void)\n{\n" + "\tg();\n" * 61 + "}\n"
# rule: [(file, text, line of the finding, or None if it is good)]
CASES = {
    "layers": [("lib/web/a.c", '/* x */\n#include "db/db.h"\n', 2),
               ("lib/app/a.c", '/* x */\n#include "web/view.h"\n', 2),
               ("lib/codec/a.c", '/* x */\n#include "db/db.h"\n', 2),
               ("lib/base/a.c", '/* x */\n#include "codec/csv.h"\n', 2),
               ("lib/web/b.c", '/* x */\n#include "view.h"\n', 2),
               ("lib/web/c.c", '/* x */\n#include "app/job.h"\n#include "web/view.h"\n', None)],
    "banned": [("lib/base/a.c", "/* x */\nint a = atoi(b);\n", 2),
               ("lib/base/b.c", "/* x */\nchar *t = strtok (b, c);\n", 2),
               ("lib/base/c.c", '/* never strcpy(a, b) */\nconst char *s = "system(x)";\nint n = snprintf(a, b);\n', None)],
    "homes": [("lib/app/a.c", "/* x */\n#include <sqlite3.h>\n", 2),
              ("lib/web/a.c", "/* x */\n#include <ctemplate/template.h>\n", 2),
              ("lib/web/b.c", "/* x */\n#include <fcgi_stdio.h>\n", 2),
              ("lib/db/driver_sqlite.c", "/* x */\n#include <sqlite3.h>\n", None)],
    "sql_place": [("lib/web/a.c", '/* x */\nconst char *q = "SELECT id FROM jobs";\n', 2),
                  ("lib/app/a.c", '/* x */\nconst char *q = "DELETE FROM jobs";\n', 2),
                  ("lib/app/b.c", '/* x */\nSQL(job_gone, "DELETE FROM jobs "\n\t"WHERE id = ?");\n', None)],
    "audit_only_grows": [("lib/app/a.c", '/* x */\nSQL(a, "DELETE FROM "\n\t"audit WHERE id = ?");\n', 2),
                         ("lib/app/b.c", '/* x */\nSQL(a, "INSERT INTO audit (id) VALUES (?)");\n', 2),
                         ("lib/app/audit.c", '/* x */\nSQL(a, "INSERT INTO audit (id) VALUES (?)");\nSQL(b, "SELECT id FROM audit");\n', None)],
    "first_comment": [("lib/base/a.c", "int a;\n", 1), ("lib/base/b.c", "/* what for */\nint a;\n", None)],
    "autoescape": [("templates/a.tpl", "<p>{{A}}</p>\n" + HTML, 1), ("templates/b.tpl", HTML, None)],
    "template_none": [("templates/a.tpl", HTML + "{{A:none}}\n", 2), ("templates/b.tpl", HTML + "{{A}}\n", None)],
    "template_query": [("templates/a.tpl", HTML + '<a href="/x?a={{A}}">\n', 2),
                       ("templates/b.tpl", HTML + '<a href="/x/{{A}}?a={{A:u}}">\n', None)],
    "template_inline": [("templates/a.tpl", HTML + "<script>x()</script>\n", 2),
                        ("templates/b.tpl", HTML + '<p style="color:red">\n', 2),
                        ("templates/c.tpl", HTML + '<a onclick="x()">\n', 2),
                        ("templates/d.tpl", HTML + '<style>a{}</style>\n', 2),
                        ("templates/e.tpl", HTML + '<script src="/a.js" defer></script><p class="on">\n', None)],
    "lengths": [("lib/base/a.c", LONG, 4), ("lib/base/b.c", "/* x */\n" * 601, 601),
                ("lib/base/c.c", "/* x */\n" * 600, None)],
    "statics": [("lib/base/a.c", "/* x */\nstatic int counter;\n", 2),
                ("lib/base/b.c", "/* x */\nstatic char buf[20] = {0};\n", 2),
                ("lib/base/d.c", "/* x */\nstatic const char *last;\n", 2),
                ("lib/base/c.c", "/* x */\nstatic const int n = 1;\nint f(void);\nstatic const char *const a[] = {\n\tb};\n",
                 None)],
    "readme_map": [("lib/base/a.c", "/* x */\n", 1)],
    "places": [("tests/a.py", "x = '/" + "work/main'\n", 1), ("tests/b.py", "x = '/var/lib'\n", None)],
    "api_rows": [("lib/web/routes.def", 'ROUTE(GET, "/api/a/", api_a, READ, API, "A")\n', 1),
                 ("lib/web/api.def", 'OP(api_a, x, "limit", none, "200", ONE, a, 0)\n', 1),
                 ("lib/web/routes.def", 'ROUTE(GET, "/a/{id}", page_a, READ, 0, "A")\n', None)],
    "backup_rows": [("lib/db/sql/0001-first-light.sql", "CREATE TABLE a (\n  id {{ID}}\n);\n", 1),
                    ("lib/db/sql/0001-first-light.sql", "CREATE TABLE inbox (\n  id {{ID}}\n);\n", None)],
    "clang_format": [("lib/base/a.c", "/* x */\nint  a;\n", 2), ("lib/base/b.c", "/* x */\nint a;\n", None)],
    "cppcheck": [("lib/base/a.c", "/* x */\nint f(void)\n{\n\tint a[2];\n\ta[2] = 1;\n\treturn a[0];\n}\n", 5),
                 ("lib/base/b.c", "/* x */\nint f(void)\n{\n\treturn 1;\n}\n", None)],
    "shellcheck": [("tests/a.sh", "#!/bin/sh\nrm -rf $1/*\n", 2), ("tests/b.sh", "#!/bin/sh\necho hello\n", None)],
}

failed = 0
for rule in RULES:
    why = [] if rule in CASES else ["it has no example"]
    for file, text, line in CASES.get(rule, []):
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder, file)
            path.parent.mkdir(parents=True)
            path.write_text(text)
            Path(folder, "lib").mkdir(exist_ok=True)
            Path(folder, ".clang-format").write_text((Path(__file__).parents[2] / ".clang-format").read_text())
            found = [f[1] for f in RULES[rule](Tree(folder))]
        if found != ([] if line is None else [line]) and not (line and line in found):
            why.append(f"{file}: lines {found} instead of {line}")
    failed += bool(why)
    print(f"not ok {rule}: {'; '.join(why)}" if why else f"ok {rule}")
sys.exit(1 if failed else 0)
