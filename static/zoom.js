/*
 * Zooming into a load profile. The page's own picture is drawn by the server and needs none of this; here it gets a button,
 * and only who presses it loads the chart library and the readings of the range.
 */
(() => {
	"use strict";

	const load = (tag, attributes) => new Promise((done, failed) => {
		const element = Object.assign(document.createElement(tag), attributes);

		element.onload = done;
		element.onerror = () => failed(new Error("not loaded"));
		document.head.append(element);
	});

	const color = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

	/* Instants and values, with a gap (null) where readings are missing between two. */
	const columns = (items, minutes) => {
		const at = [], value = [];

		for (const item of items) {
			const t = Date.parse(item.reading_timestamp) / 1000;

			if (at.length && t - at[at.length - 1] > minutes * 60) {
				at.push(at[at.length - 1] + minutes * 60);
				value.push(null);
			}
			at.push(t);
			value.push(Number(item.value));
		}
		if (at.length) {
			at.push(at[at.length - 1] + minutes * 60);
			value.push(value[value.length - 1]);
		}
		return [at, value];
	};

	const draw = (figure, data) => {
		const zone = figure.dataset.zone, place = document.createElement("div");
		const axis = { stroke: color("--muted"), grid: { stroke: color("--line") }, ticks: { stroke: color("--line") } };

		figure.querySelector(".scroll").replaceChildren(place);
		const clock = (t) => uPlot.tzDate(new Date(t * 1000), zone);
		const times = (chart, marks) => {
			const days = chart.scales.x.max - chart.scales.x.min > 2 * 86400;

			return marks.map((t) => uPlot.fmtDate(days ? "{DD} {MMM}" : "{HH}:{mm}")(clock(t)));
		};
		const chart = new uPlot({
			width: Math.max(300, figure.clientWidth), height: 340, tzDate: clock,
			axes: [{ ...axis, values: times }, axis],
			scales: { y: { range: (chart, low, high) => [Math.min(0, low), Math.max(0, high) * 1.05 || 1] } },
			series: [{ label: "Begins", value: "{YYYY}-{MM}-{DD} {HH}:{mm}" }, {
				label: figure.dataset.unit, stroke: color("--accent"), width: 2,
				paths: uPlot.paths.stepped({ align: 1 }), points: { show: false },
			}],
		}, data, place);

		new ResizeObserver(() => chart.setSize({ width: Math.max(300, figure.clientWidth), height: 340 })).observe(figure);
	};

	for (const figure of document.querySelectorAll("figure[data-readings]")) {
		const button = Object.assign(document.createElement("button"), {
			type: "button", className: "secondary small", textContent: "Zoom into it",
		});

		figure.append(button);
		button.addEventListener("click", async () => {
			button.disabled = true;
			try {
				const reply = await fetch(figure.dataset.readings, { headers: { Accept: "application/json" } });

				if (!reply.ok)
					throw new Error(`The server answered ${reply.status}.`);
				const { items } = await reply.json();

				await Promise.all([load("script", { src: figure.dataset.script }),
					load("link", { rel: "stylesheet", href: figure.dataset.style })]);
				draw(figure, columns(items, Number(figure.dataset.minutes)));
				button.replaceWith(Object.assign(document.createElement("p"),
					{ className: "help", textContent: "Drag over a part to see it larger; double-click shows all again." }));
			} catch {
				button.textContent = "It could not be loaded. Try again";
				button.disabled = false;
			}
		});
	}
})();
