const $ = (selector, root = document) => root.querySelector(selector);
const all = (selector, root = document) => [...root.querySelectorAll(selector)];
const page = document.documentElement;
const draft = `draft ${location.pathname}`;

function switchTheme() {
  const dark = page.dataset.theme || (matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "");
  page.dataset.theme = dark === "dark" ? "light" : "dark";
  try { localStorage.setItem("theme", page.dataset.theme); } catch { /* for this page only */ }
}

// What has data-key="g r" is clicked by these keys; a field is focused. Not while somebody types.
let before = "";
addEventListener("keydown", (event) => {
  const { key, target } = event;
  if (key === "Enter" && (event.ctrlKey || event.metaKey) && target.form?.matches("[data-send]")) return target.form.requestSubmit();
  if (event.ctrlKey || event.metaKey || event.altKey || $("dialog[open]") || target.closest("input:not([type=checkbox]), textarea, select")) return;
  const find = (keys) => all(`[data-key="${CSS.escape(keys)}"]`).find((it) => it.checkVisibility());
  const it = (before && find(`${before} ${key}`)) || find(key);
  before = key === "g" ? key : "";
  if (key === "j" || key === "k") walk(key === "j" ? 1 : -1);
  if (!it) return;
  event.preventDefault();
  it.matches("input") ? it.select() || it.focus() : it.click();
});

function walk(by) {
  const rows = all("[data-row]");
  const at = rows.findIndex((row) => row.contains(document.activeElement));
  const row = rows[at < 0 ? 0 : at + by];
  row?.focus();
  row?.scrollIntoView({ block: "nearest" });
}

// How this mail got here: htmx fetched the link's page into the popover.
const way = $("#way");
let opener;
function openWay() {
  opener.focus();
  way.showPopover();
  const box = opener.getBoundingClientRect();
  const high = Math.min(way.scrollHeight + 2, innerHeight * 0.8);
  const under = innerHeight - box.bottom - 16;
  const room = Math.min(high, Math.max(under, box.top - 16));
  const set = (name, px) => way.style.setProperty(name, `${px}px`);
  set("--pop-x", Math.max(8, Math.min(box.right - 336, innerWidth - 400)));
  set("--pop-y", room <= under ? box.bottom + 8 : box.top - room - 8);
  set("--pop-h", room);
}
way?.addEventListener("toggle", ({ newState }) => opener?.setAttribute("aria-expanded", newState === "open"));

// A mail's frame is as high as the mail.
function fit(frame) {
  const body = frame.contentDocument?.body;
  if (!body) return;
  const measure = () => {
    frame.height = Math.min(body.scrollHeight + 8, 8000);
    body.style.overflowY = body.scrollHeight > 8000 ? "auto" : "hidden"; // without scripts the frame scrolls
  };
  measure();
  new ResizeObserver(measure).observe(body);
}

// The composer's tabs are links; here they keep what was typed.
function choose(tab) {
  const form = $(tab.dataset.form), { mode, to, cc, subject, text } = form.elements;
  form.dataset.mode = mode.value = tab.dataset.mode;
  if (to) [to.value, cc.value] = [tab.dataset.to ?? "", tab.dataset.cc ?? ""];
  if (subject && tab.dataset.subject) subject.value = tab.dataset.subject;
  text.placeholder = tab.dataset.hint ?? "";
  all("[data-form]", form).forEach((it) => it.setAttribute("aria-current", it.dataset.mode === mode.value));
  if (!form.checkVisibility()) location.hash = form.id;
  (mode.value === "forward" ? to : text).focus();
}

function start(part) {
  all("iframe", part).forEach((frame) => { frame.onload = () => fit(frame); fit(frame); });
  if (innerWidth < 1100) all(".side", part).forEach((side) => { side.open = false; });
  if (innerWidth < 720 && part === document.body && !location.hash) all(".talk .message").at(-1)?.scrollIntoView({ block: "end" });
  const text = $("[data-send] textarea", part);
  if (text && !text.value) text.value = sessionStorage[draft] ?? "";
}

addEventListener("toggle", ({ target }) => {
  if (!target.open && target.closest?.(".secret")) all("input", target).forEach((it) => { it.value = ""; });
}, true);
addEventListener("input", ({ target }) => {
  if (target.matches("[data-send] textarea")) sessionStorage[draft] = target.value;
  if (target.type !== "file") return;
  const names = $("[data-files]", target.form);
  if (names) names.textContent = [...target.files].map((file) => file.name).join(", ");
  if (target.form.matches("[data-eml]")) target.form.requestSubmit();
});
addEventListener("click", (event) => {
  const near = (selector) => event.target.closest(selector);
  if (near("[data-theme-switch]")) switchTheme();
  if (near("[data-opens]")) $(near("[data-opens]").dataset.opens).showModal();
  if (near("[data-closes]")) near("dialog").close();
  if (near("[data-copy]")) navigator.clipboard.writeText(near("[data-copy]").dataset.copy);
  const tab = near("a[data-form]");
  if (tab && !event.ctrlKey && !event.metaKey) { event.preventDefault(); choose(tab); }
  all("details.chip[open]").forEach((it) => { if (!it.contains(event.target)) it.open = false; });
});

// Nothing is asked while nobody looks; a lost connection and an ended session are told.
const on = (name, act) => addEventListener(`htmx:${name}`, act);
on("beforeRequest", (event) => {
  if (event.detail.elt.matches("[data-way]")) opener = event.detail.elt;
  if (document.hidden && event.detail.elt.matches("[data-live]")) event.preventDefault();
  if (event.detail.elt.matches(".notice") && !event.detail.elt.checkVisibility()) event.preventDefault(); // closed within the second
});
on("afterSwap", ({ detail }) => {
  if (detail.target === way) openWay();
  if (location.hash === "#composer") location.replace("#composer"); // :target again, after the form was replaced
});
on("load", ({ detail }) => start(detail.elt));
on("sendError", () => {
  if (page.dataset.lost || !$("#lost")) return;
  page.dataset.lost = "1";
  $("#lost").hidden = false;
  $("#lost time").textContent = new Date().toTimeString().slice(0, 5);
});
on("afterOnLoad", ({ detail }) => {
  if (detail.xhr.status === 401) return $("#session-ended").showModal();
  if (detail.xhr.status < 400 && detail.elt.matches("[data-send]")) delete sessionStorage[draft];
  delete page.dataset.lost;
  if ($("#lost")) $("#lost").hidden = true;
});
addEventListener("signed-in", ({ detail }) => {
  all("[name=csrfmiddlewaretoken]").forEach((it) => { it.value = detail.csrf; });
  $("#session-ended").close();
});
