{{%AUTOESCAPE context="HTML"}}
<p class="crumb"><a href="{{BASE}}/admin/sessions">Charging sessions</a></p>
<h1>A charger and its sessions</h1>
<form method="get" action="{{BASE}}/admin/sessions/charger" class="search">
<label for="meter_id">Meter</label><select id="meter_id" name="meter_id" class="short">{{#METER_OPTION}}<option value="{{ID}}"{{#SELECTED}} selected{{/SELECTED}}>{{NAME}}</option>{{/METER_OPTION}}</select>
<label for="year">Year</label><input id="year" name="year" class="year" inputmode="numeric" pattern="[0-9]{4}" value="{{YEAR}}">
<button type="submit" class="secondary">Show</button>
</form>
{{#NO_METER}}<div class="card"><div class="empty"><p><strong>There is no sub-meter.</strong></p><p class="muted">Add the meter of the charger as a sub-meter of its property; then a session can name it.</p></div></div>{{/NO_METER}}
{{#HAS_METER}}
{{#NO_READINGS}}<p class="notice warn" role="status">The meter has no half hours of energy: only the sessions are known.</p>{{/NO_READINGS}}
<section class="card flush" aria-labelledby="months">
<h2 id="months" class="pad"><a href="{{METER_HREF}}">{{NAME}}</a>, month by month</h2>
<div class="scroll" role="region" aria-label="Table of months" tabindex="0">
<table>
<thead><tr><th scope="col">Month</th><th scope="col" class="num">Sessions</th><th scope="col" class="num">kWh of sessions</th><th scope="col" class="num">kWh of the meter</th><th scope="col" class="num">Meter less sessions</th></tr></thead>
<tbody>
{{#MONTH}}<tr><th scope="row">{{LABEL}}</th><td class="num">{{SESSIONS}}</td><td class="num">{{SESSIONS_KWH}}</td><td class="num">{{METER_KWH}}</td><td class="num{{#SHORT}} bad{{/SHORT}}">{{DIFFERENCE}}</td></tr>
{{/MONTH}}
</tbody>
</table>
</div>
</section>
<section class="card" aria-labelledby="missing">
<h2 id="missing">Sessions that no half hours carry</h2>
{{#NONE_MISSING}}<p>None: the meter shows at least half of the energy of each session.</p>{{/NONE_MISSING}}
{{#SOME_MISSING}}
<div class="scroll" role="region" aria-label="Table of sessions" tabindex="0">
<table>
<thead><tr><th scope="col">Day</th><th scope="col">Car</th><th scope="col" class="num">kWh</th><th scope="col" class="num">found at the meter</th></tr></thead>
<tbody>
{{#SESSION}}<tr><td><a href="{{HREF}}">{{DATE}}</a></td><td>{{CAR}}</td><td class="num">{{KWH}}</td><td class="num">{{#FOUND}}{{VALUE}}{{/FOUND}}{{#UNKNOWN}}no readings{{/UNKNOWN}}</td></tr>
{{/SESSION}}
</tbody>
</table>
</div>
{{/SOME_MISSING}}
</section>
<section class="card" aria-labelledby="unexplained">
<h2 id="unexplained">Half hours that no session explains</h2>
{{#NONE_UNEXPLAINED}}<p>None: whatever the meter shows belongs to a session.</p>{{/NONE_UNEXPLAINED}}
{{#SOME_UNEXPLAINED}}
<div class="scroll" role="region" aria-label="Table of half hours" tabindex="0">
<table>
<thead><tr><th scope="col">From</th><th scope="col">To</th><th scope="col" class="num">kWh</th></tr></thead>
<tbody>
{{#RUN}}<tr><td>{{#START}}<time datetime="{{ISO}}">{{WHEN}}</time>{{/START}}</td><td>{{#END}}<time datetime="{{ISO}}">{{WHEN}}</time>{{/END}}</td><td class="num">{{KWH}}</td></tr>
{{/RUN}}
</tbody>
</table>
</div>
{{/SOME_UNEXPLAINED}}
{{#CUT}}<p class="muted">Only the first {{ROWS}} of each are listed.</p>{{/CUT}}
</section>
{{/HAS_METER}}
