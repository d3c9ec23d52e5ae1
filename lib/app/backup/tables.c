/*
 * tables: see tables.h.
 *
 * Each cell is written in one way and read in that way, so what is written is what is read: decimals and times
 * in their shortest and only form, text with the guard against formulas (codec/csv.h), text that may be null
 * with a backslash before what would look null (the empty text) or escaped (a backslash at its begin).
 */
#include "app/backup/tables.h"

#include "app/series.h"
#include "base/civil.h"
#include "base/decimal.h"

#define INTERVAL_TEXT (DEC_TEXT + 2)

/* A list of columns, (kind, name)(kind, name)..., becomes something for each of them: the macro that takes the
 * first leaves the name of the macro that takes the next, and what the last one leaves is made into nothing. */
#define END(...)  END_(__VA_ARGS__)
#define END_(...) __VA_ARGS__##_END

#define NAMES(list)  END(NAME_0 list)
#define NAME_0(k, n) #n NAME_1
#define NAME_1(k, n) ", " #n NAME_2
#define NAME_2(k, n) ", " #n NAME_1
#define NAME_1_END
#define NAME_2_END
#define MARKS(list)  END(MARK_0 list)
#define MARK_0(k, n) "?" MARK_1
#define MARK_1(k, n) ", ?" MARK_2
#define MARK_2(k, n) ", ?" MARK_1
#define MARK_1_END
#define MARK_2_END
#define SETS(list)  END(SET_0 list)
#define SET_0(k, n) #n " = ?" SET_1
#define SET_1(k, n) ", " #n " = ?" SET_2
#define SET_2(k, n) ", " #n " = ?" SET_1
#define SET_1_END
#define SET_2_END
#define FIELDS(list)  END(FIELD_1 list)
#define FIELD_1(k, n) {#n, KIND_##k}, FIELD_2
#define FIELD_2(k, n) {#n, KIND_##k}, FIELD_1
#define FIELD_1_END
#define FIELD_2_END

#define KIND_INT                  BACKUP_INT, BACKUP_OF_NOTHING
#define KIND_DEC                  BACKUP_DEC, BACKUP_OF_NOTHING
#define KIND_AT                   BACKUP_AT, BACKUP_OF_NOTHING
#define KIND_DAY                  BACKUP_DAY, BACKUP_OF_NOTHING
#define KIND_TEXT                 BACKUP_TEXT, BACKUP_OF_NOTHING
#define KIND_MAYBE                BACKUP_MAYBE, BACKUP_OF_NOTHING
#define KIND_BLOB                 BACKUP_BLOB, BACKUP_OF_NOTHING
#define KIND_READINGS             BACKUP_READINGS, BACKUP_OF_NOTHING
#define KIND_TO_users             BACKUP_INT, BACKUP_OF_users
#define KIND_TO_properties        BACKUP_INT, BACKUP_OF_properties
#define KIND_TO_jobs              BACKUP_INT, BACKUP_OF_jobs
#define KIND_TO_meters            BACKUP_INT, BACKUP_OF_meters
#define KIND_TO_series            BACKUP_INT, BACKUP_OF_series
#define KIND_TO_export_schedules  BACKUP_INT, BACKUP_OF_export_schedules
#define KIND_TO_cars              BACKUP_INT, BACKUP_OF_cars
#define KIND_TO_charging_sessions BACKUP_INT, BACKUP_OF_charging_sessions

#define ROWS(table, since, which, order, list)                                                             \
	SQL(backup_all_##table##_##since, "SELECT " NAMES(list) " FROM " #table which " ORDER BY " order); \
	SQL(backup_count_##table##_##since, "SELECT COUNT(*) FROM " #table which);                         \
	SQL(backup_insert_##table##_##since,                                                               \
	    "INSERT INTO " #table " (" NAMES(list) ") VALUES (" MARKS(list) ")");                          \
	static const struct backup_column columns_##table##_##since[] = {FIELDS(list)};
#define BACKUP_ROWS(table, since, until, order, list) ROWS(table, since, "", order, list)
#define BACKUP_THING(table, since, until, which, list)                                             \
	ROWS(table, since, which, "id", list)                                                      \
	SQL(backup_one_##table##_##since, "SELECT " NAMES(list) " FROM " #table " WHERE id = ?");  \
	SQL(backup_update_##table##_##since, "UPDATE " #table " SET " SETS(list) " WHERE id = ?"); \
	SQL(backup_highest_##table##_##since, "SELECT COALESCE(MAX(id), 0) FROM " #table);
#include "app/backup/tables.def"
#undef BACKUP_ROWS
#undef BACKUP_THING

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))
#define TABLE(table, since, until, order, number, one, update, highest) \
	{#table,                                                        \
	 since,                                                         \
	 until,                                                         \
	 order,                                                         \
	 number,                                                        \
	 &sql_backup_all_##table##_##since,                             \
	 &sql_backup_count_##table##_##since,                           \
	 &sql_backup_insert_##table##_##since,                          \
	 one,                                                           \
	 update,                                                        \
	 highest,                                                       \
	 columns_##table##_##since,                                     \
	 COUNT(columns_##table##_##since)},
#define BACKUP_ROWS(table, since, until, order, list) \
	TABLE(table, since, until, order, BACKUP_OF_NOTHING, NULL, NULL, NULL)
#define BACKUP_THING(table, since, until, which, list)                                         \
	TABLE(table, since, until, "id", BACKUP_OF_##table, &sql_backup_one_##table##_##since, \
	      &sql_backup_update_##table##_##since, &sql_backup_highest_##table##_##since)
const struct backup_table backup_tables[] = {
#include "app/backup/tables.def"
};
#undef BACKUP_ROWS
#undef BACKUP_THING
const size_t backup_tables_count = COUNT(backup_tables);

const struct backup_table *backup_table_next(const struct backup_table *t, int64_t version)
{
	for (t = t ? t + 1 : backup_tables; t < backup_tables + backup_tables_count; t++)
		if (t->since <= version && (!t->until || version <= t->until))
			return t;
	return NULL;
}

size_t backup_tables_of(int64_t version)
{
	size_t n = 0;
	for (const struct backup_table *t = NULL; (t = backup_table_next(t, version));)
		n++;
	return n;
}

static const struct csv_dialect dialect = {',', '"'};

/* ---- writing ---- */

static bool put_readings(struct buf *b, struct str data)
{
	struct series_day d;
	if (!series_unpack(data, &d))
		return false;
	for (size_t i = 0; i < d.n; i++) {
		char *p = buf_room(b, INTERVAL_TEXT), *from = p;
		if (!p)
			return false;
		if (i)
			*p++ = ' ';
		if (!d.quality[i]) {
			*p++ = '_';
		} else {
			p += dec_format(d.value[i], p);
			if (d.quality[i] != '-')
				*p++ = d.quality[i];
		}
		b->n += (size_t)(p - from);
	}
	return true;
}

static void put_hex(struct buf *b, struct str s)
{
	static const char digits[] = "0123456789abcdef";
	buf_addc(b, 'x'); /* an empty blob is no null */
	for (size_t i = 0; i < s.n; i++) {
		buf_addc(b, digits[(unsigned char)s.p[i] >> 4]);
		buf_addc(b, digits[(unsigned char)s.p[i] & 15]);
	}
}

static void put_maybe(struct buf *b, struct str s)
{
	struct buf escaped;
	if (s.n && s.p[0] != '\\') {
		csv_put_text(b, s, dialect);
		return;
	}
	buf_init(&escaped, s.n + 2);
	buf_addc(&escaped, '\\');
	buf_adds(&escaped, s);
	csv_put_text(b, buf_str(&escaped), dialect);
	buf_free(&escaped);
}

static bool put_cell(struct buf *b, enum backup_kind kind, struct db_cur *cur, int col)
{
	char text[DEC_TEXT + CIVIL_TIME_TEXT];
	switch (kind) {
	case BACKUP_INT:
		buf_printf(b, "%lld", (long long)db_int(cur, col));
		return true;
	case BACKUP_DEC:
		dec_format(db_int(cur, col), text);
		buf_addz(b, text);
		return true;
	case BACKUP_AT:
		civil_format_at(db_int(cur, col), text);
		buf_addz(b, text);
		return true;
	case BACKUP_DAY:
		civil_format_day((int32_t)db_int(cur, col), text);
		buf_addz(b, text);
		return true;
	case BACKUP_TEXT:
		csv_put_text(b, db_text(cur, col), dialect);
		return true;
	case BACKUP_MAYBE:
		put_maybe(b, db_text(cur, col));
		return true;
	case BACKUP_BLOB:
		put_hex(b, db_text(cur, col));
		return true;
	case BACKUP_READINGS:
		return put_readings(b, db_text(cur, col));
	}
	return false;
}

void backup_put_header(const struct backup_table *t, struct buf *b)
{
	for (size_t i = 0; i < t->n; i++)
		buf_printf(b, "%s%s", i ? "," : "", t->column[i].name);
	buf_addz(b, "\r\n");
}

enum err backup_put_row(const struct backup_table *t, struct db_cur *cur, struct buf *b)
{
	for (size_t i = 0; i < t->n; i++) {
		if (i)
			buf_addc(b, ',');
		if (!db_is_null(cur, (int)i) && !put_cell(b, t->column[i].kind, cur, (int)i))
			return ERR_CORRUPT;
	}
	buf_addz(b, "\r\n");
	return b->over ? ERR_TOO_LARGE : OK;
}

/* ---- reading ---- */

static bool take_readings(struct str text, struct arena *a, struct db_val *out)
{
	int64_t *value = ARENA_ARRAY(a, int64_t, SERIES_INTERVALS_MAX);
	char *quality = ARENA_ARRAY(a, char, SERIES_INTERVALS_MAX);
	uint8_t *packed = arena_alloc(a, SERIES_PACKED_MAX);
	int n = 0;
	for (struct str rest = text; rest.p; n++) {
		struct str one = str_cut(&rest, ' ');
		if (n == SERIES_INTERVALS_MAX || !one.n)
			return false;
		if (str_eqz(one, "_"))
			continue;
		char last = one.p[one.n - 1];
		quality[n] = last >= 'A' && last <= 'Z' ? last : '-';
		if (quality[n] != '-')
			one.n--;
		if (dec_parse(one, '.', &value[n]) != DEC_OK)
			return false;
	}
	*out = db_b((struct str){(char *)packed, series_pack(n, value, quality, packed)});
	return out->s.n > 0;
}

static int nibble(char c)
{
	return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static bool take_hex(struct str text, struct arena *a, struct db_val *out)
{
	char *p = arena_alloc(a, text.n + 1);
	size_t n = 0;
	if (!(text.n & 1) || text.p[0] != 'x')
		return false;
	for (size_t i = 1; i < text.n; i += 2, n++) {
		int high = nibble(text.p[i]), low = nibble(text.p[i + 1]);
		if (high < 0 || low < 0)
			return false;
		p[n] = (char)(high << 4 | low);
	}
	*out = db_b((struct str){p, n});
	return true;
}

static bool take_number(enum backup_kind kind, struct str text, struct db_val *out)
{
	int64_t v = 0;
	int32_t day = 0;
	bool fine = false;
	if (kind == BACKUP_INT)
		fine = str_to_i64(text, &v);
	else if (kind == BACKUP_DEC)
		fine = dec_parse(text, '.', &v) == DEC_OK;
	else if (kind == BACKUP_AT)
		fine = civil_parse_at(text, &v);
	else if ((fine = civil_parse_day(text, &day)))
		v = day;
	*out = db_i(v);
	return fine;
}

static bool take_cell(enum backup_kind kind, struct str cell, struct arena *a, struct db_val *out)
{
	struct str text;
	*out = db_null();
	if (!cell.n && kind != BACKUP_TEXT)
		return true;
	switch (kind) {
	case BACKUP_INT:
	case BACKUP_DEC:
	case BACKUP_AT:
	case BACKUP_DAY:
		return take_number(kind, cell, out);
	case BACKUP_TEXT:
		*out = db_t(arena_str(a, csv_unguard(cell)));
		return true;
	case BACKUP_MAYBE:
		text = csv_unguard(cell);
		*out = db_t(arena_str(a, text.n && text.p[0] == '\\' ? str_sub(text, 1, text.n) : text));
		return true;
	case BACKUP_BLOB:
		return take_hex(cell, a, out);
	case BACKUP_READINGS:
		return take_readings(cell, a, out);
	}
	return false;
}

bool backup_take_row(const struct backup_table *t, const struct csv_row *row, struct arena *a,
                     struct db_val out[BACKUP_COLUMNS_MAX], size_t *wrong)
{
	*wrong = row->n < t->n ? row->n : t->n;
	if (row->n != t->n || row->flaw != CSV_FINE)
		return false;
	for (size_t i = 0; i < t->n; i++) {
		*wrong = i;
		if (!take_cell(t->column[i].kind, row->cell[i], a, &out[i]))
			return false;
	}
	return true;
}
