// The table of a target's parts: sums while one types, and a block from a spreadsheet pasted into
// any cell. Without it the button "recompute" and the box for pasting do the same.
(function () {
  "use strict";
  var form = document.querySelector("form[data-target-grid]");
  if (!form) { return; }
  var places = parseInt(form.dataset.places, 10);
  var NOTHING = ["", "-", "—", "–", "——", "/", "无"];
  var rows = Array.prototype.slice.call(form.querySelectorAll("[data-grid-row]"));

  // The figure in the last printed digit, null where there is none, undefined where it is no figure.
  function read(text) {
    var plain = text.normalize("NFKC").replace(/\s/g, "");
    if (NOTHING.indexOf(plain) >= 0) { return null; }
    var found = /^(\d{1,3}(?:,\d{3})+|\d+)(?:\.(\d+))?$/.exec(plain);
    if (!found) { return undefined; }
    var rest = (found[2] || "").replace(/0+$/, "");
    if (rest.length > places) { return undefined; }
    return BigInt(found[1].replace(/,/g, "") + rest.padEnd(places, "0"));
  }
  function shown(value) {
    if (value === null) { return "—"; }
    var sign = value < 0n ? "-" : "";
    var digits = (value < 0n ? -value : value).toString().padStart(places + 1, "0");
    var at = digits.length - places;
    return sign + digits.slice(0, at).replace(/\B(?=(\d{3})+$)/g, ",") + (places ? "." + digits.slice(at) : "");
  }
  function add(sum, value) {
    return value === null || value === undefined ? sum : (sum === null ? 0n : sum) + value;
  }
  function cells(row) {
    return Array.prototype.slice.call(row.querySelectorAll("input[type=text]"));
  }
  function put(selector, texts) {
    form.querySelectorAll(selector).forEach(function (place, index) {
      place.textContent = texts[Math.min(index, texts.length - 1)];
    });
  }
  function words(total) {
    var tag = form.querySelector("[data-grid-words]");
    if (!form.dataset.adds) { return; }
    var rest = total === null ? null : read(form.dataset.whole) - total;
    var kind = rest === null ? "empty" : rest === 0n ? "even" : rest > 0n ? "under" : "over";
    var left = rest === null ? "" : shown(rest < 0n ? -rest : rest);
    tag.textContent = form.dataset[kind].replace("{rest}", left);
    tag.className = "tag tag-" + (kind === "even" ? "good" : kind === "empty" ? "neutral" : "soon");
  }
  function work() {
    var columns = [];
    var total = null;
    rows.forEach(function (row) {
      var sum = null;
      cells(row).filter(function (cell) { return !("gridBaseline" in cell.dataset); })
        .forEach(function (cell, index) {
          var value = read(cell.value);
          sum = add(sum, value);
          columns[index] = add(columns[index] === undefined ? null : columns[index], value);
        });
      row.querySelector("[data-grid-total]").textContent = shown(sum);
      total = add(total, sum);
    });
    put("[data-grid-column]", columns.map(shown));
    put("[data-grid-sum]", [shown(total)]);
    words(total);
  }
  function block(text) {
    var lines = text.replace(/\r\n?/g, "\n").replace(/\n+$/, "").split("\n");
    return lines.map(function (line) {
      return line.split("\t").map(function (cell) { return cell.replace(/^"|"$/g, "").trim(); });
    });
  }

  form.addEventListener("input", work);
  form.addEventListener("paste", function (event) {
    var start = event.target.closest("[data-grid-row]");
    var text = event.clipboardData ? event.clipboardData.getData("text") : "";
    if (!start || !/[\t\n]/.test(text.trim())) { return; }
    event.preventDefault();
    var column = cells(start).indexOf(event.target);
    block(text).forEach(function (line, down) {
      var row = rows[rows.indexOf(start) + down];
      if (!row) { return; }
      line.forEach(function (value, right) {
        var cell = cells(row)[column + right];
        if (cell) { cell.value = value; }
      });
    });
    event.target.dispatchEvent(new Event("input", { bubbles: true }));
  });
  // Enter and the arrows lead up and down, as in a spreadsheet.
  form.addEventListener("keydown", function (event) {
    var row = event.target.closest("[data-grid-row]");
    var step = { ArrowDown: 1, Enter: 1, ArrowUp: -1 }[event.key];
    if (!row || !step) { return; }
    var next = rows[rows.indexOf(row) + step];
    if (event.key === "Enter" || next) { event.preventDefault(); }
    if (next) { cells(next)[cells(row).indexOf(event.target)].select(); }
  });
}());
