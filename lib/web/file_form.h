/*
 * file_form: a multipart form with files, which stream into storage as they come.
 *
 * Constant memory: a file's bytes go from a 64 KiB window through the multipart parser into upload_write.
 * Fields may come before or after the files. Nothing is acknowledged before everything has been checked: the
 * body is as long as Content-Length said, the closing boundary came, the CSRF token was right. Our own forms
 * send the token first, so that a refused request is refused before its file is stored; where it comes last,
 * the .part files are removed again. All files of one form share the limit of one file's size.
 */
#ifndef WL_WEB_FILE_FORM_H
#define WL_WEB_FILE_FORM_H

#include "app/upload.h"
#include "web/request.h"

/* A field that is no file; blanks at its ends are off, but of a password's. */
typedef enum err file_form_take_fn(struct ctx *c, void *arg, struct str name, struct str value);

struct file_form {
	struct upload *file; /* in the order of the form; at least one. Own them: finish or abort */
	size_t n;
};
/* Each name but "file" comes at most once. ERR_*: nothing is left behind of the files. */
enum err file_form_read(struct request *r, file_form_take_fn *take, void *arg, struct file_form *out);

#endif
