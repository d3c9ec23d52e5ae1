{{%AUTOESCAPE context="HTML"}}
<p class="crumb"><a href="{{BASE}}/admin/imports/jobs">Import jobs</a></p>
<div class="head">
<h1>Kept files</h1>
{{#SOME}}<span class="muted">{{TOTAL}}</span>{{/SOME}}
</div>
<p class="muted">{{#FOR_DAYS}}An uploaded file is kept for {{DAYS}} days after its import; then it goes, and the import can not be undone any more.{{/FOR_DAYS}}{{#FOR_EVER}}Uploaded files are kept until somebody removes them.{{/FOR_EVER}}</p>
<div class="card flush">
{{#TABLE}}
<div class="scroll" role="region" aria-label="Kept files" tabindex="0">
<table>
<thead><tr><th scope="col">File</th><th scope="col" class="num">Size</th><th scope="col">Uploaded</th><th scope="col">Age</th><th scope="col">By</th><th scope="col"><span class="sr">Actions</span></th></tr></thead>
<tbody>
{{#FILE}}
<tr><td><a href="{{HREF}}">{{FILENAME}}</a></td><td class="num">{{SIZE}}</td><td>{{#QUEUED_AT}}<time datetime="{{ISO}}">{{WHEN}}</time>{{/QUEUED_AT}}</td><td>{{AGE}}</td><td>{{USER_NAME}}</td><td><form method="post" action="{{HREF}}/file/remove"><input type="hidden" name="csrf" value="{{CSRF}}"><button type="submit" class="secondary danger" aria-label="Remove the file {{FILENAME}}">Remove</button></form></td></tr>
{{/FILE}}
</tbody>
</table>
</div>
{{/TABLE}}
{{#NONE}}<div class="empty"><p>No uploaded file is kept.</p></div>{{/NONE}}
</div>
{{>PAGER}}
