import { behave } from "../behaviours.js";
import { unreached } from "./unreached.js";

const PAUSE = 3000;

function words(form) {
  const body = new FormData(form);
  for (const [name, value] of [...body]) if (value instanceof File) body.delete(name);
  return body;
}

async function save(form) {
  const note = form.querySelector("[data-draft-note]");
  const token = form.querySelector("[name=csrfmiddlewaretoken]");
  try {
    const answer = await fetch(form.dataset.draft, {
      method: "POST",
      body: words(form),
      headers: { "X-CSRFToken": token.value },
      redirect: "manual",
    });
    delete form.dataset.unsent;
    if (answer.ok) note.textContent = `已自动保存 ${(await answer.json()).at}`;
    else note.textContent = answer.status === 400 ? "" : "登录已过期：保存后会请您重新登录，文字会保留";
  } catch {
    form.dataset.unsent = "1";
    note.textContent = "未连接，内容还在本页，请不要关闭";
  }
}

// What is typed is saved every few seconds, on the server, for its owner only.
behave("form[method=post][data-draft]", (form, gone) => {
  let timer = null;
  const later = () => {
    if (timer || form.dataset.sent) return;
    timer = setTimeout(() => {
      timer = null;
      save(form);
    }, PAUSE);
  };
  const never = () => {
    clearTimeout(timer);
    timer = null;
  };
  form.addEventListener("input", later);
  form.addEventListener("change", later);
  form.addEventListener("submit", never);
  gone.addEventListener("abort", never);
  window.addEventListener("online", () => form.dataset.unsent && later(), { signal: gone });
  // The phone may think it has a network when the server is out of reach: asked first where the last try failed.
  const askFirst = async (event) => {
    if (!form.dataset.unsent || form.dataset.sent || !navigator.onLine) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    await save(form);
    if (form.dataset.unsent) unreached(form);
    else form.requestSubmit(event.submitter);
  };
  form.addEventListener("submit", askFirst, { capture: true });
});
