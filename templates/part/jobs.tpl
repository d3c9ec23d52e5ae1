{{%AUTOESCAPE context="HTML"}}
<div class="scroll" role="region" aria-label="Import jobs" tabindex="0">
<table class="jobs">
<thead><tr><th scope="col">File</th><th scope="col">Status</th><th scope="col">Failed</th><th scope="col">Rows</th><th scope="col">Imported</th><th scope="col">Type</th><th scope="col">Queued</th><th scope="col">By</th></tr></thead>
<tbody>
{{#JOB}}
<tr><td><a href="{{HREF}}">{{FILENAME}}</a>{{#DRY_RUN}} <span class="tag">dry run</span>{{/DRY_RUN}}{{#ORIGIN}} <span class="tag">{{TEXT}}</span>{{/ORIGIN}}{{#UNDONE}} <span class="tag">undone</span>{{/UNDONE}}<td><span class="badge {{STATUS}}">{{STATUS_LABEL}}</span>{{#ACTIVE}} <span class="muted">{{PERCENT}} %</span>{{/ACTIVE}}<td{{#HAS_FAILED}} class="bad"{{/HAS_FAILED}}>{{FAILED_ROWS}}<td>{{PROCESSED_ROWS}}<td>{{IMPORTED_ROWS}}<td>{{TYPE_LABEL}}<td><time datetime="{{QUEUED_ISO}}">{{QUEUED}}</time><td>{{USER_NAME}}
{{/JOB}}
</tbody>
</table>
</div>
