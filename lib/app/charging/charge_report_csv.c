/* charge_report_csv: the table of charge_report.h for a spreadsheet. */
#include "app/charging/charge_report.h"
#include "app/people_csv.h"

void charge_report_csv(struct ctx *c, const struct charge_period *p, size_t n, struct buf *out)
{
	static const char *const head[] = {"Period",        "Car",      "Sessions",   "kWh",
	                                   "Cost GBP",      "Unpriced", "Miles",      "Miles a kWh",
	                                   "Home sessions", "Home kWh", "Petrol GBP", "Saved GBP"};
	struct people_csv w;
	people_csv_begin(c, &w, out);
	for (size_t i = 0; i < sizeof(head) / sizeof(head[0]); i++)
		people_csv_text(&w, str_of(head[i]));
	people_csv_end_row(&w);
	for (; n > 0; n--, p++) {
		people_csv_text(&w, charge_period_name(c, p));
		people_csv_text(&w, p->car);
		people_csv_int(&w, p->sessions);
		people_csv_dec(&w, p->kwh);
		people_csv_dec(&w, p->cost);
		people_csv_int(&w, p->sessions - p->priced);
		people_csv_int(&w, p->miles);
		people_csv_dec(&w, p->efficiency_mpkwh);
		people_csv_int(&w, p->home_sessions);
		people_csv_dec(&w, p->home_kwh);
		people_csv_dec(&w, p->petrol_cost_gbp);
		people_csv_dec(&w, p->saving_gbp);
		people_csv_end_row(&w);
	}
}
