// 大屏: turns its panels by itself, asks for new figures every minute, keeps the last good ones and says since when.
import { retire, wake } from "../behaviours.js";

const TURN = 20_000;
const ASK = 60_000;
const PATIENCE = 15_000;
const MINUTE = { hour: "2-digit", minute: "2-digit", hour12: false };
const DAY = { month: "long", day: "numeric", weekday: "short" };
const root = document.documentElement;
const holder = document.querySelector("[data-panels]");
const dots = document.querySelector("[data-dots]");
const state = document.querySelector("[data-state]");
const clock = document.querySelector("[data-clock]");
const wall = () => holder.querySelector("[data-wall]");
const panels = () => [...holder.querySelectorAll("[data-panel]")];
const { version } = wall().dataset;
let shown = 0;
let held = false;
let turned = Date.now();
let failures = 0;

function scale() {
  root.dataset.chartScale = String(parseFloat(getComputedStyle(root).fontSize) / 11);
}

function dotOf(panel, at) {
  const dot = document.createElement("button");
  dot.type = "button";
  dot.textContent = panel.dataset.panel;
  dot.setAttribute("aria-current", String(at === shown));
  dot.addEventListener("click", () => turn(at));
  return dot;
}

function show(at) {
  const all = panels();
  shown = (at + all.length) % all.length;
  all.forEach((panel, n) => (panel.hidden = n !== shown));
  dots.replaceChildren(...all.map(dotOf));
}

function turn(at) {
  turned = Date.now();
  show(at);
}

function say() {
  const stale = failures > 0;
  const at = new Date(wall()?.dataset.at ?? Date.now()).toLocaleTimeString("zh-CN", MINUTE);
  state.classList.toggle("is-stale", stale);
  state.textContent = stale
    ? `连接中断，显示的是 ${at} 的数据，正在重试`
    : `${held ? "已停住 · " : ""}${at} 更新，每分钟自动更新`;
}

function tick() {
  clock.textContent = new Date().toLocaleString("zh-CN", { ...DAY, ...MINUTE });
  if (!held && Date.now() - turned >= TURN) turn(shown + 1);
  say();
}

function replace(fresh) {
  retire(holder);
  holder.replaceChildren(fresh);
  failures = 0;
  show(Math.min(shown, panels().length - 1));
  wake(holder);
}

async function ask() {
  try {
    const answer = await fetch(`${window.location.pathname}?part=1`, {
      credentials: "omit",
      cache: "no-store",
      signal: AbortSignal.timeout(PATIENCE),
    });
    if (answer.status === 404 || answer.status === 410) return window.location.reload(); // stopped: nothing stays
    if (!answer.ok) throw new Error(String(answer.status));
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const fresh = page.querySelector("[data-wall]");
    if (!fresh) throw new Error("no figures");
    if (fresh.dataset.version !== version) return window.location.reload(); // a new release
    replace(document.adoptNode(fresh));
  } catch {
    failures += 1;
  }
  return say();
}

const KEYS = {
  ArrowRight: () => turn(shown + 1),
  ArrowLeft: () => turn(shown - 1),
  " ": () => (held = !held),
};
document.addEventListener("keydown", (event) => {
  if (!KEYS[event.key]) return;
  KEYS[event.key]();
  event.preventDefault();
  say();
});
window.addEventListener("resize", scale);
window.addEventListener("online", ask);
scale();
show(0);
tick();
setInterval(tick, 1000);
setInterval(ask, ASK);
