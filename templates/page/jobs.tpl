{{%AUTOESCAPE context="HTML"}}
<div class="head">
<h1>Import jobs</h1>
<div class="actions">
{{#MAY_SEE_FILES}}<a class="button secondary" href="{{BASE}}/admin/imports/files">Kept files</a>{{/MAY_SEE_FILES}}
<a class="button" href="{{BASE}}/admin/imports">Import a file</a>
</div>
</div>
{{#WORKER_LATE}}
<div class="notice warn" role="status">
<p><strong>Jobs are waiting, and no worker comes.</strong> {{#SEEN}}The worker was last seen {{AGO}} ago.{{/SEEN}}{{#NEVER_SEEN}}No worker has been seen yet.{{/NEVER_SEEN}} Put this line into the crontab of the account that owns the storage folder:</p>
<pre tabindex="0"><code>{{CRON_LINE}}</code></pre>
</div>
{{/WORKER_LATE}}
<nav class="tabs" aria-label="By status">
<ul>
{{#TAB}}
<li><a href="{{HREF}}"{{#HERE}} aria-current="page"{{/HERE}}>{{LABEL}}</a></li>
{{/TAB}}
</ul>
</nav>
<div class="card flush">
{{>JOBS}}
{{#NONE_YET}}
<div class="empty">
<p><strong>No imports yet.</strong></p>
<p><a class="button" href="{{BASE}}/admin/imports">Upload your first file</a></p>
</div>
{{/NONE_YET}}
{{#NONE_HERE}}
<div class="empty"><p>There are no jobs here.</p><p><a href="{{BASE}}/admin/imports/jobs">Show all jobs</a></p></div>
{{/NONE_HERE}}
</div>
{{>PAGER}}
