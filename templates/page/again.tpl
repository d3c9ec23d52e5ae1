{{%AUTOESCAPE context="HTML"}}
<div class="narrow">
<h1>{{HEADING}}</h1>
<p class="notice warn" role="alert">{{DETAIL}}</p>
{{#SIGN_IN}}
<p><a class="button secondary" href="{{BASE}}/login" target="_blank" rel="noopener">Sign in (opens a new tab)</a></p>
{{/SIGN_IN}}
<form method="post" action="{{ACTION}}" class="card stack">
<input type="hidden" name="csrf" value="{{CSRF}}">
{{#FIELD}}
<label>{{NAME}}
<input name="{{NAME}}" value="{{VALUE}}"></label>
{{/FIELD}}
{{#LINES}}
<label>{{NAME}}
<textarea name="{{NAME}}" rows="4">
{{VALUE:p}}</textarea></label>
{{/LINES}}
{{#HIDDEN}}<input type="hidden" name="{{NAME}}" value="{{VALUE}}">{{/HIDDEN}}
{{#SECRET}}
<label>{{NAME}} <span class="muted">(not kept, please type it again)</span>
<input type="password" name="{{NAME}}" autocomplete="off"></label>
{{/SECRET}}
<p><button type="submit">Send again</button></p>
</form>
</div>
