{{%AUTOESCAPE context="HTML"}}
<div class="scroll" role="region" aria-label="Table of both periods" tabindex="0">
<table class="compared">
<thead><tr><th scope="col"><span class="sr">What</span></th><th scope="col" class="num">{{SHOWN_LABEL}}</th><th scope="col" class="num">{{OTHER_LABEL}}</th><th scope="col" class="num">Difference</th><th scope="col" class="num">Change</th></tr></thead>
<tbody>
{{#TOTAL}}<tr><th scope="row">Total, {{UNIT}}</th><td class="num">{{SHOWN}}</td><td class="num">{{OTHER}}</td><td class="num">{{DIFFERENCE}}</td><td class="num">{{PERCENT}}</td></tr>{{/TOTAL}}
{{#MEAN}}<tr><th scope="row">A day, {{UNIT}}</th><td class="num">{{SHOWN}}</td><td class="num">{{OTHER}}</td><td class="num">{{DIFFERENCE}}</td><td class="num">{{PERCENT}}</td></tr>{{/MEAN}}
<tr><th scope="row">Days</th><td class="num">{{SHOWN_DAYS}}</td><td class="num">{{OTHER_DAYS}}</td><td></td><td></td></tr>
<tr><th scope="row">Known of the time</th><td class="num">{{SHOWN_SHARE}}</td><td class="num">{{OTHER_SHARE}}</td><td></td><td></td></tr>
</tbody>
</table>
</div>
{{#BY_CLOCK}}
<details>
<summary>Clock time by clock time</summary>
<div class="scroll tall" role="region" aria-label="Table by clock time" tabindex="0">
<table>
<thead><tr><th scope="col">Begins</th><th scope="col" class="num">{{SHOWN_LABEL}}</th><th scope="col" class="num">{{OTHER_LABEL}}</th><th scope="col" class="num">Difference</th></tr></thead>
<tbody>
{{#ROW}}
<tr><th scope="row">{{WHEN}}</th><td class="num">{{SHOWN}}</td><td class="num">{{OTHER}}</td><td class="num">{{DIFFERENCE}}</td></tr>
{{/ROW}}
</tbody>
</table>
</div>
{{#WITHOUT_PLACE}}<p class="muted">{{COUNT}} intervals of {{OTHER_LABEL}} have a clock time that {{SHOWN_LABEL}} does not have. They are in its total.</p>{{/WITHOUT_PLACE}}
</details>
{{/BY_CLOCK}}
{{#BY_DAY}}
<details>
<summary>Day by day</summary>
<div class="scroll tall" role="region" aria-label="Table by day" tabindex="0">
<table>
<thead><tr><th scope="col">Day</th><th scope="col" class="num">{{UNIT}}</th><th scope="col">Beside it</th><th scope="col" class="num">{{UNIT}}</th><th scope="col" class="num">Difference</th></tr></thead>
<tbody>
{{#ROW}}
<tr><td>{{SHOWN_DATE}}{{#SHOWN_PARTLY}} <span class="tag">partly known</span>{{/SHOWN_PARTLY}}</td><td class="num">{{SHOWN}}</td><td>{{OTHER_DATE}}{{#OTHER_PARTLY}} <span class="tag">partly known</span>{{/OTHER_PARTLY}}</td><td class="num">{{OTHER}}</td><td class="num">{{DIFFERENCE}}</td></tr>
{{/ROW}}
</tbody>
</table>
</div>
</details>
{{/BY_DAY}}
