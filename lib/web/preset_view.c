/* preset_view: see preset_view.h. */
#include "web/preset_view.h"
#include "app/preset.h"

void preset_view(struct request *r, struct view *v, struct str chosen)
{
	struct preset *p;
	size_t n;

	if (preset_list(r->ctx, &p, &n) != OK || n == 0)
		return;
	struct view *list = view_section(v, "PRESETS");

	for (size_t i = 0; i < n; i++) {
		struct view *o = view_section(list, "PRESET");

		view_set(o, "NAME", p[i].name);
		if (str_eq_nocase(p[i].name, chosen))
			view_show(o, "SELECTED");
	}
}
