{{%AUTOESCAPE context="HTML"}}
<div class="head">
<h1>Settings</h1>
{{#IS_ADMIN}}<p class="links"><a href="{{BASE}}/admin/audit?action=setting">What was changed</a></p>{{/IS_ADMIN}}
</div>
{{#IS_ADMIN}}
<nav class="tabs" aria-label="Whose settings">
<ul>
<li><a href="{{BASE}}/admin/settings"{{#OWN_HERE}} aria-current="page"{{/OWN_HERE}}>Yours</a></li>
<li><a href="{{BASE}}/admin/settings/instance"{{#INSTANCE_HERE}} aria-current="page"{{/INSTANCE_HERE}}>This installation</a></li>
</ul>
</nav>
{{/IS_ADMIN}}
{{#SAVED}}<p class="notice info" role="status">Saved.</p>{{/SAVED}}
{{#REFUSED}}<p class="notice bad" role="alert">{{MESSAGE}}</p>{{/REFUSED}}
{{#SOME_WRONG}}<p class="notice bad" role="alert">Nothing was saved: one field needs another value. It says so below.</p>{{/SOME_WRONG}}
{{>CONFLICT}}
{{#OWN}}<p class="lead">They hold for you alone. What you leave as it is follows this installation.</p>{{/OWN}}
{{#INSTANCE}}<p class="lead">They hold for everybody, but for what people have set for themselves.</p>
<nav class="tabs groups" aria-label="Groups">
<ul>
{{#LINK}}<li><a href="#group-{{NUMBER}}">{{NAME}}</a></li>
{{/LINK}}
</ul>
</nav>{{/INSTANCE}}
<form method="post" action="{{ACTION}}" id="settings">
<input type="hidden" name="csrf" value="{{CSRF}}">
{{#GROUP}}
<section class="card settings" id="group-{{NUMBER}}" aria-labelledby="title-{{NUMBER}}">
<h2 id="title-{{NUMBER}}">{{NAME}}</h2>
{{#FIELD}}
<div class="setting">
<div><label for="{{KEY}}">{{TITLE}}</label><p class="help" id="{{KEY}}-help">{{HELP}}</p></div>
<div>
<input type="hidden" name="was_{{KEY}}" value="{{WAS}}">
{{#SELECT}}<select id="{{KEY}}" name="{{KEY}}" class="short" aria-describedby="{{KEY}}-help{{#WRONG}} {{KEY}}-error{{/WRONG}}"{{#INVALID}} aria-invalid="true"{{/INVALID}}>{{#OPTION}}<option value="{{VALUE}}"{{#SELECTED}} selected{{/SELECTED}}>{{NAME}}</option>{{/OPTION}}</select>{{/SELECT}}
{{#NUMBER}}<span class="measure"><input id="{{KEY}}" name="{{KEY}}" inputmode="{{MODE}}" autocomplete="off" value="{{VALUE}}" aria-describedby="{{KEY}}-help{{#UNIT}} {{KEY}}-unit{{/UNIT}}{{#WRONG}} {{KEY}}-error{{/WRONG}}"{{#INVALID}} aria-invalid="true"{{/INVALID}}>{{#UNIT}} <span class="muted" id="{{KEY}}-unit">{{TEXT}}</span>{{/UNIT}}</span>{{/NUMBER}}
{{#LINE}}<input id="{{KEY}}" name="{{KEY}}" autocomplete="off" spellcheck="false" value="{{VALUE}}" aria-describedby="{{KEY}}-help{{#WRONG}} {{KEY}}-error{{/WRONG}}"{{#INVALID}} aria-invalid="true"{{/INVALID}}>{{/LINE}}
{{#SECRET}}<input id="{{KEY}}" name="{{KEY}}" type="password" autocomplete="new-password" value="" aria-describedby="{{KEY}}-help{{#WRONG}} {{KEY}}-error{{/WRONG}}"{{#INVALID}} aria-invalid="true"{{/INVALID}}>{{/SECRET}}
{{#WRONG}}<p class="error" id="{{KEY}}-error" role="alert">{{MESSAGE}}</p>{{/WRONG}}
{{#IS_DEFAULT}}<p class="help">Default: {{DEFAULT}}</p>{{/IS_DEFAULT}}
{{#FROM_INSTANCE}}<p class="help">From this installation: {{DEFAULT}}</p>{{/FROM_INSTANCE}}
{{#NOT_SET}}<p class="help">Not set. What you type is kept encrypted and never shown again.</p>{{/NOT_SET}}
{{#RESETTABLE}}<label class="check small"><input type="checkbox" name="unset_{{KEY}}" value="1"{{#TICKED}} checked{{/TICKED}}> <span>Back to the default: {{DEFAULT}}</span></label>{{/RESETTABLE}}
{{#REMOVABLE}}<p class="help">Set{{#SET}} on <time datetime="{{ISO}}">{{WHEN}}</time>{{/SET}}, and never shown again. Type another to replace it.</p><label class="check small"><input type="checkbox" name="unset_{{KEY}}" value="1"{{#TICKED}} checked{{/TICKED}}> <span>Remove it</span></label>{{/REMOVABLE}}
</div>
</div>
{{/FIELD}}
</section>
{{/GROUP}}
<p class="savebar"><button type="submit">{{SAVE}}</button></p>
</form>
