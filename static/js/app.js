"use strict";
// Small behaviours shared by all pages; everything works without them, only less comfortably.

const root = document.documentElement;

document.querySelectorAll("[data-theme-toggle]").forEach((button) =>
  button.addEventListener("click", () => {
    root.dataset.bsTheme = root.dataset.bsTheme === "dark" ? "light" : "dark";
    localStorage.setItem("theme", root.dataset.bsTheme);
    document.dispatchEvent(new CustomEvent("themechange"));
  }),
);

document.querySelectorAll("[data-copy]").forEach((button) =>
  button.addEventListener("click", async () => {
    const source = document.querySelector(button.dataset.copy);
    source.select();
    try {
      await navigator.clipboard.writeText(source.value);
    } catch {
      document.execCommand("copy"); // pages without https have no clipboard
    }
    button.lastChild.textContent = "已复制";
  }),
);
document.querySelectorAll("[data-print]").forEach((button) => button.addEventListener("click", () => window.print()));

// Choosing among many: Tom Select, searched by words or pinyin.
function chooser(select) {
  if (select.tomselect) return;
  const url = select.dataset.url;
  new TomSelect(select, {
    plugins: select.multiple ? ["remove_button"] : [],
    maxOptions: 200,
    searchField: ["text", "pinyin"],
    render: {
      no_results: () => '<div class="no-results">没有找到，换个词试试</div>',
      loading: () => '<div class="spinner-line"></div>',
    },
    ...(url && {
      valueField: "value",
      labelField: "text",
      load: (words, done) =>
        fetch(`${url}${url.includes("?") ? "&" : "?"}q=${encodeURIComponent(words)}`, { headers: { Accept: "application/json" } })
          .then((answer) => answer.json())
          .then((answer) => done(answer.results))
          .catch(() => done()),
    }),
  });
}

// A form is sent once; the button says so until the page changes.
function once(form) {
  form.addEventListener("submit", (event) => {
    if (form.dataset.sent) {
      event.preventDefault();
      return;
    }
    if (!navigator.onLine) {
      event.preventDefault();
      unreached(form);
      return;
    }
    form.dataset.sent = "1";
    const button = event.submitter;
    if (button) {
      button.setAttribute("aria-busy", "true");
      button.classList.add("btn-loading");
    }
    setTimeout(() => delete form.dataset.sent, 15000);
  });
}

// After 返回 the browser fills in what was typed, and the page is a new one: the key goes back with the words, so that
// the server knows that they are saved already.
function sameKey(form) {
  const key = form.elements.submission_key;
  if (!key) return;
  const name = `key:${form.getAttribute("action") ?? ""}`;
  const [visit] = performance.getEntriesByType("navigation");
  const before = window.history.state?.[name];
  if (visit?.type === "back_forward" && before) key.value = before;
  else window.history.replaceState({ ...window.history.state, [name]: key.value }, "");
}

// Without a network the browser would put its own page in place of the form, and what was typed would be gone.
function unreached(form) {
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

// What is typed is saved every few seconds, on the server, for its owner only.
function drafts(form) {
  const note = form.querySelector("[data-draft-note]");
  const token = form.querySelector("[name=csrfmiddlewaretoken]");
  let timer = null;
  const save = async () => {
    timer = null;
    const body = new FormData(form);
    for (const [name, value] of [...body]) if (value instanceof File) body.delete(name);
    try {
      const answer = await fetch(form.dataset.draft, {
        method: "POST",
        body,
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
  };
  const later = () => {
    if (!timer && !form.dataset.sent) timer = setTimeout(save, 3000);
  };
  form.addEventListener("input", later);
  form.addEventListener("change", later);
  form.addEventListener("submit", () => clearTimeout(timer));
  window.addEventListener("online", () => form.dataset.unsent && later());
  // The phone may think it has a network when the server is out of reach: asked first where the last try failed.
  form.addEventListener(
    "submit",
    async (event) => {
      if (!form.dataset.unsent || form.dataset.sent || !navigator.onLine) return;
      event.preventDefault();
      event.stopImmediatePropagation();
      await save();
      if (form.dataset.unsent) unreached(form);
      else form.requestSubmit(event.submitter);
    },
    { capture: true },
  );
}

// A field that only some choices need: data-show-for="visit,duty" beside data-shown-by="kind".
function conditional(form) {
  const parts = form.querySelectorAll("[data-shown-by]");
  const refresh = () =>
    parts.forEach((part) => {
      const named = form.elements[part.dataset.shownBy];
      const value = named ? named.value : "";
      part.hidden = !part.dataset.showFor.split(",").includes(value);
    });
  if (parts.length) {
    form.addEventListener("change", refresh);
    refresh();
  }
}

// An amount in yuan is read back in 万元, so that a missing or extra zero shows at once.
function wan(input) {
  if (input.dataset.wanReady) return;
  input.dataset.wanReady = "1";
  const hint = document.createElement("small");
  hint.className = "form-hint";
  hint.setAttribute("aria-live", "polite");
  (input.closest(".input-group") || input).after(hint);
  const tell = () => {
    const yuan = Number(input.value);
    const yi = Math.floor(yuan / 1e8);
    const wan = Number(((yuan - yi * 1e8) / 10000).toFixed(4));
    const words = yuan >= 10000 ? `${yi ? `${yi.toLocaleString("zh-CN")} 亿 ` : ""}${wan || !yi ? `${wan} 万` : ""}元` : "";
    hint.textContent = words && `即 ${words}`;
  };
  input.addEventListener("input", tell);
  tell();
}

const size = (bytes) => (bytes < 104858 ? `${Math.ceil(bytes / 1024)} KB` : `${(bytes / 1048576).toFixed(1)} MB`);

// The chosen files by name and size, in our words, each with its ×. A camera gives one picture at a time: those taken
// before stay.
function files(pick) {
  const input = pick.querySelector("input[type=file]");
  const names = pick.querySelector(".file-names");
  const same = (one, other) => one.name === other.name && one.size === other.size && one.lastModified === other.lastModified;
  let chosen = [...input.files];
  const carry = (list) => {
    const all = new DataTransfer();
    list.forEach((file) => all.items.add(file));
    input.files = all.files;
    chosen = [...input.files];
  };
  const show = () => {
    names.replaceChildren(
      ...chosen.map((file) => {
        const line = document.createElement("span");
        line.className = "file-name";
        const drop = document.createElement("button");
        drop.type = "button";
        drop.className = "btn-close";
        drop.setAttribute("aria-label", `不要 ${file.name}`);
        drop.addEventListener("click", () => {
          carry(chosen.filter((one) => one !== file));
          input.dispatchEvent(new Event("change", { bubbles: true }));
        });
        line.append(`${file.name}（${size(file.size)}）`, drop);
        return line;
      }),
    );
    if (!chosen.length) names.textContent = pick.parentElement.querySelector(".kept-files") ? "" : "未选择";
  };
  input.addEventListener("change", () => {
    const fresh = [...input.files].filter((file) => !chosen.some((one) => same(one, file)));
    if (input.hasAttribute("capture") && fresh.length) carry([...chosen, ...fresh]);
    else chosen = [...input.files];
    show();
  });
  if (chosen.length) show(); // put back by the browser
}

function enhance(scope) {
  scope.querySelectorAll("[data-file-pick]").forEach(files);
  scope.querySelectorAll("[data-wan]").forEach(wan);
  scope.querySelectorAll("select[data-choose]").forEach(chooser);
  scope.querySelectorAll("form[method=post]").forEach((form) => {
    if (form.dataset.ready) return;
    form.dataset.ready = "1";
    once(form);
    sameKey(form);
    conditional(form);
    if (form.dataset.draft) drafts(form);
  });
  scope.querySelectorAll("tr[data-href]").forEach((row) =>
    row.addEventListener("click", (event) => {
      if (!event.target.closest("a,button,input,label")) window.location.href = row.dataset.href;
    }),
  );
  scope.querySelectorAll("[data-check-all]").forEach((box) =>
    box.addEventListener("change", () =>
      document.querySelectorAll(box.dataset.checkAll).forEach((one) => {
        one.checked = box.checked;
      }),
    ),
  );
  scope.querySelectorAll("form[data-auto]").forEach((form) =>
    form.addEventListener("change", () => form.requestSubmit()),
  );
}

// The way back keeps the filters: the crumb of the list one came from opens it as it was left; from the records behind
// a figure, which no crumb names, there is one more.
function wayBack() {
  const crumbs = document.querySelector(".breadcrumb");
  if (!crumbs || !document.referrer) return;
  const from = new URL(document.referrer);
  if (from.origin !== window.location.origin || !from.search) return;
  const known = [...crumbs.querySelectorAll("a")].find((link) => link.pathname === from.pathname);
  if (known) known.href = from.href;
  else if (/^\/records\/[^/]+\/$/.test(from.pathname)) {
    const item = document.createElement("li");
    item.className = "breadcrumb-item";
    const link = document.createElement("a");
    link.href = from.href;
    link.textContent = "返回刚才的记录";
    item.append(link);
    crumbs.prepend(item);
  }
}

document.addEventListener("DOMContentLoaded", () => {
  enhance(document);
  wayBack();
});
// A refused form (422) and one that came second (409) are shown like any other answer.
document.addEventListener("htmx:beforeSwap", (event) => {
  if (![409, 422].includes(event.detail.xhr.status)) return;
  event.detail.shouldSwap = true;
  event.detail.isError = false;
});
document.addEventListener("htmx:afterSwap", (event) => enhance(event.target.parentElement ?? event.target));
// What a job has counted anew is shown as soon as it is there.
document.addEventListener("htmx:afterSwap", () => {
  if (document.querySelector("[data-reload-when-done] .job[data-state=done]")) window.location.reload();
});
window.addEventListener("pageshow", (event) => {
  if (event.persisted) document.querySelectorAll("form[data-sent]").forEach((form) => delete form.dataset.sent);
});
