{{%AUTOESCAPE context="HTML"}}
<div class="field"><label for="a-{{ID}}">{{TITLE}}</label>
{{#CHOICE}}<select id="a-{{ID}}" name="{{ID}}">{{#OPTION}}<option value="{{VALUE}}"{{#SELECTED}} selected{{/SELECTED}}>{{LABEL}}</option>{{/OPTION}}</select>{{/CHOICE}}
{{#TEXT}}<input id="a-{{ID}}" name="{{ID}}" value="{{VALUE}}" placeholder="{{FOUND}}" maxlength="200" autocomplete="off">{{/TEXT}}
</div>
