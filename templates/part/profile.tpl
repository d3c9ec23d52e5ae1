{{%AUTOESCAPE context="HTML"}}
<figure class="profile"{{#ZOOM}} data-readings="{{READINGS}}" data-zone="{{ZONE}}" data-minutes="{{MINUTES}}" data-unit="{{UNIT}}" data-script="{{SCRIPT}}" data-style="{{STYLE}}"{{/ZOOM}}>
<div class="scroll" role="region" aria-label="Load profile" tabindex="0">
<svg viewBox="0 0 {{WIDTH}} {{HEIGHT}}" role="img" aria-labelledby="profile-title profile-desc">
<title id="profile-title">{{TITLE}}</title>
<desc id="profile-desc">{{DESC}}</desc>
<g class="grid">
{{#Y_TICK}}
<line x1="{{LEFT}}" x2="{{RIGHT}}" y1="{{Y}}" y2="{{Y}}"{{#ZERO}} class="zero"{{/ZERO}}></line>
<text x="{{LABEL_X}}" y="{{TEXT_Y}}" text-anchor="end">{{LABEL}}</text>
{{/Y_TICK}}
{{#X_TICK}}
<line x1="{{X}}" x2="{{X}}" y1="{{TOP}}" y2="{{BOTTOM}}"></line>
<text x="{{X}}" y="{{LABEL_Y}}" text-anchor="middle">{{LABEL}}</text>
{{/X_TICK}}
</g>
<path class="area" d="{{AREA}}"></path>
<path class="line" d="{{LINE}}"></path>
{{#OTHER}}<path class="line other" d="{{OTHER_LINE}}"></path>{{/OTHER}}
</svg>
</div>
<figcaption>{{TITLE}}, in {{UNIT}} an interval. Missing readings are gaps.{{#LEGEND}}
<span class="legend"><span><svg width="36" height="12" aria-hidden="true"><path class="line" d="M1 6H35"></path></svg> {{LABEL}}</span> <span><svg width="36" height="12" aria-hidden="true"><path class="line other" d="M1 6H35"></path></svg> {{OTHER_LABEL}}</span></span>{{/LEGEND}}</figcaption>
</figure>
{{#ZOOM_SCRIPT}}<script src="{{ZOOM_URL}}" defer></script>{{/ZOOM_SCRIPT}}
