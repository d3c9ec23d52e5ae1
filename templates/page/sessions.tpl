{{%AUTOESCAPE context="HTML"}}
<div class="head">
<h1>Charging sessions</h1>
<p class="links"><a href="{{BASE}}/admin/sessions/report">By month and year</a> <a href="{{BASE}}/admin/sessions/charger">Beside a charger’s meter</a>{{#EXPORT}} <a href="{{HREF}}">Export CSV</a>{{/EXPORT}}{{#DRAFTS}} <a href="{{BASE}}/admin/drafts">{{NUMBER}} {{#ONE}}draft{{/ONE}}{{#MANY}}drafts{{/MANY}}</a>{{/DRAFTS}}</p>
{{#MAY_ADD}}<a class="button" href="{{BASE}}/admin/sessions/new">Add a session</a>{{/MAY_ADD}}
</div>
<form method="get" action="{{BASE}}/admin/sessions" class="card stack" role="search" aria-label="Choose sessions">
{{#FORM_ERROR}}<p class="notice bad" role="alert">{{MESSAGE}}</p>{{/FORM_ERROR}}
<div class="controls tight">
<div class="field"><label for="car_id">Car</label><select id="car_id" name="car_id"><option value="">All cars</option>{{#CAR_OPTION}}<option value="{{ID}}"{{#SELECTED}} selected{{/SELECTED}}>{{NAME}}</option>{{/CAR_OPTION}}</select></div>
<div class="field"><label for="from">From</label><input id="from" name="from" type="date" value="{{FROM}}"{{#FROM_ERROR}} aria-invalid="true" aria-describedby="from-error"{{/FROM_ERROR}}>{{#FROM_ERROR}}<p class="error" id="from-error" role="alert">{{MESSAGE}}</p>{{/FROM_ERROR}}</div>
<div class="field"><label for="to">To</label><input id="to" name="to" type="date" value="{{TO}}"{{#TO_ERROR}} aria-invalid="true" aria-describedby="to-error"{{/TO_ERROR}}>{{#TO_ERROR}}<p class="error" id="to-error" role="alert">{{MESSAGE}}</p>{{/TO_ERROR}}</div>
<div class="field"><label for="place">Place</label><input id="place" name="place" maxlength="100" value="{{PLACE}}" autocomplete="off"></div>
<div class="field"><label for="network">Network</label><input id="network" name="network" maxlength="100" value="{{NETWORK}}" autocomplete="off"></div>
<button type="submit" class="secondary">Show</button>
</div>
</form>
<div class="card flush">
{{#TABLE}}
<div class="scroll" role="region" aria-label="Charging sessions" tabindex="0">
<table>
<thead><tr><th scope="col">Day</th><th scope="col">Car</th><th scope="col">Place</th><th scope="col">Network</th><th scope="col">Kind</th><th scope="col" class="num">Odometer</th><th scope="col" class="num">kWh</th><th scope="col" class="num">Cost, £</th><th scope="col" class="num">mi/kWh</th></tr></thead>
<tbody>
{{#SESSION}}
<tr>
<td><a href="{{HREF}}">{{DATE}}</a>{{#IS_ACTIVE}} <span class="tag">charging</span>{{/IS_ACTIVE}}</td>
<td>{{CAR}}</td>
<td>{{PLACE}}{{#IS_HOME}} <span class="tag">home</span>{{/IS_HOME}}</td>
<td>{{NETWORK}}</td>
<td>{{TYPE}}</td>
<td class="num">{{#ODOMETER}}{{VALUE}}{{/ODOMETER}}</td>
<td class="num">{{#ENERGY}}{{VALUE}}{{/ENERGY}}</td>
<td class="num">{{#COST}}{{VALUE}}{{/COST}}</td>
<td class="num">{{#EFFICIENCY}}{{VALUE}}{{/EFFICIENCY}}{{#BY_DEFAULT}}<span class="muted" title="the default: the odometer does not tell">*</span>{{/BY_DEFAULT}}</td>
</tr>
{{/SESSION}}
</tbody>
<tfoot><tr class="sum"><th scope="row" colspan="6">{{COUNT}} closed sessions in all{{#UNPRICED}}, {{NUMBER}} of them without a cost{{/UNPRICED}}</th><td class="num">{{KWH}}</td><td class="num">{{COST}}</td><td></td></tr></tfoot>
</table>
</div>
{{/TABLE}}
{{#NONE_YET}}
<div class="empty">
<p><strong>No charging sessions yet.</strong></p>
<p class="muted">{{#NO_CARS}}<a href="{{BASE}}/admin/cars">Add a car</a> first. {{/NO_CARS}}Or <a href="{{BASE}}/admin/imports">import a file of sessions</a>.</p>
</div>
{{/NONE_YET}}
{{#NONE_FOUND}}<div class="empty"><p>No session is like that.</p><p><a href="{{BASE}}/admin/sessions">Show all sessions</a></p></div>{{/NONE_FOUND}}
</div>
{{>PAGER}}
