/*
 * heatmap: the days of one series by their intervals, as a picture: a row a day, a column an interval, the more
 * the darker. Missing readings stay empty. Colours are classes (h0 to h8) of the style sheet, light and dark.
 */
#ifndef WL_WEB_HEATMAP_H
#define WL_WEB_HEATMAP_H

#include "app/series.h"
#include "web/request.h"
#include "web/view.h"

#define HEATMAP_DAYS 35

/* Includes HEATMAP into the view: the days [last - HEATMAP_DAYS + 1, last]. Nothing for daily series, for those
 * of more than 100 intervals a day, and where no day is stored. */
enum err heatmap_view(struct request *r, struct view *v, const struct series *s, int32_t last);

#endif
