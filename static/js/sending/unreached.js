// Without a network the browser would put its own page in place of the form, and what was typed would be gone.
export function unreached(form) {
  delete form.dataset.sent;
  form.querySelectorAll(".btn-loading").forEach((button) => {
    button.removeAttribute("aria-busy");
    button.classList.remove("btn-loading");
  });
  let note = form.querySelector("[data-unreached]");
  if (!note) {
    note = document.createElement("p");
    note.className = "field-error mt-2 mb-0";
    note.dataset.unreached = "";
    note.setAttribute("role", "alert");
    (form.querySelector("[type=submit]")?.parentElement ?? form).after(note);
  }
  note.textContent = "没有网络，还没有保存。内容还在本页，有了网络再点一次";
}

window.addEventListener("online", () => document.querySelectorAll("[data-unreached]").forEach((note) => note.remove()));
document.addEventListener("htmx:sendError", (event) => {
  const form = event.detail.elt.closest("form");
  if (form) unreached(form);
});
