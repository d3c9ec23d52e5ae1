/*
 * Drafts: what is typed into a form with data-draft is kept by the server (/api/drafts) before it is sent. Without this
 * file the form has a button "Save draft" that does the same by hand.
 *
 * Saved 10 s after the last change, at the latest 30 s after the first one, and at once on submit and on leaving. Until a
 * save is confirmed a copy is in localStorage, under the user's own name: it is offered on return if it differs from what
 * the form holds then. (Disadvantage: until then it is on the disk of this computer.)
 *
 * A save names the version that it goes on from. Where another tab was faster (412), or has sent or discarded the draft
 * (404), nothing is overwritten: what is here becomes a draft of its own, and both are linked to. A new draft is made
 * with an Idempotency-Key, and made again with the very same words until there is an answer: a lost answer makes no
 * second draft.
 *
 * While saves fail they are tried again, less and less often, and at once when the network is back; a warning is shown
 * before the tab is closed. Signed out: the same, with a link to sign in in another tab; the token of the new session is
 * taken from a page. Somebody else signed in: nothing is saved in their name.
 */
(() => {
	"use strict";

	const QUIET = 10000, LONGEST = 30000;
	const RETRY_FIRST = 2000, RETRY_LAST = 60000, ASK_AGAIN = 5000;
	const KEEPALIVE_MAX = 60000; /* browsers refuse more than 64 KiB at the end of a page */
	const SUBMIT_WAIT = 5000;
	const COPY_KEPT = 30 * 86400000, COPY_AFTER = 500;

	const sleep = (ms) => new Promise((done) => setTimeout(done, ms));
	const clock = (at) => {
		const time = at.toLocaleTimeString("en-GB", { hour: "2-digit", minute: "2-digit" });

		return at.toDateString() === new Date().toDateString() ? time
			: at.toLocaleDateString("en-GB", { day: "numeric", month: "short" }) + ", " + time;
	};
	const link = (href, text, tab) => {
		const a = document.createElement("a");

		a.href = href;
		a.textContent = text;
		if (tab) {
			a.target = "_blank";
			a.rel = "noopener";
		}
		return a;
	};
	const random = () => [...crypto.getRandomValues(new Uint8Array(16))].map((b) => b.toString(16).padStart(2, "0")).join("");
	const email = (page) => page.querySelector(".who .email")?.textContent || "";
	const me = email(document);

	/* ---- the form's texts ---- */

	const OURS = new Set(["csrf", "draft", "draft_version", "draft_form", "draft_subject"]);

	const texts = (form) => {
		const out = {};

		for (const [name, value] of new FormData(form))
			if (!OURS.has(name) && typeof value === "string" && !(name in out) && form.elements[name]?.type !== "password")
				out[name] = value.replaceAll("\r\n", "\n");
		return out;
	};

	const putBack = (form, fields) => {
		for (const control of form.elements) {
			if (!control.name || OURS.has(control.name) || control.type === "submit")
				continue;
			if (control.type === "checkbox" || control.type === "radio")
				control.checked = fields[control.name] === control.value;
			else if (control.name in fields)
				control.value = fields[control.name];
		}
	};

	/* ---- copies in this browser ---- */

	const copiesOf = (start) => {
		const out = [];

		try {
			for (const key of Object.keys(localStorage).filter((k) => k.startsWith(start))) {
				const copy = JSON.parse(localStorage.getItem(key));

				if (Date.now() - copy.at > COPY_KEPT)
					localStorage.removeItem(key);
				else
					out.push({ key, ...copy });
			}
		} catch {
			/* a browser without storage, or something else's words: there are none */
		}
		return out.sort((a, b) => b.at - a.at);
	};

	/* ---- one form ---- */

	const drafts = (form) => {
		const badge = form.querySelector("[data-state]"), { base, page } = badge.dataset;
		const hidden = (name) => form.elements[name];
		const start = `wattledger-draft ${base} ${me} ${hidden("draft_form").value} ${hidden("draft_subject").value} `;
		const copyKey = start + random();
		let saved = JSON.stringify(texts(form)); /* as the server has it */
		let timer = 0, copyTimer = 0, dirtySince = 0, failures = 0;
		let running = null, creating = null, forkedFrom = "", why = "", unanswered = "";
		let failing = false, passing = false, gone = false;

		const now = () => JSON.stringify(texts(form));
		const dirty = () => !gone && now() !== saved;
		const at = (id) => `${page}?draft=${id}`;

		const show = (state, ...words) => {
			if (badge.dataset.is === state && badge.textContent === words.map((w) => w.textContent ?? w).join(""))
				return;
			badge.dataset.is = state;
			badge.replaceChildren(...words);
		};

		const notice = (kind, role, ...words) => {
			const box = document.createElement("div"), p = document.createElement("p");

			document.getElementById("draft-notice")?.remove();
			box.id = "draft-notice";
			box.className = "notice " + kind;
			box.setAttribute("role", role);
			p.append(...words);
			box.append(p);
			form.before(box);
			return box;
		};

		/* ---- the copy ---- */

		const copy = () => {
			clearTimeout(copyTimer);
			try {
				if (dirty())
					localStorage.setItem(copyKey, JSON.stringify({ at: Date.now(), fields: texts(form) }));
				else
					localStorage.removeItem(copyKey);
			} catch {
				/* no room, or no storage: there is no copy then */
			}
		};

		const offerCopy = () => {
			for (const one of copiesOf(start)) {
				if (JSON.stringify(one.fields) === saved) {
					localStorage.removeItem(one.key);
					continue;
				}
				const box = notice("warn", "status", `What you typed here at ${clock(new Date(one.at))} could not be saved then. This browser has kept it.`);
				const buttons = document.createElement("p");
				const button = (text, act) => {
					const b = document.createElement("button");

					b.type = "button";
					b.className = "secondary small";
					b.textContent = text;
					b.addEventListener("click", () => {
						localStorage.removeItem(one.key);
						box.remove();
						act();
					});
					return b;
				};

				buttons.className = "buttons";
				buttons.append(button("Put it back", () => { putBack(form, one.fields); changed(); form.querySelector("input:not([type=hidden]), select")?.focus(); }), " ",
					button("Forget it", () => {}));
				box.append(buttons);
				return;
			}
		};

		/* ---- saving ---- */

		const call = async (method, path, body, headers) => {
			const reply = await fetch(base + path, {
				method, body, keepalive: new Blob([body]).size < KEEPALIVE_MAX,
				headers: { "X-CSRF-Token": hidden("csrf").value, "Content-Type": "application/json", Accept: "application/json", ...headers },
			});

			return { status: reply.status, data: /json/.test(reply.headers.get("Content-Type") || "") ? await reply.json() : {} };
		};

		/* What is to be sent now; a new draft is asked for with the same words until there is an answer. */
		const request = () => {
			if (!hidden("draft").value) {
				creating ||= { key: random(), text: now() };
				const asked = { form: hidden("draft_form").value, subject: hidden("draft_subject").value, fields: JSON.parse(creating.text) };

				if (forkedFrom)
					asked.forked_from = forkedFrom;
				return { text: creating.text, send: () => call("POST", "/api/drafts", JSON.stringify(asked), { "Idempotency-Key": creating.key }) };
			}
			const text = now();

			return { text, send: () => call("PUT", "/api/drafts/" + hidden("draft").value, JSON.stringify({ fields: JSON.parse(text) }),
				{ "If-Match": `"v${hidden("draft_version").value}"` }) };
		};

		/* The token of the session that this browser has now. False: there is none, or it is somebody else's. */
		const renewToken = async () => {
			const reply = await fetch(base + "/admin/drafts", { headers: { Accept: "text/html" } });

			if (reply.redirected || !reply.ok)
				return false;
			const fresh = new DOMParser().parseFromString(await reply.text(), "text/html");
			const token = fresh.querySelector("input[name=csrf]")?.value;

			if (!token || email(fresh) !== me) {
				show("failed", `Not saved: ${email(fresh)} is signed in now. Sign in as ${me} to go on.`);
				return false;
			}
			for (const field of document.querySelectorAll("input[name=csrf]"))
				field.value = token;
			return true;
		};

		const tellFork = (other, sent) => {
			notice("warn", "alert", sent ? "This draft was sent or discarded in the meantime. What you typed here is kept as "
				: "Another tab or device has changed this draft meanwhile. Nothing was overwritten, both are kept: ",
				...(sent ? [] : [link(at(other), "the other version"), " and "]), link(at(hidden("draft").value), sent ? "a draft of its own" : "this one"), ".");
		};

		const keep = (text, data) => {
			const other = forkedFrom, sent = why === "sent";

			hidden("draft").value = data.id;
			hidden("draft_version").value = data.version;
			saved = text;
			creating = null;
			forkedFrom = why = "";
			failures = 0;
			failing = false;
			dirtySince = 0;
			show("saved", "Saved " + clock(new Date()));
			copy();
			if (!passing && !gone)
				history.replaceState(null, "", at(data.id) + location.hash);
			if (other)
				tellFork(other, sent);
		};

		const fork = (reason) => {
			forkedFrom = hidden("draft").value;
			why = reason;
			hidden("draft").value = hidden("draft_version").value = "";
			creating = null;
		};

		/* Is what the server has our own save, whose answer was lost? Then there is nothing to make a second one of. */
		const isOurs = async (text) => {
			const reply = await fetch(base + "/api/drafts/" + hidden("draft").value, { headers: { Accept: "application/json" } });
			const data = reply.ok ? await reply.json() : {}, there = JSON.stringify(data.fields);

			if (!reply.ok || (there !== unanswered && there !== text))
				return false;
			hidden("draft_version").value = data.version;
			return true;
		};

		/* One try. "saved"; "lost": no answer, or none that says more than that it cannot now; "signed out"; "refused". */
		const attempt = async () => {
			const { text, send } = request();
			let reply;

			try {
				reply = await send();
			} catch {
				unanswered = text;
				return "lost";
			}
			if (reply.status === 200 || reply.status === 201) {
				keep(text, reply.data);
				return "saved";
			}
			if (reply.status === 412 && await isOurs(text).catch(() => false))
				return attempt();
			if (hidden("draft").value && (reply.status === 412 || reply.status === 404)) {
				fork(reply.status === 404 ? "sent" : "changed");
				return attempt();
			}
			if (reply.status === 401)
				return "signed out";
			if (reply.status === 403 && /csrf/.test(reply.data.type || ""))
				return await renewToken().catch(() => false) ? attempt() : "signed out";
			if (reply.status >= 500 || reply.status === 429 || reply.status === 408)
				return "lost";
			creating = null;
			show("failed", "Not saved: " + (reply.data.detail || `the server answered ${reply.status}.`));
			return "refused";
		};

		const later = (ms) => {
			clearTimeout(timer);
			timer = setTimeout(save, ms);
		};

		const failed = (how) => {
			failing = true;
			copy();
			if (how === "lost") {
				show("failed", "Save failed, retrying. Do not close this tab yet.");
				later(Math.min(RETRY_LAST, RETRY_FIRST * 2 ** failures++) * (0.75 + Math.random() / 2));
			} else if (how === "signed out") {
				if (!/is signed in now/.test(badge.textContent))
					show("failed", "Not saved: you are signed out. ", link(base + "/login", "Sign in in another tab", true),
						", and saving goes on here.");
				later(ASK_AGAIN);
			}
		};

		const save = () => {
			clearTimeout(timer);
			timer = 0;
			if (running)
				return running;
			if (!dirty() && !creating)
				return Promise.resolve("saved");
			if (!failing)
				show("saving", "Saving…");
			running = attempt().catch(() => "lost").then((how) => {
				running = null;
				if (how !== "saved")
					failed(how);
				else if (dirty())
					changed();
				return how;
			});
			return running;
		};

		/* All that is there now. */
		const flush = async () => {
			let how = await save();

			if (how === "saved" && dirty())
				how = await save();
			return how;
		};

		const changed = () => {
			clearTimeout(copyTimer);
			copyTimer = setTimeout(copy, COPY_AFTER);
			if (gone || !dirty()) {
				dirtySince = 0;
				return;
			}
			dirtySince ||= Date.now();
			if (!failing || badge.textContent.startsWith("Not saved"))
				later(Math.min(QUIET, Math.max(0, dirtySince + LONGEST - Date.now())));
			if (!failing)
				show("changed", "Not saved yet");
		};

		const leave = () => {
			if (passing || !dirty())
				return;
			copy();
			save();
		};

		/* ---- when ---- */

		form.autocomplete = "off"; /* the server restores what was typed, and the browser no old ids */
		form.addEventListener("input", changed);
		form.addEventListener("change", changed);
		form.addEventListener("submit", async (event) => {
			const button = event.submitter;

			if (passing)
				return;
			if (button?.hasAttribute("data-save-draft")) {
				event.preventDefault();
				if (!dirty() && !hidden("draft").value)
					saved = ""; /* as it is: that was asked for */
				await flush();
				return;
			}
			if (!dirty() && !running) {
				passing = true;
				return;
			}
			event.preventDefault();
			const how = await Promise.race([flush(), sleep(SUBMIT_WAIT).then(() => "lost")]);

			if (how === "lost") {
				failing = true;
				show("failed", "Not sent: the server cannot be reached. What you typed is kept in this browser and saved as soon as it can be.");
				return;
			}
			passing = true;
			form.requestSubmit(button);
		});
		document.addEventListener("visibilitychange", () => {
			if (document.hidden)
				leave();
			else if (failing)
				save();
		});
		addEventListener("pagehide", leave);
		addEventListener("pageshow", () => { passing = false; });
		addEventListener("online", () => { if (failing) save(); });
		addEventListener("focus", () => { if (failing) save(); });
		addEventListener("beforeunload", (event) => {
			if (failing && !passing && dirty())
				event.preventDefault();
		});
		for (const discard of document.querySelectorAll("form[data-discard]"))
			discard.addEventListener("submit", () => {
				gone = true;
				clearTimeout(timer);
				copy();
			});

		if (badge.dataset.saved)
			show("saved", "Saved " + clock(new Date(badge.dataset.saved)));
		offerCopy();
	};

	for (const form of document.querySelectorAll("form[data-draft]"))
		if (form.elements.draft_form)
			drafts(form);
})();
