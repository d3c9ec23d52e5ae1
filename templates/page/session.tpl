{{%AUTOESCAPE context="HTML"}}
<p class="crumb"><a href="{{BASE}}/admin/sessions">Charging sessions</a></p>
<div class="head">
<h1>{{CAR}}, {{DATE}}{{#IS_ACTIVE}} <span class="tag">charging</span>{{/IS_ACTIVE}}</h1>
</div>
{{#KEPT}}<p class="notice warn" role="status">The session is saved. Another tab or device had typed something else into its draft meanwhile, which was not overwritten: <a href="{{HREF}}">{{TITLE}}, saved {{AGO}}</a>.</p>{{/KEPT}}
<dl class="tiles">
<div><dt>Energy</dt><dd>{{#ENERGY}}{{VALUE}} kWh{{/ENERGY}}</dd></div>
<div><dt>Cost</dt><dd>{{#COST}}£{{VALUE}}{{#COMPUTED}}<small>computed</small>{{/COMPUTED}}{{#AS_SAID}}<small>as entered</small>{{/AS_SAID}}{{/COST}}</dd></div>
<div><dt>Since the session before</dt><dd>{{#MILES}}{{VALUE}} mi{{/MILES}}{{#BASELINE}}<small>the first of this car</small>{{/BASELINE}}</dd></div>
<div><dt>Efficiency</dt><dd>{{#EFFICIENCY}}{{VALUE}}{{#BY_DEFAULT}}<small>the default</small>{{/BY_DEFAULT}}<small>mi/kWh</small>{{/EFFICIENCY}}</dd></div>
<div><dt>The same on petrol</dt><dd>{{#PETROL}}£{{VALUE}}{{/PETROL}}{{#SAVED}}<small>£{{VALUE}} saved</small>{{/SAVED}}{{#LOST}}<small>£{{VALUE}} more than petrol</small>{{/LOST}}</dd></div>
<div><dt>Where</dt><dd class="word">{{#IS_HOME}}home{{/IS_HOME}}{{#ELSEWHERE}}away{{/ELSEWHERE}}</dd></div>
</dl>
{{#MAY_CHANGE}}
{{>DRAFTS}}
<form method="post" action="{{HREF}}" class="card stack" id="session" data-draft="session">
<input type="hidden" name="csrf" value="{{CSRF}}"><input type="hidden" name="version" value="{{VERSION}}">
{{>CONFLICT}}
{{>FORM}}
<p class="buttons">{{#MAY_CLOSE}}<button type="submit" name="status" value="closed">Close the session</button> {{/MAY_CLOSE}}<button type="submit"{{#MAY_CLOSE}} class="secondary"{{/MAY_CLOSE}}>{{SAVE}}</button></p>
{{>DRAFT_FIELDS}}
</form>
<form method="post" action="{{HREF}}/remove" class="card stack form" id="remove">
<h2>Remove the session</h2>
<p>It is gone for good, and its totals with it.</p>
<input type="hidden" name="csrf" value="{{CSRF}}">
<p><button type="submit" class="secondary danger">Remove</button></p>
</form>
{{/MAY_CHANGE}}
