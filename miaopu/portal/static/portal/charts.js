// Charts: draws what the page says in its data blocks; the same numbers stand in the table beside it.
// Nothing here is inline, and tooltips are drawn on the canvas (richText): the content-security
// policy allows nothing else.
(() => {
  "use strict";
  const style = getComputedStyle(document.documentElement);
  const colour = (name) => style.getPropertyValue(name).trim();
  const INK = colour("--ink"), SOFT = colour("--ink-soft"), LINE = colour("--line");
  const GREEN = colour("--green"), WASH = colour("--green-wash"), STRONG = colour("--line-strong");
  const FONT = style.getPropertyValue("--sans");
  const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
  const grouped = (number) => String(number).replace(/\B(?=(\d{3})+(?!\d))/g, ",");
  const plain = { renderMode: "richText", confine: true, backgroundColor: "#fff", borderColor: LINE, textStyle: { color: INK, fontFamily: FONT } };

  const lines = (data) => ({
    animation: false,
    textStyle: { fontFamily: FONT, color: INK },
    grid: { left: 8, right: 16, top: 40, bottom: 8, containLabel: true },
    legend: { top: 0, left: 0, textStyle: { color: INK }, itemWidth: 28 },
    tooltip: {
      ...plain,
      trigger: "axis",
      formatter: (points) => [points[0].axisValueLabel, ...points.filter((point) => point.value != null).map((point) => `${point.seriesName} ${grouped(point.value)} ${data.unit}`)].join("\n"),
    },
    xAxis: { type: "category", data: data.labels, boundaryGap: false, axisLine: { lineStyle: { color: STRONG } }, axisLabel: { color: SOFT, hideOverlap: true } },
    yAxis: { type: "value", splitLine: { lineStyle: { color: LINE } }, axisLabel: { color: SOFT, formatter: grouped } },
    series: data.series.map((series) => ({
      type: "line",
      name: series.name,
      data: series.values,
      symbolSize: 8,
      symbol: series.plan ? "none" : "circle",
      lineStyle: series.plan ? { type: "dashed", width: 2, color: STRONG } : { width: 3, color: GREEN },
      itemStyle: { color: series.plan ? STRONG : GREEN },
    })),
  });

  const map = (data) => ({
    animation: false,
    textStyle: { fontFamily: FONT, color: INK },
    tooltip: { ...plain, trigger: "item", formatter: (point) => (point.data ? `${point.data.title}\n${grouped(point.data.value)} ${data.unit}` : "") },
    visualMap: {
      type: "continuous", min: 0, max: Math.max(1, ...data.rows.map((row) => row.value)), left: 0, bottom: 0, itemHeight: 96,
      text: [data.unit, ""], textStyle: { color: SOFT }, inRange: { color: [WASH, GREEN] }, formatter: (value) => grouped(Math.round(value)),
    },
    series: [{
      type: "map", map: data.map, nameProperty: "code", aspectScale: 0.9, top: 8, bottom: 8, selectedMode: false,
      itemStyle: { borderColor: STRONG, areaColor: "#fff" },
      emphasis: { label: { color: INK }, itemStyle: { areaColor: colour("--amber-wash"), borderColor: INK } },
      label: { show: true, color: INK, fontSize: 12, textBorderColor: "#fff", textBorderWidth: 2, formatter: (point) => (point.data ? point.data.label : "") },
      labelLayout: { hideOverlap: true },
      data: data.rows.map((row) => ({ ...row, name: row.code })),
    }],
  });

  const draw = async (figure) => {
    const data = JSON.parse(document.getElementById(figure.dataset.chart).textContent);
    const box = figure.querySelector("[data-chart-box]");
    if (data.kind === "map") {
      const answer = await fetch(figure.dataset.map, { credentials: "same-origin" });
      if (!answer.ok) return;
      echarts.registerMap(data.map, await answer.json());
    }
    const chart = echarts.init(box, null, { renderer: "canvas" });
    chart.setOption(data.kind === "map" ? map(data) : lines(data));
    chart.on("click", (point) => { if (point.data && point.data.href) location.assign(point.data.href); });
    figure.classList.add("chart-drawn");
    new ResizeObserver(() => chart.resize({ animation: { duration: still ? 0 : 100 } })).observe(box);
  };

  document.querySelectorAll("[data-chart]").forEach((figure) => {
    draw(figure).catch(() => figure.classList.add("chart-missing"));
  });
})();
