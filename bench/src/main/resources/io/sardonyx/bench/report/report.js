// Draws the page's charts: their data stands in the element `charts`, a canvas `chart-0`, `chart-1`, ... waits for each.
'use strict';
(() => {
  const { contenders, charts } = JSON.parse(document.getElementById('charts').textContent);
  const DASHES = [[], [6, 4], [2, 3], [10, 3, 2, 3]];
  const SHAPES = ['circle', 'rectRot', 'triangle', 'rect'];
  const BAR = 34; // pixels of a bar with the label above it

  const css = name => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
  const colour = contender => {
    const all = css('--series').split(/\s+/);
    return all[contenders.indexOf(contender) % all.length];
  };

  const PREFIXES = [[1e15, 'P'], [1e12, 'T'], [1e9, 'G'], [1e6, 'M'], [1e3, 'k'], [1, ''], [1e-3, 'm'], [1e-6, 'µ'], [1e-9, 'n']];
  const si = (value, unit) => {
    if (value === 0) return '0';
    const [size, prefix] = PREFIXES.find(([s]) => Math.abs(value) >= 0.9995 * s) || PREFIXES[PREFIXES.length - 1];
    return `${Number((value / size).toPrecision(3))} ${prefix}${unit}`.trim();
  };
  const isDecade = value => Math.abs(Math.log10(value) - Math.round(Math.log10(value))) < 1e-6;
  // Sizes are often powers of two.
  const short = value => {
    if (value < 1e4 || value % 1024 !== 0) return value < 1e5 ? String(value) : si(value, '');
    return value % 2 ** 30 === 0 ? `${value / 2 ** 30}Gi` : value % 2 ** 20 === 0 ? `${value / 2 ** 20}Mi` : `${value / 1024}Ki`;
  };

  const axis = (title, options) => ({
    title: { display: true, text: title, color: css('--soft') },
    grid: { color: css('--rule') },
    border: { color: css('--soft') },
    ...options,
    ticks: { color: css('--soft'), maxRotation: 0, autoSkipPadding: 12, ...options.ticks },
  });
  // Where there are few powers of ten, also 2 and 5 times these.
  const decades = (title, unit) => axis(title, {
    type: 'logarithmic',
    ticks: {
      callback(value) {
        const few = this.max / this.min < 300;
        return isDecade(value) || (few && (isDecade(value / 2) || isDecade(value / 5))) ? si(value, unit) : '';
      },
    },
  });

  const options = (scales, tooltip, legend) => ({
    animation: false,
    responsive: true,
    maintainAspectRatio: false,
    scales,
    plugins: {
      legend: { display: legend, position: 'bottom', labels: { color: css('--ink'), usePointStyle: true, boxHeight: 7 } },
      tooltip: { callbacks: { label: tooltip, title: () => '' } },
    },
  });

  const suffix = mark => (mark === 'WRONG' ? ': wrong, above its roof' : mark === 'SIMULATED' ? ' (simulator)' : '');

  // A wrong point is a red cross; a simulator's is hollow.
  const points = series => ({
    label: series.name + (series.points.every(p => p.mark === 'SIMULATED') ? ' (simulator)' : ''),
    data: series.points,
    borderColor: colour(series.contender),
    borderWidth: 2,
    borderDash: DASHES[series.style % DASHES.length],
    clip: 8, // half a point at the edge
    pointRadius: series.points.map(p => (p.mark === 'WRONG' ? 8 : 4)),
    pointHoverRadius: 8,
    pointStyle: series.points.map(p => (p.mark === 'WRONG' ? 'crossRot' : SHAPES[series.style % SHAPES.length])),
    pointBorderWidth: series.points.map(p => (p.mark === 'WRONG' ? 3 : 1.5)),
    pointBorderColor: series.points.map(p => (p.mark === 'WRONG' ? css('--wrong') : colour(series.contender))),
    pointBackgroundColor: series.points.map(p => (p.mark === 'NONE' ? colour(series.contender) : css('--panel'))),
  });

  const text = (chart, words, x, y, align) => {
    const { ctx } = chart;
    ctx.save();
    ctx.font = '11px system-ui, sans-serif';
    ctx.fillStyle = css('--soft');
    ctx.textAlign = align;
    ctx.textBaseline = 'bottom';
    ctx.fillText(words, x, y);
    ctx.restore();
  };

  const roofline = chart => ({
    type: 'scatter',
    data: {
      datasets: [
        ...chart.series.map(s => ({ ...points(s), borderDash: [] })),
        ...chart.limits.map(limit => ({
          limit,
          data: [{ x: limit.fromX, y: limit.fromY }, { x: limit.toX, y: limit.toY }],
          showLine: true,
          pointRadius: 0,
          pointHitRadius: 0,
          borderColor: css('--soft'),
          borderWidth: 1.5,
        })),
      ],
    },
    options: withoutRoofs(options(
      { x: decades('FLOP / B', ''), y: decades('FLOP/s', 'FLOP/s') },
      item => `${item.raw.label}, ${item.dataset.label}: ${si(item.raw.y, 'FLOP/s')} at ${si(item.raw.x, 'FLOP/B')}${suffix(item.raw.mark)}`,
      true)),
    plugins: [{
      // The name of each roof stands on it: of level ones at the right, of rising ones along the line.
      afterDatasetsDraw: plot => {
        const { x, y } = plot.scales;
        for (const { limit } of plot.data.datasets.filter(d => d.limit)) {
          const [x0, y0, x1, y1] = [x.getPixelForValue(limit.fromX), y.getPixelForValue(limit.fromY), x.getPixelForValue(limit.toX), y.getPixelForValue(limit.toY)];
          if (limit.fromY === limit.toY) {
            text(plot, limit.name, x1 - 4, y1 - 2, 'right');
            continue;
          }
          plot.ctx.save();
          plot.ctx.translate(x0 + 6 * Math.cos(Math.atan2(y1 - y0, x1 - x0)), y0 + 6 * Math.sin(Math.atan2(y1 - y0, x1 - x0)));
          plot.ctx.rotate(Math.atan2(y1 - y0, x1 - x0));
          text(plot, limit.name, 0, -2, 'left');
          plot.ctx.restore();
        }
      },
    }],
  });
  const withoutRoofs = all => {
    all.plugins.legend.labels.filter = (item, data) => !data.datasets[item.datasetIndex].limit;
    return all;
  };

  const strokes = (ctx, lines) => {
    ctx.save();
    ctx.strokeStyle = css('--ink');
    ctx.lineWidth = 1.5;
    ctx.beginPath();
    lines.forEach(([x0, y0, x1, y1]) => { ctx.moveTo(x0, y0); ctx.lineTo(x1, y1); });
    ctx.stroke();
    ctx.restore();
  };

  // Cut so that it stands in the chart.
  const fitting = ({ ctx, width }, words) => {
    let rest = words;
    while (rest.length > 8 && ctx.measureText(rest).width > width - 24) rest = rest.slice(0, -2);
    return rest === words ? words : `${rest}…`;
  };

  const FINE_TICKS = [0.25, 0.5, 0.8, 1, 1.25, 1.5, 2, 3, 4];
  const COARSE_TICKS = [0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50, 100];
  const bars = chart => {
    const values = chart.bars.flatMap(b => [b.low, b.speedUp, b.high]).filter(v => v > 0);
    const [least, most] = [Math.min(0.8, ...values) * 0.95, Math.max(1.25, ...values) * 1.05];
    const ticks = (most / least < 4 ? FINE_TICKS : COARSE_TICKS).filter(v => v >= least && v <= most);
    const several = new Set(chart.bars.map(b => b.contender)).size > 1;
    const label = b => (several ? `${b.contender}, ${b.label}` : b.label) + suffix(b.mark);
    const labels = chart.bars.map(b => `${b.speedUp.toFixed(2)}×  ${label(b)}`);
    return {
      type: 'bar',
      data: {
        labels,
        datasets: [{
          data: chart.bars.map(b => b.speedUp),
          base: 1,
          backgroundColor: chart.bars.map(b => (b.mark === 'WRONG' ? css('--wrong') : b.mark === 'NONE' ? colour(b.contender) : css('--panel'))),
          borderColor: chart.bars.map(b => (b.mark === 'WRONG' ? css('--wrong') : colour(b.contender))),
          borderWidth: 1,
          barThickness: 10,
        }],
      },
      options: {
        ...options(
          {
            x: axis(several ? 'times as fast' : `times as fast as ${chart.bars[0].contender}`, {
              type: 'logarithmic',
              min: least,
              max: most,
              afterBuildTicks: scale => { scale.ticks = ticks.map(value => ({ value })); },
              ticks: { callback: value => `${value}×` },
            }),
            // The labels stand above their bars, and before the line at 1.
            y: {
              grid: { display: false },
              border: { display: false },
              ticks: {
                mirror: true,
                labelOffset: -13,
                padding: 0,
                color: css('--ink'),
                autoSkip: false,
                z: 1,
                showLabelBackdrop: true,
                backdropColor: css('--panel'),
                backdropPadding: { x: 2, y: 1 },
                callback(value) { return fitting(this.chart, labels[value]); },
              },
            },
          },
          item => { const b = chart.bars[item.dataIndex]; return `${label(b)}: ${b.speedUp.toFixed(3)}× [${b.low.toFixed(3)}, ${b.high.toFixed(3)}]`; },
          false),
        indexAxis: 'y',
      },
      plugins: [{
        // The line at 1, and each bar's interval.
        beforeDatasetsDraw: ({ ctx, chartArea, scales: { x } }) => {
          strokes(ctx, [[x.getPixelForValue(1), chartArea.top, x.getPixelForValue(1), chartArea.bottom]]);
        },
        afterDatasetsDraw: plot => {
          const { x } = plot.scales;
          strokes(plot.ctx, plot.getDatasetMeta(0).data.map(({ y }, i) =>
            [x.getPixelForValue(chart.bars[i].low), y, x.getPixelForValue(chart.bars[i].high), y]));
        },
      }],
    };
  };

  const WIDE = 20; // between the least and the largest value, from which on a linear axis hides the small ones
  const sweep = chart => {
    const all = chart.series.flatMap(s => s.points);
    const xs = [...new Set(all.map(p => p.x))].sort((a, b) => a - b);
    const ys = all.map(p => p.y);
    const title = chart.unit === 's' ? 'time' : chart.unit;
    const y = Math.max(...ys) > WIDE * Math.min(...ys)
      ? decades(title, chart.unit)
      : axis(title, { type: 'linear', beginAtZero: true, ticks: { callback: value => si(value, chart.unit) } });
    return {
      type: 'line',
      data: { datasets: chart.series.map(points) },
      options: options(
        {
          x: axis(chart.xTitle, {
            type: 'logarithmic',
            min: xs[0],
            max: xs[xs.length - 1],
            afterBuildTicks: scale => { scale.ticks = xs.map(value => ({ value })); },
            ticks: { callback: value => short(value) },
          }),
          y,
        },
        item => `${item.raw.label}, ${item.dataset.label}: ${si(item.raw.y, chart.unit)}${suffix(item.raw.mark)}`,
        true),
    };
  };

  const KINDS = { roofline, bars, sweep };
  let drawn = [];
  const draw = () => {
    drawn.forEach(chart => chart.destroy());
    drawn = charts.map((chart, i) => {
      const canvas = document.getElementById(`chart-${i}`);
      if (chart.kind === 'bars') canvas.parentElement.style.height = `${chart.bars.length * BAR + 60}px`;
      return new Chart(canvas, KINDS[chart.kind](chart));
    });
  };
  draw();
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', draw);
})();
