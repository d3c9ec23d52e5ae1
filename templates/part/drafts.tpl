{{%AUTOESCAPE context="HTML"}}
{{#RESTORED}}
<div class="notice info draft" id="restored">
<p><strong>Restored from a draft</strong>, saved <time datetime="{{ISO}}" title="{{WHEN}}">{{AGO}}</time>{{#ON}} ({{DEVICE}}){{/ON}}. It is not in any list or total until you send it.</p>
{{#OTHER}}<p>Another tab or device went on differently from the same beginning. Both are kept: this one, and <a href="{{HREF}}">{{TITLE}}, saved {{AGO}}</a>.</p>{{/OTHER}}
<form method="post" action="{{BASE}}/admin/drafts/{{ID}}/discard" data-discard class="buttons">
<input type="hidden" name="csrf" value="{{CSRF}}">
{{#START_EMPTY}}<a class="button secondary small" href="{{HREF}}">Keep it and start empty</a>{{/START_EMPTY}}
{{#LEAVE}}<a class="button secondary small" href="{{HREF}}">Keep it and show what is stored</a>{{/LEAVE}}
<button type="submit" class="secondary danger small">Discard it</button>
</form>
</div>
{{/RESTORED}}
{{#SEVERAL}}
<div class="notice info draft">
<p><strong>There are several drafts of this form.</strong> Go on with one of them, or type over what is stored.</p>
<ul class="drafts">
{{#DRAFT}}
<li>
<a class="title" href="{{HREF}}">{{TITLE}}</a>
<span class="said">last saved <time datetime="{{ISO}}" title="{{WHEN}}">{{AGO}}</time>{{#ON}}, {{DEVICE}}{{/ON}}{{#FORKED}} <span class="tag">another version</span>{{/FORKED}}</span>
<form method="post" action="{{BASE}}/admin/drafts/{{ID}}/discard" data-discard><input type="hidden" name="csrf" value="{{CSRF}}"><button type="submit" class="secondary danger small" aria-label="Discard {{TITLE}}, saved {{AGO}}">Discard</button></form>
</li>
{{/DRAFT}}
</ul>
</div>
{{/SEVERAL}}
