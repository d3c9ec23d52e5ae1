{{%AUTOESCAPE context="HTML"}}
<p class="crumb"><a href="{{BASE}}/admin/imports">Import</a></p>
<h1>Presets</h1>
<p>How a kind of file is read, kept under a name. A file whose header is known is read as its preset says. Presets are made on the page that shows how a file is read.</p>
{{#FORM_ERROR}}<p class="notice bad" role="alert">{{MESSAGE}}</p>{{/FORM_ERROR}}
{{#NONE}}<p class="card muted">There is no preset yet. Upload a file, tick “Look first”, correct what is wrong, and keep the answers.</p>{{/NONE}}
{{#PRESET}}
<section class="card stack" aria-label="{{NAME}}">
<div class="head"><h2 class="breakable">{{NAME}}</h2><a class="button secondary" href="{{BASE}}/admin/imports/presets/{{ID}}/file" download>Export</a></div>
<dl class="facts">
<div><dt>Header</dt><dd class="breakable">{{#HEADER_LINE}}<code>{{TEXT}}</code>{{/HEADER_LINE}}{{#NO_HEADER}}none: chosen by name alone{{/NO_HEADER}}</dd></div>
<div><dt>Form</dt><dd>{{FORM}}</dd></div>
{{#ANSWER}}
<div><dt>{{TITLE}}</dt><dd class="breakable">{{WORDS}}</dd></div>
{{/ANSWER}}
<div><dt>Made by</dt><dd>{{MADE_BY}}</dd></div>
</dl>
{{#MAY_CHANGE}}
<form method="post" action="{{BASE}}/admin/imports/presets" class="field inline">
<input type="hidden" name="csrf" value="{{CSRF}}"><input type="hidden" name="id" value="{{ID}}">
<label for="name-{{ID}}">Name</label><input id="name-{{ID}}" name="name" value="{{NAME}}" required maxlength="60" autocomplete="off">
<button type="submit" name="do" value="rename" class="secondary">Rename</button>
<button type="submit" name="do" value="delete" class="secondary danger">Delete</button>
</form>
{{/MAY_CHANGE}}
</section>
{{/PRESET}}
