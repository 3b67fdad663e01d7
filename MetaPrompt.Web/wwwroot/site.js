// What pages do beyond links and forms. Every page works without this file; it makes them quicker.
(() => {
  'use strict';

  const root = document.documentElement;
  const on = (type, selector, act, options) =>
    document.addEventListener(type, event => {
      const target = event.target instanceof Element ? event.target.closest(selector) : null;
      if (target) act(event, target);
    }, options);

  // Theme: the cookie is what the server reads for the first paint of the next page.
  const isDark = () => root.dataset.theme
    ? root.dataset.theme === 'dark'
    : matchMedia('(prefers-color-scheme: dark)').matches;
  on('click', '[data-theme-toggle]', event => {
    event.preventDefault();
    const theme = isDark() ? 'light' : 'dark';
    root.dataset.theme = theme;
    const secure = location.protocol === 'https:' ? ';secure' : '';
    document.cookie = `theme=${theme};path=/;max-age=31536000;samesite=lax${secure}`;
  });

  // Menus close as people expect: click elsewhere, Escape.
  document.addEventListener('click', event => {
    for (const menu of document.querySelectorAll('details[data-menu][open]'))
      if (!menu.contains(event.target) || event.target.closest('.menu-list a')) menu.open = false;
  });
  document.addEventListener('keydown', event => {
    if (event.key !== 'Escape') return;
    for (const menu of document.querySelectorAll('details[data-menu][open]')) {
      menu.open = false;
      menu.querySelector('summary').focus();
    }
  });

  const say = text => {
    let live = document.getElementById('live');
    if (!live) {
      live = document.createElement('div');
      live.id = 'live';
      live.className = 'visually-hidden';
      live.setAttribute('role', 'status');
      document.body.append(live);
    }
    live.textContent = '';
    requestAnimationFrame(() => { live.textContent = text; });
  };

  // Favorites: shown at once, taken back if the server says no.
  on('submit', 'form[data-favorite]', async (event, form) => {
    event.preventDefault();
    const button = form.querySelector('button');
    const wanted = button.getAttribute('aria-pressed') !== 'true';
    const show = pressed => {
      button.setAttribute('aria-pressed', pressed);
      form.elements.favorite.value = pressed ? 'false' : 'true';
    };
    const count = document.querySelector(`[data-likes="${form.dataset.favorite}"]`);
    const before = count && Number(count.dataset.value);
    const showCount = value => {
      if (!count) return;
      count.dataset.value = value;
      count.textContent = value.toLocaleString('en');
    };
    const body = new URLSearchParams(new FormData(form));
    show(wanted);
    showCount(before + (wanted ? 1 : -1));
    try {
      const answer = await fetch(form.action, {
        method: 'POST', body, headers: { Accept: 'application/json' }, credentials: 'same-origin',
      });
      if (!answer.ok) throw new Error(String(answer.status));
      say(wanted ? 'Added to your favorites' : 'Removed from your favorites');
    } catch {
      show(!wanted);
      showCount(before);
      say('That did not work. Check the connection and try again.');
    }
  });

  // Filters apply themselves; without this file the button does it.
  on('change', 'form[data-filters] select', (event, select) => select.form.requestSubmit());
  on('submit', 'form[data-filters]', (event, form) => {
    for (const field of form.elements) if (field.name && !field.value) field.disabled = true;
    setTimeout(() => { for (const field of form.elements) field.disabled = false; });
  });

  // A template's page: what is typed into the fields stands in the text and in what Copy copies.
  const resolve = (text, values) => text.replace(
    /\\\{\{|\{\{[ \t]*([\p{L}_][\p{L}\p{N}_]*)[ \t]*\}\}/gu,
    (whole, name) => name === undefined ? '{{' : values.get(name) || whole);
  const fillIn = form => {
    const values = new Map();
    for (const field of form.querySelectorAll('[data-variable]')) values.set(field.dataset.variable, field.value);
    for (const pill of document.querySelectorAll('[data-v]')) {
      const value = values.get(pill.dataset.v);
      pill.textContent = value || `{{${pill.dataset.v}}}`;
      pill.classList.toggle('filled', Boolean(value));
    }
    const source = document.querySelector('[data-template-source]');
    const text = resolve(source.value, values);
    for (const link of document.querySelectorAll('[data-open-in]'))
      link.href = link.dataset.openIn + encodeURIComponent(text).slice(0, 6000);
    return text;
  };
  on('input', 'form[data-fill]', (event, form) => { fillIn(form); });
  on('submit', 'form[data-fill]', (event, form) => { event.preventDefault(); fillIn(form); });

  const copy = async text => {
    if (navigator.clipboard && isSecureContext) return navigator.clipboard.writeText(text);
    const area = document.createElement('textarea');
    area.value = text;
    area.className = 'visually-hidden';
    document.body.append(area);
    area.select();
    const done = document.execCommand('copy');
    area.remove();
    if (!done) throw new Error('copy refused');
  };
  const copyWith = async (button, text) => {
    const label = button.querySelector('[data-label]') || button;
    const was = label.textContent;
    try {
      await copy(text);
      label.textContent = 'Copied';
      button.classList.add('copied');
      say('Copied');
    } catch {
      label.textContent = 'Press Ctrl+C';
      say('The browser did not allow copying. Select the text and press Ctrl+C.');
    }
    setTimeout(() => { label.textContent = was; button.classList.remove('copied'); }, 1600);
  };
  on('click', '[data-copy-template]', (event, button) => {
    const form = document.querySelector('form[data-fill]');
    const text = form ? fillIn(form) : resolve(document.querySelector('[data-template-source]').value, new Map());
    copyWith(button, text);
  });
  on('click', '[data-copy]', (event, button) => {
    const source = document.getElementById(button.dataset.copy);
    copyWith(button, source.value ?? source.textContent);
  });

  // Fields that a page was left with and came back to.
  const form = document.querySelector('form[data-fill]');
  if (form) addEventListener('pageshow', () => fillIn(form));
  for (const element of document.querySelectorAll('[data-script-only]')) element.hidden = false;

  // The notice about a lost connection.
  on('click', '[data-reconnect]', () => window.Blazor?.reconnect?.());
  on('click', '[data-reload]', () => location.reload());

  // Search from anywhere.
  document.addEventListener('keydown', event => {
    if (event.key !== '/' || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.target.closest('input, textarea, select, [contenteditable]')) return;
    const search = document.querySelector('input[type=search]');
    if (search) { event.preventDefault(); search.focus(); search.select(); }
  });

  // Small services for interactive pages; Blazor calls them by name.
  window.metaprompt = {
    copy,
    read: key => { try { return localStorage.getItem(key); } catch { return null; } },
    write: (key, value) => { try { localStorage.setItem(key, value); return true; } catch { return false; } },
    remove: key => { try { localStorage.removeItem(key); } catch { /* storage is off: there is nothing to remove */ } },
    focus: selector => { const element = document.querySelector(selector); if (element) element.focus(); },
    selection: id => { const area = document.getElementById(id); return area ? [area.selectionStart, area.selectionEnd] : null; },
    select: (id, start, end) => { const area = document.getElementById(id); if (area) { area.focus(); area.setSelectionRange(start, end); } },
  };
})();

// Moderation by keyboard: J and K go from template to template, X selects.
(() => {
  'use strict';
  const cases = [...document.querySelectorAll('[data-case]')];
  if (cases.length === 0) return;
  document.addEventListener('keydown', event => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest('input:not([type=checkbox]), textarea, select')) return;
    const at = cases.findIndex(one => one.contains(document.activeElement));
    if (event.key === 'j') cases[Math.min(at + 1, cases.length - 1)].focus();
    else if (event.key === 'k') cases[Math.max(at - 1, 0)].focus();
    else if (event.key === 'x' && at >= 0) cases[at].querySelector('.pick input').click();
  });
})();
