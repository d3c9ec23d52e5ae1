/* steps: see steps.h. */
#include "app/backup/steps.h"

#define STEP_MS 250

enum err backup_step(struct backup_steps *s, int64_t rows)
{
	s->done += rows;
	if (!s->watch || s->stopped)
		return s->stopped;
	int64_t now = clock_ms();
	if (now < s->told_ms + STEP_MS)
		return OK;
	s->told_ms = now;
	struct db *own = s->c->db;
	s->c->db = s->live;
	s->stopped = s->watch->step(s->watch->arg, s->done, s->all);
	s->c->db = own;
	return s->stopped;
}
