/*
 * preset_view: the presets to choose from, in a form that asks how a file is read.
 */
#ifndef WL_WEB_PRESET_VIEW_H
#define WL_WEB_PRESET_VIEW_H

#include "web/request.h"
#include "web/view.h"

/* Section PRESETS with a PRESET for each; nothing where there is none. */
void preset_view(struct request *r, struct view *v, struct str chosen);

#endif
