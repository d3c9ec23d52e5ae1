{{%AUTOESCAPE context="HTML"}}
<div class="narrow">
<h1>Sign in</h1>
{{#CARRIED}}<p class="notice warn" role="alert"><strong>You have been signed out</strong> because nothing happened for a while. What you typed is kept: sign in, and it is shown to you again. Nothing of it is stored yet.</p>{{/CARRIED}}
<form method="post" action="{{BASE}}/login" class="card stack">
<input type="hidden" name="csrf" value="{{CSRF}}">
<input type="hidden" name="next" value="{{NEXT}}">
{{#CARRIED}}<input type="hidden" name="carried" value="{{VALUE}}"><input type="hidden" name="carried_to" value="{{TO}}">{{/CARRIED}}
{{#FORM_ERROR}}<p class="notice bad" role="alert">{{MESSAGE}}</p>{{/FORM_ERROR}}
<div class="field">
<label for="email">E-mail</label>
<input id="email" name="email" type="email" value="{{EMAIL}}" autocomplete="username" required{{#EMAIL_ERROR}} aria-invalid="true" aria-describedby="email-error"{{/EMAIL_ERROR}}>
{{#EMAIL_ERROR}}<p class="error" id="email-error" role="alert">{{MESSAGE}}</p>{{/EMAIL_ERROR}}
</div>
<div class="field">
<label for="password">Password</label>
<input id="password" name="password" type="password" autocomplete="current-password" required{{#PASSWORD_ERROR}} aria-invalid="true" aria-describedby="password-error"{{/PASSWORD_ERROR}}>
{{#PASSWORD_ERROR}}<p class="error" id="password-error" role="alert">{{MESSAGE}}</p>{{/PASSWORD_ERROR}}
</div>
<p><button type="submit">Sign in</button></p>
</form>
</div>
