// Shows how far an upload is. Without it the form is sent as it is.
(function () {
  "use strict";
  document.addEventListener("submit", function (event) {
    var form = event.target;
    if (!form.hasAttribute("data-upload")) { return; }
    var input = form.querySelector("input[type=file]");
    if (!input || !input.files.length) { return; }
    event.preventDefault();
    var row = form.querySelector(".progress-row");
    var error = form.querySelector("[data-upload-error]");
    var button = form.querySelector("button");
    var request = new XMLHttpRequest();

    function failed(text) {
      row.hidden = true;
      button.disabled = false;
      error.textContent = text || button.textContent;
      error.hidden = false;
    }
    row.hidden = false;
    error.hidden = true;
    button.disabled = true;
    request.upload.addEventListener("progress", function (moved) {
      if (moved.lengthComputable) {
        row.querySelector("progress").value = Math.round(100 * moved.loaded / moved.total);
      }
    });
    request.addEventListener("load", function () {
      var said = null;
      try { said = JSON.parse(request.responseText); } catch (none) { said = null; }
      if (said && said.href) { window.location.assign(said.href); return; }
      if (said && said.message) { failed(said.message); return; }
      form.submit();  // the sign-in has expired or a gateway answered: let the page say it
    });
    request.addEventListener("error", function () { form.submit(); });
    request.open("POST", form.getAttribute("action"));
    request.setRequestHeader("Upload", "1");
    request.send(new FormData(form));
  }, true);
}());
