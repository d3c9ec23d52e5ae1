/*
 * device: what somebody works at, in two words ("Firefox on Linux"), so that one knows one's drafts apart. From
 * what the browser says of itself: good for a label and for nothing else.
 */
#ifndef WL_WEB_DEVICE_H
#define WL_WEB_DEVICE_H

#include "web/request.h"

/* Empty where it says nothing that is known. */
struct str device_of(struct request *r);

#endif
