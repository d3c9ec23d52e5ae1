{{%AUTOESCAPE context="HTML"}}
<div class="head">
<h1>Quality of the readings</h1>
</div>
<form method="get" action="{{BASE}}/admin/quality" class="range">
<input type="hidden" name="kind" value="{{KIND}}">
{{#ONE_METER}}<input type="hidden" name="meter" value="{{METER_ID}}">{{/ONE_METER}}
<label>From <input type="date" name="from" value="{{FROM}}"></label>
<label>to <input type="date" name="to" value="{{TO}}"></label>
{{#PROPERTIES}}
<label>Property <select name="property"><option value="">all</option>{{#PROPERTY}}<option value="{{ID}}"{{#CHOSEN}} selected{{/CHOSEN}}>{{NAME}}</option>{{/PROPERTY}}</select></label>
{{/PROPERTIES}}
<button type="submit" class="secondary">Show</button>
</form>
{{#ONE_METER}}<p class="muted">Only meter <span class="id">{{IDENTIFIER}}</span>. <a href="{{BASE}}/admin/quality">Show all meters</a></p>{{/ONE_METER}}
<nav class="tabs" aria-label="By kind">
<ul>
{{#TAB}}
<li><a href="{{HREF}}"{{#HERE}} aria-current="page"{{/HERE}}>{{LABEL}} <span class="muted">{{COUNT}}</span></a></li>
{{/TAB}}
</ul>
</nav>
<div class="card flush">
{{#TABLE}}
<div class="scroll" role="region" aria-label="Findings" tabindex="0">
<table>
<thead><tr><th scope="col">Days</th><th scope="col">Finding</th><th scope="col">Meter</th><th scope="col">Readings</th><th scope="col" class="num">How many</th><th scope="col" class="num">Worst</th><th scope="col">Property</th></tr></thead>
<tbody>
{{#FINDING}}
<tr>
<td><a href="{{DAYS_HREF}}" aria-label="Show meter {{IDENTIFIER}} from {{FIRST_DAY}} to {{LAST_DAY}}">{{FIRST_DAY}}{{#SOME_DAYS}} – {{LAST_DAY}}{{/SOME_DAYS}}</a></td>
<td>{{WHAT}}</td>
<td><a href="{{METER_HREF}}" class="id">{{IDENTIFIER}}</a></td>
<td>{{CHANNEL}}, {{LENGTH}}</td>
<td class="num">{{COUNT_SHOWN}} {{COUNTED}}</td>
<td class="num">{{#HAS_WORST}}{{WORST}} {{UNIT}}{{/HAS_WORST}}</td>
<td>{{PROPERTY_NAME}}</td>
</tr>
{{/FINDING}}
</tbody>
</table>
</div>
{{/TABLE}}
{{#NONE}}
<div class="empty"><p><strong>Nothing stands out from {{FROM}} to {{TO}}.</strong></p><p class="muted">No gaps, no estimates, no long zeros, no negative or very high values, no stale meters.</p></div>
{{/NONE}}
{{#NONE_OF_KIND}}
<div class="empty"><p>There is nothing of this kind from {{FROM}} to {{TO}}.</p><p><a href="{{ALL_HREF}}">Show all findings</a></p></div>
{{/NONE_OF_KIND}}
{{#NO_READINGS}}
<div class="empty"><p><strong>There are no readings yet.</strong></p><p><a class="button" href="{{BASE}}/admin/imports">Import a file</a></p></div>
{{/NO_READINGS}}
</div>
{{>PAGER}}
<details class="card">
<summary>What is looked for</summary>
<dl class="facts">
<div><dt>Missing</dt><dd>between the first and the last reading of a series; what was excluded is missing too</dd></div>
<div><dt>Estimated, substituted, unknown flag</dt><dd>as the file said</dd></div>
<div><dt>Zeros</dt><dd>a day or more of nothing else, on a meter that shows more at other times</dd></div>
<div><dt>Very high</dt><dd>more than 6 times what 95 of 100 readings above zero stay below</dd></div>
<div><dt>Total differs</dt><dd>a day’s stored total is not the sum of the day’s readings: worst is the total less the sum</dd></div>
<div><dt>Nothing new</dt><dd>the meter has sent nothing for longer than the setting stale_days</dd></div>
</dl>
</details>
