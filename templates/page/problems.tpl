{{%AUTOESCAPE context="HTML"}}
<p class="crumb"><a href="{{BASE}}/docs">API</a></p>
<h1>Errors of the API</h1>
<p class="lead">An error is <code>application/problem+json</code> (RFC 9457). Its <code>type</code> is the address of one of these.</p>
{{#PROBLEM}}
<section class="card" id="{{SLUG}}" aria-labelledby="about-{{SLUG}}">
<h2 id="about-{{SLUG}}">{{PROBLEM_TITLE}} <span class="tag">{{STATUS}}</span> <code>{{SLUG}}</code></h2>
<p>{{ABOUT}}</p>
</section>
{{/PROBLEM}}
