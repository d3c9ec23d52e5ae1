/*
 * sites: a file of properties, one a row, found by their names: name, company_id, region_id, address, postcode,
 * site_type, floor_area, latitude, longitude, is_active, created_at. Only the name is required; a column that
 * the file has not, or a blank cell, states nothing.
 *
 * It is read only where it is asked for (type sites): a meter file has names and addresses too.
 */
#include "app/import/detect.h"
#include "base/civil.h"
#include "base/decimal.h"
#include "codec/utf8.h"

bool sites_match(struct layout *l);
void sites_row(struct import_run *r, const struct csv_row *row);

static const char *const names[SITE_COLUMNS] = {
        [SITE_company_id] = " companyid company companyname ",
        [SITE_region_id] = " regionid region regionname ",
        [SITE_address] = " address siteaddress address1 addressline1 street ",
        [SITE_postcode] = " postcode postalcode zip zipcode ",
        [SITE_type] = " sitetype type propertytype buildingtype ",
        [SITE_floor_area] = " floorarea area floorareasqm floorspace sqm ",
        [SITE_latitude] = " latitude lat ",
        [SITE_longitude] = " longitude lon lng long ",
        [SITE_is_active] = " isactive active enabled ",
        [SITE_created_at] = " createdat created createddate dateadded ",
        [SITE_NAME] = " name sitename site propertyname property ",
};

bool sites_match(struct layout *l)
{
	if (!str_eqz(l->ask->type, "sites"))
		return false;
	for (int f = 0; f < SITE_COLUMNS; f++) {
		int best = -1, best_place = -1;
		for (size_t i = 0; i < l->columns; i++) {
			int place = name_listed(names[f], l->squeezed[i]);
			if (place >= 0 && (best < 0 || place < best_place)) {
				best = (int)i;
				best_place = place;
			}
		}
		l->site_at[f] = best;
	}
	if (l->site_at[SITE_NAME] < 0)
		return false;
	for (int role = 0; role < COLUMN_ROLES; role++) /* nothing of a meter file */
		l->at[role] = -1;
	l->intervals = l->registers = 0;
	l->moments = l->quantities = l->begins = false;
	l->cumulative = CUMULATIVE_NO;
	l->sites = true;
	return true;
}

/* ---- cells ---- */

static struct str cell(const struct import_run *r, const struct csv_row *row, int field)
{
	int at = r->layout->site_at[field];
	return at >= 0 && (size_t)at < row->n ? str_trim(row->cell[at]) : STR("");
}

static bool read_text(struct import_run *r, const struct csv_row *row, int field, struct str *out)
{
	struct str s = csv_unguard(cell(r, row, field));
	bool fine = s.n <= SITE_TEXT_MAX;
	for (size_t i = 0; i < s.n && fine; i++)
		fine = (unsigned char)s.p[i] >= 32 && s.p[i] != 127;
	if (!fine) {
		run_reject(r, r->layout->site_at[field], "BAD_TEXT",
		           "A text has at most %d bytes and no control characters.", SITE_TEXT_MAX);
		return false;
	}
	*out = utf8_valid(s) ? arena_str(r->batch, s) : utf8_from_cp1252(r->batch, s);
	return true;
}

static bool read_decimal(struct import_run *r, const struct csv_row *row, int field, int64_t least,
                         int64_t most, const char *code, const char *words, int64_t *out)
{
	struct str s = cell(r, row, field);
	enum dec_result got = dec_parse(s, '.', out);
	if (got == DEC_BAD)
		got = dec_parse(s, ',', out);
	if ((got == DEC_OK || got == DEC_ROUNDED) && *out >= least && *out <= most)
		return true;
	run_reject(r, r->layout->site_at[field], code, "\"%.*s\" is not %s.", STR_ARG(str_sub(s, 0, 40)),
	           words);
	return false;
}

static bool read_flag(struct import_run *r, const struct csv_row *row, int64_t *out)
{
	static const char *const yes[] = {"1", "yes", "y", "true", "active"}, *const no[] = {"0", "no", "n",
	                                                                                     "false",
	                                                                                     "inactive"};
	struct str s = cell(r, row, SITE_is_active);
	for (size_t i = 0; i < sizeof(yes) / sizeof(yes[0]); i++)
		if (str_eq_nocase(s, str_of(yes[i])) || str_eq_nocase(s, str_of(no[i]))) {
			*out = str_eq_nocase(s, str_of(yes[i]));
			return true;
		}
	run_reject(r, r->layout->site_at[SITE_is_active], "BAD_FLAG", "\"%.*s\" is not yes or no.",
	           STR_ARG(str_sub(s, 0, 40)));
	return false;
}

static bool read_time(struct import_run *r, const struct csv_row *row, int64_t *out)
{
	struct str s = cell(r, row, SITE_created_at);
	struct date_moment m;
	int64_t unused;
	if (date_parse_moment(s, (struct date_form){DATE_DMY, 0}, &m) != DATE_OK) {
		run_reject(r, r->layout->site_at[SITE_created_at], "BAD_DATE",
		           "\"%.*s\" is not a date. Write it as 2025-11-07 or 2025-11-07T10:30:00Z.",
		           STR_ARG(str_sub(s, 0, 40)));
		return false;
	}
	if (m.has_offset)
		*out = (int64_t)m.day * 86400 + m.seconds - m.offset;
	else
		tz_local_to_at(r->file_tz ? r->file_tz : r->tz, m.day, m.seconds, out, &unused);
	return true;
}

static bool read_number(struct import_run *r, const struct csv_row *row, int field, int64_t *out)
{
	switch (field) {
	case SITE_floor_area:
		return read_decimal(r, row, field, 0, INT64_C(1000000000) * DEC_ONE, "BAD_FLOOR_AREA",
		                    "an area: a number of square metres", out);
	case SITE_latitude:
		return read_decimal(r, row, field, -90 * DEC_ONE, 90 * DEC_ONE, "BAD_LATITUDE",
		                    "a latitude: a number from -90 to 90", out);
	case SITE_longitude:
		return read_decimal(r, row, field, -180 * DEC_ONE, 180 * DEC_ONE, "BAD_LONGITUDE",
		                    "a longitude: a number from -180 to 180", out);
	case SITE_is_active:
		return read_flag(r, row, out);
	}
	return read_time(r, row, out);
}

void sites_row(struct import_run *r, const struct csv_row *row)
{
	struct import_site *s = ARENA_NEW(r->batch, struct import_site);
	bool several;
	if (row->n < r->layout->columns) {
		run_reject(r, -1, "SHORT_ROW",
		           "The row has %zu cells, the header has %zu. The row seems to be cut off.", row->n,
		           r->layout->columns);
		return;
	}
	if (!read_text(r, row, SITE_NAME, &s->name))
		return;
	if (!s->name.n) {
		run_reject(r, r->layout->site_at[SITE_NAME], "MISSING_NAME",
		           "The row names no site. Fill in its name.");
		return;
	}
	if (site_ambiguous(r->c, s->name, r->as_user, &several))
		return;
	if (several) {
		run_reject(r, r->layout->site_at[SITE_NAME], "AMBIGUOUS_NAME",
		           "More than one property is called \"%.*s\".", STR_ARG(str_sub(s->name, 0, 60)));
		return;
	}
	for (int f = 0; f < SITE_FIELDS; f++) {
		s->stated.stated[f] = cell(r, row, f).n > 0;
		if (s->stated.stated[f] && !(f < SITE_TEXTS ? read_text(r, row, f, &s->stated.text[f])
		                                            : read_number(r, row, f, &s->stated.number[f])))
			return;
	}
	s->row = r->rows - 1;
	*r->sites_end = s;
	r->sites_end = &s->next;
}

enum err sites_put(struct import_run *r)
{
	struct arena *outer = r->c->arena;
	enum err e = OK;
	r->c->arena = r->batch;
	for (struct import_site *s = r->sites; s && !e; s = s->next) {
		enum series_outcome outcome;
		e = site_put(r->c, s->name, r->as_user, r->run->job.id, &s->stated, r->policy, r->dry,
		             &outcome);
		if (!e)
			batch_count(r, outcome, s->row);
	}
	r->c->arena = outer;
	return e;
}
