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

  // The header is written once for each page that is loaded. A page that changes its address by itself is another one to it.
  const followAddress = () => {
    for (const link of document.querySelectorAll('.site-header .site-nav a')) {
      if (location.pathname === link.pathname || location.pathname.startsWith(`${link.pathname}/`)) link.setAttribute('aria-current', 'page');
      else link.removeAttribute('aria-current');
    }
    const signIn = document.querySelector('.site-header [data-sign-in]');
    if (signIn) signIn.href = `/login?returnUrl=${encodeURIComponent(location.pathname + location.search)}`;
    document.querySelector('.skip-link')?.setAttribute('href', `${location.pathname}${location.search}#main`);
  };
  for (const change of ['pushState', 'replaceState']) {
    const was = history[change];
    history[change] = function (...state) {
      was.apply(this, state);
      followAddress();
    };
  }
  addEventListener('popstate', followAddress);
  // Blazor would follow the link without moving the focus.
  on('click', '.skip-link', event => {
    event.preventDefault();
    const main = document.querySelector('main');
    main.focus();
    main.scrollIntoView();
  }, true);
  const signedOut = async () => {
    try {
      const answer = await fetch(`/login?returnUrl=${encodeURIComponent(location.pathname + location.search)}`, { credentials: 'same-origin' });
      const header = new DOMParser().parseFromString(await answer.text(), 'text/html').querySelector('.site-header');
      if (!header) return;
      document.querySelector('.site-header').replaceWith(header);
      followAddress();
    } catch { /* the next page that is loaded has it */ }
  };

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

  // Likes and uses: what the server says, in words that fit the number.
  const compact = value => value >= 1e6 ? `${(Math.floor(value / 1e5) / 10).toLocaleString('en')}M`
    : value >= 1e4 ? `${Math.floor(value / 1e3)}k` : value.toLocaleString('en');
  const showCount = (element, value) => {
    element.dataset.value = value;
    element.textContent = element.closest('.card') ? compact(value) : value.toLocaleString('en');
    const word = element.nextElementSibling;
    if (word?.dataset.word) word.textContent = word.dataset.word + (value === 1 ? '' : 's');
  };
  const showLikes = (id, value) => document.querySelectorAll(`[data-likes="${id}"]`).forEach(element => showCount(element, value));
  const showUses = (id, value) => document.querySelectorAll(`[data-uses="${id}"]`).forEach(element => showCount(element, value));
  const showFavorite = (id, pressed) => {
    for (const button of document.querySelectorAll(`button[data-favorite="${id}"]`)) {
      button.setAttribute('aria-pressed', pressed);
      button.value = pressed ? 'false' : 'true';
    }
  };

  // Favorites: shown at once, taken back if the server says no. However quickly somebody presses, one request is under way
  // and the last press wins.
  const favorites = new Map();
  const keepFavorite = async (id, form, action) => {
    const state = favorites.get(id);
    state.busy = true;
    try {
      while (state.wanted !== state.kept) {
        const wanted = state.wanted;
        const body = new URLSearchParams(new FormData(form));
        body.set('favorite', wanted);
        const answer = await fetch(action, { method: 'POST', body, headers: { Accept: 'application/json' }, credentials: 'same-origin' });
        if (!answer.ok || answer.redirected) throw new Error(String(answer.status));
        state.kept = wanted;
        const counts = await answer.json();
        if (state.wanted !== wanted) continue;
        showLikes(id, counts.likesCount);
        say(wanted ? 'Added to your favorites' : 'Removed from your favorites');
      }
    } catch {
      state.wanted = state.kept;
      showFavorite(id, state.kept);
      showLikes(id, state.likes);
      say('That did not work. Check the connection and try again.');
    }
    state.busy = false;
  };
  on('click', 'button[data-favorite]', (event, button) => {
    if (!button.form) return;
    event.preventDefault();
    const id = button.dataset.favorite;
    const pressed = button.getAttribute('aria-pressed') === 'true';
    const count = document.querySelector(`[data-likes="${id}"]`);
    let state = favorites.get(id);
    if (!state?.busy) favorites.set(id, state = { kept: pressed, likes: Number(count?.dataset.value ?? 0) });
    state.wanted = !pressed;
    showFavorite(id, state.wanted);
    if (count) showLikes(id, Math.max(0, Number(count.dataset.value) + (state.wanted ? 1 : -1)));
    if (!state.busy) keepFavorite(id, button.form, button.formAction);
  });

  // A signed-in person's template page asks for its counters while somebody looks at it; less often after failures.
  const live = document.querySelector('[data-counts]');
  if (live) {
    const usual = 10000;
    let wait = usual, timer, asking = false;
    const ask = async () => {
      clearTimeout(timer);
      if (asking || document.hidden) return;
      asking = true;
      try {
        const answer = await fetch(live.dataset.counts, { headers: { Accept: 'application/json' }, credentials: 'same-origin' });
        if (answer.status === 401 || answer.status === 404) return;
        if (!answer.ok) throw new Error(String(answer.status));
        const counts = await answer.json();
        const id = live.dataset.counts.split('/')[2];
        if (!favorites.get(id)?.busy) {
          showLikes(id, counts.likesCount);
          showFavorite(id, counts.isFavorite);
        }
        showUses(id, counts.usesCount);
        wait = usual;
      } catch {
        wait = Math.min(wait * 2, 300000);
      } finally {
        asking = false;
      }
      timer = setTimeout(ask, wait);
    };
    timer = setTimeout(ask, wait);
    document.addEventListener('visibilitychange', ask);
  }

  // An address says only what was asked for.
  on('submit', 'form[data-filters]', (event, form) => {
    for (const field of form.elements) if (field.name && !field.value) field.disabled = true;
    setTimeout(() => { for (const field of form.elements) field.disabled = false; });
  });

  // Proposals while one types: a combobox with a list (ARIA APG). The last answer wins, and Enter without a choice searches.
  const suggest = box => {
    const input = box.querySelector('input');
    const list = document.createElement('ul');
    list.id = `${input.id}-list`;
    list.className = 'suggestions';
    list.hidden = true;
    list.setAttribute('role', 'listbox');
    list.setAttribute('aria-label', 'Suggestions');
    box.append(list);
    for (const [name, value] of [['role', 'combobox'], ['aria-autocomplete', 'list'], ['aria-expanded', 'false'], ['aria-controls', list.id]])
      input.setAttribute(name, value);
    const known = new Map();
    let at = -1, timer, asking, asked = '';
    const options = () => [...list.children];
    const close = () => {
      list.hidden = true;
      input.setAttribute('aria-expanded', 'false');
      choose(-1);
    };
    const choose = index => {
      at = index;
      options().forEach((option, i) => option.setAttribute('aria-selected', i === at));
      if (at < 0) input.removeAttribute('aria-activedescendant');
      else {
        input.setAttribute('aria-activedescendant', options()[at].id);
        options()[at].scrollIntoView({ block: 'nearest' });
      }
    };
    const go = option => { location.href = option.dataset.url; };
    const render = found => {
      list.replaceChildren(...found.map((one, i) => {
        const option = document.createElement('li');
        option.id = `${list.id}-${i}`;
        option.setAttribute('role', 'option');
        option.dataset.url = one.url;
        const text = document.createElement('span');
        text.dir = 'auto';
        text.textContent = one.text;
        const kind = document.createElement('span');
        kind.className = 'kind';
        kind.textContent = one.kind === 'title' ? 'Template' : `${one.kind === 'tag' ? 'Tag' : 'Category'} · ${compact(one.count ?? 0)}`;
        option.append(text, kind);
        return option;
      }));
      choose(-1);
      list.hidden = !found.length;
      input.setAttribute('aria-expanded', String(found.length > 0));
      if (found.length) say(`${found.length} ${found.length === 1 ? 'suggestion' : 'suggestions'}`);
    };
    const ask = async () => {
      const typed = input.value.trim();
      if (typed === asked && !list.hidden) return;
      asked = typed;
      asking?.abort();
      if (!typed) { close(); return; }
      if (known.has(typed)) { render(known.get(typed)); return; }
      const own = asking = new AbortController();
      try {
        const answer = await fetch(`${box.dataset.suggest}?q=${encodeURIComponent(typed)}`, { signal: own.signal, credentials: 'same-origin' });
        if (!answer.ok) throw new Error(String(answer.status));
        const found = await answer.json();
        known.set(typed, found);
        if (own === asking && document.activeElement === input) render(found);
      } catch (error) {
        if (error.name !== 'AbortError') close();
      }
    };
    input.addEventListener('input', () => { clearTimeout(timer); timer = setTimeout(ask, 120); });
    input.addEventListener('keydown', event => {
      if (event.isComposing) return;
      const count = list.hidden ? 0 : list.children.length;
      if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
        event.preventDefault();
        if (!count) { asked = ''; ask(); return; }
        const step = event.key === 'ArrowDown' ? 1 : -1;
        // One step beyond either end stands for what was typed.
        choose((at + step + count + 2) % (count + 1) - 1);
      } else if (event.key === 'Enter' && at >= 0) {
        event.preventDefault();
        go(options()[at]);
      } else if (event.key === 'Escape' && count) {
        event.preventDefault();
        event.stopPropagation();
        close();
      } else if (event.key === 'Tab') close();
    });
    input.addEventListener('blur', () => { clearTimeout(timer); asking?.abort(); close(); });
    list.addEventListener('mousedown', event => event.preventDefault());
    list.addEventListener('click', event => {
      const option = event.target.closest('[role=option]');
      if (option) go(option);
    });
  };
  document.querySelectorAll('[data-suggest]').forEach(suggest);

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
  const copyWith = async (button, text, told = 'Copied') => {
    const label = button.querySelector('[data-label]') || button;
    const was = label.textContent;
    try {
      await copy(text);
      label.textContent = 'Copied';
      button.classList.add('copied');
      note(told);
    } catch {
      label.textContent = 'Press Ctrl+C';
      note('The browser did not allow copying. Select the text and press Ctrl+C.');
    }
    setTimeout(() => { label.textContent = was; button.classList.remove('copied'); }, 1600);
  };

  // A template's page: what is typed into the fields stands in the text, in what is copied and in the links to chats. The
  // name of a variable is what PromptTemplate reads as one.
  const placeholder = /\\\{\{|\{\{[ \t]*((?![\u{10000}-\u{10FFFF}])[\p{L}_](?:(?![\u{10000}-\u{10FFFF}])[\p{L}\p{Nd}\p{Mn}\p{Mc}_]){0,63})[ \t]*\}\}/gu;
  const resolve = (text, values) => text.replace(placeholder, (whole, name) => name === undefined ? '{{' : values.get(name) || `{{${name}}}`);
  const form = document.querySelector('form[data-fill]');
  const source = document.querySelector('[data-template-source]');
  const note = text => {
    const places = document.querySelectorAll('[data-note]');
    for (const place of places) place.textContent = text;
    if (!places.length) say(text);
  };
  const fields = form ? [...form.querySelectorAll('[data-variable]')] : [];
  const open = () => fields.filter(field => !field.value && field.dataset.required !== undefined)
    .map(field => field.labels[0].firstChild.textContent.trim());
  const tooLong = text => text.length > 6000 || encodeURIComponent(text.toWellFormed?.() ?? text).length > 6000;
  const filled = () => resolve(source.value, new Map(fields.map(field => [field.dataset.variable, field.value])));
  const show = () => {
    const values = new Map(fields.map(field => [field.dataset.variable, field.value]));
    for (const pill of document.querySelectorAll('[data-v]')) {
      const value = values.get(pill.dataset.v);
      const text = value || `{{${pill.dataset.v}}}`;
      if (pill.textContent === text) continue;
      pill.textContent = text;
      pill.classList.toggle('filled', Boolean(value));
    }
    const text = filled();
    const long = tooLong(text);
    for (const link of document.querySelectorAll('[data-open-in]'))
      link.href = link.dataset.ask && !long ? link.dataset.ask + encodeURIComponent(text.toWellFormed?.() ?? text) : link.dataset.home;
    for (const hint of document.querySelectorAll('[data-too-long]')) {
      hint.hidden = !long;
      hint.textContent = 'Too long for a link: it is copied, and the chat opens empty.';
    }
    for (const progress of document.querySelectorAll('[data-progress]'))
      progress.textContent = `${fields.filter(field => field.value).length} of ${fields.length} filled`;
    for (const field of fields.filter(one => one.dataset.json !== undefined)) {
      let valid = true;
      try { if (field.value.trim()) JSON.parse(field.value); } catch { valid = false; }
      field.setAttribute('aria-invalid', !valid);
      form.querySelector(`[data-json-note="${field.dataset.variable}"]`).hidden = valid;
    }
  };
  if (source) {
    // What was typed is still there after signing in; it never leaves this tab.
    const kept = `fill:${location.pathname}`;
    const keep = () => {
      try { sessionStorage.setItem(kept, JSON.stringify(fields.map(field => [field.dataset.variable, field.value]))); } catch { /* storage is full or off */ }
    };
    const restore = () => {
      if (location.search.includes('v.')) return;
      try {
        const values = new Map(JSON.parse(sessionStorage.getItem(kept) || '[]'));
        for (const field of fields) if (values.has(field.dataset.variable)) field.value = values.get(field.dataset.variable);
      } catch { /* nothing was kept */ }
    };
    restore();
    addEventListener('pageshow', show);
    let soon;
    form?.addEventListener('input', () => {
      note('');
      keep();
      // A hundred kilobytes with thousands of pills are not drawn anew at every key.
      clearTimeout(soon);
      if (source.value.length < 20000) show();
      else soon = setTimeout(show, 150);
    });
    form?.addEventListener('submit', event => { event.preventDefault(); show(); });
    // What is filled in here is filled in on the page where it is tested.
    addEventListener('submit', event => {
      if (!event.submitter?.getAttribute('formaction')?.endsWith('/test')) return;
      const values = fields.filter(field => field.value).map(field => [`v:${field.dataset.variable}`, field.value]);
      try { sessionStorage.setItem('metaprompt.handed', JSON.stringify({ to: 'test', at: Date.now(), fields: Object.fromEntries(values) })); } catch { /* storage is full or off */ }
    });
    form?.addEventListener('reset', () => setTimeout(() => { keep(); show(); note(''); }));
  }
  on('click', '[data-copy-template]', (event, button) => {
    const left = open();
    copyWith(button, filled(), left.length ? `Copied. Still to fill in: ${left.join(', ')}.` : 'Copied. Paste it wherever you need it.');
  });
  on('click', '[data-open-in]', (event, link) => {
    const text = filled();
    show();
    if (link.dataset.ask && !tooLong(text)) return;
    const why = link.dataset.ask ? 'The prompt is too long for a link' : `${link.dataset.openIn} takes no prompt by link`;
    copy(text).then(
      () => note(`${why}. It is in the clipboard: paste it in ${link.dataset.openIn}.`),
      () => note(`${why}, and the browser did not allow copying. Select the text, copy it and paste it in ${link.dataset.openIn}.`));
  });
  on('click', '[data-copy]', (event, button) => {
    const text = document.getElementById(button.dataset.copy);
    copyWith(button, text.value ?? text.textContent);
  });
  on('click', '[data-copy-link]', (event, button) => copyWith(button, button.dataset.copyLink, 'The link is copied'));
  for (const element of document.querySelectorAll('[data-script-only]')) element.hidden = false;

  // Where there is no room for another interactive page the server says so before it connects; the page itself is there, but dead.
  if (document.querySelector('main[data-interactive]')) {
    const send = window.fetch;
    window.fetch = async (...request) => {
      const answer = await send(...request);
      const main = document.querySelector('main[data-interactive=false]');
      if ((answer.status === 429 || answer.status === 503) && main && !main.querySelector('[data-refused]') && answer.url.includes('/_blazor')) {
        const told = await answer.clone().json().catch(() => null);
        const notice = document.createElement('div');
        notice.className = 'notice bad';
        notice.dataset.refused = '';
        notice.setAttribute('role', 'alert');
        const text = document.createElement('p');
        text.textContent = told?.detail ?? 'This page cannot react just now. Reload it in a minute.';
        const again = document.createElement('button');
        again.className = 'btn btn-small';
        again.dataset.reload = '';
        again.textContent = 'Reload';
        notice.append(text, again);
        const place = document.createElement('div');
        place.className = 'wrap';
        place.append(notice);
        main.prepend(place);
      }
      return answer;
    };
  }

  // The notice about a lost connection. It is tried for as long as the page is open. A server that was restarted does not
  // know the page: it is loaded anew, with what browser and database keep of it, unless something was typed that neither does.
  const lost = document.getElementById('components-reconnect-modal');
  const typed = new Set();
  const isKept = field => field.dataset.keep !== undefined || field.closest('[data-wizard]');
  // The page as it was when it paused. Until another server has drawn it anew, what is clicked would meet handlers that are no
  // more, which would end it: the notice stays for so long, and clicks do nothing.
  let paused = null;
  for (const kind of ['click', 'submit']) {
    addEventListener(kind, event => {
      if (!paused?.contains(event.target)) return;
      event.preventDefault();
      event.stopImmediatePropagation();
    }, true);
  }
  const hasUnkept = () => [...typed].some(field => field.isConnected && field.value && !isKept(field));
  if (lost) {
    document.addEventListener('input', event => {
      typed.add(event.target);
      if (lost.classList.contains('is-ended')) lost.classList.toggle('has-typed', hasUnkept());
    });
    lost.addEventListener('components-reconnect-state-changed', event => {
      const state = event.detail.state;
      if (state === 'rejected' || state === 'resume-failed') {
        lost.classList.toggle('has-typed', hasUnkept());
        if (!hasUnkept()) location.reload();
      }
      // Not show(): that would take the focus out of the field where somebody is writing.
      lost.open = state !== 'hide' || paused !== null || lost.classList.contains('is-ended');
    });
    window.Blazor?.start({ circuit: { reconnectionOptions: {
      maxRetries: undefined,
      retryIntervalMilliseconds: attempt => attempt === 0 ? 0 : attempt < 60 ? 1000 : 5000,
    } } });
  }
  on('click', '[data-reconnect]', () => window.Blazor?.reconnect?.().catch(() => { /* it is tried again by itself */ }));
  on('click', '[data-reload]', () => location.reload());

  // A server that is about to stop asks its pages to pause. They go on where somebody answers: the state came along. A page
  // whose state nobody takes is as one that the server does not know; so is one with something typed that would be drawn over.
  // Not all of them ask at the same moment.
  const pause = async () => {
    const wait = milliseconds => new Promise(resolve => setTimeout(resolve, milliseconds));
    const isServed = async () => {
      try { return (await fetch('health', { cache: 'no-store', credentials: 'same-origin' })).ok; } catch { return false; }
    };
    paused = document.querySelector('main');
    if (!await Blazor.pauseCircuit()) { paused = null; return; }
    for (let delay = 300; ; delay = Math.min(delay * 1.5, 5000)) {
      await wait(delay * (0.5 + Math.random()));
      if (!await isServed()) continue;
      try {
        if (hasUnkept() || !await Blazor.resumeCircuit()) {
          lost.classList.add('components-reconnect-resume-failed');
          lost.dispatchEvent(new CustomEvent('components-reconnect-state-changed', { detail: { state: 'resume-failed' } }));
          return;
        }
        for (let turn = 0; paused.isConnected && turn < 100; turn++) await wait(50);
        paused = null;
        lost.open = false;
        return;
      } catch { /* it went before we were there: ask again */ }
    }
  };
  // What says that the database is away gives way to the page that was asked for, as soon as there is one.
  if (document.querySelector('[data-comes-back]')) {
    const look = async () => {
      try {
        if ((await fetch(location.href, { cache: 'no-store', credentials: 'same-origin' })).status < 500) { location.reload(); return; }
      } catch { /* not yet */ }
      setTimeout(look, 5000);
    };
    setTimeout(look, 5000);
  }

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
    title: text => { document.title = text; },
    // The session ended while its page was open: the header becomes the one that a visitor gets.
    signedOut: () => { signedOut(); },
    // The server ends this page with the next word it says. Nobody is told by Blazor, which only writes into the console.
    ended: () => {
      if (!lost) return;
      lost.classList.add('is-ended');
      lost.classList.toggle('has-typed', hasUnkept());
      lost.open = true;
    },
    // Not awaited by the server, whose connection ends with it.
    pause: () => { setTimeout(pause); },
    read: key => { try { return localStorage.getItem(key); } catch { return null; } },
    write: (key, value) => { try { localStorage.setItem(key, value); return true; } catch { return false; } },
    remove: key => { try { localStorage.removeItem(key); } catch { /* storage is off: there is nothing to remove */ } },
    focus: selector => { const element = document.querySelector(selector); if (element) element.focus(); },
    selection: id => { const area = document.getElementById(id); return area ? [area.selectionStart, area.selectionEnd] : null; },
    select: (id, start, end) => { const area = document.getElementById(id); if (area) { area.focus(); area.setSelectionRange(start, end); } },
  };
})();

// Lists that change under one's hands: the page that a form leads back to takes the place of this one, without losing the
// place where one was reading. A form that cannot be sent so is reloaded, never sent twice.
(() => {
  'use strict';
  document.addEventListener('submit', async event => {
    const form = event.target;
    if (!(form instanceof HTMLFormElement) || !form.matches('form[data-swift]')) return;
    event.preventDefault();
    const button = event.submitter;
    const body = new URLSearchParams(new FormData(form));
    try {
      const answer = await fetch(button?.getAttribute('formaction') || form.getAttribute('action'), { method: 'POST', body, credentials: 'same-origin' });
      if (!answer.ok) throw new Error(String(answer.status));
      const page = new DOMParser().parseFromString(await answer.text(), 'text/html');
      const id = button?.id;
      document.querySelector('main').replaceChildren(...page.querySelector('main').childNodes);
      document.title = page.title;
      history.replaceState(null, '', answer.url);
      for (const element of document.querySelectorAll('main [data-script-only]')) element.hidden = false;
      const again = id && document.getElementById(id);
      (again || document.querySelector('main [role=status]') || document.querySelector('main')).focus();
    } catch {
      location.reload();
    }
  });
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

// Differences: from change to change, by button, or by N and P while one is in them.
(() => {
  'use strict';
  const step = (root, by) => {
    const changes = [...root.querySelectorAll('[data-hunk]')];
    if (changes.length === 0) return;
    const at = changes.findIndex(change => change.hasAttribute('data-at'));
    const next = changes[at < 0 ? (by > 0 ? 0 : changes.length - 1) : (at + by + changes.length) % changes.length];
    changes[at]?.removeAttribute('data-at');
    next.setAttribute('data-at', '');
    next.focus({ preventScroll: true });
    next.scrollIntoView({ block: 'center', behavior: matchMedia('(prefers-reduced-motion: reduce)').matches ? 'auto' : 'smooth' });
  };
  document.addEventListener('click', event => {
    const button = event.target instanceof Element ? event.target.closest('[data-step]') : null;
    const root = button?.closest('[data-changes]');
    if (root) step(root, Number(button.dataset.step));
  });
  document.addEventListener('keydown', event => {
    if (event.ctrlKey || event.metaKey || event.altKey || (event.key !== 'n' && event.key !== 'p')) return;
    const root = event.target instanceof Element && !event.target.closest('input, textarea, select') ? event.target.closest('[data-changes]') : null;
    if (root) { event.preventDefault(); step(root, event.key === 'n' ? 1 : -1); }
  });
})();
