{{%AUTOESCAPE context="HTML"}}
<p class="crumb"><a href="{{BASE}}/admin/sessions">Charging sessions</a></p>
<div class="head">
<h1>What charging came to: {{TITLE}}</h1>
<p class="links">{{#EARLIER}}<a href="{{HREF}}" rel="prev">The year before</a>{{/EARLIER}} {{#LATER}}<a href="{{HREF}}" rel="next">The year after</a>{{/LATER}} <a href="{{ALL_HREF}}">All years</a>{{#CSV}} <a href="{{HREF}}">As a CSV</a>{{/CSV}}</p>
</div>
<form method="get" action="{{BASE}}/admin/sessions/report" class="search">
<label for="year">Year</label><input id="year" name="year" class="year" inputmode="numeric" pattern="[0-9]{4}|all" value="{{YEAR}}">
<label for="car_id">Car</label><select id="car_id" name="car_id" class="short"><option value="">All cars</option>{{#CAR_OPTION}}<option value="{{ID}}"{{#SELECTED}} selected{{/SELECTED}}>{{NAME}}</option>{{/CAR_OPTION}}</select>
<button type="submit" class="secondary">Show</button>
</form>
{{#NONE}}<div class="card"><div class="empty"><p><strong>No closed sessions in this time.</strong></p><p><a href="{{ALL_HREF}}">Look at all years</a></p></div></div>{{/NONE}}
{{#CHARTS}}
<section class="card charts">
{{>KWH_BARS}}
{{>COST_BARS}}
{{>EFFICIENCY_BARS}}
</section>
{{/CHARTS}}
{{#TABLE}}
<div class="card flush">
<div class="scroll" role="region" aria-label="Table of periods" tabindex="0">
<table>
<thead><tr><th scope="col">Period</th><th scope="col">Car</th><th scope="col" class="num">Sessions</th><th scope="col" class="num">kWh</th><th scope="col" class="num">Cost, £</th><th scope="col" class="num">Miles</th><th scope="col" class="num">mi/kWh</th><th scope="col" class="num">At home, kWh</th><th scope="col" class="num">Saved against petrol, £</th></tr></thead>
<tbody>
{{#ROW}}
<tr><th scope="row"><a href="{{HREF}}">{{PERIOD}}</a></th><td>{{CAR}}</td><td class="num">{{SESSIONS}}</td><td class="num">{{KWH}}</td><td class="num">{{COST}}{{#UNPRICED}} <span class="tag">{{NUMBER}} without</span>{{/UNPRICED}}</td><td class="num">{{#MILES}}{{VALUE}}{{/MILES}}</td><td class="num">{{#EFFICIENCY}}{{VALUE}}{{/EFFICIENCY}}</td><td class="num">{{HOME}}</td><td class="num">{{SAVING}}</td></tr>
{{/ROW}}
</tbody>
{{#SUM}}
<tfoot><tr class="sum"><th scope="row" colspan="2">In all</th><td class="num">{{SESSIONS}}</td><td class="num">{{KWH}}</td><td class="num">{{COST}}{{#UNPRICED}} <span class="tag">{{NUMBER}} without</span>{{/UNPRICED}}</td><td class="num">{{#MILES}}{{VALUE}}{{/MILES}}</td><td class="num">{{#EFFICIENCY}}{{VALUE}}{{/EFFICIENCY}}</td><td class="num">{{HOME}}</td><td class="num">{{SAVING}}</td></tr></tfoot>
{{/SUM}}
</table>
</div>
</div>
{{/TABLE}}
