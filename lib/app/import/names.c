/*
 * names: what a column may be, from its name alone. A name is squeezed to [a-z0-9]; what stands in brackets is
 * a hint apart. The lists are the words of the trade, best first; no supplier and no file is named.
 */
#include "app/import/detect.h"

static const char *const role_names[COLUMN_ROLES] = {
        [COLUMN_METER] =
                " mpan mpancore mpxn mpr mprn metermpan mpanmprnspid meterpoint supplynumber supplyid spid mpn "
                "nmi ean eancode eancodeasn "
                "pod prm cups meternummer zhlernummer zaehlernummer metercode meterid meteridentifier "
                "meternumber meter meterreference meterref "
                "meterreferencenumber smartmeterid meterserial meterserialnumber serial serialnumber serialnum "
                "msn metermsn "
                "generationmsn metername ",
        [COLUMN_DATE] = " date datum readdate readingdate perioddate billdate insertdate day rdate settdate "
                        "settlementdate "
                        "settlementdatetime consumptiondate dateofreading readdateuk readdateutc dateutc "
                        "meterreadingdate "
                        "datetime timestamp readdatetime readdatetimeutc datetimestamp datestamp datetimeutc "
                        "intervalstart start "
                        "from startdate starttime startdatetime to until end intervalend enddate enddatetime "
                        "readdateandendtime "
                        "settlementperiod ",
        [COLUMN_TIME] = " time zeit uhrzeit cas casod readtime readingtime periodtime timeslot intervaltime "
                        "hour hourending hr timeofday ",
        [COLUMN_PERIOD] = " settperiod settlementperiod period sp hh halfhour periodnumber ",
        [COLUMN_MINUTES] = " intervalminutes intervallength ",
        [COLUMN_VALUE] =
                (" kwh verbrauch actualkwh energykwh consumptionkwh kwhdelivered kwhconsumed reading readvalue "
                 "value consumption "
                 "readingkwh valuekwh dailykwh usage energy meterread meterreading meterconsumption totalkwh "
                 "wh mwh "
                 "total dailytotal "
                 "volume zhlerstand zaehlerstand zahlerstand meterstand "),
        [COLUMN_UNIT] = " unit units uom reportingunit ",
        [COLUMN_CHANNEL] = " channel ",
        [COLUMN_QUALITY] = (" quality readingtype ae actualestimated estimate est estimated estimatedactual "
                            "flag dqflag datamarker "
                            "dataquality actualorestimate readtype indicator type status "),
        [COLUMN_FLAGS] = " flags ",
        [COLUMN_TOTAL] = (" total totalkwh grandtotal sumhh totalunits dailytotal consumptionkwh consumption "
                          "consumptionnhh "),
};
/* A meter's name only where there is no better one. */
static const char weak_meters[] =
        " siteid site sitename channelname channel name id reference siteref sitereference ";
/* Instants at which an interval ends, and begins. */
static const char ends[] =
        " to until end intervalend enddate enddatetime readdateandendtime endtime timeto dateto "
        "periodend periodending intervalending intervalendtime hourending timeending ";
static const char starts[] = " from start intervalstart startdate startdatetime starttime timefrom datefrom "
                             "periodstart intervalbegin periodbegin intervalstarttime periodbeginning ";

struct str name_squeeze(struct arena *a, struct str cell, struct str *hint)
{
	char *p = arena_alloc(a, cell.n + 1), *h = arena_alloc(a, cell.n + 1);
	size_t n = 0, hn = 0;
	int depth = 0;
	for (size_t i = 0; i < cell.n; i++) {
		char ch = cell.p[i];
		if (ch == '(' || ch == '[')
			depth++;
		else if ((ch == ')' || ch == ']') && depth)
			depth--;
		if (ch >= 'A' && ch <= 'Z')
			ch = (char)(ch + 32);
		if (!((ch >= 'a' && ch <= 'z') || (ch >= '0' && ch <= '9')))
			continue;
		if (depth)
			h[hn++] = ch;
		else
			p[n++] = ch;
	}
	*hint = (struct str){h, hn};
	return (struct str){p, n};
}

int name_listed(const char *names, struct str name)
{
	char with_blanks[64];
	if (name.n == 0 || name.n + 2 > sizeof(with_blanks))
		return -1;
	with_blanks[0] = ' ';
	memcpy(with_blanks + 1, name.p, name.n);
	with_blanks[name.n + 1] = ' ';
	return (int)str_search(str_of(names), (struct str){with_blanks, name.n + 2});
}

/* "Serial No", "MPAN Number", "Electricity MPAN": the words that people put around one of the names. */
static int meter_place(struct str name)
{
	static const char *const behind[] = {"number", "no", "num",  "nr",  "reference",
	                                     "ref",    "id", "code", "core"};
	static const char *const last[] = {"mpan",        "mprn",        "mpxn",
	                                   "meternumber", "meterserial", "serialnumber"};
	int place = name_listed(role_names[COLUMN_METER], name);
	for (size_t i = 0; i < sizeof(behind) / sizeof(behind[0]) && place < 0; i++)
		if (str_ends(name, str_of(behind[i])))
			place = name_listed(role_names[COLUMN_METER],
			                    str_sub(name, 0, name.n - strlen(behind[i])));
	for (size_t i = 0; i < sizeof(last) / sizeof(last[0]) && place < 0; i++)
		if (str_ends(name, str_of(last[i])))
			place = name_listed(role_names[COLUMN_METER], str_of(last[i]));
	return place;
}

int name_place(enum column_role role, struct str squeezed)
{
	return role == COLUMN_METER ? meter_place(squeezed) : name_listed(role_names[role], squeezed);
}

bool name_weak_meter(struct str squeezed)
{
	return name_listed(weak_meters, squeezed) >= 0;
}

bool name_certain_flag(struct str squeezed)
{
	return name_place(COLUMN_QUALITY, squeezed) >= 0 && !str_eqz(squeezed, "type") &&
	       !str_eqz(squeezed, "status") && !str_eqz(squeezed, "indicator");
}

enum name_side name_side(struct str squeezed, struct str hint)
{
	if (name_listed(ends, squeezed) >= 0 || name_listed(ends, hint) >= 0)
		return NAME_END;
	return name_listed(starts, squeezed) >= 0 || name_listed(starts, hint) >= 0 ? NAME_START : NAME_NO_SIDE;
}

/* Numbers that are about energy and none of it: what it costs, say. */
static bool about_energy(struct str s)
{
	static const char *const words[] = {"unitrate", "tariff", "cost", "price",  "charge",
	                                    "co2",      "carbon", "pkwh", "perkwh", "calorific",
	                                    "demand",   "date",   "time", "flag",   "status",
	                                    "mpan",     "meter",  "read", "factor", "register"};
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (str_search(s, str_of(words[i])) >= 0)
			return true;
	return str_eqz(s, "rate");
}

bool name_energy(struct str s)
{
	static const char *const words[] = {"consumption", "usage", "kwh", "verbrauch", "value", "quantity"};
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]) && !about_energy(s); i++)
		if (str_search(s, str_of(words[i])) >= 0)
			return true;
	return str_ends(s, STR("wh")) && !about_energy(s);
}

const char *name_channel(struct str s)
{
	if (about_energy(s))
		return NULL;
	bool out = str_search(s, STR("export")) >= 0;
	if (str_search(s, STR("reactive")) >= 0 || str_search(s, STR("varh")) >= 0)
		return out ? "reactive_export" : "reactive_import";
	if (out)
		return "export";
	if (str_search(s, STR("generat")) >= 0 || str_search(s, STR("produc")) >= 0)
		return "generation";
	return str_search(s, STR("import")) >= 0 || str_search(s, STR("consum")) >= 0 ||
	                       str_search(s, STR("active")) >= 0
	               ? "import"
	               : NULL;
}

bool name_says_utc(struct str squeezed, struct str hint)
{
	return str_search(squeezed, STR("utc")) >= 0 || str_search(squeezed, STR("gmt")) >= 0 ||
	       str_eqz(hint, "utc") || str_eqz(hint, "gmt");
}

/* ---- words in cells ---- */

static const struct {
	const char *word, *channel;
} channels[] = {
        {"import", "import"},
        {"active", "import"},
        {"activeenergy", "import"},
        {"activeimport", "import"},
        {"ai", "import"},
        {"energy", "import"},
        {"activepower", "import"},
        {"consumption", "import"},
        {"kwh", "import"},
        {"export", "export"},
        {"activeexport", "export"},
        {"ae", "export"},
        {"generation", "generation"},
        {"reactive", "reactive_import"},
        {"reactiveenergy", "reactive_import"},
        {"reactiveimport", "reactive_import"},
        {"ri", "reactive_import"},
        {"lag", "reactive_import"},
        {"kvarh", "reactive_import"},
        {"kvarhimport", "reactive_import"},
        {"reactivepower", "reactive_import"},
        {"reactiveexport", "reactive_export"},
        {"re", "reactive_export"},
        {"lead", "reactive_export"},
        {"kvarhexport", "reactive_export"},
        {"reactiveimportenergy", "reactive_import"},
        {"reactiveexportenergy", "reactive_export"},
        {"activeimportenergy", "import"},
        {"activeexportenergy", "export"},
};

const char *squeezed_channel(struct str s)
{
	for (size_t i = 0; i < sizeof(channels) / sizeof(channels[0]); i++)
		if (str_eqz(s, channels[i].word))
			return channels[i].channel;
	return NULL;
}

const char *word_channel(struct arena *a, struct str cell)
{
	struct str hint;
	return squeezed_channel(name_squeeze(a, cell, &hint));
}

static const struct {
	const char *word;
	char letter;
} qualities[] = {
        {"A", 'A'},           {"actual", 'A'},    {"act", 'A'},      {"E", 'E'},
        {"est", 'E'},         {"estimated", 'E'}, {"estimate", 'E'}, {"yes", 'E'},
        {"true", 'E'},        {"false", 'A'},     {"no", 'A'},       {"S", 'S'},
        {"substituted", 'S'}, {"U", 'U'},         {"unknown", 'U'},  {"-", '-'},
};

char word_quality(struct str cell)
{
	if (!cell.n)
		return '-';
	for (size_t i = 0; i < sizeof(qualities) / sizeof(qualities[0]); i++)
		if (str_eq_nocase(cell, str_of(qualities[i].word)))
			return qualities[i].letter;
	return 0;
}
