{{%AUTOESCAPE context="HTML"}}
<div class="narrow">
<p class="crumb"><a href="{{HREF}}">{{FILENAME}}</a></p>
<h1>{{#UNDO}}Undo this {{KIND}}?{{/UNDO}}{{#REDO}}Redo this {{KIND}}?{{/REDO}}</h1>
<section class="card stack" aria-labelledby="effect">
<h2 id="effect">What it will do</h2>
<p>{{#UNDO}}The {{KIND}} is taken out of the ledger as if it had never been made. Nothing else moves, and a redo puts it back.{{/UNDO}}{{#REDO}}The {{KIND}} is put back at its old place: what came after it still lies over it.{{/REDO}}</p>
<dl class="counts">
{{#REMOVED}}<div><dt>{{#OF_DAYS}}Days{{/OF_DAYS}}{{#OF_SESSIONS}}Sessions{{/OF_SESSIONS}} that go</dt><dd>{{COUNT}}</dd></div>{{/REMOVED}}
{{#ADDED}}<div><dt>{{#OF_DAYS}}Days{{/OF_DAYS}}{{#OF_SESSIONS}}Sessions{{/OF_SESSIONS}} that come back</dt><dd>{{COUNT}}</dd></div>{{/ADDED}}
{{#CHANGED}}<div><dt>{{#OF_DAYS}}Days{{/OF_DAYS}}{{#OF_SESSIONS}}Sessions{{/OF_SESSIONS}} that show other values</dt><dd>{{COUNT}}</dd></div>{{/CHANGED}}
{{#SAME}}<div><dt>{{#OF_DAYS}}Days{{/OF_DAYS}}{{#OF_SESSIONS}}Sessions{{/OF_SESSIONS}} that stay as they are</dt><dd>{{COUNT}}</dd></div>{{/SAME}}
<div class="sum"><dt>{{#OF_DAYS}}Days{{/OF_DAYS}}{{#OF_SESSIONS}}Sessions{{/OF_SESSIONS}} of the {{KIND}}</dt><dd>{{DAYS}}</dd></div>
{{#METERS_GO}}<div><dt>Meters that go with it</dt><dd>{{COUNT}}</dd></div>{{/METERS_GO}}
{{#METERS_COME}}<div><dt>Meters that come back</dt><dd>{{COUNT}}</dd></div>{{/METERS_COME}}
{{#CARS_GO}}<div><dt>Cars that go with it</dt><dd>{{COUNT}}</dd></div>{{/CARS_GO}}
{{#CARS_COME}}<div><dt>Cars that come back</dt><dd>{{COUNT}}</dd></div>{{/CARS_COME}}
</dl>
{{#EDITED}}<p class="notice info">{{COUNT}} of its sessions have been changed by hand since: they stay.</p>{{/EDITED}}
{{#OF_DAYS}}<p class="muted">A day is counted once for each meter and channel; a reading of a register counts as a day.</p>{{/OF_DAYS}}
</section>
<div class="actions">
{{#UNDO}}<form method="post" action="{{HREF}}/undo"><input type="hidden" name="csrf" value="{{CSRF}}"><button type="submit" class="secondary danger">Undo the {{KIND}}</button></form>{{/UNDO}}
{{#REDO}}<form method="post" action="{{HREF}}/redo"><input type="hidden" name="csrf" value="{{CSRF}}"><button type="submit">Redo the {{KIND}}</button></form>{{/REDO}}
<a class="button secondary" href="{{HREF}}">Leave it as it is</a>
</div>
</div>
