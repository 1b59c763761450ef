// Reads the page's main part aloud, in the page's language, where the browser has a voice for it.
(function () {
  "use strict";
  var voice = window.speechSynthesis;
  if (!voice || !window.SpeechSynthesisUtterance) { return; }
  var LONGEST = 180; // some voices fall silent in the middle of long texts
  var NOT_READ = "nav, form, script, [hidden], [aria-hidden=true], .visually-hidden, .crumbs";

  function wordsOf(main) {
    var copy = main.cloneNode(true);
    copy.querySelectorAll(NOT_READ).forEach(function (node) { node.remove(); });
    copy.querySelectorAll("h1, h2, h3, p, li, dt, dd, tr, caption, div").forEach(function (node) {
      node.append("\n");
    });
    copy.querySelectorAll("td, th").forEach(function (node) { node.append("，"); });
    return copy.textContent;
  }

  function pieces(text) {
    return text.split(/[\n。！？；]+/).map(function (one) { return one.trim(); }).filter(Boolean)
      .flatMap(function (one) { return one.match(new RegExp("[\\s\\S]{1," + LONGEST + "}", "g")); });
  }

  document.addEventListener("DOMContentLoaded", function () {
    var main = document.getElementById("main");
    document.querySelectorAll("[data-read-aloud]").forEach(function (button) {
      var start = button.textContent;
      var left = 0;
      function rest() { left = 0; button.textContent = start; button.removeAttribute("aria-pressed"); }
      button.hidden = false;
      button.addEventListener("click", function () {
        voice.cancel();
        if (left) { rest(); return; }
        var found = pieces(wordsOf(main));
        left = found.length;
        if (!left) { return; }
        button.textContent = button.dataset.stop;
        button.setAttribute("aria-pressed", "true");
        found.forEach(function (text) {
          var saying = new SpeechSynthesisUtterance(text);
          saying.lang = document.documentElement.lang === "en" ? "en" : "zh-CN";
          saying.rate = 0.9;
          saying.onend = saying.onerror = function () { left = Math.max(0, left - 1); if (!left) { rest(); } };
          voice.speak(saying);
        });
      });
    });
  });
  window.addEventListener("pagehide", function () { voice.cancel(); });
}());
