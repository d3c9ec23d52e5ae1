{{%AUTOESCAPE context="HTML"}}
<p class="crumb"><a href="{{BASE}}/admin/sessions">Charging sessions</a></p>
<h1>Add a charging session</h1>
{{#ACTIVE}}
<section class="card choice-card">
<div><h2>Still charging: {{CAR}}{{#AT}}, {{PLACE}}{{/AT}}</h2>
<p class="muted">Begun {{#SINCE}}<time datetime="{{ISO}}">{{WHEN}}</time>{{/SINCE}}{{#ON_DAY}}on {{DATE}}{{/ON_DAY}}</p></div>
<a class="button" href="{{HREF}}">Go on with it</a>
</section>
{{/ACTIVE}}
{{#DRAFTS}}
<section class="card" aria-labelledby="drafts">
<h2 id="drafts">Go on with a draft</h2>
<ul class="drafts">
{{#DRAFT}}
<li>
<a class="title" href="{{HREF}}">{{TITLE}}</a>
<span class="said">last saved <time datetime="{{ISO}}" title="{{WHEN}}">{{AGO}}</time>{{#ON}}, {{DEVICE}}{{/ON}}{{#FORKED}} <span class="tag">another version</span>{{/FORKED}}</span>
<form method="post" action="{{BASE}}/admin/drafts/{{ID}}/discard"><input type="hidden" name="csrf" value="{{CSRF}}"><button type="submit" class="secondary danger small" aria-label="Discard {{TITLE}}, saved {{AGO}}">Discard</button></form>
</li>
{{/DRAFT}}
</ul>
</section>
{{/DRAFTS}}
<p><a class="button secondary" href="{{BASE}}/admin/sessions/new?new=1">Start empty</a></p>
