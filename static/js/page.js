// Small comforts every page has: keyboard focus on errors, copy buttons, selects that send their own form.
document.documentElement.classList.add("js");

document.querySelector("[data-focus]")?.focus();
// On phones the account's menu is wider than the screen: show where one is.
document.querySelector(".account-nav [aria-current]")?.scrollIntoView({ block: "nearest", inline: "center" });

document.addEventListener("click", async (event) => {
  const button = event.target.closest?.("[data-copy]");
  if (!button) return;
  const label = button.querySelector(".button__label") ?? button;
  const before = (button.dataset.before ??= label.textContent);
  try {
    await navigator.clipboard.writeText(button.dataset.copy);
    label.textContent = button.dataset.copied;
  } catch {
    label.textContent = button.dataset.refused; // no clipboard without HTTPS or permission: the text stays selectable
  }
  setTimeout(() => (label.textContent = before), 2500);
});

document.addEventListener("change", (event) => {
  if (event.target.matches?.("[data-send]")) event.target.form.requestSubmit();
});
