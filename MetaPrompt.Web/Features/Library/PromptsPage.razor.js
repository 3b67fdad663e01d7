// What the list of prompts asks of the browser: which rows are looked at, and the keys that a list has.

let page = null;
let asking = false;
let wanted = null;
let ends = null;
let focused = null;
let observer = null;

const list = () => document.querySelector('[data-prompts]');
const rows = () => [...document.querySelectorAll('[data-prompts] [data-row]')];
const numberOf = row => Number(row.dataset.row);
const rowOf = number => document.querySelector(`[data-prompts] [data-row="${number}"]`);
const isTyping = element => element?.matches?.('input:not([type=checkbox]),textarea,select,[contenteditable]') ?? false;

// In each row the same: the checkbox, the title, a button.
const kinds = ['.pick input', 'h2 a', '.ways a', '.ways button:first-of-type', '.ways button:last-of-type'];
const kindOf = element => kinds.find(kind => element.matches(kind));

const focusIn = (row, kind, options) => row?.querySelector(kind ?? 'h2 a')?.focus(options);

const seen = () => {
  const shown = rows();
  const place = list()?.getBoundingClientRect();
  if (!place || !shown.length) return null;
  const [first, last] = [shown[0], shown.at(-1)];
  const height = (last.getBoundingClientRect().bottom - first.getBoundingClientRect().top) / shown.length;
  if (!(height > 0)) return null;
  list().style.setProperty('--row-height', `${height}px`);
  return {
    from: numberOf(first), to: numberOf(last) + 1, total: Number(list().dataset.total),
    first: Math.max(0, Math.floor(-place.top / height)), count: Math.ceil(innerHeight / height) + 1,
  };
};

const look = async () => {
  if (asking || !page) return;
  const now = seen();
  if (!now) return;
  const missing = (now.from > 0 && now.first < now.from + 10) || (now.to < now.total && now.first + now.count > now.to - 10);
  if (!missing) return;
  asking = true;
  try {
    await page.invokeMethodAsync('LookAsync', now.first, now.count);
  } catch { /* the page is gone, or its connection: the next scroll asks again */ }
  requestAnimationFrame(() => {
    asking = false;
    const after = seen();
    if (after && (after.from !== now.from || after.to !== now.to)) look();
  });
};

// Where the row that had the focus is not on the page any more, the one at its place takes it, or else the first that is seen;
// and a row that somebody went to takes it when it comes.
const onRows = () => {
  if (wanted && rowOf(wanted.row)) {
    const { row, kind } = wanted;
    wanted = null;
    focusIn(rowOf(row), kind);
  } else if (focused && !focused.element.isConnected && (document.activeElement ?? document.body) === document.body) {
    const { row, kind } = focused;
    focused = null;
    const now = seen();
    if (now) focusIn(rowOf(row) ?? rowOf(Math.min(now.first + 1, now.to - 1)) ?? rowOf(now.from), kind, { preventScroll: true });
  }
  onScroll();
};

const onFocus = event => {
  const inRow = event.target.closest?.('[data-row]') && kindOf(event.target);
  // A button that did something leaves the focus with the title: nobody deletes the next row by pressing twice.
  focused = inRow ? { element: event.target, row: numberOf(event.target.closest('[data-row]')), kind: inRow === kinds[0] ? kinds[0] : kinds[1] } : null;
};

let frame = 0;
const onScroll = () => {
  cancelAnimationFrame(frame);
  frame = requestAnimationFrame(look);
};

const goTo = (number, kind, far) => {
  const now = seen();
  if (!now) return;
  const row = Math.min(Math.max(0, number), now.total - 1);
  if (rowOf(row)) {
    focusIn(rowOf(row), kind);
    return;
  }
  wanted = { row, kind };
  // A step goes beyond the rows that are here only while more are on their way; the ends are far.
  if (!far) return;
  scrollTo(0, row < now.from ? 0 : document.documentElement.scrollHeight);
};

const onKey = event => {
  if (event.isComposing || event.defaultPrevented) return;
  const target = event.target;
  const row = target.closest?.('[data-row]');
  const inBar = target.closest?.('[data-bar]');
  if (event.key === 'Escape' && (row || (inBar && !target.closest('[data-picker]')) || target === document.body || target === list())) {
    page?.invokeMethodAsync('ClearAsync');
  } else if (event.key.toLowerCase() === 'a' && (event.ctrlKey || event.metaKey) && !event.shiftKey && !event.altKey && (row || target === list()) && !isTyping(target)) {
    event.preventDefault();
    page?.invokeMethodAsync('SelectAllAsync');
  } else if (row && !event.ctrlKey && !event.metaKey && !event.altKey && kindOf(target)) {
    const steps = { ArrowDown: 1, ArrowUp: -1, Home: -Infinity, End: Infinity };
    if (!(event.key in steps)) return;
    event.preventDefault();
    const step = steps[event.key];
    goTo(Number.isFinite(step) ? numberOf(row) + step : step < 0 ? 0 : Number.MAX_SAFE_INTEGER, kindOf(target), !Number.isFinite(step));
  }
};

// A range is chosen with Shift; the text between is not.
const onDown = event => {
  if (event.shiftKey && event.target.closest?.('[data-prompts] .pick')) event.preventDefault();
};

const onClick = event => {
  if (!event.target.closest?.('[data-to-top]')) return;
  scrollTo({ top: 0, behavior: matchMedia('(prefers-reduced-motion: reduce)').matches ? 'auto' : 'smooth' });
  document.querySelector('[data-library] input[type=search]')?.focus({ preventScroll: true });
};

/** Begins to look after the list. */
export function open(owner) {
  page = owner;
  ends = new AbortController();
  const signal = ends.signal;
  addEventListener('scroll', onScroll, { passive: true, signal });
  addEventListener('resize', onScroll, { passive: true, signal });
  document.addEventListener('keydown', onKey, { signal });
  document.addEventListener('mousedown', onDown, { signal });
  document.addEventListener('click', onClick, { signal });
  document.addEventListener('focusin', onFocus, { signal });
  const library = document.querySelector('[data-library]');
  observer = new MutationObserver(onRows);
  observer.observe(library, { childList: true, subtree: true });
  library.setAttribute('data-ready', '');
  onScroll();
}

/** Moves the focus to a row, or to the list where there is none. */
export function focusRow(number) {
  requestAnimationFrame(() => {
    if (document.activeElement && document.activeElement !== document.body) return;
    const row = rowOf(number) ?? rows().at(-1);
    if (row) focusIn(row, 'h2 a', { preventScroll: true });
    else document.querySelector('main h1, h1')?.focus?.({ preventScroll: true });
  });
}

/** Another page follows. */
export function close() {
  page = null;
  wanted = focused = null;
  observer?.disconnect();
  ends?.abort();
}
