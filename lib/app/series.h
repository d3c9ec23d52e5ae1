/*
 * series: interval readings, a local day at a time.
 *
 * A series is (meter, channel, interval minutes). Its rows are local days of the meter's zone, one row a day
 * with the day's values packed in it (DECISIONS 1). Interval i of a day begins i * interval_minutes after the
 * local day's first instant, in elapsed time: a long day has 50 half hours, a short one 46.
 *
 * An interval that somebody excluded (app/edit.h) is stored with the quality X: only so can a layer take away
 * what a lower one shows. Who reads never meets it: series_read and series_scan give it as missing, and pass
 * over a day that holds nothing else; series_peek does not count it. Nothing that is imported states an X, and
 * nothing but the policy "replace" takes one away again: under the others a file that brings the interval once
 * more is counted as kept, with a warning.
 */
#ifndef WL_APP_SERIES_H
#define WL_APP_SERIES_H

#include "app/ctx.h"
#include "base/rec.h"

#define SERIES_INTERVALS_MAX 1560 /* a 26 h day of minutes: there are zones that go back two hours */

#define SERIES_EXCLUDED 'X'

/* One day, unpacked. quality: 0 = missing (value is 0 then), '-' = the file stated none, A E S U;
 * SERIES_EXCLUDED in what is stored. */
struct series_day {
	int32_t day;                         /* local, days since 1970 */
	uint16_t n;                          /* intervals of the day */
	int64_t value[SERIES_INTERVALS_MAX]; /* millionths of the unit */
	char quality[SERIES_INTERVALS_MAX];
};

struct series {
	int64_t id, meter_id;
	struct str channel; /* import, export, ... */
	int64_t interval_minutes;
	struct str unit;             /* kWh */
	int64_t days;                /* that show a reading */
	int64_t first_day, last_day; /* REC_DAY; of these */
};
extern const struct rec_desc series_desc;

/* Those that show any reading. Their days, as everywhere, are those that show one. */
enum err series_list(struct ctx *c, int64_t meter_id, struct series **out, size_t *n);

/* SQL: whether a row d of the table `days` shows any reading, or all that is stored of the day is excluded:
 * byte 6 of series_pack.c. (|| '' makes text of the byte in SQLite, as what it is compared with; PostgreSQL
 * compares bytes.) Then the first and the last such day of a row s of `series`. */
#define SERIES_SHOWS "SUBSTR(d.data, 7, 1) || '' <> 'X'"
#define SERIES_FIRST_DAY \
	"(SELECT d.day FROM days d WHERE d.series_id = s.id AND " SERIES_SHOWS " ORDER BY d.day LIMIT 1)"
#define SERIES_LAST_DAY \
	"(SELECT d.day FROM days d WHERE d.series_id = s.id AND " SERIES_SHOWS " ORDER BY d.day DESC LIMIT 1)"

/* Days of one series in order, [from, to] inclusive local days. Each call of `each` gets the same buffer; false
 * stops. batch: the batch id that wrote the day, or empty where several did. */
typedef bool series_each_fn(void *arg, const struct series_day *d, struct str batch);
enum err series_read(struct ctx *c, int64_t series_id, int32_t from, int32_t to, series_each_fn *each,
                     void *arg);
/* The same without looking up the batch (always empty): for exports. */
enum err series_scan(struct ctx *c, int64_t series_id, int32_t from, int32_t to, series_each_fn *each,
                     void *arg);
/* Sum of the present values; *count how many. false: it is too large for a number (*total is 0 then). */
bool series_total(const struct series_day *d, unsigned *count, int64_t *total);

/* ---- writing (the import engine) ---- */

#define SERIES_PACKED_MAX (8 + SERIES_INTERVALS_MAX / 8 + 1 + SERIES_INTERVALS_MAX * 9)

/* Intervals of a local day of that zone. */
struct tz;
int series_intervals(const struct tz *zone, int32_t day, int64_t minutes);
/* A day as it is stored: canonical, so that equal days are equal bytes. Returns the length; 0: nothing present.
 */
size_t series_pack(int n, const int64_t *value, const char *quality, uint8_t out[SERIES_PACKED_MAX]);
bool series_unpack(struct str data, struct series_day *out); /* false: damaged */
/* Without the values: how many intervals are present, and which is the last (-1: none). */
bool series_peek(struct str data, unsigned *present, int *last);

/* What happens to an interval that is stored already with another value or quality (DECISIONS 8). */
enum series_policy {
	SERIES_ACTUAL_WINS, /* replaced, but an estimate or substitute never replaces an actual */
	SERIES_REPLACE,
	SERIES_KEEP,
};
bool series_policy_of(struct str word, enum series_policy *out); /* "actual-wins", "replace", "keep" */
/* What became of an interval. */
enum series_outcome {
	SERIES_ABSENT,
	SERIES_NEW,
	SERIES_IDENTICAL,
	SERIES_CHANGED,
	SERIES_KEPT,  /* what is there already */
	SERIES_BARRED /* it was excluded, and stays so */
};

/* What a statement of an interval means against what is there already (qualities: 0 is missing). A quality that
 * is not stated ('-') never takes a stated one away from an equal value. */
enum series_outcome series_judge(int64_t old_value, char old_quality, int64_t value, char quality,
                                 enum series_policy policy);

/* Puts one day of one batch into the ledger, inside the caller's transaction. `packed` is series_pack of what
 * the batch states; outcome has a place for each of its n intervals. dry: nothing is written, the outcome is
 * what it would be. */
enum err series_put(struct ctx *c, int64_t series_id, int32_t day, int64_t job_id, struct str packed,
                    enum series_policy policy, bool dry, uint8_t outcome[SERIES_INTERVALS_MAX], int *n);

/* ERR_CORRUPT, with the sentence for it. */
enum err series_damaged(struct ctx *c, int64_t series_id, int32_t day);

/* Finds a series; *id 0 and *unit empty: there is none. */
enum err series_find(struct ctx *c, int64_t meter_id, struct str channel, int64_t minutes, int64_t *id,
                     struct str *unit);
enum err series_add(struct ctx *c, int64_t meter_id, struct str channel, int64_t minutes, struct str unit,
                    int64_t *id);

#endif
