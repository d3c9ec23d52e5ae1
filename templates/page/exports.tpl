{{%AUTOESCAPE context="HTML"}}
<h1>Exports</h1>
{{#WORKER_LATE}}
<div class="notice warn" role="status">
<p><strong>Exports are waiting, and no worker comes.</strong> {{#SEEN}}The worker was last seen {{AGO}} ago.{{/SEEN}}{{#NEVER_SEEN}}No worker has been seen yet.{{/NEVER_SEEN}} Put this line into the crontab of the account that owns the storage folder:</p>
<pre tabindex="0"><code>{{CRON_LINE}}</code></pre>
</div>
{{/WORKER_LATE}}
{{#ASK}}
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
{{/ASK}}
<div id="job"{{#ACTIVE}} data-active="1"{{/ACTIVE}}>
<div data-live="exports">
<div class="head">
<h2>Made so far</h2>
{{#SOME}}<span class="muted">{{TOTAL}}; each is kept for {{DAYS}} days, a scheduled one as its schedule says</span>{{/SOME}}
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
<td>{{#READY}}<a href="{{HREF}}/file" download>{{FILENAME}}</a>{{/READY}}{{#NOT_READY}}{{FILENAME}}{{/NOT_READY}}{{#SCHEDULED}} <span class="tag">scheduled</span>{{/SCHEDULED}}{{#WHY}}<br><span class="small bad">{{TEXT}}</span>{{/WHY}}{{#SKIPPED}}<br><span class="small muted">{{NUMBER}} series do not fit this shape</span>{{/SKIPPED}}</td>
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

{{#SCHEDULES}}
<section class="stack" id="scheduled" aria-labelledby="scheduled-title">
<h2 id="scheduled-title">Scheduled exports</h2>
<p class="muted">Made automatically at set times, each over a period that moves along, with what its owner may see at that moment.</p>
{{#FORM_ERROR}}<p class="notice bad" role="alert">{{MESSAGE}}</p>{{/FORM_ERROR}}
{{#SCHEDULE}}
<section class="card stack" aria-labelledby="schedule-{{ID}}">
<h3 class="breakable" id="schedule-{{ID}}">{{TITLE}}{{#IS_OFF}} <span class="tag">paused</span>{{/IS_OFF}}</h3>
<dl class="facts">
<div><dt>Period</dt><dd>{{PERIOD}}</dd></div>
<div><dt>As</dt><dd>{{SHAPE_NAME}}, {{FORMAT_TITLE}}; the newest {{KEEP}} are kept</dd></div>
<div><dt>When</dt><dd><code>{{CRON}}</code>, {{ZONE}}</dd></div>
{{#NEXT_RUN_AT}}<div><dt>Next</dt><dd><time datetime="{{ISO}}">{{WHEN}}</time></dd></div>{{/NEXT_RUN_AT}}
{{#LAST_RUN_AT}}<div><dt>Last</dt><dd><time datetime="{{ISO}}">{{WHEN}}</time></dd></div>{{/LAST_RUN_AT}}
{{#OUTCOME}}<div><dt>Outcome</dt><dd>{{TEXT}}</dd></div>{{/OUTCOME}}
{{#LAST_JOB}}<div><dt>Its last file</dt><dd><span class="badge {{STATUS}}">{{STATUS_LABEL}}</span>{{#FILE}} <a href="{{HREF}}" download>Download</a>{{/FILE}}{{#WHY}} {{TEXT}}{{/WHY}}</dd></div>{{/LAST_JOB}}
<div><dt>By</dt><dd>{{OWNER}}</dd></div>
</dl>
<form method="post" action="{{BASE}}/admin/exports/schedules" class="field inline">
<input type="hidden" name="csrf" value="{{CSRF}}"><input type="hidden" name="id" value="{{ID}}">
<button type="submit" name="do" value="run" class="secondary" aria-describedby="schedule-{{ID}}">Export now</button>
{{#IS_ON}}<button type="submit" name="do" value="pause" class="secondary" aria-describedby="schedule-{{ID}}">Pause</button>{{/IS_ON}}
{{#IS_OFF}}<button type="submit" name="do" value="resume" class="secondary" aria-describedby="schedule-{{ID}}">Resume</button>{{/IS_OFF}}
<button type="submit" name="do" value="remove" class="secondary danger" aria-describedby="schedule-{{ID}}">Remove</button>
</form>
</section>
{{/SCHEDULE}}
{{#MORE}}<p class="muted">And {{NUMBER}} more: <a href="{{BASE}}/docs">the API</a> lists them.</p>{{/MORE}}
{{#NO_SCHEDULE}}<p class="card muted">No scheduled exports yet.</p>{{/NO_SCHEDULE}}
<details class="card"{{#OPEN}} open{{/OPEN}}>
<summary>Add a scheduled export</summary>
{{>DRAFTS}}
<form method="post" action="{{BASE}}/admin/exports/schedules" class="stack" id="new-schedule" data-draft="export_schedule">
<input type="hidden" name="csrf" value="{{CSRF}}">
<div class="pair">
<div class="field">
<label for="schedule-property">Of</label>
<select id="schedule-property" name="property_id"><option value="">All properties</option>{{#PROPERTY}}<option value="{{ID}}"{{#SELECTED}} selected{{/SELECTED}}>{{NAME}}</option>{{/PROPERTY}}</select>
</div>
<div class="field">
<label for="schedule-meter">Only this meter</label>
<input id="schedule-meter" name="meter" maxlength="64" value="{{NEW_METER}}" autocomplete="off" spellcheck="false" aria-describedby="schedule-meter-help{{#METER_ERROR}} schedule-meter-error{{/METER_ERROR}}"{{#METER_ERROR}} aria-invalid="true"{{/METER_ERROR}}>
<p class="help" id="schedule-meter-help">Its own number, such as its MPAN. Blank: all of them.</p>
{{#METER_ERROR}}<p class="error" id="schedule-meter-error" role="alert">{{MESSAGE}}</p>{{/METER_ERROR}}
</div>
</div>
<div class="pair">
<div class="field">
<label for="schedule-period">Period</label>
<select id="schedule-period" name="period" aria-describedby="schedule-period-help{{#PERIOD_ERROR}} schedule-period-error{{/PERIOD_ERROR}}"{{#PERIOD_ERROR}} aria-invalid="true"{{/PERIOD_ERROR}}>{{#PERIOD_OPTION}}<option value="{{VALUE}}"{{#SELECTED}} selected{{/SELECTED}}>{{TITLE}}</option>{{/PERIOD_OPTION}}</select>
<p class="help" id="schedule-period-help">Counted back from the day on which it is due. That day itself is left out, but for "to date", which includes it.</p>
{{#PERIOD_ERROR}}<p class="error" id="schedule-period-error" role="alert">{{MESSAGE}}</p>{{/PERIOD_ERROR}}
</div>
<div class="field">
<label for="schedule-days">How many days</label>
<input id="schedule-days" name="days" class="short" inputmode="numeric" maxlength="4" value="{{NEW_DAYS}}" autocomplete="off" aria-describedby="schedule-days-help{{#DAYS_ERROR}} schedule-days-error{{/DAYS_ERROR}}"{{#DAYS_ERROR}} aria-invalid="true"{{/DAYS_ERROR}}>
<p class="help" id="schedule-days-help">Only for "The last days".</p>
{{#DAYS_ERROR}}<p class="error" id="schedule-days-error" role="alert">{{MESSAGE}}</p>{{/DAYS_ERROR}}
</div>
</div>
<div class="field">
<label for="schedule-cron">When</label>
<input id="schedule-cron" name="cron" required maxlength="100" value="{{NEW_CRON}}" autocomplete="off" spellcheck="false" aria-describedby="schedule-cron-help{{#CRON_ERROR}} schedule-cron-error{{/CRON_ERROR}}"{{#CRON_ERROR}} aria-invalid="true"{{/CRON_ERROR}}>
<p class="help" id="schedule-cron-help">Minute, hour, day of the month, month, weekday, by the clock of the meter or property, else your own. <code>0 6 1 * *</code> is 06:00 on the first of each month, <code>0 7 * * mon</code> every Monday at 07:00. At most once an hour.</p>
{{#CRON_ERROR}}<p class="error" id="schedule-cron-error" role="alert">{{MESSAGE}}</p>{{/CRON_ERROR}}
</div>
<div class="pair">
<div class="field">
<label for="schedule-shape">As</label>
<select id="schedule-shape" name="shape">{{#SHAPE_OPTION}}<option value="{{VALUE}}"{{#SELECTED}} selected{{/SELECTED}}>{{TITLE}}</option>{{/SHAPE_OPTION}}</select>
</div>
<div class="field">
<label for="schedule-format">In a file of this kind</label>
<select id="schedule-format" name="format">{{#FORMAT_OPTION}}<option value="{{VALUE}}"{{#SELECTED}} selected{{/SELECTED}}>{{TITLE}}</option>{{/FORMAT_OPTION}}</select>
</div>
</div>
<div class="field">
<label for="schedule-keep">Files to keep</label>
<input id="schedule-keep" name="keep" class="short" inputmode="numeric" required maxlength="4" value="{{NEW_KEEP}}" autocomplete="off" aria-describedby="schedule-keep-help{{#KEEP_ERROR}} schedule-keep-error{{/KEEP_ERROR}}"{{#KEEP_ERROR}} aria-invalid="true"{{/KEEP_ERROR}}>
<p class="help" id="schedule-keep-help">The newest, however old they are. When the schedule is removed, they go after {{REMOVED_DAYS}} days like any other export.</p>
{{#KEEP_ERROR}}<p class="error" id="schedule-keep-error" role="alert">{{MESSAGE}}</p>{{/KEEP_ERROR}}
</div>
<p><button type="submit" name="do" value="add">Add</button></p>
{{>DRAFT_FIELDS}}
</form>
</details>
</section>
{{/SCHEDULES}}
