{{%AUTOESCAPE context="HTML"}}
<nav class="pager" aria-label="Pages">
<span class="muted">{{FROM}}–{{TO}} of {{TOTAL}}</span>
<span class="links">
{{#NEWER}}<a class="button secondary" rel="prev" href="{{HREF}}">‹ Previous</a>{{/NEWER}}
{{#OLDER}}<a class="button secondary" rel="next" href="{{HREF}}">Next ›</a>{{/OLDER}}
</span>
</nav>
