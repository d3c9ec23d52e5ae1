{{%AUTOESCAPE context="HTML"}}
<div class="narrow">
<p class="code" aria-hidden="true">{{STATUS}}</p>
<h1>{{HEADING}}</h1>
<p class="lead">{{DETAIL}}</p>
<p><a class="button" href="{{BASE}}/admin">Go to the dashboard</a></p>
<p class="muted small">If you ask for help, give this number: <code>{{REQUEST_ID}}</code></p>
</div>
