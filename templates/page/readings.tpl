{{%AUTOESCAPE context="HTML"}}
<div class="head">
<h1>Readings</h1>
{{#SOME}}<span class="muted">{{TOTAL}} in this range</span>{{/SOME}}
</div>
<form method="get" action="{{BASE}}/admin/readings" class="card stack" role="search" aria-label="Choose readings">
{{#FORM_ERROR}}<p class="notice bad" role="alert">{{MESSAGE}}</p>{{/FORM_ERROR}}
<div class="controls">
<div class="field">
<label for="property_id">Of</label>
<select id="property_id" name="property_id"><option value="">Choose a property</option>{{#PROPERTY}}<option value="{{ID}}"{{#SELECTED}} selected{{/SELECTED}}>{{NAME}}</option>{{/PROPERTY}}</select>
</div>
<div class="field">
<label for="meter">Only this meter</label>
<input id="meter" name="meter" maxlength="64" value="{{METER}}" placeholder="MPAN, serial" autocomplete="off" spellcheck="false"{{#METER_ERROR}} aria-invalid="true" aria-describedby="meter-error"{{/METER_ERROR}}>
{{#METER_ERROR}}<p class="error" id="meter-error" role="alert">{{MESSAGE}}</p>{{/METER_ERROR}}
</div>
<div class="field">
<label for="from">From</label>
<input id="from" name="from" type="date" value="{{FROM}}"{{#FROM_ERROR}} aria-invalid="true" aria-describedby="from-error"{{/FROM_ERROR}}>
{{#FROM_ERROR}}<p class="error" id="from-error" role="alert">{{MESSAGE}}</p>{{/FROM_ERROR}}
</div>
<div class="field">
<label for="to">To</label>
<input id="to" name="to" type="date" value="{{TO}}"{{#TO_ERROR}} aria-invalid="true" aria-describedby="to-error"{{/TO_ERROR}}>
{{#TO_ERROR}}<p class="error" id="to-error" role="alert">{{MESSAGE}}</p>{{/TO_ERROR}}
</div>
<button type="submit" class="secondary">Show</button>
</div>
</form>
{{#SOME}}
<p class="muted">Each with the clock of its meter; the days are those of {{ZONE}}. <a href="{{EXPORT_HREF}}">Export these</a></p>
{{#TABLE}}
<div class="card flush">
<div class="scroll" role="region" aria-label="Readings" tabindex="0">
<table>
<thead><tr><th scope="col">Day</th><th scope="col">Time</th><th scope="col">Meter</th><th scope="col">Channel</th><th scope="col">Of</th><th scope="col" class="num">Value</th><th scope="col">Unit</th><th scope="col">Quality</th></tr></thead>
<tbody>
{{#READING}}
<tr>
<td><time datetime="{{ISO}}">{{DATE}}</time></td>
<td>{{#CLOCK}}{{TIME}}{{/CLOCK}}</td>
<td><a href="{{HREF}}" class="id">{{METER}}</a></td>
<td>{{CHANNEL}}</td>
<td>{{#INTERVAL}}{{MINUTES}} min{{/INTERVAL}}{{#DAILY}}a day{{/DAILY}}{{#REGISTER}}register{{/REGISTER}}</td>
<td class="num">{{VALUE}}</td>
<td>{{UNIT}}</td>
<td>{{QUALITY}}</td>
</tr>
{{/READING}}
</tbody>
</table>
</div>
</div>
{{/TABLE}}
{{/SOME}}
{{#NONE}}
<div class="card"><div class="empty"><p><strong>No readings in this range.</strong></p><p class="muted">Choose other days, or look at the <a href="{{BASE}}/admin/meters">list of meters</a>: it says from when to when each has readings.</p></div></div>
{{/NONE}}
{{#NO_PROPERTY}}
<div class="card"><div class="empty"><p><strong>Nothing to show yet.</strong></p><p class="muted">Readings come with a file, or are entered on a property's page.</p><p><a class="button" href="{{BASE}}/admin/imports">Upload your first file</a></p></div></div>
{{/NO_PROPERTY}}
{{>PAGER}}
