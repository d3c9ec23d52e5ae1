{{%AUTOESCAPE context="HTML"}}
<p class="crumb"><a href="{{BASE}}/admin/sessions">Charging sessions</a></p>
<h1>Add a charging session</h1>
{{#NO_CARS}}
<div class="card"><div class="empty"><p><strong>There is no car yet.</strong></p><p><a class="button" href="{{BASE}}/admin/cars">Add a car</a></p></div></div>
{{/NO_CARS}}
{{#HAS_CARS}}
{{>DRAFTS}}
<form method="post" action="{{BASE}}/admin/sessions" class="card stack" id="session" data-draft="session">
<input type="hidden" name="csrf" value="{{CSRF}}">
{{>FORM}}
<p class="buttons"><button type="submit" name="status" value="closed">Save</button> <button type="submit" name="status" value="active" class="secondary">Still charging</button></p>
{{>DRAFT_FIELDS}}
</form>
{{/HAS_CARS}}
