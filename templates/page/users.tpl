{{%AUTOESCAPE context="HTML"}}
<div class="head">
<h1>Users</h1>
<span class="muted">{{TOTAL}} in all · <a href="{{BASE}}/admin/audit?action=user">What was changed</a></span>
</div>
{{#CHANGE_REFUSED}}<p class="notice bad" role="alert">{{MESSAGE}}</p>{{/CHANGE_REFUSED}}
<div class="card flush">
<div class="scroll" role="region" aria-label="Users" tabindex="0">
<table>
<thead><tr><th scope="col">E-mail</th><th scope="col">Name</th><th scope="col">Last signed in</th><th scope="col">Role, and whether they may sign in</th></tr></thead>
<tbody>
{{#USER}}
<tr>
<td>{{EMAIL}}{{#INACTIVE}} <span class="tag">may not sign in</span>{{/INACTIVE}}</td>
<td>{{NAME}}</td>
<td>{{#SEEN}}<time datetime="{{ISO}}">{{WHEN}}</time>{{/SEEN}}</td>
<td>
<form method="post" action="{{BASE}}/admin/users" class="row">
<input type="hidden" name="csrf" value="{{CSRF}}"><input type="hidden" name="id" value="{{ID}}">
<select name="role" class="short" aria-label="Role of {{EMAIL}}"><option value="admin"{{#ADMIN}} selected{{/ADMIN}}>admin</option><option value="editor"{{#EDITOR}} selected{{/EDITOR}}>editor</option><option value="viewer"{{#VIEWER}} selected{{/VIEWER}}>viewer</option></select>
<label class="check"><input type="checkbox" name="is_active" value="1"{{#ACTIVE}} checked{{/ACTIVE}} aria-label="{{EMAIL}} may sign in"> <span>may sign in</span></label>
<button type="submit" class="secondary small" aria-label="Save {{EMAIL}}">Save</button>
</form>
</td>
</tr>
{{/USER}}
</tbody>
</table>
</div>
</div>
{{>PAGER}}
<form method="post" action="{{BASE}}/admin/users" class="card stack form" id="new-user">
<h2>Add a user</h2>
<input type="hidden" name="csrf" value="{{CSRF}}"><input type="hidden" name="is_active" value="1">
{{#ADD_REFUSED}}<p class="notice bad" role="alert">{{MESSAGE}}</p>{{/ADD_REFUSED}}
<div class="field"><label for="email">E-mail</label><input id="email" name="email" type="email" required maxlength="254" value="{{NEW_EMAIL}}" autocomplete="off"></div>
<div class="field"><label for="name">Name</label><input id="name" name="name" maxlength="100" value="{{NEW_NAME}}" autocomplete="off"></div>
<div class="field"><label for="role">Role</label><select id="role" name="role" aria-describedby="role-help"><option value="viewer">viewer</option><option value="editor">editor</option><option value="admin">admin</option></select><p class="help" id="role-help">A viewer sees the properties that are shared with them, an editor has own ones and imports, an admin may everything.</p></div>
<div class="field"><label for="new-password">First password</label><input id="new-password" name="password" type="password" required minlength="12" maxlength="1024" autocomplete="new-password" aria-describedby="password-help"><p class="help" id="password-help">At least 12 characters. They change it on their profile page.</p></div>
<p><button type="submit">Add</button></p>
</form>
