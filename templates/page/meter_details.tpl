{{%AUTOESCAPE context="HTML"}}
<p class="crumb"><a href="{{BASE}}/admin/meters">Meters</a> › <a href="{{HREF}}">{{IDENTIFIER}}</a></p>
<h1>Meter <span class="id">{{IDENTIFIER}}</span>: details</h1>
<p class="muted">Number {{ID}} (M{{ID}} in formulas) of {{PROPERTY_NAME}}, its days are local days in {{TIME_ZONE}}</p>
{{#MAY_EDIT}}
{{>DRAFTS}}
<form method="post" action="{{HREF}}/details" class="card stack" id="details" data-draft="meter">
<h2>What it is</h2>
<input type="hidden" name="csrf" value="{{CSRF}}"><input type="hidden" name="version" value="{{VERSION}}">
{{>CONFLICT}}
{{#DETAILS_REFUSED}}<p class="notice bad" role="alert">{{MESSAGE}}</p>{{/DETAILS_REFUSED}}
<div class="controls">
<div class="field"><label for="identifier">Identifier</label><input id="identifier" name="identifier" required maxlength="64" value="{{F_IDENTIFIER}}" autocomplete="off"></div>
<div class="field"><label for="name">Name</label><input id="name" name="name" maxlength="200" value="{{F_NAME}}" autocomplete="off"></div>
<div class="field"><label for="meter_type">It is</label><select id="meter_type" name="meter_type"><option value="MAIN_METER"{{#IS_MAIN}} selected{{/IS_MAIN}}>the main meter</option><option value="SUB_METER"{{#IS_SUB}} selected{{/IS_SUB}}>a sub-meter</option></select></div>
{{#IS_SUB}}<div class="field"><label for="formula">Formula, if it is virtual</label><input id="formula" name="formula" maxlength="400" value="{{F_FORMULA}}" placeholder="M12 - M13" autocomplete="off"></div>{{/IS_SUB}}
<div class="field"><label for="property_id">Property</label><select id="property_id" name="property_id">{{#PROPERTY}}<option value="{{ID}}"{{#SELECTED}} selected{{/SELECTED}}>{{NAME}}</option>{{/PROPERTY}}</select></div>
</div>
<p><button type="submit">{{SAVE}}</button></p>
{{>DRAFT_FIELDS}}
</form>
{{/MAY_EDIT}}
<section class="card stack" aria-labelledby="names">
<h2 id="names">What else it is called, or was</h2>
{{#IDENTIFIER_REFUSED}}<p class="notice bad" role="alert">{{MESSAGE}}</p>{{/IDENTIFIER_REFUSED}}
<p class="muted">A file that names it by one of these is taken for it.</p>
<dl class="facts">
{{#IDENTIFIER_ROW}}
<div><dt class="id">{{IDENTIFIER}}</dt><dd>{{#HAS_RANGE}}{{FROM}} – {{TO}}{{/HAS_RANGE}}{{#MAY_EDIT}} <form method="post" action="{{HREF}}/identifiers" class="beside"><input type="hidden" name="csrf" value="{{CSRF}}"><button type="submit" name="remove" value="{{ID}}" class="secondary danger small" aria-label="Remove {{IDENTIFIER}}">Remove</button></form>{{/MAY_EDIT}}</dd></div>
{{/IDENTIFIER_ROW}}
</dl>
{{#MAY_EDIT}}
<form method="post" action="{{HREF}}/identifiers" id="new-identifier">
<input type="hidden" name="csrf" value="{{CSRF}}">
<div class="controls">
<div class="field"><label for="other">Another identifier</label><input id="other" name="identifier" required maxlength="64" autocomplete="off"></div>
<div class="field"><label for="from">From, if it is known</label><input id="from" name="from" type="date"></div>
<div class="field"><label for="to">To, if it has ended</label><input id="to" name="to" type="date"></div>
<div class="field"><button type="submit" class="secondary">Add</button></div>
</div>
</form>
{{/MAY_EDIT}}
</section>
<section class="card stack" aria-labelledby="events">
<h2 id="events">Exchanges and roll-overs of its register</h2>
{{#EVENT_REFUSED}}<p class="notice bad" role="alert">{{MESSAGE}}</p>{{/EVENT_REFUSED}}
<dl class="facts">
{{#EVENT}}
<div><dt>{{#WHEN_AT}}<time datetime="{{ISO}}">{{WHEN}}</time>{{/WHEN_AT}}{{#EXCHANGE}} exchanged{{/EXCHANGE}}{{#ROLLOVER}} rolled over{{/ROLLOVER}} <span class="breakable">{{NOTE}}</span></dt><dd>{{FINAL}} → {{FIRST}}{{#MAY_EDIT}} <form method="post" action="{{HREF}}/events" class="beside"><input type="hidden" name="csrf" value="{{CSRF}}"><button type="submit" name="remove" value="{{ID}}" class="secondary danger small" aria-label="Remove the event of {{AT}}">Remove</button></form>{{/MAY_EDIT}}</dd></div>
{{/EVENT}}
</dl>
{{#MAY_EDIT}}
<form method="post" action="{{HREF}}/events" id="new-event">
<input type="hidden" name="csrf" value="{{CSRF}}">
<div class="controls">
<div class="field"><label for="kind">It was</label><select id="kind" name="kind"><option value="exchange">exchanged</option><option value="rollover">rolled over to zero</option></select></div>
<div class="field"><label for="at">When</label><input id="at" name="at" type="datetime-local" required></div>
<div class="field"><label for="final_value">The old one showed</label><input id="final_value" name="final_value" inputmode="decimal" required autocomplete="off" aria-describedby="final-help"></div>
<div class="field"><label for="first_value">The new one showed</label><input id="first_value" name="first_value" inputmode="decimal" value="0" autocomplete="off"></div>
<div class="field"><label for="note">Note</label><input id="note" name="note" maxlength="400" autocomplete="off"></div>
<div class="field"><button type="submit" class="secondary">Record it</button></div>
</div>
<p class="help" id="final-help">Of a roll-over, what comes after the largest number that it shows: 100000 of five digits.</p>
</form>
{{/MAY_EDIT}}
</section>
