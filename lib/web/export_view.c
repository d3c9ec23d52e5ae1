/* export_view: see export_view.h. */
#include "web/export_view.h"

const char *export_media_type(struct str format)
{
	return str_eqz(format, "xlsx") ? "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
	                               : "text/csv; charset=utf-8";
}

struct reply *export_download(struct request *r, struct str job_id)
{
	struct export_job x;
	int64_t size;
	int fd;

	if (export_get(r->ctx, job_id, &x) != OK || export_open(r->ctx, &x, &fd, &size) != OK)
		return reply_fault(r);
	/* the name of the file on the disk is of this take of the job alone, and its bytes never change */
	return reply_file(r, export_media_type(x.format), x.filename, fd, size,
	                  str_of(arena_printf(r->ctx->arena, "\"%.*s\"",
	                                      STR_ARG(str_sub(x.file_path, 8, x.file_path.n)))));
}
