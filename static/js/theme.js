"use strict";
// Runs in <head>, before anything is painted, so that a dark page never flashes white.
(() => {
  const saved = localStorage.getItem("theme");
  const dark = saved ? saved === "dark" : window.matchMedia("(prefers-color-scheme: dark)").matches;
  document.documentElement.dataset.bsTheme = dark ? "dark" : "light";
})();
// Lists are a table on the desk and cards on a phone: the next page writes only the one that this screen shows.
(() => {
  const phone = window.matchMedia("(max-width: 767.98px)");
  const tell = () => {
    const shape = phone.matches ? "cards" : "table";
    document.cookie = `shape=${shape}; path=/; max-age=31536000; samesite=lax`;
  };
  tell();
  phone.addEventListener("change", tell);
})();
