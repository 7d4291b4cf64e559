(function () {
  "use strict";
  // A text beside what the pointer or the keyboard is on; the browser's own would come late, and never for a keyboard.
  var tip = document.createElement("div");
  tip.className = "tip";
  tip.hidden = true;
  tip.setAttribute("aria-hidden", "true");
  document.body.appendChild(tip);
  var shownFor = null;
  function hide() { tip.hidden = true; shownFor = null; }
  function show(of) {
    var place = of.getBoundingClientRect();
    tip.textContent = of.getAttribute("aria-label");
    tip.hidden = false;
    shownFor = of;
    var width = document.documentElement.clientWidth;
    var left = Math.max(8, Math.min(place.left, width - tip.offsetWidth - 8));
    var over = place.top - tip.offsetHeight - 6;
    // Through the object model: the page's policy refuses style attributes alone.
    tip.style.left = left + window.scrollX + "px";
    tip.style.top = (over > 0 ? over : place.bottom + 6) + window.scrollY + "px";
  }
  document.querySelectorAll(".chart [aria-label]").forEach(function (of) {
    var title = of.querySelector("title");
    if (title) { title.remove(); }
    of.addEventListener("pointerenter", function () { show(of); });
    of.addEventListener("pointerleave", hide);
    of.addEventListener("focus", function () { show(of); });
    of.addEventListener("blur", hide);
    var touched = false;
    of.addEventListener("pointerdown", function (event) { touched = event.pointerType === "touch" && shownFor !== of; });
    // The first touch tells, the second follows.
    of.addEventListener("click", function (event) { if (touched) { event.preventDefault(); show(of); } });
  });
  document.addEventListener("keydown", function (event) { if (event.key === "Escape") { hide(); } });

  function open() {
    var name = decodeURIComponent(location.hash.slice(1));
    var to = name && document.getElementById(name);
    if (!to) { return; }
    for (var each = to; each; each = each.parentElement) { if (each.tagName === "DETAILS") { each.open = true; } }
    to.scrollIntoView();
    if (to.hasAttribute("tabindex")) { to.focus({ preventScroll: true }); }
  }
  window.addEventListener("hashchange", open);
  open();

  var folded = [];
  window.addEventListener("beforeprint", function () {
    folded = Array.prototype.slice.call(document.querySelectorAll("details.unfold:not([open])"));
    folded.forEach(function (each) { each.open = true; });
  });
  window.addEventListener("afterprint", function () { folded.forEach(function (each) { each.open = false; }); });

  var form = document.querySelector("form.search");
  if (form) {
    var field = form.querySelector("input");
    var found = document.getElementById("search-found");
    var rules = Array.prototype.slice.call(document.querySelectorAll("article.rule"));
    var texts = rules.map(function (rule) { return rule.textContent.toLowerCase(); });
    form.hidden = false;
    form.addEventListener("submit", function (event) { event.preventDefault(); });
    field.addEventListener("input", function () {
      var words = field.value.toLowerCase().split(/\s+/).filter(Boolean);
      var number = 0;
      rules.forEach(function (rule, index) {
        var holds = words.every(function (word) { return texts[index].indexOf(word) >= 0; });
        rule.hidden = !holds;
        number += holds ? 1 : 0;
      });
      document.querySelectorAll("section.head").forEach(function (head) { head.hidden = words.length > 0; });
      document.querySelectorAll("section.topic").forEach(function (topic) {
        topic.hidden = !topic.querySelector("article.rule:not([hidden])");
      });
      found.textContent = words.length ? (number === 1 ? "1 rule" : number + " rules") + " with these words" : "";
    });
  }

  var filters = document.querySelector("form.filters");
  if (filters) {
    var all = function (of, within) { return Array.prototype.slice.call((within || document).querySelectorAll(of)); };
    var said = function (cell) { return cell.textContent.toLowerCase(); };
    var questions = all("tr.question").map(function (row) {
      return {
        row: row, topic: row.closest("[data-topic]").dataset.topic, title: said(row.cells[0]),
        brief: document.querySelector('tr[data-row="' + row.id + '"]'),
        cells: all("td", row).map(function (cell) {
          return { area: cell.dataset.area, standing: cell.dataset.standing, text: said(cell) };
        })
      };
    });
    var ticked = function (name) {
      return all("input[name=" + name + "]:checked", filters).map(function (each) { return each.value; });
    };
    var filter = function () {
      var words = document.getElementById("filter-words").value.toLowerCase().split(/\s+/).filter(Boolean);
      var topic = document.getElementById("filter-topic").value;
      var areas = ticked("area"), standings = ticked("standing"), number = 0;
      all("[data-area]").forEach(function (cell) { cell.hidden = areas.indexOf(cell.dataset.area) < 0; });
      questions.forEach(function (one) {
        var cells = one.cells.filter(function (cell) { return areas.indexOf(cell.area) >= 0; });
        var text = one.title + " " + cells.map(function (cell) { return cell.text; }).join(" ");
        var holds = (!topic || one.topic === topic) &&
          words.every(function (word) { return text.indexOf(word) >= 0; }) &&
          (!standings.length || cells.some(function (cell) { return standings.indexOf(cell.standing) >= 0; }));
        one.row.hidden = !holds;
        if (one.brief) { one.brief.hidden = !holds; }
        number += holds ? 1 : 0;
      });
      all("[data-topic]").forEach(function (each) { each.hidden = !each.querySelector("tbody tr:not([hidden]), tr[data-row]:not([hidden])"); });
      document.getElementById("filter-found").textContent = number === questions.length && areas.length === all("input[name=area]").length
        ? "" : (number === 1 ? "1 question" : number + " questions") + " of " + questions.length;
    };
    filters.hidden = false;
    all(".only-script").forEach(function (each) { each.hidden = false; });
    filters.addEventListener("submit", function (event) { event.preventDefault(); });
    filters.addEventListener("input", filter);
    filters.addEventListener("reset", function () { setTimeout(filter, 0); });
    window.addEventListener("hashchange", function () {
      var to = document.getElementById(decodeURIComponent(location.hash.slice(1)));
      // What a link leads to is shown, whatever was filtered out.
      if (to && to.closest("[hidden]") && to !== filters) { filters.reset(); setTimeout(open, 0); }
    });
    // A browser may have kept what was chosen before the page was loaded anew.
    filter();
  }
})();
