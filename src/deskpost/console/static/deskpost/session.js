// Before a form leaves its page, the session is asked for: one that ended is begun anew over the page, which keeps what
// was typed. Forms that htmx sends are answered 401 instead (app.js). Without an answer the form goes as it would have.
const over = document.querySelector("#session-ended");
const answered = new WeakSet();

addEventListener("submit", async (event) => {
  const { target: form, submitter } = event;
  if (event.defaultPrevented || answered.has(form) || !form.matches("main form[method=post]")) return;
  event.preventDefault();
  if (form.ariaBusy) return; // a double click
  form.ariaBusy = "true";
  const signIn = over.querySelector("form").action; // sends away who is signed in
  const answer = await fetch(signIn, { method: "HEAD", redirect: "manual" }).catch(() => null);
  if (answer?.status === 200) {
    form.ariaBusy = null;
    return over.showModal();
  }
  answered.add(form);
  form.requestSubmit(submitter);
  answered.delete(form);
  if (form.target) form.ariaBusy = null; // another tab shows the answer
});
// Back leads to the page as it was left.
addEventListener("pagehide", () => document.querySelectorAll("main form").forEach((it) => { it.ariaBusy = null; }));
