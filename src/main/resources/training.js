// While a training runs, its tab is fetched again every two seconds, as long as somebody looks at it.
(function () {
  const ID = "softlabel-training";
  async function refresh() {
    const shown = document.getElementById(ID);
    if (!document.hidden) {
      try {
        const page = await (await fetch(location.href, { cache: "no-store" })).text();
        const fresh = new DOMParser().parseFromString(page, "text/html").getElementById(ID);
        if (fresh) {
          keep(shown, fresh, () => shown.replaceWith(fresh));
        }
      } catch (e) {
        return; // The application has ended; what was shown last stays.
      }
    }
    plan();
  }
  // Who reads a table by keys stays in it, and where it was scrolled to.
  function keep(shown, fresh, replace) {
    const boxes = part => [...part.querySelectorAll(".scroll")];
    const named = label => boxes(fresh).find(b => b.getAttribute("aria-label") === label);
    const before = boxes(shown).map(b => [b.getAttribute("aria-label"), b.scrollLeft, b === document.activeElement]);
    replace();
    for (const [label, left, focused] of before) {
      const box = named(label);
      if (box) {
        box.scrollLeft = left;
        if (focused) {
          box.focus({ preventScroll: true });
        }
      }
    }
  }
  function plan() {
    const status = document.getElementById(ID).dataset.status;
    if (status === "running" || status === "none") {
      setTimeout(refresh, 2000);
    }
  }
  plan();
})();
