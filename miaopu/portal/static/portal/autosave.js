// Saves a form while somebody types: a second after the last key, every three seconds at the latest.
// Without it the buttons do the same. Another tab is never overwritten: the server says so.
(function () {
  "use strict";
  var PAUSE = 1000;
  var LONGEST = 3000;
  var form = document.querySelector("form[data-autosave]");
  if (!form || !window.fetch) { return; }
  var status = document.querySelector("[data-autosave-status]");
  var timer = null;
  var since = 0;
  var dirty = false;
  var stopped = false;
  var running = null;

  function say(kind, text) {
    status.textContent = text || status.dataset[kind];
    if (kind === "saved") {
      status.textContent += " " + new Date().toLocaleTimeString("zh", { hour12: false });
    }
    if (kind === "out" || kind === "conflict") {
      stopped = true;
      document.getElementById("announce").textContent = status.textContent;
    }
  }
  function later(wait) {
    clearTimeout(timer);
    timer = setTimeout(save, wait);
  }
  function told(answer) {
    if (answer.type === "opaqueredirect" || answer.status === 403) { say("out"); return null; }
    if (answer.status >= 500 || answer.status === 429) { throw new Error(answer.status); }
    return answer.json().then(function (said) {
      if (!answer.ok) { say("conflict", said.message); return; }
      form.elements.revision.value = said.revision;
      say("saved");
    });
  }
  // What was typed; files go with the button.
  function typed() {
    var fields = new URLSearchParams();
    new FormData(form).forEach(function (value, name) {
      if (typeof value === "string") { fields.append(name, value); }
    });
    return fields;
  }
  function save(last) {
    clearTimeout(timer);
    if (!dirty || stopped) { return; }
    if (running) { later(PAUSE); return; }
    dirty = false;
    since = 0;
    say("saving");
    running = fetch(form.dataset.autosave, {
      method: "POST",
      body: typed(),
      headers: { "Autosave": "1" },
      credentials: "same-origin",
      redirect: "manual",
      keepalive: last === true
    }).then(told).catch(function () {
      dirty = true;
      say("failed");
      later(LONGEST);
    }).then(function () { running = null; });
  }

  ["input", "change"].forEach(function (name) {
    form.addEventListener(name, function () {
      if (stopped) { return; }
      dirty = true;
      since = since || Date.now();
      later(Math.max(0, Math.min(PAUSE, since + LONGEST - Date.now())));
    });
  });
  // The tab goes away: what was typed in the last second goes with a request that outlives it.
  window.addEventListener("pagehide", function () { save(true); });
  document.addEventListener("visibilitychange", function () {
    if (document.visibilityState === "hidden") { save(true); }
  });
  // The button waits for a save that is on its way, so that both do not seem to be two people.
  form.addEventListener("submit", function (event) {
    clearTimeout(timer);
    if (!running) { stopped = true; return; }
    event.preventDefault();
    var button = event.submitter;
    var wait = new Promise(function (done) { setTimeout(done, LONGEST); });
    Promise.race([running, wait]).then(function () {
      running = null;
      stopped = true;
      form.requestSubmit(button);
    });
  });
  window.addEventListener("pageshow", function () { stopped = false; });
}());
