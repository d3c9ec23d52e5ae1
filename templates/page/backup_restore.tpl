{{%AUTOESCAPE context="HTML"}}
<div class="narrow">
<p class="crumb"><a href="{{BASE}}/admin/backups">Backups</a></p>
<h1>Restore a backup</h1>
<p class="breakable"><strong>{{NAME}}</strong>{{#MADE}}, made <time datetime="{{ISO}}">{{WHEN}}</time>{{/MADE}}{{#ONLY_USER}}, of the data of {{EMAIL}} alone{{/ONLY_USER}}</p>
{{#DAMAGED}}<p class="notice bad" role="alert"><strong>This backup is damaged.</strong> {{WHY}}</p>{{/DAMAGED}}
<form method="post" action="{{HREF}}/restore" class="card stack" aria-labelledby="how">
<h2 id="how">First, see what would change</h2>
<input type="hidden" name="csrf" value="{{CSRF}}">
{{#FORM_ERROR}}<p class="notice bad" role="alert">{{MESSAGE}}</p>{{/FORM_ERROR}}
<fieldset>
<legend>How</legend>
<label class="check"><input type="radio" name="mode" value="merge"{{#MERGE}} checked{{/MERGE}}> <span>Merge<span class="help">What the backup holds is put beside what there is: what is missing comes back, what was changed since becomes what it was, and nothing goes. Accounts keep their passwords and roles.</span></span></label>
<label class="check"><input type="radio" name="mode" value="replace"{{#REPLACE}} checked{{/REPLACE}}> <span>Replace everything<span class="help">Everything becomes as it was then, for all users. A backup of what there is now is made first. Everybody has to sign in again, with the passwords of then.</span></span></label>
{{#MODE_ERROR}}<p class="error" role="alert">{{MESSAGE}}</p>{{/MODE_ERROR}}
</fieldset>
{{#IS_ENCRYPTED}}
<div class="field">
<label for="passphrase">Its passphrase</label>
<input id="passphrase" name="passphrase" type="password" required maxlength="1024" autocomplete="off"{{#PASSPHRASE_ERROR}} aria-invalid="true" aria-describedby="passphrase-error"{{/PASSPHRASE_ERROR}}>
{{#PASSPHRASE_ERROR}}<p class="error" id="passphrase-error" role="alert">{{MESSAGE}}</p>{{/PASSPHRASE_ERROR}}
</div>
{{/IS_ENCRYPTED}}
<p><button type="submit" aria-describedby="look-help">Show what would change</button><span class="help" id="look-help">Nothing is changed by that.</span></p>
</form>
</div>
