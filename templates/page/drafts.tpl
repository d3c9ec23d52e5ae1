{{%AUTOESCAPE context="HTML"}}
<h1>Drafts</h1>
<p class="muted">What you have typed and not sent yet. Only you see it. A draft goes after {{DAYS}} days without a change.</p>
<div class="card flush">
{{#SOME}}
<ul class="drafts pad">
{{#DRAFT}}
<li>
<a class="title" href="{{HREF}}">{{TITLE}}</a>
<span class="said">{{KIND}}, last saved <time datetime="{{ISO}}" title="{{WHEN}}">{{AGO}}</time>{{#ON}}, {{DEVICE}}{{/ON}}{{#FORKED}} <span class="tag">another version</span>{{/FORKED}}</span>
<form method="post" action="{{BASE}}/admin/drafts/{{ID}}/discard"><input type="hidden" name="csrf" value="{{CSRF}}"><input type="hidden" name="list" value="1"><button type="submit" class="secondary danger small" aria-label="Discard {{TITLE}}, saved {{AGO}}">Discard</button></form>
</li>
{{/DRAFT}}
</ul>
{{/SOME}}
{{#NONE}}<div class="empty"><p><strong>No drafts.</strong></p><p class="muted">What you type into a long form is kept here until you send it.</p></div>{{/NONE}}
</div>
