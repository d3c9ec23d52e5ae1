{{%AUTOESCAPE context="HTML"}}
<figure class="profile">
<div class="scroll" role="region" aria-label="Chart of months" tabindex="0">
<svg viewBox="0 0 {{WIDTH}} {{HEIGHT}}" role="img" aria-labelledby="months-title months-desc">
<title id="months-title">Month by month, in {{UNIT}}</title>
<desc id="months-desc">A bar for each of twelve months, with the same month of the year before on its left. All numbers are in the table.</desc>
<g class="grid">
{{#Y_TICK}}
<line x1="{{LEFT}}" x2="{{RIGHT}}" y1="{{Y}}" y2="{{Y}}"{{#ZERO}} class="zero"{{/ZERO}}></line>
<text x="{{LABEL_X}}" y="{{TEXT_Y}}" text-anchor="end">{{LABEL}}</text>
{{/Y_TICK}}
{{#X_TICK}}
<text x="{{X}}" y="{{LABEL_Y}}" text-anchor="middle">{{LABEL}}</text>
{{/X_TICK}}
</g>
{{#BAR_BEFORE}}
<rect class="before" x="{{X}}" y="{{Y}}" width="{{BAR_WIDTH}}" height="{{BAR_HEIGHT}}"></rect>
{{/BAR_BEFORE}}
{{#BAR}}
<rect class="bar" x="{{X}}" y="{{Y}}" width="{{BAR_WIDTH}}" height="{{BAR_HEIGHT}}"></rect>
{{/BAR}}
</svg>
</div>
<figcaption>Each month, and in grey the same month a year before. What is not known is left out.</figcaption>
</figure>
<div class="scroll" role="region" aria-label="Table of months" tabindex="0">
<table>
<thead><tr><th scope="col">Month</th><th scope="col" class="num">{{UNIT}}</th><th scope="col" class="num">a year before</th><th scope="col" class="num">Change</th></tr></thead>
<tbody>
{{#MONTH}}
<tr><th scope="row">{{LABEL}}</th><td class="num">{{#NOW}}{{VALUE}}{{/NOW}}{{#PARTLY}} <span class="tag">partly known</span>{{/PARTLY}}</td><td class="num">{{#BEFORE}}{{VALUE}}{{/BEFORE}}{{#BEFORE_PARTLY}} <span class="tag">partly known</span>{{/BEFORE_PARTLY}}</td><td class="num">{{CHANGE}}</td></tr>
{{/MONTH}}
</tbody>
</table>
</div>
