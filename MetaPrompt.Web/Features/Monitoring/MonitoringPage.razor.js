// Tells the page whether anybody looks at it: nothing is read for a tab in the background.

let page = null;

const tell = () => page?.invokeMethodAsync('ShowAsync', document.visibilityState === 'visible').catch(() => {});

export function watch(reference) {
  page = reference;
  document.addEventListener('visibilitychange', tell);
}

export function forget() {
  page = null;
  document.removeEventListener('visibilitychange', tell);
}
