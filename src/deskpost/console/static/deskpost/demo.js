// The outside world: a file dropped anywhere on the page is sent as a mail.
const form = document.querySelector("[data-eml]");
const hold = (event) => { if (event.dataTransfer?.types.includes("Files")) event.preventDefault(); };
addEventListener("dragover", hold);
addEventListener("drop", (event) => {
  hold(event);
  const { files } = event.dataTransfer ?? {};
  if (!form || !files?.length) return;
  form.elements.file.files = files;
  form.requestSubmit();
});
