/*
 * axis: the vertical axis that charts share: about four steps of 1, 2 or 5 times a power of ten, zero among
 * them, and the place of a value in the picture. In pixels of a picture AXIS_WIDTH by AXIS_HEIGHT; values in
 * millionths.
 */
#ifndef WL_WEB_AXIS_H
#define WL_WEB_AXIS_H

#include "web/request.h"
#include "web/view.h"

#define AXIS_WIDTH  960.0
#define AXIS_HEIGHT 320.0
#define AXIS_LEFT   64.0
#define AXIS_RIGHT  28.0
#define AXIS_TOP    14.0
#define AXIS_BOTTOM 34.0

struct axis {
	double low, high, step;
};

struct axis axis_of(double low, double high); /* from the lowest to the highest value; zero is always on it */
double axis_y(const struct axis *a, double value);
/* The picture's own measures, and section Y_TICK for each step: Y, TEXT_Y, LABEL, and ZERO at zero. */
void axis_view(struct request *r, struct view *v, const struct axis *a);
/* Section NAME, a rectangle between zero and a value: X, Y, BAR_WIDTH, BAR_HEIGHT. */
void axis_bar(struct request *r, struct view *v, const char *name, const struct axis *a, double x, double width,
              int64_t value);
/* "12.3" as a coordinate. */
void axis_set(struct request *r, struct view *v, const char *name, double value);

#endif
