{{%AUTOESCAPE context="HTML"}}
<div id="job"{{#ACTIVE}} data-active="1"{{/ACTIVE}}>
<p class="crumb"><a href="{{BASE}}/admin/backups">Backups</a></p>
<div class="head" data-live="head">
<h1 class="breakable">{{WHAT}}</h1>
<span class="badge big {{STATUS}}">{{STATUS_LABEL}}</span>
</div>
<p class="sr" role="status" aria-live="polite" data-live="say">{{STATUS_LABEL}}, {{PERCENT}} per cent</p>
{{#REFUSED}}<p class="notice bad" role="alert">{{MESSAGE}}</p>{{/REFUSED}}
<div data-live="notices">
{{#LOOKED}}<p class="notice info"><strong>Nothing has been changed yet.</strong> This is what a restore would do.</p>{{/LOOKED}}
{{#DONE_MERGE}}<p class="notice info"><strong>Merged.</strong> What the backup holds is there now.</p>{{/DONE_MERGE}}
{{#DONE_REPLACE}}<p class="notice info"><strong>Restored.</strong> Everything is as it was in the backup. What there was before is in <a href="{{BASE}}/admin/backups">{{BEFORE}}</a>.</p>{{/DONE_REPLACE}}
{{#DONE_CREATE}}<p class="notice info"><strong>Made, and read again as a whole.</strong> <a href="{{HREF}}/file" download>Download {{NAME}}</a></p>{{/DONE_CREATE}}
{{#DONE_VERIFY}}<p class="notice info"><strong>The backup is whole.</strong></p>{{/DONE_VERIFY}}
{{#FAILURE}}<div class="notice bad"><p><strong>It failed.</strong> {{MESSAGE}}</p></div>{{/FAILURE}}
{{#WORKER_LATE}}
<div class="notice warn" role="status">
<p><strong>Jobs are waiting, and no worker comes.</strong> {{#SEEN}}The worker was last seen {{AGO}} ago.{{/SEEN}}{{#NEVER_SEEN}}No worker has been seen yet.{{/NEVER_SEEN}} Put this line into the crontab of the account that owns the storage folder:</p>
<pre tabindex="0"><code>{{CRON_LINE}}</code></pre>
</div>
{{/WORKER_LATE}}
</div>
<div data-live="progress">
{{#ACTIVE}}
<section class="card" aria-label="Progress">
<div class="bar">
<label for="bar">Progress</label><output class="num">{{PERCENT}} %</output>
<progress id="bar" max="1000" value="{{PROGRESS}}">{{PERCENT}} %</progress>
</div>
<p class="muted pace"><span>{{PROCESSED_ROWS}} of {{TOTAL_ROWS}} rows gone over</span></p>
</section>
{{/ACTIVE}}
</div>
<div class="actions" data-live="actions">
{{#MAY_CANCEL}}<form method="post" action="{{JOB_HREF}}/cancel"><input type="hidden" name="csrf" value="{{CSRF}}"><button type="submit" class="secondary danger">Cancel</button></form>{{/MAY_CANCEL}}
{{#MAY_RETRY}}<form method="post" action="{{JOB_HREF}}/retry"><input type="hidden" name="csrf" value="{{CSRF}}"><button type="submit" class="secondary">Try again</button></form>{{/MAY_RETRY}}
{{#MAY_ASK_ANEW}}<a class="button secondary" href="{{HREF}}/restore">Ask anew…</a>{{/MAY_ASK_ANEW}}
</div>
<div data-live="report">
{{#REPORT}}
<section class="card flush" aria-labelledby="changes">
<div class="head"><h2 id="changes">{{#WOULD}}What would change{{/WOULD}}{{#DID}}What was changed{{/DID}}</h2></div>
<div class="scroll" role="region" aria-label="Changes by table" tabindex="0">
<table class="tight">
<thead><tr><th scope="col">Of</th><th scope="col" class="num">Added</th><th scope="col" class="num">Changed</th><th scope="col" class="num">Left</th><th scope="col" class="num">Removed</th></tr></thead>
<tbody>
{{#TABLE}}<tr><td>{{NAME}}</td><td class="num">{{ADDED}}</td><td class="num">{{CHANGED}}</td><td class="num">{{LEFT}}</td><td class="num">{{REMOVED}}</td></tr>
{{/TABLE}}
{{#NO_TABLE}}<tr><td colspan="5" class="muted">Nothing at all.</td></tr>{{/NO_TABLE}}
</tbody>
</table>
</div>
</section>
{{#NOTES}}
<section class="card" aria-labelledby="notes">
<h2 id="notes">Good to know</h2>
<ul>
{{#NOTE}}<li>{{TEXT}}</li>
{{/NOTE}}
</ul>
</section>
{{/NOTES}}
{{/REPORT}}
</div>
<div data-live="confirm">
{{#CONFIRM}}
<form method="post" action="{{JOB_HREF}}/restore" class="card stack form" id="confirm" aria-labelledby="confirm-title">
<h2 id="confirm-title">{{#MERGE}}Merge it{{/MERGE}}{{#REPLACE}}Replace everything{{/REPLACE}}</h2>
<input type="hidden" name="csrf" value="{{CSRF}}">
{{#REPLACE}}<p class="notice warn">Everything that is there now is put into a backup, and then replaced. Everybody is signed out, you too: sign in again with the password that you had then. API tokens that were made since do not work any more.</p>{{/REPLACE}}
{{#FORM_ERROR}}<p class="notice bad" role="alert">{{MESSAGE}}</p>{{/FORM_ERROR}}
<div class="field">
<label for="confirm-word">Type the word <code>{{MODE}}</code></label>
<input id="confirm-word" name="confirm" required maxlength="20" autocomplete="off" autocapitalize="none" spellcheck="false" value="{{TYPED}}"{{#CONFIRM_ERROR}} aria-invalid="true" aria-describedby="confirm-error"{{/CONFIRM_ERROR}}>
{{#CONFIRM_ERROR}}<p class="error" id="confirm-error" role="alert">{{MESSAGE}}</p>{{/CONFIRM_ERROR}}
</div>
{{#IS_ENCRYPTED}}
<div class="field">
<label for="passphrase">The backup's passphrase</label>
<input id="passphrase" name="passphrase" type="password" required maxlength="1024" autocomplete="off"{{#PASSPHRASE_ERROR}} aria-invalid="true" aria-describedby="passphrase-error"{{/PASSPHRASE_ERROR}}>
{{#PASSPHRASE_ERROR}}<p class="error" id="passphrase-error" role="alert">{{MESSAGE}}</p>{{/PASSPHRASE_ERROR}}
</div>
{{/IS_ENCRYPTED}}
<div class="field">
<label for="password">Your own password</label>
<input id="password" name="password" type="password" required maxlength="1024" autocomplete="current-password"{{#PASSWORD_ERROR}} aria-invalid="true" aria-describedby="password-error"{{/PASSWORD_ERROR}}>
{{#PASSWORD_ERROR}}<p class="error" id="password-error" role="alert">{{MESSAGE}}</p>{{/PASSWORD_ERROR}}
</div>
<div class="actions"><button type="submit" class="secondary danger">{{#MERGE}}Merge{{/MERGE}}{{#REPLACE}}Replace everything{{/REPLACE}}</button> <a class="button secondary" href="{{BASE}}/admin/backups">Leave it as it is</a></div>
</form>
{{/CONFIRM}}
</div>
<section class="card" aria-labelledby="about" data-live="about">
<h2 id="about">Job</h2>
<dl class="facts">
{{#OF}}<div><dt>Backup</dt><dd class="breakable">{{NAME}}</dd></div>{{/OF}}
<div><dt>By</dt><dd>{{USER}}</dd></div>
{{#CREATED_AT}}<div><dt>Asked for</dt><dd><time datetime="{{ISO}}">{{WHEN}}</time></dd></div>{{/CREATED_AT}}
{{#STARTED_AT}}<div><dt>Started</dt><dd><time datetime="{{ISO}}">{{WHEN}}</time></dd></div>{{/STARTED_AT}}
{{#COMPLETED_AT}}<div><dt>Ended</dt><dd><time datetime="{{ISO}}">{{WHEN}}</time></dd></div>{{/COMPLETED_AT}}
</dl>
</section>
</div>
