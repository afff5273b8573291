// Without these lines everything but the charts can still be read.
function draw() { // charts of closed sections wait: a page of many opens at once
  for (const panel of document.querySelectorAll('.charts:not(.drawn)')) {
    if (!panel.closest('details:not([open])')) {
      panel.classList.add('drawn');
      drawPanel(panel);
    }
  }
}
function value(cell) {
  if (cell.dataset.value === undefined) return cell.textContent.trim().toLowerCase();
  return cell.dataset.value === '' ? NaN : Number(cell.dataset.value);
}
function compare(a, b) {
  if (typeof a === 'string' || typeof b === 'string') return String(a).localeCompare(String(b));
  return a - b;
}
function sortTable(head) {
  const table = head.closest('table'), body = table.tBodies[0], column = head.cellIndex;
  const down = head.getAttribute('aria-sort') === 'ascending';
  table.querySelectorAll('th').forEach(other => other.removeAttribute('aria-sort'));
  head.setAttribute('aria-sort', down ? 'descending' : 'ascending');
  const missing = v => typeof v === 'number' && isNaN(v);
  [...body.rows].map(row => [value(row.cells[column]), row])
    .sort(([a], [b]) => missing(a) || missing(b) ? missing(a) - missing(b) : (down ? -1 : 1) * compare(a, b))
    .forEach(([, row]) => body.append(row));
}
function reveal() { // #s3 opens a section
  const part = document.getElementById(decodeURIComponent(location.hash.slice(1)));
  if (part && part.tagName === 'DETAILS') part.open = true;
}
document.querySelectorAll('table.sortable th').forEach(head => {
  const button = document.createElement('button');
  button.type = 'button';
  button.append(...head.childNodes);
  head.append(button);
  button.addEventListener('click', () => sortTable(head));
});
const all = document.getElementById('open');
if (all) all.addEventListener('click', () => document.querySelectorAll('details').forEach(part => { part.open = true; }));
addEventListener('hashchange', reveal);
document.addEventListener('toggle', draw, true);
reveal();
draw();
