#!/usr/bin/env python3
"""settings_cases: settings of the installation and of users, sealed ones, and the audit log.

    settings_cases.py [case…]
"""
import json
import re
import sys
from pathlib import Path
from urllib.parse import urlencode

sys.path.insert(0, str(Path(__file__).resolve().parent))
from cgi import Client, Storage  # noqa: E402
from cases import case, equal, run_cases  # noqa: E402
from world import PASSWORD, World, upload  # noqa: E402

OWN, INSTANCE = "/api/settings", "/api/settings/instance"
SECRET = "Bearer 5up3r-s3cret-t0ken"


def settings(w, who, path=OWN):
    return {s["key"]: s for s in w.call(who, "GET", path, None, 200).json()["items"]}


def set_(w, who, status=200, path=OWN, **values):
    return w.call(who, "PATCH", path, values, status)


def cli(w, *args, input=None):
    return w.storage.run("wattledger", *args, input=input)


def session(w, name):
    c = Client(w.storage)
    equal(c.login(f"{name}@example.org", PASSWORD).status, 200)
    return c


def fields(page):
    """The form as the browser would send it: name -> value, and which boxes are there."""
    form = re.search(r'<form method="post" action="[^"]*" id="settings">(.*?)</form>', page.text, re.S)[1]
    out = {m[1]: m[2] for m in re.finditer(r'<input (?:type="hidden" |id="[^"]*" )name="([^"]+)"[^>]*? value="([^"]*)"', form)}
    for m in re.finditer(r'<select id="[^"]*" name="([^"]+)".*?</select>', form, re.S):
        out[m[1]] = re.search(r'<option value="([^"]*)" selected', m[0])[1]
    return out


def send(c, path, sent):
    return c.request("POST", path, urlencode(sent, doseq=True).encode(), {"Content-Type": "application/x-www-form-urlencoded"})


@case
def the_default_then_the_installation_then_one_s_own(w):
    s = settings(w, "ada")["petrol_mpg"]
    equal((s["value"], s["source"], s["is_set"], s["default_value"]), ("60.0", "default", False, "60.0"))
    set_(w, "admin", path=INSTANCE, petrol_mpg="50")
    s = settings(w, "ada")["petrol_mpg"]
    equal((s["value"], s["source"], s["is_set"]), ("50", "instance", False))
    set_(w, "ada", petrol_mpg=44.5)
    s = settings(w, "ada")["petrol_mpg"]
    equal((s["value"], s["source"], s["is_set"], s["default_value"]), ("44.5", "user", True, "50"))
    equal(settings(w, "bob")["petrol_mpg"]["value"], "50", "what is ada's is hers")
    set_(w, "ada", petrol_mpg=None)
    equal(settings(w, "ada")["petrol_mpg"]["source"], "instance")
    set_(w, "admin", path=INSTANCE, petrol_mpg=None)
    equal(settings(w, "ada")["petrol_mpg"]["source"], "default")


@case
def all_six_of_a_with_their_defaults(w):
    want = {"default_efficiency_mpkwh": "4.1", "home_aliases_csv": "home,house,garage", "home_charging_speed_kw": "2.3",
            "petrol_price_p_per_litre": "128.9", "petrol_mpg": "60.0", "allow_efficiency_fallback": "1"}
    have = settings(w, "vic")
    equal({k: have[k]["default_value"] for k in want}, want)
    equal([have[k]["group"] for k in want], ["Efficiency", "Home Detection", "Home Detection", "Petrol Baseline", "Petrol Baseline", "Advanced"])


@case
def what_is_wrong_is_said_with_its_bounds(w):
    wrong = {"petrol_mpg": ("1001", "from 0 to 1000 (miles a gallon)"), "allow_efficiency_fallback": ("maybe", "1 for yes or 0 for no"),
             "home_charger_meter": ("1.5", "a whole number from 0"), "home_aliases_csv": ("a\nb", "one line"),
             "default_efficiency_mpkwh": ("4,1", "such as 4.1; \"4,1\" is not")}
    for key, (value, words) in wrong.items():
        problem = set_(w, "ada", 422, **{key: value}).json()
        assert words in problem["detail"] and problem["errors"][0]["field"] == key, problem
    equal(set_(w, "ada", 404, no_such_setting="1").json()["detail"], "There is no setting called no_such_setting.")
    assert "whole installation" in set_(w, "ada", 422, stale_days="3").text
    assert "each user's own" in set_(w, "admin", 422, INSTANCE, fetch_authorization="x").text
    assert "time zone" in set_(w, "admin", 422, INSTANCE, default_time_zone="Mars/Olympus").text
    for value in ({}, [], "x" * 5000):
        set_(w, "ada", 422, home_aliases_csv=value)
    set_(w, "ada", 200, allow_efficiency_fallback=False)
    equal(settings(w, "ada")["allow_efficiency_fallback"]["value"], "0")


@case
def several_are_all_or_nothing(w):
    set_(w, "bob", 422, petrol_mpg="33", home_charging_speed_kw="fast")
    equal(settings(w, "bob")["petrol_mpg"]["source"], "default")
    set_(w, "bob", 200, petrol_mpg="33", home_charging_speed_kw="7.4")
    equal([settings(w, "bob")[k]["value"] for k in ("petrol_mpg", "home_charging_speed_kw")], ["33", "7.4"])


@case
def whose_they_are(w):
    set_(w, "ada", 403, INSTANCE, petrol_mpg="1")
    w.call("vic", "GET", INSTANCE, None, 403)
    bob = w.sql("SELECT id FROM users WHERE email = 'bob@example.org'")[0][0]
    w.call("ada", "GET", f"{OWN}?user_id={bob}", None, 404)
    w.call("ada", "PATCH", f"{OWN}?user_id={bob}", {"petrol_mpg": "1"}, 404)
    w.call("admin", "PATCH", f"{OWN}?user_id={bob}", {"petrol_mpg": "31"}, 200)
    equal(settings(w, "bob")["petrol_mpg"]["value"], "31")
    w.call("admin", "GET", f"{OWN}?user_id=99999", None, 404)


@case
def a_version_that_is_gone(w):
    first = w.call("ada", "GET", OWN, None, 200).header("ETag")
    w.call("ada", "GET", OWN, None, 304, If_None_Match=first)
    w.call("ada", "PATCH", OWN, {"petrol_mpg": "41"}, 200, If_Match=first)
    w.call("ada", "PATCH", OWN, {"petrol_mpg": "42"}, 412, If_Match=first)
    equal(settings(w, "ada")["petrol_mpg"]["value"], "41")
    w.call("ada", "PATCH", OWN, {"petrol_mpg": None}, 200)
    w.call("ada", "GET", OWN, None, 200, If_None_Match=first)
    w.call("admin", "PATCH", INSTANCE, {"petrol_mpg": "42"}, 200)
    now = w.call("ada", "GET", OWN, None, 200)
    w.call("admin", "PATCH", INSTANCE, {"petrol_mpg": None}, 200)
    w.call("ada", "GET", OWN, None, 200, If_None_Match=now.header("ETag"))


@case
def what_is_as_it_was_is_no_change(w):
    set_(w, "ada", petrol_mpg="45.5")
    n = w.sql("SELECT COUNT(*) FROM audit")[0][0]
    set_(w, "ada", petrol_mpg="45.50", home_charging_speed_kw=None)
    equal(w.sql("SELECT COUNT(*) FROM audit")[0][0], n)


@case
def a_sealed_value_is_nowhere_to_be_read(w):
    set_(w, "ada", fetch_authorization=SECRET)
    s = settings(w, "ada")["fetch_authorization"]
    equal((s["value"], s["default_value"], s["is_set"], s["is_sealed"]), (None, None, True, True))
    assert s["changed_at"]
    page = session(w, "ada").get("/admin/settings")
    listed = cli(w, "settings-list", "--user", "ada@example.org")
    got = cli(w, "settings-get", "fetch_authorization", "--user", "ada@example.org")
    assert "sealed, set 20" in got.stdout, got.stdout
    for text in (page.text, listed.stdout, got.stdout, w.call("admin", "GET", "/api/audit", None, 200).text):
        assert "s3cret" not in text
    for file in w.storage.dir.rglob("*"):
        if file.is_file():
            assert b"s3cret" not in file.read_bytes(), file
    mode = (w.storage.dir / "keys/sealed.key").stat().st_mode
    equal(oct(mode & 0o777), "0o400")
    one, = w.sql("SELECT value FROM settings WHERE key = 'fetch_authorization'")
    set_(w, "ada", fetch_authorization=SECRET)
    assert w.sql("SELECT value FROM settings WHERE key = 'fetch_authorization'") != [one], "a nonce is used once"


@case
def a_sealed_value_comes_from_standard_input(w):
    p = cli(w, "settings-set", "fetch_authorization", SECRET, "--user", "bob@example.org")
    equal((p.returncode, SECRET in p.stderr), (2, False))
    equal(cli(w, "settings-set", "fetch_authorization", "-", "--user", "bob@example.org", input=SECRET + "\n").returncode, 0)
    equal(settings(w, "bob")["fetch_authorization"]["is_set"], True)
    equal(cli(w, "settings-unset", "fetch_authorization", "--user", "bob@example.org").returncode, 0)
    equal(settings(w, "bob")["fetch_authorization"]["is_set"], False)
    for value in ("", "\x01", "x" * 1001):
        text = set_(w, "bob", 422, fetch_authorization=value).text
        assert "xxx" not in text and "\\u0001" not in text, text


@case
def a_token_that_may_only_read_seals_nothing(w):
    made = w.storage.cli("token-create", "--user", "ada@example.org", "--name", "r", "--scope", "read").strip()
    c = Client(w.storage, token=made)
    patch = lambda **values: c.request("PATCH", OWN, json.dumps(values).encode(), {"Content-Type": "application/json"}).status
    equal((patch(fetch_authorization=SECRET), patch(fetch_authorization=None), patch(petrol_mpg="40"), patch(petrol_mpg=None)), (403, 403, 200, 200))


@case
def the_command_line(w):
    p = cli(w, "settings-set", "errors_kept", "many")
    equal((p.returncode, p.stderr), (1, 'wattledger: Rejected rows kept is a whole number from 0 to 100000 (rows), such as 1000; "many" is not.\n'))
    equal(cli(w, "settings-set", "errors_kept", "7").returncode, 0)
    equal(cli(w, "settings-get", "errors_kept").stdout, "7\n")
    equal(cli(w, "settings-unset", "errors_kept").returncode, 0)
    equal(cli(w, "settings-get", "errors_kept").stdout, "1000\n")
    equal(cli(w, "settings-get", "errors_kept", "--user", "ada@example.org").returncode, 1)
    equal(cli(w, "settings-set", "petrol_mpg", "39", "--user", "nobody@example.org").returncode, 1)
    equal(cli(w, "settings-set", "petrol_mpg", "39", "--user", "bob@example.org").returncode, 0)
    equal(cli(w, "settings-get", "petrol_mpg", "--user", "bob@example.org").stdout, "39\n")


# ---- the page ----

@case
def the_page_keeps_what_was_typed(w):
    c = session(w, "vic")
    page = c.get("/admin/settings")
    assert "This installation</a>" not in page.text, "for admins"
    equal(c.get("/admin/settings/instance").status, 403)
    form = fields(page)
    refused = send(c, "/admin/settings", {**form, "petrol_mpg": "lots", "home_aliases_csv": "castle"})
    equal(refused.status, 422)
    assert 'value="lots"' in refused.text and 'value="castle"' in refused.text and 'id="petrol_mpg-error"' in refused.text
    equal(settings(w, "vic")["home_aliases_csv"]["source"], "default")
    saved = send(c, "/admin/settings", {**form, "petrol_mpg": "47", "home_aliases_csv": "castle"})
    assert saved.status == 200 and "Saved." in saved.text
    own = settings(w, "vic")
    equal({k for k in own if own[k]["is_set"]}, {"petrol_mpg", "home_aliases_csv"}, "what was left alone is not stored")
    back = send(c, "/admin/settings", {**fields(c.get("/admin/settings")), "unset_petrol_mpg": 1, "unset_home_aliases_csv": 1})
    equal(back.status, 200, back.text[-900:])
    equal([s for s in settings(w, "vic").values() if s["is_set"]], [])
    equal(send(c, "/admin/settings", {**form, "colour": "red"}).status, 400)
    equal(send(c, "/admin/settings", {**form, "stale_days": "1"}).status, 400, "not one of theirs")


@case
def two_tabs(w):
    c = session(w, "bob")
    set_(w, "bob", petrol_mpg=None, home_aliases_csv=None, home_charging_speed_kw=None)
    first, second = fields(c.get("/admin/settings")), fields(c.get("/admin/settings"))
    equal(send(c, "/admin/settings", {**first, "petrol_mpg": "51"}).status, 200)
    equal(send(c, "/admin/settings", {**second, "home_aliases_csv": "barn"}).status, 200, "another setting: they do not meet")
    equal([settings(w, "bob")[k]["value"] for k in ("petrol_mpg", "home_aliases_csv")], ["51", "barn"])
    clash = send(c, "/admin/settings", {**second, "petrol_mpg": "52"})
    equal(clash.status, 412)
    table = re.search(r"<tbody>(.*?)</tbody>", clash.text, re.S)[1]
    assert "52" in table and "51" in table and "barn" not in table, table
    equal(settings(w, "bob")["petrol_mpg"]["value"], "51")
    again = fields(clash)
    equal(again["petrol_mpg"], "52")
    equal(send(c, "/admin/settings", again).status, 200, "knowingly")
    equal(settings(w, "bob")["petrol_mpg"]["value"], "52")
    equal(send(c, "/admin/settings", again).status, 200, "a form sent twice")


@case
def two_tabs_and_a_sealed_one(w):
    c = session(w, "bob")
    form = fields(c.get("/admin/settings"))
    equal(send(c, "/admin/settings", {**form, "fetch_authorization": SECRET}).status, 200)
    clash = send(c, "/admin/settings", {**form, "fetch_authorization": SECRET + "2"})
    equal((clash.status, "s3cret" in clash.text), (412, False))
    now = fields(c.get("/admin/settings"))
    equal(send(c, "/admin/settings", {**now, "petrol_mpg": "53"}).status, 200, "an empty field leaves it")
    equal(settings(w, "bob")["fetch_authorization"]["is_set"], True)
    equal(send(c, "/admin/settings", {**now, "unset_fetch_authorization": 1}).status, 200)
    equal(settings(w, "bob")["fetch_authorization"]["is_set"], False)


@case
def the_page_of_the_installation(w):
    c = session(w, "admin")
    page = c.get("/admin/settings/instance")
    form = fields(page)
    every = {s["key"] for s in settings(w, "admin", INSTANCE).values()}
    equal({k for k in form if not k.startswith("was_")} - {"csrf"}, every)
    equal(send(c, "/admin/settings/instance", {**form, "stale_days": "9", "default_time_zone": "Europe/Paris"}).status, 200)
    equal([settings(w, "admin", INSTANCE)[k]["value"] for k in ("stale_days", "default_time_zone")], ["9", "Europe/Paris"])
    set_(w, "admin", path=INSTANCE, stale_days=None, default_time_zone=None)


@case
def a_table_for_people_in_their_locale(w):
    w.call("vic", "GET", "/api/sessions", None, 200)
    k = w.call("bob", "POST", "/api/cars", {"name": "=Zoe; the car"}, 201).json()["id"]
    for day, odometer in ((5, 1000), (9, 1100)):
        w.call("bob", "POST", "/api/sessions", {"car_id": k, "date": f"2025-01-{day:02}", "odometer": odometer, "charge_type": "AC",
                                                "charge_delivered_kwh": "20.5", "cost_per_kwh": "0.3", "location_label": "home"}, 201)
    c = session(w, "bob")
    link = re.search(r'href="(/admin/sessions/report/csv[^"]*)"', c.get("/admin/sessions/report?year=2025").text)[1].replace("&amp;", "&")
    for there in re.findall(r'href="(/admin/sessions/report\?[^"]*)"', c.get("/admin/sessions/report?year=2025").text):
        equal(c.get(there.replace("&amp;", "&")).status, 200, there)
    table = c.get(link)
    equal(table.header("Content-Disposition"), 'attachment; filename="charging-2025.csv"')
    head, row, end = table.text.split("\r\n")
    equal((head.split(",")[:5], end), (["Period", "Car", "Sessions", "kWh", "Cost GBP"], ""))
    assert row.startswith("2025-01,'=Zoe; the car,2,41,12.3,0,100,"), row
    form = fields(c.get("/admin/settings"))
    equal(send(c, "/admin/settings", {**form, "export_decimal_mark": "comma", "export_delimiter": "semicolon"}).status, 200)
    head, row, _ = c.get("/admin/sessions/report/csv?year=2025").text.split("\r\n")
    equal(head.split(";")[:4], ["Period", "Car", "Sessions", "kWh"])
    assert row.startswith("2025-01;\"'=Zoe; the car\";2;41;12,3;0;100;"), row
    equal(c.get("/admin/sessions/report/csv?year=all").text.split("\r\n")[1][:5], "2025;")
    send(c, "/admin/settings", {**fields(c.get("/admin/settings")), "export_delimiter": "comma"})
    assert ',"12,3",' in c.get("/admin/sessions/report/csv?year=2025").text
    assert "point comma" in set_(w, "bob", 422, export_decimal_mark="dot").text
    # what is imported again never changes
    p = w.property("bob", "Locale")["id"]
    w.meter("bob", p, "L-1", time_zone="Europe/London")
    upload(w, "bob", "l.csv", "MPAN,Date,Reading\nL-1,2024-03-01,1.5\n")
    assert ",1.5," in w.call("bob", "GET", f"/api/readings/property/{p}/export", None, 200).text
    set_(w, "bob", export_decimal_mark=None, export_delimiter=None)


# ---- the audit log ----

def log(w, query=""):
    return w.call("admin", "GET", f"/api/audit?limit=1000{query}", None, 200).json()["items"]


@case
def a_change_is_in_the_log(w):
    set_(w, "ada", petrol_mpg="48")
    set_(w, "ada", petrol_mpg=None)
    set_(w, "ada", fetch_authorization=SECRET)
    set_(w, "ada", fetch_authorization=None)
    rows = [(r["actor"], r["action"], r["subject"], r["detail"]) for r in log(w)[:4]]
    equal(rows, [("ada@example.org", "setting.unset", "fetch_authorization of ada@example.org", "removed"),
                 ("ada@example.org", "setting.set", "fetch_authorization of ada@example.org", "a new value, sealed"),
                 ("ada@example.org", "setting.unset", "petrol_mpg of ada@example.org", "48 -> default"),
                 ("ada@example.org", "setting.set", "petrol_mpg of ada@example.org", rows[3][3])])


def last(w, n=1):
    rows = log(w)[:n]
    return [(r["actor"].split("@")[0], r["action"], r["subject"], r["detail"]) for r in reversed(rows)]


@case
def who_signs_in_and_who_fails_to(w):
    c = session(w, "vic")
    equal(last(w), [("vic", "sign_in", "vic@example.org", "from 127.0.0.1")])
    send(c, "/logout", {"csrf": re.search('name="csrf" value="([^"]+)"', c.get("/admin").text)[1]})
    equal(last(w), [("vic", "sign_in.end", "vic@example.org", "")])
    Client(w.storage).login("vic@example.org", "not the right one")
    equal(last(w), [("nobody", "sign_in.fail", "vic@example.org", "a wrong password, from 127.0.0.1")])
    Client(w.storage).login("my password is swordfish", "not the right one")
    equal(last(w), [("nobody", "sign_in.fail", "unknown", "no such account, from 127.0.0.1")])
    w.call("vic", "POST", "/api/auth/change-password", {"current_password": "wrong wrong wrong", "new_password": "another horse battery"}, 422)
    equal(last(w), [("vic", "sign_in.fail", "vic@example.org", "a wrong password")])
    assert "swordfish" not in str(w.sql("SELECT * FROM audit"))


@case
def users_rights_and_tokens(w):
    meg = w.call("admin", "POST", "/api/users/", {"email": "meg@example.org", "role": "viewer", "password": PASSWORD}, 201).json()["id"]
    equal(last(w), [("admin", "user.add", "meg@example.org", "as viewer")])
    w.call("admin", "PATCH", f"/api/users/{meg}", {"role": "editor", "is_active": False, "password": "another horse battery"}, 200)
    equal(last(w, 3), [("admin", "user.role", "meg@example.org", "viewer -> editor"), ("admin", "user.disable", "meg@example.org", ""),
                       ("admin", "password.change", "meg@example.org", "")])
    n = len(log(w))
    w.call("admin", "PATCH", f"/api/users/{meg}", {"name": "Meg"}, 200)
    equal(len(log(w)), n, "a name is no right")
    secret = w.call("ada", "POST", "/api/tokens/", {"name": "robot", "scope": "read"}, 201).json()["token"]
    made, = last(w)
    equal((made[1], "robot" in made[3], secret in str(made)), ("token.make", True, False))
    w.call("ada", "DELETE", f"/api/tokens/{made[2].split()[1]}", None, 204)
    equal(last(w), [("ada", "token.revoke", made[2], "")])
    w.call("ada", "DELETE", "/api/tokens/99999", None, 404)
    equal(last(w)[0][1], "token.revoke")


@case
def what_goes_and_what_is_taken_out(w):
    p = w.property("ada", "Barn")["id"]
    m = w.meter("ada", p, "A-1")["id"]
    members = f"/api/properties/{p}/members"
    w.call("ada", "POST", members, {"email": "bob@example.org", "role": "viewer"}, 200)
    bob = w.sql("SELECT id FROM users WHERE email = 'bob@example.org'")[0][0]
    w.call("ada", "DELETE", f"{members}/{bob}", None, 204)
    equal(last(w, 2), [("ada", "property.member", "Barn", "bob@example.org is viewer now"), ("ada", "property.member_remove", f"Barn, user {bob}", "")])
    i = w.call("ada", "POST", f"/api/meters/{m}/identifiers", {"identifier": "A-0"}, 201).json()["id"]
    w.call("ada", "DELETE", f"/api/meters/{m}/identifiers/{i}", None, 204)
    w.call("ada", "DELETE", f"/api/meters/{m}", None, 200)
    w.call("ada", "POST", f"/api/meters/{m}/restore", {}, 200)
    equal([r[1:3] for r in last(w, 3)], [("meter.identifier_remove", "A-1"), ("meter.remove", "A-1"), ("meter.restore", "A-1")])
    batch = upload(w, "ada", "n.csv", "MPAN,Date,Reading\nA-1,2024-03-01,1.5\n")["batch_id"]
    w.call("ada", "POST", f"/api/import/jobs/{batch}/undo", {})
    equal(last(w), [("ada", "import.undo", "n.csv", batch)])
    w.storage.work()
    w.call("ada", "POST", f"/api/import/jobs/{batch}/redo", {})
    equal(last(w), [("ada", "import.redo", "n.csv", batch)])
    w.storage.work()
    x = w.call("ada", "POST", "/api/exports", {"property_id": p, "shape": "long", "format": "csv", "from": "2024-03-01"}, 202).json()["job_id"]
    who, action, name, detail = last(w)[0]
    equal((who, action, detail), ("ada", "export.make", f"long as csv, from 2024-03-01 to open, of property {p}"))
    w.storage.work()
    w.call("ada", "DELETE", f"/api/exports/{x}", None, 204)
    equal(last(w), [("ada", "export.remove", name, "")])
    k = w.call("ada", "POST", "/api/cars", {"name": "Zoe"}, 201).json()["id"]
    t = w.call("ada", "POST", "/api/tariffs", {"from_day": "2025-01-01", "per_kwh": "1"}, 201).json()["id"]
    s = w.call("ada", "POST", "/api/sessions", {"car_id": k, "date": "2025-01-01", "odometer": 1, "charge_type": "AC", "charge_delivered_kwh": 1}, 201).json()["id"]
    for path in (f"/api/sessions/{s}", f"/api/tariffs/{t}", f"/api/cars/{k}"):
        w.call("ada", "DELETE", path, None, 204)
    equal([r[1:] for r in last(w, 3)], [("charging.session_remove", s, "Zoe"), ("charging.tariff_remove", f"tariff {t}", ""), ("charging.car_remove", "Zoe", "")])
    w.call("ada", "DELETE", f"/api/properties/{p}?cascade=true", None, 200)
    equal(last(w), [("ada", "property.remove", "Barn", "with its meters")])
    w.call("bob", "DELETE", f"/api/properties/{p}?cascade=true", None, 404)
    equal(last(w)[0][0], "ada", "what was refused is not in it")
    equal(w.storage.run("wattledger", "user-disable", "vic@example.org").returncode, 0)
    equal(last(w), [("system", "user.disable", "vic@example.org", "")])
    equal(w.storage.run("wattledger", "user-enable", "vic@example.org").returncode, 0)


@case
def the_log_is_for_admins(w):
    w.call("ada", "GET", "/api/audit", None, 403)
    equal(session(w, "ada").get("/admin/audit").status, 403)
    page = session(w, "admin").get("/admin/audit?action=setting&actor=ADA")
    assert "petrol_mpg" in page.text and "setting.set" in page.text
    equal({r["action"].split(".")[0] for r in log(w, "&action=setting")}, {"setting"})
    equal({r["action"] for r in log(w, "&action=setting.set")}, {"setting.set"})
    equal({r["actor"] for r in log(w, "&actor=Bob")}, {"bob@example.org"})
    equal(log(w, "&to=2020-01-01"), [])
    equal(len(log(w, "&from=2020-01-01")), len(log(w)))
    w.call("admin", "GET", "/api/audit?from=yesterday", None, 422)


@case
def a_chain_that_was_broken_is_found(w):
    admin = session(w, "admin")
    p = cli(w, "audit-list", "--verify")
    equal((p.returncode, "follow from one another" in p.stdout), (0, True))
    n = w.sql("SELECT MAX(id) FROM audit")[0][0]
    for broken in (("UPDATE audit SET detail = 'x' WHERE id = ?", n - 2), ("UPDATE audit SET at = at - 1 WHERE id = ?", n),
                   ("UPDATE audit SET hash = zeroblob(32) WHERE id = ?", n - 1), ("DELETE FROM audit WHERE id = ?", n - 1),
                   ("UPDATE audit SET id = id + 1 WHERE id = ?", n)):
        kept = (w.storage.dir / "wattledger.db").read_bytes()
        w.sql(*broken)
        p = cli(w, "audit-list", "--verify")
        equal((p.returncode, "was altered: row" in p.stderr), (1, True), broken)
        assert "The log was altered" in admin.get("/admin/audit?verify=1").text
        (w.storage.dir / "wattledger.db").write_bytes(kept)
    equal(cli(w, "audit-list", "--verify").returncode, 0)


def main():
    with Storage() as storage:
        sys.exit(0 if run_cases(World(storage), only=sys.argv[1:]) else 1)


if __name__ == "__main__":
    main()
