// What a browser can tell of a page. Each function returns a line for each thing that is not as it should be.
({
  // how far the page is wider than the window, and the first thing that makes it so; words that are cut off
  wider: () => {
    const found = [];
    const wide = document.documentElement.scrollWidth - innerWidth;
    const sticksOut = (one) => one.getBoundingClientRect().right > innerWidth + 1 && !one.closest(".scroll, .drawing");
    if (wide > 0) {
      const out = [...document.querySelectorAll("body *")].find(sticksOut);
      found.push(`${wide}px wider than the window: ${out ? out.outerHTML.slice(0, 120) : "?"}`);
    }
    for (const one of document.querySelectorAll("main :is(td, th, dd, a.button, button, h1, h2)")) {
      const style = getComputedStyle(one);
      if (one.checkVisibility() && one.clientWidth > 1 && one.scrollWidth > one.clientWidth + 2
        && style.overflowX === "hidden" && style.textOverflow !== "ellipsis") found.push(`cut: ${one.outerHTML.slice(0, 120)}`);
    }
    return found;
  },

  // what a card on a phone says below the label of a value, in place of beside it
  below: () => [...document.querySelectorAll(".table.cards td[data-label] > *")]
    .filter((one) => one.checkVisibility() && getComputedStyle(one.parentElement).display === "grid")
    .filter((one) => one.getBoundingClientRect().width > 1
      && one.getBoundingClientRect().left < one.parentElement.getBoundingClientRect().left + 2)
    .map((one) => `below its label: ${one.outerHTML.slice(0, 120)}`),

  // fields, buttons, links, pictures and tables that a reader of the screen could not call by a name
  nameless: () => {
    const found = [];
    const say = (what, one) => found.push(`${what}: ${one.outerHTML.slice(0, 120)}`);
    const words = (id) => document.getElementById(id)?.textContent.trim();
    const named = (one) => (one.getAttribute("aria-label") || "").trim() || one.getAttribute("title")
      || (one.getAttribute("aria-labelledby") || "").split(" ").some(words);
    for (const one of document.querySelectorAll("input:not([type=hidden], [hidden]), select, textarea"))
      if (!named(one) && ![...(one.labels || [])].some((label) => label.textContent.trim())) say("no label", one);
    for (const one of document.querySelectorAll("button, a[href], summary"))
      if (!named(one) && !one.textContent.trim()) say("no name", one);
    for (const one of document.querySelectorAll("img:not([alt])")) say("no alt", one);
    for (const one of document.querySelectorAll("main svg, main canvas"))
      if (!named(one) && !one.closest("[aria-hidden=true]") && !one.querySelector("title")) say("no name", one);
    for (const one of document.querySelectorAll("main table")) if (!one.caption) say("no caption", one);
    const ids = [...document.querySelectorAll("[id]")].map((one) => one.id);
    for (const id of new Set(ids.filter((id, at) => ids.indexOf(id) !== at))) found.push(`twice: #${id}`);
    const heads = document.querySelectorAll("h1").length;
    if (heads !== 1) found.push(`${heads} h1`);
    const ink = (one) => getComputedStyle(one).color;
    for (const one of document.querySelectorAll("h1")) if (ink(one) !== ink(document.body)) found.push("a pale title");
    if (!document.querySelector("main")) found.push("no main");
    if (!document.documentElement.lang) found.push("no lang");
    if (document.title.trim().startsWith("·")) found.push("no title");
    return found;
  },

  // words whose colour is too near that of their ground (WCAG AA), where the ground is a plain colour
  faint: () => {
    const canvas = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
    const rgba = (colour) => {
      canvas.clearRect(0, 0, 1, 1);
      canvas.fillStyle = colour;
      canvas.fillRect(0, 0, 1, 1);
      const [r, g, b, a] = canvas.getImageData(0, 0, 1, 1).data;
      return [r, g, b, a / 255];
    };
    const over = (above, below) => [0, 1, 2].map((one) => above[one] * above[3] + below[one] * (1 - above[3])).concat(1);
    const linear = (one) => (one <= 0.04045 ? one / 12.92 : ((one + 0.055) / 1.055) ** 2.4);
    const light = (colour) => {
      const [r, g, b] = colour.map((one) => linear(one / 255));
      return 0.2126 * r + 0.7152 * g + 0.0722 * b;
    };
    const ground = (one) => {
      const layers = [];
      for (let at = one; at; at = at.parentElement) {
        const style = getComputedStyle(at);
        if (style.backgroundImage !== "none") return null;
        const colour = rgba(style.backgroundColor);
        if (colour[3] > 0) layers.push(colour);
        if (colour[3] === 1) break;
      }
      return layers.reverse().reduce((below, above) => over(above, below), [255, 255, 255, 1]);
    };
    const found = new Map();
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    while (walker.nextNode()) {
      const one = walker.currentNode.parentElement;
      if (!walker.currentNode.data.trim() || one.closest(":disabled, .unseen, noscript, script, option, svg, canvas")) continue;
      if (!one.checkVisibility({ opacityProperty: true, visibilityProperty: true })) continue;
      const below = ground(one);
      if (!below) continue;
      const style = getComputedStyle(one);
      const [brighter, darker] = [light(over(rgba(style.color), below)), light(below)].sort((a, b) => b - a);
      const size = parseFloat(style.fontSize);
      const large = size >= 24 || (size >= 18.66 && Number(style.fontWeight) >= 700);
      const ratio = (brighter + 0.05) / (darker + 0.05);
      if (ratio < (large ? 3 : 4.5) - 0.01) found.set(`${one.className} ${one.tagName}`, `${ratio.toFixed(2)}: ${one.outerHTML.slice(0, 120)}`);
    }
    return [...found.values()];
  },

  // pictures and sheets that were asked for and are not there
  missing: () => [
    ...[...document.images].filter((one) => !one.complete || !one.naturalWidth).map((one) => one.src),
    ...[...document.querySelectorAll("link[rel=stylesheet]")].filter((one) => !one.sheet).map((one) => one.href),
  ].map((one) => `not loaded: ${one}`),

  // Chinese words that are neither in what the selector theirs finds nor one of the names
  chinese: ([theirs, names]) => {
    const isChinese = (words) => /[\u4e00-\u9fff]/.test(names.reduce((left, name) => left.replaceAll(name, ""), words));
    const found = [];
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    while (walker.nextNode()) {
      const { data, parentElement } = walker.currentNode;
      if (isChinese(data) && !parentElement.closest(`${theirs}, script, noscript`)) found.push(data.trim());
    }
    for (const one of document.querySelectorAll("[aria-label], [placeholder], [title]"))
      for (const name of ["aria-label", "placeholder", "title"]) {
        const words = one.getAttribute(name) || "";
        if (isChinese(words) && !one.closest(theirs)) found.push(`${name}: ${words}`);
      }
    if (isChinese(document.title.replace("碧蓝", ""))) found.push(`title: ${document.title}`);
    return found;
  },
})
