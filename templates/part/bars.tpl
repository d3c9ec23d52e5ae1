{{%AUTOESCAPE context="HTML"}}
<figure class="profile">
<div class="scroll" role="region" aria-label="{{TITLE}}" tabindex="0">
<svg viewBox="0 0 {{WIDTH}} {{HEIGHT}}" role="img" aria-labelledby="{{ID}}-title {{ID}}-desc">
<title id="{{ID}}-title">{{TITLE}}</title>
<desc id="{{ID}}-desc">A bar for each period. All numbers are in the table.</desc>
<g class="grid">
{{#Y_TICK}}
<line x1="{{LEFT}}" x2="{{RIGHT}}" y1="{{Y}}" y2="{{Y}}"{{#ZERO}} class="zero"{{/ZERO}}></line>
<text x="{{LABEL_X}}" y="{{TEXT_Y}}" text-anchor="end">{{LABEL}}</text>
{{/Y_TICK}}
{{#X_TICK}}
<text x="{{X}}" y="{{LABEL_Y}}" text-anchor="middle">{{LABEL}}</text>
{{/X_TICK}}
</g>
{{#BAR}}
<rect class="bar" x="{{X}}" y="{{Y}}" width="{{BAR_WIDTH}}" height="{{BAR_HEIGHT}}"></rect>
{{/BAR}}
</svg>
</div>
<figcaption>{{TITLE}}</figcaption>
</figure>
