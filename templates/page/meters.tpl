{{%AUTOESCAPE context="HTML"}}
<div class="head">
<h1>Meters</h1>
{{#SOME}}<span class="muted">{{TOTAL}} in all</span>{{/SOME}}
</div>
<form method="get" action="{{BASE}}/admin/meters" role="search" class="search">
<label for="q" class="sr">Search by identifier or name</label>
<input id="q" name="q" type="search" value="{{SEARCH}}" placeholder="MPAN, serial, name">
<button type="submit" class="secondary">Search</button>
</form>
<div class="card flush">
{{#TABLE}}
<div class="scroll" role="region" aria-label="Meters" tabindex="0">
<table>
<thead><tr><th scope="col">Meter</th><th scope="col">Name</th><th scope="col">Property</th><th scope="col">Readings from</th><th scope="col">to</th><th scope="col" class="num">Days</th></tr></thead>
<tbody>
{{#METER}}
<tr>
<td><a href="{{HREF}}" class="id">{{IDENTIFIER}}</a></td>
<td>{{NAME}}</td>
<td>{{PROPERTY_NAME}}</td>
{{#HAS_DAYS}}<td>{{FIRST_DAY}}</td><td>{{LAST_DAY}}</td>{{/HAS_DAYS}}{{#NO_DAYS}}<td>–</td><td>–</td>{{/NO_DAYS}}
<td class="num">{{DAYS_SHOWN}}</td>
</tr>
{{/METER}}
</tbody>
</table>
</div>
{{/TABLE}}
{{#NONE_YET}}
<div class="empty">
<p><strong>No meters yet.</strong></p>
<p class="muted">They are made by themselves when a file names them.</p>
<p><a class="button" href="{{BASE}}/admin/imports">Upload your first file</a></p>
</div>
{{/NONE_YET}}
{{#NONE_FOUND}}
<div class="empty"><p>No meter has “{{SEARCH}}” in its identifier or name.</p><p><a href="{{BASE}}/admin/meters">Show all meters</a></p></div>
{{/NONE_FOUND}}
</div>
{{>PAGER}}
