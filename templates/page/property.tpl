{{%AUTOESCAPE context="HTML"}}
<p class="crumb"><a href="{{BASE}}/admin/properties">Properties</a></p>
<div class="head">
<h1 class="breakable">{{NAME}}</h1>
{{#REMOVED}}<span class="badge big cancelled">Removed</span>{{/REMOVED}}
</div>
<p class="muted">{{#PLACE}}{{ADDRESS}} {{POSTCODE}} · {{/PLACE}}{{#OWNER}}Belongs to {{EMAIL}}{{/OWNER}}{{#NO_OWNER}}Belongs to the instance{{/NO_OWNER}} · <a href="{{BASE}}/admin/exports?property_id={{ID:u}}">export its readings</a></p>
<section class="card" aria-labelledby="summary">
<h2 id="summary">What went through the meters</h2>
{{#RANGE}}
<form method="get" action="{{HREF}}" class="range">
<label>From <input type="date" name="from" value="{{FROM}}" required></label>
<label>to <input type="date" name="to" value="{{TO}}" required></label>
{{>COMPARE}}
<button type="submit" class="secondary">Show</button>
</form>
{{/RANGE}}
{{#NOTHING_THEN}}<div class="empty"><p>Nothing is known of these days.</p></div>{{/NOTHING_THEN}}
{{#NO_SUMMARY}}<div class="empty"><p>Nothing is known yet.</p><p><a class="button" href="{{BASE}}/admin/imports">Import a file</a></p></div>{{/NO_SUMMARY}}
{{#SUMMARY}}
{{#AT}}<p class="muted">What the registers showed on <time datetime="{{ISO}}">{{WHEN}}</time>, or last before it.</p>{{/AT}}
<div class="scroll" role="region" aria-label="Table of meters and what went through them" tabindex="0">
<table>
<thead><tr><th scope="col">Meter</th><th scope="col">Kind</th><th scope="col" class="num">{{UNIT}}</th></tr></thead>
<tbody>
{{#ROW}}
<tr><td><a href="{{HREF}}">{{IDENTIFIER}}</a></td><td>{{#IS_MAIN}}main{{/IS_MAIN}}{{#IS_SUB}}sub-meter{{/IS_SUB}}{{#PARTLY}} <span class="tag">{{SHARE}} of the time known</span>{{/PARTLY}}</td><td class="num">{{VALUE}}</td></tr>
{{/ROW}}
{{#UNMETERED}}
<tr class="sum"><th scope="row">Unmetered</th><td>main less sub-meters{{#PARTLY}} <span class="tag">over {{SHARE}} of the days</span>{{/PARTLY}}</td><td class="num">{{VALUE}}</td></tr>
{{/UNMETERED}}
{{#EXCEEDS}}
<tr class="sum"><th scope="row">Unmetered</th><td class="bad">The sub-meters exceed the main one by {{VALUE}}{{#PARTLY}} <span class="tag">over {{SHARE}} of the days</span>{{/PARTLY}}</td><td class="num bad">−{{VALUE}}</td></tr>
{{/EXCEEDS}}
</tbody>
</table>
</div>
{{#MORE}}<p class="muted">{{COUNT}} further meters are not shown here; they are in the sum.</p>{{/MORE}}
{{/SUMMARY}}
</section>
{{#HAS_PROFILE}}
<section class="card" aria-labelledby="profile">
<h2 id="profile">Load profile of the main meters</h2>
{{#SOME_MAINS}}<p class="muted">Of {{KNOWING}} of the {{ALL}}: of the others nothing is known on these days.</p>{{/SOME_MAINS}}
{{>PROFILE}}
{{>COMPARED}}
</section>
{{/HAS_PROFILE}}
{{#HAS_MONTHS}}
<section class="card" aria-labelledby="by-month">
<h2 id="by-month">Month by month</h2>
{{>MONTHS}}
</section>
{{/HAS_MONTHS}}
<section class="card flush" aria-labelledby="meters">
<h2 id="meters" class="pad">Meters</h2>
{{#NO_METERS}}<div class="empty"><p>It has no meters yet.</p></div>{{/NO_METERS}}
{{#HAS_METERS}}
<div class="scroll" role="region" aria-label="Table of meters" tabindex="0">
<table>
<thead><tr><th scope="col">Meter</th><th scope="col">Name</th><th scope="col">Kind</th><th scope="col">Readings from</th><th scope="col">to</th><th scope="col"><span class="sr">Change</span></th></tr></thead>
<tbody>
{{#METER}}
<tr>
<td><a href="{{HREF}}" class="id">{{IDENTIFIER}}</a>{{#IS_REMOVED}} <span class="tag">removed</span>{{/IS_REMOVED}}</td>
<td>{{NAME}}</td>
<td>{{#MAIN}}main{{/MAIN}}{{#SUB}}sub-meter{{/SUB}}{{#VIRTUAL}}virtual: <code>{{FORMULA}}</code>{{/VIRTUAL}}</td>
<td>{{#HAS_DAYS}}{{FIRST_DAY}}{{/HAS_DAYS}}</td><td>{{#HAS_DAYS}}{{LAST_DAY}}{{/HAS_DAYS}}</td>
<td>{{#MAY_CHANGE}}<form method="post" action="{{METER_HREF}}/remove"><input type="hidden" name="csrf" value="{{CSRF}}">{{#REMOVE}}<button type="submit" class="secondary danger small" aria-label="Remove {{IDENTIFIER}}">Remove</button>{{/REMOVE}}{{#RESTORE}}<button type="submit" name="restore" value="1" class="secondary small" aria-label="Restore {{IDENTIFIER}}">Restore</button>{{/RESTORE}}</form>{{/MAY_CHANGE}}</td>
</tr>
{{/METER}}
</tbody>
</table>
</div>
{{/HAS_METERS}}
{{#MORE_METERS}}<p class="muted pad">These are the first of {{TOTAL}}. All are in the <a href="{{BASE}}/admin/meters">list of meters</a>.</p>{{/MORE_METERS}}
</section>
{{#MAY_EDIT}}
{{#ENTRY}}
<form method="post" action="{{HREF}}/readings" class="card stack" id="entry">
<h2>Enter what the registers show</h2>
<input type="hidden" name="csrf" value="{{CSRF}}">
{{#ENTRY_REFUSED}}<p class="notice bad" role="alert">{{MESSAGE}}</p>{{/ENTRY_REFUSED}}
<div class="controls">
<div class="field"><label for="at">When</label><input id="at" name="at" type="datetime-local" required></div>
{{#ENTRY_METER}}
<div class="field"><label for="value-{{ID}}">{{NAME}}</label><input id="value-{{ID}}" name="value_{{ID}}" inputmode="decimal" value="{{VALUE}}" autocomplete="off"></div>
{{/ENTRY_METER}}
</div>
<p><button type="submit">Store the readings</button></p>
</form>
{{/ENTRY}}
<form method="post" action="{{HREF}}/meters" class="card stack" id="new-meter">
<h2>Add a meter</h2>
<input type="hidden" name="csrf" value="{{CSRF}}">
{{#METER_REFUSED}}<p class="notice bad" role="alert">{{MESSAGE}}</p>{{/METER_REFUSED}}
<div class="controls">
<div class="field"><label for="identifier">Identifier</label><input id="identifier" name="identifier" required maxlength="64" placeholder="MPAN, serial" autocomplete="off"></div>
<div class="field"><label for="meter-name">Name</label><input id="meter-name" name="name" maxlength="200" autocomplete="off"></div>
<div class="field"><label for="meter-type">It is</label><select id="meter-type" name="meter_type"><option value="MAIN_METER">the main meter</option><option value="SUB_METER">a sub-meter</option></select></div>
<div class="field"><label for="formula">Formula, of a virtual one</label><input id="formula" name="formula" maxlength="400" placeholder="M12 - M13" autocomplete="off"></div>
</div>
<p><button type="submit" class="secondary">Add the meter</button></p>
</form>
{{>DRAFTS}}
<form method="post" action="{{HREF}}" class="card stack" id="details" data-draft="property">
<h2>Details</h2>
<input type="hidden" name="csrf" value="{{CSRF}}"><input type="hidden" name="version" value="{{VERSION}}">
{{>CONFLICT}}
{{#SAVE_REFUSED}}<p class="notice bad" role="alert">{{MESSAGE}}</p>{{/SAVE_REFUSED}}
<div class="controls">
<div class="field"><label for="name">Name</label><input id="name" name="name" required maxlength="200" value="{{F_NAME}}" autocomplete="off"></div>
<div class="field"><label for="address">Address</label><input id="address" name="address" maxlength="400" value="{{F_ADDRESS}}" autocomplete="off"></div>
<div class="field"><label for="postcode">Postcode</label><input id="postcode" name="postcode" maxlength="40" value="{{F_POSTCODE}}" autocomplete="off"></div>
<div class="field"><label for="time_zone">Time zone of new meters</label><input id="time_zone" name="time_zone" maxlength="64" value="{{F_TIME_ZONE}}" placeholder="Europe/London" autocomplete="off"></div>
<div class="field"><label for="site_type">Kind of place</label><input id="site_type" name="site_type" maxlength="100" value="{{F_SITE_TYPE}}" autocomplete="off"></div>
<div class="field"><label for="floor_area">Floor area, m²</label><input id="floor_area" name="floor_area" inputmode="decimal" value="{{F_FLOOR_AREA}}" autocomplete="off"></div>
<div class="field"><label for="company_id">Company</label><input id="company_id" name="company_id" maxlength="100" value="{{F_COMPANY_ID}}" autocomplete="off"></div>
<div class="field"><label for="region_id">Region</label><input id="region_id" name="region_id" maxlength="100" value="{{F_REGION_ID}}" autocomplete="off"></div>
<div class="field"><label for="latitude">Latitude, degrees</label><input id="latitude" name="latitude" inputmode="decimal" value="{{F_LATITUDE}}" autocomplete="off"></div>
<div class="field"><label for="longitude">Longitude, degrees</label><input id="longitude" name="longitude" inputmode="decimal" value="{{F_LONGITUDE}}" autocomplete="off"></div>
</div>
<p><button type="submit" class="secondary">{{SAVE}}</button></p>
{{>DRAFT_FIELDS}}
</form>
{{/MAY_EDIT}}
<section class="card stack" aria-labelledby="members">
<h2 id="members">People</h2>
{{#MEMBER_REFUSED}}<p class="notice bad" role="alert">{{MESSAGE}}</p>{{/MEMBER_REFUSED}}
<dl class="facts">
{{#MEMBER}}
<div><dt class="breakable">{{EMAIL}}</dt><dd>{{ROLE}}{{#MAY_REMOVE}} <form method="post" action="{{HREF}}/members" class="beside"><input type="hidden" name="csrf" value="{{CSRF}}"><button type="submit" name="remove" value="{{USER_ID}}" class="secondary danger small" aria-label="Remove {{EMAIL}}">Remove</button></form>{{/MAY_REMOVE}}</dd></div>
{{/MEMBER}}
</dl>
{{#MAY_OWN}}
<form method="post" action="{{HREF}}/members" class="field inline">
<input type="hidden" name="csrf" value="{{CSRF}}">
<label for="member-email">Let somebody see or change it</label>
<input id="member-email" name="email" type="email" required placeholder="name@example.org" autocomplete="off">
<select name="role" aria-label="As" class="short"><option value="viewer">viewer</option><option value="editor">editor</option><option value="owner">owner, instead of the present one</option></select>
<button type="submit" class="secondary">Add</button>
</form>
{{/MAY_OWN}}
</section>
{{#MAY_OWN}}
<form method="post" action="{{HREF}}/remove" class="card stack" id="remove">
<input type="hidden" name="csrf" value="{{CSRF}}">
{{#REMOVE_REFUSED}}<p class="notice bad" role="alert">{{MESSAGE}}</p>{{/REMOVE_REFUSED}}
{{#ACTIVE}}
<h2>Remove the property</h2>
<p class="muted">It is left out of lists, totals and exports, and can be restored.</p>
<div><label class="check"><input type="checkbox" name="cascade" value="1"> <span>With its meters</span></label></div>
<p><button type="submit" class="secondary danger">Remove</button></p>
{{/ACTIVE}}
{{#REMOVED}}
<h2>Restore the property</h2>
<div><label class="check"><input type="checkbox" name="cascade" value="1" checked> <span>With its meters</span></label></div>
<p><button type="submit" name="restore" value="1">Restore</button></p>
{{/REMOVED}}
</form>
{{/MAY_OWN}}
