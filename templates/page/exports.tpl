{{%AUTOESCAPE context="HTML"}}
<h1>Exports</h1>
{{#WORKER_LATE}}
<div class="notice warn" role="status">
<p><strong>Exports are waiting, and no worker comes.</strong> {{#SEEN}}The worker was last seen {{AGO}} ago.{{/SEEN}}{{#NEVER_SEEN}}No worker has been seen yet.{{/NEVER_SEEN}} Put this line into the crontab of the account that owns the storage folder:</p>
<pre tabindex="0"><code>{{CRON_LINE}}</code></pre>
</div>
{{/WORKER_LATE}}
<form method="post" action="{{BASE}}/admin/exports" class="card stack" id="new-export" aria-labelledby="new-export-title">
<h2 id="new-export-title">Export readings</h2>
<input type="hidden" name="csrf" value="{{CSRF}}">
{{#FORM_ERROR}}<p class="notice bad" role="alert">{{MESSAGE}}</p>{{/FORM_ERROR}}
<div class="pair">
<div class="field">
<label for="property_id">Of</label>
<select id="property_id" name="property_id"><option value="">All properties</option>{{#PROPERTY}}<option value="{{ID}}"{{#SELECTED}} selected{{/SELECTED}}>{{NAME}}</option>{{/PROPERTY}}</select>
</div>
<div class="field">
<label for="meter">Only this meter</label>
<input id="meter" name="meter" maxlength="64" value="{{METER}}" autocomplete="off" spellcheck="false" aria-describedby="meter-help{{#METER_ERROR}} meter-error{{/METER_ERROR}}"{{#METER_ERROR}} aria-invalid="true"{{/METER_ERROR}}>
<p class="help" id="meter-help">Its own number, such as its MPAN. Blank: all of them.</p>
{{#METER_ERROR}}<p class="error" id="meter-error" role="alert">{{MESSAGE}}</p>{{/METER_ERROR}}
</div>
</div>
<div class="pair">
<div class="field">
<label for="from">From</label>
<input id="from" name="from" type="date" value="{{FROM}}"{{#FROM_ERROR}} aria-invalid="true" aria-describedby="from-error"{{/FROM_ERROR}}>
{{#FROM_ERROR}}<p class="error" id="from-error" role="alert">{{MESSAGE}}</p>{{/FROM_ERROR}}
</div>
<div class="field">
<label for="to">To</label>
<input id="to" name="to" type="date" value="{{TO}}" aria-describedby="to-help{{#TO_ERROR}} to-error{{/TO_ERROR}}"{{#TO_ERROR}} aria-invalid="true"{{/TO_ERROR}}>
<p class="help" id="to-help">That day is included. Blank: without an end.</p>
{{#TO_ERROR}}<p class="error" id="to-error" role="alert">{{MESSAGE}}</p>{{/TO_ERROR}}
</div>
</div>
<fieldset>
<legend>As</legend>
{{#SHAPE}}
<label class="check"><input type="radio" name="shape" value="{{NAME}}"{{#CHECKED}} checked{{/CHECKED}}> <span>{{TITLE}}<span class="help">{{ABOUT}}</span></span></label>
{{/SHAPE}}
</fieldset>
<div class="field">
<label for="format">In a file of this kind</label>
<select id="format" name="format" class="short"><option value="csv">CSV</option><option value="xlsx"{{#IS_XLSX}} selected{{/IS_XLSX}}>Excel workbook (XLSX)</option></select>
</div>
<p><button type="submit">Export</button></p>
</form>
<div id="job"{{#ACTIVE}} data-active="1"{{/ACTIVE}}>
<div data-live="exports">
<div class="head">
<h2>Made so far</h2>
{{#SOME}}<span class="muted">{{TOTAL}}; each is kept for {{DAYS}} days</span>{{/SOME}}
</div>
{{#ACTIVE}}<noscript><p><a href="{{BASE}}/admin/exports">Look again</a></p></noscript>{{/ACTIVE}}
<div class="card flush">
{{#SOME}}
<div class="scroll" role="region" aria-label="Exports" tabindex="0">
<table>
<thead><tr><th scope="col">File</th><th scope="col">Status</th><th scope="col" class="num">Rows</th><th scope="col" class="num">Size</th><th scope="col">Asked for</th><th scope="col">By</th><th scope="col"><span class="sr">Actions</span></th></tr></thead>
<tbody>
{{#EXPORT}}
<tr>
<td>{{#READY}}<a href="{{HREF}}/file" download>{{FILENAME}}</a>{{/READY}}{{#NOT_READY}}{{FILENAME}}{{/NOT_READY}}{{#WHY}}<br><span class="small bad">{{TEXT}}</span>{{/WHY}}{{#SKIPPED}}<br><span class="small muted">{{NUMBER}} series do not fit this shape</span>{{/SKIPPED}}</td>
<td><span class="badge {{STATUS}}">{{STATUS_LABEL}}</span>{{#UNDER_WAY}} <span class="muted">{{PERCENT}} %</span>{{/UNDER_WAY}}</td>
<td class="num">{{#READY}}{{ROWS}}{{/READY}}</td>
<td class="num">{{#READY}}{{SIZE}}{{/READY}}</td>
<td>{{#CREATED_AT}}<time datetime="{{ISO}}">{{WHEN}}</time>{{/CREATED_AT}}</td>
<td>{{USER}}</td>
<td><form method="post" action="{{HREF}}/remove"><input type="hidden" name="csrf" value="{{CSRF}}">{{#UNDER_WAY}}<button type="submit" class="secondary danger small" aria-label="Cancel the export {{FILENAME}}">Cancel</button>{{/UNDER_WAY}}{{#ENDED}}<button type="submit" class="secondary danger small" aria-label="Remove the export {{FILENAME}}">Remove</button>{{/ENDED}}</form></td>
</tr>
{{/EXPORT}}
</tbody>
</table>
</div>
{{/SOME}}
{{#NONE}}<div class="empty"><p><strong>No exports yet.</strong></p><p class="muted">An export is made in the background: the page may be closed meanwhile.</p></div>{{/NONE}}
</div>
</div>
</div>
{{>PAGER}}
