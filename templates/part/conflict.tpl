{{%AUTOESCAPE context="HTML"}}
<div class="notice warn" role="alert">
<p><strong>It was changed while you had it open, by somebody else or in another tab.</strong> Nothing of yours is stored yet. Where the two differ:</p>
<div class="scroll" role="region" aria-label="Table of what differs" tabindex="0">
<table>
<thead><tr><th scope="col">Field</th><th scope="col">You typed</th><th scope="col">Stored now</th></tr></thead>
<tbody>
{{#DIFFERS}}<tr><th scope="row">{{LABEL}}</th><td>{{TYPED}}</td><td>{{STORED}}</td></tr>
{{/DIFFERS}}
</tbody>
</table>
</div>
<p>The form holds what you typed: change it as it should be and save it, or <a href="{{HREF}}">leave what is stored now</a>.</p>
</div>
