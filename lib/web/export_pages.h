/*
 * export_pages: the page of exports is made of two files of page/: exports.c (what was asked for once) and
 * export_schedules.c (what is asked for at set times).
 */
#ifndef WL_WEB_EXPORT_PAGES_H
#define WL_WEB_EXPORT_PAGES_H

#include "web/reply.h"
#include "web/view.h"

/* The whole page after a form of a schedule was refused: ctx->fault says why. */
struct reply *exports_page_refused(struct request *r);
/* Its part about schedules. refused: the form that was sent is one of a schedule's, and this is what is wrong.
 */
enum err export_schedules_part(struct request *r, struct view *v, const struct fault *refused);

/* Section PROPERTY, once for each that one may see: ID, NAME, and SELECTED of the chosen one. */
enum err export_property_options(struct request *r, struct view *v, struct str chosen);
/* "Everything", of the shape "long". */
const char *export_shape_title(const char *shape);

#endif
