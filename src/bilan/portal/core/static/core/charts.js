// Draws every <figure data-chart-url="…"> once it comes into view. The address answers with a Vega-Lite specification;
// its usermeta may hold `alt` (what the chart shows, in words), `table` ({columns, rows}: the same data to read), and
// `title`, `notes` and `simulated` as text of the page.
// The bundle (vega.js) is loaded before. Needs no eval: expressions run on Vega's interpreter.
(() => {
  "use strict";

  const NARROW = 520;
  const WIDE = 760;
  const ENTRY = 150; // pixels of an entry of a legend
  const TIMES = 8; // that a chart is asked for, PAUSE seconds after another where the answer names no time
  const PAUSE = 2;
  const ERRORS = 1; // what Vega says to the console: no hints to makers of specifications
  // Colours of the light theme (policy/chart_colours.csv, charts.py) and what they become on a dark ground.
  // "#ffffff" and "#111111" are ink on a coloured bar and stay.
  const DARK = {
    white: "#141d23", "#1d2730": "#e4ecf0", "#5f6b76": "#a3b3bd", "#e6e9ec": "#2a3740", "#aab2ba": "#52636e",
    "#1f4e79": "#7db9ec", "#c0392b": "#ff8f80", "#5b9bd5": "#6aa9de", "#d98032": "#e99b56", "#2a7f9e": "#5cb6d4",
    "#c4c9cf": "#5d6b75",
  };

  // The interpreter reads datetime(ms) as a year; with one argument it is a moment.
  const datetime = (year, month = 0, day = 1, ...time) => new Date(year, month, day, ...time);
  const moment = (...parts) => (parts.length === 1 ? new Date(parts[0]) : datetime(...parts));

  const isDark = () => getComputedStyle(document.documentElement).getPropertyValue("color-scheme").trim() === "dark";

  const inDark = (part) => {
    if (typeof part === "string") return DARK[part] ?? part;
    if (Array.isArray(part)) return part.map(inDark);
    if (part === null || typeof part !== "object") return part;
    return Object.fromEntries(Object.entries(part).map(([name, value]) =>
      [name, name === "values" || name === "datasets" ? value : inDark(value)]));
  };

  const everyLegend = (part, change) => {
    if (part === null || typeof part !== "object") return;
    if (part.legend && typeof part.legend === "object") change(part.legend);
    for (const [name, value] of Object.entries(part)) if (name !== "datasets") everyLegend(value, change);
  };

  const lines = (text) => (Array.isArray(text) ? text : [text ?? ""]).join(" ").trim();

  const note = (words, kind) => {
    const one = document.createElement("span");
    if (kind) one.className = kind;
    one.textContent = words;
    return one;
  };

  // Title and notes become text of the page: it wraps, is read aloud, and is found by a search. Notes stay apart.
  const caption = (figure, spec) => {
    const title = typeof spec.title === "object" ? spec.title : { text: spec.title };
    const told = spec.usermeta ?? {};
    delete spec.title;
    const heading = figure.querySelector("[data-chart-title]");
    const place = figure.querySelector("[data-chart-notes]");
    if (heading && !heading.textContent.trim()) heading.textContent = told.title ?? lines(title?.text);
    if (!place) return;
    const notes = (told.notes ?? [lines(title?.subtitle)]).filter(Boolean).map((words) => note(words));
    place.replaceChildren(...(told.simulated ? [note(told.simulated, "tag simulated")] : []), ...notes);
  };

  const MULTIPLES = ["facet", "concat", "hconcat", "vconcat"]; // keep their width; the page lets them scroll
  const BESIDE = 300; // pixels for the words left and right of a chart that places some of them by pixels
  const LEAST = 160;
  const TALLER = 1.6; // times the height of rows that hold their words above them, of which ABOVE is the distance
  const ABOVE = 17;
  const NAMES = 0.6; // share of the width that the name of a row may take

  const byPixels = (spec) => (spec.layer ?? []).filter((layer) => typeof layer.encoding?.x?.value === "number");

  const narrowed = (spec, width) => {
    const change = Math.min(0, Math.max(LEAST, width - BESIDE) - spec.width);
    spec.width += change;
    for (const layer of byPixels(spec)) layer.encoding.x.value += change;
  };

  const filled = (spec) => {
    spec.width = "container";
    spec.autosize = { type: "fit-x", contains: "padding", resize: true };
  };

  // On a phone nothing has room beside the rows: name and words of a row stand above what is drawn of it.
  const stacked = (spec, width) => {
    filled(spec);
    spec.height *= TALLER;
    const above = { labelAlign: "left", labelPadding: 0, labelOffset: -ABOVE, labelLimit: width * NAMES, zindex: 1 };
    for (const layer of spec.layer) if (layer.encoding?.y?.axis) Object.assign(layer.encoding.y.axis, above);
    spec.layer = spec.layer.flatMap((layer) => {
      if (!byPixels({ layer: [layer] }).length) return [layer];
      layer.encoding.x.value = "width";
      Object.assign(layer.mark, { align: "right", dy: -ABOVE });
      const ground = { color: "white", stroke: "white", strokeWidth: 9, strokeJoin: "round" };
      return [{ ...layer, mark: { ...layer.mark, ...ground } }, layer]; // readable where a line passes
    });
  };

  const fitted = (spec, width) => {
    const narrow = width < NARROW;
    if (byPixels(spec).length) (narrow ? stacked : narrowed)(spec, width);
    else if (!MULTIPLES.some((name) => name in spec)) filled(spec);
    everyLegend(spec, (legend) => {
      if (narrow) Object.assign(legend, { columns: 1, labelLimit: width - 60 });
      else if (width < WIDE) legend.columns ??= Math.floor(width / ENTRY);
    });
    spec.config = { ...spec.config, background: "transparent", padding: 4 };
    delete spec.background;
    return spec;
  };

  const cell = (row, kind, text) => {
    const one = document.createElement(kind);
    if (kind === "th") one.scope = "col";
    one.textContent = text ?? "—";
    row.append(one);
  };

  const fillTable = (figure, table) => {
    const place = figure.querySelector("[data-chart-table]");
    if (!place || !table) return;
    const made = document.createElement("table");
    made.createCaption().textContent = figure.dataset.chartAlt || figure.chartSpec.usermeta?.alt || "";
    made.caption.className = "unseen";
    const head = made.createTHead().insertRow();
    for (const name of table.columns) cell(head, "th", name);
    const body = made.createTBody();
    for (const values of table.rows) {
      const row = body.insertRow();
      for (const value of values) cell(row, "td", value);
    }
    place.querySelector("[data-chart-table-body]").replaceChildren(made);
    place.hidden = false;
  };

  const draw = async (figure) => {
    const place = figure.querySelector("[data-chart-place]");
    const spec = structuredClone(figure.chartSpec);
    caption(figure, spec);
    place.style.minWidth = figure.dataset.chartMin ? `${figure.dataset.chartMin}px` : ""; // less, and words collide
    const drawn = fitted(spec, place.clientWidth);
    figure.chartView?.finalize();
    const result = await window.bilanVegaEmbed(place, isDark() ? inDark(drawn) : drawn, {
      actions: false, ast: true, defaultStyle: false, logLevel: ERRORS, renderer: "canvas",
      expressionFunctions: { datetime: moment },
      tooltip: { disableDefaultStyle: true, theme: isDark() ? "dark" : "light" },
    });
    figure.chartView = result;
    const canvas = place.querySelector("canvas");
    canvas?.setAttribute("role", "img");
    canvas?.setAttribute("aria-label", figure.dataset.chartAlt || figure.chartSpec.usermeta?.alt || "");
    figure.dataset.chartState = "drawn";
  };

  // What a chart is made from may still be computed: then a page that says so is the answer, or a time to ask again.
  const isEarly = (answer) =>
    answer.status === 503 || (answer.ok && !answer.headers.get("Content-Type")?.includes("json"));

  const asked = async (url, times = TIMES) => {
    const answer = await fetch(url, { headers: { Accept: "application/json" } });
    if (times > 1 && isEarly(answer)) {
      await new Promise((go) => setTimeout(go, 1000 * (Number(answer.headers.get("Retry-After")) || PAUSE)));
      return asked(url, times - 1);
    }
    if (!answer.ok) throw new Error(String(answer.status));
    return answer.json();
  };

  const load = async (figure) => {
    figure.dataset.chartState = "loading";
    try {
      figure.chartSpec = await asked(figure.dataset.chartUrl);
      fillTable(figure, figure.chartSpec.usermeta?.table);
      await draw(figure);
    } catch {
      figure.dataset.chartState = "failed"; // the stylesheet shows the sentence that stands in the page for it
    }
  };

  const seen = new IntersectionObserver((entries) => {
    for (const { isIntersecting, target } of entries) {
      if (!isIntersecting) continue;
      seen.unobserve(target);
      load(target);
    }
  }, { rootMargin: "200px" });

  const watch = (root) => root.querySelectorAll("figure[data-chart-url]:not([data-chart-state])").forEach((figure) => {
    figure.dataset.chartState = "waiting";
    seen.observe(figure);
  });

  const redraw = () => document.querySelectorAll('figure[data-chart-state="drawn"]').forEach(draw);

  watch(document);
  document.addEventListener("htmx:afterSettle", (event) => watch(event.target));
  document.addEventListener("bilan:theme", redraw);
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", redraw);
  addEventListener("beforeprint", () => document.querySelectorAll('figure[data-chart-state="waiting"]').forEach(load));
})();
