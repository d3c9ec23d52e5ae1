{{%AUTOESCAPE context="HTML"}}
<p class="crumb"><a href="{{BASE}}/admin/imports">Import</a></p>
<h1>Scheduled imports</h1>
<p>Files that are fetched from an https address at set times, and imported. What has not changed since is not imported again.</p>
{{#FORM_ERROR}}<p class="notice bad" role="alert">{{MESSAGE}}</p>{{/FORM_ERROR}}
{{#NONE}}<p class="card muted">Nothing is fetched yet.</p>{{/NONE}}
{{#SCHEDULE}}
<section class="card stack" aria-label="Schedule {{ID}}">
<h2 class="breakable">{{ADDRESS}}</h2>
<dl class="facts">
<div><dt>When</dt><dd><code>{{CRON}}</code>{{#IS_OFF}} <span class="tag">paused</span>{{/IS_OFF}}</dd></div>
{{#NEXT_RUN_AT}}<div><dt>Next</dt><dd><time datetime="{{ISO}}">{{WHEN}}</time></dd></div>{{/NEXT_RUN_AT}}
{{#LAST_RUN_AT}}<div><dt>Last</dt><dd><time datetime="{{ISO}}">{{WHEN}}</time></dd></div>{{/LAST_RUN_AT}}
{{#OUTCOME}}<div><dt>Outcome</dt><dd class="breakable">{{TEXT}}</dd></div>{{/OUTCOME}}
{{#LAST_JOB}}<div><dt>Import</dt><dd><a href="{{HREF}}">See its last job</a></dd></div>{{/LAST_JOB}}
{{#BY_PRESET}}<div><dt>Preset</dt><dd class="breakable">{{NAME}}</dd></div>{{/BY_PRESET}}
<div><dt>By</dt><dd>{{OWNER}}</dd></div>
</dl>
<form method="post" action="{{BASE}}/admin/imports/schedules" class="field inline">
<input type="hidden" name="csrf" value="{{CSRF}}"><input type="hidden" name="id" value="{{ID}}">
{{#IS_ON}}<button type="submit" name="do" value="run" class="secondary">Fetch now</button>
<button type="submit" name="do" value="pause" class="secondary">Pause</button>{{/IS_ON}}
{{#IS_OFF}}<button type="submit" name="do" value="resume" class="secondary">Resume</button>{{/IS_OFF}}
<button type="submit" name="do" value="remove" class="secondary danger">Remove</button>
</form>
</section>
{{/SCHEDULE}}
<form method="post" action="{{BASE}}/admin/imports/schedules" class="card stack" id="new-schedule">
<h2>Add one</h2>
<input type="hidden" name="csrf" value="{{CSRF}}">
<div class="field">
<label for="address">Address</label>
<input id="address" name="address" type="url" required maxlength="2000" placeholder="https://" value="{{NEW_ADDRESS}}" autocomplete="off"{{#ADDRESS_ERROR}} aria-invalid="true" aria-describedby="address-error"{{/ADDRESS_ERROR}}>
{{#ADDRESS_ERROR}}<p class="error" id="address-error" role="alert">{{MESSAGE}}</p>{{/ADDRESS_ERROR}}
</div>
<div class="field">
<label for="cron">When</label>
<input id="cron" name="cron" required maxlength="100" value="{{NEW_CRON}}" autocomplete="off" spellcheck="false" aria-describedby="cron-help{{#CRON_ERROR}} cron-error{{/CRON_ERROR}}"{{#CRON_ERROR}} aria-invalid="true"{{/CRON_ERROR}}>
<p class="help" id="cron-help">Minute, hour, day of the month, month, weekday, by the clock of {{ZONE}}. <code>30 6 * * *</code> is every day at 06:30, <code>0 7 * * mon</code> every Monday at 07:00.</p>
{{#CRON_ERROR}}<p class="error" id="cron-error" role="alert">{{MESSAGE}}</p>{{/CRON_ERROR}}
</div>
{{#PRESETS}}
<div class="field">
<label for="preset">Read it as this preset says</label>
<select id="preset" name="preset"><option value="">The one that fits the header, if there is one</option><option value="none">None</option>{{#PRESET}}<option value="{{NAME}}"{{#SELECTED}} selected{{/SELECTED}}>{{NAME}}</option>{{/PRESET}}</select>
</div>
{{/PRESETS}}
<div class="field">
<label for="meter">Meter, if the file names none</label>
<input id="meter" name="meter" maxlength="64" value="{{NEW_METER}}" autocomplete="off"{{#METER_ERROR}} aria-invalid="true" aria-describedby="meter-error"{{/METER_ERROR}}>
{{#METER_ERROR}}<p class="error" id="meter-error" role="alert">{{MESSAGE}}</p>{{/METER_ERROR}}
</div>
<div class="field">
<label for="car">Car, of charging sessions that name none</label>
<input id="car" name="car" maxlength="60" value="{{NEW_CAR}}" autocomplete="off"{{#CAR_ERROR}} aria-invalid="true" aria-describedby="car-error"{{/CAR_ERROR}}>
{{#CAR_ERROR}}<p class="error" id="car-error" role="alert">{{MESSAGE}}</p>{{/CAR_ERROR}}
</div>
<div class="field">
<label for="on_conflict">A reading that is there already</label>
<select id="on_conflict" name="on_conflict"><option value="actual-wins"{{#ON_ACTUAL}} selected{{/ON_ACTUAL}}>is replaced, but not an actual by an estimate</option><option value="replace"{{#ON_REPLACE}} selected{{/ON_REPLACE}}>is replaced</option><option value="keep"{{#ON_KEEP}} selected{{/ON_KEEP}}>stays</option></select>
</div>
<p><button type="submit" name="do" value="add">Add</button></p>
</form>
