{{%AUTOESCAPE context="HTML"}}
<div class="scroll" role="region" aria-label="Import jobs" tabindex="0">
<table class="jobs">
<thead><tr><th scope="col">File</th><th scope="col">Status</th><th scope="col">Type</th><th scope="col" class="num">Rows</th><th scope="col" class="num">Imported</th><th scope="col" class="num">Failed</th><th scope="col">Queued</th><th scope="col">By</th></tr></thead>
<tbody>
{{#JOB}}
<tr>
<td class="file"><a href="{{HREF}}">{{FILENAME}}</a>{{#DRY_RUN}} <span class="tag">dry run</span>{{/DRY_RUN}}</td>
<td><span class="badge {{STATUS}}">{{STATUS_LABEL}}</span>{{#ACTIVE}} <span class="muted">{{PERCENT}} %</span>{{/ACTIVE}}</td>
<td>{{TYPE_LABEL}}</td>
<td class="num">{{PROCESSED_ROWS}}</td>
<td class="num">{{IMPORTED_ROWS}}</td>
<td class="num{{#HAS_FAILED}} bad{{/HAS_FAILED}}">{{FAILED_ROWS}}</td>
<td>{{#HAS_QUEUED_AT}}<time datetime="{{QUEUED_AT_ISO}}">{{QUEUED_AT}}</time>{{/HAS_QUEUED_AT}}</td>
<td>{{USER_NAME}}</td>
</tr>
{{/JOB}}
</tbody>
</table>
</div>
