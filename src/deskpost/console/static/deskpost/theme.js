// Before anything is painted: the theme chosen on this device.
document.documentElement.classList.add("js");
try {
  document.documentElement.dataset.theme = localStorage.getItem("theme") ?? "";
} catch { /* the system's theme */ }
