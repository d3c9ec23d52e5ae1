/* export_period: see export_period.h. */
#include "app/export_period.h"

#include <stdio.h>

#include "base/civil.h"

const struct export_period export_periods[] = {
        {"days", "The last days"},
        {"last_week", "Last week, Monday to Sunday"},
        {"last_month", "Last month"},
        {"month_to_date", "This month, to date"},
        {"year_to_date", "This year, to date"},
};
const size_t export_periods_count = sizeof(export_periods) / sizeof(export_periods[0]);

static int32_t first_of_month(int32_t day)
{
	struct civil c = civil_from_day(day);
	return civil_to_day((struct civil){c.year, c.month, 1});
}

bool export_period_range(struct str period, int64_t n, int32_t today, int32_t *first, int32_t *last)
{
	int32_t monday = today - (civil_weekday(today) + 6) % 7, month = first_of_month(today);
	*last = today;
	if (str_eqz(period, "days")) {
		*first = today - (int32_t)n;
		*last = today - 1;
	} else if (str_eqz(period, "last_week")) {
		*first = monday - 7;
		*last = monday - 1;
	} else if (str_eqz(period, "last_month")) {
		*first = first_of_month(month - 1);
		*last = month - 1;
	} else if (str_eqz(period, "month_to_date")) {
		*first = month;
	} else if (str_eqz(period, "year_to_date")) {
		*first = civil_to_day((struct civil){civil_from_day(today).year, 1, 1});
	} else {
		return false;
	}
	return true;
}

void export_period_text(struct str period, int64_t n, char out[EXPORT_PERIOD_TEXT])
{
	out[0] = '\0';
	if (str_eqz(period, "days"))
		snprintf(out, EXPORT_PERIOD_TEXT, n == 1 ? "The day before" : "The last %lld days",
		         (long long)n);
	else
		for (size_t i = 0; i < export_periods_count; i++)
			if (str_eqz(period, export_periods[i].name))
				snprintf(out, EXPORT_PERIOD_TEXT, "%s", export_periods[i].title);
}
