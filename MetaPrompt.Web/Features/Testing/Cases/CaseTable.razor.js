// What the table of test cases asks of the browser: cells pasted from a spreadsheet, rows moved by keyboard, the focus.

const field = (id, column) => document.querySelector(`[data-cases] [data-case="${id}"] [data-column="${column}"]`);
const isCell = element => element?.matches?.('[data-cases] [data-column]') ?? false;

// A spreadsheet puts an HTML table beside its text. Without one, tabs make a table, except in long texts: code has tabs too.
const isTable = (data, target) => {
  if (/<table[\s>]/i.test(data.getData('text/html'))) return true;
  const text = data.getData('text/plain');
  if (!text.includes('\t')) return false;
  if (target.dataset.long === undefined) return true;
  const counts = text.replace(/\r?\n$/, '').split(/\r?\n/).map(line => line.split('\t').length);
  return counts.length > 1 && counts[0] > 1 && counts.every(count => count === counts[0]);
};

// A message to the server has 4 MB at most, and a sign up to three bytes.
const mostPasted = 1_200_000;

/** Begins to look after the table. */
export function open(owner) {
  const ends = new AbortController();
  const signal = ends.signal;

  document.addEventListener('paste', event => {
    const target = event.target;
    if (!isCell(target) || !event.clipboardData || !isTable(event.clipboardData, target)) return;
    const text = event.clipboardData.getData('text/plain');
    // One cell alone is text like any other.
    if (!/[\t\n]/.test(text.replace(/\r?\n$/, ''))) return;
    event.preventDefault();
    if (text.length > mostPasted) owner.invokeMethodAsync('TooLarge');
    else owner.invokeMethodAsync('PasteAsync', target.closest('[data-case]').dataset.case, Number(target.dataset.column), text);
  }, { signal });

  document.addEventListener('keydown', event => {
    if (event.isComposing || !event.altKey || event.ctrlKey || event.metaKey || !isCell(event.target)) return;
    const by = { ArrowUp: -1, ArrowDown: 1 }[event.key];
    if (!by) return;
    event.preventDefault();
    owner.invokeMethodAsync('MoveAsync', event.target.closest('[data-case]').dataset.case, Number(event.target.dataset.column), by);
  }, { signal });

  return {
    focus(id, column) {
      requestAnimationFrame(() => {
        const found = field(id, column) ?? field(id, -1);
        found?.focus();
      });
    },
    close: () => ends.abort(),
  };
}
