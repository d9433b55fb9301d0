// In the head, before anything is painted: the theme chosen on this device, and the mark that scripts run.
document.documentElement.classList.add("js");
try {
  document.documentElement.dataset.theme = localStorage.getItem("theme") ?? "";
} catch { /* storage is off: the system's theme */ }
