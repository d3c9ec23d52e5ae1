/* rec: see rec.h. */
#include "base/rec.h"

#include <string.h>

static size_t size_of(enum rec_type type)
{
	switch (type) {
	case REC_TEXT:
		return sizeof(struct str);
	case REC_BOOL:
		return sizeof(bool);
	case REC_INT:
	case REC_AT:
	case REC_AT_SQL:
	case REC_DEC:
	case REC_DAY:
		break;
	}
	return sizeof(int64_t);
}

void rec_merge(const struct rec_desc *d, void *to, const void *from, uint64_t bits)
{
	for (size_t i = 0; i < d->count; i++) {
		const struct rec_field *f = &d->field[i];
		if (bits >> i & 1)
			memcpy((char *)to + f->offset, (const char *)from + f->offset, size_of(f->type));
	}
}

void rec_clear_field(const struct rec_field *f, void *obj)
{
	char *at = (char *)obj + f->offset;
	if (f->flags & REC_MAYBE)
		*(int64_t *)(void *)at = REC_NONE;
	else
		memset(at, 0, size_of(f->type));
}

void rec_clear(const struct rec_desc *d, void *obj)
{
	for (size_t i = 0; i < d->count; i++)
		rec_clear_field(&d->field[i], obj);
}

bool rec_is_null(const struct rec_field *f, const void *obj)
{
	const char *at = (const char *)obj + f->offset;
	if (f->flags & REC_MAYBE)
		return *(const int64_t *)(const void *)at == REC_NONE;
	return f->flags & REC_ZERO_NULL && *(const int64_t *)(const void *)at == 0;
}
