// The browser's memory for fields that carry data-keep: kept 200 ms after the last key, with or without a connection.

const prefix = 'metaprompt.kept.';
const longest = 30 * 86400000;

// What nobody came back to for a month goes.
const prune = () => {
  for (let index = localStorage.length - 1; index >= 0; index--) {
    const key = localStorage.key(index);
    if (!key.startsWith(prefix)) continue;
    try {
      if (!(JSON.parse(localStorage.getItem(key)).at > Date.now() - longest)) localStorage.removeItem(key);
    } catch { localStorage.removeItem(key); }
  }
};

// What another page of this tab filled in a moment ago for the page that opens now; taken once.
const handedOver = key => {
  const text = sessionStorage.getItem('metaprompt.handed');
  sessionStorage.removeItem('metaprompt.handed');
  const handed = text ? JSON.parse(text) : null;
  return handed && key.startsWith(`${prefix}${handed.to}:`) && Date.now() - handed.at < 120000 ? handed : null;
};

export function open(root, key) {
  let note = null;
  let dirty = false;
  let timer = 0;
  const sending = new Map();

  const write = () => {
    clearTimeout(timer);
    if (!dirty) return;
    const fields = Object.fromEntries([...root.querySelectorAll('[data-keep]')].map(field => [field.dataset.keep, field.value]));
    try { localStorage.setItem(key, JSON.stringify({ note, at: Date.now(), fields })); } catch { /* full or switched off: the server still has what was sent */ }
  };
  const send = field => {
    clearTimeout(sending.get(field));
    sending.delete(field);
    if (field.isConnected) field.dispatchEvent(new Event('change', { bubbles: true }));
  };
  const onInput = event => {
    const field = event.target;
    if (!field.dataset?.keep) return;
    dirty = true;
    clearTimeout(timer);
    timer = setTimeout(write, 200);
    clearTimeout(sending.get(field));
    sending.set(field, setTimeout(send, 200, field));
  };
  const onChange = event => {
    if (!event.isTrusted || !sending.has(event.target)) return;
    clearTimeout(sending.get(event.target));
    sending.delete(event.target);
  };
  // A button is about what stands in the fields: what is typed reaches the server before the click does.
  const flush = () => { for (const field of [...sending.keys()]) send(field); };
  const onClick = event => { if (event.target.closest?.('button')) flush(); };
  const onKey = event => {
    if (!(event.ctrlKey || event.metaKey) || event.altKey || event.shiftKey) return;
    const selector = event.key === 'Enter' ? '[data-go]' : event.key === 's' ? '[data-save]' : null;
    const button = selector && !document.querySelector('.mud-dialog') && root.querySelector(selector);
    if (!button) return;
    event.preventDefault();
    flush();
    button.click();
  };
  const onHide = () => { if (document.visibilityState === 'hidden') write(); };

  root.addEventListener('input', onInput);
  root.addEventListener('change', onChange);
  root.addEventListener('click', onClick, true);
  document.addEventListener('keydown', onKey);
  document.addEventListener('visibilitychange', onHide);
  window.addEventListener('pagehide', write);

  return {
    read() {
      try {
        prune();
        const text = localStorage.getItem(key);
        const kept = text ? JSON.parse(text) : null;
        note = kept?.note ?? null;
        const handed = handedOver(key);
        if (!handed) return text;
        const both = JSON.stringify({ note, at: handed.at, fields: { ...kept?.fields, ...handed.fields } });
        localStorage.setItem(key, both);
        return both;
      } catch { return null; }
    },
    note(text) { note = text; dirty = true; write(); },
    forget() {
      clearTimeout(timer);
      dirty = false;
      note = null;
      try { localStorage.removeItem(key); } catch { /* switched off: there is nothing to forget */ }
    },
    close() {
      write();
      clearTimeout(timer);
      for (const pending of sending.values()) clearTimeout(pending);
      root.removeEventListener('input', onInput);
      root.removeEventListener('change', onChange);
      root.removeEventListener('click', onClick, true);
      document.removeEventListener('keydown', onKey);
      document.removeEventListener('visibilitychange', onHide);
      window.removeEventListener('pagehide', write);
    },
  };
}

export function focus(selector, top) {
  const element = document.querySelector(selector);
  if (!element) return;
  if (element.tabIndex < 0 && !element.hasAttribute('tabindex')) element.tabIndex = -1;
  if (top) window.scrollTo({ top: 0 });
  element.focus({ preventScroll: top });
}

export function reveal(selector) {
  const element = document.querySelector(selector);
  if (!element) return;
  const { top } = element.getBoundingClientRect();
  if (top >= 0 && top < innerHeight * 0.6) return;
  element.scrollIntoView({ block: 'start', behavior: matchMedia('(prefers-reduced-motion: reduce)').matches ? 'auto' : 'smooth' });
}
