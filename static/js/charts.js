"use strict";
// Draws the charts of the page from its own JSON (json_script); each chart has the same numbers in a table below it.
// Tooltips are drawn on the canvas: HTML ones need inline styles, which the content security policy refuses.

(() => {
  // A token may be an expression; the browser works it out on an element, the canvas cannot.
  const probe = document.createElement("span");
  probe.hidden = true;
  function token(name) {
    probe.style.color = `var(${name})`;
    return getComputedStyle(probe).color;
  }
  const isDark = () => document.documentElement.dataset.bsTheme === "dark";
  // A wall's screen draws everything larger: text and lines in px of an ordinary page, times its scale.
  const px = (size) => size * Number(document.documentElement.dataset.chartScale ?? 1);
  const PACE = "按近四周进度";
  const monthAndDay = (value) => {
    const day = new Date(value);
    return `${day.getMonth() + 1}月${day.getDate()}日`;
  };

  function palette() {
    return {
      words: token("--tblr-body-color"),
      quiet: token("--tblr-secondary"),
      line: isDark() ? "#33435c" : "#e3e8ef",
      ground: isDark() ? "#182433" : "#ffffff",
      registered: isDark() ? "#7b8ca5" : "#98a5b8",
      resolved: isDark() ? "#6ea3e6" : "#1f4e8c",
      waiting: isDark() ? "#c9a227" : "#d9a520",
      fill: isDark() ? "rgba(110,163,230,0.18)" : "rgba(31,78,140,0.12)",
      target: token("--light-yellow"),
    };
  }

  function burnup(data, narrow) {
    const colour = palette();
    const last = data.points[data.points.length - 1];
    const column = (at) => data.points.map((point) => [point[0], point[at]]);
    const targets = data.points.map((point) => [point[0], Math.ceil((point[1] * data.target) / 100)]);
    const needed = targets[targets.length - 1][1];
    if (data.endsOn > last[0]) targets.push([data.endsOn, needed]);
    const plain = { type: "line", symbol: "none", animation: false };
    const end = (text, fill) => ({
      show: !narrow,
      formatter: text,
      color: fill,
      fontSize: px(12),
      fontWeight: 600,
      distance: 6,
    });
    const series = [
      {
        ...plain,
        name: "计入",
        data: column(1),
        lineStyle: { width: px(1.5), color: colour.registered },
        itemStyle: { color: colour.registered },
        endLabel: { ...end(`计入 ${last[1]}`, colour.quiet), offset: [0, -7] },
      },
      {
        ...plain,
        name: `${data.target}% 目标`,
        data: targets,
        lineStyle: { width: px(1.5), type: "dashed", color: colour.target },
        itemStyle: { color: colour.target },
      },
      {
        ...plain,
        name: "办结",
        data: column(2),
        lineStyle: { width: px(1.5), type: [px(2), px(3)], color: colour.resolved },
        itemStyle: { color: colour.resolved },
      },
      {
        ...plain,
        name: "化解",
        data: column(3),
        lineStyle: { width: px(2.5), color: colour.resolved },
        itemStyle: { color: colour.resolved },
        areaStyle: { color: colour.fill },
        endLabel: { ...end(`化解 ${last[3]}`, colour.resolved), offset: [0, data.expected === null ? 7 : 14] },
        markLine: data.targetOn && {
          silent: true,
          symbol: "none",
          animation: false,
          lineStyle: { color: colour.quiet, type: "solid", width: px(1) },
          label: { formatter: monthAndDay(data.targetOn), color: colour.quiet, position: "end", fontSize: px(12) },
          data: [{ xAxis: data.targetOn }],
        },
      },
    ];
    if (data.expected !== null && data.targetOn) {
      series.push({
        ...plain,
        name: PACE,
        data: [
          [last[0], last[3]],
          [data.targetOn, data.expected],
        ],
        lineStyle: { width: px(2), type: [px(8), px(6)], color: colour.resolved },
        itemStyle: { color: colour.resolved },
      });
    }
    return {
      textStyle: { fontFamily: getComputedStyle(document.body).fontFamily },
      grid: { left: 4, right: narrow ? 30 : px(64), top: px(34), bottom: 4, containLabel: true },
      legend: {
        top: 0,
        left: 0,
        data: series.map((one) => one.name).filter((name) => name !== PACE),
        itemWidth: px(24),
        itemStyle: { opacity: 0 }, // the line alone, as it is drawn
        itemGap: px(14),
        textStyle: { color: colour.quiet, fontSize: px(12) },
      },
      tooltip: {
        trigger: "axis",
        renderMode: "richText",
        backgroundColor: colour.ground,
        borderColor: colour.line,
        textStyle: { color: colour.words, fontSize: px(12) },
        formatter: (items) =>
          [
            monthAndDay(items[0].value[0]),
            ...items.map((item) => `${item.seriesName}　${item.value[1]} 件`),
          ].join("\n"),
      },
      xAxis: {
        type: "time",
        min: data.points[0][0],
        max: data.endsOn,
        axisLine: { lineStyle: { color: colour.line } },
        axisTick: { show: false },
        axisLabel: {
          color: colour.quiet,
          fontSize: px(12),
          hideOverlap: true,
          formatter: (value) => `${new Date(value).getMonth() + 1}月`,
        },
        minInterval: 27 * 24 * 3600 * 1000,
        splitLine: { show: false },
      },
      yAxis: {
        type: "value",
        minInterval: 1,
        splitNumber: 4,
        axisLabel: { color: colour.quiet, fontSize: px(12) },
        splitLine: { lineStyle: { color: colour.line } },
      },
      series,
    };
  }

  // Filled shapes carry a pattern of their own besides the colour; lines differ in width and dashes instead.
  function patterns() {
    return { enabled: true, label: { enabled: false }, decal: { show: true } };
  }

  function stacked(data) {
    const colour = palette();
    const fills = [colour.resolved, colour.waiting, colour.registered];
    return {
      aria: patterns(),
      textStyle: { fontFamily: getComputedStyle(document.body).fontFamily },
      grid: { left: 4, right: px(20), top: px(34), bottom: 4, containLabel: true },
      legend: { top: 0, left: 0, itemWidth: px(18), itemHeight: px(10), itemGap: px(14), textStyle: { color: colour.quiet, fontSize: px(12) } },
      tooltip: {
        trigger: "axis",
        renderMode: "richText",
        axisPointer: { type: "shadow" },
        backgroundColor: colour.ground,
        borderColor: colour.line,
        textStyle: { color: colour.words, fontSize: px(12) },
        formatter: (items) =>
          [items[0].name, ...items.map((item) => `${item.seriesName}　${item.value} 件`)].join("\n"),
      },
      xAxis: {
        type: "value",
        minInterval: 1,
        axisLabel: { color: colour.quiet, fontSize: px(12) },
        splitLine: { lineStyle: { color: colour.line } },
      },
      yAxis: {
        type: "category",
        inverse: true,
        data: data.names,
        axisTick: { show: false },
        axisLine: { lineStyle: { color: colour.line } },
        axisLabel: { color: colour.words, fontSize: px(12), width: px(120), overflow: "truncate" },
      },
      series: data.parts.map((part, at) => ({
        type: "bar",
        stack: "all",
        name: part.name,
        data: part.values,
        animation: false,
        barMaxWidth: px(22),
        itemStyle: { color: fills[at], borderColor: colour.ground, borderWidth: 1 },
        label: {
          show: true,
          color: colour.words,
          backgroundColor: colour.ground,
          padding: [1, 3],
          borderRadius: 2,
          fontSize: px(11),
          formatter: (item) => item.value || "",
        },
      })),
    };
  }

  const kinds = { burnup, stacked };

  const opening = () => !document.querySelector("[data-wall]"); // nothing opens from a wall

  // Every mark opens its records: a bar its part of the category, the curve both rates of the day clicked.
  const opens = {
    stacked(chart, data) {
      chart.on("click", (item) => {
        const url = data.parts[item.seriesIndex]?.urls[item.dataIndex];
        if (url && opening()) window.location.assign(url);
      });
    },
    burnup(chart, data) {
      if (!opening()) return;
      chart.getZr().on("click", (event) => {
        const at = [event.offsetX, event.offsetY];
        if (!chart.containPixel("grid", at)) return;
        const asked = chart.convertFromPixel({ gridIndex: 0 }, at)[0];
        const past = data.points.filter((point) => new Date(point[0]) <= asked);
        const [day] = past[past.length - 1] ?? data.points[0];
        window.location.assign(data.day.replace("DAY", day));
      });
    },
  };

  function draw(box) {
    if (echarts.getInstanceByDom(box)) return;
    const data = JSON.parse(document.getElementById(box.dataset.source).textContent);
    const chart = echarts.init(box);
    const paint = () => chart.setOption(kinds[box.dataset.chart](data, box.clientWidth < 480), true);
    paint();
    opens[box.dataset.chart]?.(chart, data);
    const sized = new ResizeObserver(() => {
      if (!box.clientWidth) return;
      chart.resize();
      paint();
    });
    sized.observe(box);
    document.addEventListener("themechange", paint);
    document.addEventListener(
      "chartsgone",
      () => {
        sized.disconnect();
        document.removeEventListener("themechange", paint);
        chart.dispose();
      },
      { once: true },
    );
  }

  // A page that puts other charts in the place of these says so before and after.
  const drawAll = () => document.querySelectorAll("[data-chart]").forEach((box) => box.clientWidth && draw(box));
  document.addEventListener("chartsadded", drawAll);

  // On paper: light, as wide as the sheet, with every table open.
  let before = null;
  window.addEventListener("beforeprint", () => {
    before = { theme: document.documentElement.dataset.bsTheme, closed: [...document.querySelectorAll("details:not([open])")] };
    document.documentElement.dataset.bsTheme = "light";
    before.closed.forEach((one) => (one.open = true));
    document.dispatchEvent(new Event("themechange"));
  });
  window.addEventListener("afterprint", () => {
    if (!before) return;
    document.documentElement.dataset.bsTheme = before.theme;
    before.closed.forEach((one) => (one.open = false));
    before = null;
    document.dispatchEvent(new Event("themechange"));
  });

  document.addEventListener("DOMContentLoaded", () => {
    document.body.append(probe);
    drawAll();
  });
})();
