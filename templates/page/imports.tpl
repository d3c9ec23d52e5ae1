{{%AUTOESCAPE context="HTML"}}
<div class="head">
<h1>Import readings</h1>
<p class="links"><a href="{{BASE}}/admin/imports/presets">Presets</a> <a href="{{BASE}}/admin/imports/schedules">Scheduled imports</a></p>
</div>
{{#WORKER_LATE}}
<div class="notice warn" role="status">
<p><strong>Jobs are waiting, and no worker comes.</strong> {{#SEEN}}The worker was last seen {{AGO}} ago.{{/SEEN}}{{#NEVER_SEEN}}No worker has been seen yet.{{/NEVER_SEEN}} Put this line into the crontab of the account that owns the storage folder:</p>
<pre tabindex="0"><code>{{CRON_LINE}}</code></pre>
</div>
{{/WORKER_LATE}}
<div class="columns">
<form method="post" action="{{BASE}}/admin/imports" enctype="multipart/form-data" class="card stack" id="upload" data-base="{{BASE}}">
<input type="hidden" name="csrf" value="{{CSRF}}">
{{#FORM_ERROR}}<p class="notice bad" role="alert">{{MESSAGE}}</p>{{/FORM_ERROR}}
{{#SOME_TAKEN}}
<div class="notice bad" role="alert">
<p><strong>{{TAKEN}} of {{ALL}} files were taken.</strong> <a href="{{BASE}}/admin/imports/jobs">See their jobs</a>. These were not:</p>
<ul>
{{#REFUSED}}
<li><strong class="breakable">{{NAME}}</strong>: {{WHY}}</li>
{{/REFUSED}}
</ul>
</div>
{{/SOME_TAKEN}}
<div class="field">
<label for="file">File (CSV, gzip of it, or XLSX)</label>
<input id="file" name="file" type="file" multiple required accept=".csv,.txt,.tsv,.gz,.xlsx,text/csv,text/plain,application/gzip,application/vnd.openxmlformats-officedocument.spreadsheetml.sheet" aria-describedby="file-help{{#FILE_ERROR}} file-error{{/FILE_ERROR}}"{{#FILE_ERROR}} aria-invalid="true"{{/FILE_ERROR}}>
<p class="help" id="file-help">One or several, up to {{LIMIT_MIB}} MiB. Comma, semicolon, tab or pipe; UTF-8 with or without BOM.</p>
<p class="error" id="upload-error" role="alert" hidden></p>
{{#FILE_ERROR}}<p class="error" id="file-error" role="alert">{{MESSAGE}}</p>{{/FILE_ERROR}}
</div>
<div class="field">
<label for="type">What is in it</label>
<select id="type" name="type"{{#TYPE_ERROR}} aria-invalid="true" aria-describedby="type-error"{{/TYPE_ERROR}}>
<option value="auto"{{#TYPE_AUTO}} selected{{/TYPE_AUTO}}>Find out from the file</option>
<option value="hh"{{#TYPE_HH}} selected{{/TYPE_HH}}>Half-hourly (HH): 48 columns a day</option>
<option value="daily"{{#TYPE_DAILY}} selected{{/TYPE_DAILY}}>Daily: one total a day</option>
<option value="sessions"{{#TYPE_SESSIONS}} selected{{/TYPE_SESSIONS}}>Charging sessions of cars</option>
</select>
{{#TYPE_ERROR}}<p class="error" id="type-error" role="alert">{{MESSAGE}}</p>{{/TYPE_ERROR}}
</div>
<details{{#TYPE_SESSIONS}} open{{/TYPE_SESSIONS}}><summary>Whose charging sessions</summary>
<div class="field"><label for="car">Car</label><input id="car" name="car" value="{{CAR}}" maxlength="60" autocomplete="off" aria-describedby="car-help{{#CAR_ERROR}} car-error{{/CAR_ERROR}}"{{#CAR_ERROR}} aria-invalid="true"{{/CAR_ERROR}}>
<p class="help" id="car-help">Its name or number, where the file names none and there are several.</p>{{#CAR_ERROR}}<p class="error" id="car-error" role="alert">{{MESSAGE}}</p>{{/CAR_ERROR}}</div>
</details>
{{#PRESETS}}
<div class="field">
<label for="preset">Read it as this preset says</label>
<select id="preset" name="preset"><option value="">The one that fits the header, if there is one</option><option value="none">None</option>{{#PRESET}}<option value="{{NAME}}"{{#SELECTED}} selected{{/SELECTED}}>{{NAME}}</option>{{/PRESET}}</select>
</div>
{{/PRESETS}}
<fieldset>
<legend>How</legend>
<label class="check"><input type="checkbox" name="preview" value="1"{{#LOOK_FIRST}} checked{{/LOOK_FIRST}}> <span>Look first<span class="help">See how the file is read, correct it where that is wrong, then import it.</span></span></label>
<label class="check"><input type="checkbox" name="dry_run" value="1"{{#DRY_RUN}} checked{{/DRY_RUN}}> <span>Dry run<span class="help">Reads and checks the whole file and stores nothing of it.</span></span></label>
<label class="check"><input type="checkbox" name="background" value="1"{{#BACKGROUND}} checked{{/BACKGROUND}}> <span>Process in background<span class="help">Go to the job's page at once. Otherwise the result is waited for, {{WAIT_SECONDS}} s at most.</span></span></label>
</fieldset>
<div id="upload-progress" hidden>
<label for="upload-bar" id="upload-label">Uploading</label>
<progress id="upload-bar" max="100" value="0"></progress>
<p class="small" id="upload-text" role="status"></p>
<p><button type="button" class="secondary" id="upload-stop">Stop the upload</button></p>
</div>
<p><button type="submit">Upload and process</button></p>
</form>
<section class="aside" aria-labelledby="good">
<h2 id="good">Good to know</h2>
<ul>
<li><strong>You may close the page</strong> as soon as the file is uploaded. The import goes on, and the job's page shows how far it is.</li>
<li><strong>Errors stop only their own row.</strong> Good rows are stored; each rejected row is listed with its line, column and reason, and can be downloaded, mended and uploaded again.</li>
<li><strong>The same file twice changes nothing.</strong> Readings that are there already are recognised.</li>
<li><strong>Files can come by SFTP</strong> too: put them into the folder <code>inbox</code> of the storage folder, or into a folder in it that has a preset's name. The worker takes them when they are whole; one that it cannot import goes to <code>inbox/refused</code> with the reason beside it.</li>
<li><strong>Files can be fetched</strong> from an https address at set times: see <a href="{{BASE}}/admin/imports/schedules">scheduled imports</a>.</li>
<li><strong>Unknown meters</strong> are made under the property “Unassigned meters”, and you are told.</li>
</ul>
<h3>Half-hourly</h3>
<pre tabindex="0" aria-label="Example of a half-hourly file"><code>MPAN, Date, HH01, HH02, ..., HH48
1234567890123, 2025-11-07, 1.5, 1.6, ..., 2.1</code></pre>
<h3>Daily</h3>
<pre tabindex="0" aria-label="Example of a daily file"><code>MPAN, Date, Reading
1234567890123, 2025-11-07, 45.6</code></pre>
<h3>Charging sessions</h3>
<pre tabindex="0" aria-label="Example of a file of charging sessions"><code>date, odometer, charge_type, charge_delivered_kwh
2025-11-07, 12345, AC, 30.5</code></pre>
<p class="muted small">Exports of evcc, ChargePlace Scotland, MyCupra and others are read too; the columns of cost, place, network and so on are those of our own export.</p>
<p class="muted small">Other names for the columns (MeterCode, ReadDate, …) are understood too. A blank reading is missing, not zero.</p>
</section>
</div>
