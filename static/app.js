/*
 * Progressive enhancement, and nothing else: every page works without this file.
 *
 * 1. A job's page renews itself in place: the same page is fetched every 5 s and the parts that changed are put in. The
 *    server renders, in one place; this file knows no numbers.
 * 2. Uploads go in chunks that survive a lost connection: 8 MiB first, 96 KiB where a server in between refuses that.
 */
(() => {
	"use strict";

	const EVERY = 5000;
	const RETRIES = 8;

	/* The server leaves its Refresh header out when it sees this. */
	const secure = location.protocol === "https:" ? "; Secure" : "";
	document.cookie = "wattledger-js=1; Path=/; Max-Age=86400; SameSite=Lax" + secure;

	const sleep = (ms) => new Promise((done) => setTimeout(done, ms));

	/* ---- 1. the job's page ---- */

	const replaceChanged = (job, fresh) => {
		for (const part of job.querySelectorAll("[data-live]")) {
			const next = fresh.querySelector(`[data-live="${part.dataset.live}"]`);

			if (!next || next.innerHTML === part.innerHTML)
				continue;
			const focused = part.contains(document.activeElement) ? document.activeElement : null;
			const again = focused && (focused.id ? "#" + focused.id : focused.tagName);
			const bar = part.querySelector("progress"), nextBar = next.querySelector("progress");

			part.replaceChildren(...document.adoptNode(next).childNodes);
			if (bar && nextBar) { /* the old bar moves on smoothly */
				bar.value = nextBar.value;
				nextBar.replaceWith(bar);
			}
			if (again)
				part.querySelector(again)?.focus();
		}
	};

	const watch = async (job) => {
		while (job.dataset.active) {
			await sleep(EVERY);
			if (document.hidden)
				continue;
			try {
				const reply = await fetch(location.href, { headers: { Accept: "text/html" } });

				if (reply.redirected || !reply.ok) {
					if (reply.redirected)
						location.reload();
					continue;
				}
				const page = new DOMParser().parseFromString(await reply.text(), "text/html");
				const fresh = page.getElementById("job");

				if (!fresh)
					continue;
				replaceChanged(job, fresh);
				document.title = page.title;
				if (!fresh.dataset.active)
					delete job.dataset.active;
			} catch {
				/* no connection: the next round tries again */
			}
		}
	};

	/* ---- 2. uploads ---- */

	class Refused extends Error {
		constructor(status, problem) {
			super(problem.detail || problem.title || `The server answered ${status}.`);
			this.status = status;
		}
	}

	const api = async (form, method, path, body, type) => {
		const headers = { "X-CSRF-Token": form.elements.csrf.value, Accept: "application/json" };

		if (type)
			headers["Content-Type"] = type;
		const reply = await fetch(form.dataset.base + path, { method, headers, body });
		const isJson = /json/.test(reply.headers.get("Content-Type") || "");

		if (reply.status === 204)
			return {};
		if (!reply.ok)
			throw new Refused(reply.status, isJson ? await reply.json() : {});
		return reply.json();
	};

	const mib = (n) => (n / 1048576).toFixed(n < 10485760 ? 1 : 0);

	/* Sends what is missing; returns when the server has all bytes. */
	const sendChunks = async (form, file, upload, state, show) => {
		let chunk = upload.chunk, failures = 0, offset = upload.offset;

		while (offset < file.size) {
			if (state.stopped)
				throw new Refused(0, { detail: "The upload was stopped. Nothing was stored." });
			try {
				const piece = file.slice(offset, offset + chunk);
				const got = await api(form, "PUT", `/api/import/uploads/${upload.id}?offset=${offset}`, piece,
					"application/octet-stream");

				offset = got.offset;
				failures = 0;
				show(offset);
			} catch (error) {
				const tooBig = [411, 413, 500, 502].includes(error.status) && chunk > upload.chunk_fallback;
				const lost = !(error instanceof Refused) || error.status >= 500 || error.status === 429;

				if (tooBig) {
					chunk = upload.chunk_fallback;
					continue;
				}
				/* 400: the chunk was cut off; 409: another one is still being written, or the offset is old */
				if (!lost && ![400, 409].includes(error.status))
					throw error;
				if (++failures > RETRIES)
					throw error;
				await sleep(Math.min(30000, 500 * 2 ** failures) * (0.75 + Math.random() / 2));
				try { /* how much has arrived? */
					offset = (await api(form, "GET", `/api/import/uploads/${upload.id}`)).offset;
				} catch (again) {
					if (again instanceof Refused && again.status < 500)
						throw again;
				}
			}
		}
	};

	const uploadForm = (form) => {
		const file = form.elements.file, box = document.getElementById("upload-progress");
		const bar = document.getElementById("upload-bar"), text = document.getElementById("upload-text");
		const label = document.getElementById("upload-label");
		const failed = document.getElementById("upload-error"), button = form.querySelector("button[type=submit]");
		const state = { stopped: false };

		document.getElementById("upload-stop").addEventListener("click", () => { state.stopped = true; });

		const options = (background) => JSON.stringify({
			type: form.elements.type.value,
			dry_run: form.elements.dry_run.checked,
			background,
			car: form.elements.car ? form.elements.car.value : "",
			preset: form.elements.preset ? form.elements.preset.value : "",
			preview: form.elements.preview.checked,
		});

		/* One file, to its job. */
		const send = async (chosen, background) => {
			let upload = null, said = -1;
			const show = (sent) => {
				const percent = chosen.size ? Math.floor(100 * sent / chosen.size) : 100;

				bar.value = percent;
				if (percent !== said && percent % 5 === 0)
					text.textContent = `${mib(sent)} of ${mib(chosen.size)} MiB, ${said = percent} %`;
			};

			try {
				upload = await api(form, "POST", "/api/import/uploads",
					JSON.stringify({ filename: chosen.name, size: chosen.size }), "application/json");
				show(0);
				await sendChunks(form, chosen, upload, state, show);
				text.textContent = background ? "Uploaded. You may close this page." : "Uploaded. Reading the file…";
				return await api(form, "POST", `/api/import/uploads/${upload.id}/finish`, options(background),
					"application/json");
			} catch (error) {
				if (upload && !(error instanceof TypeError))
					api(form, "DELETE", `/api/import/uploads/${upload.id}`).catch(() => {});
				throw error;
			}
		};

		const why = (error) => error instanceof Refused ? error.message
			: "The connection was lost. Please try again.";

		const sayFailed = (...lines) => {
			failed.replaceChildren(...lines.flatMap((line, i) => i ? [document.createElement("br"), line] : [line]));
			failed.hidden = false;
			box.hidden = true;
			button.disabled = false;
			file.setAttribute("aria-invalid", "true");
			file.focus();
		};

		const runOne = async (chosen) => {
			const preview = form.elements.preview.checked;

			try {
				const job = await send(chosen, form.elements.background.checked || preview);

				location.assign(form.dataset.base + (preview ? `/admin/imports/${job.batch_id}/preview`
					: `/admin/imports/status/${job.batch_id}`));
			} catch (error) {
				sayFailed(why(error));
			}
		};

		/* One after another; one that is refused does not keep the others out. */
		const runAll = async (files) => {
			const refused = [], jobs = form.dataset.base + "/admin/imports/jobs";
			let taken = 0;

			for (const [i, chosen] of files.entries()) {
				label.textContent = `Uploading file ${i + 1} of ${files.length}: ${chosen.name}`;
				try {
					await send(chosen, true);
					taken++;
				} catch (error) {
					refused.push(`${chosen.name}: ${why(error)}`);
				}
				if (state.stopped)
					break;
			}
			if (taken === files.length) {
				location.assign(jobs);
				return;
			}
			const link = document.createElement("a");

			link.href = jobs;
			link.textContent = `${taken} of ${files.length} files were taken.`;
			sayFailed(link, ...refused);
		};

		form.addEventListener("submit", (event) => {
			const files = [...file.files];

			if (!files.length)
				return;
			event.preventDefault();
			state.stopped = false;
			failed.hidden = true;
			file.removeAttribute("aria-invalid");
			label.textContent = "Uploading";
			box.hidden = false;
			button.disabled = true;
			if (files.length > 1)
				runAll(files);
			else
				runOne(files[0]);
		});
	};

	const job = document.getElementById("job"), form = document.getElementById("upload");

	if (job)
		watch(job);
	if (form)
		uploadForm(form);
})();
