// What scripts add to a page, by selector: each element gets each behaviour once, when the page is there or later, when
// htmx or a script puts it in. What a behaviour hangs on anything outside its element ends with the element.

const behaviours = [];
const had = new WeakMap(); // element → Map(behaviour → AbortController)

function give(element, behaviour) {
  const theirs = had.get(element) ?? new Map();
  if (theirs.has(behaviour)) return;
  const gone = new AbortController();
  had.set(element, theirs.set(behaviour, gone));
  try {
    behaviour.setUp(element, gone.signal);
  } catch (fault) {
    reportError(fault); // one that fails leaves the others
  }
}

function within(root, selector) {
  const found = [...root.querySelectorAll(selector)];
  return root.matches?.(selector) ? [root, ...found] : found;
}

/**
 * Runs `setUp(element, gone)` once for every element that matches, now and in what comes later.
 * `gone` is aborted when the element is taken out: for listeners on `window`, timers, charts.
 */
export function behave(selector, setUp) {
  const behaviour = { selector, setUp };
  behaviours.push(behaviour);
  within(document, selector).forEach((element) => give(element, behaviour));
}

/** What a script has put into the page gets its behaviours; htmx says so by itself. */
export function wake(root) {
  behaviours.forEach((behaviour) => within(root, behaviour.selector).forEach((element) => give(element, behaviour)));
}

/** Ends what hangs on these elements, before a script takes them out; htmx says so by itself. */
export function retire(root) {
  within(root, "*").forEach(end);
}

function end(element) {
  had.get(element)?.forEach((gone) => gone.abort());
  had.delete(element);
}

document.addEventListener("htmx:load", (event) => wake(event.target));
document.addEventListener("htmx:beforeCleanupElement", (event) => end(event.target));
