{{%AUTOESCAPE context="HTML"}}
<div class="head">
<h1>Backups</h1>
{{#SOME}}<span class="muted">{{TOTAL}} kept here. Keep some elsewhere, too.</span>{{/SOME}}
</div>
{{#WORKER_LATE}}
<div class="notice warn" role="status">
<p><strong>Jobs are waiting, and no worker comes.</strong> {{#SEEN}}The worker was last seen {{AGO}} ago.{{/SEEN}}{{#NEVER_SEEN}}No worker has been seen yet.{{/NEVER_SEEN}} Put this line into the crontab of the account that owns the storage folder:</p>
<pre tabindex="0"><code>{{CRON_LINE}}</code></pre>
</div>
{{/WORKER_LATE}}
{{#REFUSED}}<p class="notice bad" role="alert">{{MESSAGE}}</p>{{/REFUSED}}
<div id="job"{{#ACTIVE}} data-active="1"{{/ACTIVE}}>
<div data-live="jobs">
{{#UNDER_WAY}}
<section class="card stack" aria-label="Under way">
{{#ACTIVE}}<noscript><p><a href="{{BASE}}/admin/backups">Look again</a></p></noscript>{{/ACTIVE}}
{{#JOB}}
<div class="bar">
<label for="bar-{{N}}"><a href="{{HREF}}">{{WHAT}}</a> <span class="badge {{STATUS}}">{{STATUS_LABEL}}</span></label><output class="num">{{PERCENT}} %</output>
<progress id="bar-{{N}}" max="1000" value="{{PROGRESS}}">{{PERCENT}} %</progress>
</div>
{{/JOB}}
</section>
{{/UNDER_WAY}}
{{#FAILED}}<div class="notice bad"><p><strong>{{WHAT}} failed.</strong> {{MESSAGE}} <a href="{{HREF}}">Look at it</a></p></div>{{/FAILED}}
</div>
<div data-live="backups">
{{#BACKUP}}
<article class="card backup">
<h2 class="breakable"><a href="{{HREF}}/file" download>{{NAME}}</a>{{#IS_ENCRYPTED}} <span class="tag">encrypted</span>{{/IS_ENCRYPTED}}{{#ONLY_USER}} <span class="tag">only {{EMAIL}}</span>{{/ONLY_USER}}</h2>
{{#DAMAGED}}<p class="error">Damaged: {{WHY}}</p>{{/DAMAGED}}
<p class="about">{{#MADE}}<time datetime="{{ISO}}">{{WHEN}}</time>{{/MADE}}, by {{BY}}{{#SIZE}} · {{TEXT}}{{/SIZE}}{{#ROWS}} · {{NUMBER}} rows{{/ROWS}}{{#VERIFIED}} · verified <time datetime="{{ISO}}">{{WHEN}}</time>{{/VERIFIED}}{{#UNREAD}} · not verified yet{{/UNREAD}}</p>
{{#SUM}}<details class="small"><summary>SHA-256 <code title="{{WHOLE}}">{{SHORT}}…</code></summary><code class="breakable">{{WHOLE}}</code></details>{{/SUM}}
<div class="row">
<a class="button secondary small" href="{{HREF}}/file" download aria-label="Download {{NAME}}">Download</a>
<form method="post" action="{{HREF}}/verify" class="row"><input type="hidden" name="csrf" value="{{CSRF}}">{{#CLOSED}}<input type="password" name="passphrase" class="short" autocomplete="off" required aria-label="Passphrase of {{NAME}}" placeholder="Passphrase">{{/CLOSED}}<button type="submit" class="secondary small" aria-label="Verify {{NAME}}">Verify</button></form>
<a class="button secondary small" href="{{HREF}}/restore" aria-label="Restore {{NAME}}">Restore…</a>
<details class="small"><summary aria-label="Remove {{NAME}}">Remove…</summary><form method="post" action="{{HREF}}/remove"><input type="hidden" name="csrf" value="{{CSRF}}"><button type="submit" class="secondary danger small" aria-label="Remove {{NAME}} for good">Remove it for good</button></form></details>
</div>
</article>
{{/BACKUP}}
{{#NONE}}<div class="card empty"><p><strong>No backups yet.</strong></p><p class="muted">Make one below, or let the installation make them by itself.</p></div>{{/NONE}}
</div>
</div>
{{>PAGER}}
<div class="columns">
{{#MAKE}}
<form method="post" action="{{BASE}}/admin/backups" class="card stack" id="make" aria-labelledby="make-title">
<h2 id="make-title">Make one now</h2>
<input type="hidden" name="csrf" value="{{CSRF}}">
{{#FORM_ERROR}}<p class="notice bad" role="alert">{{MESSAGE}}</p>{{/FORM_ERROR}}
<div class="field">
<label for="user">Of</label>
<select id="user" name="user"{{#USER_ERROR}} aria-invalid="true" aria-describedby="user-error"{{/USER_ERROR}}><option value="">Everything</option>{{#USER}}<option value="{{EMAIL}}"{{#SELECTED}} selected{{/SELECTED}}>Only the data of {{EMAIL}}</option>{{/USER}}</select>
{{#USER_ERROR}}<p class="error" id="user-error" role="alert">{{MESSAGE}}</p>{{/USER_ERROR}}
</div>
<div class="field">
<label for="passphrase">Passphrase</label>
<input id="passphrase" name="passphrase" type="password" maxlength="1024" autocomplete="new-password" aria-describedby="passphrase-help{{#PASSPHRASE_ERROR}} passphrase-error{{/PASSPHRASE_ERROR}}"{{#PASSPHRASE_ERROR}} aria-invalid="true"{{/PASSPHRASE_ERROR}}>
<p class="help" id="passphrase-help">Blank: it is not encrypted. Whoever loses the passphrase loses the backup: it is kept nowhere.</p>
{{#PASSPHRASE_ERROR}}<p class="error" id="passphrase-error" role="alert">{{MESSAGE}}</p>{{/PASSPHRASE_ERROR}}
</div>
<p><button type="submit">Make a backup</button></p>
</form>
{{/MAKE}}
<div>
<section class="card stack" aria-labelledby="schedule-title">
<h2 id="schedule-title">Scheduled backups</h2>
{{#SCHEDULED}}
<dl class="facts">
<div><dt>When</dt><dd><code>{{CRON}}</code>, {{ZONE}}</dd></div>
{{#NEXT}}<div><dt>Next</dt><dd><time datetime="{{ISO}}">{{WHEN}}</time></dd></div>{{/NEXT}}
<div><dt>Kept</dt><dd>{{DAILY}} daily, {{WEEKLY}} weekly, {{MONTHLY}} monthly</dd></div>
<div><dt>Encrypted</dt><dd>{{#SEALED}}yes{{/SEALED}}{{#OPEN}}no{{/OPEN}}</dd></div>
</dl>
{{/SCHEDULED}}
{{#NOT_SCHEDULED}}<p class="muted">No times are set.</p>{{/NOT_SCHEDULED}}
<p><a href="{{BASE}}/admin/settings/instance">{{#SCHEDULED}}Change it in the settings{{/SCHEDULED}}{{#NOT_SCHEDULED}}Say when, in the settings{{/NOT_SCHEDULED}}</a> (group “Backups”). What people made or uploaded stays until they remove it.</p>
</section>
{{#UPLOAD}}
<form method="post" action="{{BASE}}/admin/backups/upload" enctype="multipart/form-data" class="card stack" id="add" aria-labelledby="add-title">
<h2 id="add-title">Add one from elsewhere</h2>
<input type="hidden" name="csrf" value="{{CSRF}}">
{{#FORM_ERROR}}<p class="notice bad" role="alert">{{MESSAGE}}</p>{{/FORM_ERROR}}
<div class="field">
<label for="file">File</label>
<input id="file" name="file" type="file" required aria-describedby="file-help{{#FILE_ERROR}} file-error{{/FILE_ERROR}}"{{#FILE_ERROR}} aria-invalid="true"{{/FILE_ERROR}}>
<p class="help" id="file-help">Up to {{LIMIT_MIB}} MiB. It is put on the list and verified; nothing is restored of it.</p>
{{#FILE_ERROR}}<p class="error" id="file-error" role="alert">{{MESSAGE}}</p>{{/FILE_ERROR}}
</div>
<div class="field">
<label for="its-passphrase">Its passphrase</label>
<input id="its-passphrase" name="passphrase" type="password" maxlength="1024" autocomplete="off" aria-describedby="its-passphrase-help">
<p class="help" id="its-passphrase-help">Of an encrypted one, to verify it. It is not kept.</p>
</div>
<p><button type="submit" class="secondary">Upload</button></p>
</form>
{{/UPLOAD}}
</div>
</div>
