// The review: click a span or a row to find the other, decide with keys, add what is selected. Without this file every
// button is a form and every link a page.
(() => {
  "use strict";
  const review = document.querySelector("[data-review]");
  if (!review) return;
  const { htmx } = window;
  const base = review.dataset.review;
  const source = document.getElementById("source-text");
  const editor = document.getElementById("editor");
  const lists = () => document.getElementById("lists");
  const row = (id) => document.getElementById(id);
  const rows = () => [...lists().querySelectorAll(".item[data-state]")];
  const spans = (id) => [...source.querySelectorAll(`[data-item="${CSS.escape(id)}"], [data-in~="${CSS.escape(id)}"]`)];
  let chosen = "";

  // --- finding ---

  // panes that stand side by side scroll by themselves; on a phone the page scrolls, too
  const bring = (one, middle) => {
    const pane = one?.closest(".pane");
    if (!pane) return;
    if (!matchMedia("(min-width: 60rem)").matches) {
      one.scrollIntoView({ block: middle ? "center" : "nearest" });
      return;
    }
    const [outer, inner] = [pane.getBoundingClientRect(), one.getBoundingClientRect()];
    const top = outer.top + (pane.querySelector("header")?.offsetHeight ?? 0);
    if (middle) pane.scrollTop += inner.top - (top + outer.bottom) / 2;
    else if (inner.top < top) pane.scrollTop += inner.top - top;
    else if (inner.bottom > outer.bottom) pane.scrollTop += inner.bottom - outer.bottom;
  };

  // the tab key stops at one span of the text, the arrows go on from it
  const stop = (span) => {
    source.querySelectorAll('a.span:not([tabindex="-1"])').forEach((one) => one.setAttribute("tabindex", "-1"));
    span.removeAttribute("tabindex");
  };

  const choose = (id, { scrollRow = true, scrollText = true, focus = false } = {}) => {
    review.querySelectorAll(".chosen, .part-of-chosen").forEach((one) => one.classList.remove("chosen", "part-of-chosen"));
    chosen = id;
    const item = row(id);
    item?.classList.add("chosen");
    const found = spans(id);
    found.forEach((one) => one.classList.add(one.dataset.item === id ? "chosen" : "part-of-chosen"));
    if (found.length) stop(found[0]);
    if (scrollRow) bring(item, false);
    if (focus) item?.querySelector("[data-choose]")?.focus({ preventScroll: true });
    if (scrollText) bring(found[0], true);
  };

  const show = async (address, then) => {
    await htmx.ajax("GET", address, { target: "#lists", swap: "outerHTML" });
    history.replaceState(null, "", address);
    then?.();
  };

  const find = (id, list, options) => {
    if (row(id)) choose(id, options);
    else if (list) show(`${base}?list=${list}&item=${id}`, () => choose(id, options));
  };

  review.addEventListener("click", (event) => {
    if (event.metaKey || event.ctrlKey || event.shiftKey) return;
    if (event.target.closest(".skip")) {
      event.preventDefault();
      lists().focus();
      return;
    }
    const span = event.target.closest("a.span[data-item]");
    if (span) {
      event.preventDefault();
      if (!String(getSelection())) find(span.dataset.item, new URL(span.href).searchParams.get("list"), { scrollText: false });
      return;
    }
    const choice = event.target.closest("[data-choose]");
    if (choice) {
      event.preventDefault();
      choose(choice.closest(".item").id, { scrollRow: false });
      return;
    }
    const link = event.target.closest("a[data-item][data-list]");
    if (link) {
      event.preventDefault();
      find(link.dataset.item, link.dataset.list);
      return;
    }
    const tab = event.target.closest(".tabs a, .pages a");
    if (tab) {
      event.preventDefault();
      show(tab.href, () => lists().querySelector(".tabs [aria-current]")?.focus());
      return;
    }
    const form = event.target.closest("a[data-edit], a[data-add]");
    if (form) {
      event.preventDefault();
      open(form.href);
    }
  });

  review.addEventListener("submit", (event) => {
    if (!event.target.matches(".filters")) return;
    event.preventDefault();
    show(`${base}?${new URLSearchParams(new FormData(event.target))}`, () => lists().focus());
  });

  // --- deciding ---

  document.addEventListener("submit", (event) => {
    const button = event.submitter;
    if (event.target.id !== "act" || !button?.dataset.item) return;
    event.preventDefault();
    const { item } = button.dataset;
    const next = neighbour(1, item);
    const before = row(item)?.dataset.state;
    htmx.ajax("POST", button.formAction, { target: `#${CSS.escape(item)}`, swap: "outerHTML" })
      .then(() => {
        mark(item);
        recount();
        const moved = row(item)?.dataset.state;
        choose(moved === "confirmed" && ["unreviewed", "carried"].includes(before) && next ? next : item, { focus: true });
      });
  });

  const mark = (item) => {
    const state = row(item)?.dataset.state ?? "";
    spans(item).filter((one) => one.dataset.item === item).forEach((one) => {
      one.classList.remove("unreviewed", "carried", "confirmed", "corrected", "rejected", "added");
      if (state) one.classList.add(state);
    });
  };

  // the button that confirms what is listed counts what is left of it
  const recount = () => {
    const left = rows().filter((one) => one.dataset.state === "unreviewed").length;
    const button = lists().querySelector('[data-opens="confirm-shown"]');
    if (button) button.hidden = !left;
    [button, document.querySelector("#confirm-shown h2")].forEach((one) => {
      if (one) one.textContent = one.textContent.replace(/\d+/, left);
    });
  };

  // a refusal shows the row as it is now, or what is wrong with a form
  document.addEventListener("htmx:beforeSwap", (event) => {
    if ([409, 422].includes(event.detail.xhr.status) && event.detail.serverResponse) {
      event.detail.shouldSwap = true;
      event.detail.isError = false;
    }
  });

  // --- forms in the dialog ---

  const open = async (address) => {
    await htmx.ajax("GET", address, { target: "#editor-body", swap: "innerHTML" });
    if (!document.getElementById("editor-body").firstElementChild) return; // refused: a notice says why
    if (!editor.open) editor.showModal();
    editor.querySelector("input:not([type=hidden]), select, textarea")?.focus();
  };
  editor.addEventListener("click", (event) => {
    if (event.target.closest("[data-closes]")) event.preventDefault();
  });
  editor.addEventListener("close", () => { document.getElementById("editor-body").replaceChildren(); row(chosen)?.querySelector("[data-choose]")?.focus(); });
  document.addEventListener("htmx:afterSwap", () => editor.querySelector("[data-takes-focus]")?.focus());
  document.addEventListener("review:saved", (event) => {
    editor.close();
    mark(event.detail.item);
    recount();
    choose(event.detail.item, { focus: true });
  });

  // --- adding what is selected ---

  const bar = document.getElementById("selection");
  const letters = (text) => [...text].length; // the server counts characters, not UTF-16 units
  const selected = () => {
    const selection = getSelection();
    if (!selection.rangeCount || selection.isCollapsed) return null;
    const range = selection.getRangeAt(0);
    if (!source.contains(range.startContainer) || !source.contains(range.endContainer)) return null;
    const before = document.createRange();
    before.selectNodeContents(source);
    before.setEnd(range.startContainer, range.startOffset);
    const start = letters(before.toString());
    const words = range.toString();
    return words.trim() ? { start, end: start + letters(words) } : null;
  };
  if (bar) {
    document.addEventListener("selectionchange", () => {
      const found = selected();
      bar.hidden = !found;
      if (found) bar.querySelectorAll("[data-add]").forEach((link) => { const query = new URLSearchParams(link.search); query.set("start", found.start); query.set("end", found.end); link.search = query; });
    });
    bar.addEventListener("mousedown", (event) => event.preventDefault()); // keeps the selection
  }

  // --- keys ---

  const neighbour = (step, from = chosen) => {
    const ids = rows().map((one) => one.id);
    if (!ids.length) return "";
    const at = ids.indexOf(from);
    return at < 0 ? ids[step > 0 ? 0 : ids.length - 1] : ids[at + step] ?? "";
  };
  const unreviewed = () => {
    const all = rows();
    const at = all.findIndex((one) => one.id === chosen);
    return [...all.slice(at + 1), ...all.slice(0, at + 1)].find((one) => one.dataset.state === "unreviewed")?.id ?? "";
  };
  const go = (id) => { if (id) choose(id, { focus: true }); };
  const press = (key) => row(chosen)?.querySelector(`[data-key="${key}"]`)?.click();
  const keys = {
    j: () => go(neighbour(1)),
    k: () => go(neighbour(-1)),
    n: () => go(unreviewed()),
    c: () => press("c"),
    e: () => press("e"),
    x: () => press("x"),
    u: () => document.querySelector('#review-head [data-key="u"]:not(:disabled)')?.click(),
    r: () => document.querySelector('#review-head [data-key="r"]:not(:disabled)')?.click(),
    "?": () => document.getElementById("keys").showModal(),
  };
  const OFF = "bilan-review-keys-off";
  const used = document.getElementById("keys-on");
  used.checked = !localStorage.getItem(OFF);
  used.addEventListener("change", () => { if (used.checked) localStorage.removeItem(OFF); else localStorage.setItem(OFF, "1"); });
  // in the review, and where nothing has the focus: a page just opened, a click beside everything
  const busy = () => document.querySelector("dialog[open], details.drop-down[open]");
  const typing = (one) => one.closest("input, select, textarea, dialog, [contenteditable]");
  const hears = (one) => one.matches("body, main") ? !busy() : review.contains(one) && !typing(one);
  document.addEventListener("keydown", (event) => {
    if (!used.checked || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    if (!hears(event.target)) return;
    const tab = /^[1-6]$/.test(event.key) && lists().querySelectorAll(".tabs a")[event.key - 1];
    const act = tab ? () => tab.click() : keys[event.key];
    if (!act) return;
    event.preventDefault();
    act();
  });

  source.addEventListener("focusin", (event) => {
    const span = event.target.closest("a.span");
    if (span) stop(span);
  });
  source.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.shiftKey) return;
    const all = [...source.querySelectorAll("a.span")];
    const at = all.indexOf(event.target.closest("a.span"));
    const steps = { ArrowRight: at + 1, ArrowDown: at + 1, ArrowLeft: at - 1, ArrowUp: at - 1, Home: 0, End: all.length - 1 };
    if (at < 0 || !(event.key in steps)) return;
    event.preventDefault();
    all[steps[event.key]]?.focus();
  });

  if (location.hash.length > 1) {
    const id = decodeURIComponent(location.hash.slice(1));
    history.replaceState(null, "", location.pathname + location.search); // else the whole page goes there, too
    scrollTo(0, 0);
    find(id, "", { focus: true });
  }
})();
