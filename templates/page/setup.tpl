{{%AUTOESCAPE context="HTML"}}
<div class="narrow">
<h1>Set up Wattledger</h1>
<p class="lead">This makes the first admin. It can be done once.</p>
<form method="post" action="{{BASE}}/setup" class="card stack">
<input type="hidden" name="csrf" value="{{CSRF}}">
{{#FORM_ERROR}}<p class="notice bad" role="alert">{{MESSAGE}}</p>{{/FORM_ERROR}}
<div class="field">
<label for="token">Setup token</label>
<input id="token" name="token" value="{{TOKEN}}" autocomplete="off" spellcheck="false" required aria-describedby="token-help{{#TOKEN_ERROR}} token-error{{/TOKEN_ERROR}}"{{#TOKEN_ERROR}} aria-invalid="true"{{/TOKEN_ERROR}}>
<p class="help" id="token-help">It is in the file <code>setup-token.txt</code> of the storage folder: whoever can read that folder owns this installation.</p>
{{#TOKEN_ERROR}}<p class="error" id="token-error" role="alert">{{MESSAGE}}</p>{{/TOKEN_ERROR}}
</div>
<div class="field">
<label for="email">Your e-mail</label>
<input id="email" name="email" type="email" value="{{EMAIL}}" autocomplete="username" required{{#EMAIL_ERROR}} aria-invalid="true" aria-describedby="email-error"{{/EMAIL_ERROR}}>
{{#EMAIL_ERROR}}<p class="error" id="email-error" role="alert">{{MESSAGE}}</p>{{/EMAIL_ERROR}}
</div>
<div class="field">
<label for="name">Your name</label>
<input id="name" name="name" value="{{NAME}}" autocomplete="name" required{{#NAME_ERROR}} aria-invalid="true" aria-describedby="name-error"{{/NAME_ERROR}}>
{{#NAME_ERROR}}<p class="error" id="name-error" role="alert">{{MESSAGE}}</p>{{/NAME_ERROR}}
</div>
<div class="field">
<label for="password">Password</label>
<input id="password" name="password" type="password" autocomplete="new-password" minlength="12" maxlength="1024" required aria-describedby="password-help{{#PASSWORD_ERROR}} password-error{{/PASSWORD_ERROR}}"{{#PASSWORD_ERROR}} aria-invalid="true"{{/PASSWORD_ERROR}}>
<p class="help" id="password-help">12 characters or more; a few words are easier to remember than one odd one.</p>
{{#PASSWORD_ERROR}}<p class="error" id="password-error" role="alert">{{MESSAGE}}</p>{{/PASSWORD_ERROR}}
</div>
<div class="field">
<label for="password_again">Password again</label>
<input id="password_again" name="password_again" type="password" autocomplete="new-password" required{{#PASSWORD_AGAIN_ERROR}} aria-invalid="true" aria-describedby="password_again-error"{{/PASSWORD_AGAIN_ERROR}}>
{{#PASSWORD_AGAIN_ERROR}}<p class="error" id="password_again-error" role="alert">{{MESSAGE}}</p>{{/PASSWORD_AGAIN_ERROR}}
</div>
<p><button type="submit">Become the first admin</button></p>
</form>
</div>
