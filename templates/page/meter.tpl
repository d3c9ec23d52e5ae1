{{%AUTOESCAPE context="HTML"}}
<p class="crumb"><a href="{{BASE}}/admin/meters">Meters</a></p>
<h1>Meter <span class="id">{{IDENTIFIER}}</span></h1>
<p class="muted">{{NAME}} {{PROPERTY_NAME}} · days are local days in {{TIME_ZONE}}{{#MADE_BY}} · made by <a href="{{HREF}}">an import</a>{{/MADE_BY}} · <a href="{{METER_HREF}}/details">details</a> · <a href="{{BASE}}/admin/exports?meter={{IDENTIFIER:u}}">export its readings</a> · <a href="{{BASE}}/admin/quality?meter={{ID:u}}">quality</a></p>
{{#NO_SERIES}}
<div class="card empty"><p><strong>No readings of this meter show.</strong></p><p><a class="button" href="{{BASE}}/admin/imports">Import a file</a></p></div>
{{/NO_SERIES}}
{{#REGISTERS}}
<section class="card flush" aria-labelledby="registers">
<h2 id="registers" class="pad">Registers</h2>
<div class="scroll" role="region" aria-label="Table of registers" tabindex="0">
<table>
<thead><tr><th scope="col">Register</th><th scope="col" class="num">Readings</th><th scope="col">Last reading</th><th scope="col" class="num">shows</th><th scope="col">Unit</th><th scope="col">Quality</th></tr></thead>
<tbody>
{{#REGISTER}}
<tr><td>{{CHANNEL}}</td><td class="num">{{READINGS}}</td><td><time datetime="{{ISO}}">{{WHEN}}</time></td><td class="num">{{VALUE}}</td><td>{{UNIT}}</td><td>{{QUALITY}}</td></tr>
{{/REGISTER}}
</tbody>
</table>
</div>
</section>
{{/REGISTERS}}
<nav class="tabs" aria-label="Series">
<ul>
{{#SERIES}}
<li><a href="{{HREF}}"{{#HERE}} aria-current="page"{{/HERE}}>{{CHANNEL}}, {{LENGTH}}, {{UNIT}}</a></li>
{{/SERIES}}
</ul>
</nav>
{{#SERIES_PAGE}}
<form method="get" action="{{METER_HREF}}" class="range">
<input type="hidden" name="series" value="{{SERIES_ID}}">
<label>From <input type="date" name="from" value="{{FROM}}" required></label>
<label>to <input type="date" name="to" value="{{TO}}" required></label>
{{>COMPARE}}
<button type="submit" class="secondary">Show</button>
<span class="muted small">at most {{MOST_DAYS}} days, from <a href="{{FIRST_HREF}}">{{FIRST_DAY}}</a> to <a href="{{LAST_HREF}}">{{LAST_DAY}}</a></span>
<span class="steps">
{{#EARLIER}}<a class="button secondary" href="{{HREF}}">‹ Earlier</a>{{/EARLIER}}
{{#LATER}}<a class="button secondary" href="{{HREF}}">Later ›</a>{{/LATER}}
</span>
</form>
<section class="card" aria-labelledby="range">
<h2 id="range">{{RANGE}}</h2>
{{#NOTHING}}<div class="empty"><p>There are no readings in this range.</p></div>{{/NOTHING}}
{{#SOMETHING}}
<dl class="tiles small">
<div><dt>Total</dt><dd>{{TOTAL}} <small>{{UNIT}}</small></dd></div>
<div><dt>Readings</dt><dd>{{PRESENT}} <small>of {{INTERVALS}}</small></dd></div>
<div><dt>Missing</dt><dd>{{MISSING}}</dd></div>
</dl>
{{>PROFILE}}
{{>COMPARED}}
{{#TOO_MANY}}<p class="muted">Choose {{DAYS}} days or fewer to see each reading.</p>{{/TOO_MANY}}
{{/SOMETHING}}
</section>
{{#HAS_HEATMAP}}
<section class="card" aria-labelledby="heat">
<h2 id="heat">Days by time of day</h2>
{{>HEATMAP}}
</section>
{{/HAS_HEATMAP}}
{{#HAS_MONTHS}}
<section class="card" aria-labelledby="by-month">
<h2 id="by-month">Month by month</h2>
{{>MONTHS}}
</section>
{{/HAS_MONTHS}}
<div class="pair">
{{#SOMETHING}}
{{#READINGS}}
<section class="card flush" aria-labelledby="readings">
<h2 id="readings" class="pad">Readings</h2>
<div class="scroll tall" role="region" aria-label="Table of readings" tabindex="0">
<table>
<thead><tr><th scope="col">Begins</th><th scope="col" class="num">{{UNIT}}</th><th scope="col">Quality</th></tr></thead>
<tbody>
{{#READING}}
<tr><td><time datetime="{{ISO}}">{{WHEN}}</time></td>{{#PRESENT}}<td class="num">{{VALUE}}</td>{{/PRESENT}}{{#MISSING}}<td class="num muted">–</td>{{/MISSING}}<td>{{QUALITY}}</td></tr>
{{/READING}}
</tbody>
</table>
</div>
</section>
{{/READINGS}}
{{/SOMETHING}}
<section class="card flush" aria-labelledby="days">
<h2 id="days" class="pad">Days</h2>
<div class="scroll tall" role="region" aria-label="Table of days" tabindex="0">
<table>
<thead><tr><th scope="col">Day</th><th scope="col" class="num">{{UNIT}}</th><th scope="col" class="num">Readings</th><th scope="col">From</th></tr></thead>
<tbody>
{{#DAY}}
<tr><td><a href="{{HREF}}">{{DATE}}</a></td><td class="num">{{TOTAL}}</td><td class="num{{#INCOMPLETE}} bad{{/INCOMPLETE}}">{{PRESENT}} of {{INTERVALS}}</td><td>{{#BATCH}}<a href="{{HREF}}" aria-label="What brought {{DATE}}">job</a>{{/BATCH}}</td></tr>
{{/DAY}}
</tbody>
</table>
</div>
</section>
</div>
{{/SERIES_PAGE}}
{{>EDITS}}
