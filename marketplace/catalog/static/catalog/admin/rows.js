// Panels of rows on a page's edit screen: dialogs fetched from the server, figures kept fresh.
// Without this script every link leads to the same form as a page of its own.
(() => {
  "use strict";
  const POLL = 10000;
  const HEADERS = { "X-Dialog": "1", "X-Requested-With": "XMLHttpRequest" };

  const parse = (html) => new DOMParser().parseFromString(html, "text/html").body;

  // --- panels -----------------------------------------------------------------------------------------------------

  class Panel {
    constructor(root) {
      this.root = root;
      this.body = root.querySelector("[data-rows-body]");
      this.status = root.querySelector("[data-rows-status]");
      root.addEventListener("click", (event) => this.click(event));
      setInterval(() => this.poll(), POLL);
    }

    get url() {
      return this.root.dataset.rowsUrl;
    }

    // The first autosave of a new page tells its id; from then on there is something to hang rows on.
    adopt(id) {
      if (this.url) return;
      this.root.dataset.rowsUrl = this.root.dataset.rowsUrlTemplate.replace("/0/", `/${id}/`);
      this.refresh();
    }

    say(words) {
      this.status.textContent = words;
    }

    click(event) {
      const link = event.target.closest("a[data-dialog]");
      if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
      event.preventDefault();
      new Dialog(this, link).open();
    }

    poll() {
      const shown = this.root.offsetParent !== null && document.visibilityState === "visible";
      if (this.url && shown && !document.querySelector("dialog[open]")) this.refresh().catch(() => {});
    }

    async refresh() {
      const answer = await fetch(this.url, { headers: HEADERS, redirect: "error" });
      if (!answer.ok) return;
      const fresh = parse(await answer.text());
      const shape = (place) => [...place.querySelectorAll("[data-live]")].map((cell) => cell.dataset.live).join();
      const state = (place) => place.querySelector("[data-shape]")?.dataset.shape;
      if (shape(fresh) === shape(this.body) && state(fresh) === state(this.body) && shape(fresh)) this.update(fresh);
      else this.replace(fresh);
    }

    // Only numbers and states changed: touch nothing else, so focus and open parts stay.
    update(fresh) {
      for (const cell of fresh.querySelectorAll("[data-live]")) {
        const old = this.body.querySelector(`[data-live="${cell.dataset.live}"]`);
        if (old && old.innerHTML !== cell.innerHTML) old.innerHTML = cell.innerHTML;
      }
    }

    replace(fresh) {
      const key = document.activeElement?.closest?.("[data-key]")?.dataset.key;
      const opened = new Map([...this.body.querySelectorAll("details[data-key]")].map((d) => [d.dataset.key, d.open]));
      this.body.replaceChildren(...fresh.childNodes);
      for (const part of this.body.querySelectorAll("details[data-key]")) {
        if (opened.has(part.dataset.key)) part.open = opened.get(part.dataset.key);
      }
      if (key) this.focus(key);
    }

    focus(key) {
      const target = this.body.querySelector(`[data-key="${key}"]`) || this.body.querySelector("a[data-dialog]");
      target?.focus();
    }
  }

  // --- dialogs ----------------------------------------------------------------------------------------------------

  class Dialog {
    constructor(panel, link) {
      this.panel = panel;
      this.link = link;
      this.key = link.dataset.key;
      this.dirty = false;
      this.element = document.createElement("dialog");
      this.element.className = "rows-dialog";
      this.element.setAttribute("aria-labelledby", "rows-dialog-title");
      this.element.addEventListener("cancel", (event) => this.leave(event));
      this.element.addEventListener("close", () => this.element.remove());
      this.element.addEventListener("input", () => (this.dirty = true));
      this.element.addEventListener("click", (event) => this.click(event));
      this.element.addEventListener("submit", (event) => this.submit(event));
    }

    async open() {
      this.link.setAttribute("aria-busy", "true");
      try {
        const answer = await fetch(this.link.href, { headers: HEADERS, redirect: "error" });
        if (!answer.ok) throw new Error(answer.status);
        document.body.append(this.element);
        this.show(await answer.text());
        this.element.showModal();
        this.element.querySelector("[autofocus], .rows-form__body :is(input, select, textarea):not([type=hidden])")?.focus();
      } catch {
        window.location.assign(this.link.href); // the page of its own says what is wrong, or asks to log in
      } finally {
        this.link.removeAttribute("aria-busy");
      }
    }

    show(html) {
      this.element.replaceChildren(...parse(html).childNodes);
      dress(this.element);
    }

    click(event) {
      if (!event.target.closest("[data-rows-close]")) return;
      event.preventDefault();
      if (this.mayLeave()) this.element.close();
    }

    leave(event) {
      if (!this.mayLeave()) event.preventDefault();
    }

    mayLeave() {
      return !this.dirty || window.confirm(this.panel.root.dataset.rowsLeave);
    }

    async submit(event) {
      event.preventDefault();
      const form = event.target;
      if (form.getAttribute("aria-busy")) return;
      const data = new FormData(form, event.submitter);
      this.busy(form, true);
      try {
        const answer = await fetch(form.action, { method: "POST", body: data, headers: HEADERS, redirect: "error" });
        if (answer.headers.get("Content-Type")?.startsWith("application/json")) await this.done(await answer.json());
        else if (answer.status === 422) this.refused(await answer.text());
        else throw new Error(answer.status);
      } catch {
        this.busy(form, false);
        this.complain(form, this.panel.root.dataset.rowsFailed);
      }
    }

    busy(form, on) {
      const button = form.querySelector("[type=submit]");
      if (on) form.setAttribute("aria-busy", "true");
      else form.removeAttribute("aria-busy");
      button.disabled = on;
      if (on) {
        button.dataset.words = button.textContent;
        button.textContent = this.panel.root.dataset.rowsBusy;
      } else button.textContent = button.dataset.words;
    }

    refused(html) {
      this.show(html);
      const wrong = this.element.querySelector("[aria-invalid=true]");
      (wrong || this.element.querySelector("[data-rows-errors]"))?.focus();
    }

    complain(form, words) {
      let box = form.querySelector("[data-rows-errors]");
      if (!box) {
        box = document.createElement("div");
        box.className = "rows-form__errors";
        box.setAttribute("role", "alert");
        box.tabIndex = -1;
        box.dataset.rowsErrors = "";
        form.querySelector(".rows-form__body").prepend(box);
      }
      box.textContent = words;
      box.focus();
    }

    async done(answer) {
      this.dirty = false;
      this.element.close();
      if (answer.message === undefined) throw new Error("no message");
      await this.panel.refresh().catch(() => {});
      this.panel.say(answer.message);
      if (this.key) this.panel.focus(this.key);
    }
  }

  // --- forms ------------------------------------------------------------------------------------------------------

  // Show only what means something for the choices made: data-show-when="pricing=fixed,pwyw".
  function dress(place) {
    const form = place.querySelector("form.rows-form");
    if (!form) return;
    const conditions = [...form.querySelectorAll("[data-show-when]")].map((box) => {
      const [name, values] = box.dataset.showWhen.split("=");
      return { box, name, values: values.split(",") };
    });
    const apply = () => {
      for (const { box, name, values } of conditions) {
        const control = form.elements.namedItem(name);
        box.hidden = Boolean(control) && !values.includes(control.value);
      }
    };
    form.addEventListener("change", apply);
    apply();
    keepDistance(form);
  }

  // Moving the start moves the end and the doors along, as long as the person sees it happen.
  function keepDistance(form) {
    const start = form.elements.namedItem("start");
    if (!start) return;
    let before = start.value;
    start.addEventListener("change", () => {
      const by = Date.parse(`${start.value}Z`) - Date.parse(`${before}Z`);
      if (start.value) before = start.value;
      if (!by) return;
      for (const name of ["end", "doors"]) {
        const other = form.elements.namedItem(name);
        if (other?.value) other.value = new Date(Date.parse(`${other.value}Z`) + by).toISOString().slice(0, 16);
      }
    });
  }

  const panels = [];

  function start() {
    for (const root of document.querySelectorAll("[data-rows]:not([data-rows-ready])")) {
      root.dataset.rowsReady = "";
      panels.push(new Panel(root));
    }
    dress(document);
  }

  document.addEventListener("w-autosave:success", (event) => {
    const id = event.detail?.response?.pk;
    if (id) panels.forEach((panel) => panel.adopt(id));
  });

  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", start);
  else start();
})();
