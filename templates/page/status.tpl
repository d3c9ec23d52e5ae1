{{%AUTOESCAPE context="HTML"}}
<div id="job"{{#ACTIVE}} data-active="1"{{/ACTIVE}}>
<p class="crumb"><a href="{{BASE}}/admin/imports/jobs">Import jobs</a></p>
<div class="head" data-live="head">
<h1 class="breakable">{{FILENAME}}</h1>
<span class="badge big {{STATUS}}">{{STATUS_LABEL}}</span>
</div>
<p class="sr" role="status" aria-live="polite" data-live="say">{{STATUS_LABEL}}, {{PERCENT}} per cent</p>
{{#REFUSED}}<p class="notice bad" role="alert">{{MESSAGE}}</p>{{/REFUSED}}
<div data-live="notices">
{{#DRY_RUN}}<p class="notice info"><strong>Dry run:</strong> nothing was stored. The counts say what an import would do.</p>{{/DRY_RUN}}
{{#FOLLOWS}}<p class="notice info">It mends rejected rows of <a href="{{FIRST_HREF}}">an earlier import</a>.</p>{{/FOLLOWS}}
{{#UNDONE_AT}}<p class="notice warn"><strong>Undone</strong> <time datetime="{{ISO}}">{{WHEN}}</time>: its readings do not count. A redo puts them back.</p>{{/UNDONE_AT}}
{{#CLEANED_AT}}<p class="notice info"><strong>Cleaned up</strong> <time datetime="{{ISO}}">{{WHEN}}</time>: the uploaded file is gone. {{#STAYS_FOR_GOOD}}Its readings stay, and it can not be undone any more.{{/STAYS_FOR_GOOD}}{{#UNDONE_FOR_GOOD}}It was undone before, and can not be redone any more.{{/UNDONE_FOR_GOOD}}</p>{{/CLEANED_AT}}
{{#FAILURE}}<div class="notice bad"><p><strong>{{#IMPORT}}The import{{/IMPORT}}{{#DAYS}}It{{/DAYS}} failed.</strong> {{MESSAGE}}</p></div>{{/FAILURE}}
{{#METERS_MADE}}<p class="notice info">{{#ONE}}One new meter was made{{/ONE}}{{#SEVERAL}}{{COUNT}} new meters were made{{/SEVERAL}} under the property “Unassigned meters”. <a href="{{BASE}}/admin/meters">See the meters</a></p>{{/METERS_MADE}}
{{#STALLED}}<p class="notice warn">Nothing has been heard from the worker for {{AGO}}. If it was stopped, the next one goes on where this one was; nothing is lost.</p>{{/STALLED}}
{{#WORKER_LATE}}
<div class="notice warn" role="status">
<p><strong>Jobs are waiting, and no worker comes.</strong> {{#SEEN}}The worker was last seen {{AGO}} ago.{{/SEEN}}{{#NEVER_SEEN}}No worker has been seen yet.{{/NEVER_SEEN}} Put this line into the crontab of the account that owns the storage folder:</p>
<pre tabindex="0"><code>{{CRON_LINE}}</code></pre>
</div>
{{/WORKER_LATE}}
</div>
{{#WORK}}
<section class="card" aria-label="Progress" data-live="progress">
<div class="bar">
<label for="bar">Progress</label><output class="num">{{PERCENT}} %</output>
<progress id="bar" max="1000" value="{{PROGRESS}}">{{PERCENT}} %</progress>
</div>
<p class="muted pace">
<span>{{PROCESSED_ROWS}}{{#TOTAL_KNOWN}} of {{TOTAL_ROWS}}{{/TOTAL_KNOWN}} {{#IMPORT}}rows{{/IMPORT}}{{#DAYS}}days{{/DAYS}}</span>
{{#IMPORT}}<span>{{BYTES_DONE}} of {{BYTES_TOTAL}}</span>{{/IMPORT}}
{{#PACE}}<span>{{RATE}} {{#IMPORT}}rows{{/IMPORT}}{{#DAYS}}days{{/DAYS}} a second</span>{{#LEFT}}<span>about {{TIME}} left</span>{{/LEFT}}{{#TOOK}}<span>took {{TIME}}</span>{{/TOOK}}{{/PACE}}
</p>
</section>
{{/WORK}}
<div class="actions" data-live="actions">
{{#MAY_CANCEL}}
<form method="post" action="{{HREF}}/cancel"><input type="hidden" name="csrf" value="{{CSRF}}"><button type="submit" class="secondary danger">Cancel the import</button></form>
{{/MAY_CANCEL}}
{{#MAY_RETRY}}
<form method="post" action="{{HREF}}/retry"><input type="hidden" name="csrf" value="{{CSRF}}"><button type="submit" class="secondary">Try again</button></form>
{{/MAY_RETRY}}
{{#MAY_LOOK}}<a class="button secondary" href="{{LOOK_HREF}}">{{#DRY_RUN}}Look at it, then import it…{{/DRY_RUN}}{{#REAL_RUN}}How it was read…{{/REAL_RUN}}</a>{{/MAY_LOOK}}
{{#MAY_UNDO}}<a class="button secondary danger" href="{{HREF}}/undo">Undo the {{KIND}}…</a>{{/MAY_UNDO}}
{{#MAY_REDO}}<a class="button secondary" href="{{HREF}}/redo">Redo the {{KIND}}…</a>{{/MAY_REDO}}
{{#MAY_REMOVE_FILE}}
<form method="post" action="{{HREF}}/file/remove"><input type="hidden" name="csrf" value="{{CSRF}}"><button type="submit" class="secondary danger">Remove the file</button></form>
{{/MAY_REMOVE_FILE}}
</div>
<div class="pair" data-live="counts">
{{#DAYS}}
<section class="card" aria-labelledby="days">
<h2 id="days">Days</h2>
<dl class="counts">
<div><dt>Show something else</dt><dd>{{CHANGED}}</dd></div>
<div><dt>As they were</dt><dd>{{SAME}}</dd></div>
<div class="sum"><dt>Processed</dt><dd>{{ALL}}</dd></div>
</dl>
</section>
{{/DAYS}}
{{#IMPORT}}
<section class="card" aria-labelledby="rows">
<h2 id="rows">Rows of the file</h2>
<dl class="counts">
<div><dt>Imported</dt><dd>{{IMPORTED_ROWS}}</dd></div>
<div><dt>Already there</dt><dd>{{UNCHANGED_ROWS}}</dd></div>
<div{{#HAS_FAILED}} class="bad"{{/HAS_FAILED}}><dt>Rejected</dt><dd>{{FAILED_ROWS}}</dd></div>
<div class="sum"><dt>Processed</dt><dd>{{PROCESSED_ROWS}}</dd></div>
</dl>
</section>
<section class="card" aria-labelledby="intervals">
<h2 id="intervals">{{#OF_READINGS}}Readings{{/OF_READINGS}}{{#OF_SESSIONS}}Charging sessions{{/OF_SESSIONS}}</h2>
<dl class="counts">
<div><dt>New</dt><dd>{{INTERVALS_NEW}}</dd></div>
<div><dt>Identical</dt><dd>{{INTERVALS_IDENTICAL}}</dd></div>
{{#OF_READINGS}}<div><dt>Changed</dt><dd>{{INTERVALS_CHANGED}}</dd></div>{{/OF_READINGS}}
{{#HAS_KEPT}}<div><dt>{{#OF_READINGS}}Kept: not replaced{{/OF_READINGS}}{{#OF_SESSIONS}}Differ: skipped{{/OF_SESSIONS}}</dt><dd>{{INTERVALS_KEPT}}</dd></div>{{/HAS_KEPT}}
</dl>
</section>
{{/IMPORT}}
<section class="card" aria-labelledby="job-about">
<h2 id="job-about">Job</h2>
<dl class="facts">
<div><dt>Type</dt><dd>{{TYPE_LABEL}}</dd></div>
{{#ORIGIN}}<div><dt>From</dt><dd class="breakable">{{TEXT}}</dd></div>{{/ORIGIN}}
<div><dt>By</dt><dd>{{USER_NAME}}</dd></div>
<div><dt>Queued</dt><dd><time datetime="{{QUEUED_ISO}}">{{QUEUED}}</time></dd></div>
{{#STARTED_AT}}<div><dt>Started</dt><dd><time datetime="{{ISO}}">{{WHEN}}</time></dd></div>{{/STARTED_AT}}
{{#COMPLETED_AT}}<div><dt>Ended</dt><dd><time datetime="{{ISO}}">{{WHEN}}</time></dd></div>{{/COMPLETED_AT}}
<div><dt>Batch</dt><dd><code>{{BATCH_ID}}</code></dd></div>
</dl>
</section>
</div>
<div data-live="report">
{{#READ_AS}}
<section class="card" aria-labelledby="read-as">
<h2 id="read-as">How the file was read</h2>
<ul>
{{#SENTENCE}}<li>{{TEXT}}</li>
{{/SENTENCE}}
</ul>
</section>
{{/READ_AS}}
{{#WARNINGS}}
<section class="card" aria-labelledby="warnings">
<h2 id="warnings">Warnings</h2>
<ul>
{{#WARNING}}<li>{{#HAS_ROW}}Line {{ROW}}: {{/HAS_ROW}}{{TEXT}}{{#OFTEN}} <span class="muted">({{TIMES}} times)</span>{{/OFTEN}}</li>
{{/WARNING}}
</ul>
</section>
{{/WARNINGS}}
{{#ERRORS}}
<section class="card flush" aria-labelledby="errors">
<div class="head">
<h2 id="errors">Rejected rows</h2>
<a class="button secondary" href="{{CSV_HREF}}" download>Download as CSV</a>
</div>
{{#NOT_ALL}}<p class="muted pad">The first {{KEPT}} are kept in full; all are counted.</p>{{/NOT_ALL}}
<div class="scroll" role="region" aria-label="Table of rejected rows" tabindex="0">
<table>
<thead><tr><th scope="col" class="num">Line</th><th scope="col">Column</th><th scope="col">Reason</th><th scope="col">The line as it came</th></tr></thead>
<tbody>
{{#ERROR}}
<tr><td class="num">{{#HAS_ROW}}{{ROW}}{{/HAS_ROW}}</td><td>{{COLUMN}}</td><td class="reason">{{MESSAGE}} <code class="muted">{{CODE}}</code></td><td class="source"><code>{{LINE}}</code>{{#CUT}}…{{/CUT}}</td></tr>
{{/ERROR}}
</tbody>
</table>
</div>
{{>PAGER}}
{{#MAY_MEND}}
<form method="post" action="{{BASE}}/admin/imports" enctype="multipart/form-data" class="pad field inline">
<input type="hidden" name="csrf" value="{{CSRF}}"><input type="hidden" name="fixes" value="{{BATCH_ID}}">
<label for="mended">Mended? Only these rows are imported, and linked to this job.</label>
<input id="mended" name="file" type="file" required accept=".csv,.txt,text/csv,text/plain">
<button type="submit" class="secondary">Upload the mended rows</button>
</form>
{{/MAY_MEND}}
</section>
{{/ERRORS}}
</div>
</div>
