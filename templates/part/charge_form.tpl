{{%AUTOESCAPE context="HTML"}}
{{#REFUSED}}<p class="notice bad" role="alert">{{MESSAGE}}</p>{{/REFUSED}}
{{#GROUP}}
<fieldset class="group">
<legend>{{TITLE}}</legend>
<div class="controls">
{{#FIELD}}
{{#SELECT}}<div class="field"><label for="{{NAME}}">{{LABEL}}</label><select id="{{NAME}}" name="{{NAME}}"{{#WRONG}} aria-invalid="true" aria-describedby="{{NAME}}-error"{{/WRONG}}>{{#OPTION}}<option value="{{VALUE}}"{{#SELECTED}} selected{{/SELECTED}}>{{NAME}}</option>{{/OPTION}}</select>{{#WRONG}}<p class="error" id="{{NAME}}-error" role="alert">{{MESSAGE}}</p>{{/WRONG}}</div>{{/SELECT}}
{{#DATE}}<div class="field"><label for="{{NAME}}">{{LABEL}}</label><input id="{{NAME}}" name="{{NAME}}" type="date" value="{{VALUE}}"{{#WRONG}} aria-invalid="true" aria-describedby="{{NAME}}-error"{{/WRONG}}>{{#WRONG}}<p class="error" id="{{NAME}}-error" role="alert">{{MESSAGE}}</p>{{/WRONG}}</div>{{/DATE}}
{{#CLOCK}}<div class="field"><label for="{{NAME}}">{{LABEL}}</label><input id="{{NAME}}" name="{{NAME}}" type="datetime-local" value="{{VALUE}}"{{#WRONG}} aria-invalid="true" aria-describedby="{{NAME}}-error"{{/WRONG}}>{{#WRONG}}<p class="error" id="{{NAME}}-error" role="alert">{{MESSAGE}}</p>{{/WRONG}}</div>{{/CLOCK}}
{{#NUMBER}}<div class="field"><label for="{{NAME}}">{{LABEL}}</label><input id="{{NAME}}" name="{{NAME}}" inputmode="numeric" autocomplete="off" value="{{VALUE}}" aria-describedby="{{NAME}}-help{{#WRONG}} {{NAME}}-error{{/WRONG}}"{{#WRONG}} aria-invalid="true"{{/WRONG}}><p class="help" id="{{NAME}}-help">{{#HELP}}{{TEXT}}{{/HELP}}</p>{{#WRONG}}<p class="error" id="{{NAME}}-error" role="alert">{{MESSAGE}}</p>{{/WRONG}}</div>{{/NUMBER}}
{{#DECIMAL}}<div class="field"><label for="{{NAME}}">{{LABEL}}</label><input id="{{NAME}}" name="{{NAME}}" inputmode="decimal" autocomplete="off" value="{{VALUE}}" aria-describedby="{{NAME}}-help{{#WRONG}} {{NAME}}-error{{/WRONG}}"{{#WRONG}} aria-invalid="true"{{/WRONG}}><p class="help" id="{{NAME}}-help">{{#HELP}}{{TEXT}}{{/HELP}}</p>{{#WRONG}}<p class="error" id="{{NAME}}-error" role="alert">{{MESSAGE}}</p>{{/WRONG}}</div>{{/DECIMAL}}
{{#TEXT}}<div class="field"><label for="{{NAME}}">{{LABEL}}</label><input id="{{NAME}}" name="{{NAME}}" maxlength="200" list="{{NAME}}-words" autocomplete="off" value="{{VALUE}}"{{#WRONG}} aria-invalid="true" aria-describedby="{{NAME}}-error"{{/WRONG}}><datalist id="{{NAME}}-words">{{#WORD}}<option value="{{VALUE}}"></option>{{/WORD}}</datalist>{{#WRONG}}<p class="error" id="{{NAME}}-error" role="alert">{{MESSAGE}}</p>{{/WRONG}}</div>{{/TEXT}}
{{#AC_DC}}<fieldset class="field choice"{{#WRONG}} aria-describedby="{{NAME}}-error"{{/WRONG}}><legend>{{LABEL}}</legend><label class="check"><input type="radio" name="{{NAME}}" value="AC"{{#IS_AC}} checked{{/IS_AC}}> <span>AC</span></label><label class="check"><input type="radio" name="{{NAME}}" value="DC"{{#IS_DC}} checked{{/IS_DC}}> <span>DC</span></label>{{#WRONG}}<p class="error" id="{{NAME}}-error" role="alert">{{MESSAGE}}</p>{{/WRONG}}</fieldset>{{/AC_DC}}
{{#TICK}}<div class="field ticked"><label class="check"><input type="checkbox" name="{{NAME}}" value="1"{{#TICKED}} checked{{/TICKED}}> <span>{{LABEL}}</span></label></div>{{/TICK}}
{{#LINES}}<div class="field lines"><label for="{{NAME}}" class="sr">{{LABEL}}</label><textarea id="{{NAME}}" name="{{NAME}}" rows="4" maxlength="10000"{{#WRONG}} aria-invalid="true" aria-describedby="{{NAME}}-error"{{/WRONG}}>
{{VALUE:p}}</textarea>{{#WRONG}}<p class="error" id="{{NAME}}-error" role="alert">{{MESSAGE}}</p>{{/WRONG}}</div>{{/LINES}}
{{/FIELD}}
</div>
</fieldset>
{{/GROUP}}
