// A button with data-types="#" types that into the field that data-into names, where the caret is.
addEventListener("click", ({ target }) => {
  const key = target.closest("[data-types]");
  if (!key) return;
  const field = document.querySelector(key.dataset.into);
  field.setRangeText(key.dataset.types, field.selectionStart, field.selectionEnd, "end");
  field.dispatchEvent(new Event("input", { bubbles: true }));
});
