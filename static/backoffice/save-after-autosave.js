// "Save draft" pressed while the page's first autosave travels would make the page a second time, and be told that its
// address is taken. The form waits for the autosave, whose answer says where the page now is.
(() => {
  "use strict";
  const PATIENCE = 20000; // milliseconds; an answer that does not come holds nobody up for longer
  const travelling = new WeakSet();
  const waiting = new WeakSet();

  document.addEventListener("w-autosave:save", (event) => travelling.add(event.target));

  document.addEventListener(
    "submit",
    (event) => {
      const form = event.target;
      if (!travelling.has(form)) return;
      event.preventDefault();
      event.stopImmediatePropagation();
      if (waiting.has(form)) return;
      waiting.add(form);
      const submitter = event.submitter;
      const go = () => {
        if (!waiting.delete(form)) return;
        clearTimeout(timer);
        travelling.delete(form);
        if (!submitter) return form.requestSubmit();
        const { disabled } = submitter; // a button that shows progress sends nothing, not even its name
        submitter.disabled = false;
        form.requestSubmit(submitter);
        submitter.disabled = disabled;
      };
      const timer = setTimeout(go, PATIENCE);
      form.addEventListener("w-autosave:success", go, { once: true });
      form.addEventListener("w-autosave:error", go, { once: true });
    },
    { capture: true },
  );

  for (const end of ["w-autosave:success", "w-autosave:error"]) {
    document.addEventListener(end, (event) => travelling.delete(event.target));
  }
})();
