/*
 * facts: what the cells of a column are: numbers, dates, times, meter numbers, qualities. Names lie; the first
 * rows do not.
 */
#include "app/import/detect.h"
#include "base/decimal.h"

bool digits_only(struct str s)
{
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] < '0' || s.p[i] > '9')
			return false;
	return s.n > 0;
}

/* Primes over the first 12 digits, sum mod 11 mod 10 is the 13th (MRA, schedule 8). */
bool mpan_right(struct str s)
{
	static const int primes[] = {3, 5, 7, 13, 17, 19, 23, 29, 31, 37, 41, 43};
	int sum = 0;
	for (int i = 0; i < 12; i++)
		sum += (s.p[i] - '0') * primes[i];
	return sum % 11 % 10 == s.p[12] - '0';
}

/* ="0123" and '0123 are how people keep a spreadsheet from a number; our own exports guard a formula with a '.
 */
struct str id_unwrap(struct str s)
{
	s = csv_unguard(s);
	if (s.n >= 3 && s.p[0] == '=' && s.p[1] == '"' && s.p[s.n - 1] == '"')
		return str_trim(str_sub(s, 2, s.n - 3));
	while (s.n >= 2 &&
	       s.p[0] == '\'') /* however many: an identifier never begins with one, so an export is stable */
		s = str_trim(str_sub(s, 1, s.n));
	return s;
}

static bool is_mpan(struct str s)
{
	s = id_unwrap(s);
	if (!digits_only(s))
		return false;
	if (s.n == 21)
		s = str_sub(s, 8, 13);
	return s.n == 13 && mpan_right(s);
}

/* A number in either notation: the mark is decided later, from the whole file. */
static bool is_number(struct str s)
{
	int64_t v;
	enum dec_result point = dec_parse(s, '.', &v), comma = dec_parse(s, ',', &v);
	return point == DEC_OK || point == DEC_ROUNDED || comma == DEC_OK || comma == DEC_ROUNDED;
}

/* Letters and digits, at least four of them, one a digit at least: a serial number. */
static bool is_serial(struct str s)
{
	bool has_digit = false;
	for (size_t i = 0; i < s.n; i++) {
		char c = s.p[i];
		has_digit = has_digit || (c >= '0' && c <= '9');
		if (!((c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '-'))
			return false;
	}
	return s.n >= 4 && has_digit;
}

static void add_time(struct column_facts *f, struct str s)
{
	/* the month may be either field here: what counts is that there is such a day at all */
	static const struct date_form forms[] = {{DATE_DMY, 2024}, {DATE_MDY, 2024}};
	struct date_moment m;
	int32_t seconds;
	uint64_t n;
	if (date_parse_moment(s, forms[0], &m) == DATE_OK || date_parse_moment(s, forms[1], &m) == DATE_OK) {
		bool bare = s.n < 6 || date_is_serial(s);
		f->dates += !bare;
		f->bare_dates += bare;
		f->moments += m.timed && m.seconds != 0;
	}
	if (date_parse_time(s, &seconds))
		f->times++;
	else
		f->bare_times += date_parse_bare_time(s, str_to_u64(s, 24, &n), &seconds);
}

static void add_cell(struct column_facts *f, struct str s, struct arena *scratch)
{
	uint64_t n;
	const bool number = is_number(s);
	f->first_number = f->filled++ ? f->first_number : number;
	f->numbers += number;
	if (str_to_u64(s, INT64_MAX, &n)) {
		f->integers++;
		f->highest = (int64_t)n > f->highest ? (int64_t)n : f->highest;
	}
	add_time(f, s);
	f->mpans += is_mpan(s);
	f->serials += is_serial(s);
	f->qualities += word_quality(s) != 0;
	f->channels += word_channel(scratch, s) != NULL;
}

void facts_add(struct column_facts *f, size_t columns, const struct csv_row *row, struct arena *scratch)
{
	for (size_t i = 0; i < columns && i < row->n; i++) {
		struct str s = str_trim(row->cell[i]);
		if (s.n)
			add_cell(&f[i], s, scratch);
	}
}

bool facts_mostly(unsigned count, const struct column_facts *f, unsigned percent, bool empty)
{
	return f->filled ? count * 100 >= f->filled * percent : empty;
}
