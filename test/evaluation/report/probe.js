// Uses a report as a reader would and tells the page around it what became of it.
addEventListener('load', async () => {
  const pause = milliseconds => new Promise(done => setTimeout(done, milliseconds));
  const all = selector => [...document.querySelectorAll(selector)];
  const point = (element, kind, x, y) => element.dispatchEvent(new PointerEvent(kind,
    {view: window, clientX: x, clientY: y, bubbles: true, composed: true, isPrimary: true,
     pointerType: 'mouse'}));
  const said = {page: location.pathname.split('/').pop()};
  said.open = all('details.section[open]').map(part => part.id);
  said.waiting = all('details:not([open]) .chart').filter(place => place.childElementCount).length;
  const open = document.getElementById('open');
  if (open) open.click();
  const charts = all('.chart');
  for (let i = 0; i < 100 && charts.some(place => !place.childElementCount); i++) await pause(50);
  await pause(500);

  said.charts = charts.length;
  said.drawn = charts.filter(place => {
    const box = place.firstElementChild.getBoundingClientRect();
    return box.width > 150 && box.height > 80;
  }).length;
  said.images = [...document.images].filter(image => image.naturalWidth > 0).length;
  said.overflow = document.documentElement.scrollWidth - innerWidth;
  said.buttons = all('th[scope=col] > button').length;

  const figures = Bokeh.documents.flatMap(page => page.roots());
  const has = (figure, kind) => figure.toolbar.tools.some(tool => tool.type === kind);
  said.hover = figures.filter(figure => has(figure, 'HoverTool')).length;
  said.zoom = figures.filter(figure => has(figure, 'BoxZoomTool')).length;
  said.linked = new Set(figures.map(figure => figure.x_range)).size;

  const figure = figures.find(item => item.renderers.some(one => one.glyph.type === 'Quad')
    && item.renderers.length === 2);
  if (figure) {
    const view = Bokeh.index.find_one(figure);
    const views = () => [...view.views.all_views()];
    const muted = () => figure.renderers.map(renderer => renderer.muted);
    const tips = () => views().filter(one => one.model.type === 'Tooltip')
      .map(one => one.shadow_el.querySelector('.bk-tooltip-content').textContent).join(' ').trim();
    const counts = figure.renderers[0].data_source.get_column('top');
    const tallest = counts.indexOf(Math.max(...counts)), screen = view.canvas_view.events_el;
    for (let i = 0; i < 40 && !tips(); i++) { // until the layout has settled
      const box = screen.getBoundingClientRect();
      const x = box.left + view.frame.x_scale.compute((tallest + 0.5) / counts.length);
      const y = box.top + view.frame.y_scale.compute(counts[tallest] / 2);
      point(screen, 'pointerenter', x, y);
      point(screen, 'pointermove', x, y);
      await pause(50);
    }
    said.tip = tips();
    said.counts = counts;
    const legend = views().find(one => one.model === figure.legend).shadow_el;
    said.legend = [...legend.querySelectorAll('.bk-label')].map(entry => entry.textContent);
    said.muted = [muted()];
    for (let i = 0; i < 2; i++) {
      for (const kind of ['pointerdown', 'pointerup'])
        point(legend.querySelectorAll('.bk-item')[1], kind, 0, 0);
      said.muted.push(muted());
    }
  }
  const names = () => all('table.sortable')[0] && [...all('table.sortable')[0].tBodies[0].rows]
    .map(row => row.cells[0].textContent);
  said.before = names();
  all('table.sortable th button')[3].click();
  said.sorted = names();
  said.heads = all('table.sortable')[0].querySelectorAll('th')[3].getAttribute('aria-sort');
  parent.postMessage(said, '*');
});
