// What every page can do beyond links and forms: theme without a reload, dialogs, short notices, menus that close.
(() => {
  "use strict";
  const YEAR = 365 * 24 * 3600;
  const root = document.documentElement;

  // theme: the server sets data-theme from this cookie, so that no page flashes
  document.addEventListener("submit", (event) => {
    const form = event.target.closest("[data-theme-choice]");
    if (!form || !event.submitter) return;
    event.preventDefault();
    const { value } = event.submitter;
    const secure = location.protocol === "https:" ? "; Secure" : "";
    document.cookie = `bilan-theme=${value}; Path=/; Max-Age=${YEAR}; SameSite=Lax${secure}`;
    root.dataset.theme = value;
    document.querySelectorAll("[data-theme-choice] button").forEach((button) =>
      button.setAttribute("aria-pressed", String(button.value === value)));
    document.dispatchEvent(new CustomEvent("bilan:theme"));
  });

  // dialogs: data-opens names one, data-closes closes the one around it
  document.addEventListener("click", (event) => {
    const opener = event.target.closest("[data-opens]");
    const dialog = opener && document.getElementById(opener.dataset.opens);
    if (dialog?.showModal) {
      event.preventDefault();
      dialog.showModal();
    }
    event.target.closest("[data-closes]")?.closest("dialog")?.close();
    if (event.target.closest("[data-prints]")) print();
    if (event.target.nodeName === "DIALOG") event.target.close(); // the ground behind it
  });

  // the tab of this page is in view, however many stand before it
  document.querySelectorAll(".tabs [aria-current]").forEach((tab) => {
    const strip = tab.closest(".tabs"), there = tab.getBoundingClientRect(), seen = strip.getBoundingClientRect();
    strip.scrollLeft += Math.max(0, there.right - seen.right) + Math.min(0, there.left - seen.left);
  });

  // menus close when the reader goes elsewhere
  const closeMenus = (except) => document.querySelectorAll("details.drop-down[open]").forEach((menu) => {
    if (!except || !menu.contains(except)) menu.open = false;
  });
  document.addEventListener("click", (event) => closeMenus(event.target));
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    const menu = document.activeElement?.closest?.("details.drop-down[open]");
    closeMenus();
    menu?.querySelector("summary").focus();
  });

  // notices: an answer of htmx names one in HX-Trigger: {"bilan:toast": {"words": "…"}}
  const notice = ({ words }) => {
    const place = document.querySelector(".toasts");
    if (!place || !words || [...place.children].some((one) => one.firstChild.data === words)) return;
    const toast = document.createElement("div");
    toast.className = "toast";
    toast.append(words);
    const close = document.createElement("button");
    close.type = "button";
    close.textContent = place.dataset.close;
    close.addEventListener("click", () => toast.remove());
    toast.append(close);
    place.append(toast);
    setTimeout(() => { if (!toast.contains(document.activeElement) && !toast.matches(":hover")) toast.remove(); }, 8000);
  };
  document.addEventListener("bilan:toast", (event) => notice(event.detail));

  // what failed without a word of its own
  document.addEventListener("htmx:responseError", ({ detail: { xhr } }) => {
    if (xhr.getResponseHeader("HX-Trigger")) return;
    const { forbidden, failed } = document.querySelector(".toasts")?.dataset ?? {};
    notice({ words: xhr.status === 403 ? forbidden : failed });
  });
  document.addEventListener("htmx:sendError", () => notice({ words: document.querySelector(".toasts")?.dataset.unreachable }));

  // what is wrong with a form is read first
  document.querySelector("[data-takes-focus]")?.focus();

  // uploads: a place to drop a file on
  document.querySelectorAll("[data-upload]").forEach((place) => {
    const input = place.querySelector('input[type="file"]');
    const chosen = place.querySelector("[data-upload-chosen]");
    if (!input) return;
    const show = () => { chosen.textContent = [...input.files].map((file) => file.name).join("、"); };
    place.classList.add("can-drop");
    place.addEventListener("dragover", (event) => { event.preventDefault(); place.classList.add("over"); });
    place.addEventListener("dragleave", () => place.classList.remove("over"));
    place.addEventListener("drop", (event) => {
      event.preventDefault();
      place.classList.remove("over");
      input.files = event.dataTransfer.files;
      show();
      input.dispatchEvent(new Event("change", { bubbles: true }));
    });
    input.addEventListener("change", show);
  });
})();
