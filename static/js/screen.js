"use strict";
// 大屏: turns its panels by itself, asks for new figures every minute, keeps the last good ones and says since when.

(() => {
  const TURN = 20_000;
  const ASK = 60_000;
  const PATIENCE = 15_000;
  const holder = document.querySelector("[data-panels]");
  const dots = document.querySelector("[data-dots]");
  const state = document.querySelector("[data-state]");
  const clock = document.querySelector("[data-clock]");
  let shown = 0;
  let held = false;
  let turned = Date.now();
  let failures = 0;

  const panels = () => [...holder.querySelectorAll("[data-panel]")];
  const wall = () => holder.querySelector("[data-wall]");
  const version = wall().dataset.version;
  const time = (text) => new Date(text).toLocaleTimeString("zh-CN", { hour: "2-digit", minute: "2-digit", hour12: false });

  function scale() {
    document.documentElement.dataset.chartScale = String(parseFloat(getComputedStyle(document.documentElement).fontSize) / 11);
  }

  function show(at) {
    const all = panels();
    shown = (at + all.length) % all.length;
    all.forEach((panel, n) => (panel.hidden = n !== shown));
    dots.replaceChildren(
      ...all.map((panel, n) => {
        const dot = document.createElement("button");
        dot.type = "button";
        dot.textContent = panel.dataset.panel;
        dot.setAttribute("aria-current", String(n === shown));
        dot.addEventListener("click", () => turn(n));
        return dot;
      }),
    );
    document.dispatchEvent(new Event("chartsadded"));
  }

  function turn(at) {
    turned = Date.now();
    show(at);
  }

  function say() {
    const stale = failures > 0;
    const at = time(wall()?.dataset.at ?? Date.now());
    state.classList.toggle("is-stale", stale);
    state.textContent = stale ? `连接中断，显示的是 ${at} 的数据，正在重试` : `${held ? "已停住 · " : ""}${at} 更新，每分钟自动更新`;
  }

  function tick() {
    const now = new Date();
    clock.textContent = now.toLocaleString("zh-CN", { month: "long", day: "numeric", weekday: "short", hour: "2-digit", minute: "2-digit", hour12: false });
    if (!held && Date.now() - turned >= TURN) turn(shown + 1);
    say();
  }

  async function ask() {
    try {
      const answer = await fetch(`${window.location.pathname}?part=1`, {
        credentials: "omit",
        cache: "no-store",
        signal: AbortSignal.timeout(PATIENCE),
      });
      if (answer.status === 404 || answer.status === 410) return window.location.reload(); // stopped: nothing stays on the wall
      if (!answer.ok) throw new Error(String(answer.status));
      const page = document.createElement("template");
      page.innerHTML = await answer.text();
      const fresh = page.content.querySelector("[data-wall]");
      if (!fresh) throw new Error("no figures");
      if (fresh.dataset.version !== version) return window.location.reload(); // a new release
      document.dispatchEvent(new Event("chartsgone"));
      holder.replaceChildren(fresh);
      failures = 0;
      show(Math.min(shown, panels().length - 1));
    } catch {
      failures += 1;
    }
    say();
  }

  document.addEventListener("keydown", (event) => {
    if (event.key === "ArrowRight") turn(shown + 1);
    else if (event.key === "ArrowLeft") turn(shown - 1);
    else if (event.key === " ") held = !held;
    else return;
    event.preventDefault();
    say();
  });
  window.addEventListener("resize", scale);
  window.addEventListener("online", ask);
  document.addEventListener("DOMContentLoaded", () => {
    scale();
    show(0);
    tick();
    setInterval(tick, 1000);
    setInterval(ask, ASK);
  });
})();
