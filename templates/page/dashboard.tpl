{{%AUTOESCAPE context="HTML"}}
<div class="head">
<h1>Dashboard</h1>
{{#MAY_IMPORT}}<a class="button" href="{{BASE}}/admin/imports">Import a file</a>{{/MAY_IMPORT}}
</div>
{{#WORKER_LATE}}
<div class="notice warn" role="status">
<p><strong>Jobs are waiting, and no worker comes.</strong> {{#SEEN}}The worker was last seen {{AGO}} ago.{{/SEEN}}{{#NEVER_SEEN}}No worker has been seen yet.{{/NEVER_SEEN}} Put this line into the crontab of the account that owns the storage folder:</p>
<pre tabindex="0"><code>{{CRON_LINE}}</code></pre>
</div>
{{/WORKER_LATE}}
<dl class="tiles">
<div><dt>Properties</dt><dd><a href="{{BASE}}/admin/properties">{{PROPERTIES}}</a></dd></div>
<div><dt>Meters</dt><dd><a href="{{BASE}}/admin/meters">{{METERS}}</a></dd></div>
<div><dt>Readings this month</dt><dd>{{READINGS}}</dd></div>
<div><dt>Imports</dt><dd><a href="{{BASE}}/admin/imports/jobs">{{JOBS}}</a></dd></div>
<div><dt>Waiting</dt><dd>{{WAITING}}</dd></div>
<div><dt>Worker</dt><dd class="word">{{WORKER}}{{#WORKER_SEEN}}<small>seen {{AGO}} ago</small>{{/WORKER_SEEN}}</dd></div>
</dl>
{{#HAS_PROPERTIES}}
<section class="card flush" aria-labelledby="places">
<h2 id="places" class="pad">Properties</h2>
<div class="scroll" role="region" aria-label="Table of properties" tabindex="0">
<table>
<thead><tr><th scope="col">Property</th><th scope="col" class="num">Meters</th><th scope="col" class="num">Readings this month</th><th scope="col">Last reading</th></tr></thead>
<tbody>
{{#PROPERTY}}
<tr><td><a href="{{HREF}}">{{NAME}}</a></td><td class="num">{{METERS_COUNT}}</td><td class="num">{{READINGS_COUNT}}</td><td>{{#LAST}}<time datetime="{{ISO}}">{{WHEN}}</time>{{/LAST}}</td></tr>
{{/PROPERTY}}
</tbody>
</table>
</div>
{{#MORE}}<p class="pad"><a href="{{BASE}}/admin/properties">All properties</a></p>{{/MORE}}
</section>
{{/HAS_PROPERTIES}}
<section class="card" aria-labelledby="last">
<h2 id="last">Last imports</h2>
{{#HAS_JOBS}}
{{>JOBS}}
<p><a href="{{BASE}}/admin/imports/jobs">All imports</a></p>
{{/HAS_JOBS}}
{{#NO_JOBS}}
<div class="empty">
<p><strong>No imports yet.</strong></p>
<p class="muted">Upload a CSV file from your supplier: its meters and readings appear here.</p>
<p><a class="button" href="{{BASE}}/admin/imports">Upload your first file</a></p>
</div>
{{/NO_JOBS}}
</section>
