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
          shown.replaceWith(fresh);
        }
      } catch (e) {
        return; // The application has ended; what was shown last stays.
      }
    }
    plan();
  }
  function plan() {
    const status = document.getElementById(ID).dataset.status;
    if (status === "running" || status === "none") {
      setTimeout(refresh, 2000);
    }
  }
  plan();
})();
