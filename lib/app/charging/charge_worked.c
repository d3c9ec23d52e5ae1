/*
 * charge_worked: what follows from a charging session, the one before it, its car and its user's settings:
 * miles, efficiency, home, and what petrol would have cost.
 */
#include "app/charging/charge_row.h"
#include "app/setting.h"
#include "base/decimal.h"

#define LITRES_A_GALLON INT64_C(4546090) /* imperial, exactly 4.54609 l: in millionths */
#define PLACES_SHOWN    2
#define PENCE           100

static bool word_char(char ch)
{
	unsigned char u = (unsigned char)ch;
	return (u >= '0' && u <= '9') || (u >= 'a' && u <= 'z') || u >= 0x80;
}

/* Whether a text in lower case holds a word, or words, as a whole: "home" of "my home", not of "homebase". */
static bool holds_word(struct str text, struct str word)
{
	for (size_t from = 0; word.n && from + word.n <= text.n; from++) {
		ptrdiff_t at = str_search(str_sub(text, from, text.n), word);
		if (at < 0)
			return false;
		from += (size_t)at;
		if ((from == 0 || !word_char(text.p[from - 1])) &&
		    (from + word.n == text.n || !word_char(text.p[from + word.n])))
			return true;
	}
	return false;
}

bool charge_is_home(struct ctx *c, int64_t user_id, struct str place)
{
	struct str rest = arena_lower(c->arena, setting_text_of(c, user_id, SETTING_home_aliases_csv));
	place = arena_lower(c->arena, place);
	while (rest.p)
		if (holds_word(place, str_trim(str_cut(&rest, ','))))
			return true;
	return false;
}

/* Miles a kWh: from the odometer, else what the car's page or the settings say, where that is allowed. */
static void work_out_efficiency(struct ctx *c, struct charge *s)
{
	int64_t kwh = s->charge_delivered_kwh;
	s->efficiency_mpkwh = REC_NONE;
	s->efficiency_from = (struct str){NULL, 0};
	if (s->miles != REC_NONE && kwh > 0 &&
	    dec_divide(s->miles * DEC_ONE, kwh, PLACES_SHOWN, &s->efficiency_mpkwh)) {
		s->efficiency_from = STR("odometer");
	} else if (setting_int_of(c, s->user_id, SETTING_allow_efficiency_fallback)) {
		s->efficiency_mpkwh = s->car_efficiency != REC_NONE
		                              ? s->car_efficiency
		                              : setting_int_of(c, s->user_id, SETTING_default_efficiency_mpkwh);
		s->efficiency_mpkwh = dec_round(s->efficiency_mpkwh, PLACES_SHOWN);
		s->efficiency_from = STR("default");
	}
}

/* The miles of this session, driven on petrol; those of a session without an odometer are its energy times the
 * efficiency that stands in. */
static void work_out_petrol(struct ctx *c, struct charge *s)
{
	int64_t mpg = s->car_petrol_mpg != REC_NONE ? s->car_petrol_mpg
	                                            : setting_int_of(c, s->user_id, SETTING_petrol_mpg);
	int64_t price = setting_int_of(c, s->user_id, SETTING_petrol_price_p_per_litre);
	int64_t miles = REC_NONE, litres, pounds;
	s->petrol_cost_gbp = s->saving_gbp = REC_NONE;
	if (str_eqz(s->efficiency_from, "odometer"))
		miles = s->miles * DEC_ONE;
	else if (s->efficiency_mpkwh == REC_NONE || s->charge_delivered_kwh == REC_NONE ||
	         !dec_scale(s->efficiency_mpkwh, s->charge_delivered_kwh, DEC_ONE, &miles, NULL))
		return;
	if (mpg <= 0 || !dec_scale(miles, LITRES_A_GALLON, mpg, &litres, NULL) ||
	    !dec_scale(litres, price, (int64_t)DEC_ONE * PENCE, &pounds, NULL) ||
	    pounds > CHARGE_COST_MAX * (int64_t)DEC_ONE)
		return;
	s->petrol_cost_gbp = dec_round(pounds, PLACES_SHOWN);
	if (s->total_cost_gbp != REC_NONE)
		s->saving_gbp = s->petrol_cost_gbp - dec_round(s->total_cost_gbp, PLACES_SHOWN);
}

void charge_work_out(struct ctx *c, struct charge *s)
{
	s->is_home = charge_is_home(c, s->user_id, s->location_label);
	s->is_baseline = s->first;
	s->miles = s->odometer != REC_NONE && s->odometer_before != REC_NONE && s->odometer > s->odometer_before
	                   ? s->odometer - s->odometer_before
	                   : REC_NONE;
	work_out_efficiency(c, s);
	work_out_petrol(c, s);
}
