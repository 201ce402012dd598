// Copying a field or a section. Without this file the pages work, the buttons just stay hidden.
'use strict';
const status = document.getElementById('status');

function put(text) {
  if (navigator.clipboard && window.isSecureContext) return navigator.clipboard.writeText(text);
  const area = document.createElement('textarea'); // plain HTTP inside the authority's network
  area.value = text;
  area.className = 'vh';
  document.body.append(area);
  area.select();
  const done = document.execCommand('copy');
  area.remove();
  return done ? Promise.resolve() : Promise.reject(new Error('copy'));
}

function say(text) { status.textContent = text; }

function wire(button, label, text) {
  button.hidden = false;
  button.addEventListener('click', () => put(text()).then(() => {
    button.classList.add('ok');
    say(label + ' kopiert');
    setTimeout(() => button.classList.remove('ok'), 2000);
    button.focus();
  }, () => say(label + ' konnte nicht kopiert werden')));
}

for (const b of document.querySelectorAll('[data-copy]')) wire(b, b.dataset.label, () => b.dataset.copy);
for (const b of document.querySelectorAll('[data-all]')) {
  const section = b.closest('section');
  wire(b, section.querySelector('h2').textContent, () => [...section.querySelectorAll('[data-copy]')]
    .map((x) => x.dataset.label + ': ' + x.dataset.copy).join('\n'));
}
