{{%AUTOESCAPE context="HTML"}}
<div class="head">
<h1>API</h1>
<a class="button secondary" href="{{BASE}}/api/openapi.json">OpenAPI 3.1</a>
</div>
<div class="card">
<p>Everything that the pages do, as JSON. A program sends an API token, which the <a href="{{BASE}}/admin/profile">profile page</a> makes: <code>Authorization: Bearer wl_…</code> or <code>X-API-Key: wl_…</code>. A browser that is signed in needs none; what it writes brings <code>X-CSRF-Token</code>.</p>
<p>Times are UTC, RFC 3339; exact numbers are text. Lists have <code>limit</code>, <code>offset</code>, <code>total</code> and <code>Link</code> headers. Fields and parameters that are not named here are refused. An error is <code>application/problem+json</code> (RFC 9457): its <code>type</code> leads to <a href="{{BASE}}/docs/problems">what it means</a>.</p>
<p>A collection’s address may end with a slash or not. A form below shows the reply in the browser: it asks as you, with your rights.</p>
</div>
<nav class="tabs" aria-label="Chapters"><ul>
{{#CONTENTS}}<li><a href="#{{TITLE}}">{{TITLE}}</a></li>
{{/CONTENTS}}<li><a href="#objects">Objects</a></li>
</ul></nav>
{{#CHAPTER}}
<section class="chapter" aria-labelledby="{{TITLE}}">
<h2 id="{{TITLE}}">{{TITLE}}</h2>
<p class="muted">{{ABOUT}}</p>
{{#OP}}
<details class="card op" id="op-{{OP_NAME}}">
<summary><span class="badge method {{METHOD}}">{{METHOD}}</span> <code>{{PATH}}</code> <span class="said">{{SUMMARY}}</span></summary>
<dl class="facts">
<div><dt>Who may</dt><dd>{{WHO}}</dd></div>
{{#BODY}}<div><dt>Body</dt><dd><a href="#object-{{SHAPE}}">{{SHAPE}}</a></dd></div>{{/BODY}}
{{#REPLY}}<div><dt>Reply ({{STATUS}})</dt><dd>{{KIND}}{{#OBJECT}} <a href="#object-{{SHAPE}}">{{SHAPE}}</a>{{/OBJECT}}</dd></div>{{/REPLY}}
<div><dt>Errors</dt><dd>{{#ERROR}}{{STATUS}} {{/ERROR}}</dd></div>
{{#IF_MATCH}}<div><dt><code>If-Match</code></dt><dd>the ETag of what is to be changed: 412 if it has changed</dd></div>{{/IF_MATCH}}
{{#IF_NONE_MATCH}}<div><dt><code>If-None-Match</code></dt><dd>an ETag: 304 if it has not changed</dd></div>{{/IF_NONE_MATCH}}
{{#REPEATABLE}}<div><dt><code>Idempotency-Key</code></dt><dd>a name of your own for the request: sent again within a day it makes nothing</dd></div>{{/REPEATABLE}}
</dl>
{{#PARAMS}}
<div class="scroll" role="region" aria-label="Parameters of {{METHOD}} {{PATH}}" tabindex="0">
<table>
<thead><tr><th scope="col">Parameter</th><th scope="col">In</th><th scope="col">Type</th><th scope="col">What it is</th></tr></thead>
<tbody>
{{#PARAM}}<tr><td><code>{{NAME}}</code>{{#NEEDED}} <span class="tag">needed</span>{{/NEEDED}}</td><td>{{IN}}</td><td>{{TYPE}}</td><td class="reason">{{ABOUT}}{{#ONE_OF}} One of: <code>{{WORDS}}</code>{{/ONE_OF}}</td></tr>
{{/PARAM}}
</tbody>
</table>
</div>
{{/PARAMS}}
<pre tabindex="0" role="region" aria-label="Example of {{METHOD}} {{PATH}}">{{CURL}}</pre>
{{#TRY}}
<form method="get" action="{{BASE}}/docs/try" class="row try">
<input type="hidden" name="op" value="{{HANDLER}}">
{{#FIELD}}<div class="field"><label for="{{OP_NAME}}-{{NAME}}">{{NAME}}</label><input id="{{OP_NAME}}-{{NAME}}" name="{{NAME}}"{{#NEEDED}} required{{/NEEDED}} autocomplete="off"></div>
{{/FIELD}}
<button type="submit" class="secondary small" aria-label="Try GET {{PATH}}">Try it</button>
</form>
{{/TRY}}
</details>
{{/OP}}
</section>
{{/CHAPTER}}
<section class="chapter" aria-labelledby="objects">
<h2 id="objects">Objects</h2>
<p class="muted">What is sent and answered.</p>
{{#SHAPE_TABLE}}
<details class="card op" id="object-{{SHAPE}}">
<summary><code>{{SHAPE}}</code></summary>
<div class="scroll" role="region" aria-label="{{SHAPE}}" tabindex="0">
<table>
<thead><tr><th scope="col">Member</th><th scope="col">Type</th><th scope="col">Remarks</th></tr></thead>
<tbody>
{{#MEMBER}}<tr><td><code>{{NAME}}</code></td><td>{{TYPE}}{{#OBJECT}} <a href="#object-{{SHAPE}}">{{SHAPE}}</a>{{/OBJECT}}</td><td>{{#NEEDED}}<span class="tag">needed</span> {{/NEEDED}}{{#NULLABLE}}may be null {{/NULLABLE}}{{#ABSENT}}not always there{{/ABSENT}}</td></tr>
{{/MEMBER}}
</tbody>
</table>
</div>
</details>
{{/SHAPE_TABLE}}
</section>
