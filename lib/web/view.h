/*
 * view: a page being filled, before it becomes HTML. The shim between C and ctemplate (view.cc, the only C++).
 *
 * Templates are the embedded ones; each escapes by itself ({{%AUTOESCAPE context="HTML"}} on its line 1), so
 * nothing here or above escapes anything. A name is a template's variable or section, in capitals. Values given
 * as slices are not copied: they must live until view_render (the request's arena, or literals). ctemplate
 * fails closed: a broken template gives nothing, therefore a page is rendered whole into a buffer before a
 * header is written.
 */
#ifndef WL_WEB_VIEW_H
#define WL_WEB_VIEW_H

#include "base/buf.h"
#include "base/rec.h"

#ifdef __cplusplus
extern "C" {
#endif

struct view;  /* a page, an included part or a section of one */
struct views; /* the parsed templates, for the life of the process */

/* Parses every embedded template. NULL: one is broken (`bad` names it). */
struct views *views_new(const char **bad);
void views_free(struct views *vs);

struct view *view_new(void); /* a page; own it: view_free */
void view_free(struct view *v);

void view_set(struct view *v, const char *name, struct str value);
void view_setz(struct view *v, const char *name, const char *value);
void view_int(struct view *v, const char *name, int64_t value);
void view_show(struct view *v, const char *section);            /* show it once, with the page's values */
struct view *view_section(struct view *v, const char *section); /* show it once more, with values of its own */
/* {{>NAME}} becomes that template ("part/pager.tpl"), with values of its own. */
struct view *view_include(struct view *v, const char *name, const char *file);
/* Seen by every template of this page. */
void view_global(struct view *page, const char *name, struct str value);
void view_global_show(struct view *page, const char *section);

/* The fields of a record by its descriptor, names in capitals; a bool that is true shows the section of that
 * name. Text is used in place, the rest is written as in JSON. */
void view_rec(struct view *v, const struct rec_desc *d, const void *obj);

/* False: the template failed or the buffer is full; the buffer's content is then not a page. */
bool view_render(const struct views *vs, const char *file, struct view *page, struct buf *out);

#ifdef __cplusplus
}
#endif

#endif
