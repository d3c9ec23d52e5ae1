{{%AUTOESCAPE context="HTML"}}
<label>Compare with <select name="compare" class="short"><option value=""{{#NOTHING}} selected{{/NOTHING}}>nothing</option><option value="before"{{#BEFORE}} selected{{/BEFORE}}>the period before</option><option value="year"{{#YEAR}} selected{{/YEAR}}>the same a year before</option><option value="from"{{#FROM}} selected{{/FROM}}>the one that begins on</option></select></label>
<input type="date" name="compare_from" value="{{COMPARE_FROM}}" aria-label="First day of the other period">
