{{%AUTOESCAPE context="HTML"}}
<section class="card stack" aria-labelledby="edits">
<h2 id="edits">Edits</h2>
{{#TABLE}}
<div class="scroll" role="region" aria-label="Table of edits" tabindex="0">
<table>
<thead><tr><th scope="col">From</th><th scope="col">Until</th><th scope="col">What</th><th scope="col">Why</th><th scope="col">Who, when</th><th scope="col"><span class="sr">Change</span></th></tr></thead>
<tbody>
{{#EDIT}}
<tr>
<td>{{FROM}}</td><td>{{UNTIL}}</td>
<td>{{#EXCLUDED}}excluded{{/EXCLUDED}}{{#SET}}set to {{VALUE}} {{UNIT}} ({{QUALITY}}){{/SET}}{{#IS_OUT}} <span class="tag">taken out</span>{{/IS_OUT}}<br><span class="muted small">{{INTERVALS_SHOWN}} of {{INTERVAL_MINUTES}} min, {{CHANNEL}}</span></td>
<td class="breakable">{{REASON}}</td>
<td>{{WHO}}{{#MADE}}<br><time class="muted small" datetime="{{ISO}}">{{WHEN}}</time>{{/MADE}}</td>
<td>{{#MAY_EDIT}}<form method="post" action="{{EDITS_HREF}}/{{ID}}{{QUERY}}"><input type="hidden" name="csrf" value="{{CSRF}}">{{#HOLDS}}<button type="submit" class="secondary danger small" aria-label="Take out the edit from {{FROM}}">Take out</button>{{/HOLDS}}{{#IS_OUT}}<button type="submit" name="restore" value="1" class="secondary small" aria-label="Put back the edit from {{FROM}}">Put back</button>{{/IS_OUT}}</form>{{/MAY_EDIT}}</td>
</tr>
{{/EDIT}}
</tbody>
</table>
</div>
{{#MORE}}<p class="muted">These are the newest of {{TOTAL}}.</p>{{/MORE}}
{{/TABLE}}
{{#FORM}}
<form method="post" action="{{EDITS_HREF}}{{QUERY}}" id="new-edit" class="stack">
<input type="hidden" name="csrf" value="{{CSRF}}">
{{#REFUSED}}<p class="notice bad" role="alert">{{MESSAGE}}</p>{{/REFUSED}}
<p class="muted">What the files said is kept: an edit lies over it, and can be taken out again.</p>
<div class="controls">
<div class="field"><label for="edit-start">Readings that begin from</label><input id="edit-start" name="start" type="datetime-local" required value="{{START}}"></div>
<div class="field"><label for="edit-end">until, not included</label><input id="edit-end" name="end" type="datetime-local" required value="{{END}}"></div>
<div class="field"><label for="edit-what">are</label><select id="edit-what" name="what"><option value="exclude"{{#IS_EXCLUDE}} selected{{/IS_EXCLUDE}}>excluded</option><option value="S"{{#IS_S}} selected{{/IS_S}}>set, as substituted</option><option value="E"{{#IS_E}} selected{{/IS_E}}>set, as estimated</option><option value="A"{{#IS_A}} selected{{/IS_A}}>set, as actual</option></select></div>
<div class="field"><label for="edit-value">to, in {{UNIT}} each</label><input id="edit-value" name="value" inputmode="decimal" value="{{VALUE}}" autocomplete="off"></div>
<div class="field"><label for="edit-reason">because</label><input id="edit-reason" name="reason" required maxlength="400" value="{{REASON}}" autocomplete="off"></div>
</div>
<p><button type="submit" class="secondary">Edit the readings</button></p>
</form>
{{/FORM}}
</section>
