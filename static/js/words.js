// Words worked out from values; no page needed.

/** 409.8 万元, 1 亿 2000 万元: an amount in yuan as people say it; empty below 10,000. */
export function inWan(yuan) {
  if (!(yuan >= 10000)) return "";
  const yi = Math.floor(yuan / 1e8);
  const rest = Number(((yuan - yi * 1e8) / 10000).toFixed(4));
  const parts = [yi && `${yi.toLocaleString("zh-CN")} 亿`, rest && `${rest} 万`];
  return `${parts.filter(Boolean).join(" ")}元`;
}

/** 12 KB, 3.4 MB: what a file weighs, never less than it does. */
export function weight(bytes) {
  return bytes < 104858 ? `${Math.ceil(bytes / 1024)} KB` : `${(bytes / 1048576).toFixed(1)} MB`;
}

/** A set phrase after what is written already, with one mark between them. */
export function joined(before, phrase) {
  const words = before.trim();
  return words ? `${words.replace(/[。；]$/, "")}；${phrase}` : phrase;
}

/** 选中 3 条：没有您能受理的、没有您能销号的 */
export function picked(count, missing) {
  return `选中 ${count} 条${missing.length ? `：${missing.join("、")}` : ""}`;
}

/** 8月5日 */
export function monthAndDay(value) {
  const day = new Date(value);
  return `${day.getMonth() + 1}月${day.getDate()}日`;
}

/** `mine1.firms0` with one group of the navigation opened or closed; what the server reads again is told there. */
export function turned(kept, key, isOpen) {
  const others = kept.split(".").filter((word) => word && word.slice(0, -1) !== key);
  return [...others, `${key}${isOpen ? 1 : 0}`].join(".");
}
