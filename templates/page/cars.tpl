{{%AUTOESCAPE context="HTML"}}
<h1>Cars</h1>
{{#NONE}}<div class="card"><div class="empty"><p><strong>No cars yet.</strong></p><p class="muted">Add one below, or import a file of charging sessions that names it.</p></div></div>{{/NONE}}
{{#CAR}}
<section class="card stack" aria-labelledby="car-{{ID}}">
<div class="head"><h2 id="car-{{ID}}">{{CAR}}{{#REMOVED}} <span class="tag">removed</span>{{/REMOVED}}</h2><a href="{{BASE}}/admin/sessions?car_id={{ID:u}}">{{SESSIONS}} sessions</a></div>
<p class="muted">{{#ODOMETER}}{{VALUE}} miles{{/ODOMETER}}{{#OWNER}} · belongs to {{EMAIL}}{{/OWNER}}</p>
{{#MAY_CHANGE}}
<details{{#OPEN}} open{{/OPEN}}><summary>Change</summary>
<form method="post" action="{{BASE}}/admin/cars" class="stack">
{{#WRONG}}<p class="notice bad" role="alert">{{MESSAGE}}</p>{{/WRONG}}
<input type="hidden" name="csrf" value="{{CSRF}}"><input type="hidden" name="id" value="{{ID}}"><input type="hidden" name="version" value="{{VERSION}}">
<div class="controls">
<div class="field"><label for="name-{{ID}}">Name</label><input id="name-{{ID}}" name="name" required maxlength="60" value="{{NAME}}" autocomplete="off"></div>
<div class="field"><label for="registration-{{ID}}">Registration</label><input id="registration-{{ID}}" name="registration" maxlength="20" value="{{REGISTRATION}}" autocomplete="off"></div>
<div class="field"><label for="battery-{{ID}}">Battery, kWh</label><input id="battery-{{ID}}" name="battery_kwh" inputmode="decimal" value="{{BATTERY}}" autocomplete="off"></div>
<div class="field"><label for="efficiency-{{ID}}">Usual mi/kWh</label><input id="efficiency-{{ID}}" name="efficiency_mpkwh" inputmode="decimal" value="{{EFFICIENCY}}" autocomplete="off"></div>
<div class="field"><label for="mpg-{{ID}}">Petrol car, mpg</label><input id="mpg-{{ID}}" name="petrol_mpg" inputmode="decimal" value="{{MPG}}" autocomplete="off"></div>
</div>
<p class="buttons"><button type="submit" class="secondary">Save</button>{{#ACTIVE}} <button type="submit" name="do" value="remove" class="secondary danger" formnovalidate aria-label="Remove {{CAR}}">Remove</button>{{/ACTIVE}}{{#REMOVED}} <button type="submit" name="do" value="restore" class="secondary" formnovalidate aria-label="Restore {{CAR}}">Restore</button>{{/REMOVED}}</p>
</form>
</details>
{{/MAY_CHANGE}}
</section>
{{/CAR}}
{{#MAY_CHANGE}}
<form method="post" action="{{BASE}}/admin/cars" class="card stack" id="new-car">
<h2>Add a car</h2>
{{#ADD_REFUSED}}<p class="notice bad" role="alert">{{MESSAGE}}</p>{{/ADD_REFUSED}}
<input type="hidden" name="csrf" value="{{CSRF}}">
<div class="controls">
<div class="field"><label for="name">Name</label><input id="name" name="name" required maxlength="60" autocomplete="off"></div>
<div class="field"><label for="registration">Registration</label><input id="registration" name="registration" maxlength="20" autocomplete="off"></div>
<div class="field"><label for="battery">Battery, kWh</label><input id="battery" name="battery_kwh" inputmode="decimal" autocomplete="off"></div>
<div class="field"><label for="efficiency">Usual mi/kWh</label><input id="efficiency" name="efficiency_mpkwh" inputmode="decimal" autocomplete="off"></div>
<div class="field"><label for="mpg">Petrol car, mpg</label><input id="mpg" name="petrol_mpg" inputmode="decimal" autocomplete="off"></div>
</div>
<p><button type="submit">Add</button></p>
</form>
{{/MAY_CHANGE}}
<section class="card stack" aria-labelledby="tariffs">
<h2 id="tariffs">Tariffs</h2>
<p class="muted">What charging costs where a session says neither its total nor its price. The closest one counts: car and network, then network, then car. A cost that was computed stays when a tariff changes.</p>
{{#TARIFFS}}
<div class="scroll" role="region" aria-label="Table of tariffs" tabindex="0">
<table>
<thead><tr><th scope="col">Car</th><th scope="col">Network</th><th scope="col">From</th><th scope="col" class="num">£ a kWh</th><th scope="col" class="num">£ a minute</th><th scope="col" class="num">£ a session</th><th scope="col"><span class="sr">Actions</span></th></tr></thead>
<tbody>
{{#TARIFF}}
<tr><td>{{CAR}}</td><td>{{NETWORK}}</td><td>{{FROM}}</td><td class="num">{{PER_KWH}}</td><td class="num">{{PER_MINUTE}}</td><td class="num">{{PER_SESSION}}</td>
<td>{{#MAY_CHANGE}}<form method="post" action="{{BASE}}/admin/tariffs"><input type="hidden" name="csrf" value="{{CSRF}}"><button type="submit" name="remove" value="{{ID}}" class="secondary danger small" aria-label="Remove the tariff of {{CAR}}, {{NETWORK}}, from {{FROM}}">Remove</button></form>{{/MAY_CHANGE}}</td></tr>
{{/TARIFF}}
</tbody>
</table>
</div>
{{/TARIFFS}}
{{#NO_TARIFFS}}<p>None yet.</p>{{/NO_TARIFFS}}
{{#MAY_CHANGE}}
<form method="post" action="{{BASE}}/admin/tariffs" class="stack" id="new-tariff">
{{#TARIFF_REFUSED}}<p class="notice bad" role="alert">{{MESSAGE}}</p>{{/TARIFF_REFUSED}}
<input type="hidden" name="csrf" value="{{CSRF}}">
<div class="controls">
<div class="field"><label for="tariff-car">Car</label><select id="tariff-car" name="car_id"><option value="">Every car</option>{{#CAR_OPTION}}<option value="{{ID}}">{{NAME}}</option>{{/CAR_OPTION}}</select></div>
<div class="field"><label for="tariff-network">Network</label><input id="tariff-network" name="network" maxlength="100" placeholder="everywhere" autocomplete="off"></div>
<div class="field"><label for="tariff-from">From</label><input id="tariff-from" name="from_day" type="date" required></div>
<div class="field"><label for="tariff-kwh">£ a kWh</label><input id="tariff-kwh" name="per_kwh" inputmode="decimal" autocomplete="off"></div>
<div class="field"><label for="tariff-minute">£ a minute</label><input id="tariff-minute" name="per_minute" inputmode="decimal" autocomplete="off"></div>
<div class="field"><label for="tariff-session">£ a session</label><input id="tariff-session" name="per_session" inputmode="decimal" autocomplete="off"></div>
</div>
<p><button type="submit" class="secondary">Add the tariff</button></p>
</form>
{{/MAY_CHANGE}}
</section>
