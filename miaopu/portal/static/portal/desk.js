// The reading desk by keyboard and without reloading. Everything works without it as links and forms.
(function () {
  "use strict";
  var desk = document.querySelector("[data-desk]");
  var panel = document.getElementById("desk-panel");
  var text = document.getElementById("desk-text");
  if (!desk || !panel || !text) { return; }
  var chosen = null; // what was selected in the text last: its words and where they begin

  // The panel for an address, without the rest of the page.
  function go(href) {
    var since = document.getElementById("desk-since").value;
    var values = { since: since };
    htmx.ajax("GET", href, { target: "#desk-panel", swap: "innerHTML", values: values });
  }

  // Selected words as the plan counts them: code points from its beginning.
  function remember() {
    var selection = document.getSelection();
    if (!selection || selection.isCollapsed || !selection.rangeCount) { return; }
    var range = selection.getRangeAt(0);
    if (!text.contains(range.startContainer) || !text.contains(range.endContainer)) { return; }
    var before = document.createRange();
    before.setStart(text, 0);
    before.setEnd(range.startContainer, range.startOffset);
    chosen = {
      words: range.toString(),
      start: Number(text.dataset.start) + Array.from(before.toString()).length
    };
  }
  function fill() {
    var quote = panel.querySelector("[data-desk-quote]");
    var start = panel.querySelector("[data-desk-start]");
    if (quote && chosen && !quote.value) { quote.value = chosen.words; start.value = chosen.start; }
  }

  // The item in hand is outlined in the text and in sight; states follow what others have done.
  function follow(scroll) {
    var box = panel.querySelector("[data-current]");
    if (!box) { return; }
    text.querySelectorAll(".m-current").forEach(function (mark) { mark.classList.remove("m-current"); });
    (box.dataset.changed || "").split(",").forEach(function (pair) {
      var parts = pair.split(":");
      if (parts.length !== 2) { return; }
      text.querySelectorAll('[data-item="' + parts[0] + '"]').forEach(function (mark) {
        mark.className = mark.className.replace(/\bs-\w+/, "s-" + parts[1]);
      });
    });
    var marks = text.querySelectorAll('[data-item="' + box.dataset.current + '"]');
    marks.forEach(function (mark) { mark.classList.add("m-current"); });
    var first = document.getElementById("m" + box.dataset.current);
    if (scroll && first && text.contains(first)) {
      var away = first.getBoundingClientRect().top - text.getBoundingClientRect().top;
      if (away < 0 || away > text.clientHeight - 60) { text.scrollTop += away - text.clientHeight / 3; }
    }
  }

  document.addEventListener("selectionchange", remember);
  document.addEventListener("click", function (event) {
    var at = event.target;
    if (!(at instanceof Element) || event.ctrlKey || event.metaKey || event.shiftKey || event.button) { return; }
    var tab = at.closest("[data-desk-tab]");
    var link = at.closest("a[data-desk-go], .desk-text a[data-item], .desk-kinds a, .desk-states a");
    if (tab) {
      event.preventDefault();
      show(tab.dataset.deskTab);
    } else if (link && (desk.contains(link))) {
      if (link.closest(".desk-text") && !document.getSelection().isCollapsed) { event.preventDefault(); return; }
      event.preventDefault();
      go(link.getAttribute("href").split("#")[0]);
      if (link.closest(".desk-text")) { show("items"); }
    }
  });
  function show(name) {
    desk.classList.toggle("at-text", name === "text");
    desk.classList.toggle("at-items", name !== "text");
    document.querySelectorAll("[data-desk-tab]").forEach(function (tab) {
      if (tab.dataset.deskTab === name) { tab.setAttribute("aria-current", "page"); } else { tab.removeAttribute("aria-current"); }
    });
  }

  // What the server refuses it says in the panel too.
  document.addEventListener("htmx:beforeSwap", function (event) {
    if (event.detail.target.id !== "desk-panel") { return; }
    if ([409, 422].indexOf(event.detail.xhr.status) >= 0 && /desk-panel/.test(event.detail.xhr.responseText)) {
      event.detail.shouldSwap = true;
      event.detail.isError = false;
    }
  });
  document.addEventListener("htmx:responseError", function (event) {
    if (event.detail.target && event.detail.target.id === "desk-panel") { window.location.reload(); }
  });
  document.addEventListener("htmx:afterSwap", function (event) {
    if (event.detail.target.id !== "desk-panel") { return; }
    follow(true);
    fill();
    var field = panel.querySelector("form .field :is(input, select, textarea):not([type=hidden])");
    var wanted = panel.querySelector("[data-focus]") || field;
    if (wanted) { wanted.focus({ preventScroll: true }); }
    var announce = document.getElementById("announce");
    var title = panel.querySelector(".progress-row span");
    if (announce && title) { announce.textContent = title.textContent; }
  });

  // Keys that come while the panel is on its way mean what it will show: they wait for it.
  var busy = false;
  var waiting = [];
  function ours(event) { return event.detail.target && event.detail.target.id === "desk-panel"; }
  function press(key) {
    var button = panel.querySelector('[data-desk="' + key + '"]');
    if (button) { button.click(); }
  }
  document.addEventListener("htmx:beforeRequest", function (event) {
    if (ours(event)) { busy = true; }
  });
  document.addEventListener("htmx:afterSettle", function (event) {
    if (!ours(event)) { return; }
    busy = false;
    if (panel.querySelector("form .field")) { waiting = []; }
    while (!busy && waiting.length) { press(waiting.shift()); }
  });
  document.addEventListener("htmx:sendError", function () { busy = false; waiting = []; });
  document.addEventListener("keydown", function (event) {
    if (!/^[aexnjk]$/.test(event.key) || !window.miaopuKeysOn(event)) { return; }
    if (busy) { event.preventDefault(); waiting.push(event.key); return; }
    if (panel.querySelector('[data-desk="' + event.key + '"]')) { event.preventDefault(); press(event.key); }
  });
  follow(true);
}());
