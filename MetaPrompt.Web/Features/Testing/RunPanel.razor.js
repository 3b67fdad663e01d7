// The keys of the grid: arrows go from cell to cell, Enter opens one. Nothing of it asks the server.

const cells = grid => [...grid.querySelectorAll('[role=gridcell]')];

const go = (grid, cell) => {
  if (!cell) return;
  for (const other of grid.querySelectorAll('[role=gridcell][tabindex="0"]')) other.tabIndex = -1;
  cell.tabIndex = 0;
  cell.focus();
  cell.scrollIntoView({ block: 'nearest', inline: 'nearest' });
};

const onKey = event => {
  const cell = event.target;
  if (event.altKey || event.ctrlKey || event.metaKey || event.shiftKey || cell.getAttribute?.('role') !== 'gridcell') return;
  const grid = cell.closest('[data-grid]');
  const [row, column] = [Number(cell.dataset.row), Number(cell.dataset.col)];
  const at = (toRow, toColumn) => grid.querySelector(`[role=gridcell][data-row="${toRow}"][data-col="${toColumn}"]`);
  const all = cells(grid);
  const last = Math.max(...all.filter(other => Number(other.dataset.row) === row).map(other => Number(other.dataset.col)));
  const to = {
    ArrowRight: () => at(row, column + 1), ArrowLeft: () => at(row, column - 1), ArrowDown: () => at(row + 1, column), ArrowUp: () => at(row - 1, column),
    Home: () => at(row, 0), End: () => at(row, last),
  }[event.key];
  if (to) {
    event.preventDefault();
    go(grid, to());
  } else if (event.key === 'Enter') {
    event.preventDefault();
    cell.querySelector('[data-open]')?.click();
  }
};

const onFocus = event => {
  const cell = event.target;
  if (cell.getAttribute?.('role') !== 'gridcell' || cell.tabIndex === 0) return;
  for (const other of cell.closest('[data-grid]').querySelectorAll('[role=gridcell][tabindex="0"]')) other.tabIndex = -1;
  cell.tabIndex = 0;
};

export function open(root) {
  root.addEventListener('keydown', onKey);
  root.addEventListener('focusin', onFocus);
}

export function close(root) {
  root?.removeEventListener('keydown', onKey);
  root?.removeEventListener('focusin', onFocus);
}

export function focusCell(root, position) {
  const cell = root.querySelector(`[data-cell="${position}"]`);
  if (cell) go(cell.closest('[data-grid]'), cell);
}

export function focus(selector) {
  const wanted = document.querySelector(selector);
  const element = wanted?.checkVisibility() ? wanted : document.querySelector('[data-grid] [role=gridcell][tabindex="0"]');
  element?.focus({ preventScroll: true });
}

// A dialog of the browser's own: it keeps the focus, and Escape presses its button for closing.
export function show(dialog) {
  dialog.addEventListener('cancel', event => {
    event.preventDefault();
    dialog.querySelector('[data-close]')?.click();
  });
  dialog.addEventListener('click', event => { if (event.target === dialog) dialog.querySelector('[data-close]')?.click(); });
  dialog.showModal();
}
