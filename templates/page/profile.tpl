{{%AUTOESCAPE context="HTML"}}
<h1>Your profile</h1>
<p class="muted">{{EMAIL}} · {{ROLE}}{{#IS_ADMIN}} · <a href="{{BASE}}/admin/users">All users</a>{{/IS_ADMIN}} · <a href="{{BASE}}/admin/tokens">API tokens</a> · <a href="{{BASE}}/admin/settings">Settings</a>{{#IS_ADMIN}} · <a href="{{BASE}}/admin/audit">Audit log</a>{{/IS_ADMIN}}</p>
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
