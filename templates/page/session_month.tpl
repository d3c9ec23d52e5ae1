{{%AUTOESCAPE context="HTML"}}
<p class="crumb noprint"><a href="{{BASE}}/admin/sessions/report">What charging came to</a></p>
<h1>Charging in {{MONTH}}</h1>
<dl class="facts narrow">
<div><dt>Driver</dt><dd>{{DRIVER}}</dd></div>
{{#ONE_CAR}}<div><dt>Car</dt><dd>{{NAME}} {{REGISTRATION}}</dd></div>{{/ONE_CAR}}{{#ALL_CARS}}<div><dt>Car</dt><dd>all cars</dd></div>{{/ALL_CARS}}
<div><dt>Days</dt><dd>{{FROM}} to {{TO}}</dd></div>
{{#ODOMETERS}}<div><dt>Odometer</dt><dd>{{FIRST}} to {{LAST}} miles</dd></div>{{/ODOMETERS}}
</dl>
{{#NONE}}<div class="card"><div class="empty"><p><strong>No closed sessions in this month.</strong></p></div></div>{{/NONE}}
{{#MORE}}<p class="notice warn" role="status">{{NUMBER}} more sessions are not listed here; the totals hold them.</p>{{/MORE}}
{{#TABLE}}
<div class="card flush">
<div class="scroll" role="region" aria-label="Charging sessions" tabindex="0">
<table>
<thead><tr><th scope="col">Day</th>{{#ALL_CARS}}<th scope="col">Car</th>{{/ALL_CARS}}<th scope="col">Place</th><th scope="col">Network</th><th scope="col">Kind</th><th scope="col" class="num">Odometer</th><th scope="col" class="num">Miles</th><th scope="col" class="num">kWh</th><th scope="col" class="num">£ a kWh</th><th scope="col" class="num">Cost, £</th></tr></thead>
<tbody>
{{#SESSION}}
<tr><td><a href="{{HREF}}">{{DATE}}</a></td>{{#ALL_CARS}}<td>{{CAR}}</td>{{/ALL_CARS}}<td>{{PLACE}}</td><td>{{NETWORK}}</td><td>{{TYPE}}</td><td class="num">{{ODOMETER}}</td><td class="num">{{MILES}}</td><td class="num">{{KWH}}</td><td class="num">{{PRICE}}</td><td class="num">{{COST}}</td></tr>
{{/SESSION}}
</tbody>
{{#SUM}}
<tfoot><tr class="sum"><th scope="row">In all</th>{{#ALL_CARS}}<td></td>{{/ALL_CARS}}<td colspan="3">{{SESSIONS}} sessions{{#UNPRICED}}, {{NUMBER}} without a cost{{/UNPRICED}}</td><td></td><td class="num">{{#MILES}}{{VALUE}}{{/MILES}}</td><td class="num">{{KWH}}</td><td></td><td class="num">{{COST}}</td></tr></tfoot>
{{/SUM}}
</table>
</div>
</div>
{{#SUM}}
<p>{{#EFFICIENCY}}{{VALUE}} miles a kWh. {{/EFFICIENCY}}{{HOME}} kWh were charged at home.</p>
{{/SUM}}
<div class="sign" aria-hidden="true"><span>Date and signature of the driver</span><span>Approved</span></div>
{{/TABLE}}
<p class="muted small">{{#MADE}}Made <time datetime="{{ISO}}">{{WHEN}}</time>. {{/MADE}}A session is of the month of the day on which it began.</p>
