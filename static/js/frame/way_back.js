import { behave } from "../behaviours.js";

function backToRecords(crumbs, from) {
  const item = document.createElement("li");
  item.className = "breadcrumb-item";
  const link = document.createElement("a");
  link.href = from.href;
  link.textContent = "返回刚才的记录";
  item.append(link);
  crumbs.prepend(item);
}

// The way back keeps the filters: the crumb of the list one came from opens it as it was left; from the records behind
// a figure, which no crumb names, there is one more.
behave(".breadcrumb", (crumbs) => {
  if (!document.referrer) return;
  const from = new URL(document.referrer);
  if (from.origin !== window.location.origin || !from.search) return;
  const known = [...crumbs.querySelectorAll("a")].find((link) => link.pathname === from.pathname);
  if (known) known.href = from.href;
  else if (/^\/records\/[^/]+\/$/.test(from.pathname)) backToRecords(crumbs, from);
});
