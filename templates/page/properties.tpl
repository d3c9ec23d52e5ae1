{{%AUTOESCAPE context="HTML"}}
<div class="head">
<h1>Properties</h1>
{{#SOME}}<span class="muted">{{TOTAL}} in all</span>{{/SOME}}
</div>
<form method="get" action="{{BASE}}/admin/properties" role="search" class="search">
<label for="q" class="sr">Search by name or address</label>
<input id="q" name="q" type="search" value="{{SEARCH}}" placeholder="Name, address">
<label class="check"><input type="checkbox" name="inactive" value="1"{{#INACTIVE_TOO}} checked{{/INACTIVE_TOO}}> <span>Removed ones too</span></label>
<button type="submit" class="secondary">Search</button>
</form>
<div class="card flush">
{{#SOME}}
<div class="scroll" role="region" aria-label="Properties" tabindex="0">
<table>
<thead><tr><th scope="col">Property</th><th scope="col">Address</th><th scope="col">Belongs to</th><th scope="col">You are</th><th scope="col" class="num">Meters</th></tr></thead>
<tbody>
{{#PROPERTY}}
<tr>
<td><a href="{{HREF}}">{{NAME}}</a>{{#IS_INACTIVE}} <span class="tag">removed</span>{{/IS_INACTIVE}}</td>
<td>{{ADDRESS}} {{POSTCODE}}</td>
<td>{{OWNER_EMAIL}}</td>
<td>{{MY_ROLE}}</td>
<td class="num">{{METERS_COUNT}}</td>
</tr>
{{/PROPERTY}}
</tbody>
</table>
</div>
{{/SOME}}
{{#NONE_YET}}
<div class="empty"><p><strong>No properties yet.</strong></p><p class="muted">A property is a place with meters: a house, a block of flats, a site.</p></div>
{{/NONE_YET}}
{{#NONE_FOUND}}
<div class="empty"><p>No property has “{{SEARCH}}” in its name or address.</p><p><a href="{{BASE}}/admin/properties">Show all properties</a></p></div>
{{/NONE_FOUND}}
</div>
{{>PAGER}}
{{#MAY_ADD}}
<form method="post" action="{{BASE}}/admin/properties" class="card stack form" id="new-property">
<h2>Add a property</h2>
<input type="hidden" name="csrf" value="{{CSRF}}">
{{#FORM_ERROR}}<p class="notice bad" role="alert">{{MESSAGE}}</p>{{/FORM_ERROR}}
<div class="field">
<label for="name">Name</label>
<input id="name" name="name" required maxlength="200" value="{{NEW_NAME}}" autocomplete="off"{{#NAME_ERROR}} aria-invalid="true" aria-describedby="name-error"{{/NAME_ERROR}}>
{{#NAME_ERROR}}<p class="error" id="name-error" role="alert">{{MESSAGE}}</p>{{/NAME_ERROR}}
</div>
<div class="field"><label for="address">Address</label><input id="address" name="address" maxlength="400" value="{{NEW_ADDRESS}}" autocomplete="off"></div>
<div class="field"><label for="postcode">Postcode</label><input id="postcode" name="postcode" maxlength="40" value="{{NEW_POSTCODE}}" autocomplete="off"></div>
<div class="field">
<label for="time_zone">Time zone of its meters</label>
<input id="time_zone" name="time_zone" maxlength="64" value="{{NEW_TIME_ZONE}}" placeholder="Europe/London" autocomplete="off"{{#TIME_ZONE_ERROR}} aria-invalid="true" aria-describedby="time-zone-error"{{/TIME_ZONE_ERROR}}>
{{#TIME_ZONE_ERROR}}<p class="error" id="time-zone-error" role="alert">{{MESSAGE}}</p>{{/TIME_ZONE_ERROR}}
</div>
<p><button type="submit">Add</button></p>
</form>
{{/MAY_ADD}}
