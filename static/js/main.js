// On every page. All of it works without scripts, only less comfortably.
import "./frame/details.js";
import "./frame/lists.js";
import "./frame/navigation.js";
import "./frame/picks.js";
import "./frame/shapes.js";
import "./frame/way_back.js";
import "./fields/amounts.js";
import "./fields/choosing.js";
import "./fields/conditional.js";
import "./fields/files.js";
import "./sending/once.js";
import "./sending/drafts.js";
import "./sending/same_key.js";
import "./sending/moving.js";

// A refused form (422) and one that came second (409) are shown like any other answer.
document.addEventListener("htmx:beforeSwap", (event) => {
  if (![409, 422].includes(event.detail.xhr.status)) return;
  event.detail.shouldSwap = true;
  event.detail.isError = false;
});
// What a job has counted anew is shown as soon as it is there.
document.addEventListener("htmx:afterSwap", () => {
  if (document.querySelector("[data-reload-when-done] .job[data-state=done]")) window.location.reload();
});
