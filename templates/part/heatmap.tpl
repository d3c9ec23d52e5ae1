{{%AUTOESCAPE context="HTML"}}
<figure class="profile heatmap">
<div class="scroll" role="region" aria-label="Picture of the days" tabindex="0">
<svg viewBox="0 0 {{WIDTH}} {{HEIGHT}}" role="img" aria-labelledby="heatmap-title heatmap-desc">
<title id="heatmap-title">Days by time of day, in {{UNIT}}</title>
<desc id="heatmap-desc">A row a day, a column an interval; the darker, the more, from {{LOW}} to {{HIGH}}. The totals of the days are in the table of days.</desc>
{{#HOUR}}<text x="{{X}}" y="{{HOUR_Y}}" text-anchor="middle">{{TEXT}}</text>{{/HOUR}}
{{#DAY_LABEL}}<text x="{{LABEL_X}}" y="{{Y}}" text-anchor="end">{{TEXT}}</text>{{/DAY_LABEL}}
{{#CELLS}}<path class="h{{LEVEL}}" d="{{PATH}}"></path>
{{/CELLS}}
</svg>
</div>
<figcaption>From {{LOW}} to {{HIGH}} {{UNIT}} an interval: the darker, the more. Missing readings are empty.</figcaption>
</figure>
