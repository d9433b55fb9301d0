// What was copied says so for two seconds; app.js copies.
addEventListener("click", ({ target }) => {
  const button = target.closest("[data-copy][data-copied]");
  const word = button?.querySelector("[data-word]");
  if (!word || word.dataset.was) return;
  word.dataset.was = word.textContent;
  word.textContent = button.dataset.copied;
  setTimeout(() => { word.textContent = word.dataset.was; delete word.dataset.was; }, 2000);
});
