{{%AUTOESCAPE context="HTML"}}
<div class="head">
<h1>Audit log</h1>
<p class="links"><a href="{{BASE}}/admin/audit?verify=1">Check that nobody has altered it</a></p>
</div>
{{#SOUND}}<div class="notice info" role="status"><p>All {{ROWS}} rows follow from one another: none was altered, put in or taken out.</p><p class="breakable small">Keep the last hash somewhere else to see later that none was cut off at the end: <code>{{LAST}}</code></p></div>{{/SOUND}}
{{#BROKEN}}<p class="notice bad" role="alert"><strong>The log was altered.</strong> Row {{ROW}} does not follow from the one before. Compare it with a backup.</p>{{/BROKEN}}
<form method="get" action="{{BASE}}/admin/audit" class="card stack" role="search" aria-label="Choose rows">
{{#FORM_ERROR}}<p class="notice bad" role="alert">{{MESSAGE}}</p>{{/FORM_ERROR}}
<div class="controls tight">
<div class="field"><label for="actor">Who</label><input id="actor" name="actor" maxlength="100" value="{{ACTOR}}" autocomplete="off"></div>
<div class="field"><label for="action">What</label><select id="action" name="action"><option value="">Everything</option>{{#KIND}}<option value="{{NAME}}"{{#SELECTED}} selected{{/SELECTED}}>{{LABEL}}</option>{{/KIND}}</select></div>
<div class="field"><label for="from">From</label><input id="from" name="from" type="date" value="{{FROM}}"{{#FROM_ERROR}} aria-invalid="true" aria-describedby="from-error"{{/FROM_ERROR}}>{{#FROM_ERROR}}<p class="error" id="from-error" role="alert">{{MESSAGE}}</p>{{/FROM_ERROR}}</div>
<div class="field"><label for="to">To</label><input id="to" name="to" type="date" value="{{TO}}"{{#TO_ERROR}} aria-invalid="true" aria-describedby="to-error"{{/TO_ERROR}}>{{#TO_ERROR}}<p class="error" id="to-error" role="alert">{{MESSAGE}}</p>{{/TO_ERROR}}</div>
<button type="submit" class="secondary">Show</button>
</div>
</form>
<div class="card flush">
{{#TABLE}}
<div class="scroll" role="region" aria-label="Audit log" tabindex="0">
<table class="audit">
<thead><tr><th scope="col">When</th><th scope="col">Who</th><th scope="col">What</th><th scope="col">Of what</th><th scope="col">Detail</th></tr></thead>
<tbody>
{{#ROW}}
<tr>
<td>{{#DONE}}<time datetime="{{ISO}}">{{WHEN}}</time>{{/DONE}}</td>
<td>{{ACTOR}}</td>
<td><span class="tag">{{ACTION}}</span></td>
<td class="free">{{SUBJECT}}</td>
<td class="free">{{DETAIL}}</td>
</tr>
{{/ROW}}
</tbody>
</table>
</div>
{{/TABLE}}
{{#NONE}}<div class="empty"><p><strong>Nothing here.</strong></p><p class="muted">Nobody did such a thing in that time.</p></div>{{/NONE}}
</div>
{{>PAGER}}
