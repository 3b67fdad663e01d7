// What the editor does in the browser: the layer behind the text with pills and underlines, the keys, and changes that the
// browser's own Undo takes back. Nothing here waits for the server.

const placeholder = /\\\{\{|\{\{[ \t]*[\p{L}_][\p{L}\p{M}\p{N}_]{0,63}[ \t]*\}\}/gu;

// The layer's lines live in a shadow of their own: in the page's tree its rules about neighbours would have the browser look at
// every line again whenever one comes or goes (20 ms in 50 KB, half a second in 150).
const look = new CSSStyleSheet();
look.replaceSync(`
  .pill{background:var(--tint);border-radius:var(--r-sm);box-shadow:0 0 0 2px var(--tint)}
  .danger,.warning,.info{text-decoration-line:underline;text-decoration-thickness:2px;text-underline-offset:4px;text-decoration-skip-ink:none}
  .info{text-decoration-style:dotted;text-decoration-color:var(--line-strong)}
  .warning{text-decoration-style:dashed;text-decoration-color:var(--accent)}
  .danger{text-decoration-style:wavy;text-decoration-color:var(--bad)}
`);

// Where two texts differ: the same beginning, the same end.
const difference = (old, now) => {
  const most = Math.min(old.length, now.length);
  let start = 0;
  while (start < most && old.charCodeAt(start) === now.charCodeAt(start)) start++;
  let end = 0;
  while (end < most - start && old.charCodeAt(old.length - 1 - end) === now.charCodeAt(now.length - 1 - end)) end++;
  // Never between the halves of one character.
  if (start > 0 && /[\uD800-\uDBFF]/.test(now[start - 1])) start--;
  if (end > 0 && /[\uDC00-\uDFFF]/.test(now[now.length - end])) end--;
  return { start, oldEnd: old.length - end, nowEnd: now.length - end };
};

const pillsOf = line => {
  const pills = [];
  if (line.includes('{{'))
    for (const match of line.matchAll(placeholder))
      if (match[0][0] !== '\\') pills.push([match.index, match.index + match[0].length, 'pill']);
  return pills;
};

// One line of the layer: its text, cut where a mark begins or ends.
const fill = (element, line, marks) => {
  if (marks.length === 0) {
    element.replaceChildren(line || document.createElement('br'));
    return;
  }
  const cuts = [...new Set([0, line.length, ...marks.flatMap(([start, end]) => [start, end])])].sort((one, other) => one - other);
  const parts = [];
  for (let index = 0; index + 1 < cuts.length; index++) {
    const [from, to] = [cuts[index], cuts[index + 1]];
    const kinds = marks.filter(([start, end]) => start <= from && end >= to).map(mark => mark[2]);
    if (kinds.length === 0) {
      parts.push(line.slice(from, to));
      continue;
    }
    const mark = document.createElement('span');
    mark.className = [...new Set(kinds)].join(' ');
    mark.textContent = line.slice(from, to);
    parts.push(mark);
  }
  element.replaceChildren(...parts);
};

export function open(id, server, saveSelector) {
  const root = document.getElementById(id)?.closest('.template-editor');
  const pane = root?.querySelector('[data-pane]');
  // The page went on while this was on its way.
  if (!pane) return null;
  const field = pane.querySelector('textarea');
  const layer = pane.querySelector('[data-layer]');
  const shadow = layer.shadowRoot ?? layer.attachShadow({ mode: 'open' });
  shadow.adoptedStyleSheets = [look];
  shadow.replaceChildren();
  const atSelection = pane.querySelector('[data-at-selection]');
  const sheet = root.querySelector('[data-keys]');
  let shown = '';
  let lines = [];
  let batch = 0;
  let findings = [];
  let at = -1;

  const tell = (method, ...values) => server.invokeMethodAsync(method, ...values).catch(() => { /* the page is going */ });
  // What was typed reaches the server before what is asked about it.
  const send = () => field.dispatchEvent(new Event('change', { bubbles: true }));

  const lineStarts = () => {
    const starts = [];
    let start = 0;
    for (const line of lines) {
      starts.push(start);
      start += line.text.length + 1;
    }
    return starts;
  };

  // Only lines whose text or marks are others than before are drawn: a key costs the same in a page as in a book.
  const paint = () => {
    const text = field.value;
    if (text !== shown) {
      const now = text.split('\n');
      let same = 0;
      while (same < now.length && same < lines.length && lines[same].text === now[same]) same++;
      let tail = 0;
      while (tail < now.length - same && tail < lines.length - same && lines[lines.length - 1 - tail].text === now[now.length - 1 - tail]) tail++;
      const before = lines.length - tail < lines.length ? lines[lines.length - tail].element : null;
      const fresh = now.slice(same, now.length - tail).map(line => ({ text: line, element: document.createElement('div'), marks: null }));
      for (const old of lines.slice(same, lines.length - tail)) old.element.remove();
      const piece = document.createDocumentFragment();
      for (const line of fresh) piece.append(line.element);
      shadow.insertBefore(piece, before);
      lines = [...lines.slice(0, same), ...fresh, ...lines.slice(lines.length - tail)];
      shown = text;
    }
    const starts = findings.length > 0 ? lineStarts() : [];
    const marked = new Map();
    for (const [start, end, level] of findings) {
      if (end <= start) continue;
      let low = 0, high = lines.length - 1;
      while (low < high) {
        const middle = (low + high + 1) >> 1;
        if (starts[middle] <= start) low = middle; else high = middle - 1;
      }
      for (let index = low; index < lines.length && starts[index] < end; index++) {
        const own = [Math.max(0, start - starts[index]), Math.min(lines[index].text.length, end - starts[index]), level];
        if (own[1] > own[0]) marked.set(index, [...marked.get(index) ?? [], own]);
      }
    }
    lines.forEach((line, index) => {
      const marks = marked.get(index);
      const key = marks ? JSON.stringify(marks) : '';
      if (line.marks === key) return;
      fill(line.element, line.text, [...pillsOf(line.text), ...marks ?? []]);
      line.marks = key;
    });
    layer.scrollTop = field.scrollTop;
  };

  // The layer breaks its lines where the field does: a scroll bar takes room from one and not from the other.
  const fit = () => {
    const style = getComputedStyle(field);
    const bar = field.offsetWidth - field.clientWidth - parseFloat(style.borderLeftWidth) - parseFloat(style.borderRightWidth);
    layer.style.paddingRight = `${parseFloat(style.paddingRight) + Math.max(0, bar)}px`;
    layer.scrollTop = field.scrollTop;
  };

  // Where a character stands on the page: its twin in the layer does.
  const placeOf = offset => {
    let start = 0;
    for (const line of lines) {
      if (offset <= start + line.text.length) {
        const walker = document.createTreeWalker(line.element, NodeFilter.SHOW_TEXT);
        let rest = offset - start;
        for (let node = walker.nextNode(); node; node = walker.nextNode()) {
          if (rest <= node.length) {
            const range = document.createRange();
            range.setStart(node, rest);
            range.collapse(true);
            const rect = range.getBoundingClientRect();
            if (rect.height > 0) return rect;
            break;
          }
          rest -= node.length;
        }
        return line.element.getBoundingClientRect();
      }
      start += line.text.length + 1;
    }
    return layer.getBoundingClientRect();
  };

  const putAt = offset => {
    const own = pane.getBoundingClientRect();
    const rect = placeOf(offset);
    const inside = value => Math.max(0, Math.min(value, pane.clientHeight - 8));
    pane.style.setProperty('--at-x', `${Math.max(0, Math.min(rect.left - own.left - 12, own.width - 372))}px`);
    pane.style.setProperty('--at-y', `${inside(rect.bottom - own.top + 6)}px`);
    atSelection.style.left = `${Math.max(0, Math.min(rect.left - own.left - 12, own.width - 150))}px`;
  };

  const scrollTo = (start, end) => {
    field.focus({ preventScroll: true });
    field.setSelectionRange(start, end);
    const rect = placeOf(start);
    const own = field.getBoundingClientRect();
    if (rect.top < own.top + 8 || rect.bottom > own.bottom - 80) field.scrollTop += rect.top - own.top - field.clientHeight / 3;
    layer.scrollTop = field.scrollTop;
    const now = placeOf(start);
    if (now.top < 60 || now.bottom > innerHeight - 160) window.scrollBy({ top: now.top - innerHeight / 3 });
    putAt(start);
  };

  const sayAt = index => {
    if (index === at) return;
    at = index;
    tell('AtFinding', batch, index);
  };

  const findingAt = offset => {
    let best = -1;
    findings.forEach(([start, end], index) => {
      if (start <= offset && offset <= end && end > start && (best < 0 || end - start < findings[best][1] - findings[best][0])) best = index;
    });
    return best;
  };

  const nextFinding = () => {
    const order = findings.map(([start, end], index) => ({ start, end, index })).filter(one => one.end > one.start).sort((one, other) => one.start - other.start || one.end - other.end);
    if (order.length === 0) return;
    const current = order.findIndex(one => one.index === at && one.start === field.selectionStart);
    const next = current >= 0 ? order[(current + 1) % order.length] : order.find(one => one.start >= field.selectionEnd) ?? order[0];
    scrollTo(next.start, next.end);
    sayAt(next.index);
  };

  const make = () => {
    const { selectionStart: start, selectionEnd: end } = field;
    atSelection.hidden = true;
    send();
    putAt(start);
    tell('AskVariable', start, end);
  };

  const helpSheet = () => { if (sheet.open) sheet.close(); else sheet.showModal(); };

  const onInput = () => {
    const now = field.value;
    const { start, oldEnd, nowEnd } = difference(shown, now);
    // Findings move along with their words until the rules have looked again; those whose words changed go.
    findings = findings.map(one => one[1] <= start ? one : one[0] >= oldEnd ? [one[0] + nowEnd - oldEnd, one[1] + nowEnd - oldEnd, one[2]] : [0, 0, one[2]]);
    atSelection.hidden = true;
    paint();
    fit();
    sayAt(-1);
  };

  const onSelection = () => {
    if (document.activeElement !== field) return;
    const { selectionStart: start, selectionEnd: end } = field;
    const selected = end > start && field.value.slice(start, end).trim().length > 0 && !pane.querySelector('[data-make]') && at < 0;
    if (selected) putAt(end);
    atSelection.hidden = !selected;
  };

  const onPointer = () => { if (field.selectionStart === field.selectionEnd) { const index = findingAt(field.selectionStart); if (index >= 0) putAt(findings[index][0]); sayAt(index); } };

  const onClick = event => {
    if (event.target.closest?.('[data-close]')) at = -1;
    const what = event.target.closest?.('[data-do]')?.dataset.do;
    if (what === 'make') make();
    else if (what === 'help') helpSheet();
    else if (what === 'undo') { field.focus(); document.execCommand('undo'); }
  };

  // The field keeps its selection while one of its buttons is pressed.
  const onPress = event => { if (event.target.closest?.('[data-do=make],[data-do=undo]')) event.preventDefault(); };

  const onKey = event => {
    const within = root.contains(event.target);
    if (event.key === 'Escape' && within && !sheet.open) {
      const close = root.querySelector('[data-close]');
      if (close) { event.preventDefault(); event.stopPropagation(); close.click(); }
      return;
    }
    if (document.querySelector('.mud-dialog') || event.getModifierState('AltGraph')) return;
    const control = (event.ctrlKey || event.metaKey) && !event.altKey;
    if (control && event.key === '/') { event.preventDefault(); helpSheet(); return; }
    if (sheet.open) return;
    if (control && event.key === 's' && !event.shiftKey && saveSelector && !event.defaultPrevented) {
      event.preventDefault();
      send();
      document.querySelector(saveSelector)?.click();
      return;
    }
    if (!event.altKey || event.ctrlKey || event.metaKey || event.shiftKey || !(within || event.target === document.body)) return;
    const act = { KeyV: make, KeyN: nextFinding, KeyP: () => root.querySelector('[data-do=preview]').click() }[event.code];
    if (!act) return;
    event.preventDefault();
    act();
  };

  const onScroll = () => { layer.scrollTop = field.scrollTop; atSelection.hidden = true; };

  const sized = new ResizeObserver(fit);
  sized.observe(field);
  field.addEventListener('input', onInput);
  field.addEventListener('scroll', onScroll, { passive: true });
  field.addEventListener('pointerup', onPointer);
  root.addEventListener('click', onClick);
  root.addEventListener('pointerdown', onPress);
  document.addEventListener('selectionchange', onSelection);
  document.addEventListener('keydown', onKey);
  paint();
  fit();

  return {
    /** Underlines these findings; the server found them in a text of this length. */
    draw(text) {
      const [number, found, length] = JSON.parse(text);
      if (field.value.length !== length) { paint(); return; }
      // A finding that is shown stays marked as the one the cursor is at.
      batch = number;
      findings = found.map(([start, size, level]) => [start, start + size, level]);
      const before = at;
      at = before >= 0 ? findings.findIndex(([start, end]) => start === field.selectionStart && end === field.selectionEnd) : -1;
      if (before >= 0 && at < 0) tell('AtFinding', batch, -1);
      paint();
      fit();
    },
    /** Makes the field hold this text as if it had been typed, so that Undo brings back what was there. */
    write(text) {
      const old = field.value;
      if (old === text) return;
      const { start, oldEnd, nowEnd } = difference(old, text);
      const scroll = field.scrollTop;
      field.focus({ preventScroll: true });
      field.setSelectionRange(start, oldEnd);
      const typed = text.slice(start, nowEnd);
      const done = typed.length > 0 ? document.execCommand('insertText', false, typed) : document.execCommand('delete');
      if (!done || field.value !== text) {
        field.value = text;
        field.dispatchEvent(new Event('input', { bubbles: true }));
      }
      field.scrollTop = scroll;
      // A touch keyboard that nobody asked for would cover what has just changed.
      if (matchMedia('(pointer: coarse)').matches) field.blur();
    },
    select(start, end) {
      at = findings.findIndex(one => one[0] === start && one[1] === end);
      scrollTo(start, end);
      atSelection.hidden = true;
    },
    focus(selector) {
      const element = root.querySelector(selector);
      element?.focus({ preventScroll: element === field });
      if (element instanceof HTMLInputElement) element.select();
    },
    close() {
      sized.disconnect();
      root.removeEventListener('click', onClick);
      root.removeEventListener('pointerdown', onPress);
      document.removeEventListener('selectionchange', onSelection);
      document.removeEventListener('keydown', onKey);
    },
  };
}
