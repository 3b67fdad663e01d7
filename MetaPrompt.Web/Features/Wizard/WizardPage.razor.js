// What the wizard asks of the browser: keep what is typed, tell the server when typing pauses, move focus.
// Loaded twice on purpose: with the page, so that words typed before the circuit is up are not lost, and by the page.

const prefix = 'metaprompt.wizard.';
const tabKey = 'metaprompt.wizard';
const earlyKey = 'metaprompt.early';
const mostDrafts = 5;
const longestDays = 30;

let current = null;
let storeTimer = 0;
// Per draft the mark of its entry as this tab last saw it: another mark means that another tab has written since.
const marks = new Map();
// Drafts that go on under another name: the server may still name the old one in what it sent before it heard of it.
const forks = new Map();
const sendTimers = new WeakMap();
const unsent = new WeakMap();

const fields = () => document.querySelectorAll('[data-draft]');
// Buttons that were pressed and are in no state of the server's yet: the page may be left before it has answered.
const pressed = new Map();
const typed = () => Object.fromEntries([
  ...[...fields()].map(field => [field.dataset.draft, field.value]),
  ...[...pressed].map(([name, { words }]) => [name, words]),
]);
// What is drawn is in the state that comes after it, and what is not there any more was answered, too.
const answered = () => {
  for (const [name, { button, words }] of pressed)
    if (!button.isConnected || (button.getAttribute('aria-pressed') === 'true') === (words !== '')) pressed.delete(name);
};

const drafts = () => {
  const found = [];
  for (let index = 0; index < localStorage.length; index++) {
    const key = localStorage.key(index);
    if (!key.startsWith(prefix)) continue;
    try {
      const draft = JSON.parse(localStorage.getItem(key));
      if (draft && typeof draft === 'object' && typeof draft.state === 'string')
        found.push({
          id: key.slice(prefix.length), owner: draft.owner ?? null, state: draft.state, typed: draft.typed ?? {}, at: Number(draft.at) || 0,
          revision: Number(draft.revision) || 0, kept: draft.kept === true, mark: draft.mark,
        });
    } catch { /* somebody else's text: not a draft */ }
  }
  return found.sort((one, other) => other.at - one.at);
};

const entryOf = id => {
  try {
    return JSON.parse(localStorage.getItem(prefix + id));
  } catch {
    return null;
  }
};

const newId = () => [...crypto.getRandomValues(new Uint8Array(16))].map(byte => byte.toString(16).padStart(2, '0')).join('');

const put = (id, owner, state, fields, revision, kept) => {
  const mark = newId();
  localStorage.setItem(prefix + id, JSON.stringify({ owner, state, typed: fields, at: Date.now(), revision, kept, mark }));
  marks.set(id, mark);
};

const write = () => {
  clearTimeout(storeTimer);
  if (!current) return true;
  try {
    const there = entryOf(current.id);
    const fields = typed();
    if (there && there.mark !== marks.get(current.id)) {
      // Another tab is at the same draft. Neither overwrites the other: this one goes on under a name of its own.
      const id = newId();
      forks.set(current.id, id);
      current.id = id;
      current.revision = 0;
    } else if (there && there.state === current.state && JSON.stringify(there.typed) === JSON.stringify(fields)) {
      sessionStorage.setItem(tabKey, current.id);
      return true;
    }
    put(current.id, current.owner, current.state, fields, current.revision, false);
    sessionStorage.setItem(tabKey, current.id);
    return true;
  } catch {
    return false;
  }
};

// Old drafts of this person's only: another's are not ours to throw away, except when they are very old.
const prune = owner => {
  const oldest = Date.now() - longestDays * 86400000;
  let kept = 0;
  for (const draft of drafts()) {
    const own = draft.owner === owner;
    if (draft.at < oldest || (own && draft.id !== current?.id && ++kept >= mostDrafts))
      localStorage.removeItem(prefix + draft.id);
  }
};

// While a button is held down nothing is sent: the answer could move the button away from under the pointer, and the
// click would be lost. What was typed goes out before the click does.
let pressing = false;
const held = new Set();
const release = () => {
  pressing = false;
  for (const field of held) send(field);
  held.clear();
};

// While the page starts, the server tells what it knew of a field before its last letters: those stay.
const guarded = new Set();
const guard = field => {
  if (window.metapromptWizard.started || guarded.has(field)) return;
  const { get, set } = Object.getOwnPropertyDescriptor(Object.getPrototypeOf(field), 'value');
  guarded.add(field);
  Object.defineProperty(field, 'value', {
    configurable: true,
    get() { return get.call(this); },
    set(value) { if (document.activeElement !== this) set.call(this, value); },
  });
};
const unguard = () => {
  [window.metapromptWizard.started, window.metapromptWizard.early] = [true, {}];
  for (const field of guarded) {
    delete field.value;
    send(field);
  }
  guarded.clear();
};

const send = field => {
  clearTimeout(sendTimers.get(field));
  unsent.delete(field);
  if (pressing) {
    held.add(field);
    return;
  }
  if (field.isConnected) field.dispatchEvent(new Event('change', { bubbles: true }));
};

// Words a press stands for: a suggestion's own, and none where it is taken back.
const press = (button, before) => (before ?? (button.getAttribute('aria-pressed') === 'true' ? button.textContent : '')) === button.textContent ? '' : button.textContent;

// Once per page, however often the file is loaded.
if (!window.metapromptWizard) {
  window.metapromptWizard = { early: {} };
  document.addEventListener('input', event => {
    const field = event.target;
    if (!(field instanceof HTMLElement) || !field.dataset.draft) return;
    guard(field);
    window.metapromptWizard.typed?.(field);
    if (!window.metapromptWizard.started) window.metapromptWizard.early[field.dataset.draft] = field.value;
  });
  document.addEventListener('click', event => {
    const button = event.target instanceof Element && event.target.closest('[data-pick]');
    if (!button) return;
    window.metapromptWizard.pressed?.(button);
    const { started, early } = window.metapromptWizard;
    if (started) return;
    const words = press(button, early[button.dataset.pick]);
    delete early[button.dataset.pick];
    early[button.dataset.pick] = words;
  });
  // The page may be left again before it has a draft to keep this in.
  window.addEventListener('pagehide', () => {
    const { started, early } = window.metapromptWizard;
    try {
      if (!started && Object.keys(early).length > 0) sessionStorage.setItem(earlyKey, JSON.stringify({ at: location.href, early }));
    } catch { /* the browser keeps nothing */ }
  });
  window.addEventListener('pointerdown', () => { pressing = true; }, true);
  window.addEventListener('pointerup', release, true);
  window.addEventListener('pointercancel', release, true);
  // Leaving a field sends what it holds. Sending that a second time, later, could overtake what was done in between.
  window.addEventListener('change', event => {
    if (event.isTrusted && event.target instanceof HTMLElement && event.target.dataset.draft) {
      clearTimeout(sendTimers.get(event.target));
      unsent.delete(event.target);
    }
  }, true);
  window.addEventListener('change', event => {
    if (!pressing || !(event.target instanceof HTMLElement) || !event.target.dataset.draft) return;
    event.stopImmediatePropagation();
    held.add(event.target);
  }, true);
}

const onPressed = button => {
  const { pick } = button.dataset;
  const before = pressed.get(pick);
  pressed.delete(pick);
  pressed.set(pick, { button, words: press(button, before?.button === button ? before.words : undefined) });
  write();
};

const onTyped = field => {
  pressed.delete(field.dataset.draft.replace('own:', 'pick:'));
  clearTimeout(storeTimer);
  storeTimer = setTimeout(write, 250);
  // When typing pauses, and at the latest after most of a second: whoever types without a pause is not to lose more.
  if (!unsent.has(field)) unsent.set(field, Date.now());
  clearTimeout(sendTimers.get(field));
  sendTimers.set(field, setTimeout(send, Math.max(0, Math.min(220, unsent.get(field) + 700 - Date.now())), field));
};

const onKey = event => {
  if (event.key !== 'Enter' || !(event.ctrlKey || event.metaKey)) return;
  const field = event.target;
  const button = field.dataset?.draft && field.closest('[data-wizard]')?.querySelector('[data-goes-on]');
  if (!button || button.disabled) return;
  event.preventDefault();
  send(field);
  button.click();
};

const onHide = () => { if (document.visibilityState === 'hidden') write(); };

/** Everything kept in this browser, newest first, which of it is this tab's, and what was typed before this call. */
export function load() {
  [window.metapromptWizard.typed, window.metapromptWizard.pressed] = [onTyped, onPressed];
  document.addEventListener('keydown', onKey);
  document.addEventListener('visibilitychange', onHide);
  window.addEventListener('pagehide', write);
  let { early } = window.metapromptWizard;
  try {
    const left = JSON.parse(sessionStorage.getItem(earlyKey));
    sessionStorage.removeItem(earlyKey);
    if (left?.at === location.href) early = window.metapromptWizard.early = { ...left.early, ...early };
    const found = drafts();
    for (const draft of found) marks.set(draft.id, draft.mark);
    return JSON.stringify({ tab: sessionStorage.getItem(tabKey), drafts: found.slice(0, 20), early });
  } catch {
    return JSON.stringify({ tab: null, drafts: [], early });
  }
}

/**
 * Keeps the state together with what the fields hold at this moment. Returns the draft's id, which is a new one where another
 * tab has written to the same draft; null where the browser keeps nothing.
 */
export function store(id, owner, state, revision, sequence) {
  if (forks.has(id)) [id, revision] = [forks.get(id), current?.revision ?? 0];
  const first = current?.id !== id;
  current = { id, owner, state, revision, sequence, typed: '' };
  unguard();
  answered();
  const kept = write();
  current.typed = JSON.stringify(typed());
  if (kept && first) prune(owner);
  return kept ? current.id : null;
}

/** The server has the draft as it was stored under this number. */
export function kept(id, revision, sequence) {
  if (current?.id !== id) return;
  current.revision = revision;
  const there = entryOf(id);
  if (!there || there.mark !== marks.get(id)) return;
  const same = current.sequence === sequence && JSON.stringify(typed()) === current.typed;
  try {
    put(id, there.owner, there.state, there.typed, current.revision, same);
  } catch { /* full: what is there stays */ }
}

/** What is typed from now on belongs to another draft, which the next store names. */
export function letGo() {
  write();
  current = null;
  forks.clear();
}

/** Puts a draft aside without working on it. False where the browser keeps nothing. */
export function putAside(id, owner, state, revision) {
  try {
    put(id, owner, state, {}, revision, false);
    return true;
  } catch {
    return false;
  }
}

/** Forgets a draft for good. */
export function forget(id) {
  if (current?.id === id) current = null;
  clearTimeout(storeTimer);
  try {
    localStorage.removeItem(prefix + id);
    if (sessionStorage.getItem(tabKey) === id) sessionStorage.removeItem(tabKey);
  } catch { /* storage is off: there is nothing to forget */ }
}

/** Another page follows in this tab: keep what there is and listen no more. */
export function leave() {
  write();
  current = null;
  if (window.metapromptWizard) window.metapromptWizard = { early: {} };
  pressed.clear();
  document.removeEventListener('keydown', onKey);
  document.removeEventListener('visibilitychange', onHide);
  window.removeEventListener('pagehide', write);
}

/** The question a person is at; null where the focus is elsewhere. */
export function questionAt() {
  return document.activeElement?.closest('[data-question]')?.dataset.question ?? null;
}

/** Moves to a place on the page: its heading takes the focus, and the page shows it from the top. */
export function focusOn(selector, top) {
  const element = document.querySelector(selector);
  if (!element) return;
  // Whoever is typing already, because the page was there before its server was, goes on typing.
  if (selector === '#step' && document.activeElement?.dataset?.draft) return;
  if (top) window.scrollTo({ top: 0 });
  element.focus({ preventScroll: top });
}
