/*
 * decimal: exact decimal numbers to 6 places, as int64_t millionths ("micro").
 *
 * Readings are never binary floating point. The range is +-9,223,372,036,854.775807, far over the
 * 999,999,999.999 of a register. More than 6 places are rounded half to even (DECISIONS 4) and said so.
 */
#ifndef WL_BASE_DECIMAL_H
#define WL_BASE_DECIMAL_H

#include "base/str.h"

#define DEC_ONE    1000000 /* 1.0 */
#define DEC_PLACES 6
#define DEC_TEXT   24 /* room for any value with its sign and a NUL */

enum dec_result {
	DEC_OK,
	DEC_ROUNDED, /* *out holds the value, rounded to 6 places */
	DEC_BAD,     /* not a number: *out untouched */
	DEC_RANGE,   /* a number too large to hold: *out untouched */
};

/* [+-] digits [. digits] [eE [+-] digits]; ".5" and "5." are fine; no blanks, no thousands separators.
 * `mark` is the decimal mark, '.' or ','. The hot path (no exponent, <= 18 digits) takes a few ns. */
enum dec_result dec_parse(struct str s, char mark, int64_t *out);

/* The shortest text that is this number: "1.5", "0", "-0.000001". Returns its length. */
size_t dec_format(int64_t micro, char out[DEC_TEXT]);

/* a*num/den rounded half to even; false when it does not fit. den > 0. For units: Wh -> kWh is 1/1000. */
bool dec_scale(int64_t a, int64_t num, int64_t den, int64_t *out, bool *rounded);
bool dec_add(int64_t a, int64_t b, int64_t *out); /* false when it does not fit */
/* Rounded half to even to so many places, 0 to 6. */
int64_t dec_round(int64_t micro, int places);
/* a/b, each in millionths, rounded once, half to even, to so many places; false when it does not fit. b > 0. */
bool dec_divide(int64_t a, int64_t b, int places, int64_t *out);
/* The sum of a[i]*b[i], each in millionths, rounded once, half to even, to so many places. For money. */
bool dec_dot(const int64_t *a, const int64_t *b, size_t n, int places, int64_t *out);

#endif
