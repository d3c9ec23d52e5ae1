/*
 * civil: days and clocks of the proleptic Gregorian calendar, without time zones.
 *
 * A day is int32_t days since 1970-01-01 (negative before). Algorithms: Howard Hinnant, "chrono-Compatible
 * Low-Level Date Algorithms".
 */
#ifndef WL_BASE_CIVIL_H
#define WL_BASE_CIVIL_H

#include "base/str.h"

struct civil {
	int year;  /* -9999 .. 9999 */
	int month; /* 1 .. 12 */
	int day;   /* 1 .. 31 */
};

int32_t civil_to_day(struct civil c); /* c must be valid */
struct civil civil_from_day(int32_t day);
bool civil_valid(int year, int month, int day); /* 31/02 is not; years 1 .. 9999 */
int civil_weekday(int32_t day);                 /* 0 = Sunday */

#define CIVIL_DATE_TEXT 11 /* "2025-11-07" and a NUL */
#define CIVIL_TIME_TEXT 21 /* "2025-11-07T10:30:00Z" and a NUL */
void civil_format_day(int32_t day, char out[CIVIL_DATE_TEXT]);
void civil_format_at(int64_t at, char out[CIVIL_TIME_TEXT]);     /* RFC 3339, UTC */
void civil_format_at_sql(int64_t at, char out[CIVIL_TIME_TEXT]); /* "2025-11-07 10:30:00", UTC (DECISIONS 26) */
/* "2025-11-07" only. */
bool civil_parse_day(struct str s, int32_t *day);
/* RFC 3339 with Z or +hh:mm; 'T' or blank between. A text without an offset is false (naive). */
bool civil_parse_at(struct str s, int64_t *at);

#endif
