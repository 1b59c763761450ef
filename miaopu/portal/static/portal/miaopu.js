// Small behaviours of the pages. Everything works without them; nothing here decides anything.
(function () {
  "use strict";

  function focusable(node) {
    if (node) { node.focus({ preventScroll: false }); }
  }

  // A refused form: the summary of its errors takes the focus.
  function focusSummary(root) { focusable(root.querySelector("[data-focus]")); }

  // One submission per form: the buttons rest until the next page, and wake when one comes back.
  function rest(form) {
    form.dataset.sent = "yes";
    var announce = document.getElementById("announce");
    if (announce) { announce.textContent = announce.dataset.sent; }
    // After the event, so that the button's own name and value are still sent.
    setTimeout(function () {
      form.querySelectorAll("button:not([type=button]), input[type=submit]").forEach(function (button) {
        if (!button.disabled) { button.disabled = true; button.dataset.rests = "yes"; }
      });
    }, 0);
  }
  function wake() {
    document.querySelectorAll("form[data-sent]").forEach(function (form) { delete form.dataset.sent; });
    document.querySelectorAll("[data-rests]").forEach(function (button) {
      button.disabled = false;
      delete button.dataset.rests;
    });
  }
  document.addEventListener("submit", function (event) {
    var form = event.target;
    if (form.method !== "post" || event.defaultPrevented || form.hasAttribute("hx-post")) { return; }
    if (form.dataset.sent) { event.preventDefault(); return; }
    rest(form);
  });
  window.addEventListener("pageshow", wake);

  // The clause beside the page.
  var opener = null;
  function closeAside() {
    var aside = document.getElementById("aside");
    if (!aside || aside.hidden) { return; }
    aside.hidden = true;
    document.body.classList.remove("with-aside");
    focusable(opener);
  }
  document.addEventListener("htmx:afterSwap", function (event) {
    if (event.detail.target.id === "aside-body") {
      opener = event.detail.requestConfig.elt;
      document.getElementById("aside").hidden = false;
      document.body.classList.add("with-aside");
      opener.scrollIntoView({ block: "nearest" });
      event.detail.target.focus({ preventScroll: true });
    } else {
      focusSummary(event.detail.target);
    }
  });
  // Where the clause cannot be fetched, the link is followed as a link.
  ["htmx:responseError", "htmx:sendError"].forEach(function (name) {
    document.addEventListener(name, function (event) {
      var link = event.detail.elt;
      if (link.hasAttribute("data-aside")) { window.location.assign(link.href); }
    });
  });

  document.addEventListener("click", function (event) {
    if (!(event.target instanceof Element)) { return; }
    var opens = event.target.closest("[data-opens]");
    if (opens) {
      var dialog = document.getElementById(opens.dataset.opens);
      if (dialog && dialog.showModal) { event.preventDefault(); dialog.showModal(); }
    }
    if (event.target.closest("[data-closes]")) { event.target.closest("dialog").close(); }
    if (event.target.closest("[data-aside-close]")) { closeAside(); }
    if (event.target.closest("[data-print]")) { window.print(); }
  });

  document.addEventListener("keydown", function (event) {
    if (event.key === "Escape") { closeAside(); }
  });

  // A table that is wider than its box says so, and keeps its first column in sight.
  function measureTables() {
    document.querySelectorAll(".table-box").forEach(function (box) {
      var scrolls = box.scrollWidth > box.clientWidth + 1;
      var hint = box.previousElementSibling;
      box.classList.toggle("scrolls", scrolls);
      if (scrolls && !box.hasAttribute("tabindex")) {
        box.tabIndex = 0;
        box.setAttribute("role", "region");
        box.setAttribute("aria-label", (box.querySelector("caption") || hint || box).textContent.trim().slice(0, 120));
      }
      if (hint && hint.hasAttribute("data-scroll-hint")) { hint.hidden = !scrolls; }
    });
  }
  window.addEventListener("resize", measureTables);
  document.addEventListener("toggle", measureTables, true);  // a table in details that were closed
  document.addEventListener("htmx:afterSettle", measureTables);

  document.addEventListener("DOMContentLoaded", function () { focusSummary(document); measureTables(); });
  if (document.readyState !== "loading") { focusSummary(document); measureTables(); }
}());
