#!/usr/bin/env python3
"""manners_cases: what every operation of the API has in common: parameters, versions, repeated requests, other origins.

    manners_cases.py [case…]
"""
import re
import subprocess
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
from cgi import Client, Storage  # noqa: E402
from cases import BUILD, case, equal, run_cases  # noqa: E402
from world import PASSWORD, World  # noqa: E402


@case
def the_api_describes_itself(w):
    reply = w.call("ada", "GET", "/api/openapi.json", None, 200)
    equal(reply.json()["openapi"], "3.1.0")
    assert "public" in reply.header("Cache-Control")
    w.call("ada", "GET", "/api/openapi.json", None, 304, If_None_Match=reply.header("ETag"))
    ids = [o["operationId"] for p in reply.json()["paths"].values() for o in p.values()]
    equal(len(ids), len(set(ids)), "an operation has a name of its own")


@case
def what_is_known_already_is_not_sent_again(w):
    p = w.property("ada", "Known")["id"]
    reply = w.call("ada", "GET", f"/api/properties/{p}", None, 200)
    again = w.call("ada", "GET", f"/api/properties/{p}", None, 304, If_None_Match=f'"other", W/{reply.header("ETag")}')
    equal((again.text, again.header("ETag"), again.header("Content-Type")), ("", reply.header("ETag"), None))
    w.call("ada", "PATCH", f"/api/properties/{p}", {"name": "Known better"}, 200)
    w.call("ada", "GET", f"/api/properties/{p}", None, 200, If_None_Match=reply.header("ETag"))


@case
def unknown_parameters_are_refused_everywhere(w):
    document = w.call("ada", "GET", "/api/openapi.json").json()
    for path, operations in document["paths"].items():
        for method in operations:
            reply = w.call("admin", method.upper(), re.sub(r"{\w+}", "1", path) + "?colour=red", {} if method != "get" else None)
            equal(reply.status, 400, (method, path))
            assert "colour" in reply.text, reply.text


@case
def members_that_nothing_reads_are_refused_everywhere(w):
    document = w.call("ada", "GET", "/api/openapi.json").json()
    refused = 0
    for path, operations in document["paths"].items():
        for method, o in operations.items():
            kinds = o.get("requestBody", {}).get("content", {"application/json": 0})
            if method in ("get", "delete") or "application/json" not in kinds or path.startswith("/api/auth/"):
                continue
            reply = w.call("admin", method.upper(), re.sub(r"{\w+}", "999999", path), {"colour": "red"})
            assert reply.status in (400, 422) and "colour" in reply.text or "requestBody" in o and reply.status >= 400, (method, path, reply.text)
            refused += "colour" in reply.text
    assert refused > 30, refused


@case
def the_api_for_people(w):
    nobody = Client(w.storage)
    page = nobody.get("/docs")
    equal(page.status, 200)
    for path, operations in w.call("ada", "GET", "/api/openapi.json").json()["paths"].items():
        for method, o in operations.items():
            assert f'id="op-{o["operationId"]}"' in page.text and f"<code>{path}" in page.text, (method, path)
    member = re.search(r'<code>name</code>.*?</tr>', page.text[page.text.index('id="object-Meter"'):], re.S)[0]
    assert "href" not in member, "text is no object"
    for old in ("/redoc", "/api/docs"):
        equal((nobody.get(old).status, nobody.last.header("Location")), (303, "/docs"))
    tries = {"op=api_properties&limit=2&search=a%26b&is_active=": "/api/properties?search=a%26b&limit=2",
             "op=api_property&id=7": "/api/properties/7", "op=api_job&batch=a%2Fb": "/api/import/jobs/a%2Fb",
             "op=api_properties_post": "/docs", "op=": "/docs", "op=api_login&colour=red": "/docs", "": "/docs"}
    for query, there in tries.items():
        equal((nobody.get("/docs/try?" + query).status, nobody.last.header("Location")), (303, there), query)


@case
def every_problem_is_explained(w):
    page, root = w.by["ada"].get("/docs/problems"), Path(__file__).resolve().parents[2]
    slugs = set(re.findall(r'\] = \{"([a-z-]+)"', (root / "lib/base/err.c").read_text())) - {"ok"}
    for source in root.glob("lib/web/**/*.c"):
        slugs |= set(re.findall(r'reply_error\(\s*r, \d+, "([a-z-]+)"', source.read_text()))
    assert len(slugs) > 15, slugs
    equal({s for s in slugs if f'id="{s}"' not in page.text}, set())


@case
def a_repeated_request_makes_one_thing(w):
    ask = lambda who, key, name, status: w.call(who, "POST", "/api/properties/", {"name": name}, status, Idempotency_Key=key)
    first = ask("ada", "one", "Once", 201)
    again = ask("ada", "one", "Once", 201)
    equal((again.json(), again.header("Location"), again.header("ETag"), again.header("Idempotency-Replayed")),
          (first.json(), first.header("Location"), first.header("ETag"), "true"))
    equal(first.header("Idempotency-Replayed"), None)
    equal(w.call("ada", "GET", "/api/properties/?search=once").json()["total"], 1)
    assert "another request" in ask("ada", "one", "Twice", 422).text
    w.call("ada", "POST", "/api/properties/?", {"name": "Once"}, 422, Idempotency_Key="one")
    assert ask("bob", "one", "Once", 201).json()["id"] != first.json()["id"], "a key is one person's"
    assert ask("ada", "two", "Once", 201).json()["id"] != first.json()["id"]


@case
def a_request_that_made_nothing_may_be_mended(w):
    w.call("ada", "POST", "/api/properties/", {"name": ""}, 422, Idempotency_Key="mend")
    w.call("ada", "POST", "/api/properties/", {"name": "Mended"}, 201, Idempotency_Key="mend")
    for bad in ("x" * 256, "caf\u00e9"):
        w.call("ada", "POST", "/api/properties/", {"name": "Bad key"}, 422, Idempotency_Key=bad)
    equal(w.call("ada", "GET", "/api/properties/?search=bad+key").json()["total"], 0)


@case
def the_first_request_is_still_at_work(w):
    w.call("ada", "POST", "/api/properties/", {"name": "At work"}, 201, Idempotency_Key="work")
    w.sql("UPDATE repeats SET status = NULL, body = NULL WHERE key = 'work'")
    w.call("ada", "POST", "/api/properties/", {"name": "At work"}, 409, Idempotency_Key="work")


@case
def two_at_the_same_time_make_one_thing(w):
    client, body = w.by["ada"], b'{"name": "At once"}'
    env = client.variables("POST", "/api/properties/", body, {"Content-Type": "application/json", "Idempotency-Key": "at once"})
    both = [subprocess.Popen([BUILD / "wattledger.cgi"], env=env, stdin=subprocess.PIPE, stdout=subprocess.PIPE) for _ in range(6)]
    for p in both:
        p.stdin.write(body)
        p.stdin.flush()
    statuses = sorted(int(p.communicate()[0].split()[1]) for p in both)
    assert set(statuses) <= {201, 409} and 201 in statuses, statuses
    equal(w.call("ada", "GET", "/api/properties/?search=at+once").json()["total"], 1)


@case
def a_repeated_request_is_forgotten_after_a_day(w):
    w.call("ada", "POST", "/api/properties/", {"name": "Yesterday"}, 201, Idempotency_Key="day")
    w.sql("UPDATE repeats SET at = at - 90000 WHERE key = 'day'")
    (w.storage.dir / "run/cleaned").unlink(missing_ok=True)
    w.storage.work()
    equal(w.sql("SELECT COUNT(*) FROM repeats WHERE key = 'day'"), [(0,)])
    equal(w.sql("SELECT COUNT(*) FROM repeats WHERE key = 'one'")[0][0] > 0, True, "younger ones stay")


@case
def pages_of_other_origins_use_it_with_a_token(w):
    ours = {"Origin": "https://app.example.org", "Sec_Fetch_Site": "cross-site"}
    reply = w.call("ada", "GET", "/api/properties/", None, 200, **ours)
    equal((reply.header("Access-Control-Allow-Origin"), reply.header("Vary")), (None, "Origin"), "nobody by default")
    w.storage.cli("settings-set", "cors_origins", "https://other.example.org https://app.example.org")
    reply = w.call("ada", "GET", "/api/properties/", None, 200, **ours)
    equal((reply.header("Access-Control-Allow-Origin"), reply.header("Access-Control-Allow-Credentials")), ("https://app.example.org", None))
    assert "Link" in reply.header("Access-Control-Expose-Headers")
    w.call("ada", "POST", "/api/properties/", {"name": "From elsewhere"}, 201, **ours)
    for wrong in ("https://app.example.org.evil.org", "http://app.example.org", "null", "https://app.example.org "):
        reply = w.call("ada", "GET", "/api/properties/", None, 200, Origin=wrong)
        equal(reply.header("Access-Control-Allow-Origin"), None, wrong)
    equal(w.call("ada", "GET", "/api/properties/99999", None, 404, **ours).header("Access-Control-Allow-Origin"), ours["Origin"], "errors are shown too")
    nobody = Client(w.storage)
    asked = nobody.request("OPTIONS", "/api/properties/5", None, {"Origin": ours["Origin"], "Access-Control-Request-Method": "PATCH"})
    equal((asked.status, asked.header("Allow"), asked.header("Access-Control-Allow-Methods")), (204, "GET, HEAD, PATCH, DELETE", "GET, HEAD, PATCH, DELETE"))
    assert "Idempotency-Key" in asked.header("Access-Control-Allow-Headers")
    equal(nobody.request("OPTIONS", "/api/properties/5").header("Access-Control-Allow-Methods"), None)
    equal(nobody.request("OPTIONS", "/admin").status, 405)
    body = b'{"email": "ada@example.org", "password": "%s"}' % PASSWORD.encode()
    signed = nobody.request("POST", "/api/auth/login", body, {"Content-Type": "application/json", "Origin": ours["Origin"], "Sec-Fetch-Site": "cross-site"})
    equal(signed.status, 200, "signing in for a token")
    w.storage.cli("settings-set", "cors_origins", "")


@case
def a_cookie_is_of_no_use_to_other_origins(w):
    w.storage.cli("settings-set", "cors_origins", "https://app.example.org")
    browser = Client(w.storage)
    browser.login("ada@example.org", PASSWORD)
    there = {"Origin": "https://app.example.org", "Sec-Fetch-Site": "cross-site"}
    reply = browser.request("GET", "/api/properties/", None, there)
    equal((reply.status, reply.header("Access-Control-Allow-Origin")), (200, None))
    equal(browser.request("POST", "/api/properties/", b'{"name": "x"}', {**there, "Content-Type": "application/json"}).status, 403)
    w.storage.cli("settings-set", "cors_origins", "")


@case
def a_head_is_a_get_without_its_body(w):
    for path in ("/api/openapi.json", "/api/properties/", "/healthz"):
        get, head = w.by["ada"].request("GET", path), w.by["ada"].request("HEAD", path)
        equal((head.status, head.text), (get.status, ""), path)
        for name in ("Content-Type", "Content-Length", "ETag"):
            equal(head.header(name), get.header(name), path)


@case
def who_asks_too_often_is_told_when_to_come_again(w):
    w.storage.cli("settings-set", "api_per_minute", "1")
    w.by["vic"].get("/api/users/me")
    reply = w.call("vic", "GET", "/api/users/me", None, 429)
    assert 1 <= int(reply.header("Retry-After")) <= 60, reply.header("Retry-After")
    w.storage.cli("settings-set", "api_per_minute", "100000")


def main():
    with Storage() as storage:
        sys.exit(0 if run_cases(World(storage), only=sys.argv[1:]) else 1)


if __name__ == "__main__":
    main()
