// Elements and figures are built here, and nowhere from markup: every text goes in as a text node.

const SVG = 'http://www.w3.org/2000/svg';

function build(node, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (name === 'on')
      for (const [event, act] of Object.entries(value)) node.addEventListener(event, act);
    else if (name === 'style')
      for (const [key, text] of Object.entries(value)) node.style.setProperty(key, text);
    else node.setAttribute(name, value === true ? '' : String(value));
  }
  for (const child of children.flat(Infinity)) {
    if (child === null || child === undefined || child === false) continue;
    node.append(child instanceof Node ? child : document.createTextNode(String(child)));
  }
  return node;
}

function el(tag, attributes = {}, ...children) {
  return build(document.createElement(tag), attributes, children);
}

function svg(tag, attributes = {}, ...children) {
  return build(document.createElementNS(SVG, tag), attributes, children);
}

/** A drawing with a title and a description for those who cannot see it. */
function drawing(title, description, attributes, ...children) {
  const labels = [svg('title', {}, title), description ? svg('desc', {}, description) : null];
  return svg('svg', { role: 'img', focusable: 'false', ...attributes }, labels, children);
}

/** A section of the page, entered in the contents. `lead` is a sentence or a node. */
function section(id, title, lead, ...body) {
  const heading = el('h2', { id: `${id}-heading` }, title);
  const text = lead ? el('p', { class: 'lead' }, lead) : null;
  document
    .getElementById('main')
    .append(el('section', { id, 'aria-labelledby': `${id}-heading` }, heading, text, body));
  document.getElementById('contents').append(el('a', { href: `#${id}` }, title));
}

/** A long name, such as plain:warm@openai:gpt-4o-mini, that may break after its joints. */
function breakable(name) {
  return String(name)
    .split(/(?<=[_@:/.])/)
    .flatMap((part, n) => (n ? [el('wbr'), part] : [part]));
}

/**
 * A table in a box of its own that scrolls sideways when it must. A column is a name, or an object
 * {name, num, wide, head}; `wide` ones are left out on narrow screens. Rows are lists of cells.
 */
function table(caption, columns, rows, attributes = {}) {
  const heads = columns.map((column) => (typeof column === 'string' ? { name: column } : column));
  const classes = (head) =>
    [head.num ? 'num' : '', head.wide ? 'wide' : '', head.class || ''].join(' ').trim() || null;
  const top = el(
    'tr',
    {},
    heads.map((head) =>
      el('th', { scope: 'col', class: classes(head) }, head.head || breakable(head.name)),
    ),
  );
  const body = rows.map((cells) =>
    el(
      'tr',
      {},
      cells.map((cell, n) =>
        el(
          n ? 'td' : 'th',
          { scope: n ? null : 'row', class: classes(heads[n]) },
          n || typeof cell !== 'string' ? cell : breakable(cell),
        ),
      ),
    ),
  );
  const whole = el(
    'table',
    attributes,
    el('caption', { class: 'hidden' }, caption),
    el('thead', {}, top),
    el('tbody', {}, body),
  );
  return el(
    'div',
    { class: 'scroll', tabindex: '0', role: 'region', 'aria-label': caption },
    whole,
  );
}

/** The numbers behind a figure, folded away. */
function asTable(...args) {
  return el(
    'details',
    { class: 'numbers' },
    el('summary', {}, 'The numbers as a table'),
    table(...args),
  );
}

/** A select with a label; `options` are [value, text]; `act` gets the chosen value. */
function choice(label, options, act, chosen) {
  const select = el(
    'select',
    { on: { change: () => act(select.value) } },
    options.map(([value, text]) =>
      el('option', { value, selected: String(value) === String(chosen) }, text),
    ),
  );
  return el('label', { class: 'choice' }, el('span', {}, label), select);
}

/** A place whose content is drawn anew for each choice. */
function redrawn(draw, first) {
  const place = el('div', { class: 'redrawn' });
  const show = (value) => place.replaceChildren(...[draw(value)].flat(Infinity).filter(Boolean));
  show(first);
  return { place, show };
}
