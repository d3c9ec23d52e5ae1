{{%AUTOESCAPE context="HTML"}}
<h1>API tokens</h1>
<p class="muted">A program signs in with a token instead of a password: <code>Authorization: Bearer wl_…</code>. What it can ask is <a href="{{BASE}}/docs">described here</a>.</p>
{{#NEW_TOKEN}}<div class="notice info" role="status"><p><strong>Keep the token now: it is not shown again.</strong></p><pre tabindex="0"><code>{{SECRET}}</code></pre></div>{{/NEW_TOKEN}}
<div class="card flush">
{{#TABLE}}
<div class="scroll" role="region" aria-label="API tokens" tabindex="0">
<table>
<thead><tr><th scope="col">Name</th><th scope="col">It may</th>{{#IS_ADMIN}}<th scope="col">Of</th>{{/IS_ADMIN}}<th scope="col">Made</th><th scope="col">Last used</th><th scope="col">Ends</th><th scope="col"><span class="sr">Actions</span></th></tr></thead>
<tbody>
{{#TOKEN}}
<tr>
<td class="breakable">{{NAME}}</td>
<td>{{SCOPES}}</td>
{{#OWNER}}<td>{{EMAIL}}</td>{{/OWNER}}
<td>{{#CREATED}}<time datetime="{{ISO}}">{{WHEN}}</time>{{/CREATED}}</td>
<td>{{#USED}}<time datetime="{{ISO}}">{{WHEN}}</time>{{/USED}}{{#NEVER_USED}}never{{/NEVER_USED}}</td>
<td>{{#LASTS}}{{#ENDS}}<time datetime="{{ISO}}">{{WHEN}}</time>{{/ENDS}}{{/LASTS}}{{#ENDED}}<span class="tag">ended</span>{{/ENDED}}{{#FOR_EVER}}never{{/FOR_EVER}}</td>
<td><form method="post" action="{{BASE}}/admin/tokens"><input type="hidden" name="csrf" value="{{CSRF}}"><button type="submit" name="revoke" value="{{ID}}" class="secondary danger small" aria-label="Revoke {{NAME}}">Revoke</button></form></td>
</tr>
{{/TOKEN}}
</tbody>
</table>
</div>
{{/TABLE}}
{{#NONE}}<div class="empty"><p><strong>No tokens yet.</strong></p><p class="muted">Make one for each program, so that each can be revoked alone.</p></div>{{/NONE}}
</div>
<form method="post" action="{{BASE}}/admin/tokens" id="new-token" class="card stack form">
<h2>Make a token</h2>
<input type="hidden" name="csrf" value="{{CSRF}}">
{{#FORM_ERROR}}<p class="notice bad" role="alert">{{MESSAGE}}</p>{{/FORM_ERROR}}
<div class="field"><label for="token-name">Name</label><input id="token-name" name="name" required maxlength="100" value="{{NEW_NAME}}" autocomplete="off" aria-describedby="name-help{{#NAME_ERROR}} name-error{{/NAME_ERROR}}"{{#NAME_ERROR}} aria-invalid="true"{{/NAME_ERROR}}><p class="help" id="name-help">What it is for, such as “night export of the office PC”.</p>{{#NAME_ERROR}}<p class="error" id="name-error" role="alert">{{MESSAGE}}</p>{{/NAME_ERROR}}</div>
<fieldset{{#SCOPE_ERROR}} aria-describedby="scope-error"{{/SCOPE_ERROR}}>
<legend>It may</legend>
<label class="check"><input type="checkbox" name="scope" value="read" checked> <span>read</span></label>
<label class="check"><input type="checkbox" name="scope" value="import"> <span>import and change</span></label>
<label class="check"><input type="checkbox" name="scope" value="export"> <span>export</span></label>
{{#IS_ADMIN}}<label class="check"><input type="checkbox" name="scope" value="admin"> <span>everything that you may, as an admin</span></label>{{/IS_ADMIN}}
{{#SCOPE_ERROR}}<p class="error" id="scope-error" role="alert">{{MESSAGE}}</p>{{/SCOPE_ERROR}}
</fieldset>
<div class="field"><label for="token-expires">Days that it lasts</label><input id="token-expires" name="expires" class="short" inputmode="numeric" value="{{NEW_EXPIRES}}" autocomplete="off" aria-describedby="expires-help{{#EXPIRES_ERROR}} expires-error{{/EXPIRES_ERROR}}"{{#EXPIRES_ERROR}} aria-invalid="true"{{/EXPIRES_ERROR}}><p class="help" id="expires-help">Blank: until it is revoked.</p>{{#EXPIRES_ERROR}}<p class="error" id="expires-error" role="alert">{{MESSAGE}}</p>{{/EXPIRES_ERROR}}</div>
<p><button type="submit">Make the token</button></p>
</form>
