// Draws the charts that Python describes (report/charts.py) with Bokeh's plotting API.
const SOFT = '#5b6570', GRID = '#e4e7ea', FONT = 'system-ui, sans-serif';
const PLACES = ['x', 'y', 'x0', 'x1', 'y0', 'y1', 'left', 'right', 'top', 'bottom', 'text', 'color'];

Bokeh.logger.set_level('warn');

function label(prefix) {
  return {[`${prefix}_font`]: FONT, [`${prefix}_font_size`]: '12px', [`${prefix}_color`]: SOFT};
}
function shortened(name) { // two dollars would make a formula of it
  const plain = name.replaceAll('$$', '$ $');
  return plain.length > 24 ? `${plain.slice(0, 23)}…` : plain;
}
function legendColumns(names, width) { // one row if there is room, else a grid
  const widths = names.map(name => 7 * name.length + 26), room = width - 70;
  if (widths.reduce((sum, one) => sum + one, 0) < room) return names.length;
  return Math.max(1, Math.floor(room / Math.max(...widths)));
}
function addLayer(figure, layer) {
  const data = Object.fromEntries(Object.entries(layer.data).map(([name, column]) =>
    [name, column.map(value => value === null ? NaN : value)]));
  const places = Object.fromEntries(
    Object.keys(data).filter(name => PLACES.includes(name)).map(name => [name, {field: name}]));
  const options = {
    ...places, ...layer.style, source: new Bokeh.ColumnDataSource({data}), muted_alpha: 0.08,
    ...(layer.legend ? {legend_label: layer.legend} : {}),
  };
  // A single object would be taken for the only place of a glyph that has no other.
  const renderer = layer.glyph === 'vspan' ? figure.vspan(places.x, options) : figure[layer.glyph](options);
  const tooltips = Object.entries(layer.tips);
  if (tooltips.length)
    figure.add_tools(new Bokeh.HoverTool({renderers: [renderer], tooltips, mode: layer.mode}));
}
function makeFigure(chart, time, width) {
  const names = [...new Set(chart.layers.map(layer => layer.legend).filter(Boolean))];
  const ncols = legendColumns(names, width), rows = chart.rows.length;
  const above = names.length && 20 * Math.ceil(names.length / ncols);
  const figure = Bokeh.Plotting.figure({
    height: above + (rows ? 24 * rows + 62 : chart.wide ? 200 : 230), sizing_mode: 'stretch_width',
    min_border_left: chart.linked ? Math.min(130, width / 4) : 40, min_border_right: 12,
    tools: 'pan,box_zoom,wheel_zoom,reset,save', active_drag: 'box_zoom', x_axis_label: chart.x_label, y_axis_label: chart.y_label,
    background_fill_color: null, border_fill_color: null, outline_line_color: null,
    ...(chart.linked ? {x_range: time} : chart.x.length ? {x_range: chart.x} : {}),
    ...(rows ? {y_range: [rows - 0.5, -0.5]} : chart.y.length ? {y_range: chart.y} : {}),
  });
  figure.toolbar.logo = null;
  figure.toolbar.autohide = true;
  for (const axis of [...figure.xaxes, ...figure.yaxes]) {
    axis.setv({...label('axis_label_text'), ...label('major_label_text'), axis_line_color: SOFT,
      axis_label_text_font_style: 'normal', major_tick_line_color: SOFT, minor_tick_line_color: null});
  }
  for (const grid of figure.grids) grid.grid_line_color = GRID;
  if (rows) {
    figure.yaxes[0].ticker = new Bokeh.FixedTicker({ticks: [...chart.rows.keys()]});
    figure.yaxes[0].major_label_overrides = new Map(chart.rows.map(shortened).entries());
    figure.ygrids[0].visible = false;
  }
  if (names.length) {
    figure.add_layout(new Bokeh.Legend({...label('label_text'), orientation: 'horizontal', ncols,
      click_policy: 'mute', location: 'right', border_line_color: null, padding: 0, margin: 4,
      background_fill_color: null, glyph_width: 14, glyph_height: 14, spacing: 12}), 'above');
  }
  for (const layer of chart.layers) addLayer(figure, layer);
  return figure;
}
function drawPanel(panel) {
  const charts = JSON.parse(panel.querySelector('script').textContent);
  const linked = charts.find(chart => chart.linked);
  const time = linked && new Bokeh.Range1d({start: linked.x[0], end: linked.x[1]});
  const page = new Bokeh.Document(); // one, so that ranges can be shared
  const places = [...panel.querySelectorAll('.chart')];
  charts.forEach((chart, i) => page.add_root(makeFigure(chart, time, places[i].clientWidth)));
  Bokeh.embed.add_document_standalone(page, panel, places);
}
