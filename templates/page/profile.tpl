{{%AUTOESCAPE context="HTML"}}
<h1>Your profile</h1>
<p class="muted">{{EMAIL}} · {{ROLE}}{{#IS_ADMIN}} · <a href="{{BASE}}/admin/users">All users</a>{{/IS_ADMIN}}</p>
<form method="post" action="{{BASE}}/admin/profile" class="card stack form" id="profile">
<h2>You</h2>
<input type="hidden" name="csrf" value="{{CSRF}}">
{{#PROFILE_REFUSED}}<p class="notice bad" role="alert">{{MESSAGE}}</p>{{/PROFILE_REFUSED}}
{{#PROFILE_DONE}}<p class="notice info" role="status">Saved.</p>{{/PROFILE_DONE}}
<div class="field"><label for="name">Name</label><input id="name" name="name" required maxlength="100" value="{{F_NAME}}" autocomplete="name"></div>
<div class="field"><label for="phone">Phone</label><input id="phone" name="phone" type="tel" maxlength="40" value="{{F_PHONE}}" autocomplete="tel"></div>
<div class="field"><label for="time_zone">Time zone</label><input id="time_zone" name="time_zone" maxlength="64" value="{{F_TIME_ZONE}}" placeholder="that of this installation" autocomplete="off" aria-describedby="zone-help"><p class="help" id="zone-help">Pages show times in it. Readings stay in the zone of their meter.</p></div>
<div class="field"><label for="default_property_id">Usual property</label><select id="default_property_id" name="default_property_id"><option value="">None</option>{{#PROPERTY}}<option value="{{ID}}"{{#SELECTED}} selected{{/SELECTED}}>{{NAME}}</option>{{/PROPERTY}}</select></div>
<div class="field"><label for="default_meter_id">Usual meter</label><select id="default_meter_id" name="default_meter_id"><option value="">None</option>{{#METER}}<option value="{{ID}}"{{#SELECTED}} selected{{/SELECTED}}>{{NAME}}</option>{{/METER}}</select></div>
<p><button type="submit">Save</button></p>
</form>
<form method="post" action="{{BASE}}/admin/profile/password" class="card stack form" id="password">
<h2>Password</h2>
<input type="hidden" name="csrf" value="{{CSRF}}"><input type="hidden" name="username" value="{{EMAIL}}" autocomplete="username">
{{#PASSWORD_REFUSED}}<p class="notice bad" role="alert">{{MESSAGE}}</p>{{/PASSWORD_REFUSED}}
{{#PASSWORD_DONE}}<p class="notice info" role="status">Changed. Wherever else you were signed in, you have been signed out.</p>{{/PASSWORD_DONE}}
<div class="field"><label for="current">Current password</label><input id="current" name="current_password" type="password" required autocomplete="current-password"></div>
<div class="field"><label for="new">New password</label><input id="new" name="new_password" type="password" required minlength="12" maxlength="1024" autocomplete="new-password" aria-describedby="new-help"><p class="help" id="new-help">At least 12 characters.</p></div>
<div class="field"><label for="again">New password once more</label><input id="again" name="again" type="password" required autocomplete="new-password"></div>
<p><button type="submit" class="secondary">Change the password</button></p>
</form>
<section class="card stack" aria-labelledby="tokens">
<h2 id="tokens">API tokens</h2>
{{#NEW_TOKEN}}<div class="notice info" role="status"><p><strong>Keep the token now: it is not shown again.</strong></p><pre tabindex="0"><code>{{SECRET}}</code></pre></div>{{/NEW_TOKEN}}
{{#TOKEN_REFUSED}}<p class="notice bad" role="alert">{{MESSAGE}}</p>{{/TOKEN_REFUSED}}
<dl class="facts">
{{#TOKEN}}
<div><dt class="breakable">{{NAME}} <span class="tag">{{SCOPES}}</span></dt><dd>{{#CREATED}}made {{WHEN}}{{/CREATED}}{{#USED}} · used {{WHEN}}{{/USED}}{{#ENDS}} · ends {{WHEN}}{{/ENDS}} <form method="post" action="{{BASE}}/admin/profile/tokens" class="beside"><input type="hidden" name="csrf" value="{{CSRF}}"><button type="submit" name="revoke" value="{{ID}}" class="secondary danger small" aria-label="Revoke {{NAME}}">Revoke</button></form></dd></div>
{{/TOKEN}}
</dl>
<form method="post" action="{{BASE}}/admin/profile/tokens" id="new-token" class="stack">
<input type="hidden" name="csrf" value="{{CSRF}}">
<div class="controls">
<div class="field"><label for="token-name">Name of a new one</label><input id="token-name" name="name" required maxlength="100" autocomplete="off"></div>
<div class="field"><label for="token-expires">Days that it lasts</label><input id="token-expires" name="expires" inputmode="numeric" value="90" autocomplete="off"></div>
</div>
<fieldset>
<legend>It may</legend>
<label class="check"><input type="checkbox" name="scope" value="read" checked> <span>read</span></label>
<label class="check"><input type="checkbox" name="scope" value="import"> <span>import and change</span></label>
<label class="check"><input type="checkbox" name="scope" value="export"> <span>export</span></label>
</fieldset>
<p><button type="submit" class="secondary">Make a token</button></p>
</form>
</section>
