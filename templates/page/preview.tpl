{{%AUTOESCAPE context="HTML"}}
<div id="job"{{#ACTIVE}} data-active="1"{{/ACTIVE}}>
<p class="crumb"><a href="{{BASE}}/admin/imports/jobs">Import jobs</a> › <a href="{{STATUS_HREF}}">The job</a></p>
<div class="head" data-live="head">
<h1 class="breakable">{{FILENAME}}</h1>
{{#OPEN}}<span class="badge big queued">{{#ACTIVE}}Being counted{{/ACTIVE}}{{#COUNTED}}Not imported yet{{/COUNTED}}</span>{{/OPEN}}{{#DONE}}<span class="badge big {{STATUS}}">{{STATUS_LABEL}}</span>{{/DONE}}
</div>
{{#REFUSED}}<p class="notice bad" role="alert">{{MESSAGE}}</p>{{/REFUSED}}
{{#SAVED}}<p class="notice info" role="status">Kept as the preset “{{NAME}}”. It is found again by the file’s header. <a href="{{BASE}}/admin/imports/presets">See the presets</a></p>{{/SAVED}}
{{#OPEN}}<p class="notice info">Nothing has been stored yet. Look at how the file was read, correct it where it is wrong, then import it.</p>{{/OPEN}}
{{#DONE}}<p class="notice info">This file has been imported already. <a href="{{STATUS_HREF}}">See its job</a></p>{{/DONE}}
{{#UNREADABLE}}<div class="notice bad" role="alert"><p><strong>The file cannot be read like this.</strong> {{MESSAGE}}</p></div>{{/UNREADABLE}}
{{#DOUBTS}}
<div class="notice warn"><p><strong>Please check.</strong> The file leaves this open:</p>
<ul>{{#DOUBT}}<li>{{TEXT}}</li>{{/DOUBT}}</ul></div>
{{/DOUBTS}}
<form method="post" action="{{HREF}}" class="card stack" id="answers">
<input type="hidden" name="csrf" value="{{CSRF}}">
<h2>How the file is read</h2>
{{#PRESET}}<p class="muted">As the preset “{{NAME}}” says.</p>{{/PRESET}}
<input type="hidden" name="preset" value="{{PRESET_NAME}}">
<ul class="answers">
{{#SENTENCE}}
<li><p>{{TEXT}}</p>
{{#CONTROLS}}<div class="controls">{{#CONTROL}}{{>FIELD}}{{/CONTROL}}</div>{{/CONTROLS}}
</li>
{{/SENTENCE}}
</ul>
<details{{#UNREADABLE}} open{{/UNREADABLE}}><summary>Everything else that can be said</summary>
<div class="controls">
<div class="field"><label for="type">What is in it</label>
<select id="type" name="type">{{#TYPE}}<option value="{{VALUE}}"{{#SELECTED}} selected{{/SELECTED}}>{{LABEL}}</option>{{/TYPE}}</select></div>
<div class="field"><label for="meter">Meter, of a file that names none</label><input id="meter" name="meter" value="{{METER}}" maxlength="64" autocomplete="off"></div>
<div class="field"><label for="car">Car, of sessions that name none</label><input id="car" name="car" value="{{CAR_GIVEN}}" maxlength="60" autocomplete="off"></div>
<div class="field"><label for="time_zone">Times are in</label><input id="time_zone" name="time_zone" value="{{TIME_ZONE_GIVEN}}" placeholder="the meter’s own clock" maxlength="64" list="zones" autocomplete="off">
<datalist id="zones"><option value="UTC">GMT all the year</option><option value="Europe/London"></option><option value="Europe/Dublin"></option><option value="Europe/Berlin"></option></datalist></div>
{{#CONTROL}}{{>FIELD}}{{/CONTROL}}
</div>
</details>
{{#OPEN}}
<p><button type="submit" name="do" value="again" class="secondary">Read it again like this</button></p>
{{#OF_READINGS}}<fieldset>
<legend>Where a reading is there already and differs</legend>
<label class="check"><input type="radio" name="on_conflict" value="actual-wins"{{#ACTUAL_WINS}} checked{{/ACTUAL_WINS}}> <span>Replace it, but never an actual reading by an estimate</span></label>
<label class="check"><input type="radio" name="on_conflict" value="replace"{{#REPLACE}} checked{{/REPLACE}}> <span>Replace it</span></label>
<label class="check"><input type="radio" name="on_conflict" value="keep"{{#KEEP}} checked{{/KEEP}}> <span>Keep what is there</span></label>
</fieldset>{{/OF_READINGS}}
<div class="actions">
<button type="submit" name="do" value="import"{{#UNREADABLE}} disabled{{/UNREADABLE}}>Import it</button>
<button type="submit" name="do" value="discard" class="secondary danger">Do not import it</button>
</div>
{{/OPEN}}
<div class="field inline">
<label for="preset_name">Keep the answers as a preset</label>
<input id="preset_name" name="preset_name" value="{{PRESET_NAME}}" maxlength="60" autocomplete="off"{{#NAME_ERROR}} aria-invalid="true" aria-describedby="preset-error"{{/NAME_ERROR}}>
<button type="submit" name="do" value="save" class="secondary">Keep</button>
{{#NAME_ERROR}}<p class="error" id="preset-error" role="alert">{{MESSAGE}}</p>{{/NAME_ERROR}}
</div>
</form>
<section class="card" aria-labelledby="counts" data-live="counts">
<h2 id="counts">What an import would do</h2>
{{#ACTIVE}}<p class="muted" role="status">The whole file is being counted: {{PERCENT}} %. <a href="{{HREF}}">Refresh</a></p>{{/ACTIVE}}
{{#FAILURE}}<p class="error">{{MESSAGE}}</p>{{/FAILURE}}
<dl class="counts wide">
<div><dt>Rows</dt><dd>{{PROCESSED_ROWS}}</dd></div>
<div{{#HAS_FAILED}} class="bad"{{/HAS_FAILED}}><dt>Rejected rows</dt><dd>{{FAILED_ROWS}}</dd></div>
{{#OF_READINGS}}<div><dt>Meters known</dt><dd>{{METERS_KNOWN}}</dd></div>
<div><dt>Meters new</dt><dd>{{METERS_NEW}}</dd></div>{{/OF_READINGS}}
<div><dt>{{#OF_READINGS}}Readings{{/OF_READINGS}}{{#OF_SESSIONS}}Sessions{{/OF_SESSIONS}} new</dt><dd>{{INTERVALS_NEW}}</dd></div>
<div><dt>Identical</dt><dd>{{INTERVALS_IDENTICAL}}</dd></div>
{{#OF_SESSIONS}}<div><dt>Differ: would be skipped</dt><dd>{{INTERVALS_KEPT}}</dd></div>{{/OF_SESSIONS}}
{{#OF_READINGS}}<div><dt>Changed</dt><dd>{{INTERVALS_CHANGED}}</dd></div>
<div><dt>Kept as they are{{#ACTUAL_WINS}} (estimated over actual){{/ACTUAL_WINS}}</dt><dd>{{INTERVALS_KEPT}}</dd></div>
<div><dt>Blank</dt><dd>{{VALUES_BLANK}}</dd></div>
<div><dt>Negative</dt><dd>{{VALUES_NEGATIVE}}</dd></div>
<div><dt>“No reading” values</dt><dd>{{VALUES_SENTINEL}}</dd></div>
<div><dt>Out of range</dt><dd>{{VALUES_OUT_OF_RANGE}}</dd></div>{{/OF_READINGS}}
</dl>
</section>
<section class="card flush" aria-labelledby="rows">
<div class="head"><h2 id="rows">The first rows</h2></div>
<div class="scroll" role="region" aria-label="Table of the first rows" tabindex="0">
<table>
<thead>
<tr><th scope="col" class="num">Line</th><th scope="col">What it becomes</th>{{#COLUMN}}<th scope="col">{{NUMBER}}. {{NAME}}{{#ROLE}}<br><span class="badge">{{TITLE}}</span>{{/ROLE}}</th>{{/COLUMN}}</tr>
</thead>
<tbody>
{{#ROW}}<tr{{#BAD}} class="bad"{{/BAD}}><td class="num">{{LINE}}</td><td class="reason said">{{SAID}}</td>{{#CELL}}<td class="source"><code>{{TEXT}}</code></td>{{/CELL}}</tr>
{{/ROW}}
</tbody>
</table>
</div>
</section>
</div>
