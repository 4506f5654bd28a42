import { behave } from "../behaviours.js";

// After 返回 the browser fills in what was typed, and the page is a new one: the key goes back with the words, so that
// the server knows that they are saved already.
behave("form[method=post]", (form) => {
  const key = form.elements.submission_key;
  if (!key) return;
  const name = `key:${form.getAttribute("action") ?? ""}`;
  const [visit] = performance.getEntriesByType("navigation");
  const before = window.history.state?.[name];
  if (visit?.type === "back_forward" && before) key.value = before;
  else window.history.replaceState({ ...window.history.state, [name]: key.value }, "");
});
