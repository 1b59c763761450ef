// Work by keyboard on the pages of offices: single keys that lead to a step, never take it.
// Not while somebody types; can be switched off for good in this browser (WCAG 2.1.4).
(function () {
  "use strict";

  var OFF = "miaopu-keys-off";
  var memory = null; // where the browser keeps nothing, until the page is left

  function off() {
    try { return localStorage.getItem(OFF) === "yes"; } catch (error) { return memory === "yes"; }
  }
  function switchTo(value) {
    memory = value;
    try { localStorage.setItem(OFF, value); } catch (error) { /* kept until the page is left */ }
  }
  function show() {
    document.querySelectorAll("[data-keys]").forEach(function (box) { box.hidden = false; });
    document.querySelectorAll("[data-keys-on]").forEach(function (line) { line.hidden = off(); });
    document.querySelectorAll("[data-keys-switch]").forEach(function (button) {
      button.textContent = off() ? button.dataset.off : button.dataset.on;
    });
  }

  // Queues: j and k, or the arrows, walk the rows; Enter is the link's own.
  function walk(step) {
    var rows = Array.prototype.slice.call(document.querySelectorAll("[data-queue] [data-row]"));
    if (!rows.length) { return false; }
    var at = rows.findIndex(function (row) { return row.classList.contains("chosen"); });
    var next = at < 0 ? (step > 0 ? 0 : rows.length - 1) : Math.min(rows.length - 1, Math.max(0, at + step));
    rows.forEach(function (row) { row.classList.remove("chosen"); });
    rows[next].classList.add("chosen");
    var link = rows[next].querySelector("a");
    if (link) { link.focus({ preventScroll: false }); }
    rows[next].scrollIntoView({ block: "nearest" });
    return true;
  }

  // A key of the page: a link is followed, a form is opened at the first thing it asks for.
  function lead(key) {
    var target = document.querySelector('[data-key="' + key + '"]');
    if (!target) { return false; }
    if (target.tagName === "A") { target.click(); return true; }
    var folded = target.closest("details");
    if (folded) { folded.open = true; }
    var first = target.querySelector("[required]:not([type=hidden])") ||
      target.querySelector("input[type=text]") ||
      target.querySelector("button[name=next]") ||
      target.querySelector("button");
    if (first) {
      first.focus({ preventScroll: true });
      first.scrollIntoView({ block: "center" });
    }
    return true;
  }

  function typing(element) {
    var field = element.closest("input, textarea, select, [contenteditable]");
    return field && ["checkbox", "radio", "button", "submit", "hidden"].indexOf(field.type) < 0;
  }
  // Whether a key means a step: not while somebody types, not when switched off.
  window.miaopuKeysOn = function (event) {
    var at = event.target;
    return at instanceof Element && !event.isComposing && !event.ctrlKey && !event.metaKey && !event.altKey &&
      !off() && !typing(at) && !at.closest("dialog[open]");
  };

  document.addEventListener("keydown", function (event) {
    var at = event.target;
    if (!(at instanceof Element) || event.isComposing) { return; }
    if (event.key === "Enter" && event.ctrlKey) {
      var form = at.closest("form[data-key]");
      var on = form && form.querySelector("button[name=next]");
      if (on && !on.disabled) { event.preventDefault(); on.click(); }
      return;
    }
    if (event.ctrlKey || event.metaKey || event.altKey || at.closest("dialog[open]")) { return; }
    if (event.key === "Escape" && typing(at)) { at.blur(); return; }
    if (typing(at) || off()) { return; }
    var done = false;
    if (event.key === "?") {
      var help = document.getElementById("keys");
      if (help && help.showModal) { help.showModal(); done = true; }
    } else if (event.key === "j" || event.key === "k") {
      done = walk(event.key === "j" ? 1 : -1);
    } else if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      var free = at === document.body || at.id === "main" || at.closest("[data-queue]");
      done = Boolean(free) && walk(event.key === "ArrowDown" ? 1 : -1);
    } else if (/^[a-z]$/.test(event.key)) {
      done = lead(event.key);
    }
    if (done) { event.preventDefault(); }
  });

  document.addEventListener("click", function (event) {
    if (!(event.target instanceof Element) || !event.target.closest("[data-keys-switch]")) { return; }
    switchTo(off() ? "no" : "yes");
    show();
  });

  document.addEventListener("DOMContentLoaded", show);
  if (document.readyState !== "loading") { show(); }
}());
